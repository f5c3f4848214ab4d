"""Damaged objects give findings, and a copy only where nothing is lost by it; never another exception."""

from __future__ import annotations

import struct

import numpy as np
import pytest

import pacscore as pc
from dicom import linter_objects as of
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


def test_what_is_there_to_cost_time_is_refused():
    """Empty marker segments and tile-parts take four and fourteen bytes each, and microseconds to be read."""
    (stream,) = of.coded(of.GREY[:1], of.HT_LOSSLESS)
    header, body = stream[: stream.index(b"\xff\x90")], stream[stream.index(b"\xff\x90") :]
    tile_part = struct.pack(">HHHLBBH", 0xFF90, 10, 0, 14, 0, 0, 0xFF93)
    comment = b"\xff\x64\x00\x04\x00\x01"
    for frame in (header + 60_000 * tile_part + b"\xff\xd9", header + 50_000 * comment + body):
        data = of.part10(of.described(of.GREY[:1]), of.HT_LOSSLESS, of.encapsulated([frame]))
        (finding,) = lint(data)
        assert finding.rule == "PAC002"
        assert "more than" in finding.what
    jpeg = b"\xff\xd8" + 50_000 * b"\xff\xfe\x00\x02"
    (finding,) = lint(of.part10(of.described(of.SMOOTH), of.SV1, of.encapsulated([jpeg])))
    assert "more than" in finding.what


def test_an_element_that_pydicom_cannot_take_is_ours_to_tell(tmp_path):
    data, _ = FAULTS["PAC414 junk above bits stored"].make()
    at = data.rindex(b"\x08\x00\x18\x00UI")
    spoiled = data[: at + 4] + b"U\0" + data[at + 6 :]
    assert "PAC414" in {finding.rule for finding in lint(spoiled)}
    with pytest.raises(pc.DicomError):
        fix(spoiled, tmp_path / "copy.dcm")
    assert list(tmp_path.iterdir()) == []


def test_a_data_set_that_is_read_as_something_else_is_no_object_without_pixels():
    data, _ = FAULTS["PAC414 junk above bits stored"].make()
    at = data.index(b"\x08\x00\x08\x00CS")
    spoiled = data[: at + 4] + b"S\0" + data[at + 6 :]  # read as implicit VR, whose first length swallows all
    assert "PAC001" in {finding.rule for finding in lint(spoiled)}


def test_a_report_that_is_cut_short_is_an_error():
    data, _ = FAULTS["PAC003 no pixels"].make()
    assert [finding.rule for finding in lint(data)] == ["PAC003"]
    assert [finding.rule for finding in lint(data[:-1])] == ["PAC001", "PAC003"]


def test_an_item_without_its_sequence_is_an_error():
    data, _ = FAULTS["PAC003 no pixels"].make()
    found = lint(data + b"\xfe\xff\x00\xe0H\x08\xff\xff\xff\xff")
    assert [finding.rule for finding in found if finding.severity == "error"] == ["PAC001"]


def test_meta_information_that_is_read_as_data_does_not_stay_among_it(tmp_path):
    data, _ = FAULTS["PAC414 junk above bits stored"].make()
    report = fix(data[:128] + data[132:], tmp_path / "copy.dcm")  # the prefix is lost
    assert {finding.rule for finding in report.mended} == {"PAC008", "PAC009", "PAC414"}
    assert report.left == ()
