"""Measure building a DeepZoom folder of a large picture, and whole slide instances, against dzsave of libvips.

    python -m benchmarks.building [--side 20000] [--rounds 2] [--markdown FILE]

The picture is RGB of 8 bits and lies in a TIFF file, from which both read it from top to bottom. Each build is a
process of its own, and they take turns: its CPU time, of two threads, counts, the least of the rounds, and what memory
it has touched at most. Tiles are equal: 256 x 256 without overlap, JPEG of quality 85 with shared chroma, or PNG. Of
PNG tiles the largest level is compared, which must be the same, and the next one, which may differ by one.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import pacscore
from benchmarks.tables import markdown_table

TILE = 256
QUALITY = 85
BUILDS = [("JPEG", "jpeg"), ("PNG", "png"), ("whole slide, HTJ2K", "slide")]
"""What is built; libvips builds the first two."""


def _bands(side: int) -> Iterator[NDArray[np.uint8]]:
    """Yield bands of waves of colours and noise."""
    noise = np.random.default_rng(0).integers(0, 30, (TILE, side, 3)).astype(np.uint8)
    columns = np.arange(side)[:, None] / 300 + np.array([0, 2, 4])
    for top in range(0, side, TILE):
        rows = np.arange(top, min(top + TILE, side))[:, None, None] / 500
        yield noise[: len(rows)] + (100 + 90 * np.sin(columns + rows)).astype(np.uint8)


def write_picture(path: Path, side: int) -> None:
    """Write the picture as a TIFF file of strips, without compression."""
    import tifffile

    strips = _bands(side)
    tifffile.imwrite(path, strips, shape=(side, side, 3), dtype=np.uint8, rowsperstrip=TILE, photometric="rgb")


def build_by_us(path: Path, side: int, kind: str, to: Path) -> None:
    """Build with pacscore."""
    del side
    layout = pacscore.SlideLayout((0.0005, 0.0005))
    zoom = pacscore.DeepZoomLayout(tile_format="png" if kind == "png" else "jpeg", quality=QUALITY)
    pacscore.build_pyramid(path, to, layout if kind == "slide" else zoom, tile=TILE, threads=2)


def build_by_vips(path: Path, side: int, kind: str, to: Path) -> None:
    """Build with libvips."""
    import pyvips

    suffix = ".png" if kind == "png" else f".jpg[Q={QUALITY}]"
    picture = pyvips.Image.new_from_file(str(path), access="sequential")
    if (picture.width, picture.height) != (side, side):
        raise RuntimeError(f"libvips reads {picture.width} x {picture.height}")
    to.mkdir()
    picture.dzsave(str(to / "image"), suffix=suffix, tile_size=TILE, overlap=0, depth="onepixel")


BUILDERS: dict[str, Callable[[Path, int, str, Path], None]] = {"pacscore": build_by_us, "libvips": build_by_vips}


def _tile(folder: Path, level: int, column: int, row: int) -> NDArray[Any]:
    import imagecodecs

    tile: NDArray[Any] = imagecodecs.png_decode((folder / f"image_files/{level}/{column}_{row}.png").read_bytes())
    return tile


def check_equal(ours: Path, theirs: Path, side: int) -> None:
    """Raise unless the first tiles of the two largest levels are the same, but for rounding in the second."""
    last = (side - 1).bit_length()
    for level, most in ((last, 0), (last - 1, 1)):
        first, second = (_tile(folder, level, 1, 1).astype(int) for folder in (ours, theirs))
        if np.abs(first - second).max() > most:
            raise RuntimeError(f"level {level}: the tiles differ by {np.abs(first - second).max()}")


def run(builder: str, path: Path, side: int, kind: str, to: Path) -> tuple[float, float]:
    """Build in a process of its own; return its CPU time in seconds and the memory that it touched, in megabytes."""
    command = [sys.executable, "-m", "benchmarks.building", "--one", builder, kind, str(path), str(side), str(to)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, memory = map(float, ran.stdout.split())
    return seconds, memory


def run_one(builder: str, kind: str, path: str, side: str, to: str) -> None:
    """Build, and print what `run` returns."""
    began = time.process_time()
    BUILDERS[builder](Path(path), int(side), kind, Path(to))
    seconds = time.process_time() - began
    touched = re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())
    print(seconds, 0 if touched is None else int(touched[1]) * 1024 / 1e6)


def measure(side: int, rounds: int, folder: Path) -> list[list[str]]:
    """Return a row for each thing that is built."""
    picture = folder / "picture.tif"
    write_picture(picture, side)
    rows = []
    for name, kind in BUILDS:
        builders = ["pacscore"] if kind == "slide" else list(BUILDERS)
        found: dict[str, list[tuple[float, float]]] = {builder: [] for builder in builders}
        for turn in range(rounds):
            for builder in builders if turn % 2 == 0 else builders[::-1]:
                shutil.rmtree(folder / builder, ignore_errors=True)
                found[builder].append(run(builder, picture, side, kind, folder / builder))
        if kind == "png":
            check_equal(folder / "pacscore", folder / "libvips", side)
        least = {builder: [min(each) for each in zip(*runs, strict=True)] for builder, runs in found.items()}
        cells = [f"{value:,.1f}" for builder in builders for value in least[builder]]
        if len(builders) > 1:
            cells.append(f"{least['libvips'][0] / least['pacscore'][0]:.2f}")
        rows.append([name, *cells, *[""] * (5 - len(cells))])
        for builder in builders:
            shutil.rmtree(folder / builder)
    return rows


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, default=20_000, help="rows and columns of the picture")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there too, for the docs")
    parser.add_argument("--one", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one:
        run_one(*options.one)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(options.side, options.rounds, Path(folder))
    headings = ["Tiles", "CPU, s", "Memory, MB", "libvips: CPU, s", "Memory, MB", "Ratio"]
    text = markdown_table(headings, rows, words=1)
    print(text)
    if options.markdown:
        options.markdown.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
