"""``pacscore lint``: findings, copies, logs and exit statuses."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pydicom
import pytest

from pacscore.dicom.linter import lint


@pytest.fixture
def narrow(tmp_path: Path, ct: Path) -> Path:
    """Return a slice with an error that cannot be mended, and one that can."""
    ds = pydicom.dcmread(ct)
    ds.WindowCenter, ds.WindowWidth = "40", "0"
    ds.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    path = tmp_path / "narrow.dcm"
    ds.save_as(path, enforce_file_format=False)
    return path


def test_a_sound_file(run, ct):
    status, out, err = run("lint", ct)
    assert (status, err) == (0, "")
    assert out.splitlines() == ["1 file: 0 errors, 0 warnings, 0 notes"]


def test_findings_are_a_line_each_where_nobody_looks_on(run, narrow):
    status, out, _ = run("lint", narrow)
    assert status == 1
    first, second, last = out.splitlines()
    assert first.startswith(f"{narrow}: error PAC006: (0002,0003): ")
    assert first.endswith("(PS3.10 7.1) [--fix mends it]")
    assert second.startswith(f"{narrow}: error PAC601: (0028,1051): ")
    assert last == "1 file: 2 errors, 0 warnings, 0 notes; --fix mends 1"


def test_a_table_on_a_terminal(run, narrow, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "100")
    status, out, _ = run("lint", narrow)
    assert status == 1
    assert "\x1b[" in out
    assert "PAC601" in out
    assert max(len(line) for line in out.splitlines()) < 200


def test_warnings_alone_are_no_failure(run, cine):
    ds = pydicom.dcmread(cine)
    ds.ImageType = ["ORIGINAL", *ds.ImageType[1:]]
    ds.save_as(cine)
    status, out, _ = run("lint", cine)
    assert status == 0
    assert "note PAC506" in out


def test_json(run_json, narrow):
    status, document = run_json("lint", narrow)
    assert status == 1
    (result,) = document["results"]
    assert result["input"] == str(narrow)
    assert [finding["rule"] for finding in result["findings"]] == ["PAC006", "PAC601"]
    assert document["failures"] == []


def test_sarif(run, narrow, ct):
    status, out, _ = run("lint", narrow, ct, "--sarif")
    assert status == 1
    log = json.loads(out)
    assert log["version"] == "2.1.0"
    assert [result["ruleId"] for result in log["runs"][0]["results"]] == ["PAC006", "PAC601"]


def test_rules_to_pass_over(run, narrow):
    status, out, _ = run("lint", narrow, "--ignore", "pac006,PAC601")
    assert status == 0
    assert out == "1 file: 0 errors, 0 warnings, 0 notes\n"


def test_a_copy_beside_the_file(run, narrow):
    before = narrow.read_bytes()
    status, out, _ = run("lint", narrow, "--fix")
    copy = narrow.with_name("narrow.fixed.dcm")
    assert status == 1  # the window is left
    assert f"{narrow} -> {copy}: mended PAC006; 1 of 1 frames compared: the same pixels" in out
    assert [finding.rule for finding in lint(copy)] == ["PAC601"]
    assert narrow.read_bytes() == before


def test_copies_of_a_folder(run, tmp_path, narrow):
    (tmp_path / "notes.txt").write_text("no DICOM file")
    status, out, err = run("lint", tmp_path, "--fix", "--output", tmp_path / "mended", "--ignore", "PAC601")
    assert (status, err) == (0, "")
    assert sorted(path.name for path in (tmp_path / "mended").iterdir()) == ["narrow.dcm"]
    assert "ct.dcm: nothing to mend" in out


def test_a_copy_is_not_overwritten(run, narrow):
    narrow.with_name("narrow.fixed.dcm").write_bytes(b"mine")
    status, _, err = run("lint", narrow, "--fix")
    assert status == 1
    assert "FileExistsError" in err
    assert narrow.with_name("narrow.fixed.dcm").read_bytes() == b"mine"
    run("lint", narrow, "--fix", "--overwrite")
    assert narrow.with_name("narrow.fixed.dcm").read_bytes() != b"mine"


def test_what_cannot_be_read_is_a_finding(run, tmp_path):
    (tmp_path / "text.dcm").write_text("no DICOM file at all")
    status, out, err = run("lint", tmp_path / "text.dcm")
    assert (status, err) == (1, "")
    assert "error PAC001" in out


def test_a_missing_file_is_named(run, tmp_path, ct):
    status, out, err = run("lint", tmp_path / "none.dcm", ct)
    assert status == 1
    assert "none.dcm: FileNotFoundError" in err
    assert "1 file" in out


@pytest.mark.parametrize(
    "words",
    [("--json", "--sarif"), ("--output", "x"), ("--overwrite",), ("--ignore", "PAC999"), ("--unknown",)],
    ids=" ".join,
)
def test_wrong_use(run, ct, words):
    status, _, _ = run("lint", ct, *words)
    assert status == 2


def test_a_folder_without_dicom_files(run, tmp_path):
    status, _, err = run("lint", tmp_path)
    assert status == 2
    assert "no DICOM file" in err
