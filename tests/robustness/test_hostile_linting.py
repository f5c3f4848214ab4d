"""Damaged objects give findings, and a copy only where nothing is lost by it; never another exception."""

from __future__ import annotations

import numpy as np
import pytest

import pacscore as pc
from dicom import seeded_attributes, seeded_codestreams, seeded_items  # noqa: F401 - they seed
from dicom.seeding import FAULTS
from pacscore.dicom.linter import Finding, fix, lint

pytestmark = pytest.mark.filterwarnings("ignore")
CHOSEN = [
    "PAC108 jp2 boxes",
    "PAC202 predictor 6 in 70",
    "PAC209 near lossless in 80",
    "PAC211 odd rle segments",
    "PAC325 lengths of another object",
    "PAC414 junk in a deflated object",
    "PAC601 half a width under linear in functional groups",
    "PAC610 a table too short",
]


@pytest.mark.parametrize("name", CHOSEN)
def test_changed_bytes_give_findings(name, tmp_path):
    data, _ = FAULTS[name].make()
    rng = np.random.default_rng(len(data))
    for round_number in range(20):
        damaged = bytearray(data)
        for at in rng.integers(128, len(data), 1 + round_number % 4):
            damaged[at] = rng.integers(0, 256)
        findings = lint(bytes(damaged))
        assert all(isinstance(finding, Finding) for finding in findings)
        try:
            report = fix(bytes(damaged), tmp_path / "copy.dcm", overwrite=True)
        except pc.PacscoreError:
            continue
        assert report.frames_compared <= report.frames


@pytest.mark.parametrize("name", CHOSEN)
def test_cut_files_give_findings(name):
    data, _ = FAULTS[name].make()
    for cut in range(0, len(data), max(1, len(data) // 25)):
        findings = lint(data[:cut])
        assert all(isinstance(finding, Finding) for finding in findings)
        assert any(finding.severity == "error" for finding in findings) or cut > 0.9 * len(data)
