"""Every way to write a codestream: recoded it decodes to the same, and the recipe gives its bytes back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

import pacscore as pc
from property.strategies import components_of, jobs, long, mixed_jobs, quick
from property.test_encode_options import jobs as part_1_jobs

PART_1, HT, RPCL = "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.203", "1.2.840.10008.1.2.4.202"


class ThereAndBack(NamedTuple):
    """What recoding says, whether every picture stays the same, and whether the original's bytes come back."""

    exact: bool
    same: bool
    restored: bool


AS_IT_MUST = ThereAndBack(exact=True, same=True, restored=True)


def there_and_back(data: bytes, transfer_syntax: str) -> ThereAndBack:
    """Recode, decode at the highest and the lowest resolution, restore."""
    recoded = pc.recode(data, transfer_syntax)
    pictures = [
        [components_of(pc.decode(each, reduce=reduce)) for reduce in {0, pc.inspect(data).max_reduce}]
        for each in (data, recoded.data)
    ]
    same = all(
        len(before) == len(after) and all(map(np.array_equal, before, after))
        for before, after in zip(*pictures, strict=True)
    )
    return ThereAndBack(recoded.report.exact, same, pc.restore(recoded.data, recoded.recipe) == data)


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


def part_1(job: tuple[Any, int, pc.J2KOptions], goal: dict[str, Any]) -> bytes:
    """Return a picture encoded; a small one cannot have every size."""
    array, bits, options = job
    try:
        return pc.encode(array, PART_1, replace(options, **({} if options.roi else goal)), bits_stored=bits)
    except pc.OptionError:
        reject()


@given(part_1_jobs(regions=False), goals())
@quick
def test_part_1_there_and_back(job: tuple[Any, int, pc.J2KOptions], goal: dict[str, Any]) -> None:
    assert there_and_back(part_1(job, goal), HT) == AS_IT_MUST


@given(jobs(offsets=True))
@quick
def test_ht_there_and_back(job: tuple[Any, int, pc.J2KOptions]) -> None:
    array, bits, options = job
    assert there_and_back(pc.encode(array, HT, options, bits_stored=bits), PART_1) == AS_IT_MUST


@given(mixed_jobs())
@quick
def test_components_of_any_size_there_and_back(job: tuple[Any, tuple[int, ...], pc.J2KOptions]) -> None:
    planes, precisions, options = job
    data = pc.encode(planes, HT, options, bits_stored=precisions)
    assert there_and_back(data, PART_1) == AS_IT_MUST


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
    assert there_and_back(part_1(job, goal), HT) == AS_IT_MUST


@pytest.mark.slow
@given(jobs(offsets=True))
@long
def test_ht_there_and_back_for_long(job: tuple[Any, int, pc.J2KOptions]) -> None:
    array, bits, options = job
    assert there_and_back(pc.encode(array, HT, options, bits_stored=bits), PART_1) == AS_IT_MUST
