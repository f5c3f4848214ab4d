"""Every lossless transfer syntax to every other: pixels to the bit, and nothing changed that need not be."""

import hashlib

import numpy as np
import pydicom
import pytest

import pacscore as pc
from dicom.lossless_matrix import DATA, KINDS, LOSSLESS, around_pixels, expected, holds, manifest

ROWS = manifest()
QUICK = {"16 bit signed, implicit VR", "one bit, 3 frames"}
pytestmark = [
    pytest.mark.skipif(not ROWS, reason=f"no test data in {DATA}: set PACSCORE_TEST_DATA"),
    pytest.mark.filterwarnings("ignore::UserWarning"),  # pydicom's, about what is odd in these files
]


def sha256(path):
    """The hash of all frames, as the manifest has it."""
    with pc.open(path) as frames:
        stack = np.stack([np.ascontiguousarray(frame) for frame in frames])
    return hashlib.sha256(stack.astype(stack.dtype.newbyteorder("<")).tobytes()).hexdigest()


def kinds():
    return [
        pytest.param(kind, before, id=f"{kind}-{before[13:]}", marks=() if kind in QUICK else pytest.mark.slow)
        for kind in KINDS
        for before in LOSSLESS
    ]


@pytest.mark.parametrize(("kind", "before"), kinds())
def test_to_every_other(tmp_path, kind, before):
    source = DATA / "dicom" / KINDS[kind]
    original = pydicom.dcmread(source)
    known = ROWS[f"dicom/{KINDS[kind]}"]["pixel_sha256"]
    first = tmp_path / "first.dcm"
    if not holds(before, original):
        with pytest.raises((pc.UnsupportedError, pc.OptionError)):
            pc.transcode(source, first, before)
        return
    pc.transcode(source, first, before)
    ds = pydicom.dcmread(first)
    reached = []
    for after in LOSSLESS:
        if not holds(after, ds):
            continue
        second, back = tmp_path / f"{after}.dcm", tmp_path / "back.dcm"
        report = pc.transcode(first, second, after)
        got = pydicom.dcmread(second)
        assert report.lossless
        assert sha256(second) == known
        assert {keyword: got.get(keyword) for keyword in expected(ds, before, after)} == expected(ds, before, after)
        assert around_pixels(got) == around_pixels(original)
        assert got.file_meta.MediaStorageSOPInstanceUID == original.SOPInstanceUID
        pc.transcode(second, back, "1.2.840.10008.1.2.1", overwrite=True, verify=False)
        assert sha256(back) == known
        assert around_pixels(pydicom.dcmread(back)) == around_pixels(original)
        reached.append(after)
    assert before in reached
