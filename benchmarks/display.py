"""Compare the speed and memory of display with its peers: in one process, taking turns, one thread, by its CPU time.

    python -m benchmarks.display [--operations pydicom,opencv,table,first,decoding] [--rounds 15] [--markdown FILE]

The least of all rounds counts; `ratio` is the peer's least time over ours. Results agree, but for ties, which peers
round in their own ways. Rendering while decoding stands beside decoding alone: below 1, it costs more. So does its
memory, the growth of the peak resident size in fresh processes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import numpy as np

import pacscore
from benchmarks.display_cases import CODINGS, DISPLAY_OPERATIONS, enclosed
from benchmarks.images import load
from benchmarks.memory import SMALL, peak_growth
from benchmarks.pairs import compare_pairs
from benchmarks.tables import markdown_table


def growth_here(what: str, *paths: str) -> int:
    """Return the growth in bytes while the last file is decoded ("frame") or shown ("render"), in this process."""
    calls = []
    for path in paths:
        frames = pacscore.open(path)
        pipeline = frames.pipeline()
        calls.append(partial(frames.frame, 0) if what == "frame" else partial(frames.render, 0, pipeline))
    for call in calls[:-1]:  # libraries and their tables are there then
        call()
    return peak_growth(calls[-1])


def _growth(what: str, paths: list[str]) -> int:
    command = [sys.executable, "-m", "benchmarks.display", "--child", what, *paths]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    grown: int = json.loads(ran.stdout)
    return grown


def memory() -> str:
    """Return a table of memory, each line measured in fresh processes."""
    lines = []
    large = load("large")
    small = large._replace(array=np.ascontiguousarray(large.array[:SMALL, :SMALL]))
    for coding, transfer_syntax in CODINGS.items():
        with tempfile.TemporaryDirectory() as folder:
            paths = [str(Path(folder, name)) for name in ("small.dcm", "large.dcm")]
            for picture, path in zip((small, large), paths, strict=True):
                enclosed(picture, transfer_syntax)[0].save_as(path, enforce_file_format=True)
            rendered, decoded = (_growth(what, paths) for what in ("render", "frame"))
        lines.append([coding, f"{rendered / 1e6:.1f}", f"{decoded / 1e6:.1f}", f"{rendered / decoded:.2f}"])
    headings = ["the large picture in", "to the screen, MB", "decoded alone, MB", "of that"]
    return "Growth of the peak resident size:\n\n" + markdown_table(headings, lines, words=1)


def main(arguments: list[str] | None = None) -> int:
    """Run the comparison and print it."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["--child"]:
        print(growth_here(*given[1:]))
        return 0
    return compare_pairs(__doc__, DISPLAY_OPERATIONS, given, memory)


if __name__ == "__main__":
    sys.exit(main())
