"""RLE Lossless: each byte plane of a frame is a PackBits segment."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacscore.codecs import _rle
from pacscore.codecs.native import from_bytes
from pacscore.codecs.protocol import Buffer, EncodedFrame
from pacscore.codecs.samples import from_little_endian, pack_bits, stored_values
from pacscore.codecs.whole_frame import WholeFrameCodec, check_encodable, check_options
from pacscore.errors import DataError, UnsupportedError
from pacscore.pixel_format import PixelFormat

__all__ = ["RLE", "RLECodec"]

_HEADER = struct.Struct("<16L")


class RLECodec(WholeFrameCodec):
    """Composite pixel code in byte planes, most significant first, one sample after the other.

    Source: PS3.5 annex G.
    """

    name = "RLE"
    third_party = False
    transfer_syntaxes = encodes = frozenset({"1.2.840.10008.1.2.5"})

    def _samples(self, data: Buffer, stored: PixelFormat, decoded: PixelFormat) -> NDArray[Any]:
        samples, rows, columns = stored.samples_per_pixel, stored.rows, stored.columns
        if stored.bits_allocated == 1:
            packed = np.empty(-(-rows * columns * samples // 8), np.uint8)
            _rle.decode(data, _bounds(data, 1), packed, 1, packed.size, 1, 1)
            return from_bytes(packed.tobytes(), stored)
        if stored.bits_allocated % 8 or stored.bits_allocated > 64:
            raise UnsupportedError(f"RLE of Bits Allocated {stored.bits_allocated}", feature="RLE", clause="PS3.5 G.2")
        size = stored.bits_allocated // 8
        _check_planes(samples * size)
        values = np.empty((rows, columns, samples, size), np.uint8)
        _rle.decode(data, _bounds(data, samples * size), values.reshape(-1), rows, columns, samples, size)
        arranged = from_little_endian(values, decoded.dtype.itemsize)[..., 0].reshape(decoded.shape)
        if stored.is_float:
            return arranged.view(decoded.dtype)
        return stored_values(arranged, stored)

    def encode(
        self,
        frame: NDArray[Any],
        pixel_format: PixelFormat,
        transfer_syntax: str,
        options: Any = None,
        *,
        threads: int = 1,
    ) -> EncodedFrame:
        """Return the frame as RLE segments, each row by itself as the standard asks; no options are known."""
        del threads
        check_encodable(self, frame, pixel_format, transfer_syntax)
        check_options(self, options, None)
        return EncodedFrame(
            _encoded(frame, pixel_format),
            pixel_format.photometric_interpretation,
            lossless=True,
            planar_configuration=1 if pixel_format.samples_per_pixel > 1 else 0,
        )


def _bounds(data: Buffer, expected: int) -> list[tuple[int, int]]:
    """Return where the segments that the header points at start and stop."""
    view = memoryview(data)
    if view.nbytes < _HEADER.size:
        raise DataError(f"the RLE header has {view.nbytes} of 64 bytes", clause="PS3.5 G.5")
    count, *offsets = _HEADER.unpack(view[: _HEADER.size])
    if count != expected or count > len(offsets):
        raise DataError(f"the RLE header names {count} segments; the pixel format has {expected}", clause="PS3.5 G.5")
    ends = [*offsets[1:count], view.nbytes]
    for start, end in zip(offsets[:count], ends, strict=True):
        if not _HEADER.size <= start <= end <= view.nbytes:
            raise DataError(f"RLE segment from byte {start:,} to {end:,} of {view.nbytes:,}", clause="PS3.5 G.5")
    return list(zip(offsets[:count], ends, strict=True))


def _check_planes(count: int) -> None:
    if count > 15:
        raise UnsupportedError(f"RLE of {count} byte planes: at most 15", feature="RLE", clause="PS3.5 G.5")


def _encoded(frame: NDArray[Any], pixel_format: PixelFormat) -> bytes:
    rows, columns, samples = pixel_format.rows, pixel_format.columns, pixel_format.samples_per_pixel
    size = frame.dtype.itemsize
    _check_planes(samples * size)
    if pixel_format.bits_allocated == 1:
        packed = np.frombuffer(pack_bits(frame), np.uint8)
        segments = _rle.encode(packed, 1, packed.size, 1, 1)
    else:
        little = np.ascontiguousarray(frame.astype(frame.dtype.newbyteorder("<"), copy=False))
        segments = _rle.encode(little.reshape(-1).view(np.uint8), rows, columns, samples, size)
    offsets = [_HEADER.size]
    for segment in segments[:-1]:
        offsets.append(offsets[-1] + len(segment))
    header = _HEADER.pack(len(segments), *offsets, *[0] * (15 - len(offsets)))
    return header + b"".join(segments)


RLE = RLECodec()
"""RLE Lossless."""
