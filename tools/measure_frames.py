"""Print how much of a large DICOM object is read for one frame, and how much memory iterating over it takes.

    python tools/measure_frames.py [--megabytes 1000] [--rows 1024] [--kinds native,basic,extended,none]

Writes each object to a temporary file, which is deleted afterwards: frames of 12-bit noise, native or as HTJ2K with a
Basic Offset Table, an Extended one, or none. Ends with exit status 1 where more is read than the frame, the header
(with a read-ahead of a quarter, 4 KiB at least), the table, and the headers of items where there is no table; or where
iterating takes more memory than two frames and 50 MB. Linux only: memory is the growth of the peak resident size.
"""

from __future__ import annotations

import argparse
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID

import pacscore
from pacscore.source import FileReader

HTJ2K = "1.2.840.10008.1.2.4.201"
NATIVE = "1.2.840.10008.1.2.1"
KINDS = ("native", "basic", "extended", "none")
ALLOWED = 50_000_000
"""Bytes of memory beyond two frames."""


class CountingReader(FileReader):
    """A file that counts the bytes which are read from it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.count = 0

    def read_range(self, start: int, length: int) -> bytes:
        """Read, and count."""
        data = super().read_range(start, length)
        self.count += len(data)
        return data


def _dataset(kind: str, rows: int, frames: int, item_length: int) -> Dataset:
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = UID(NATIVE if kind == "native" else HTJ2K)
    dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7.3", "2.25.1"
    dataset.Rows = dataset.Columns = rows
    dataset.NumberOfFrames, dataset.SamplesPerPixel, dataset.PhotometricInterpretation = frames, 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
    if kind == "extended":
        offsets = range(0, frames * (item_length + 8), item_length + 8)
        dataset.ExtendedOffsetTable = struct.pack(f"<{frames}Q", *offsets)
        dataset.ExtendedOffsetTableLengths = struct.pack(f"<{frames}Q", *[item_length] * frames)
    return dataset


def write_object(path: Path, kind: str, rows: int, nbytes: int) -> tuple[int, int, int]:
    """Write an object of about ``nbytes``; return its number of frames, the bytes of its header, and of one frame."""
    pixels = np.random.default_rng(5).integers(0, 4096, (rows, rows)).astype(np.uint16)
    frame = pixels.tobytes() if kind == "native" else pacscore.encode(pixels, HTJ2K, bits_stored=12)
    frame += b"\0" * (len(frame) % 2)
    frames = max(2, nbytes // len(frame))
    _dataset(kind, rows, frames, len(frame)).save_as(
        path, enforce_file_format=True, implicit_vr=False, little_endian=True
    )
    header = path.stat().st_size
    with path.open("ab") as file:
        if kind == "native":
            file.write(b"\xe0\x7f\x10\0OW\0\0" + struct.pack("<L", frames * len(frame)))
            for _ in range(frames):
                file.write(frame)
            return frames, header + 12, len(frame)
        file.write(b"\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff")
        offsets = range(0, frames * (len(frame) + 8), len(frame) + 8) if kind == "basic" else range(0)
        table = struct.pack(f"<{len(offsets)}L", *offsets)
        file.write(b"\xfe\xff\x00\xe0" + struct.pack("<L", len(table)) + table)
        for _ in range(frames):
            file.write(b"\xfe\xff\x00\xe0" + struct.pack("<L", len(frame)) + frame)
        file.write(b"\xfe\xff\xdd\xe0\0\0\0\0")
    return frames, header + 12 + 8 + len(table), len(frame)


def bytes_read(path: Path, index: int) -> tuple[int, int]:
    """Return the bytes that are read for one frame, from opening on; and those that another one takes then."""
    with CountingReader(path) as reader:
        frames = pacscore.open(reader)
        frames.encoded(index)
        first = reader.count
        frames.encoded(index - 1)
        return first, reader.count - first


def _kilobytes(what: str) -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(what))


def memory_of_iterating(path: Path) -> int:
    """Return how many bytes the peak grows by while all frames are read, in this process."""
    with pacscore.open(path) as frames:
        _ = frames[0]
    before = _kilobytes("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak starts again at what is there now
    with pacscore.open(path) as frames:
        for _ in frames:
            pass
    return (_kilobytes("VmHWM") - before) * 1024


def measure(kind: str, rows: int, nbytes: int) -> bool:
    """Measure one kind of object, print, and return whether the limits are kept."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "object.dcm")
        frames, header, frame = write_object(path, kind, rows, nbytes)
        first, another = bytes_read(path, frames // 2)
        child = [sys.executable, __file__, "--iterate", str(path)]
        growth = int(subprocess.run(child, check=True, capture_output=True, text=True).stdout)
    headers = 8 * (frames + 1) if kind == "none" else 8
    wanted = header + max(1 << 12, header // 4) + headers + frame
    pixels = rows * rows * 2
    print(
        f"{kind:<9} {frames:>6} frames of {frame:>9,} bytes, header and table {header:>7,}:"
        f" one frame reads {first:>9,}, another {another:>9,}; iterating takes {growth / 1e6:6.1f} MB"
        f" ({growth / pixels:.1f} frames)"
    )
    return first <= wanted and another <= 8 + frame and growth <= 2 * pixels + ALLOWED


def main() -> int:
    """Measure, print and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=1000, help="size of each object (1000)")
    parser.add_argument("--rows", type=int, default=1024, help="rows and columns of a frame (1024)")
    parser.add_argument("--kinds", default=",".join(KINDS), help=f"of {', '.join(KINDS)}")
    parser.add_argument("--iterate", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.iterate:
        print(memory_of_iterating(options.iterate))
        return 0
    kept = [measure(kind, options.rows, options.megabytes * 1_000_000) for kind in options.kinds.split(",")]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
