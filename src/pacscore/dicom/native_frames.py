"""Frames of native pixel data, which need not begin on a byte."""

from __future__ import annotations

import numpy as np

from pacscore.codecs.protocol import Buffer
from pacscore.dicom.header import PixelElement
from pacscore.dicom.offsets import Numbers
from pacscore.errors import DicomError
from pacscore.pixel_format import PixelFormat
from pacscore.source import Reader

__all__ = ["NativeFrames"]


class NativeFrames:
    """The frames of native pixel data, one after the other without a gap.

    Source: PS3.5 8.1.1 and 8.2.

    Parameters
    ----------
    reader : Reader
    element : PixelElement
        Of defined length.
    stored : PixelFormat
    count : int
        Number of Frames.
    big_endian : bool
        Bytes of an OW value lie in words of two bytes, the second first.

    Attributes
    ----------
    row_bytes : int or None
        Size of a row, where rows are whole bytes and follow each other.
    """

    def __init__(
        self, reader: Reader, element: PixelElement, stored: PixelFormat, count: int, *, big_endian: bool = False
    ) -> None:
        self._reader = reader
        self._start = element.start
        self._length = max(0, min(element.length or 0, reader.size - element.start))
        self._bits = stored.native_bits
        self._swapped = big_endian and element.vr == "OW" and stored.bits_allocated <= 8
        whole_rows = stored.native_bits % (8 * stored.rows) == 0 and not self._swapped
        by_pixel = stored.samples_per_pixel == 1 or stored.planar_configuration == 0
        self.row_bytes = stored.native_bits // stored.rows // 8 if whole_rows and by_pixel else None
        self.stop = element.start + (element.length or 0)
        self.notes = _notes(element.length or 0, self._length, -(-self._bits * count // 8))

    def there(self) -> tuple[int, str | None]:
        """Return how many frames are there, at least in part, and why those that follow are missing."""
        there = -(-8 * self._length // self._bits)
        return there, f"Pixel Data has {self._length:,} bytes (PS3.5 8.1.1)"

    def salvaged(self, index: int) -> bytes | None:
        """Return what there is of a frame that is cut short, filled up with zeros; None where nothing is."""
        start, shift = divmod(index * self._bits, 8)
        if start >= self._length or shift or self._swapped:
            return None
        return bytes(self._read(start, self._length)).ljust(-(-self._bits // 8), b"\0")

    def byte_range(self, index: int) -> tuple[int, int]:
        """Return where a frame begins and stops in the source, in bytes."""
        stop = -(-(index + 1) * self._bits // 8)
        return self._start + index * self._bits // 8, self._start + min(stop, self._length)

    def borders(self, count: int) -> Numbers:
        """Return where each of so many frames begins in the source, in bytes."""
        return self._start + np.arange(count, dtype=np.uint64) * np.uint64(self._bits) // np.uint64(8)

    def encoded(self, index: int) -> Buffer:
        """Return the bytes of a frame; one that begins within a byte is shifted to begin with it.

        Raises
        ------
        DicomError
            If the pixel data ends before.
        """
        first_bit = index * self._bits
        start, shift = divmod(first_bit, 8)
        stop = -(-(first_bit + self._bits) // 8)
        data = self._whole(index, start, stop)
        if not shift and not self._bits % 8:
            return data
        bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")[shift : shift + self._bits]
        return np.packbits(bits, bitorder="little").tobytes()

    def rows(self, index: int, first: int, count: int) -> Buffer:
        """Return the bytes of some rows of a frame, where rows are whole bytes one after another (``row_bytes``).

        Raises
        ------
        DicomError
            If the pixel data ends before.
        """
        start = index * self._bits // 8 + first * (self.row_bytes or 0)
        return self._whole(index, start, start + count * (self.row_bytes or 0))

    def _whole(self, index: int, start: int, stop: int) -> Buffer:
        if stop > self._length:
            raise DicomError(
                f"frame {index} would end at byte {stop:,} of the pixel data, which has {self._length:,} (PS3.5 8.1.1)",
                tag="(7FE0,0010)",
                offset=self._start,
            )
        return self._read(start, stop)

    def _read(self, start: int, stop: int) -> Buffer:
        if not self._swapped:
            return self._reader.read_range(self._start + start, stop - start)
        first, last = start & ~1, stop + (stop & 1)
        words = bytes(self._reader.read_range(self._start + first, last - first)).ljust(last - first, b"\0")
        return np.frombuffer(words, np.uint16).byteswap().tobytes()[start - first : stop - first]


def _notes(announced: int, there: int, needed: int) -> tuple[str, ...]:
    notes = []
    if there < announced:
        notes.append(f"Pixel Data has {there:,} of {announced:,} bytes: the data is cut short")
    if announced > needed + (needed & 1):
        notes.append(f"Pixel Data has {announced:,} bytes; the frames take {needed:,}")
    if announced < needed:
        notes.append(f"Pixel Data has {announced:,} bytes; the frames would take {needed:,}")
    return tuple(notes)
