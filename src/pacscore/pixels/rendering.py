"""From stored values to display values."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError, UnsupportedError
from pacscore.pixels.finishing import Finishing
from pacscore.pixels.icc import to_srgb
from pacscore.pixels.lookup import LookupTable
from pacscore.pixels.modality import IDENTITY, Rescale
from pacscore.pixels.palette import Palette
from pacscore.pixels.photometric import ybr_full_to_rgb
from pacscore.pixels.pipeline import Pipeline
from pacscore.pixels.voi import Window

__all__ = ["render"]

_RGB = ("RGB", "YBR_RCT", "YBR_ICT")
_YBR = ("YBR_FULL", "YBR_FULL_422")


def render(array: NDArray[Any], pipeline: Pipeline, *, out: NDArray[Any] | None = None, bits: int = 8) -> NDArray[Any]:
    """Return what a screen shows of a frame.

    Values of up to 16 bits go through a table that is built once for each pipeline; wider and floating-point ones are
    computed. Arithmetic is float64; the result is rounded to the nearest integer, halves upwards.

    A pipeline without a VOI stage shows the whole range of Bits Stored for up to 8 bits without a modality
    transformation, which is what the standard's identity means there, and otherwise the frame's own range, from the
    smallest to the largest value that is not padding; a frame of one value is shown as the first output value.

    Source: PS3.3 C.11.1.1 (modality), C.11.2.1.2 and C.11.2.1.3 (VOI), C.7.6.3.1.2 (photometric interpretation).

    Parameters
    ----------
    array : ndarray, shape (..., rows, columns), or (..., rows, columns, 3) for colour
        Stored values; signed, unsigned or floating point. Each value counts as it is.
    pipeline : Pipeline
        As `pacscore.pipeline` makes it.
    out : ndarray, optional
        Written in place and returned; C-contiguous, of the result's shape and dtype.
    bits : int, 1 to 16
        Output values range from 0 to ``2**bits - 1``.

    Returns
    -------
    ndarray of uint8 (up to 8 bits) or uint16
        Same shape as ``array``; PALETTE COLOR gains a last axis of 3.

    Raises
    ------
    OptionError
        If ``out``, ``bits`` or the array's shape or dtype do not fit.
    UnsupportedError
        If the photometric interpretation has no way to the screen yet.
    """
    if pipeline.finishing == Finishing() and not pipeline.is_color_managed:
        return _picture(array, pipeline, bits, out)
    picture = _finished(_picture(array, pipeline, bits, None), pipeline, bits)
    if out is None:
        return picture
    out = _output(picture.shape, bits, out)
    out[...] = picture
    return out


def _finished(picture: NDArray[Any], pipeline: Pipeline, bits: int) -> NDArray[Any]:
    """Manage the colours and do what looks at a pixel's place."""
    samples = 3 if pipeline.gives_color else 1
    if samples == 3 and pipeline.is_color_managed and pipeline.icc_profile is not None:
        if bits != 8:
            raise UnsupportedError(
                f"colours are managed in 8 bits, not {bits}", feature="ICC profiles", clause="PS3.3 C.11.15"
            )
        picture = to_srgb(picture, pipeline.icc_profile)
    return pipeline.finishing.apply(picture, samples=samples, largest=(1 << bits) - 1)


def _picture(array: NDArray[Any], pipeline: Pipeline, bits: int, out: NDArray[Any] | None) -> NDArray[Any]:
    """Send values through everything that does not look at their place."""
    if not 1 <= bits <= 16:
        raise OptionError(f"bits={bits}: display values have 1 to 16 bits")
    if array.dtype.kind not in "iufb":
        raise OptionError(f"values of dtype {array.dtype} cannot be rendered")
    if array.dtype.kind == "b":
        array = array.view(np.uint8)
    interpretation = pipeline.photometric_interpretation
    if interpretation in ("MONOCHROME1", "MONOCHROME2"):
        if pipeline.palette is not None:
            return _supplemented(array, pipeline, pipeline.palette, bits, out)
        return _through(array, _with_voi(array, pipeline), bits, out)
    if interpretation == "PALETTE COLOR":
        return _palette(array, pipeline, bits, out)
    if interpretation not in _RGB + _YBR:
        raise UnsupportedError(
            f"photometric interpretation {interpretation!r} cannot be rendered (PS3.3 C.7.6.3.1.2)",
            feature=f"rendering {interpretation}",
            clause="PS3.3 C.7.6.3.1.2",
        )
    if array.ndim < 3 or array.shape[-1] != 3 or array.dtype.kind == "f":
        raise OptionError(
            f"{interpretation} takes integers of shape (rows, columns, 3), not {array.dtype} {array.shape}"
        )
    if interpretation in _YBR:
        array = ybr_full_to_rgb(array, pipeline.bits_stored)
    return _through(array, _full_range(replace(pipeline, presentation_lut=None)), bits, out)


def _full_range(pipeline: Pipeline) -> Pipeline:
    """Show every value of Bits Stored as it is, but for the output's bits."""
    lowest = -(1 << (pipeline.bits_stored - 1)) if pipeline.pixel_representation else 0
    highest = lowest + (1 << pipeline.bits_stored) - 1
    return replace(pipeline, modality=IDENTITY, padding=None).with_range(lowest, highest)


