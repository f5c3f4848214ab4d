"""Bytes of a source as far as they were needed: fetched once, at the places where they belong."""

from __future__ import annotations

import bisect
import mmap

from pacscore.source.readers import MemoryReader, Reader

__all__ = ["LoadedBytes"]

_NOT_RESERVED = getattr(mmap, "MAP_NORESERVE", 0x4000)
"""So that room for all of a source may be had where little of it will be fetched."""


class LoadedBytes:
    """A view of all bytes of a reader, of which those are true that were loaded; the others are zero.

    Attributes
    ----------
    view : memoryview of bytes
        As long as the source. Of a source in memory it is the memory itself, and everything is loaded.
    fetched : int
        Bytes that were asked of the reader.

    Parameters
    ----------
    reader : Reader
    window : int, in bytes
        What is fetched at least, so that few requests are made.
    """

    def __init__(self, reader: Reader, window: int = 1 << 16) -> None:
        self._reader = reader
        self._window = window
        self.fetched = 0
        self._starts: list[int] = []
        self._stops: list[int] = []
        if isinstance(reader, MemoryReader) or not reader.size:
            self.view = memoryview(reader.read_range(0, reader.size))
            self._starts, self._stops = [0], [len(self.view)]
        else:
            flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _NOT_RESERVED
            self.view = memoryview(mmap.mmap(-1, reader.size, flags))

    def __len__(self) -> int:
        return len(self.view)

    def present(self, position: int) -> tuple[int, int]:
        """Return the run of loaded bytes that ``position`` is in or right behind, an empty one where there is none."""
        i = bisect.bisect_right(self._starts, position) - 1
        if i < 0 or self._stops[i] < position:
            return position, position
        return self._starts[i], self._stops[i]

    def load(self, start: int, stop: int) -> None:
        """Fetch what is missing of ``[start, stop)``, and some more where that is little.

        Raises
        ------
        OSError
            What the reader says.
        """
        stop = min(stop, len(self))
        while start < stop:
            _, here = self.present(start)
            if here > start:
                start = here
                continue
            i = bisect.bisect_right(self._starts, start)
            limit = self._starts[i] if i < len(self._starts) else len(self)
            end = min(max(stop, start + self._window), limit)
            data = self._reader.read_range(start, end - start)
            self.fetched += len(data)
            self._put(start, data)
            if len(data) < min(stop, end) - start:
                return  # the source ends before its size
            start = end

    def _put(self, start: int, data: bytes | memoryview) -> None:
        stop = start + len(data)
        self.view[start:stop] = data
        i = bisect.bisect_left(self._stops, start)
        j = bisect.bisect_right(self._starts, stop)
        if i < j:
            start, stop = min(start, self._starts[i]), max(stop, self._stops[j - 1])
        self._starts[i:j], self._stops[i:j] = [start], [stop]
