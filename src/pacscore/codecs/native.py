"""Samples as they are: little and big endian, packed bits, planes, shared chroma, floats."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pacscore.codecs.protocol import Buffer, EncodedFrame
from pacscore.codecs.samples import (
    expand_chroma,
    from_little_endian,
    interleaved,
    pack_bits,
    stored_values,
    unpack_bits,
)
from pacscore.codecs.whole_frame import WholeFrameCodec, check_encodable, check_options
from pacscore.errors import DicomError, OptionError, UnsupportedError
from pacscore.pixel_format import PixelFormat

__all__ = ["BIG_ENDIAN", "LITTLE_ENDIAN", "NativeCodec", "from_bytes", "to_bytes"]

ByteOrder = Literal["<", ">"]


def from_bytes(data: Any, stored: PixelFormat, byte_order: ByteOrder = "<") -> NDArray[Any]:
    """Return the samples of an uncompressed frame.

    Source: PS3.5 8.1.1, 8.2 and annex D; PS3.3 C.7.6.3.

    Parameters
    ----------
    data : bytes-like
        The frame, from the first bit of a byte on; bytes beyond its end are ignored.
    stored : PixelFormat
        How the samples are laid out.
    byte_order : "<" or ">"
        Of words wider than a byte.

    Returns
    -------
    ndarray, shape (rows, columns[, samples])
        Native byte order, writeable; bits above Bits Stored are cleared (unsigned) or copies of the sign (signed).

    Raises
    ------
    DicomError
        If there are fewer bytes than the frame needs, or columns of YBR_FULL_422 are odd.
    UnsupportedError
        If Bits Allocated is neither 1, 12 nor a multiple of 8.
    """
    _check(data, stored)
    if stored.bits_allocated == 1:
        values: NDArray[Any] = unpack_bits(data, stored.native_bits)
    elif stored.bits_allocated not in (8, 16, 32, 64):
        values = _odd_words(data, stored, byte_order)
    else:
        word = np.dtype(f"{'f' if stored.is_float else 'u'}{stored.bits_allocated // 8}")
        count = stored.native_bits // stored.bits_allocated
        values = _arranged(np.frombuffer(data, word.newbyteorder(byte_order), count), stored)
        if not (values.flags.owndata and values.dtype.isnative):  # else it is a view of the data
            values = values.astype(word)
        return values if stored.is_float else stored_values(values, stored)
    values = _arranged(values, stored)
    return values if stored.bits_allocated == 1 else stored_values(values, stored)


def _odd_words(data: Any, stored: PixelFormat, byte_order: ByteOrder) -> NDArray[Any]:
    """Return words of 12 bits (packed, the first in the low bits; retired), or of 3, 5, 6 or 7 bytes."""
    count = stored.native_bits // stored.bits_allocated
    if stored.bits_allocated == 12:
        padded = np.zeros(3 * -(-count // 2), np.uint16)
        size = -(-stored.native_bits // 8)
        padded[:size] = np.frombuffer(data, np.uint8, size)
        low, middle, high = padded.reshape(-1, 3).T
        return np.stack((low | (middle & 15) << 8, middle >> 4 | high << 4), axis=-1).reshape(-1)[:count]
    size = stored.bits_allocated // 8
    words = np.frombuffer(data, np.uint8, count * size).reshape(count, size)
    return from_little_endian(words if byte_order == "<" else words[:, ::-1], stored.dtype.itemsize).reshape(-1)


def _check(data: Any, stored: PixelFormat) -> None:
    if stored.bits_allocated not in (1, 12, *range(8, 65, 8)):
        raise UnsupportedError(
            f"Bits Allocated {stored.bits_allocated} without compression: 1, 12 and multiples of 8 can be read",
            feature=f"{stored.bits_allocated} bits allocated",
            clause="PS3.5 8.1.1",
        )
    if stored.photometric_interpretation == "YBR_PARTIAL_420":
        raise UnsupportedError("YBR_PARTIAL_420 without compression", feature="YBR_PARTIAL_420")
    needed = -(-stored.native_bits // 8)
    have = memoryview(data).nbytes
    if have < needed:
        raise DicomError(f"the frame has {have:,} bytes where {needed:,} are needed (PS3.5 8.1.1)", tag="(7FE0,0010)")


def _arranged(values: NDArray[Any], stored: PixelFormat) -> NDArray[Any]:
    rows, columns, samples = stored.rows, stored.columns, stored.samples_per_pixel
    if stored.photometric_interpretation in ("YBR_FULL_422", "YBR_PARTIAL_422"):
        if columns % 2:
            raise DicomError(f"{columns} columns of pairs that share chroma (PS3.3 C.7.6.3.1.2)", tag="(0028,0011)")
        return expand_chroma(values, rows, columns)
    if samples > 1 and stored.planar_configuration == 1:
        return interleaved(values.reshape(samples, rows, columns))
    return values.reshape(stored.shape)


def to_bytes(frame: NDArray[Any], pixel_format: PixelFormat, byte_order: ByteOrder = "<") -> bytes:
    """Return a frame uncompressed, colour by pixel; the inverse of ``from_bytes``.

    Samples of one bit are packed, and the last byte is filled up with zeros. Negative samples keep the copies of
    their sign above Bits Stored.
    """
    if pixel_format.bits_allocated == 1:
        return pack_bits(frame)
    if pixel_format.bits_allocated not in (8, 16, 32, 64):
        raise OptionError(f"Bits Allocated {pixel_format.bits_allocated} is only read: write {8 * frame.itemsize}")
    return frame.astype(frame.dtype.newbyteorder(byte_order), copy=False).tobytes()


class NativeCodec(WholeFrameCodec):
    """Frames without compression, of one byte order."""

    third_party = False

    def __init__(self, name: str, transfer_syntaxes: frozenset[str], byte_order: ByteOrder) -> None:
        self.name = name
        self.transfer_syntaxes = transfer_syntaxes
        self.encodes = transfer_syntaxes if byte_order == "<" else frozenset()
        self._byte_order = byte_order

    def _samples(self, data: Buffer, stored: PixelFormat, decoded: PixelFormat) -> NDArray[Any]:
        del decoded
        return from_bytes(data, stored, self._byte_order)

    def encode(
        self,
        frame: NDArray[Any],
        pixel_format: PixelFormat,
        transfer_syntax: str,
        options: Any = None,
        *,
        threads: int = 1,
    ) -> EncodedFrame:
        """Return the frame's bytes; one-bit frames are filled up to a byte, and no options are known."""
        del threads
        check_encodable(self, frame, pixel_format, transfer_syntax)
        check_options(self, options, None)
        return EncodedFrame(
            to_bytes(frame, pixel_format, self._byte_order), pixel_format.photometric_interpretation, lossless=True
        )


LITTLE_ENDIAN = NativeCodec(
    "little endian",
    frozenset({"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.98", "1.2.840.10008.1.2.1.99"}),
    "<",
)
"""Implicit VR, Explicit VR, Deflated Explicit VR Little Endian, and Encapsulated Uncompressed."""

BIG_ENDIAN = NativeCodec("big endian", frozenset({"1.2.840.10008.1.2.2"}), ">")
"""Explicit VR Big Endian: retired, and only read (PS3.5 A.3)."""
