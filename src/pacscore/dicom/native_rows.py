"""Native frames by rows: no more is read than a region needs, and no second copy of a large frame is made."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacscore.codecs.protocol import Codec
from pacscore.dicom.native_frames import NativeFrames
from pacscore.errors import OptionError
from pacscore.limits import Limits
from pacscore.pixel_format import PixelFormat
from pacscore.region import Region

__all__ = ["LARGE", "decode_rows"]

LARGE = 8 << 20
"""Frames beyond this many bytes are decoded by rows."""
_STRIP = 1 << 22


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
    step = max(1, _STRIP // row_bytes)
    for first in range(area.row, area.row + area.rows, step):
        count = min(step, area.row + area.rows - first)
        part = None if area.columns == stored.columns else Region(0, area.column, count, area.columns)
        codec.decode(
            frames.rows(index, first, count),
            dataclasses.replace(stored, rows=count),
            region=part,
            out=image[first - area.row : first - area.row + count],
            limits=limits,
        )
    return image
