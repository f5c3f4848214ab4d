"""Pixel Data on its way to a file: frames are spooled until their number and sizes are known, then written at once."""

from __future__ import annotations

import shutil
import struct
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError, UnsupportedError
from pacscore.pixel_format import PixelFormat

__all__ = ["FrameSpool", "OneBitPacker", "Sink", "check_native_length", "write_encapsulated", "write_native"]

_ITEM = struct.Struct("<HHI")
_LARGEST_32_BIT = 0xFFFFFFFE  # the value above it stands for an undefined length
_IN_MEMORY = 16 << 20


class Sink(Protocol):
    """Where bytes go."""

    def write(self, data: Any, /) -> Any:
        """Take some bytes."""


class FrameSpool:
    """Encoded frames in order, in memory while they are small, else in a nameless file.

    Parameters
    ----------
    folder : Path
        Where the nameless file would be; the destination's folder has the room that will be needed anyway.
    """

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(folder))  # noqa: SIM115  closed by close()
        self.sizes: list[int] = []

    def __enter__(self) -> FrameSpool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def append(self, data: bytes) -> None:
        """Take the next frame."""
        self._file.write(data)
        self.sizes.append(len(data))

    def clear(self) -> None:
        """Forget all frames."""
        self._file.seek(0)
        self._file.truncate()
        self.sizes.clear()

    @property
    def total(self) -> int:
        """Bytes of all frames."""
        return sum(self.sizes)

    def rewind(self) -> None:
        """Go back to the first frame, for reading."""
        self._file.seek(0)

    def read(self, size: int) -> bytes:
        """Return the next ``size`` bytes."""
        data: bytes = self._file.read(size)
        return data

    def copy_to(self, sink: Sink) -> None:
        """Write all frames, one after another."""
        self.rewind()
        shutil.copyfileobj(self._file, sink, 1 << 20)


class OneBitPacker:
    """Packs frames of one bit a pixel without a gap between them.

    Source: PS3.5 8.1.1 and annex D: the first pixel is the lowest bit of the first byte, and a frame begins at the bit
    where the one before it ended.
    """

    def __init__(self) -> None:
        self._left = np.empty(0, np.uint8)

    def pack(self, frame: NDArray[np.uint8]) -> bytes:
        """Return the bytes that became full."""
        pixels = np.concatenate([self._left, frame.ravel()])
        whole = len(pixels) & ~7
        self._left = pixels[whole:]
        return np.packbits(pixels[:whole], bitorder="little").tobytes()

    def rest(self) -> bytes:
        """Return the last byte, if there is one, filled up with zeros."""
        return np.packbits(self._left, bitorder="little").tobytes()


def check_native_length(length: int) -> None:
    """Raise UnsupportedError if native pixel data of this many bytes have no length that 32 bits can say."""
    if length + length % 2 > _LARGEST_32_BIT:
        raise UnsupportedError(
            f"{length:,} bytes of native pixel data are more than a length field of 32 bits can say; "
            "choose an encapsulated transfer syntax",
            feature="native pixel data above 2**32 - 2 bytes",
            clause="PS3.5 7.1",
        )


def write_native(sink: Sink, spool: FrameSpool, pixel_format: PixelFormat, *, implicit: bool) -> None:
    """Write Pixel Data, or Float or Double Float Pixel Data, of native frames, little endian.

    Source: PS3.5 8.1.1, 8.2, A.1, A.2; PS3.3 C.7.6.24, C.7.6.25.

    Raises
    ------
    UnsupportedError
        If the value is longer than 2**32 - 2 bytes.
    """
    check_native_length(spool.total)
    length = spool.total + spool.total % 2
    element, vr = _native_element(pixel_format)
    if implicit:
        sink.write(_ITEM.pack(0x7FE0, element, length))
    else:
        sink.write(struct.pack("<HH2sHI", 0x7FE0, element, vr, 0, length))
    spool.copy_to(sink)
    sink.write(b"\0" * (spool.total % 2))


def _native_element(pixel_format: PixelFormat) -> tuple[int, bytes]:
    """Return the element number and the VR of what holds the pixels."""
    if pixel_format.is_float:
        return (0x0008, b"OF") if pixel_format.bits_allocated == 32 else (0x0009, b"OD")
    return 0x0010, b"OB" if pixel_format.bits_allocated <= 8 else b"OW"


def write_encapsulated(sink: Sink, spool: FrameSpool, extended_offset_table: bool | None) -> None:
    """Write a Pixel Data element of encapsulated frames, one fragment each, with an offset table.

    Source: PS3.5 A.4 (items, Basic Offset Table); PS3.3 C.7.6.3.1.8 (Extended Offset Table and its lengths).

    Parameters
    ----------
    sink : Sink
        Stands where Pixel Data, or the Extended Offset Table before it, begins.
    spool : FrameSpool
        The frames.
    extended_offset_table : bool or None
        None: only where 32 bits do not suffice for the offsets.

    Raises
    ------
    OptionError
        If the offsets need 64 bits and the caller refuses them.
    UnsupportedError
        If a frame is longer than an item can say.
    """
    padded = [size + size % 2 for size in spool.sizes]
    if max(padded, default=0) > _LARGEST_32_BIT:
        raise UnsupportedError("a frame of 4 GiB does not fit into one fragment", feature="several fragments a frame")
    offsets = [0]
    for size in padded[:-1]:
        offsets.append(offsets[-1] + size + _ITEM.size)
    needs_64_bits = offsets[-1] > 0xFFFFFFFF or 4 * len(offsets) > _LARGEST_32_BIT
    if needs_64_bits and extended_offset_table is False:
        raise OptionError(
            f"the last frame begins at offset {offsets[-1]:,}: that takes an Extended Offset Table (PS3.5 A.4)"
        )
    extended = needs_64_bits or bool(extended_offset_table)
    if extended:
        _write_64_bit_table(sink, 0x0001, offsets)
        _write_64_bit_table(sink, 0x0002, spool.sizes)
    sink.write(struct.pack("<HH2sHI", 0x7FE0, 0x0010, b"OB", 0, 0xFFFFFFFF))
    table = b"" if extended else np.asarray(offsets, "<u4").tobytes()
    sink.write(_ITEM.pack(0xFFFE, 0xE000, len(table)) + table)
    spool.rewind()
    for size, length in zip(spool.sizes, padded, strict=True):
        sink.write(_ITEM.pack(0xFFFE, 0xE000, length))
        sink.write(spool.read(size))
        sink.write(b"\0" * (length - size))
    sink.write(_ITEM.pack(0xFFFE, 0xE0DD, 0))


def _write_64_bit_table(sink: Sink, element: int, numbers: list[int]) -> None:
    """Write an element of VR OV in group 7FE0."""
    value = np.asarray(numbers, "<u8").tobytes()
    sink.write(struct.pack("<HH2sHI", 0x7FE0, element, b"OV", 0, len(value)) + value)
