"""Bytes that somebody else fetches: each at its place, in any order."""

from __future__ import annotations

from pacscore.errors import LimitError, OptionError
from pacscore.source.loaded import room_for
from pacscore.source.runs import Runs

__all__ = ["ArrivedBytes"]

_FIRST_ROOM = 1 << 26
"""Bytes of address space, not of memory."""


class ArrivedBytes:
    """A view of data that grows; bytes that have not come are zero.

    Bytes that are there already stay as they are, so that others may read them meanwhile.

    Parameters
    ----------
    size : int, in bytes, optional
        Of all the data, if it is known.

    Attributes
    ----------
    view : memoryview of bytes
        Longer than the data.
    runs : Runs
    size : int or None
    """

    def __init__(self, size: int | None = None) -> None:
        if size is not None and size < 0:
            raise OptionError(f"size={size} is negative")
        self.size = size
        self.runs = Runs()
        self.view = memoryview(b"")
        self._next = 0

    def put(self, data: bytes | bytearray | memoryview, offset: int | None) -> None:
        """Take bytes that begin at ``offset``, None: right behind the last ones.

        Raises
        ------
        OptionError
            If they do not lie in the data.
        LimitError
            If so far behind that they cannot be addressed.
        """
        given = memoryview(data).cast("B")
        start = self._next if offset is None else offset
        stop = start + len(given)
        if start < 0 or (self.size is not None and stop > self.size):
            raise OptionError(f"bytes {start:,} to {stop:,} do not lie in the data, which has {self.size} bytes")
        self._provide(stop)
        for first, end in self.runs.missing(start, stop):
            self.view[first:end] = given[first - start : end - start]
        self.runs.add(start, stop)
        self._next = stop

    def snapshot(self) -> ArrivedBytes:
        """Return what is there now, for somebody who reads while more comes."""
        taken = ArrivedBytes(self.size)
        taken.view, taken.runs = self.view, self.runs.copy()
        return taken

    def _provide(self, stop: int) -> None:
        if stop <= len(self.view):
            return
        try:
            grown = memoryview(room_for(self.size or max(2 * len(self.view), stop, _FIRST_ROOM)))
        except (OSError, OverflowError, ValueError) as error:
            raise LimitError(f"data up to byte {stop:,} cannot be addressed: {error}") from error
        for first, end in self.runs:
            grown[first:end] = self.view[first:end]
        self.view = grown
