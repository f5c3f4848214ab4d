"""OpenJPH and OpenJPEG decode what was recoded to what they, or OpenJPEG, decode the original to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray

import pacscore as pc
from interop.openjpeg import read_components
from property.strategies import components_of

DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared/data"))
if not (DATA / "j2k").exists():
    pytest.skip(f"no test data at {DATA}: set PACSCORE_TEST_DATA", allow_module_level=True)

PART_1, HT = "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.203"
QUICK_BYTES = 250_000
STREAMS = [
    pytest.param(path, id=path.name, marks=[pytest.mark.slow] if path.stat().st_size > QUICK_BYTES else [])
    for folder in ("j2k/conformance", "j2k/features", "j2k/derived")
    for path in sorted((DATA / folder).glob("*.j*"))
]
NOT_FOR_OPENJPH = {
    "p0_02.j2k": "dies over the recoded stream, which OpenJPEG reads; it refuses the one of Part 15 that matches it",
    "p0_08.j2k": "the same, at times",
    "p1_01.j2k": "the same",
    "p1_04.j2k": "does not heed quantisation in tile-part headers, in the conformance stream of Part 15 either",
}


def _largest_error(ours: NDArray[Any], theirs: NDArray[Any], bits: int, *, reversible: bool) -> int:
    """Compare 9-7 where ours are within their range: OpenJPH does not clamp it, and imagecodecs wraps."""
    high = (1 << bits) - 1 if ours.dtype.kind == "u" else (1 << (bits - 1)) - 1
    low = 0 if ours.dtype.kind == "u" else -high - 1
    inside = np.ones(ours.shape, bool) if reversible else (ours > low) & (ours < high)
    return int(np.abs(ours.astype(np.int64) - theirs.astype(np.int64))[inside].max(initial=0))


@pytest.mark.filterwarnings("ignore:OpenJPEG library warning")
@pytest.mark.parametrize("path", STREAMS)
def test_openjpeg_reads_what_went_there_and_back(path: Path) -> None:
    """As it reads the original."""
    data = path.read_bytes()
    try:
        expected = read_components(data)
    except Exception as error:
        pytest.skip(f"OpenJPEG does not read the original: {error}")
    back = pc.recode(pc.recode(data, HT).data, PART_1).data
    for one, other in zip(expected, read_components(back), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("path", STREAMS)
def test_openjph_reads_what_was_recoded(path: Path) -> None:
    """5-3 the same as we do; 9-7 within one, where it need not be clamped."""
    if path.name in NOT_FOR_OPENJPH:
        pytest.skip(f"OpenJPH {NOT_FOR_OPENJPH[path.name]}")
    data = path.read_bytes()
    recoded = pc.recode(data, HT)
    info = pc.inspect(recoded.data)
    try:
        theirs = imagecodecs.htj2k_decode(recoded.data)
    except Exception as error:
        pytest.skip(f"OpenJPH does not read it: {error}")
    if not recoded.report.decoding.complete:
        pytest.skip("the original is not whole")
    planes = components_of(pc.decode(recoded.data))
    got = components_of(theirs if theirs.ndim == 2 or theirs.shape[-1] == len(planes) else np.moveaxis(theirs, 0, -1))
    for ours, plane, component in zip(planes, got, info.components, strict=True):
        error = _largest_error(ours, plane, component.precision, reversible=info.reversible)
        assert error <= (0 if info.reversible else 1)
