"""A reader that asks a cache first."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError
from pacscore.source import Reader
from pacscore.source.remote import PieceReader

if TYPE_CHECKING:
    from pacscore.cache.caching import ByteCache

__all__ = ["CachingReader"]

_CHUNK = 1 << 20
"""What is no frame is kept in chunks of so many bytes."""


class _Part(NamedTuple):
    """Where some bytes are kept: frame, and start and stop in the object and in the frame."""

    frame: int
    start: int
    stop: int
    origin: int


class CachingReader:
    """Gives bytes from a cache, and asks another reader for what is not there; threads may share it.

    Whatever comes is kept, also what came before a request was broken off.

    Parameters
    ----------
    reader : Reader
    cache : ByteCache
    identity : str, optional
        Equal only for equal bytes; the default is the reader's own.

    Raises
    ------
    OptionError
        If neither the caller nor the reader knows one.
    """

    def __init__(self, reader: Reader, cache: ByteCache, *, identity: str | None = None) -> None:
        identity = identity if identity is not None else getattr(reader, "identity", None)
        if not identity:
            raise OptionError("nobody tells what tells this object from others: give identity=")
        self._reader = reader
        self._cache = cache
        self._object = hashlib.sha256(identity.encode()).hexdigest()
        self._borders: NDArray[np.uint64] = np.zeros(0, np.uint64)

    @property
    def size(self) -> int:
        """Size of the object, in bytes."""
        return self._reader.size

    def read_range(self, start: int, length: int) -> bytes:
        """Return the bytes, fewer where the object ends before."""
        if start < 0 or length < 0:
            return bytes(self._reader.read_range(start, length))  # which says what is wrong with it
        got = list(self.pieces(start, length))
        return got[0] if len(got) == 1 else b"".join(got)

    def pieces(self, start: int, length: int, cancelled: threading.Event | None = None) -> Generator[bytes, None, None]:
        """Yield the bytes in order; those that are not there as they come, by one request where they are neighbours."""
        missing: list[_Part] = []
        for part in self._parts(start, min(start + length, self.size)):
            position = part.start
            for place, piece in self._there(part):
                if position < place:
                    missing.append(part._replace(start=position, stop=place))
                yield from self._fetched(missing, cancelled)
                missing = []
                yield piece
                position = place + len(piece)
            if position < part.stop:
                missing.append(part._replace(start=position))
        yield from self._fetched(missing, cancelled)

    def divide(self, borders: NDArray[np.unsignedinteger]) -> None:
        """Note where frames begin, so that each is an entry of its own."""
        self._borders = np.unique(np.asarray(borders, np.uint64))

    def _there(self, part: _Part) -> list[tuple[int, bytes]]:
        """Return what the cache has of a part, each piece with its place in the object."""
        found = self._cache.within(self._object, part.frame, part.start - part.origin, part.stop - part.origin)
        return [(part.origin + start, piece) for start, piece in found]

    def _fetched(self, parts: Sequence[_Part], cancelled: threading.Event | None) -> Generator[bytes, None, None]:
        """Yield the bytes of neighbouring parts from the reader, and keep them."""
        if not parts:
            return
        start, stop = parts[0].start, parts[-1].stop
        got: list[bytes] = []
        try:
            if isinstance(self._reader, PieceReader):
                for piece in self._reader.pieces(start, stop - start, cancelled):
                    got.append(piece)
                    yield piece
            else:
                got.append(bytes(self._reader.read_range(start, stop - start)))
                yield got[0]
        finally:
            self._keep(parts, b"".join(got))

    def _keep(self, parts: Sequence[_Part], data: bytes) -> None:
        first = parts[0].start
        for part in parts:
            came = data[part.start - first : part.stop - first]
            if came:
                self._cache.put(self._object, part.frame, part.start - part.origin, came)

    def _parts(self, start: int, stop: int) -> Iterator[_Part]:
        """Yield the frames, or chunks of what is no frame, that a range touches."""
        while start < stop:
            number = int(np.searchsorted(self._borders, start, "right"))
            behind = int(self._borders[number]) if number < len(self._borders) else self.size
            if number:
                frame, origin = number - 1, int(self._borders[number - 1])
            else:
                chunk = start // _CHUNK
                frame, origin = -1 - chunk, chunk * _CHUNK
                behind = min(behind, origin + _CHUNK)
            end = min(stop, behind)
            yield _Part(frame, start, end, origin)
            start = end
