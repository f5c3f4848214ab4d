"""Pieces in memory, those that were used last."""

from __future__ import annotations

import threading
from collections import OrderedDict

from pacscore.cache.extents import Extents

__all__ = ["Entry", "MemoryTier"]

Entry = tuple[str, int]
"""The hash of an object, and the number of a frame in it."""


class MemoryTier:
    """Entries of up to so many bytes altogether; threads may share it.

    Parameters
    ----------
    limit : int, in bytes
        Entries that were not used for longest make room. One that is larger by itself is not kept.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._held = 0
        self._entries: OrderedDict[Entry, Extents] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def nbytes(self) -> int:
        """Bytes that are kept."""
        with self._lock:
            return self._held

    def within(self, entry: Entry, start: int, stop: int) -> list[tuple[int, bytes]]:
        """Return what is there of a range of an entry: where each piece begins, and its bytes, in order."""
        with self._lock:
            extents = self._entries.get(entry)
            if extents is None:
                return []
            self._entries.move_to_end(entry)
            return extents.within(start, stop)

    def put(self, entry: Entry, more: Extents) -> None:
        """Add to an entry."""
        with self._lock:
            grown = self._entries.pop(entry, None) or Extents()
            self._held -= grown.nbytes
            grown.update(more)
            if grown.nbytes <= self._limit:
                self._entries[entry] = grown
                self._held += grown.nbytes
            while self._held > self._limit:
                _, oldest = self._entries.popitem(last=False)
                self._held -= oldest.nbytes

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._held = 0
