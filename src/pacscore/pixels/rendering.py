"""From stored values to display values: first the value of each pixel, in one pass, then the picture as a whole."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError, UnsupportedError
from pacscore.pixels.color_stages import FalseColors, PaletteColors, SupplementedGrey, color_pass
from pacscore.pixels.finishing import Finishing
from pacscore.pixels.grey_stages import GreyStages
from pacscore.pixels.icc import to_srgb
from pacscore.pixels.modality import IDENTITY, Rescale
from pacscore.pixels.photometric import ybr_full_to_rgb, ybr_partial_to_rgb
from pacscore.pixels.pipeline import Pipeline
from pacscore.pixels.value_pass import ValuePass, run, value_pass
from pacscore.pixels.value_range import range_of
from pacscore.pixels.voi import Window

__all__ = ["Plan", "display_pass", "finished", "into", "output", "plan_for", "render", "shown"]

_RGB = ("RGB", "YBR_RCT", "YBR_ICT")
_TO_RGB = {
    "YBR_FULL": ybr_full_to_rgb,
    "YBR_FULL_422": ybr_full_to_rgb,
    "YBR_PARTIAL_422": ybr_partial_to_rgb,
    "YBR_PARTIAL_420": ybr_partial_to_rgb,
}
_MONOCHROME = ("MONOCHROME1", "MONOCHROME2")


def render(
    array: NDArray[Any], pipeline: Pipeline, *, out: NDArray[Any] | None = None, bits: int | None = 8
) -> NDArray[Any]:
    """Return what a screen shows of a frame.

    All stages are folded into one pass over the values, planned once for each pipeline. A display value is
    ``floor(y + 1/2)`` of the exact y, where that is a window or a look-up table after rescale or a Modality LUT;
    numbers of attributes count as the decimals that they are written as. A Presentation LUT, stages of the user's own,
    and a SIGMOID over values of more than 16 bits are computed in float64.

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
    bits : int, 1 to 16, or None
        Output values range from 0 to ``2**bits - 1``. None: from 0.0 to 1.0, not rounded to levels.

    Returns
    -------
    ndarray of uint8 (up to 8 bits), uint16, or float32 (None)
        Same shape as ``array``; PALETTE COLOR and other colours gain a last axis of 3.

    Raises
    ------
    OptionError
        If ``out``, ``bits`` or the array's shape or dtype do not fit.
    UnsupportedError
        If the photometric interpretation has no way to the screen yet.
    """
    plan = plan_for(pipeline, array.dtype, bits)
    if plan.is_finished:
        return shown(array, pipeline, plan, bits, out)
    return into(out, finished(shown(array, pipeline, plan, bits), pipeline, bits))


def shown(
    array: NDArray[Any], pipeline: Pipeline, plan: Plan, bits: int | None, out: NDArray[Any] | None = None
) -> NDArray[Any]:
    """Return the display value of each pixel, as planned for its dtype, before what looks at its place."""
    if array.dtype.kind == "b":
        array = array.view(np.uint8)
    if plan.takes_colors:
        array = _rgb(array, pipeline)
    one_pass = plan.one_pass or display_pass(with_voi(array, pipeline), array.dtype.newbyteorder("="), bits)
    shape = array.shape if one_pass.channels == 1 else (*array.shape, 3)
    picture = output(shape, one_pass.results, out)
    run(one_pass, array, picture)
    return picture


class Plan(NamedTuple):
    """How frames of one dtype are rendered.

    Attributes
    ----------
    one_pass : ValuePass or None
        Over the values; None where the frame's own values tell what is shown, since there is no VOI stage.
    takes_colors : bool
        Whether values are red, green and blue, or luma and chroma.
    is_elementwise : bool
        Whether the pass makes display values of stored values, one by one, and nothing comes before.
    is_finished : bool
        Whether nothing is left to do to the picture as a whole.
    """

    one_pass: ValuePass | None
    takes_colors: bool
    is_elementwise: bool
    is_finished: bool


@lru_cache(maxsize=64)
def plan_for(pipeline: Pipeline, dtype: np.dtype[Any], bits: int | None) -> Plan:
    """Plan once what a pipeline does to frames of a dtype.

    Raises
    ------
    OptionError
        If display values cannot have so many bits, or no such values can be rendered.
    UnsupportedError
        If the photometric interpretation has no way to the screen yet.
    """
    if bits is not None and not 1 <= bits <= 16:
        raise OptionError(f"bits={bits}: display values have 1 to 16 bits, or None for 0.0 to 1.0")
    if dtype.kind == "b":
        dtype = np.dtype(np.uint8)
    if dtype.kind not in "iuf":
        raise OptionError(f"values of dtype {dtype} cannot be rendered")
    interpretation = pipeline.photometric_interpretation
    takes_colors = interpretation in (*_RGB, *_TO_RGB)
    if not (takes_colors or interpretation in _MONOCHROME or interpretation == "PALETTE COLOR"):
        raise UnsupportedError(
            f"photometric interpretation {interpretation!r} cannot be rendered (PS3.3 C.7.6.3.1.2)",
            feature=f"rendering {interpretation}",
            clause="PS3.3 C.7.6.3.1.2",
        )
    one_pass = None if needs_frame(pipeline, dtype) else display_pass(pipeline, dtype.newbyteorder("="), bits)
    is_finished = pipeline.finishing == Finishing() and not pipeline.is_color_managed
    is_elementwise = one_pass is not None and interpretation not in _TO_RGB
    return Plan(one_pass, takes_colors, is_elementwise, is_finished)


def _rgb(array: NDArray[Any], pipeline: Pipeline) -> NDArray[Any]:
    """Return red, green and blue of a frame."""
    interpretation = pipeline.photometric_interpretation
    if array.ndim < 3 or array.shape[-1] != 3 or array.dtype.kind == "f":
        raise OptionError(
            f"{interpretation} takes integers of shape (rows, columns, 3), not {array.dtype} {array.shape}"
        )
    to_rgb = _TO_RGB.get(interpretation)
    return array if to_rgb is None else to_rgb(array, pipeline.bits_stored)


def finished(picture: NDArray[Any], pipeline: Pipeline, bits: int | None, *, reduce: int = 0) -> NDArray[Any]:
    """Return a picture with its colours managed, and with all done that looks at a pixel's place."""
    samples = 3 if pipeline.gives_color else 1
    if samples == 3 and pipeline.is_color_managed and pipeline.icc_profile is not None:
        if bits != 8:
            raise UnsupportedError(
                f"colours are managed in 8 bits, not {bits}", feature="ICC profiles", clause="PS3.3 C.11.15"
            )
        picture = to_srgb(picture, pipeline.icc_profile)
    largest = 1.0 if bits is None else (1 << bits) - 1
    return pipeline.finishing.apply(picture, samples=samples, largest=largest, reduce=reduce)


