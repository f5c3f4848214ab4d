"""Measure how much memory one frame takes: the growth of the peak resident size, each in a fresh process.

    python -m benchmarks.memory [--coding htj2k] [--image large] [--peers OpenJPH,OpenJPEG] [--threads 1] [--json FILE]

A small picture is decoded or encoded first, so that libraries and their tables are there already. Growth is shown in
megabytes and in multiples of the pixels: decoding counts its output and not its input, encoding counts the codestream
and not the pixels. Linux only.
"""

from __future__ import annotations

import argparse
import json
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import pacscore
from benchmarks.cases import HTJ2K_LOSSLESS
from benchmarks.images import IMAGES, Picture, load
from benchmarks.part1_cases import LOSSLESS as PART_1_LOSSLESS
from benchmarks.peers import PEERS, USUAL_PEERS, Peer
from benchmarks.tables import MemoryRow, memory_table

OURSELVES = "pacscore"
CODINGS = {"htj2k": HTJ2K_LOSSLESS, "jpeg2000": PART_1_LOSSLESS}
"""Transfer syntaxes, all lossless."""
SMALL = 128
"""Rows and columns of the picture that warms up."""


class Work(NamedTuple):
    """What is done: "decode" or "encode", by how many threads, in which coding."""

    operation: str
    threads: int
    coding: str


def _call(peer: Peer | None, work: Work, picture: Picture, data: bytes) -> Callable[[], Any] | None:
    operation, threads, coding = work
    if peer is None and operation == "encode":
        bits = picture.bits_stored
        return partial(pacscore.encode, picture.array, CODINGS[coding], bits_stored=bits, threads=threads)
    if peer is None:
        return partial(pacscore.decode, data, threads=threads)
    if operation == "encode":
        return peer.encoder(picture, threads) if coding == "htj2k" else peer.part1_encoder(picture, threads)
    return peer.decoder(data, picture, threads)


def _kilobytes(what: str) -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(what))


def peak_growth(call: Callable[[], Any]) -> int:
    """Return by how many bytes the peak resident size grows during a call, its result included."""
    before = _kilobytes("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak starts again at what is there now
    result = call()
    growth = (_kilobytes("VmHWM") - before) * 1024
    del result
    return growth


def _encoded(picture: Picture, coding: str) -> bytes:
    return pacscore.encode(picture.array, CODINGS[coding], bits_stored=picture.bits_stored)


def measure_here(name: str, work: Work, path: Path) -> int | None:
    """Return the growth in bytes, measured in this process; None if the peer cannot do it."""
    picture, data = pickle.loads(path.read_bytes())
    peer = None if name == OURSELVES else PEERS[name]()
    small = Picture(np.ascontiguousarray(picture.array[:SMALL, :SMALL]), picture.bits_stored)
    warm_up = _call(peer, work, small, _encoded(small, work.coding))
    if warm_up is None:
        return None
    warm_up()
    call = _call(peer, work, picture, data)
    assert call is not None
    return peak_growth(call)


def measure(name: str, work: Work, path: Path) -> int | None:
    """Return the growth in bytes, measured in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.memory", "--child", name, str(path), *map(str, work)]
    ran = subprocess.run(command, check=False, capture_output=True, text=True)
    if ran.returncode:
        print(f"{name} {work.operation}: LEFT OUT, {ran.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return None
    growth: int | None = json.loads(ran.stdout.splitlines()[-1])
    return growth


def main(arguments: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--coding", choices=CODINGS, default="htj2k")
    parser.add_argument("--image", choices=IMAGES, default="large")
    parser.add_argument("--peers", default=",".join(USUAL_PEERS), help=f"of {', '.join(PEERS)}")
    parser.add_argument("--threads", default="1", help="numbers of threads, comma separated")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there too")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write a table there, for the docs")
    parser.add_argument("--child", nargs=5, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.child:
        name, path, operation, threads, coding = options.child
        print(json.dumps(measure_here(name, Work(operation, int(threads), coding), Path(path))))
        return 0

    picture = load(options.image)
    rows: list[MemoryRow] = []
    print(f"{'operation':<10} {'library':<12} {'threads':<8} {'MB':>7} {'multiple':>9}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "picture")
        path.write_bytes(pickle.dumps((picture, _encoded(picture, options.coding))))
        for threads in map(int, options.threads.split(",")):
            for operation in ("decode", "encode"):
                for name in [OURSELVES, *options.peers.split(",")]:
                    if (growth := measure(name, Work(operation, threads, options.coding), path)) is None:
                        continue
                    row = MemoryRow(operation, name, threads, growth, growth / picture.array.nbytes)
                    print(
                        f"{operation:<10} {name:<12} {threads:<8} {growth / 1e6:7.1f} {row.multiple:9.2f}", flush=True
                    )
                    rows.append(row)
    if options.json:
        described = {"image": options.image, "rows": [row._asdict() for row in rows]}
        options.json.write_text(json.dumps(described, indent=1), encoding="utf-8")
    if options.markdown:
        options.markdown.write_text(memory_table(rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
