"""Rate control of HT code-blocks: which set of passes is sent of each, and in which quality layer.

A set begins with a cleanup pass that says everything down to its plane, so nothing of the sets before it is needed.
A layer therefore either continues the set that its block has, or sends another one whole: what a point costs depends on
what was sent before, and the points are found anew for each layer.

Source: T.814 7.1; T.800 J.14 (informative).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pacscore.j2k.plan import TilePlan
from pacscore.j2k.rate import BLOCK_HEADER, NO_LAYER, Allocation, PassesOfTile, coded_passes
from pacscore.j2k.truncation import CodedPasses, TruncationPoints, truncation_points

__all__ = ["SetAllocation", "points_of_sets"]

_PASSES = 3
_PLACEHOLDER_BYTES = 3
"""What the lengths of one more set without bytes take in a packet header, about."""


class _Sets(NamedTuple):
    """Passes of all blocks, and the sets that they belong to; for each pass.

    Attributes
    ----------
    coded : CodedPasses
    blocks : ndarray of int
        The block of the pass.
    starts : ndarray of int
        The cleanup pass of its set.
    before : ndarray of int
        Where the set begins among the bytes of the block.
    """

    coded: CodedPasses
    blocks: NDArray[np.int64]
    starts: NDArray[np.int64]
    before: NDArray[np.int64]


def _sets_of(coded: CodedPasses) -> _Sets:
    blocks = np.repeat(np.arange(len(coded.counts)), coded.counts)
    first = np.repeat(np.cumsum(coded.counts) - coded.counts, coded.counts)
    passes = np.arange(len(blocks))
    starts = passes - (passes - first) % _PASSES
    ends = np.append(coded.lengths.astype(np.int64), 0)
    return _Sets(coded, blocks, starts, np.where(starts == first, 0, ends[starts - 1]))


def _points_behind(sets: _Sets, sent: NDArray[np.int64]) -> TruncationPoints:
    """Return where blocks may go on to, if pass ``sent[n]`` is the last that block n has; -1: it has none."""
    coded, blocks, starts, before = sets
    ends = coded.lengths.astype(np.int64)
    last = sent[blocks]
    passes = np.flatnonzero(np.arange(len(blocks)) > last)
    last, starts = last[passes], starts[passes]
    lengths = ends[passes] - np.where(starts <= last, ends[last], before[passes])
    skipped = (starts - last) // _PASSES
    lengths += np.where((last >= 0) & (skipped > 0), _PLACEHOLDER_BYTES * skipped, 0)
    counts = np.bincount(blocks[passes], minlength=len(coded.counts))
    points = truncation_points(CodedPasses(counts, lengths.astype(np.uint32), coded.gains[passes]))
    return points._replace(passes=passes[points.passes])


def points_of_sets(coded: CodedPasses) -> TruncationPoints:
    """Return where blocks may end of which nothing has been sent."""
    return _points_behind(_sets_of(coded), np.full(len(coded.counts), -1))


class SetAllocation(Allocation):
    """Which passes of which sets are sent in which layer; layers are fitted in order.

    Parameters
    ----------
    tiles : sequence of (TilePlan, TileEncoder)
        All code-blocks are coded, with a set at each plane.
    sizes : callable
        As `Allocation` has it.
    """

    def __init__(self, tiles: Sequence[tuple[TilePlan, PassesOfTile]], sizes: Callable[[], NDArray[np.int64]]) -> None:
        self._encoders = [encoder for _, encoder in tiles]
        self._sizes = sizes
        coded, passes = coded_passes(tiles)
        self._splits = np.cumsum(passes)[:-1]
        self._sets = _sets_of(coded)
        self._settled = np.full(len(coded.lengths), NO_LAYER, np.uint16)
        self._sent = np.full(len(coded.counts), -1)
        self.cut = 0.0
        self._fitted = 0
        self._header_bytes = BLOCK_HEADER * len(coded.counts)
        self._find_points()

    def _find_points(self) -> None:
        self.points = _points_behind(self._sets, self._sent)
        self._layers = np.full(len(self.points.passes) + 1, NO_LAYER, np.uint16)

    def _advance(self, last: NDArray[np.int64], layer: int) -> NDArray[np.uint16]:
        """Return the layers of all passes where blocks go on to some pass, or stay where that is -1."""
        passes = np.arange(len(self._settled))
        goal = last[self._sets.blocks]
        start = np.maximum(self._sets.starts[goal], self._sent[self._sets.blocks] + 1)
        return np.where((start <= passes) & (passes <= goal), np.uint16(layer), self._settled)

    def _reached(self, layers: NDArray[np.uint16]) -> tuple[NDArray[np.int64], int]:
        """Return the last pass of each block that points send, -1 where none does, and the layer."""
        taken = layers[:-1] != NO_LAYER
        last = np.full(len(self._sent), -1)
        np.maximum.at(last, self.points.blocks[taken], self.points.passes[taken])
        return last, int(layers[:-1][taken].min(initial=NO_LAYER))

    def _tell(self, layers: NDArray[np.uint16]) -> None:
        for encoder, of_tile in zip(self._encoders, np.split(layers, self._splits), strict=True):
            encoder.set_layers(of_tile)

    def _send(self, layers: NDArray[np.uint16]) -> None:
        self._tell(self._advance(*self._reached(layers)))

    def _settle(self, last: NDArray[np.int64], layer: int) -> None:
        """Let a layer stand."""
        self._settled = self._advance(last, layer)
        self._sent = np.maximum(self._sent, last)
        self._find_points()

    def _ends(self) -> NDArray[np.int64]:
        """Return the pass that makes each block complete; -1 where it is."""
        last = np.cumsum(self._sets.coded.counts) - 1
        gaining = np.flatnonzero(self._sets.coded.gains)
        missing = gaining > self._sent[self._sets.blocks[gaining]]
        needed = np.bincount(self._sets.blocks[gaining[missing]], minlength=len(last)) > 0
        return np.where(needed, last, -1)

    def send_all(self, layer: int) -> None:
        """Send what is left in one layer, which makes lossless coding lossless."""
        self._settle(self._ends(), layer)
        self._tell(self._settled)

    def fit_size(self, layer: int, most: int) -> int:
        """Fill a layer so that the codestream up to it is at most so long; return how long it is."""
        size = super().fit_size(layer, most)
        self._settle(*self._reached(self._layers))
        return size

    def fit_error(self, layer: int, most: float, measure: Callable[[int], float]) -> float:
        """Fill a layer so that the squared error of the image is at most so much; return it."""
        error = super().fit_error(layer, most, measure)
        self._settle(*self._reached(self._layers))
        return error

    def size_of_all(self) -> int:
        """Return how long the codestream is where everything is sent at once."""
        self._tell(self._advance(self._ends(), 0))
        return int(self._sizes()[0])
