"""Cut and change every JPEG 2000 stream of the test data, and print how much of that is noticed.

    python tools/measure_damage.py [--data FOLDER] [--cuts 50] [--changes 200] [--largest 300000] [--markdown FILE]

Each stream, bare, in a file or in a DICOM object, is cut at random places and has single bytes changed, and each result
is decoded, indexed and given to a ProgressiveDecoder, some are recoded; in a child process with limits of CPU time and
memory. Ends with exit status 1 after a crash, a hang, an error that is not pacscore's own, or a cut that is called
whole though it touched a packet. A changed byte is noticed if decoding raises or reports damage; most changes inside
a code-block cannot be, unless the encoder has put in what can be checked.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import pacscore

DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[2] / "shared" / "data"))
FOLDERS = ("j2k/conformance", "j2k/features", "j2k/derived", "htj2k/conformance", "htj2k/features", "htj2k/wg04")
SYNTAXES = {f"1.2.840.10008.1.2.4.{last}" for last in (90, 91, 201, 202, 203)}
LIMITS = pacscore.Limits(output_bytes=1 << 27, code_blocks=1 << 18)
MEMORY = 4 << 30
SLOWEST = 60
"""Seconds of CPU time that no attempt may take."""
RECODED_EACH = 25
"""Of so many changed streams one is recoded."""


class Stream(NamedTuple):
    """A codestream or file, and where it comes from."""

    name: str
    data: bytes


@dataclass
class Count:
    """What became of the cut and the changed copies of streams."""

    streams: int = 0
    cuts: int = 0
    cuts_behind: int = 0
    """Those that took away nothing but what follows the last packet."""
    cuts_reported: int = 0
    changes: int = 0
    noticed: int = 0
    harmless: int = 0
    """Not noticed, and the pixels are the same."""

    def add(self, other: Count) -> None:
        """Add up."""
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(other, field.name))


def streams(data: Path, largest: int) -> Iterator[Stream]:
    """Yield the streams that are no larger than so many bytes."""
    for folder in FOLDERS:
        for path in sorted((data / folder).glob("*.j*")):
            if path.stat().st_size <= largest:
                yield Stream(f"{folder}/{path.name}", path.read_bytes())
    for path in sorted((data / "dicom").rglob("*.dcm")):
        try:
            with pacscore.open(path) as frames:
                if str(frames.transfer_syntax) not in SYNTAXES or not len(frames):
                    continue
                encoded = bytes(frames.encoded(0))
        except pacscore.PacscoreError:
            continue
        if len(encoded) <= largest:
            yield Stream(str(path.relative_to(data)), encoded)


def _decoded(data: bytes) -> pacscore.Partial | None:
    """Return what can be seen, None after an error of our own."""
    try:
        return pacscore.decode(data, on_damage="conceal", limits=LIMITS)
    except pacscore.PacscoreError:
        return None


def _arrived(data: bytes) -> pacscore.Partial | None:
    decoder = pacscore.ProgressiveDecoder(limits=LIMITS)
    try:
        for start in range(0, len(data), max(len(data) // 3, 1)):
            decoder.feed(data[start : start + max(len(data) // 3, 1)])
        decoder.finish()
        return decoder.image()
    except pacscore.PacscoreError:
        return None


def _attempt_others(data: bytes, *, recode: bool) -> None:
    """Index and recode: any error but our own is a finding."""
    try:
        index = pacscore.index(data, limits=LIMITS)
        index.completeness([(0, len(data))])
        if recode:
            ht = pacscore.inspect(data).block_coder != "part1"
            pacscore.recode(data, f"1.2.840.10008.1.2.4.{91 if ht else 203}", limits=LIMITS)
    except pacscore.PacscoreError:
        pass


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, list):
        return len(one) == len(other) and all(map(np.array_equal, one, other))
    return bool(np.array_equal(one, other))


def _cut(data: bytes, end: int, rng: np.random.Generator, count: Count) -> None:
    """Cut once; ``end`` is where the last packet ends."""
    cut = data[: int(rng.integers(0, len(data)))]
    found, arrived = _decoded(cut), _arrived(cut)
    reported = found is None or not found.report.complete
    if reported != (arrived is None or not arrived.report.complete):
        raise AssertionError(f"cut at {len(cut)}: decode and ProgressiveDecoder differ about whether it is whole")
    count.cuts += 1
    count.cuts_behind += len(cut) >= end
    count.cuts_reported += reported
    if not reported and len(cut) < end:
        raise AssertionError(f"cut at {len(cut)}, before the last packet ends at {end}, and called whole")
    _attempt_others(cut, recode=count.cuts % RECODED_EACH == 0)


def _change(data: bytes, image: Any, rng: np.random.Generator, count: Count) -> None:
    """Change one byte."""
    changed = bytearray(data)
    changed[rng.integers(0, len(data))] ^= int(rng.integers(1, 256))
    found = _decoded(bytes(changed))
    count.changes += 1
    if found is None or not found.report.complete:
        count.noticed += 1
    else:
        count.harmless += _same(found.image, image)
    arrived = _arrived(bytes(changed))
    if (found is None) != (arrived is None) or (found and arrived and not _same(found.image, arrived.image)):
        raise AssertionError("decode and ProgressiveDecoder show different pixels")
    _attempt_others(bytes(changed), recode=count.changes % RECODED_EACH == 0)


def damage(stream: Stream, cuts: int, changes: int, budget: float) -> Count | None:
    """Return what became of the copies of one stream; None if it is not whole itself.

    After ``budget`` seconds of CPU time for cuts, and as many for changes, no more copies are made.

    Raises
    ------
    AssertionError
        If a copy is called whole that is not, or is shown differently while it arrives.
    """
    sound = _decoded(stream.data)
    if sound is None or not sound.report.complete:
        return None
    packets = pacscore.index(stream.data, limits=LIMITS).packets
    end = int(packets["stop"].max(initial=0))
    rng = np.random.default_rng(len(stream.data))
    count = Count(streams=1)
    begin = time.process_time()
    while count.cuts < cuts and time.process_time() - begin < budget:
        _cut(stream.data, end, rng, count)
    begin = time.process_time()
    while count.changes < changes and time.process_time() - begin < budget:
        _change(stream.data, sound.image, rng, count)
    return count


def damage_in_a_child(stream: Stream, cuts: int, changes: int, budget: float) -> tuple[Count | None, str]:
    """Return the counts of one stream, and what went wrong, from a process that may die."""
    seconds = 2 * int(budget) + SLOWEST
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        try:
            counted = damage(stream, cuts, changes, budget)
            said: dict[str, Any] = {"count": None if counted is None else asdict(counted)}
        except BaseException as error:
            said = {"wrong": f"{type(error).__name__}: {error}"}
        os.write(writing, json.dumps(said).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(child, 0)
    if not answer:
        return None, f"the process died, status {status}"
    told = json.loads(answer)
    return (Count(**told["count"]) if told.get("count") else None), told.get("wrong", "")


def table(counts: dict[str, Count]) -> str:
    """Return the counts as a table for the docs."""
    lines = [
        "| Block coder | Streams | Cuts | Reported | Behind the last packet | Byte changes | Noticed | Same pixels |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, count in counts.items():
        changes = max(count.changes, 1)
        lines.append(
            f"| {name} | {count.streams:,} | {count.cuts:,} | {count.cuts_reported:,} | {count.cuts_behind:,} "
            f"| {count.changes:,} | {count.noticed / changes:.1%} | {count.harmless / changes:.1%} |"
        )
    return "\n".join(lines) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Damage, count and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--cuts", type=int, default=50)
    parser.add_argument("--changes", type=int, default=200)
    parser.add_argument("--largest", type=int, default=300_000, help="bytes of a stream; larger ones are left out")
    parser.add_argument("--budget", type=float, default=600, help="seconds of CPU time for one stream, twice")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there too")
    options = parser.parse_args(arguments)
    counts: dict[str, Count] = {}
    wrong = 0
    for stream in streams(options.data, options.largest):
        count, said = damage_in_a_child(stream, options.cuts, options.changes, options.budget)
        if said:
            wrong += 1
            print(f"{stream.name}: {said}", flush=True)
        if count is not None:
            counts.setdefault(pacscore.inspect(stream.data).block_coder, Count()).add(count)
    shown = table(dict(sorted(counts.items())))
    print(shown, end="")
    print(f"streams that went wrong: {wrong}")
    if options.markdown:
        options.markdown.write_text(shown, encoding="utf-8")
    return 1 if wrong or not counts else 0


if __name__ == "__main__":
    sys.exit(main())
