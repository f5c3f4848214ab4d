"""Kill processes while they fill a cache on disk, and look whether it ever gives a wrong byte, or a part as the whole.

    python tools/kill_cache.py [--kills 100] [--seed 1] [--encrypted]

Each child opens the folder, puts random ranges of frames whose bytes are known, reads others, and is killed after a few
milliseconds, in the middle of whatever it does. Then ranges are asked for, whole frames among them. One that is given
must be right. Each ten children share the folder with another one that lives on.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from pacscore.cache import ByteCache

OBJECT = "0123456789abcdef" * 4
FRAMES = 12
LIMIT = 8 << 20


def content(frame: int) -> bytes:
    """Return all bytes of a frame."""
    return random.Random(frame).randbytes(40_000 + 30_000 * frame)


CONTENTS = [content(frame) for frame in range(FRAMES)]


def opened(folder: Path, key: bytes | None) -> ByteCache:
    """Return a cache that has nothing but what lies on disk."""
    return ByteCache(memory_bytes=0, folder=folder, disk_bytes=LIMIT, key=key)


def wrong_ranges(cache: ByteCache, seed: int) -> tuple[int, int]:
    """Return how many ranges the cache gives, and how many of them are not what they should be."""
    chance = random.Random(seed)
    given = wrong = 0
    for frame, whole in enumerate(CONTENTS):
        ranges = [(0, len(whole)), *(sorted(chance.sample(range(len(whole)), 2)) for _ in range(5))]
        for start, stop in ranges:
            found = cache.get(OBJECT, frame, start, stop)
            if found is not None:
                given += 1
                wrong += found != whole[start:stop]
    return given, wrong


def fill_for_ever(folder: Path, key: bytes | None, seed: int) -> None:
    """Put ranges of frames, and read others, until somebody kills."""
    chance = random.Random(seed)
    cache = opened(folder, key)
    while True:
        frame = chance.randrange(FRAMES)
        start, stop = sorted(chance.sample(range(len(CONTENTS[frame]) + 1), 2))
        cache.put(OBJECT, frame, start, CONTENTS[frame][start:stop])
        if wrong_ranges(cache, chance.randrange(1 << 30))[1]:
            os._exit(3)


def filling(folder: Path, key: bytes | None, seed: int) -> int:
    """Start a child that fills the cache, and return its number."""
    child = os.fork()
    if child == 0:
        try:
            fill_for_ever(folder, key, seed)
        finally:
            os._exit(4)
    return child


def kill_often(folder: Path, kills: int, seed: int, key: bytes | None = None) -> tuple[int, int, int, int]:
    """Return ranges given after kills, wrong ones, children that ended otherwise, and the folder's bytes."""
    chance = random.Random(seed)
    given = wrong = otherwise = 0
    companion = 0
    for number in range(kills):
        if number % 10 == 0:
            companion = filling(folder, key, chance.randrange(1 << 30))
        child = filling(folder, key, chance.randrange(1 << 30))
        time.sleep(chance.uniform(0.005, 0.06))
        victims = [child] if number % 10 < 9 else [child, companion]
        for victim in victims:
            os.kill(victim, signal.SIGKILL)
            _, status = os.waitpid(victim, 0)
            otherwise += not os.WIFSIGNALED(status)
        with opened(folder, key) as cache:
            found = wrong_ranges(cache, chance.randrange(1 << 30))
            given, wrong = given + found[0], wrong + found[1]
    if kills % 10:
        os.kill(companion, signal.SIGKILL)
        otherwise += not os.WIFSIGNALED(os.waitpid(companion, 0)[1])
    with opened(folder, key):
        pass  # tidies up
    taken = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return given, wrong, otherwise, taken


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0] if __doc__ else "")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--encrypted", action="store_true")
    chosen = parser.parse_args()
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        key = b"k" * 32 if chosen.encrypted else None
        given, wrong, otherwise, taken = kill_often(Path(folder), chosen.kills, chosen.seed, key)
    print(
        f"{chosen.kills} kills in {time.monotonic() - begin:.1f} s: {given} ranges given, {wrong} of them wrong; "
        f"{otherwise} children found a wrong range themselves or failed; the folder takes {taken:,} bytes"
    )
    return 1 if wrong or otherwise else 0


if __name__ == "__main__":
    sys.exit(main())
