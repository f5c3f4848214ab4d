"""Rearranging streams that are cut or changed: what is whole, or an error of our own."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

import pacscore as pc
from pacscore import RepackOptions
from robustness.broken_bytes import with_changed_bits

DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
SMALL = sorted(path for path in DATA.glob("htj2k/conformance/*.j2k") if path.stat().st_size < 10_000)
SMALL += sorted(path for path in DATA.glob("j2k/[cd]*/*.j[2p]*") if path.stat().st_size < 6_000)
SANITIZED = "PACSCORE_SANITIZED" in os.environ
CHOICES = (
    RepackOptions(),
    RepackOptions(progression="LRCP", packed_headers="tile", sop=True, plt=True, tlm=True),
    RepackOptions(progression="CPRL", packed_headers="packets", eph=True, reduce=1),
    RepackOptions(progression="RPCL", packed_headers="main", layers=1, file_format="codestream"),
)


def survives(data, options):
    """Rearrange; what comes of it has all its packets. Return whether anything did."""
    try:
        rearranged = pc.repack(data, options, limits=pc.Limits(code_blocks=1 << 18))
    except pc.PacscoreError:
        return False
    assert pc.index(rearranged).missing is None
    return True


@pytest.mark.timeout(600 if SANITIZED else 120)
@pytest.mark.parametrize("path", SMALL or [pytest.param(None, marks=pytest.mark.skip(f"no test data in {DATA}"))])
def test_changed_conformance_stream(path):
    sound = path.read_bytes()
    rng = np.random.default_rng(len(sound))
    for turn in range(12 if SANITIZED else 40):
        survives(with_changed_bits(sound, rng, in_headers=turn % 2 == 1), CHOICES[turn % len(CHOICES)])
    assert survives(sound, CHOICES[0])


@pytest.mark.timeout(600 if SANITIZED else 120)
@pytest.mark.parametrize("layout", [{"progression": "RPCL"}, {"packed_headers": "main"}, {"tile_parts": "resolution"}])
def test_no_cut_is_passed_over(layout):
    array = np.random.default_rng(4).integers(0, 255, (60, 70), np.uint8)
    data = pc.encode(array, "1.2.840.10008.1.2.4.201", pc.J2KOptions(tile_rows=40, tile_columns=40, **layout))
    last = len(data) - 2
    for cut in range(0, last, 97 if SANITIZED else 13):
        for options in CHOICES[:2]:
            with pytest.raises(pc.CodestreamError):
                pc.repack(data[:cut], options)
    for cut in (last, last + 1):
        assert pc.repack(data[:cut]) == data
