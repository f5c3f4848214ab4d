"""Pieces of one thing, at their places: what is there, and nothing else."""

from __future__ import annotations

import bisect
import struct

__all__ = ["Extents"]

_COUNT = struct.Struct("<L")
_PLACE = struct.Struct("<QQ")


class Extents:
    """Pieces of some data, in order, none touching another. What is there once stays as it is."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._pieces: list[bytes] = []

    @property
    def nbytes(self) -> int:
        """How many bytes are there."""
        return sum(map(len, self._pieces))

    def get(self, start: int, stop: int) -> bytes | None:
        """Return a range; None unless all of it is there."""
        i = bisect.bisect_right(self._starts, start) - 1
        if i < 0 or start > stop or stop > self._starts[i] + len(self._pieces[i]):
            return None
        return self._pieces[i][start - self._starts[i] : stop - self._starts[i]]

    def within(self, start: int, stop: int) -> list[tuple[int, bytes]]:
        """Return what is there of a range: where each piece begins, and its bytes, in order."""
        i = max(bisect.bisect_right(self._starts, start) - 1, 0)
        j = bisect.bisect_left(self._starts, stop)
        cut = ((max(first, start), piece[max(start - first, 0) : stop - first]) for first, piece in self._all()[i:j])
        return [(first, piece) for first, piece in cut if piece]

    def put(self, start: int, data: bytes) -> None:
        """Add bytes that begin at ``start``."""
        stop = start + len(data)
        if not data:
            return
        i = bisect.bisect_left([first + len(piece) for first, piece in self._all()], start)
        j = bisect.bisect_right(self._starts, stop)
        held = self._all()[i:j]
        begin = position = min([start, *self._starts[i:j]])
        parts = []
        for first, piece in [*held, (stop, b"")]:
            if position < first:
                parts.append(data[position - start : first - start])
            parts.append(piece)
            position = max(position, first + len(piece))
        self._starts[i:j], self._pieces[i:j] = [begin], [b"".join(parts)]

    def update(self, other: Extents) -> None:
        """Add all pieces of another."""
        for start, piece in other._all():
            self.put(start, piece)

    def to_bytes(self) -> bytes:
        """Return them in one: their number, place and length of each, and the pieces."""
        places = (_PLACE.pack(start, len(piece)) for start, piece in self._all())
        return b"".join((_COUNT.pack(len(self._pieces)), *places, *self._pieces))

    @classmethod
    def from_bytes(cls, data: bytes) -> Extents:
        """Return what ``to_bytes`` made.

        Raises
        ------
        ValueError
            If it made no such bytes.
        """
        extents = cls()
        if len(data) < _COUNT.size:
            raise ValueError("too short to be pieces")
        (count,) = _COUNT.unpack_from(data)
        position = _COUNT.size + count * _PLACE.size
        if position > len(data):
            raise ValueError("too short for the places of its pieces")
        behind = -1
        for number in range(count):
            start, length = _PLACE.unpack_from(data, _COUNT.size + number * _PLACE.size)
            if start <= behind or not length or position + length > len(data):
                raise ValueError("pieces that cannot be")
            extents._starts.append(start)
            extents._pieces.append(data[position : position + length])
            behind, position = start + length, position + length
        if position != len(data):
            raise ValueError("bytes behind the last piece")
        return extents

    def _all(self) -> list[tuple[int, bytes]]:
        return list(zip(self._starts, self._pieces, strict=True))
