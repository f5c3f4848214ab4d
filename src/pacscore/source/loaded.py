"""Bytes of a source as far as they were needed: fetched once, at the places where they belong."""

from __future__ import annotations

import mmap

from pacscore.source.readers import MemoryReader, Reader
from pacscore.source.runs import Runs

__all__ = ["LoadedBytes"]

_NOT_RESERVED = getattr(mmap, "MAP_NORESERVE", 0x4000)
"""So that room for all of a source may be had where little of it will be fetched."""


def room_for(size: int) -> mmap.mmap:
    """Return so many zeros, of which those that are never written take no memory."""
    return mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _NOT_RESERVED)


class LoadedBytes:
    """A view of all bytes of a reader, of which those are true that were loaded; the others are zero.

    Attributes
    ----------
    view : memoryview of bytes
        As long as the source. Of a source in memory it is the memory itself, and everything is loaded.
    fetched : int
        Bytes that were asked of the reader.
    held : int
        Those of them that were not given back.

    Parameters
    ----------
    reader : Reader
    window : int, in bytes
        What is fetched at least, so that few requests are made.
    """

    def __init__(self, reader: Reader, window: int = 1 << 16) -> None:
        self._reader = reader
        self._window = window
        self.fetched = self.held = 0
        self._room: mmap.mmap | None = None
        self._runs = Runs()
        if isinstance(reader, MemoryReader) or not reader.size:
            self.view = memoryview(reader.read_range(0, reader.size))
            self._runs.add(0, len(self.view))
        else:
            self._room = room_for(reader.size)
            self.view = memoryview(self._room)

    def __len__(self) -> int:
        return len(self.view)

    def present(self, position: int) -> tuple[int, int]:
        """Return the run of loaded bytes that ``position`` is in or right behind, an empty one where there is none."""
        return self._runs.present(position)

    def load(self, start: int, stop: int) -> None:
        """Fetch what is missing of ``[start, stop)``, and some more where that is little.

        Raises
        ------
        OSError
            What the reader says.
        """
        for first, end in self._runs.missing(start, min(stop, len(self))):
            limit = self._runs.next_start(first, len(self))
            data = self._reader.read_range(first, min(max(end, first + self._window), limit) - first)
            self.fetched += len(data)
            self.held += len(data)
            self.view[first : first + len(data)] = data
            self._runs.add(first, first + len(data))
            if len(data) < end - first:
                return  # the source ends before its size

    def forget(self) -> None:
        """Give back the memory of what was fetched; of a source in memory nothing is."""
        if self._room is not None:
            self._room.madvise(mmap.MADV_DONTNEED)
            self._runs = Runs()
            self.held = 0

    @property
    def is_whole(self) -> bool:
        """Whether everything is loaded."""
        return self._runs.present(0)[1] >= len(self)
