"""What must hold whatever bytes are decoded.

A fuzz input is `CHOICES` bytes that choose the view, then the codestream or file.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from typing import Any, Literal, TypeVar

import numpy as np

import pacscore
from fuzz_choices import Choices

__all__ = ["CHOICES", "LIMITS", "attempt", "check", "equal", "lowest_target"]

T = TypeVar("T")

CHOICES = 8
LIMITS = pacscore.Limits(output_bytes=1 << 20, code_blocks=1 << 14)


def attempt(work: Callable[[], T]) -> T | pacscore.PacscoreError:
    """Return the result or the error of our own; every other exception is a finding."""
    try:
        return work()
    except pacscore.PacscoreError as error:
        str(error)
        return error


@contextlib.contextmanager
def lowest_target() -> Iterator[None]:
    """Let pacscore use the kernels that every CPU can run, for once."""
    os.environ["PACSCORE_TARGET"] = "baseline"
    try:
        yield
    finally:
        del os.environ["PACSCORE_TARGET"]


def _planes(image: pacscore.report.Image) -> list[Any]:
    return image if isinstance(image, list) else [image]


def equal(one: pacscore.report.Image, other: pacscore.report.Image) -> bool:
    """Say whether two pictures have the same types and samples."""
    pairs = zip(_planes(one), _planes(other), strict=True)
    return all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in pairs)


def _region(choices: Choices, info: pacscore.CodestreamInfo) -> pacscore.Region | None:
    """Return a region of the image, or sometimes one that leaves it; None for all of it."""
    row, column, rows, columns = choices.take(4)
    if not rows or not columns:
        return None
    row, column = info.rows * row // 256, info.columns * column // 256
    return pacscore.Region(row, column, max(info.rows * rows // 256, 1), max(info.columns * columns // 256, 1))


def _check_agreement(whole: Any, partial: Any) -> None:
    """Check that raising and concealing agree on whether the image is whole, and on a whole image."""
    if isinstance(partial, pacscore.PacscoreError):
        assert isinstance(whole, pacscore.PacscoreError), f"whole, but concealing: {partial}"
        return
    if isinstance(whole, pacscore.PacscoreError):
        assert isinstance(whole, pacscore.CodestreamError), f"concealed, but raised {type(whole).__name__}: {whole}"
        assert not partial.report.complete, f"complete, but raised: {whole}"
        return
    assert partial.report.complete, f"whole, but: {partial.report}"
    assert equal(whole, partial.image), "raising and concealing give two images"


def check(data: bytes) -> None:
    """Inspect and decode; raise AssertionError where something does not hold.

    A result or a PacscoreError each time; what is decoded can be inspected, and has the size that was told; raising and
    concealing, one thread and two, one CPU target and another, a region and that part of the whole give the same.
    """
    choices, stream = Choices(data[:CHOICES]), data[CHOICES:]
    info = attempt(lambda: pacscore.inspect(stream, limits=LIMITS))
    color: Literal["stored", "rendered"] = choices.one_of(("stored", "rendered"))
    reduce, layers, way = choices.one_of((0, 0, 0, 1, 2, 40)), choices.one_of((None, None, 1, 2)), choices.below(8)
    region = _region(choices, info) if isinstance(info, pacscore.CodestreamInfo) else None

    def decoded(part: pacscore.Region | None, threads: int = 1) -> pacscore.report.Image:
        return pacscore.decode(
            stream, reduce=reduce, layers=layers, region=part, color=color, threads=threads, limits=LIMITS
        )

    def concealed(threads: int) -> pacscore.Partial:
        return pacscore.decode(
            stream, reduce=reduce, layers=layers, color=color, threads=threads, on_damage="conceal", limits=LIMITS
        )

    whole = attempt(lambda: decoded(None))
    partial = attempt(lambda: concealed(1))
    _check_agreement(whole, partial)
    if way in (1, 2):
        with lowest_target() if way == 1 else contextlib.nullcontext():
            again = attempt(lambda: concealed(way))
        assert type(again) is type(partial)
        if isinstance(partial, pacscore.Partial) and isinstance(again, pacscore.Partial):
            assert equal(partial.image, again.image), "one thread and two, or two CPU targets, give two images"
    if isinstance(partial, pacscore.PacscoreError):
        return
    assert isinstance(info, pacscore.CodestreamInfo), f"decoded, but not inspected: {info}"
    if region is not None and not isinstance(whole, pacscore.PacscoreError):
        part = attempt(lambda: decoded(region))
        _check_region(part, whole, region, reduce, info)


def _check_region(part: Any, whole: Any, region: pacscore.Region, reduce: int, info: pacscore.CodestreamInfo) -> None:
    inside = region.row + region.rows <= info.rows and region.column + region.columns <= info.columns
    if isinstance(part, pacscore.PacscoreError):
        assert isinstance(part, pacscore.OptionError), f"the whole decodes, a region does not: {part}"
        assert not inside or isinstance(whole, list) or reduce, f"a region inside is refused: {part}"
        return
    assert inside, "a region outside is decoded"
    if not reduce and not isinstance(whole, list):
        rows = slice(region.row, region.row + region.rows)
        columns = slice(region.column, region.column + region.columns)
        assert equal(part, whole[rows, columns]), "a region is not that part of the whole"
