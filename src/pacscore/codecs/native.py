"""Samples as they are: little and big endian, packed bits, planes, shared chroma, floats."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pacscore.codecs.protocol import Buffer, EncodedFrame
from pacscore.codecs.samples import expand_chroma, interleaved, interpret, pack_bits, unpack_bits
from pacscore.codecs.whole_frame import WholeFrameCodec, check_encodable, check_options
from pacscore.errors import DicomError, UnsupportedError
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
        If Bits Allocated is not 1, 8, 16, 32 or 64.
    """
    _check(data, stored)
    if stored.bits_allocated == 1:
        values: NDArray[Any] = unpack_bits(data, stored.native_bits)
    else:
        word = np.dtype(f"{'f' if stored.is_float else 'u'}{stored.bits_allocated // 8}")
        count = stored.native_bits // stored.bits_allocated
        values = np.frombuffer(data, word.newbyteorder(byte_order), count).astype(word)
    values = _arranged(values, stored)
    if stored.is_float or stored.bits_allocated == 1:
        return values
    if stored.high_bit is not None and stored.high_bit >= stored.bits_stored:
        values = values >> values.dtype.type(stored.high_bit + 1 - stored.bits_stored)
    return interpret(values, stored.bits_stored, bool(stored.pixel_representation), stored.dtype)


def _check(data: Any, stored: PixelFormat) -> None:
    if stored.bits_allocated not in (1, 8, 16, 32, 64):
        raise UnsupportedError(
            f"Bits Allocated {stored.bits_allocated} without compression: 1, 8, 16, 32 and 64 can be read",
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
    return frame.astype(frame.dtype.newbyteorder(byte_order), copy=False).tobytes()


class NativeCodec(WholeFrameCodec):
    """Frames without compression, of one byte order."""

    provisional = False

    def __init__(self, name: str, transfer_syntaxes: frozenset[str], byte_order: ByteOrder) -> None:
        self.name = name
        self.transfer_syntaxes = self.encodes = transfer_syntaxes
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
"""Explicit VR Big Endian (retired)."""
