"""Compare the speed of pacscore and its peers: in one process, taking turns, on equal work with equal results.

    python -m benchmarks.compare [--images CT,MR] [--operations decode,encode] [--threads 1,2] [--json FILE]

One thread is measured by the process's CPU time, several by wall time. The least of all rounds counts; `ratio` is the
peer's least time over ours, so that 2.0 means that pacscore is twice as fast. Decoding is measured on the bytes that
the peer wrote and on those that we wrote. A row whose results differ is an error.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pacscore
from benchmarks.cases import OPERATIONS, Case, DifferentError
from benchmarks.images import IMAGES, load
from benchmarks.part1_cases import PART_1_OPERATIONS
from benchmarks.peers import PEERS, USUAL_PEERS, Peer, available_peers
from benchmarks.recoding_cases import RECODING_OPERATIONS
from benchmarks.tables import Row, speed_tables
from pacscore.support.targets import active_target, available_targets

SHORTEST = 0.005
"""Seconds: quicker calls are repeated within one measurement."""


EVERYTHING = OPERATIONS | PART_1_OPERATIONS | RECODING_OPERATIONS
HEADINGS = ["image", "operation", "peer", "threads", "MB/s", "peer MB/s", "ratio", "kB"]
WIDTHS = [7, 21, 20, 7, 8, 9, 6, 15]


def measure(calls: list[Callable[[], Any]], rounds: int, threads: int) -> list[list[float]]:
    """Return the seconds of each call in each round; the order turns from round to round."""
    clock = time.process_time if threads == 1 else time.perf_counter
    repeats = []
    for call in calls:
        started = time.perf_counter()
        call()
        repeats.append(1 + int(SHORTEST / (time.perf_counter() - started)))
    seconds: list[list[float]] = [[] for _ in calls]
    for turn in range(rounds):
        order = range(len(calls)) if turn % 2 == 0 else range(len(calls) - 1, -1, -1)
        for i in order:
            started = clock()
            for _ in range(repeats[i]):
                calls[i]()
            seconds[i].append((clock() - started) / repeats[i])
    return seconds


def measured(case: Case, threads: int, rounds: int) -> Row:
    """Return what a case takes."""
    ours, theirs = measure([case.ours, case.theirs], rounds, threads)
    return Row(
        case.picture.name,
        case.operation,
        case.peer,
        threads,
        case.picture.array.nbytes,
        case.our_size,
        case.peer_size,
        min(ours),
        statistics.median(ours),
        min(theirs),
        statistics.median(theirs),
    )


def compare(images: list[str], operations: list[str], peers: list[Peer], threads: int, rounds: int) -> Iterator[Row]:
    """Yield a row for each image, operation and peer."""
    for name in images:
        try:
            picture = load(name)
        except (ImportError, FileNotFoundError) as error:
            print(f"{name}: LEFT OUT, {error}", file=sys.stderr)
            continue
        for operation in operations:
            for case in EVERYTHING[operation](picture, peers, threads):
                yield measured(case, threads, rounds)


def machine() -> str:
    """Describe what was measured on."""
    model = platform.processor() or platform.machine()
    if (cpuinfo := Path("/proc/cpuinfo")).exists():
        lines = cpuinfo.read_text(encoding="utf-8").splitlines()
        model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), model)
    target = {number: name for name, number in available_targets().items()}[active_target()]
    return (
        f"pacscore {pacscore.__version__}, target {target}, {model}, {os.cpu_count()} CPUs, "
        f"Python {platform.python_version()}"
    )


def _parsed(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option, known, usual in (
        ("images", list(IMAGES), list(IMAGES)),
        ("operations", list(EVERYTHING), list(EVERYTHING)),
        ("peers", list(PEERS), USUAL_PEERS),
    ):
        parser.add_argument(f"--{option}", default=",".join(usual), help=f"of {', '.join(known)}")
    parser.add_argument("--threads", default="1", help="numbers of threads, comma separated")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--target", choices=available_targets(), help="the kernels that pacscore uses")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there too")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write tables there, for the docs")
    options = parser.parse_args(arguments)
    for option, known in (("images", [*IMAGES]), ("operations", [*EVERYTHING]), ("peers", [*PEERS])):
        chosen = getattr(options, option).split(",")
        if unknown := [name for name in chosen if name not in known]:
            parser.error(f"--{option}: no {', '.join(unknown)}; there are {', '.join(known)}")
        setattr(options, option, chosen)
    if "Grok" in options.peers and {"OpenJPH", "OpenHTJ2K"} & set(options.peers):
        parser.error("--peers: Grok does not live in one process with OpenJPH or OpenHTJ2K")
    return options


def main(arguments: list[str] | None = None) -> int:
    """Run the comparison and print it."""
    options = _parsed(arguments)
    if options.target:
        os.environ["PACSCORE_TARGET"] = options.target
    print(machine())
    print(" ".join(f"{heading:<{width}}" for heading, width in zip(HEADINGS, WIDTHS, strict=True)))
    peers = available_peers(options.peers)
    rows = []
    try:
        for threads in map(int, options.threads.split(",")):
            for row in compare(options.images, options.operations, peers, threads, options.rounds):
                print(" ".join(f"{c:<{width}}" for c, width in zip(row.cells(), WIDTHS, strict=True)), flush=True)
                rows.append(row)
    except DifferentError as error:
        print(f"DIFFERENT RESULTS: {error}", file=sys.stderr)
        return 1
    if options.json:
        described = [{**asdict(row), "ratio": row.ratio} for row in rows]
        text = json.dumps({"machine": machine(), "rows": described}, indent=1)
        options.json.write_text(text, encoding="utf-8")
    if options.markdown:
        options.markdown.write_text(speed_tables(machine(), rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
