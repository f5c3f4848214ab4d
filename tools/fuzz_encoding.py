"""What must hold whatever is encoded, under whatever options.

A fuzz input is read as `Choices`: transfer syntax, options, size and precision; the samples are what is left of it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import pacscore
from fuzz_choices import Choices
from fuzz_decoding import lowest_target

__all__ = ["check"]

SYNTAXES = tuple(f"1.2.840.10008.1.2.4.{last}" for last in (203, 91, 90, 201, 202))
STYLES = ("causal", "bypass", "reset", "termall", "predictable", "segsym", "no such style")
TOLD = ("decomposition_levels", "progression", "layers", "reversible", "code_block_rows", "code_block_columns")
MOST_TILES = 64
MOST_LAYERS = 40
REFUSALS = (pacscore.OptionError, pacscore.UnsupportedError)
LARGEST_ERROR = 16
"""Of a sample, in quantisation steps: what the gains of the filters and of the inverse ICT can add up to."""


class Job(NamedTuple):
    """A picture and how to encode it."""

    syntax: str
    options: pacscore.J2KOptions
    image: pacscore.report.Image
    bits: tuple[int, ...]
    threads: int

    @property
    def planes(self) -> list[NDArray[Any]]:
        """The samples of each component."""
        return _planes(self.image)


def _planes(image: pacscore.report.Image) -> list[NDArray[Any]]:
    if isinstance(image, list):
        return image
    return [image] if image.ndim == 2 else list(np.moveaxis(image, -1, 0))


def _samples(choices: Choices, shape: tuple[int, ...], bits: int, signed: bool) -> NDArray[Any]:
    """Return samples of a kind: the bytes that are left over and over, a slope of them, extremes, or one value."""
    kind = choices.below(4)
    count = int(np.prod(shape))
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
    stock = np.frombuffer(choices.rest() or b"\0", np.uint8).astype(np.int64)
    values = np.resize(stock, count * 2).reshape(2, count)
    if kind == 0:
        values = (values[0] * 0x1000101 ^ values[1] << 30) & ((1 << bits) - 1)
        values += low
    elif kind == 1:
        values = np.clip(np.cumsum(values[0] - 128) + (low + high) // 2, low, high)
    elif kind == 2:
        values = np.where(values[0] & 1, low, high)
    else:
        values = np.where(values[0] > 250, high, (low + high + 1) // 2)
    size = next(size for size in (8, 16, 32, 64) if bits <= size)
    return values.reshape(shape).astype(f"{'i' if signed else 'u'}{size // 8}")


def read_job(data: bytes) -> Job | None:
    """Return what an input stands for; None for options that are impossible by themselves, or much work.

    The options are made from the types of the fields of `J2KOptions`: what is added to it is tried without a word here.
    """
    choices = Choices(data)
    syntax, threads = choices.one_of(SYNTAXES), choices.one_of((1, 1, 1, 2))
    rows, columns = choices.below(100) + 1, choices.below(100) + 1
    components = choices.one_of((1, 3, 1, 3, 2, 4, 5))
    bits, signed = choices.one_of((8, 16, 12, 1, *range(2, 39))), choices.one_of((False, True))
    try:
        options = pacscore.J2KOptions(**choices.fields(pacscore.J2KOptions, STYLES))
    except REFUSALS:
        return None
    if _tiles(options, (rows, columns)) > MOST_TILES or options.layers > MOST_LAYERS:
        return None
    if options.subsampling:
        mixed = [(choices.below(16) + 1, choices.one_of((False, True))) for _ in options.subsampling]
        shapes = [_shape(options.image_offset, (rows, columns), steps) for steps in options.subsampling]
        planes = [_samples(choices, shape, *kind) for shape, kind in zip(shapes, mixed, strict=True)]
        return Job(syntax, options, planes, tuple(each for each, _ in mixed), threads)
    shape = (rows, columns) if components == 1 else (rows, columns, components)
    return Job(syntax, options, _samples(choices, shape, bits, signed), (bits,) * components, threads)


def _shape(offset: tuple[int, int], area: tuple[int, int], steps: tuple[int, int]) -> tuple[int, ...]:
    """Return how many samples so far apart an area has. Source: T.800 B.2."""
    return tuple(
        -(-(start + size) // step) - -(-start // step) for start, size, step in zip(offset, area, steps, strict=True)
    )


def _tiles(options: pacscore.J2KOptions, area: tuple[int, int]) -> int:
    count = 1
    tile_offset = options.tile_offset or options.image_offset
    sizes = options.tile_rows, options.tile_columns
    for start, end, size, tile in zip(options.image_offset, area, sizes, tile_offset, strict=True):
        length = max(start - tile, 0) + end
        count *= -(-length // (size or length))
    return count


def check(data: bytes) -> None:
    """Encode and decode again; raise AssertionError where something does not hold.

    The options are refused, or there is a codestream that `inspect` describes as asked for and that decodes to the same
    samples; to similar ones where that was asked for. Two threads with the kernels for every CPU write the same
    bytes as one thread with the best.
    """
    job = read_job(data)
    if job is None:
        return
    try:
        stream = pacscore.encode(job.image, job.syntax, job.options, bits_stored=job.bits)
    except REFUSALS:
        return
    if job.threads > 1:
        with lowest_target():
            again = pacscore.encode(job.image, job.syntax, job.options, bits_stored=job.bits, threads=job.threads)
        assert stream == again, "one thread and two, or two CPU targets, write two codestreams"
    info = pacscore.inspect(stream)
    _check_description(job, info)
    partial = pacscore.decode(stream, on_damage="conceal")
    assert partial.report.complete, f"incomplete: {partial.report}"
    assert not partial.report.notes, f"noted: {partial.report.notes}"
    _check_image(job, info, partial.image)
    if info.max_reduce:
        small = _planes(pacscore.decode(stream, reduce=1))
        for found, whole, told in zip(small, job.planes, info.components, strict=True):
            starts = [
                -(-start // step)
                for start, step in zip(job.options.image_offset, (told.yrsiz, told.xrsiz), strict=True)
            ]
            assert found.shape == _shape((starts[0], starts[1]), (whole.shape[0], whole.shape[1]), (2, 2))


def _check_description(job: Job, info: pacscore.CodestreamInfo) -> None:
    told = [(each.rows, each.columns, each.precision, each.signed) for each in info.components]
    asked = [(*plane.shape, bits, plane.dtype.kind == "i") for plane, bits in zip(job.planes, job.bits, strict=True)]
    assert told == asked, f"{asked} was asked for, and is {told}"
    assert not info.damages, f"damaged: {info.damages}"
    for name in TOLD:
        _check_choice(job, name, getattr(info, name))


def _check_choice(job: Job, name: str, told: Any) -> None:
    asked = getattr(job.options, name)
    if name == "layers" and asked == 1:
        return  # the usual number, which goals may raise
    if name != "progression" or not job.options.progression_changes:
        assert asked in (None, told), f"{name}={asked} was asked for, and is {told}"


def _check_image(job: Job, info: pacscore.CodestreamInfo, image: pacscore.report.Image) -> None:
    if isinstance(job.image, np.ndarray):
        assert isinstance(image, np.ndarray)
        assert image.dtype == job.image.dtype, f"{image.dtype} instead of {job.image.dtype}"
        assert image.shape == job.image.shape
    for found, plane, bits in zip(_planes(image), job.planes, job.bits, strict=True):
        assert found.shape == plane.shape
        if info.reversible and job.options.rate is None and job.options.psnr is None:
            assert np.array_equal(found, plane), "lossless, and not the same"
        elif job.options.rate is None and job.options.psnr is None:  # otherwise any error may be right
            _check_error(job.options, found, plane, bits)


def _check_error(options: pacscore.J2KOptions, image: NDArray[Any], original: NDArray[Any], bits: int) -> None:
    error = np.abs(image.astype(np.float64) - original.astype(np.float64)).max(initial=0.0)
    step = (options.quantization_step or 2.0**-bits) * 2.0**bits
    rounded = 2.0 ** (bits - 20)  # T.800 G.3 prints the factors of the ICT and of its inverse with six digits
    assert error <= LARGEST_ERROR * step + 1 + rounded, f"an error of {error} with a step of {step}"
