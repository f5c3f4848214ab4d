"""Every way to write a codestream: recoded it decodes to the same, and the recipe gives its bytes back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

import pacscore as pc
from property.strategies import components_of, jobs, long, mixed_jobs, quick
from property.test_encode_options import jobs as part_1_jobs

PART_1, HT, RPCL = "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.203", "1.2.840.10008.1.2.4.202"


def check(data: bytes, transfer_syntax: str) -> None:
    """Recode, decode, restore."""
    recoded = pc.recode(data, transfer_syntax)
    assert recoded.report.exact
    for reduce in {0, pc.inspect(data).max_reduce}:
        before, after = (pc.decode(each, reduce=reduce) for each in (data, recoded.data))
        for one, other in zip(components_of(before), components_of(after), strict=True):
            np.testing.assert_array_equal(one, other)
    assert pc.restore(recoded.data, recoded.recipe) == data


@st.composite
def goals(draw: st.DrawFn) -> dict[str, Any]:
    """Return what makes a codestream lossy or layered."""
    return draw(
        st.sampled_from(
            (
                {},
                {"layers": 2, "rate": (0.7, 2.0)},
                {"layers": 3, "psnr": (20.0, 30.0, 45.0), "reversible": False},
                {"quantization_step": 0.01, "reversible": False},
                {"rate": 1.5, "reversible": True},
            )
        )
    )


def _part_1(job: tuple[Any, int, pc.J2KOptions], goal: dict[str, Any]) -> None:
    array, bits, options = job
    goal = goal if not options.roi else {}
    try:
        data = pc.encode(array, PART_1, replace(options, **goal), bits_stored=bits)
    except pc.OptionError:
        reject()  # a small picture cannot have every size
    check(data, HT)


def _ht(job: tuple[Any, int, pc.J2KOptions]) -> None:
    array, bits, options = job
    check(pc.encode(array, HT, options, bits_stored=bits), PART_1)


@given(part_1_jobs(regions=False), goals())
@quick
def test_part_1_there_and_back(job: tuple[Any, int, pc.J2KOptions], goal: dict[str, Any]) -> None:
    _part_1(job, goal)


@given(jobs(offsets=True))
@quick
def test_ht_there_and_back(job: tuple[Any, int, pc.J2KOptions]) -> None:
    _ht(job)


@given(mixed_jobs())
@quick
def test_components_of_any_size_there_and_back(job: tuple[Any, tuple[int, ...], pc.J2KOptions]) -> None:
    planes, precisions, options = job
    check(pc.encode(planes, HT, options, bits_stored=precisions), PART_1)


@given(part_1_jobs(regions=False))
@quick
def test_lossless_comes_under_rpcl(job: tuple[Any, int, pc.J2KOptions]) -> None:
    """However few decomposition levels there are, and wherever tiles end."""
    array, bits, options = job
    data = pc.encode(array, PART_1, replace(options, decomposition_levels=0), bits_stored=bits)
    recoded = pc.recode(data, RPCL)
    np.testing.assert_array_equal(pc.decode(recoded.data), array)
    assert max(pc.decode(recoded.data, reduce=pc.inspect(recoded.data).max_reduce).shape[:2]) <= 64
    assert pc.restore(recoded.data, recoded.recipe) == data


@pytest.mark.slow
@given(part_1_jobs(regions=True), goals())
@long
def test_part_1_there_and_back_for_long(job: tuple[Any, int, pc.J2KOptions], goal: dict[str, Any]) -> None:
    _part_1(job, goal)


@pytest.mark.slow
@given(jobs(offsets=True))
@long
def test_ht_there_and_back_for_long(job: tuple[Any, int, pc.J2KOptions]) -> None:
    _ht(job)
