"""RLE Lossless: each byte plane of a frame is a PackBits segment."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacscore.codecs.native import from_bytes
from pacscore.codecs.protocol import Buffer, EncodedFrame
from pacscore.codecs.samples import interleaved, interpret, pack_bits
from pacscore.codecs.whole_frame import WholeFrameCodec, check_encodable, foreign_errors
from pacscore.errors import DataError, OptionError, UnsupportedError
from pacscore.pixel_format import PixelFormat

__all__ = ["RLE", "RLECodec"]

_HEADER = struct.Struct("<16L")


class RLECodec(WholeFrameCodec):
    """Composite pixel code in byte planes, most significant first, one sample after the other.

    Source: PS3.5 annex G.
    """

    name = "RLE"
    provisional = True
    transfer_syntaxes = encodes = frozenset({"1.2.840.10008.1.2.5"})

    def _samples(self, data: Buffer, stored: PixelFormat, decoded: PixelFormat) -> NDArray[Any]:
        samples, rows, columns = stored.samples_per_pixel, stored.rows, stored.columns
        if stored.bits_allocated == 1:
            packed = _unpacked(_segments(data, samples), -(-rows * columns * samples // 8))
            return from_bytes(b"".join(packed), stored)
        if stored.bits_allocated % 8 or stored.bits_allocated > 64:
            raise UnsupportedError(f"RLE of Bits Allocated {stored.bits_allocated}", feature="RLE", clause="PS3.5 G.2")
        size = stored.bits_allocated // 8
        planes = _unpacked(_segments(data, samples * size), rows * columns)
        values = np.zeros((samples, rows, columns), f"u{decoded.dtype.itemsize}")
        little = values.dtype.newbyteorder("<")
        bytes_of = values.astype(little, copy=False).view(np.uint8)
        low_byte_first: NDArray[Any] = bytes_of.reshape(samples, rows, columns, values.dtype.itemsize)
        for number, plane in enumerate(planes):
            sample, significance = divmod(number, size)
            low_byte_first[sample, ..., size - 1 - significance] = np.frombuffer(plane, np.uint8).reshape(rows, columns)
        values = low_byte_first.reshape(samples, rows, -1).view(little).astype(values.dtype)
        arranged = interleaved(values) if samples > 1 else values[0]
        if stored.is_float:
            return arranged.view(decoded.dtype)
        return interpret(arranged, stored.bits_stored, bool(stored.pixel_representation), decoded.dtype)

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
        if options is not None:
            raise OptionError("RLE takes no options")
        return EncodedFrame(
            _encoded(_byte_planes(frame, pixel_format)),
            pixel_format.photometric_interpretation,
            lossless=True,
            planar_configuration=1 if pixel_format.samples_per_pixel > 1 else 0,
        )


def _segments(data: Buffer, expected: int) -> list[memoryview]:
    """Return the compressed segments that the header points at."""
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
    return [view[start:end] for start, end in zip(offsets[:count], ends, strict=True)]


def _unpacked(segments: list[memoryview], size: int) -> list[bytes]:
    """Return the byte planes, each of ``size`` bytes; what a segment holds beyond is padding."""
    import imagecodecs  # noqa: PLC0415 - only where RLE is met

    planes = []
    for number, segment in enumerate(segments):
        with foreign_errors("RLE"):
            # room for one run beyond the end, which some writers add as padding
            plane = bytes(imagecodecs.packbits_decode(bytes(segment), out=size + 128))[:size]
        if len(plane) < size:
            raise DataError(f"RLE segment {number} ends after {len(plane):,} of {size:,} bytes", clause="PS3.5 G.3")
        planes.append(plane)
    return planes


def _byte_planes(frame: NDArray[Any], pixel_format: PixelFormat) -> list[NDArray[np.uint8]]:
    if pixel_format.bits_allocated == 1:
        return [np.frombuffer(pack_bits(frame), np.uint8).reshape(1, -1)]
    big_endian = frame.astype(frame.dtype.newbyteorder(">"), copy=False)
    rows, columns, samples = pixel_format.rows, pixel_format.columns, pixel_format.samples_per_pixel
    split = np.ascontiguousarray(big_endian).view(np.uint8).reshape(rows, columns, samples, frame.dtype.itemsize)
    return [
        np.ascontiguousarray(split[:, :, sample, significance])
        for sample in range(samples)
        for significance in range(frame.dtype.itemsize)
    ]


def _encoded(planes: list[NDArray[np.uint8]]) -> bytes:
    import imagecodecs  # noqa: PLC0415 - only where RLE is met

    if len(planes) > 15:
        raise UnsupportedError(f"RLE of {len(planes)} byte planes: at most 15", feature="RLE", clause="PS3.5 G.5")
    segments = []
    for plane in planes:
        segment = b"".join(bytes(imagecodecs.packbits_encode(row.tobytes())) for row in plane)
        segments.append(segment + bytes(len(segment) % 2))
    offsets = [_HEADER.size]
    for segment in segments[:-1]:
        offsets.append(offsets[-1] + len(segment))
    header = _HEADER.pack(len(segments), *offsets, *[0] * (15 - len(offsets)))
    return header + b"".join(segments)


RLE = RLECodec()
"""RLE Lossless."""
