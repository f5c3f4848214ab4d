"""OpenJPEG reads components of any size, precision and sign, anywhere on the reference grid."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pacscore as pc
from interop.openjpeg import read_components
from pacscore.j2k.codestream.reader import read_codestream
from pacscore.j2k.codestream.segments import Siz
from property.strategies import HTJ2K, long, mixed_jobs, quick

PART_1 = "1.2.840.10008.1.2.4.90"


def has_empty_tile(start: int, stop: int, first: int, size: int, steps: set[int]) -> bool:
    """Return whether some tile along one axis of the grid has no sample of a component with one of the steps."""
    edges = [start, *range(first + size, stop, size), stop]
    return any(-(-low // step) >= -(-high // step) for low, high in itertools.pairwise(edges) for step in steps)


def is_read(planes: list[Any], siz: Siz, progression: str | None) -> bool:
    """Return whether both can read it.

    OpenJPEG refuses components that have no samples, or none in a tile, and where positions decide the order it goes by
    the smallest stride, which misses positions that are no multiples of it; glymur divides by a tile's size less its
    offset.
    """
    across, down = ({getattr(component, step) for component in siz.components} for step in ("xrsiz", "yrsiz"))
    empty = has_empty_tile(siz.xosiz, siz.xsiz, siz.xtosiz, siz.xtsiz, across) or has_empty_tile(
        siz.yosiz, siz.ysiz, siz.ytosiz, siz.ytsiz, down
    )
    missed = 3 in across | down and progression in ("RPCL", "PCRL")
    divides = siz.xtsiz != siz.xtosiz and siz.ytsiz != siz.ytosiz
    return all(plane.size for plane in planes) and divides and not (missed or empty)


def check(job: Any, transfer_syntax: str) -> None:
    planes, precisions, options = job
    data = pc.encode(planes, transfer_syntax, options, bits_stored=precisions)
    if is_read(planes, read_codestream(data).main.siz, options.progression):
        for found, plane in zip(read_components(data), planes, strict=True):
            assert np.array_equal(found, plane)


@quick
@given(mixed_jobs(most_bits=16), st.sampled_from([PART_1, HTJ2K]))
def test_openjpeg_reads_mixed_components(job: Any, transfer_syntax: str) -> None:
    check(job, transfer_syntax)


@pytest.mark.slow
@long
@given(mixed_jobs(most_bits=16), st.sampled_from([PART_1, HTJ2K]))
def test_openjpeg_reads_mixed_components_at_length(job: Any, transfer_syntax: str) -> None:
    check(job, transfer_syntax)
