"""Readers of others take what is written: dcmtk, dciodvfy, GDCM, and pydicom with its own plug-ins."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.pixels import get_decoder
from pydicom.pixels.utils import pixel_array

import pacscore as pc
from dicom.lossless_matrix import DATA, KINDS, LOSSLESS, manifest
from pacscore.dicom.pixel_hash import pixel_sha256

UNKNOWN_TO_OTHERS = {
    "1.2.840.10008.1.2.1.98",
    "1.2.840.10008.1.2.8.1",
    *(s for s in LOSSLESS if s[-4:] in (".110", ".112")),
}
FOR_DCIODVFY = [
    "12 bit",
    "16 bit signed, implicit VR",
    "RGB, 25 frames",
    "RGB by plane",
    "YBR_FULL",
    "one bit, 3 frames",
]
OF_THE_CODING = (
    "Error - </PlanarConfiguration(0028,0006)[1]> - Unrecognized enumerated value = <0x1>",
    "Error - </BitsAllocated(0028,0100)[1]> - Unrecognized enumerated value = <0x8>",
)
"""RLE of colour is by plane, and most codings keep one bit in eight: what some kinds of objects do not foresee."""
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
    for syntax in sorted(set(LOSSLESS) - UNKNOWN_TO_OTHERS):
        report = written(kind, syntax, tmp_path)
        subprocess.run([program, "--raw", tmp_path / "out.dcm", tmp_path / "raw.dcm"], check=True, capture_output=True)
        with pc.open(tmp_path / "raw.dcm") as frames:
            assert tuple(pixel_sha256(frame) for frame in frames) == report.pixel_sha256
        checked += 1
    assert checked > 9


def complaints(program, path):
    """The errors of a data set, by attribute and kind."""
    done = subprocess.run([program, "-new", path], check=False, capture_output=True, text=True, errors="replace")
    return {line for line in (done.stdout + done.stderr).splitlines() if line.startswith("Error")}


@pytest.mark.parametrize("kind", FOR_DCIODVFY)
def test_dciodvfy_has_no_new_complaint(tmp_path, kind):
    """It does not inflate, and knows no HTJ2K: there it sees the data set under the UID of JPEG 2000."""
    program, checked = tool("dciodvfy"), 0
    before = complaints(program, DATA / "dicom" / KINDS[kind])
    for syntax in sorted(set(LOSSLESS) - UNKNOWN_TO_OTHERS - {"1.2.840.10008.1.2.1.99"}):
        if written(kind, syntax, tmp_path):
            if syntax[-4:] in (".201", ".202", ".203"):
                dataset = pydicom.dcmread(tmp_path / "out.dcm")
                dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.90"
                dataset.save_as(tmp_path / "out.dcm")
            found = complaints(program, tmp_path / "out.dcm") - before
            assert {complaint for complaint in found if not complaint.startswith(OF_THE_CODING)} == set()
            checked += 1
    assert checked > 6


def test_dciodvfy_would_complain(tmp_path):
    program = tool("dciodvfy")
    dataset = pydicom.dcmread(DATA / "dicom" / KINDS["YBR_FULL"])
    dataset.HighBit = 3
    dataset.save_as(tmp_path / "wrong.dcm")
    assert complaints(program, tmp_path / "wrong.dcm") > complaints(program, DATA / "dicom" / KINDS["YBR_FULL"])


@pytest.mark.parametrize("syntax", sorted(set(LOSSLESS) - UNKNOWN_TO_OTHERS))
def test_pydicom_sees_the_same_pixels_by_its_own_plug_ins(tmp_path, syntax):
    decoder, checked = get_decoder(syntax), 0
    plug_ins = [name for name in decoder.available_plugins if name != "pacscore"] if decoder.is_encapsulated else [""]
    if not plug_ins:
        pytest.skip(f"pydicom has no plug-in for {syntax} here")
    for kind in KINDS:
        if not written(kind, syntax, tmp_path):
            continue
        for plug_in in plug_ins:
            if plug_in == "pillow" and kind.startswith("RGB of 16 bit"):  # it refuses them
                continue
            found = pixel_array(pydicom.dcmread(tmp_path / "out.dcm"), raw=True, decoding_plugin=plug_in)
            with pc.open(tmp_path / "out.dcm") as frames:
                assert np.array_equal(found if len(frames) > 1 else found[None], frames.as_array())
            checked += 1
    assert checked > 9
