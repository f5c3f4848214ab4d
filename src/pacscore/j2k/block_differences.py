"""How the code-blocks of an original differ from those that recoding makes again out of its quantiser indices.

A coder is free in how it ends codeword segments, in where it cuts them between layers, and HT in how it joins its
parts: so blocks of another encoder mostly begin and end like ours. The blocks of all tiles are one sequence here.

Source: T.800 B.10, C.2.9, D.4; T.814 B.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pacscore.j2k._coded_tile import BLOCK, PASS
from pacscore.j2k.mq_carries import kept_carries, with_carries
from pacscore.j2k.number_columns import NumberReader, signed, unsigned, write_numbers

__all__ = [
    "CodedBlock",
    "DifferenceReader",
    "DifferenceWriter",
    "GuessedBlock",
    "Share",
    "block_arrays",
    "guessed_blocks",
]

_MOST_PASSES = 3 * 127
_MOST_PLANES = 255
_KIND_HT = 1
_FEW_BYTES = 8
_WORTH_A_CARRY = 6
"""Bytes that differ, from which on it is tried whether carries are kept."""


class Share(NamedTuple):
    """Passes of a code-block that are sent in one layer and have one length."""

    layer: int
    passes: int
    length: int


class CodedBlock(NamedTuple):
    """A code-block of the original.

    Attributes
    ----------
    passes : int
        Placeholders included.
    missing_bitplanes : int
    shares : list of Share
    data : bytes
    """

    passes: int
    missing_bitplanes: int
    shares: list[Share]
    data: bytes


class GuessedBlock(NamedTuple):
    """A code-block as recoding makes it.

    Attributes
    ----------
    kind : int
        1 for HT, 2 for Part 1.
    missing_bitplanes : int
    stops : list of int, in bytes
        Where each pass ends.
    ends : list of int
        Behind which passes codeword segments end.
    data : bytes
    """

    kind: int
    missing_bitplanes: int
    stops: list[int]
    ends: list[int]
    data: bytes

    def placeholders(self, passes: int, missing_bitplanes: int) -> int | None:
        """Return how many passes without bytes a block of so many passes has in front of these.

        None if it has other passes than these.
        """
        more = passes - len(self.stops)
        planes = self.missing_bitplanes - missing_bitplanes if self.kind == _KIND_HT else 0
        same = self.kind == _KIND_HT or self.missing_bitplanes == missing_bitplanes
        return more if self.stops and same and planes >= 0 and more == 3 * planes else None


def guessed_blocks(blocks: NDArray[Any], passes: NDArray[Any], data: bytes) -> Iterator[GuessedBlock]:
    """Yield what `CodedTile.coded_blocks` returns block by block."""
    lengths, ends = passes["length"].tolist(), passes["ends_segment"].tolist()
    first = start = 0
    columns = [blocks[name].tolist() for name in ("length", "passes", "missing_bitplanes", "kind")]
    for length, count, missing, kind in zip(*columns, strict=True):
        stop = 0
        stops = [stop := stop + each for each in lengths[first : first + count]]
        ended = [i for i, end in enumerate(ends[first : first + count], 1) if end or i == count]
        yield GuessedBlock(kind, missing, stops, ended, data[start : start + length])
        first += count
        start += length


def block_arrays(blocks: list[CodedBlock], guess: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], bytes]:
    """Return blocks as `CodedTile.replace_blocks` takes them; of what kind they are is known from the guess."""
    described = np.zeros(len(blocks), BLOCK)
    described["passes"] = [block.passes for block in blocks]
    described["missing_bitplanes"] = [block.missing_bitplanes for block in blocks]
    described["kind"] = guess["kind"]
    shares = [share for block in blocks for share in block.shares]
    counts = np.array([share.passes for share in shares], np.int64)
    passes = np.zeros(int(counts.sum()), PASS)
    passes["layer"] = np.repeat(np.array([share.layer for share in shares], np.uint16), counts)
    passes["length"][np.cumsum(counts) - 1] = [share.length for share in shares]
    return described, passes, b"".join(block.data for block in blocks)


def _layer_runs(shares: list[Share]) -> list[tuple[int, int]]:
    """Return each layer and how many passes it has."""
    runs: dict[int, int] = {}
    for share in shares:
        runs[share.layer] = runs.get(share.layer, 0) + share.passes
    return list(runs.items())


def _common(one: bytes, other: bytes) -> tuple[int, int]:
    """Return how many bytes both begin with, and how many of the others they both end with."""
    size = min(len(one), len(other))
    differ = np.frombuffer(one, np.uint8, size) != np.frombuffer(other, np.uint8, size)
    prefix = int(differ.argmax()) if differ.any() else size
    rest = size - prefix
    differ = np.frombuffer(one, np.uint8)[len(one) - rest :] != np.frombuffer(other, np.uint8)[len(other) - rest :]
    return prefix, int(differ[::-1].argmax()) if differ.any() else rest


class DifferenceWriter:
    """The making of columns of differences, block by block."""

    def __init__(self, layered: bool) -> None:
        self._layered = layered
        self._since_other = self._since_change = 0
        self._others: list[int] = []
        self._given: list[int] = []
        self._gaps: list[int] = []
        self._kinds: list[int] = []
        self._sizes: list[int] = []
        self._carries: list[int] = []
        self._cuts: list[int] = []
        self._layers: list[list[int]] = [[], []]
        self._literals: list[bytes] = []

    def add(self, block: CodedBlock, guess: GuessedBlock) -> None:
        """Add what differs in the next block."""
        if block.passes != len(guess.stops) or (block.passes and block.missing_bitplanes != guess.missing_bitplanes):
            self._others += [self._since_other, block.passes, block.missing_bitplanes]
            self._since_other = 0
        else:
            self._since_other += 1
        if not block.passes:
            return
        if self._layered:
            before = 0
            for layer, passes in _layer_runs(block.shares):
                self._layers[0].append(layer - before)
                self._layers[1].append(passes)
                before = layer
        lead = guess.placeholders(block.passes, block.missing_bitplanes)
        if lead is None:
            self._give(block)
        else:
            self._compare(block, guess, lead)

    def _give(self, block: CodedBlock) -> None:
        for share in block.shares:
            self._given += [share.passes, share.length]
        self._literals.append(block.data)

    def _compare(self, block: CodedBlock, guess: GuessedBlock, lead: int) -> None:
        shares = iter(block.shares)
        start = guess_start = 0
        passes = -lead
        for end in guess.ends:
            stop = start
            while passes < end:
                share = next(shares)
                passes += share.passes
                stop += share.length
                if passes < end:
                    guessed = guess.stops[max(passes, 1) - 1] - guess_start if passes > 0 else 0
                    self._cuts.append(unsigned(stop - start - guessed))
            guess_stop = guess.stops[end - 1]
            self._compare_segment(block.data[start:stop], guess.data[guess_start:guess_stop])
            start, guess_start = stop, guess_stop

    def _compare_segment(self, wanted: bytes, had: bytes) -> None:
        if wanted == had:
            self._since_change += 1
            return
        carries: list[int] = []
        prefix, suffix = _common(had, wanted)
        if len(wanted) - prefix - suffix >= _WORTH_A_CARRY and (carries := kept_carries(wanted)):
            try:
                carried = with_carries(had, carries)
                prefix, suffix = _common(carried, wanted)
                had = carried
            except ValueError:
                carries = []
        self._gaps.append(self._since_change)
        self._add_change(len(had) - prefix - suffix, len(wanted) - prefix - suffix, suffix, bool(carries))
        if carries:
            self._carries += [len(carries), *(now - then for then, now in zip([0, *carries], carries, strict=False))]
        self._literals.append(wanted[prefix : len(wanted) - suffix])
        self._since_change = 0

    def _add_change(self, taken: int, added: int, suffix: int, carried: bool) -> None:
        """Add one of the common changes, of few bytes at the end, as one number."""
        if suffix or max(taken, added) >= _FEW_BYTES:
            self._kinds.append(0)
            self._sizes += [taken, added, 2 * suffix + carried]
        else:
            self._kinds.append(1 + taken + _FEW_BYTES * (added + _FEW_BYTES * carried))

    def columns(self) -> list[bytes]:
        """Return what `DifferenceReader` takes."""
        changes = self._gaps, self._kinds, self._sizes, self._carries
        columns = (self._others, self._given, *changes, self._cuts, *self._layers)
        return [*map(write_numbers, columns), b"".join(self._literals)]


class DifferenceReader:
    """From columns of differences to the blocks of the original, block by block; ValueError where they do not fit.

    Parameters
    ----------
    columns : list of bytes
        As `DifferenceWriter` makes them, `COUNT` of them.
    layered : bool
        Whether there are several layers.
    """

    COUNT = 10

    def __init__(self, columns: list[bytes], layered: bool) -> None:
        self._layered = layered
        self._columns = [NumberReader(column) for column in columns[:-1]]
        self._others, self._given, self._gaps, self._kinds, self._sizes, self._carries, self._cuts, *_ = self._columns
        self._layers = self._columns[-2:]
        self._literals = columns[-1]
        self._position = 0
        self._until_other = self._gap(self._others)
        self._until_change = self._gap(self._gaps)

    @staticmethod
    def _gap(column: NumberReader) -> int:
        return -1 if column.ended else column.next()

    def _take(self, count: int) -> bytes:
        taken = self._literals[self._position : self._position + count]
        self._position += count
        if len(taken) != count:
            raise ValueError("the bytes of code-blocks end early")
        return taken

    def next(self, guess: GuessedBlock) -> CodedBlock:
        """Return the next block."""
        passes, missing = len(guess.stops), guess.missing_bitplanes
        self._until_other -= 1
        if self._until_other == -1:
            passes, missing = self._others.next(), self._others.next()
            self._until_other = self._gap(self._others)
        if passes > _MOST_PASSES or missing > _MOST_PLANES:
            raise ValueError("a code-block has more passes than any can have")
        if not passes:
            return CodedBlock(0, 0, [], b"")
        runs = self._layer_runs(passes)
        lead = guess.placeholders(passes, missing)
        shares, data = self._given_shares(runs) if lead is None else self._compared(runs, guess, lead)
        return CodedBlock(passes, missing, shares, data)

    def _layer_runs(self, passes: int) -> list[tuple[int, int]]:
        if not self._layered:
            return [(0, passes)]
        runs = []
        layer = 0
        while passes:
            layer += self._layers[0].next()
            here = self._layers[1].next()
            passes -= here
            if not here or passes < 0 or layer >= 1 << 16:
                raise ValueError("the layers of a code-block do not have its passes")
            runs.append((layer, here))
        return runs

    def _given_shares(self, runs: list[tuple[int, int]]) -> tuple[list[Share], bytes]:
        shares = []
        for layer, count in runs:
            left = count
            while left:
                share = Share(layer, self._given.next(), self._given.next())
                left -= share.passes
                if not share.passes or left < 0:
                    raise ValueError("lengths of a code-block do not have its passes")
                shares.append(share)
        return shares, self._take(sum(share.length for share in shares))

    def _compared(self, runs: list[tuple[int, int]], guess: GuessedBlock, lead: int) -> tuple[list[Share], bytes]:
        shares, pieces = [], []
        at = iter(runs)
        layer, left = next(at)
        guess_start = 0
        passes = -lead
        for end in guess.ends:
            guess_stop = guess.stops[end - 1]
            data = self._change_segment(guess.data[guess_start:guess_stop])
            pieces.append(data)
            cut = 0
            while passes < end:
                if not left:
                    layer, left = next(at)
                here = min(left, end - passes)
                passes, left = passes + here, left - here
                guessed = guess.stops[passes - 1] - guess_start if passes > 0 else 0
                stop = len(data) if passes == end else guessed + signed(self._cuts.next())
                if not cut <= stop <= len(data):
                    raise ValueError("a code-block is cut where it has no bytes")
                shares.append(Share(layer, here, stop - cut))
                cut = stop
            guess_start = guess_stop
        return shares, b"".join(pieces)

    def _change_segment(self, had: bytes) -> bytes:
        self._until_change -= 1
        if self._until_change != -1:
            return had
        self._until_change = self._gap(self._gaps)
        taken, added, suffix, carried = self._next_change()
        if carried:
            had = self._with_carries(had)
        if taken + suffix > len(had):
            raise ValueError("a codeword segment does not have the bytes that are taken away")
        return had[: len(had) - taken - suffix] + self._take(added) + had[len(had) - suffix :]

    def _next_change(self) -> tuple[int, int, int, int]:
        kind = self._kinds.next()
        if not kind:
            taken, added, behind = (self._sizes.next() for _ in range(3))
            return taken, added, behind >> 1, behind & 1
        few, taken = divmod(kind - 1, _FEW_BYTES)
        return taken, few % _FEW_BYTES, 0, few // _FEW_BYTES

    def _with_carries(self, had: bytes) -> bytes:
        count = self._carries.next()
        if count > len(had):
            raise ValueError("a codeword has more carries than bytes")
        carry = 0
        return with_carries(had, [carry := carry + self._carries.next() for _ in range(count)])

    def check_ended(self) -> None:
        """Raise ValueError if the columns tell of more."""
        if not all(column.ended for column in self._columns) or self._position != len(self._literals):
            raise ValueError("there are more differences than code-blocks")
