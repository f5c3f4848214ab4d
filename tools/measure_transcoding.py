"""Print the memory that transcoding a large object takes.

    python tools/measure_transcoding.py [megabytes] [transfer syntax] [--source UID] [--side 6000] [--noise]

A child process transcodes. What it takes at its peak beyond what it took at the start is compared with eight frames
and 100 MB. Linux only.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from pacscore import transcode

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


@dataclass(frozen=True)
class Large:
    """A multi-frame object to transcode.

    Attributes
    ----------
    megabytes : int
        Of pixels, about.
    side : int
        Rows and columns of a frame.
    noise : bool
        Whether frames do not compress.
    transfer_syntax : str
        Of the source.
    """

    megabytes: int = 1000
    side: int = 1024
    noise: bool = False
    transfer_syntax: str = ExplicitVRLittleEndian

    @property
    def frame(self) -> int:
        """Bytes of a frame."""
        return self.side * self.side * 2

    @property
    def count(self) -> int:
        """Number of frames."""
        return max(1, self.megabytes * 1_000_000 // self.frame)

    @property
    def allowed(self) -> int:
        """Bytes that transcoding may take."""
        return 8 * self.frame + 100_000_000

    def write(self, path: Path) -> None:
        """Write it: 12 bits a pixel, frame by frame."""
        ds = Dataset()
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7.3", generate_uid(prefix=None)
        ds.NumberOfFrames, ds.Rows, ds.Columns, ds.SamplesPerPixel = self.count, self.side, self.side, 1
        ds.PhotometricInterpretation, ds.BitsAllocated, ds.BitsStored, ds.HighBit = "MONOCHROME2", 16, 12, 11
        ds.PixelRepresentation = 0
        dcmwrite(path, ds, enforce_file_format=True)
        rows, columns = np.mgrid[: self.side, : self.side]
        pattern = rows * columns // 256
        if self.noise:
            pattern = np.random.default_rng(3).integers(0, 4096, pattern.shape)
        with path.open("ab") as file:
            file.write(b"\xe0\x7f\x10\x00OW\0\0" + (self.count * self.frame).to_bytes(4, "little"))
            for index in range(self.count):
                file.write(((pattern + 7 * index) % 4096).astype("<u2").tobytes())
        if self.transfer_syntax != ExplicitVRLittleEndian:
            transcode(path, path, self.transfer_syntax, overwrite=True)


def measured(folder: Path, large: Large, syntax: str) -> int:
    """Return the bytes that transcoding takes at its peak."""
    source, target = folder / "large.dcm", folder / "out.dcm"
    large.write(source)
    words = [sys.executable, "-c", CHILD, str(source), str(target), syntax]
    return int(subprocess.run(words, check=True, capture_output=True, text=True).stdout)


def main() -> int:
    """Measure, print and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    usual = Large()
    parser.add_argument("megabytes", nargs="?", type=int, default=usual.megabytes)
    parser.add_argument("syntax", nargs="?", default="1.2.840.10008.1.2.4.202")
    parser.add_argument("--source", default=usual.transfer_syntax, metavar="UID", help="of the source")
    parser.add_argument("--side", type=int, default=usual.side, help=f"rows and columns of a frame ({usual.side})")
    parser.add_argument("--noise", action="store_true", help="frames that do not compress")
    asked = parser.parse_args()
    large = Large(asked.megabytes, asked.side, asked.noise, asked.source)
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        peak = measured(Path(name), large, asked.syntax)
    print(
        f"{large.count} frames of {large.frame:,} bytes, {asked.source} to {asked.syntax}: {peak:,} bytes at the peak; "
        f"{large.allowed:,} allowed"
    )
    return int(peak > large.allowed)


if __name__ == "__main__":
    sys.exit(main())
