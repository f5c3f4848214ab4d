"""Readers of others take what is written: dcmtk, and GDCM's pixels."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import pacscore as pc
from dicom.lossless_matrix import DATA, KINDS, LOSSLESS, manifest
from pacscore.dicom.pixel_hash import pixel_sha256

UNKNOWN_TO_GDCM = {
    "1.2.840.10008.1.2.1.98",
    "1.2.840.10008.1.2.8.1",
    *(s for s in LOSSLESS if s[-4:] in (".110", ".112")),
}
FOR_DCMTK = ["8 bit", "12 bit", "RGB, 25 frames", "palette, 20 frames", "one bit, 3 frames"]
FOR_GDCM = ["8 bit", "12 bit", "16 bit, 25 frames", "15 bit signed", "RGB, 25 frames", "RGB by plane"]
pytestmark = pytest.mark.skipif(not manifest(), reason=f"no test data in {DATA}: set PACSCORE_TEST_DATA")


def tool(name):
    """A program beside this Python, or on the path; the test is skipped where there is none."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def written(kind, syntax, folder):
    try:
        return pc.transcode(DATA / "dicom" / KINDS[kind], folder / "out.dcm", syntax, overwrite=True)
    except (pc.UnsupportedError, pc.OptionError):
        return None


@pytest.mark.parametrize("kind", FOR_DCMTK)
def test_dcmdump_has_no_complaint(tmp_path, kind):
    program, checked = tool("dcmdump"), 0
    for syntax in LOSSLESS:
        if written(kind, syntax, tmp_path):
            done = subprocess.run(
                [program, "-q", tmp_path / "out.dcm"], check=False, capture_output=True, text=True, errors="replace"
            )
            assert done.returncode == 0
            assert not [line for line in (done.stdout + done.stderr).splitlines() if line.startswith(("E:", "W:"))]
            checked += 1
    assert checked > 9


@pytest.mark.parametrize("kind", FOR_GDCM)
def test_gdcm_sees_the_same_pixels(tmp_path, kind):
    program, checked = tool("gdcmconv"), 0
    for syntax in sorted(set(LOSSLESS) - UNKNOWN_TO_GDCM):
        report = written(kind, syntax, tmp_path)
        subprocess.run([program, "--raw", tmp_path / "out.dcm", tmp_path / "raw.dcm"], check=True, capture_output=True)
        with pc.open(tmp_path / "raw.dcm") as frames:
            assert tuple(pixel_sha256(frame) for frame in frames) == report.pixel_sha256
        checked += 1
    assert checked > 9