def _with_voi(array: NDArray[Any], pipeline: Pipeline) -> Pipeline:
    """Complete a pipeline that has no VOI stage, as `render` says."""
    if pipeline.voi is not None:
        return pipeline
    if pipeline.bits_stored <= 8 and pipeline.modality == IDENTITY and array.dtype.kind != "f":
        return _full_range(pipeline)
    values = array
    if pipeline.padding is not None:
        first, last = pipeline.padding
        values = array[(array < first) | (array > last)]
    if array.dtype.kind == "f":
        values = values[np.isfinite(values)]
    if values.size == 0:
        return pipeline.with_window(Window(0, 1))
    if isinstance(pipeline.modality, Rescale):  # monotone: its ends are those of the stored values
        values = np.array([values.min(), values.max()])
    values = pipeline.modality.apply(values)
    low, high = float(values.min()), float(values.max())
    if low == high:
        return pipeline.with_window(Window(low + 1, 1))
    return pipeline.with_range(low, high)


def _through(array: NDArray[Any], pipeline: Pipeline, bits: int, out: NDArray[Any] | None) -> NDArray[Any]:
    """Send an array through modality, VOI and presentation."""
    out = _output(array.shape, bits, out)
    if array.dtype.kind == "f" or array.dtype.itemsize > 2:
        out[...] = _display_values(array, pipeline, bits)
        return out
    native = np.ascontiguousarray(array, array.dtype.newbyteorder("="))
    patterns = native.view(f"u{array.dtype.itemsize}")
    table = _table(pipeline, array.dtype.kind == "i", 8 * array.dtype.itemsize, bits)
    np.take(table, patterns, out=out, mode="clip")  # nothing to clip: any mode but "raise" writes without a copy
    return out


@lru_cache(maxsize=64)
def _table(pipeline: Pipeline, signed: bool, container_bits: int, bits: int) -> NDArray[Any]:
    """Return the display value of each bit pattern of a container, read-only."""
    patterns = np.arange(1 << container_bits, dtype=f"u{container_bits // 8}")
    table = _display_values(patterns.view(f"{'i' if signed else 'u'}{container_bits // 8}"), pipeline, bits)
    table.setflags(write=False)
    return table


def _display_values(values: NDArray[Any], pipeline: Pipeline, bits: int) -> NDArray[Any]:
    """Compute modality, VOI and presentation."""
    modality_values = pipeline.modality.apply(values)
    voi = pipeline.voi
    largest = (1 << bits) - 1
    if isinstance(voi, LookupTable):
        level = voi.apply(modality_values) / float((1 << voi.bits) - 1)
    else:
        assert voi is not None  # noqa: S101  the callers complete the pipeline
        level = voi.apply(modality_values)
    if pipeline.presentation_lut is not None:
        table = pipeline.presentation_lut
        nearest = np.floor(np.nan_to_num(level) * (len(table.entries) - 1) + 0.5).astype(np.intp)
        level = table.entries[nearest] / float((1 << table.bits) - 1)
    shown = np.floor(np.nan_to_num(level) * largest + 0.5).astype(_dtype(bits))
    return largest - shown if pipeline.is_inverse else shown


def _palette(array: NDArray[Any], pipeline: Pipeline, bits: int, out: NDArray[Any] | None) -> NDArray[Any]:
    """Send indices through the three tables of a palette."""
    palette = pipeline.palette
    if palette is None:
        raise OptionError("PALETTE COLOR, but the pipeline has no palette")
    out = _output((*array.shape, 3), bits, out)
    for channel, table in enumerate((palette.red, palette.green, palette.blue)):
        colour = Pipeline(voi=table, presentation_lut_shape="INVERSE" if pipeline.is_inverse else "IDENTITY")
        out[..., channel] = _through(array, colour, bits, None)
    return out


def _supplemented(
    array: NDArray[Any], pipeline: Pipeline, palette: Palette, bits: int, out: NDArray[Any] | None
) -> NDArray[Any]:
    """Show values below the first that a supplemental palette maps in grey, the others in its colours."""
    out = _output((*array.shape, 3), bits, out)
    first = palette.red.first_mapped
    grey = _with_voi(array[array < first], replace(pipeline, palette=None))  # the colours are no part of the range
    out[...] = _through(array, grey, bits, None)[..., None]
    colored = array >= first
    indices = replace(pipeline, photometric_interpretation="PALETTE COLOR")
    out[colored] = _palette(array[colored], indices, bits, None)
    return out


def _dtype(bits: int) -> np.dtype[Any]:
    return np.dtype(np.uint8 if bits <= 8 else np.uint16)


def _output(shape: tuple[int, ...], bits: int, out: NDArray[Any] | None) -> NDArray[Any]:
    """Return ``out`` if it fits, or a new array."""
    if out is None:
        return np.empty(shape, _dtype(bits))
    if out.shape != shape or out.dtype != _dtype(bits) or not out.flags.c_contiguous:
        raise OptionError(f"out must be C-contiguous {_dtype(bits)} {shape}, not {out.dtype} {out.shape}")
    return out
