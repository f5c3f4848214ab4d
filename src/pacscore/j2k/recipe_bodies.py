"""The bodies of tile-parts: runs of packets as they are made from code-blocks, and what is between them.

An encoder may write a packet header in more ways than one: with SOP or without, longer lengths than needed, tag trees
that tell more. Such headers are in a recipe as they are.

Source: T.800 A.8, B.10.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pacscore.errors import RecipeError
from pacscore.j2k._coded_tile import CodedTile
from pacscore.j2k._written_packets import Joining
from pacscore.j2k.number_columns import NumberReader, write_numbers

__all__ = ["BodyReader", "BodyWriter", "MadeTile"]

_SOP_SIZE = 6
_END, _PACKET, _HEADER = 0, 1, 2
"""What follows a run of packets: the end of the tile-part, a packet, or the header of one."""


class MadeTile(NamedTuple):
    """A tile whose packets have been made.

    Attributes
    ----------
    tile : CodedTile
    lengths : list of int, in bytes
        Of the packets.
    sop, packed : bool
        How they are made.
    """

    tile: CodedTile
    lengths: list[int]
    sop: bool
    packed: bool

    def packets(self, first: int, last: int) -> bytes:
        """Return packets one after another."""
        joining = Joining([(self.tile, first, last)], 1)
        joining.write()
        return joining.joined

    def body(self, number: int) -> bytes:
        """Return a packet without its header."""
        header = _SOP_SIZE * self.sop + (0 if self.packed else len(self.tile.headers(number, number + 1)))
        return self.packets(number, number + 1)[header:]


class BodyWriter:
    """The making of what a recipe knows of the bodies, one tile-part after another."""

    def __init__(self) -> None:
        self._runs: list[int] = []
        self._literals: list[bytes] = []

    def add(self, made: MadeTile, first: int, stops: Sequence[int], body: bytes) -> list[int]:
        """Add a tile-part, and return the lengths of its packets.

        Parameters
        ----------
        made : MadeTile
        first : int
            Number of its first packet.
        stops : sequence of int, in bytes
            Where its packets end in ``body``.
        body : bytes
            As the original has it.
        """
        end = stops[-1] if stops else 0
        guess = made.packets(first, first + len(stops))
        count = len(stops)
        if guess != body[:end]:
            count = self._add_packets(made, first, stops, body)
        self._add(count, _END, body[end:])
        return [stop - start for start, stop in zip([0, *stops], stops, strict=False)]

    def _add(self, count: int, kind: int, literal: bytes) -> None:
        self._runs += [count, kind, len(literal)]
        self._literals.append(literal)

    def _add_packets(self, made: MadeTile, first: int, stops: Sequence[int], body: bytes) -> int:
        """Add packets of which not all are as they were made; return how many were since the last that is not."""
        same = start = 0
        for number, stop in enumerate(stops, first):
            wanted = body[start:stop]
            start = stop
            if wanted == made.packets(number, number + 1):
                same += 1
                continue
            rest = made.body(number)
            if wanted.endswith(rest):
                self._add(same, _HEADER, wanted[: len(wanted) - len(rest)])
            else:
                self._add(same, _PACKET, wanted)
            same = 0
        return same

    def columns(self) -> list[bytes]:
        """Return what `BodyReader` takes."""
        return [write_numbers(self._runs), b"".join(self._literals)]


class BodyReader:
    """The bodies again, from what `BodyWriter` made; ValueError or RecipeError where that does not fit."""

    def __init__(self, runs: bytes, literals: bytes) -> None:
        self._runs = NumberReader(runs)
        self._literals = literals
        self._position = 0

    def next(self, made: MadeTile, first: int) -> tuple[bytes, list[int]]:
        """Return the body of the next tile-part and the lengths of its packets, the first of which is given."""
        pieces: list[bytes] = []
        lengths: list[int] = []
        number = first
        while True:
            count, kind, size = self._runs.next(), self._runs.next(), self._runs.next()
            if number + count + (kind != _END) > len(made.lengths) or kind > _HEADER:
                raise RecipeError("the recipe tells of packets that there are not")
            literal = self._literals[self._position : self._position + size]
            self._position += size
            pieces += [made.packets(number, number + count), literal]
            lengths += made.lengths[number : number + count]
            number += count + 1
            if kind == _END:
                return b"".join(pieces), lengths
            rest = made.body(number - 1) if kind == _HEADER else b""
            pieces.append(rest)
            lengths.append(len(literal) + len(rest))

    def check_ended(self) -> None:
        """Raise ValueError if there is more."""
        if not self._runs.ended or self._position != len(self._literals):
            raise ValueError("there are more packets than tile-parts")
