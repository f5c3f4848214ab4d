"""Measure what indexing a codestream costs against decoding it, and how large the side-car is.

    python -m benchmarks.indexing [--megabytes 30] [--repeats 3] [--markdown FILE]

The codestream is a mosaic of the radiograph RG1_UNCR, lossless, in the order LRCP, without PLT: every packet header
must be read to know where the packets are. Times are those of the process, of one thread, the least of the repeats.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

import pacscore
from benchmarks.images import load
from benchmarks.tables import markdown_table

CODINGS = {"JPEG 2000 Part 1": "1.2.840.10008.1.2.4.90", "HTJ2K": "1.2.840.10008.1.2.4.201"}
"""Transfer syntaxes, all lossless."""

OPTIONS = {
    "1 layer": pacscore.J2KOptions(progression="LRCP"),
    "5 layers": pacscore.J2KOptions(progression="LRCP", layers=5),
    "5 layers, precincts of 256": pacscore.J2KOptions(progression="LRCP", layers=5, precincts=((256, 256),)),
}


class Row(NamedTuple):
    """What one codestream cost."""

    coding: str
    options: str
    size: int
    decoding: float
    indexing: float
    packets: int
    side_car: int


def _mosaic(megabytes: float, syntax: str, options: pacscore.J2KOptions) -> bytes:
    """Return a mosaic of so many by so many copies, not much larger than it must be."""
    picture = load("CR")
    one = pacscore.encode(picture.array, syntax, options, bits_stored=picture.bits_stored)
    copies = math.ceil(math.sqrt(megabytes * 1e6 / len(one)))
    return pacscore.encode(np.tile(picture.array, (copies, copies)), syntax, options, bits_stored=picture.bits_stored)


def measure(megabytes: float, repeats: int) -> list[Row]:
    """Return a row for each coding and each kind of packets."""
    rows = []
    for coding, syntax in CODINGS.items():
        for name, options in OPTIONS.items():
            data = _mosaic(megabytes, syntax, options)
            times: list[list[float]] = [[], []]
            for _ in range(repeats):
                begin = time.process_time()
                pacscore.decode(data)
                between = time.process_time()
                index = pacscore.index(data)
                times[0].append(between - begin)
                times[1].append(time.process_time() - between)
            with tempfile.TemporaryDirectory() as folder:
                side_car = index.save(Path(folder, "side-car"))
            decoding, indexing = map(min, times)
            rows.append(Row(coding, name, len(data), decoding, indexing, len(index.packets), side_car))
    return rows


def table(rows: list[Row]) -> str:
    """Return the rows as a table for the docs."""
    cells = (
        [
            row.coding,
            row.options,
            f"{row.size / 1e6:.1f}",
            f"{row.packets:,}",
            f"{1e3 * row.decoding:.0f}",
            f"{1e3 * row.indexing:.2f}",
            f"{row.indexing / row.decoding:.2%}",
            f"{row.side_car / row.size:.4%}",
        ]
        for row in rows
    )
    headings = [
        "Coding",
        "Packets of",
        "MB",
        "Packets",
        "Decode, ms",
        "Index, ms",
        "Of decoding",
        "Side-car, of the stream",
    ]
    return markdown_table(headings, cells)


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=30)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write a table there, for the docs")
    options = parser.parse_args(arguments)
    shown = table(measure(options.megabytes, options.repeats))
    print(shown, end="")
    if options.markdown:
        options.markdown.write_text(shown, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
