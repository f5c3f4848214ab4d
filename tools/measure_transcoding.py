"""Print the memory that transcoding a large object takes: ``measure_transcoding.py [megabytes] [transfer syntax]``.

A child process transcodes. What it takes at its peak beyond what it took at the start is compared with eight frames
and 100 MB. Linux only.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

CHILD = """
import re, sys
from pathlib import Path
import pacscore, pacscore.dicom.transcoding, imagecodecs

def memory(name):
    return 1024 * int(re.search(name + r":\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])

before = memory("VmRSS")
report = pacscore.transcode(sys.argv[1], sys.argv[2], sys.argv[3])
assert report.lossless
print(memory("VmHWM") - before)
"""

SIDE = 1024
FRAME = SIDE * SIDE * 2


def write_large(path: Path, megabytes: int) -> int:
    """Write a native multi-frame object of 12 bits a pixel, frame by frame; return the number of frames."""
    count = max(1, megabytes * 1_000_000 // FRAME)
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7.3", generate_uid(prefix=None)
    ds.NumberOfFrames, ds.Rows, ds.Columns, ds.SamplesPerPixel = count, SIDE, SIDE, 1
    ds.PhotometricInterpretation, ds.BitsAllocated, ds.BitsStored, ds.HighBit = "MONOCHROME2", 16, 12, 11
    ds.PixelRepresentation = 0
    dcmwrite(path, ds, enforce_file_format=True)
    rows, columns = np.mgrid[:SIDE, :SIDE]
    with path.open("ab") as file:
        file.write(b"\xe0\x7f\x10\x00OW\0\0" + (count * FRAME).to_bytes(4, "little"))
        for index in range(count):
            file.write(((rows * columns // 256 + 7 * index) % 4096).astype("<u2").tobytes())
    return count


def measured(folder: Path, megabytes: int, syntax: str) -> tuple[int, int]:
    """Return the frames and the bytes that transcoding takes at its peak."""
    source, target = folder / "large.dcm", folder / "out.dcm"
    count = write_large(source, megabytes)
    words = [sys.executable, "-c", CHILD, str(source), str(target), syntax]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    return count, int(done.stdout)


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    chosen = sys.argv[2] if len(sys.argv) > 2 else "1.2.840.10008.1.2.4.202"
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        frames, peak = measured(Path(name), size, chosen)
    allowed = 8 * FRAME + 100_000_000
    print(f"{frames} frames of {FRAME:,} bytes to {chosen}: {peak:,} bytes at the peak; {allowed:,} allowed")
    sys.exit(peak > allowed)
