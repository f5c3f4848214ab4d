"""Measure what pictures cost that are made while a frame arrives in pieces, against one decode of all of it.

    python -m benchmarks.progressive [--image large] [--pieces 20] [--repeats 5] [--markdown FILE]

After each piece a picture of the complete resolution, the highest whose packets have all come, is made into an array
that is there already; and, in a second round, a picture of full size. Times are those of the process, of one thread,
the least of the repeats, each of which first decodes the whole stream once.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import pacscore
from benchmarks.images import IMAGES, load
from benchmarks.tables import markdown_table

CODINGS = {"JPEG 2000 Part 1": "1.2.840.10008.1.2.4.90", "HTJ2K": "1.2.840.10008.1.2.4.201"}
"""Transfer syntaxes, all lossless."""
ORDERS = {
    "RPCL": (pacscore.J2KOptions(progression="RPCL"), ("complete resolution", "full size")),
    "LRCP, 5 layers": (pacscore.J2KOptions(progression="LRCP", layers=5), ("full size",)),
}
"""How the packets follow one another, and the pictures that are made meanwhile."""


class Row(NamedTuple):
    """What one way of looking at an arriving frame cost."""

    coding: str
    order: str
    pictures: str
    decode: float
    progressive: float
    pieces: int

    @property
    def ratio(self) -> float:
        """Of all pictures together to one decode."""
        return self.progressive / self.decode


def _arrays(data: bytes) -> dict[int, NDArray[Any]]:
    """Return an array for each resolution, touched beforehand as that of somebody who shows pictures is."""
    levels = pacscore.inspect(data).decomposition_levels
    return {reduce: pacscore.decode(data, reduce=reduce) for reduce in range(levels + 1)}  # type: ignore[misc]


def _timed(work: Callable[..., Any], *arguments: Any, **options: Any) -> float:
    begin = time.process_time()
    work(*arguments, **options)
    return time.process_time() - begin


def _show(data: bytes, pieces: int, arrays: dict[int, NDArray[Any]], *, full_size: bool) -> None:
    """Feed the frame in pieces and make a picture after each, of which only the last one may say that it is whole."""
    decoder = pacscore.ProgressiveDecoder(size=len(data))
    step = -(-len(data) // pieces)
    for start in range(0, len(data), step):
        decoder.feed(data[start : start + step])
        reduce = 0 if full_size else decoder.completeness.reduce
        if reduce is None:
            continue
        said_whole = decoder.image(reduce, out=arrays[reduce]).report.complete
        if said_whole != (not full_size or start + step >= len(data)):
            raise RuntimeError(f"byte {start + step:,}: the picture is called whole wrongly, or is not")


def _rows(coding: str, order: str, data: bytes, pieces: int, repeats: int) -> list[Row]:
    arrays = _arrays(data)
    whole = pacscore.decode(data)
    times: dict[str, list[float]] = {pictures: [] for pictures in ("decode", *ORDERS[order][1])}
    for _ in range(repeats):
        times["decode"].append(_timed(pacscore.decode, data, out=arrays[0]))
        for pictures in ORDERS[order][1]:
            arrays[0][...] = 0
            times[pictures].append(_timed(_show, data, pieces, arrays, full_size=pictures == "full size"))
            if not np.array_equal(arrays[0], whole):
                raise RuntimeError(f"{coding}, {order}, {pictures}: the last picture is not the whole one")
    best = {what: min(each) for what, each in times.items()}
    return [Row(coding, order, pictures, best["decode"], best[pictures], pieces) for pictures in ORDERS[order][1]]


def measure(image: str, pieces: int, repeats: int) -> list[Row]:
    """Return a row for each coding, order and kind of pictures; raise if a last picture is not the whole one."""
    picture = load(image)
    rows = []
    for coding, syntax in CODINGS.items():
        for order, (options, _) in ORDERS.items():
            data = pacscore.encode(picture.array, syntax, options, bits_stored=picture.bits_stored)
            rows += _rows(coding, order, data, pieces, repeats)
    return rows


def table(rows: list[Row]) -> str:
    """Return the rows as a table for the docs."""
    cells = (
        [
            row.coding,
            row.order,
            row.pictures,
            str(row.pieces),
            f"{1e3 * row.decode:.1f}",
            f"{1e3 * row.progressive:.1f}",
            f"{row.ratio:.2f}",
        ]
        for row in rows
    )
    headings = ["Coding", "Order", "Picture after each piece", "Pieces", "One decode, ms", "All pictures, ms", "Ratio"]
    return markdown_table(headings, cells, words=3)


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--image", choices=IMAGES, default="large")
    parser.add_argument("--pieces", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write a table there, for the docs")
    options = parser.parse_args(arguments)
    shown = table(measure(options.image, options.pieces, options.repeats))
    print(shown, end="")
    if options.markdown:
        options.markdown.write_text(shown, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
