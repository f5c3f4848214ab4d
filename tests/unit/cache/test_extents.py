"""Pieces at their places, against a dictionary of single bytes."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pacscore.cache.extents import Extents

WHOLE = random.Random(3).randbytes(64)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30)), max_size=12))
def test_a_range_is_given_only_if_every_byte_of_it_came(puts):
    extents, there = Extents(), set()
    for start, length in puts:
        data = WHOLE[start : start + length]
        extents.put(start, data)
        there |= set(range(start, start + len(data)))
    assert extents.nbytes == len(there)
    again = Extents.from_bytes(extents.to_bytes())
    for start in range(0, 64, 3):
        for stop in range(start + 1, 65, 5):
            expected = WHOLE[start:stop] if there >= set(range(start, stop)) else None
            assert extents.get(start, stop) == again.get(start, stop) == expected
            pieces = extents.within(start, stop)
            got = {first + i: value for first, piece in pieces for i, value in enumerate(piece)}
            assert got == {place: WHOLE[place] for place in there if start <= place < stop}


def test_what_is_there_stays():
    extents = Extents()
    extents.put(4, b"abcd")
    extents.put(2, b"XXXXXXXX")
    assert extents.get(2, 10) == b"XXabcdXX"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=80))
def test_other_bytes_are_no_pieces(data):
    try:
        extents = Extents.from_bytes(data)
    except ValueError:
        return
    assert extents.to_bytes() == data


def test_cut_bytes_are_no_pieces():
    extents = Extents()
    extents.put(0, b"abc")
    extents.put(10, b"def")
    data = extents.to_bytes()
    for stop in range(len(data)):
        with pytest.raises(ValueError, match=r"short|cannot be|behind"):
            Extents.from_bytes(data[:stop])
