"""Large objects: what is read of them, and the memory that they take; small in the quick tests."""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import pacscore

TOOL = Path(__file__).parents[2] / "tools" / "measure_frames.py"


def _measured(*options):
    ran = subprocess.run([sys.executable, str(TOOL), *options], capture_output=True, text=True, check=False)
    return ran.returncode, ran.stdout + ran.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="peaks are read from /proc")
def test_what_is_read_and_the_memory_of_iterating():
    code, said = _measured("--megabytes", "12", "--rows", "128")
    assert (code, said.count("iterating takes")) == (0, 4), said


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="peaks are read from /proc")
@pytest.mark.parametrize(
    ("rows", "kind"), [("1024", "none"), ("1024", "extended"), ("8000", "native"), ("6000", "basic")]
)
def test_what_is_read_and_the_memory_of_iterating_over_much(rows, kind):
    code, said = _measured("--megabytes", "500", "--rows", rows, "--kinds", kind)
    assert (code, said.count("iterating takes")) == (0, 1), said


@pytest.mark.slow
@pytest.mark.parametrize("table", [True, False])
def test_frames_beyond_4_gib(made, saved, tmp_path, table):
    """A sparse file: the second of three frames has nearly 4 GiB, and is never read."""
    small = np.arange(24, dtype=np.uint8).reshape(4, 6)
    lengths = (24, 0xFFFFFFF0, 24)
    dataset = made(np.stack([small] * 3))
    del dataset.PixelData
    dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1.98"
    if table:
        dataset.ExtendedOffsetTable = struct.pack("<3Q", 0, 32, 40 + lengths[1])
        dataset.ExtendedOffsetTableLengths = struct.pack("<3Q", *lengths)
    path = saved(dataset, tmp_path / "large.dcm")
    with path.open("r+b") as file:
        file.seek(0, 2)
        file.write(b"\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff" + b"\xfe\xff\x00\xe0\0\0\0\0")
        for length in lengths:
            file.write(b"\xfe\xff\x00\xe0" + struct.pack("<L", length))
            file.write(small.tobytes())
            file.seek(length - small.nbytes, 1)
        file.write(b"\xfe\xff\xdd\xe0\0\0\0\0")
    assert path.stat().st_size > 4 << 30
    with pacscore.open(path) as opened:
        assert np.array_equal(opened[2], small)
        assert np.array_equal(opened[0], small)
        assert opened.notes == ()


@pytest.mark.slow
def test_native_frames_near_the_end_of_4_gib(made, saved, tmp_path):
    frame = np.arange(1 << 20, dtype=np.uint16).reshape(1024, 1024)
    count = 2047
    dataset = made(frame[None])
    del dataset.PixelData
    dataset.NumberOfFrames = count
    path = saved(dataset, tmp_path / "large.dcm")
    with path.open("r+b") as file:
        file.seek(0, 2)
        file.write(b"\xe0\x7f\x10\0OW\0\0" + struct.pack("<L", count * frame.nbytes))
        file.seek((count - 1) * frame.nbytes, 1)
        file.write(frame.tobytes())
    with pacscore.open(path) as opened:
        assert np.array_equal(opened[-1], frame)
        assert not opened[0].any()
        with pytest.raises(pacscore.LimitError):
            opened.as_array()
