"""Write the table of what each transfer syntax holds into the documentation, by trying it.

Every kind of pixels is transcoded into every transfer syntax and read back: a row says what came out.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

import pacscore
from pacscore.cli.syntaxes import KEYWORDS

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "transfer-syntaxes.md"
BEGIN, END = "<!-- tried: begin -->\n", "<!-- tried: end -->\n"

BITS = {1: 1, 8: 8, 10: 16, 12: 16, 16: 16, 32: 32}
"""Bits Allocated for each Bits Stored that is tried."""

KINDS = [
    *(("MONOCHROME2", bits, sign) for bits in BITS for sign in ("", " signed") if not (bits == 1 and sign)),
    ("PALETTE COLOR", 8, ""),
    ("PALETTE COLOR", 16, ""),
    ("RGB", 8, ""),
    ("RGB", 16, ""),
    ("YBR_FULL", 8, ""),
]


def made(photometric: str, bits: int, sign: str) -> Dataset:
    """Return two small frames of a kind."""
    allocated = BITS[bits]
    samples = 3 if photometric in ("RGB", "YBR_FULL") else 1
    shape = (2, 16, 16) if samples == 1 else (2, 16, 16, samples)
    low, high = (-(1 << (bits - 1)), 1 << (bits - 1)) if sign else (0, 1 << bits)
    values = np.random.default_rng(bits).integers(low, high, shape)
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7.4", generate_uid(prefix=None)
    ds.NumberOfFrames, ds.Rows, ds.Columns, ds.SamplesPerPixel = 2, 16, 16, samples
    ds.PhotometricInterpretation = photometric
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = allocated, bits, bits - 1, int(bool(sign))
    if samples == 3:
        ds.PlanarConfiguration = 0
    if bits == 1:
        data = np.packbits(values.astype(np.uint8).ravel(), bitorder="little").tobytes()
    else:
        data = values.astype(f"<{'i' if sign else 'u'}{allocated // 8}").tobytes()
    ds.add_new("PixelData", "OB" if allocated <= 8 else "OW", data)
    return ds


def tried(folder: Path, ds: Dataset, syntax: str) -> str:
    """Return what comes of the data set in a transfer syntax: exact, lossy, or nothing."""
    try:
        report = pacscore.transcode(ds, folder / "out.dcm", syntax, overwrite=True)
    except (pacscore.UnsupportedError, pacscore.OptionError):
        return "-"
    return "exact" if report.lossless else "lossy"


def table() -> str:
    """Return the table in Markdown."""
    names = [f"{photometric} {bits}{sign}" for photometric, bits, sign in KINDS]
    lines = [f"| transfer syntax | {' | '.join(names)} |", f"| --- |{' --- |' * len(names)}"]
    sources = [made(*kind) for kind in KINDS]
    with tempfile.TemporaryDirectory() as folder:
        for name, syntax in KEYWORDS.items():
            cells = [tried(Path(folder), ds, syntax) for ds in sources]
            if set(cells) != {"-"}:
                lines.append(f"| `{name}` | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def page_with(new_table: str) -> str:
    """Return the page with the table in its place."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    return before + BEGIN + new_table + END + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(page_with(table()))
    sys.exit(0)
