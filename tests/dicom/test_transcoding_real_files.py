"""Real DICOM files become HTJ2K: the pixels that OpenJPH decodes hash to what several other decoders agreed on."""

import csv
import hashlib
import os
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.encaps import generate_frames
from pydicom.uid import HTJ2KLosslessRPCL

import pacscore as pc

DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
MANIFEST = DATA / "manifest.csv"


def exact_rows():
    """Files whose decoded pixels are known to the bit, as row dictionaries."""
    if not MANIFEST.exists():
        return []
    with MANIFEST.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["path"].startswith("dicom/")]
    return [row for row in rows if row["expect"] == "decode" and row["pixel_sha256"] and row["tol"] == "0"]


ROWS = exact_rows()
pytestmark = [
    pytest.mark.skipif(not ROWS, reason=f"no test data in {DATA}: set PACSCORE_TEST_DATA"),
    pytest.mark.filterwarnings("ignore::UserWarning"),  # pydicom's, about what is odd in these files
]


def decoded_by_openjph(path, dtype):
    """The SHA-256 of all frames' values, little endian."""
    ds = pydicom.dcmread(path)
    digest = hashlib.sha256()
    for encoded in generate_frames(ds.PixelData, number_of_frames=int(ds.get("NumberOfFrames") or 1)):
        decoded = imagecodecs.htj2k_decode(encoded)
        if decoded.ndim == 3 and ds.PhotometricInterpretation != "YBR_RCT":  # imagecodecs gives planes then
            decoded = np.moveaxis(decoded, 0, -1)
        digest.update(decoded.astype(dtype).tobytes())
    return digest.hexdigest()


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["path"].removeprefix("dicom/"))
def test_pixels_are_those_that_others_decode(tmp_path, row):
    dtype = np.dtype(row["pixel_dtype"]).newbyteorder("<")
    target = tmp_path / "out.dcm"
    if dtype.kind == "f":
        with pytest.raises(pc.UnsupportedError):
            pc.transcode(DATA / row["path"], target, HTJ2KLosslessRPCL)
        return
    report = pc.transcode(DATA / row["path"], target, HTJ2KLosslessRPCL)
    assert report.lossless
    assert report.frames == int(row["frames"])
    ds = pydicom.dcmread(target)
    assert ds.file_meta.MediaStorageSOPInstanceUID == ds.SOPInstanceUID == report.sop_instance_uid_after
    assert report.sop_instance_uid_before in (report.sop_instance_uid_after, "")
    assert ds.BitsStored <= ds.BitsAllocated
    assert ds.HighBit == ds.BitsStored - 1
    with pc.open(target) as frames:
        stack = np.stack([frames[index].astype(dtype) for index in range(len(frames))])
    assert hashlib.sha256(stack.tobytes()).hexdigest() == row["pixel_sha256"]
    if ds.BitsStored <= 25:  # what OpenJPH's usual path holds
        assert decoded_by_openjph(target, dtype) == row["pixel_sha256"]
