"""Compare the speed of pacscore and its peers: in one process, taking turns, on equal work with equal results.

    python -m benchmarks.compare [--images CT,MR] [--operations decode,encode] [--threads 1,2] [--json FILE]

One thread is measured by the process's CPU time, several by wall time. The least of all rounds counts; `ratio` is the
peer's least time over ours, so that 2.0 means that pacscore is twice as fast. Decoding is measured on the bytes that
the peer wrote and on those that we wrote. A row whose results differ is an error.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import pacscore
from benchmarks.images import IMAGES, Picture, load

HTJ2K_LOSSLESS = "1.2.840.10008.1.2.4.201"


@dataclass(frozen=True)
class Row:
    """One comparison: times in seconds, least and median of the rounds."""

    image: str
    operation: str
    peer: str
    threads: int
    raw_bytes: int
    pacscore_least: float
    pacscore_median: float
    peer_least: float
    peer_median: float

    @property
    def ratio(self) -> float:
        """How many times as fast pacscore is."""
        return self.peer_least / self.pacscore_least


class OpenJPH:
    """OpenJPH through imagecodecs; it uses one thread."""

    name = "OpenJPH (imagecodecs)"

    def encode(self, picture: Picture, threads: int) -> bytes:
        """Encode without loss."""
        import imagecodecs

        del threads
        color = picture.array.ndim == 3
        return bytes(imagecodecs.htj2k_encode(picture.array, reversible=True, rgb=color, planar=False))

    def decode(self, data: bytes, threads: int) -> NDArray[Any]:
        """Decode a codestream."""
        import imagecodecs

        del threads
        return np.asarray(imagecodecs.htj2k_decode(data))


class OpenJPEG:
    """OpenJPEG through imagecodecs; it decodes HTJ2K and cannot write it."""

    name = "OpenJPEG (imagecodecs)"
    encode = None

    def decode(self, data: bytes, threads: int) -> NDArray[Any]:
        """Decode a codestream."""
        import imagecodecs

        return np.asarray(imagecodecs.jpeg2k_decode(data, numthreads=threads))


PEERS: tuple[Any, ...] = (OpenJPH(), OpenJPEG())


def measure(calls: list[Callable[[], Any]], rounds: int, threads: int) -> list[list[float]]:
    """Return the seconds of each call in each round; the order turns from round to round."""
    clock = time.process_time if threads == 1 else time.perf_counter
    seconds: list[list[float]] = [[] for _ in calls]
    for turn in range(rounds):
        order = range(len(calls)) if turn % 2 == 0 else range(len(calls) - 1, -1, -1)
        for i in order:
            started = clock()
            calls[i]()
            seconds[i].append(clock() - started)
    return seconds


def _check_equal(got: NDArray[Any], want: NDArray[Any], what: str) -> None:
    if got.ndim == 3 and got.shape != want.shape:
        got = np.moveaxis(got, 0, -1)
    if not np.array_equal(got, want):
        raise SystemExit(f"{what}: the result differs from the picture")


def _cases(
    picture: Picture, threads: int, operations: list[str]
) -> Iterator[tuple[str, str, Callable[[], Any], Callable[[], Any]]]:
    """Yield operation, peer, our call and the peer's call, after checking that both give the picture."""

    def ours_encoded() -> bytes:
        return pacscore.encode(picture.array, HTJ2K_LOSSLESS, bits_stored=picture.bits_stored, threads=threads)

    our_bytes = ours_encoded()
    for peer in PEERS:
        if peer.encode is not None and "encode" in operations:
            _check_equal(
                np.asarray(pacscore.decode(peer.encode(picture, threads))), picture.array, f"{peer.name} encoded"
            )
            yield "encode", peer.name, ours_encoded, partial(peer.encode, picture, threads)
        if "decode" in operations:
            for whose, data in (("ours", our_bytes), ("theirs", peer.encode and peer.encode(picture, threads))):
                if not data:
                    continue
                _check_equal(peer.decode(data, threads), picture.array, f"{peer.name} decoding {whose}")
                _check_equal(np.asarray(pacscore.decode(data)), picture.array, f"pacscore decoding {whose}")
                yield (
                    f"decode {whose}",
                    peer.name,
                    partial(pacscore.decode, data, threads=threads),
                    partial(peer.decode, data, threads),
                )


def compare(images: list[str], operations: list[str], threads: int, rounds: int) -> Iterator[Row]:
    """Yield a row for each image, operation and peer."""
    for name in images:
        try:
            picture = load(name)
        except (ImportError, FileNotFoundError) as error:
            print(f"{name}: left out, {error}", file=sys.stderr)
            continue
        for operation, peer, ours, theirs in _cases(picture, threads, operations):
            our_seconds, peer_seconds = measure([ours, theirs], rounds, threads)
            yield Row(
                name,
                operation,
                peer,
                threads,
                picture.array.nbytes,
                min(our_seconds),
                statistics.median(our_seconds),
                min(peer_seconds),
                statistics.median(peer_seconds),
            )


def _print_row(row: Row) -> None:
    ours, theirs = (row.raw_bytes / seconds / 1e6 for seconds in (row.pacscore_least, row.peer_least))
    print(
        f"{row.image:<7} {row.operation:<14} {row.peer:<24} {row.threads:>2} "
        f"{ours:>8.0f} {theirs:>8.0f} {row.ratio:>6.2f}",
        flush=True,
    )


def main(arguments: list[str] | None = None) -> int:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", default=",".join(IMAGES), help="which pictures, comma separated")
    parser.add_argument("--operations", default="encode,decode")
    parser.add_argument("--threads", default="1", help="numbers of threads, comma separated")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there too")
    options = parser.parse_args(arguments)
    images = options.images.split(",")
    if unknown := set(images) - set(IMAGES):
        parser.error(f"no such image: {', '.join(sorted(unknown))}; there are {', '.join(IMAGES)}")
    print(f"pacscore {pacscore.__version__}, Python {platform.python_version()}, {platform.machine()}")
    print(f"{'image':<7} {'operation':<14} {'peer':<24} {'th':>2} {'MB/s':>8} {'peer':>8} {'ratio':>6}")
    rows = []
    for threads in map(int, options.threads.split(",")):
        for row in compare(images, options.operations.split(","), threads, options.rounds):
            _print_row(row)
            rows.append({**asdict(row), "ratio": row.ratio})
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
