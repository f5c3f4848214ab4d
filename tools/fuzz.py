"""Change codestreams at random, and see that each ends in a result or a PacscoreError, quickly.

    python tools/fuzz.py [--seconds 60] [--seed 1] [--most-seconds 2] [FILE ...]

The files are what is changed; small codestreams of our own come beside them. The codestream at work lies in
``fuzz-failures/current.j2c`` while it is decoded, so that it is still there after a crash. Ends with exit status 1
where one was too slow or raised something else; those are kept in ``fuzz-failures/``.
"""

import argparse
import hashlib
import random
import sys
import time
from pathlib import Path

import numpy as np

import pacscore

FAILURES = Path("fuzz-failures")
LIMITS = pacscore.Limits(output_bytes=64 << 20, expansion_floor_bytes=16 << 20)
LARGEST_SEED = 20_000


def own_codestreams() -> list[bytes]:
    """Return small codestreams with various options."""
    rows, columns = np.mgrid[0:37, 0:53]
    grey = (rows * columns % 4096).astype(np.uint16)
    colour = np.stack([grey % 251, grey % 241, grey % 239], axis=-1).astype(np.uint8)
    options = [
        pacscore.J2KOptions(),
        pacscore.J2KOptions(tile_rows=20, tile_columns=30, progression="LRCP", plt=True),
        pacscore.J2KOptions(precincts=((16, 16),), progression="PCRL", sop=True, eph=True),
        pacscore.J2KOptions(reversible=False, quantization_step=1 / 256, progression="CPRL"),
    ]
    return [pacscore.encode(array, "1.2.840.10008.1.2.4.203", option) for array in (grey, colour) for option in options]


def changed(data: bytes, source: random.Random) -> bytes:
    """Return the bytes with some flipped, replaced, left out, doubled or cut off."""
    result = bytearray(data)
    for _ in range(source.choice((1, 1, 1, 2, 4, 16))):
        # Headers decide more than data does: half of the changes go there.
        at = source.randrange(min(len(result), 200) if source.random() < 0.5 else len(result))
        kind = source.randrange(6)
        if kind == 0:
            result[at] ^= 1 << source.randrange(8)
        elif kind == 1:
            result[at] = source.choice((0, 1, 0x7F, 0x80, 0xFE, 0xFF))
        elif kind == 2:
            del result[at : at + source.randrange(1, 9)]
        elif kind == 3:
            result[at:at] = result[at : at + source.randrange(1, 65)]
        elif kind == 4:
            result[at : at + 4] = source.randbytes(4)
        elif source.random() < 0.2:
            del result[at:]
        if not result:
            return b"\xff"
    return bytes(result)


def complaint(data: bytes) -> str | None:
    """Decode the bytes in every way, and return what is wrong with how it ended."""
    for work in (
        lambda: pacscore.inspect(data, limits=LIMITS),
        lambda: pacscore.decode(data, limits=LIMITS),
        lambda: pacscore.decode(data, limits=LIMITS, on_damage="conceal"),
        lambda: pacscore.decode(data, limits=LIMITS, on_damage="conceal", reduce=1),
    ):
        try:
            work()
        except pacscore.PacscoreError:
            continue
        except Exception as error:  # whatever else it is, it is what we are looking for
            return f"{type(error).__name__}: {error}"
    return None


def main() -> int:
    """Change and decode until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--most-seconds", type=float, default=2.0, help="for one codestream")
    arguments = parser.parse_args()
    FAILURES.mkdir(exist_ok=True)
    seeds = own_codestreams()
    seeds += [path.read_bytes() for path in arguments.files if 0 < path.stat().st_size <= LARGEST_SEED]
    print(f"seed {arguments.seed}, {len(seeds)} codestreams to change")
    source = random.Random(arguments.seed)
    end = time.monotonic() + arguments.seconds
    tried = failed = 0
    slowest = 0.0
    while time.monotonic() < end:
        data = changed(source.choice(seeds), source)
        FAILURES.joinpath("current.j2c").write_bytes(data)
        started = time.process_time()
        problem = complaint(data)
        taken = time.process_time() - started
        slowest = max(slowest, taken)
        tried += 1
        if problem is None and taken > arguments.most_seconds:
            problem = f"took {taken:.1f} s"
        if problem is not None:
            failed += 1
            path = FAILURES / f"{hashlib.sha256(data).hexdigest()[:16]}.j2c"
            path.write_bytes(data)
            print(f"{path}: {problem}")
    FAILURES.joinpath("current.j2c").unlink()
    print(f"{tried} codestreams, {failed} failures, the slowest took {slowest:.2f} s")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
