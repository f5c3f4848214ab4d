"""Which coding passes of which code-blocks are worth their bytes: post-compression rate-distortion optimisation.

Source: T.800 J.14 (informative).
"""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from pacscore.j2k._tile_encoder import convex_hulls

__all__ = ["CodedPasses", "TruncationPoints", "affordable", "points_and_passes", "truncation_points"]

_FARTHEST = 1000
"""So many points beyond the first that is too long are tried."""
_HEADER_BYTES = 2
"""What sending one more pass adds to a packet header, at most in the usual case."""


class CodedPasses(NamedTuple):
    """What encoders of code-blocks know of their passes, block after block.

    Attributes
    ----------
    counts : ndarray of int, shape (blocks,)
        Passes of each block.
    lengths : ndarray of uint32, shape (passes,), in bytes
        So many of the block's bytes suffice for the passes up to this one.
    gains : ndarray of float, shape (passes,)
        The squared error of the image that each pass takes away.
    """

    counts: NDArray[np.int64]
    lengths: NDArray[np.uint32]
    gains: NDArray[np.float64]


class TruncationPoints(NamedTuple):
    """Where code-blocks may end, the most worthwhile first; those of one block stay in the order of its passes.

    Attributes
    ----------
    passes : ndarray of int
        The last pass before each point, counted over all blocks.
    blocks : ndarray of int
        The block that each point belongs to.
    bytes : ndarray of int
        What each point adds to the one before it in its block.
    errors : ndarray of float
        The squared error of the image that it takes away.
    """

    passes: NDArray[np.int64]
    blocks: NDArray[np.int64]
    bytes: NDArray[np.int64]
    errors: NDArray[np.float64]

    def slope(self, number: int) -> float:
        """Return the error that a byte of a point takes away; 0 past the last."""
        if number >= len(self.bytes):
            return 0.0
        return float(self.errors[number] / max(self.bytes[number], 1))

    def take(self, which: NDArray[np.int64]) -> Self:
        """Return some of the points, in the order given."""
        return self._replace(**{name: values[which] for name, values in self._asdict().items()})


def points_and_passes(coded: CodedPasses) -> tuple[TruncationPoints, NDArray[np.int64]]:
    """Return the convex hull of every block's lengths and gains, sorted by what a byte takes away.

    Within a block each point takes away less a byte than the one before it, so the points of one block come in order.
    Equals stay in the order of the blocks: the result is the same whoever encoded them. And return, for each pass, the
    point that sends it: the next one of its block, or one past all.
    """
    passes, blocks, added, errors, following = convex_hulls(coded.counts, coded.lengths, coded.gains)
    order = np.argsort(-errors / np.maximum(added, 1e-9), kind="stable")
    rank = np.empty(len(order) + 1, np.int64)
    rank[order] = np.arange(len(order))
    rank[-1] = len(order)
    return TruncationPoints(passes, blocks, added, errors).take(order), rank[following]


def truncation_points(coded: CodedPasses) -> TruncationPoints:
    """Return the points alone."""
    return points_and_passes(coded)[0]


def affordable(points: TruncationPoints, start: int, room: int) -> list[int]:
    """Return points from `start` on that fit in `room` bytes, each after those of its block before it."""
    stop = start + _FARTHEST
    skipped: set[int] = set()
    taken = []
    candidates = zip(points.blocks[start:stop].tolist(), points.bytes[start:stop].tolist(), strict=True)
    for number, (block, size) in enumerate(candidates, start):
        if block in skipped or size + _HEADER_BYTES > room:
            skipped.add(block)
        else:
            taken.append(number)
            room -= size + _HEADER_BYTES
    return taken