def needs_frame(pipeline: Pipeline, dtype: np.dtype[Any]) -> bool:
    """Return whether only the frame's own values tell what is shown, since there is no VOI stage."""
    if pipeline.photometric_interpretation not in _MONOCHROME or pipeline.voi is not None or pipeline.into_colors:
        return False
    is_plain = pipeline.modality == IDENTITY and not pipeline.stages and dtype.kind != "f"
    return not (is_plain and pipeline.bits_stored <= 8)


def with_voi(array: NDArray[Any], pipeline: Pipeline) -> Pipeline:
    """Return a pipeline that has a VOI stage, as `render` chooses it for a frame."""
    if not needs_frame(pipeline, array.dtype):
        return pipeline
    if pipeline.palette is not None:  # its colours are no part of the range
        array = array[array < pipeline.palette.red.first_mapped]
    found = range_of(array, pipeline.padding)
    if found is None:
        return pipeline.with_window(Window(0, 1))
    if isinstance(pipeline.modality, Rescale) and not pipeline.stages:  # its ends are those of the stored values
        low, high = sorted(pipeline.modality.apply(np.array(found)).tolist())
    else:
        if pipeline.padding is not None:
            array = array[(array < pipeline.padding[0]) | (array > pipeline.padding[1])]
        values: NDArray[Any] = pipeline.modality.apply(array)
        for stage in pipeline.stages:
            values = stage.grey(values)
        low, high = range_of(values) or (0.0, 0.0)
    if low == high:
        return pipeline.with_window(Window(low + 1, 1))
    return pipeline.with_range(low, high)


@lru_cache(maxsize=64)
def display_pass(pipeline: Pipeline, dtype: np.dtype[Any], bits: int | None) -> ValuePass:
    """Return the one pass over values of a dtype, of native byte order, that makes display values of them.

    A pipeline that needs the frame must have got its VOI stage; colours are RGB.
    """
    interpretation, palette = pipeline.photometric_interpretation, pipeline.palette
    if interpretation not in (*_MONOCHROME, "PALETTE COLOR"):
        return value_pass(_full_range(replace(pipeline, presentation_lut=None)), dtype, bits)
    if pipeline.into_colors is not None:
        return color_pass(FalseColors(pipeline.modality, pipeline.stages, pipeline.into_colors), dtype, bits)
    if interpretation == "PALETTE COLOR":
        if palette is None:
            raise OptionError("PALETTE COLOR, but the pipeline has no palette")
        return color_pass(PaletteColors(palette, pipeline.is_inverse), dtype, bits)
    grey = _full_range(pipeline) if pipeline.voi is None else _grey_stages(pipeline)
    if palette is None:
        return value_pass(grey, dtype, bits)
    return color_pass(SupplementedGrey(grey, PaletteColors(palette, pipeline.is_inverse)), dtype, bits)


def _grey_stages(pipeline: Pipeline) -> GreyStages:
    if pipeline.voi is None:
        raise OptionError("the pipeline has no VOI stage")
    return GreyStages(
        pipeline.modality, pipeline.stages, pipeline.voi, pipeline.presentation_lut, is_inverse=pipeline.is_inverse
    )


def _full_range(pipeline: Pipeline) -> GreyStages:
    """Show every value of Bits Stored as it is, but for the output's bits."""
    lowest = -(1 << (pipeline.bits_stored - 1)) if pipeline.pixel_representation else 0
    highest = lowest + (1 << pipeline.bits_stored) - 1
    plain = replace(pipeline, modality=IDENTITY, stages=(), padding=None)
    return _grey_stages(plain.with_range(lowest, highest))


def output(shape: tuple[int, ...], dtype: np.dtype[Any], out: NDArray[Any] | None) -> NDArray[Any]:
    """Return ``out`` if it fits, or a new array."""
    if out is None:
        return np.empty(shape, dtype)
    if out.shape != shape or out.dtype != dtype or not out.flags.c_contiguous or not out.flags.writeable:
        raise OptionError(f"out must be writable, C-contiguous {dtype} {shape}, not {out.dtype} {out.shape}")
    return out


def into(out: NDArray[Any] | None, picture: NDArray[Any]) -> NDArray[Any]:
    """Return a picture, in ``out`` if there is one."""
    if out is None:
        return picture
    output(picture.shape, picture.dtype, out)[...] = picture
    return out
