"""Sources at the other end of a line: ranges of one and the same object, asked for again where the line fails."""

from __future__ import annotations

import errno
import random
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterator
from typing import Protocol, TypeVar, runtime_checkable

from pacscore.errors import SourceChangedError

__all__ = ["BEGINNING", "PieceReader", "RemoteReader", "connection_error"]

T = TypeVar("T")

BEGINNING = 1 << 16
"""Bytes that are fetched first: most headers and their offset tables fit."""
_FIRST_DELAY = 0.1
_LONGEST_DELAY = 5.0
"""Seconds before the second try, which doubles with each, and their limit."""


@runtime_checkable
class PieceReader(Protocol):
    """A reader that gives a range in pieces, as they come; each request to it has its price."""

    @property
    def size(self) -> int: ...  # noqa: D102 - as of Reader

    def read_range(self, start: int, length: int) -> bytes | memoryview:
        """Return ``length`` bytes from ``start`` on, or fewer where the source ends before."""
        ...

    def pieces(self, start: int, length: int, cancelled: threading.Event | None = None) -> Generator[bytes, None, None]:
        """Yield the same bytes piece by piece; closing the iterator ends the request."""
        ...


def connection_error(name: str, why: object) -> ConnectionError:
    """Return the error of a line that failed; it has a number, as errors of the operating system have."""
    return ConnectionError(errno.ECONNABORTED, f"{name}: {why}")


class RemoteReader(ABC):
    """Reads one object of a store by ranges; threads may share it.

    The first request tells its size and its stamp (ETag, or what the store has instead). All later ones must be of the
    same object. Requests that fail are repeated, from the first byte that did not come, with growing delays.

    Parameters
    ----------
    name : str
        For messages; says nothing secret.
    location : str, optional
        What names the object among all objects, as its URL; a cache knows it by that.
    attempts : int
        How often a request is tried that gives no byte.

    Attributes
    ----------
    size : int, in bytes
    stamp : str
        What tells this object from a later one of the same name; "" where the store has nothing of the kind.
    requests, fetched : int
        Requests that were made, and bytes that came.

    Raises
    ------
    FileNotFoundError, PermissionError
        If there is no such object, or it may not be read.
    ConnectionError
        If all attempts failed.
    SourceChangedError
        If the object is no longer the one that was opened.
    """

    def __init__(self, name: str, *, location: str | None = None, attempts: int = 4) -> None:
        self.name = name
        self._location = location
        self.requests = 0
        self.fetched = 0
        self._attempts = max(1, attempts)
        self._counting = threading.Lock()
        self.size, self.stamp, self._beginning = self._persistently(self._begin)
        self._count(1, len(self._beginning))

    @property
    def identity(self) -> str | None:
        """Location, size and stamp: equal only for the same bytes. None where location or stamp are not known."""
        return f"{self._location}\n{self.size}\n{self.stamp}" if self._location and self.stamp else None

    def read_range(self, start: int, length: int) -> bytes:
        """Return the bytes, fewer where the object ends before."""
        if start < 0 or length < 0:
            raise ValueError(f"range of {length} bytes from {start}: neither may be negative")
        stop = min(start + length, self.size)
        if stop <= len(self._beginning):
            return self._beginning[start:stop]
        pieces = list(self.pieces(start, length))
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def pieces(self, start: int, length: int, cancelled: threading.Event | None = None) -> Generator[bytes, None, None]:
        """Yield the bytes as they come.

        Parameters
        ----------
        start, length : int, in bytes
        cancelled : Event, optional
            Once it is set, nothing is tried again.
        """
        stop = min(start + length, self.size)
        failures = 0
        while start < stop:
            self._count(1, 0)
            try:
                for piece in self._pieces(start, stop):
                    self._count(0, len(piece))
                    start += len(piece)
                    failures = 0
                    yield piece
                if start < stop:
                    raise connection_error(self.name, f"the answer ends at byte {start:,} of {stop:,}")
            except ConnectionError:
                failures += 1
                if failures >= self._attempts or _waited(failures, cancelled):
                    raise

    @abstractmethod
    def _begin(self) -> tuple[int, str, bytes]:
        """Return the size, the stamp and the first bytes, at most `BEGINNING`."""

    @abstractmethod
    def _pieces(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield a range by one request; a failure that may pass is a ConnectionError."""

    def _check(self, size: int, stamp: str) -> None:
        if (size, stamp) != (self.size, self.stamp):
            raise self._changed(f"{size:,} bytes, stamp {stamp or 'unknown'}")

    def _changed(self, now: str) -> SourceChangedError:
        was = f"{self.size:,} bytes, stamp {self.stamp or 'unknown'}"
        return SourceChangedError(f"{self.name} was changed while it was read: it had {was}; now {now}. Open it again")

    def _persistently(self, ask: Callable[[], T]) -> T:
        failures = 0
        while True:
            try:
                return ask()
            except ConnectionError:
                failures += 1
                if failures >= self._attempts or _waited(failures, None):
                    raise

    def _count(self, requests: int, fetched: int) -> None:
        with self._counting:
            self.requests += requests
            self.fetched += fetched

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.name}, {self.size:,} bytes>"


def _waited(failures: int, cancelled: threading.Event | None) -> bool:
    """Wait before the next attempt; return whether it was cancelled meanwhile."""
    delay = min(_FIRST_DELAY * 2 ** (failures - 1), _LONGEST_DELAY) * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
    return (cancelled or threading.Event()).wait(delay)
