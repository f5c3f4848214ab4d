"""Choosing truncation points, on passes that are made up: what is chosen cannot be bettered at its price."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pacscore.j2k.truncation import CodedPasses, affordable, truncation_points

Blocks = list[list[tuple[int, int]]]
"""For each block, what each pass adds in bytes and takes away in error."""

blocks_of_passes = st.lists(
    st.lists(st.tuples(st.integers(0, 9), st.integers(-3, 30)), min_size=1, max_size=12), max_size=6
)


def made_of(blocks: Blocks) -> CodedPasses:
    counts = np.array([len(block) for block in blocks], np.int64)
    lengths = [np.cumsum([size for size, _ in block]) for block in blocks]
    gains = [float(gain) for block in blocks for _, gain in block]
    return CodedPasses(counts, np.concatenate([[], *lengths]).astype(np.uint32), np.array(gains, np.float64))


def best_cost(block: list[tuple[int, int]], price: float) -> float:
    """The least of bytes at that price less gain, over all ends of a block, none of it included."""
    ends = [(0, 0), *((sum(s for s, _ in block[:i]), sum(g for _, g in block[:i])) for i in range(1, len(block) + 1))]
    return min(price * size - gain for size, gain in ends)


@settings(max_examples=100, deadline=None)
@given(blocks_of_passes)
def test_every_beginning_is_the_best_at_the_price_of_its_last_point(blocks: Blocks) -> None:
    points = truncation_points(made_of(blocks))
    for count in range(1, len(points.bytes) + 1):
        if not points.bytes[count - 1]:
            continue
        price = points.errors[count - 1] / points.bytes[count - 1]
        cost = price * points.bytes[:count].sum() - points.errors[:count].sum()
        assert abs(cost - sum(best_cost(block, price) for block in blocks)) < 1e-6


@settings(max_examples=100, deadline=None)
@given(blocks_of_passes)
def test_points_lie_on_passes_and_fall_in_slope(blocks: Blocks) -> None:
    points = truncation_points(made_of(blocks))
    starts = np.cumsum([0, *(len(block) for block in blocks)])
    for number, block in enumerate(blocks):
        mine = points.take(np.flatnonzero(points.blocks == number))
        ends = np.cumsum(mine.bytes), np.cumsum(mine.errors)
        for last, size, error in zip(mine.passes - starts[number], *ends, strict=True):
            assert (size, error) == tuple(np.sum(block[: last + 1], axis=0))
        assert all(a < b for a, b in pairwise(mine.passes))
    slopes = points.errors / np.maximum(points.bytes, 1e-9)
    assert (np.diff(slopes) <= 0).all()


@settings(max_examples=100, deadline=None)
@given(blocks_of_passes, st.integers(0, 5), st.integers(0, 60))
def test_what_is_afforded_fits_and_skips_nothing_of_a_block(blocks: Blocks, start: int, room: int) -> None:
    points = truncation_points(made_of(blocks))
    taken = affordable(points, start, room)
    assert points.bytes[taken].sum() <= room
    for number in taken:
        earlier = np.flatnonzero(points.blocks[start:number] == points.blocks[number]) + start
        assert set(earlier.tolist()) <= set(taken)
