"""Bytes that come by and by: which are there, which are missing, and what they are."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pacscore as pc
from pacscore.source import ArrivedBytes, Runs

SIZE = 60
places = st.integers(0, SIZE)
pieces = st.lists(st.tuples(places, places), max_size=12)


@given(pieces, places, places)
def test_runs_are_sets_of_bytes(found: list[tuple[int, int]], start: int, stop: int) -> None:
    runs = Runs()
    for piece in found:
        runs.add(*piece)
    there = {byte for piece in found for byte in range(*piece)}
    asked = set(range(start, stop))

    listed = list(runs)
    assert {byte for run in listed for byte in range(*run)} == there
    assert all(one[1] < other[0] for one, other in pairwise(listed))
    assert list(Runs(found)) == listed
    assert runs.total == len(there)
    assert runs.stop == max(there, default=-1) + 1
    assert runs.count(start, stop) == len(asked & there)
    assert {byte for gap in runs.missing(start, stop) for byte in range(*gap)} == asked - there
    assert bool(runs.hold(start, stop)) == (asked <= there)
    first, behind = runs.present(start)
    assert first <= start <= behind
    assert set(range(first, behind)) <= there
    assert behind not in there
    assert runs.next_start(start, SIZE + 1) == min((run[0] for run in listed if run[0] > start), default=SIZE + 1)


@given(pieces)
def test_the_first_to_come_stays(found: list[tuple[int, int]]) -> None:
    data = ArrivedBytes()
    expected = np.zeros(SIZE, np.uint8)
    for number, (start, stop) in enumerate(found, 1):
        if start >= stop:
            continue
        data.put(bytes([number]) * (stop - start), start)
        here = expected[start:stop]
        here[here == 0] = number
    assert bytes(data.view[:SIZE]).ljust(SIZE, b"\0") == expected.tobytes()


def test_bytes_follow_one_another_unless_told_otherwise() -> None:
    data = ArrivedBytes(10)
    data.put(b"ab", None)
    data.put(b"gh", 6)
    data.put(b"i", None)
    before = data.snapshot()
    data.put(b"c", 2)
    assert bytes(data.view) == b"abc\0\0\0ghi\0"
    assert list(data.runs) == [(0, 3), (6, 9)]
    assert list(before.runs) == [(0, 2), (6, 9)]


def test_more_than_there_was_room_for() -> None:
    data = ArrivedBytes()
    data.put(b"first", None)
    far = 1 << 27
    data.put(b"last", far)
    assert bytes(data.view[:5]) == b"first"
    assert bytes(data.view[far : far + 4]) == b"last"


def test_places_that_cannot_be() -> None:
    with pytest.raises(pc.OptionError, match="negative"):
        ArrivedBytes(-1)
    with pytest.raises(pc.OptionError, match="do not lie"):
        ArrivedBytes().put(b"1", -1)
    with pytest.raises(pc.LimitError, match="addressed"):
        ArrivedBytes().put(b"1", 1 << 62)
