"""Native frames by rows: no more is read than a region needs, and no second copy of a large frame is made."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from pacscore.codecs.protocol import Buffer, Codec
from pacscore.dicom.native_frames import NativeFrames
from pacscore.errors import OptionError
from pacscore.limits import Limits
from pacscore.pixel_format import PixelFormat
from pacscore.region import Region

if TYPE_CHECKING:
    from pacscore.pixels.value_pass import ValuePass

__all__ = ["LARGE", "convert_rows", "decode_rows"]

LARGE = 8 << 20
"""Frames beyond this many bytes are decoded by rows."""
_STRIP = 1 << 22
_CACHED = 1 << 18
"""Rows of so many bytes are still in the cache when they are converted."""


def decode_rows(  # noqa: PLR0913 - what a frame is, and the choices of a view
    frames: NativeFrames,
    index: int,
    codec: Codec,
    stored: PixelFormat,
    decoded: PixelFormat,
    *,
    region: Region | None,
    out: NDArray[Any] | None,
    limits: Limits,
) -> NDArray[Any]:
    """Decode a native frame, or a region of it, a few rows at a time; ``frames.row_bytes`` must be known.

    Raises
    ------
    OptionError
        If the region leaves the frame, or ``out`` does not fit.
    DicomError
        If the pixel data ends before.
    LimitError
        If the result is too large.
    """
    area = region or Region(0, 0, stored.rows, stored.columns)
    area.check_inside(stored.rows, stored.columns)
    shape = (area.rows, area.columns, *decoded.shape[2:])
    row_bytes = frames.row_bytes or 1
    limits.check_output(decoded.nbytes // decoded.rows * area.rows, row_bytes * area.rows, what="the frame")
    image = np.empty(shape, decoded.dtype) if out is None else out
    if image.shape != shape or image.dtype != decoded.dtype:
        raise OptionError(f"out is {image.dtype}{image.shape}; the frame is {decoded.dtype}{shape}")
    for place, data, part_stored, part in _parts(frames, index, stored, area, _STRIP):
        codec.decode(data, part_stored, region=part, out=image[place], limits=limits)
    return image


def convert_rows(  # noqa: PLR0913 - what a frame is, and the choices of a view
    frames: NativeFrames,
    index: int,
    codec: Codec,
    stored: PixelFormat,
    one_pass: ValuePass,
    *,
    region: Region | None,
    out: NDArray[Any] | None,
    limits: Limits,
) -> NDArray[Any]:
    """Return what a pass makes of a native frame, or of a region of it, by few rows; otherwise as `decode_rows`."""
    from pacscore.pixels.rendering import output  # noqa: PLC0415 - only for those who display
    from pacscore.pixels.value_pass import run  # noqa: PLC0415

    area = region or Region(0, 0, stored.rows, stored.columns)
    area.check_inside(stored.rows, stored.columns)
    shape: tuple[int, ...] = (area.rows, area.columns)
    if stored.samples_per_pixel * one_pass.channels > 1:
        shape = (*shape, stored.samples_per_pixel * one_pass.channels)
    nbytes = math.prod(shape) * one_pass.results.itemsize
    limits.check_output(nbytes, (frames.row_bytes or 1) * area.rows, what="the frame")
    image = output(shape, one_pass.results, out)
    for place, data, part_stored, part in _parts(frames, index, stored, area, _CACHED):
        run(one_pass, cast("NDArray[Any]", codec.decode(data, part_stored, region=part, limits=limits)), image[place])
    return image


def _parts(
    frames: NativeFrames, index: int, stored: PixelFormat, area: Region, size: int
) -> Iterator[tuple[slice, Buffer, PixelFormat, Region | None]]:
    """Yield the rows of a region by parts of so many bytes: their place, their bytes, and what to decode of them."""
    step = max(1, size // (frames.row_bytes or 1))
    for first in range(0, area.rows, step):
        count = min(step, area.rows - first)
        part = None if area.columns == stored.columns else Region(0, area.column, count, area.columns)
        data = frames.rows(index, area.row + first, count)
        yield slice(first, first + count), data, dataclasses.replace(stored, rows=count), part
