"""Measure tiles of a large one-tile HTJ2K codestream, against glymur's regions of its JPEG 2000 twin; and halving.

    python -m benchmarks.pyramid [--side 10000] [--tiles 25] [--markdown FILE]

The picture, of 12 bits, is made here. Tiles of 256 x 256 are taken at random places of every level, from a file; the
codestream has one tile and precincts as large as may be. glymur opens the twin, of the same samples and levels, as its
users do, and decodes the same pixels once a level: it takes long. All are compared with the whole level decoded by
`pacscore.decode`. Times are of one thread; memory is what the process has touched at most, in a process of its own.

Halving is the mean of 2 x 2 pixels, against INTER_AREA of OpenCV with one thread, in turns, the least of the rounds.
Results are equal.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import pacscore
from benchmarks.compare import measure as take_turns
from benchmarks.tables import markdown_table
from pacscore.pyramid.halving import halved

SIDE = 256
"""Rows and columns of a tile."""
CODINGS = {"ours": "1.2.840.10008.1.2.4.201", "twin": "1.2.840.10008.1.2.4.90"}
HALVED = ((4096, 4096), (4096, 4096, 3), (1024, 1024), (1024, 1024, 3))
"""Shapes of pictures to be halved."""
_MEMORY = """
import re, sys
import pacscore
with pacscore.open_pyramid(sys.argv[1]) as pyramid:
    for level in pyramid.levels:
        step = max(1, level.tiles_high * level.tiles_wide // 200)
        for place in range(0, level.tiles_high * level.tiles_wide, step):
            level.tile(place // level.tiles_wide, place % level.tiles_wide)
print(int(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1]) << 10)
"""


class Row(NamedTuple):
    """Tiles of one level: seconds a tile, the median and the longest; and of glymur's."""

    level: int
    size: tuple[int, int]
    tiles: int
    median: float
    longest: float
    glymur: float


def picture(side: int) -> NDArray[np.uint16]:
    """Return a picture of 12 bits: waves and noise, made by rows, so that it costs no more memory than it has."""
    rng = np.random.default_rng(1)
    made = np.empty((side, side), np.uint16)
    x = np.arange(side) / side
    for row in range(side):
        y = row / side
        waves = 2000 + 1500 * np.sin(9 * x + 4 * y) + 300 * np.sin(200 * x * y) + rng.normal(0, 12, side)
        made[row] = np.clip(waves, 0, 4095)
    return made


def write_codestreams(side: int, folder: Path) -> dict[str, Path]:
    """Write the picture as both codestreams, and return their paths."""
    samples = picture(side)
    paths = {}
    for name, syntax in CODINGS.items():
        paths[name] = folder / f"{name}.j2c"
        paths[name].write_bytes(pacscore.encode(samples, syntax, bits_stored=12))
    return paths


def _places(level: Any, tiles: int, rng: np.random.Generator) -> list[tuple[int, int]]:
    return [(int(rng.integers(level.tiles_high)), int(rng.integers(level.tiles_wide))) for _ in range(tiles)]


def _by_glymur(path: Path, reduce: int, part: pacscore.Region) -> tuple[float, NDArray[Any]]:
    """Return how long glymur takes for a region of a level, and the region."""
    import glymur

    began = time.process_time()
    file = glymur.Jp2k(path)
    scale = 1 << reduce
    rows = slice(part.row * scale, min((part.row + part.rows) * scale, file.shape[0]), scale)
    columns = slice(part.column * scale, min((part.column + part.columns) * scale, file.shape[1]), scale)
    found = file[rows, columns]
    return time.process_time() - began, found


def measure(paths: dict[str, Path], tiles: int) -> list[Row]:
    """Return a row for each level; raise if a tile is not what the whole level has there."""
    data = paths["ours"].read_bytes()
    rng = np.random.default_rng(0)
    rows = []
    with pacscore.open_pyramid(paths["ours"], tile_rows=SIDE, tile_columns=SIDE) as pyramid:
        for number, level in enumerate(pyramid.levels):
            whole: Any = pacscore.decode(data, reduce=number)
            seconds = []
            for row, column in _places(level, tiles, rng):
                began = time.process_time()
                tile = level.tile(row, column)
                seconds.append(time.process_time() - began)
                part = level.tile_region(row, column)
                expected = whole[part.row : part.row + part.rows, part.column : part.column + part.columns]
                if not np.array_equal(tile, expected):
                    raise RuntimeError(f"level {number}, tile ({row}, {column}) is not what the level has there")
            theirs, found = _by_glymur(paths["twin"], number, part)
            if not np.array_equal(found, expected):
                raise RuntimeError(f"level {number}: glymur's tile differs")
            rows.append(
                Row(
                    number,
                    (level.rows, level.columns),
                    tiles,
                    statistics.median(seconds),
                    max(seconds),
                    theirs,
                )
            )
    return rows


def measure_halving(rounds: int = 25) -> list[list[str]]:
    """Return a row for each kind of samples; raise if OpenCV's result is another."""
    import cv2

    cv2.setNumThreads(1)
    rows = []
    for dtype in (np.uint8, np.uint16):
        for shape in HALVED:
            image = np.random.default_rng(1).integers(0, np.iinfo(dtype).max, shape, dtype)
            ours = np.empty((shape[0] // 2, shape[1] // 2, *shape[2:]), dtype)
            theirs = np.empty_like(ours)
            size = ours.shape[1::-1]
            calls: list[Callable[[], Any]] = [
                partial(halved, image, ours),
                partial(cv2.resize, image, size, dst=theirs, interpolation=cv2.INTER_AREA),
            ]
            mine, opencv = (min(each) for each in take_turns(calls, rounds, threads=1))
            if not np.array_equal(ours, theirs):
                raise RuntimeError(f"{shape}, {dtype.__name__}: OpenCV's result is another")
            samples = shape[2] if len(shape) > 2 else 1
            words = [f"{shape[0]:,} x {shape[1]:,}", str(samples), str(8 * image.itemsize)]
            rows.append([*words, f"{1e3 * mine:.2f}", f"{1e3 * opencv:.2f}", f"{opencv / mine:.2f}"])
    return rows


def most_memory(path: Path) -> int:
    """Return the most bytes of memory that a process has touched which opened the file and looked at every level."""
    ran = subprocess.run([sys.executable, "-c", _MEMORY, str(path)], capture_output=True, text=True, check=True)
    return int(ran.stdout)


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table for the docs."""
    cells = (
        [
            str(row.level),
            f"{row.size[0]:,} x {row.size[1]:,}",
            *(f"{1e3 * seconds:.2f}" for seconds in (row.median, row.longest)),
            f"{1e3 * row.glymur:,.0f}",
            f"{row.glymur / row.median:,.0f}",
        ]
        for row in rows
    )
    headings = ["Level", "Size", "Median, ms", "Longest, ms", "glymur, ms", "Ratio"]
    return markdown_table(headings, cells, words=2)


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=10_000, help="rows and columns of the picture")
    parser.add_argument("--tiles", type=int, default=25, help="of each level")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there too, for the docs")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        paths = write_codestreams(options.side, Path(folder))
        rows = measure(paths, options.tiles)
        memory = most_memory(paths["ours"])
    text = table(rows)
    print(text)
    told = f"Most memory of the process, of all tiles or 200 a level: {memory / 1e6:,.0f} MB."
    headings = ["Picture", "Samples", "Bits", "ms", "OpenCV, ms", "Ratio"]
    halving = markdown_table(headings, measure_halving(), words=1)
    print(told, halving, sep="\n\n")
    if options.markdown:
        options.markdown.write_text(f"{text}\n{told}\n\n{halving}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
