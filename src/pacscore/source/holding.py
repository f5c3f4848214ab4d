"""A reader that keeps for others what was fetched ahead of them."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Generator

import numpy as np
from numpy.typing import NDArray

from pacscore.source.readers import Reader
from pacscore.source.remote import BEGINNING, PieceReader

__all__ = ["HoldingReader"]

_KEPT = 1 << 20
"""Bytes of a beginning, at most, that are kept once the header is read."""


class HoldingReader:
    """Reads from memory what is held there, and the rest from another reader; threads may share it.

    What is held never counts as anything but a copy of these bytes: whether it is there changes no result.

    Until ``settle`` is called, reading from the beginning on fetches 64 KiB, and then twice as much each time, so that
    header and offset tables take few requests.

    Parameters
    ----------
    reader : Reader
        If each request to it has its price (`PieceReader`), the beginning is read as told above.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.distant = isinstance(reader, PieceReader)
        self._growing = self.distant
        self._beginning = b""
        self._held: dict[int, tuple[int, bytes]] = {}
        self._keys = itertools.count()
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """Size of the source, in bytes."""
        return self._reader.size

    @property
    def held(self) -> int:
        """Bytes that are held for others now."""
        with self._lock:
            return sum(len(data) for _, data in self._held.values())

    def read_range(self, start: int, length: int) -> bytes | memoryview:
        """Return the bytes, fewer where the source ends before."""
        stop = min(start + length, self.size)
        if self._growing and stop > len(self._beginning) >= start:
            self._grow(stop)
        found = self._from_memory(start, stop) if 0 <= start < stop else b""
        return found if 0 < len(found) == stop - start else self._reader.read_range(start, length)

    def pieces(self, start: int, length: int, cancelled: threading.Event | None = None) -> Generator[bytes, None, None]:
        """Yield the bytes as they come; those that are held first, and only what follows them is fetched."""
        stop = min(start + length, self.size)
        found = self._from_memory(start, stop)
        if found:
            yield found
            start += len(found)
        if start >= stop:
            return
        if isinstance(self._reader, PieceReader):
            yield from self._reader.pieces(start, stop - start, cancelled)
        else:
            yield bytes(self._reader.read_range(start, stop - start))

    def hold(self, start: int, data: bytes) -> int:
        """Keep bytes that begin at ``start``; returns what ``release`` wants to know."""
        with self._lock:
            key = next(self._keys)
            self._held[key] = (start, data)
        return key

    def release(self, key: int) -> None:
        """Forget bytes that were held."""
        with self._lock:
            self._held.pop(key, None)

    def settle(self) -> None:
        """Say that the header is read: from now on ranges are fetched as they are asked for."""
        self._growing = False
        self._beginning = self._beginning[:_KEPT]

    def divide(self, borders: NDArray[np.unsignedinteger]) -> None:
        """Tell the reader below where the frames begin, if it wants to know."""
        if (divide := getattr(self._reader, "divide", None)) is not None:
            divide(borders)

    def _grow(self, stop: int) -> None:
        have, wanted = len(self._beginning), BEGINNING
        while wanted < stop:
            wanted *= 2
        self._beginning += bytes(self._reader.read_range(have, min(wanted, self.size) - have))

    def _from_memory(self, start: int, stop: int) -> bytes:
        """Return as much of a range, from its first byte on, as can be put together from what is held."""
        if stop <= len(self._beginning):
            return self._beginning[start:stop]
        with self._lock:
            held = sorted(self._held.values(), key=lambda each: each[0])
        parts, position = [], start
        for first, data in ((0, self._beginning), *held):
            if first <= position < min(first + len(data), stop):
                parts.append(data[position - first : stop - first])
                position += len(parts[-1])
        return parts[0] if len(parts) == 1 else b"".join(parts)
