"""The linter over the real files of the test data: every alarm is one that somebody has justified."""

from __future__ import annotations

import re
import shutil
import subprocess

import pydicom
import pytest

from dicom.lossless_matrix import DATA, manifest
from pacscore.dicom.linter import fix, lint
from tools_of_the_project import load_tool

pytestmark = [
    pytest.mark.skipif(not manifest(), reason=f"no test data in {DATA}: set PACSCORE_TEST_DATA"),
    pytest.mark.filterwarnings("ignore::UserWarning"),  # pydicom's, about what is odd in these files
]
FILES = sorted((DATA / "dicom").rglob("*.dcm"))

JUDGED = {
    "PAC006": "MediaStorageSOPInstanceUID different from SOPInstanceUID",
    "PAC407": "Attribute present when condition unsatisfied .*<PlanarConfiguration>",
    "PAC617": "PerFrameFunctionalGroupsSequence does not match NumberOfFrames",
}
"""What dciodvfy calls the faults of some rules."""


@pytest.fixture(scope="module")
def pages():
    return load_tool("make_lint_pages")


@pytest.fixture(scope="module")
def alarms(pages):
    return pages.alarms()


def test_every_alarm_is_listed_with_the_reason_why_it_is_right(pages, alarms):
    assert pages.page_with(pages.ALARMS_PAGE, pages.alarms_table(alarms)) == pages.ALARMS_PAGE.read_text()


def test_the_page_of_rules_is_current(pages):
    assert pages.page_with(pages.RULES_PAGE, pages.rules_table()) == pages.RULES_PAGE.read_text()


@pytest.fixture(scope="module")
def verdicts():
    """What dciodvfy says of each file that it can read; it does not know the youngest transfer syntaxes."""
    program = shutil.which("dciodvfy")
    if program is None:
        pytest.skip("dciodvfy is not installed")
    chosen = [path for path in FILES if path.parent.name in ("highdicom", "pydicom", "pylibjpeg-data")]
    return {
        path: subprocess.run([program, path], capture_output=True, check=False).stderr.decode("latin-1")
        for path in chosen
    }


@pytest.mark.parametrize("rule", JUDGED)
def test_another_validator_agrees_file_by_file(rule, alarms, verdicts):
    theirs = {path for path, said in verdicts.items() if re.search(JUDGED[rule], said)}
    ours = {DATA / "dicom" / name for name in alarms[rule]} & verdicts.keys()
    assert ours == theirs
    assert ours


def test_pydicom_reads_the_value_representations_that_are_called_wrong(alarms):
    for name in alarms["PAC314"]:
        ds = pydicom.dcmread(DATA / "dicom" / name)
        element = ds.get_item("PixelData")
        encapsulated = element.length == 0xFFFFFFFF
        wrong = "OW" if encapsulated else "OB"
        assert wrong == element.VR
        assert encapsulated or ds.BitsAllocated > 8


@pytest.mark.parametrize("name", ["dicom/cornerstone3d", "dicom/pydicom", "dicom/highdicom"])
def test_what_is_fixable_in_real_files_is_mended(name, tmp_path):
    for path in [path for path in FILES if path.parent == DATA / name and path.stat().st_size < 200_000]:
        fixable = {finding.rule for finding in lint(path) if finding.fixable}
        report = fix(path, tmp_path / "copy.dcm", overwrite=True)
        assert {finding.rule for finding in report.mended} == fixable
        assert not [finding for finding in report.left if finding.fixable]
        assert report.frames_compared == (report.frames if fixable else 0)
