"""Any stream in any pieces in any order: at the end the picture of `decode`, and never a part that is called whole."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import pacscore as pc
from property.strategies import HTJ2K, jobs, long, quick

PART_1 = "1.2.840.10008.1.2.4.91"
Job = tuple[NDArray[Any], int, pc.J2KOptions]
Piece = tuple[int, int]


@st.composite
def pieces(draw: st.DrawFn, size: int) -> list[Piece]:
    """Return (start, stop) of pieces in any order, of which some may overlap."""
    cuts = sorted({0, size, *draw(st.lists(st.integers(0, size), max_size=8))})
    found = list(pairwise(cuts))
    if draw(st.booleans()):
        found = draw(st.permutations(found))
    overlap = draw(st.integers(0, 40))
    return [(max(start - overlap, 0), stop) for start, stop in found]


class Arrived(NamedTuple):
    """What the pictures said and showed, while a stream came and at the end."""

    wrongly_whole: list[int]
    last_complete: bool
    all_complete: bool
    last_equal: bool


AS_IT_MUST = Arrived([], last_complete=True, all_complete=True, last_equal=True)


def arrived(job: Job, syntax: str, data: st.DataObject) -> Arrived:
    """Feed a stream in pieces; list the ``reduce`` of pictures that were called whole and were not."""
    image, bits, options = job
    stream = pc.encode(image, syntax, options, bits_stored=bits)
    decoder = pc.ProgressiveDecoder(size=data.draw(st.sampled_from([None, len(stream)])))
    levels = pc.inspect(stream).decomposition_levels
    wrongly_whole = []
    for start, stop in data.draw(pieces(len(stream))):
        decoder.feed(stream[start:stop], start)
        reduce = data.draw(st.integers(0, levels))
        try:
            shown = decoder.image(reduce)
        except pc.TruncatedError:
            continue
        if shown.report.complete and not np.array_equal(shown.image, pc.decode(stream, reduce=reduce)):
            wrongly_whole.append(reduce)
    last = decoder.image()
    last_equal = np.array_equal(last.image, pc.decode(stream))
    return Arrived(wrongly_whole, last.report.complete, decoder.completeness.complete, last_equal)


@pytest.mark.parametrize("syntax", [PART_1, HTJ2K])
@given(job=jobs(most_bits=20, most_side=90, offsets=True), data=st.data())
@quick
def test_any_pieces_in_any_order(syntax: str, job: Job, data: st.DataObject) -> None:
    assert arrived(job, syntax, data) == AS_IT_MUST


@pytest.mark.slow
@pytest.mark.parametrize("syntax", [PART_1, HTJ2K])
@given(job=jobs(offsets=True), data=st.data())
@long
def test_any_pieces_in_any_order_for_long(syntax: str, job: Job, data: st.DataObject) -> None:
    assert arrived(job, syntax, data) == AS_IT_MUST
