"""Prove over the test data that every CPU target gives the same results, and that the lowest runs on an old CPU.

    python tools/check_targets.py [--largest BYTES] [--old-cpu SECONDS] [FILE ...]

Each file is decoded (at full resolution and at half), its frames are coded again without loss and by the 9-7 path, and
the latter decoded: once for each target of this machine, and the digests of all results compared. An error is a result
as well. Then, if qemu-user is installed, the smallest codestreams are done again on an emulated Westmere, which has
nothing beyond SSE4.2, for about so many seconds. Ends with exit status 1 where results differ.

The last line's digest is over all results: it is the same on any machine that was given the same files.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import pacscore
from pacscore.support.targets import available_targets

DATA = Path(os.environ.get("PACSCORE_TEST_DATA", "../shared/data"))
CODESTREAMS = ("j2k/**/*.j*", "htj2k/**/*.j*", "hostile/codestream/*.j*", "hostile/derived/*.j*")
LIMITS = pacscore.Limits(output_bytes=256 << 20, expansion_floor_bytes=64 << 20)
HTJ2K_LOSSLESS, HTJ2K = "1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.203"
IRREVERSIBLE = pacscore.J2KOptions(reversible=False)
OLD_CPU = ("qemu-x86_64", "-cpu", "Westmere")
SECONDS_FOR_A_BYTE = 14e-6  # of codestream, on the emulated old CPU

Result = tuple[str, str]


def digest(data: bytes | NDArray[Any] | list[NDArray[Any]]) -> str:
    """Return the SHA-256 of bytes, or of arrays with their shapes and types."""
    state = hashlib.sha256()
    for part in data if isinstance(data, list) else [data]:
        if isinstance(part, np.ndarray):
            state.update(f"{part.dtype.str}{part.shape}".encode())
        state.update(np.ascontiguousarray(part).data if isinstance(part, np.ndarray) else part)
    return state.hexdigest()


def frames_of(path: Path) -> Iterator[tuple[str, NDArray[Any] | list[NDArray[Any]]]]:
    """Yield what a file holds: each frame of a DICOM object, or a codestream at two resolutions."""
    if path.suffix == ".dcm":
        with pacscore.open(path, limits=LIMITS) as frames:
            for index, frame in enumerate(frames):
                yield f"frame {index}", frame
    else:
        data = path.read_bytes()
        yield "decoded", pacscore.decode(data, limits=LIMITS)
        half = pacscore.decode(data, reduce=1, limits=LIMITS, on_damage="conceal")
        yield "half", half.image if isinstance(half, pacscore.Partial) else half


def coded(frame: NDArray[Any]) -> Iterator[Result]:
    """Yield digests of a frame coded without loss, coded with loss, and decoded from that."""
    yield "lossless", digest(pacscore.encode(frame, HTJ2K_LOSSLESS))
    lossy = pacscore.encode(frame, HTJ2K, IRREVERSIBLE)
    yield "9-7", digest(lossy)
    yield "9-7 decoded", digest(pacscore.decode(lossy, limits=LIMITS))


def results(path: Path) -> Iterator[Result]:
    """Yield a digest for each thing that can be done with a file; an error ends them."""
    try:
        for name, frame in frames_of(path):
            yield name, digest(frame)
            for plane in frame if isinstance(frame, list) else [frame]:
                if plane.dtype.kind in "iu":
                    yield from ((f"{name} {what}", value) for what, value in coded(plane))
    except (pacscore.PacscoreError, OSError) as error:
        yield "error", digest(f"{type(error).__name__}: {error}".encode())


def results_of_target(path: Path, target: str) -> list[Result]:
    """Return the results with ``PACSCORE_TARGET`` set."""
    os.environ["PACSCORE_TARGET"] = target
    return list(results(path))


def compare_targets(files: Iterable[Path]) -> tuple[str, int]:
    """Print a line for each file whose results differ between targets; return the digest of all and that number."""
    targets = list(available_targets())
    everything, seconds = hashlib.sha256(), dict.fromkeys(targets, 0.0)
    count = errors = different = 0
    for path in files:
        found = {}
        for target in targets:
            started = time.process_time()
            found[target] = results_of_target(path, target)
            seconds[target] += time.process_time() - started
        first = found[targets[0]]
        count += len(first)
        errors += sum(name == "error" for name, _ in first)
        everything.update(json.dumps([path.name, first]).encode())
        for target in targets[1:]:
            if found[target] != first:
                different += 1
                names = [mine[0] for mine, other in zip(found[target], first, strict=False) if mine != other]
                print(f"{path}: {target} differs from {targets[0]} in {', '.join(names) or 'the number of results'}")
    times = ", ".join(f"{target} {value:.0f} s" for target, value in seconds.items())
    verdict = "DIFFERENT" if different else "equal by hash"
    print(f"{count} results of each target, {errors} of them errors ({times}): {verdict}")
    return everything.hexdigest(), different


def choose_for_old_cpu(files: list[Path], seconds: float) -> list[Path]:
    """Return the smallest codestreams, as many as the emulated CPU does in that time."""
    chosen: list[Path] = []
    left = seconds
    for path in sorted((path for path in files if path.suffix != ".dcm"), key=lambda path: path.stat().st_size):
        left -= path.stat().st_size * SECONDS_FOR_A_BYTE
        if left < 0:
            break
        chosen.append(path)
    return chosen


def check_old_cpu(files: list[Path]) -> int:
    """Do the files on an emulated old CPU and here; return 1 where the results differ."""
    command = [*OLD_CPU, sys.executable, __file__, "--old-cpu", "0", *map(str, files)]
    emulated = subprocess.run(command, capture_output=True, text=True, check=False)
    print(f"{len(files)} codestreams on {' '.join(OLD_CPU)}:\n{emulated.stdout}{emulated.stderr}", end="")
    if emulated.returncode:
        print(f"exit status {emulated.returncode}")
        return 1
    here, _ = compare_targets(files)
    same = here in emulated.stdout
    print("the same as here" if same else f"DIFFERENT: here they give {here}")
    return 0 if same else 1


def main() -> int:
    """Check, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--largest", type=int, default=1 << 40, metavar="BYTES", help="leave out larger files")
    parser.add_argument("--old-cpu", type=float, default=30, metavar="SECONDS", help="0: no emulation")
    chosen = parser.parse_args()
    files = chosen.files or sorted({p for pattern in (*CODESTREAMS, "dicom/**/*.dcm") for p in DATA.glob(pattern)})
    files = [path for path in files if path.stat().st_size <= chosen.largest]
    if not files:
        print(f"no files in {DATA}: set PACSCORE_TEST_DATA")
        return 1
    print(f"{len(files)} files, targets {', '.join(available_targets())}")
    everything, different = compare_targets(files)
    if chosen.old_cpu and (platform.machine() != "x86_64" or not shutil.which(OLD_CPU[0])):
        print("the old CPU is left out: it needs an x86-64 machine, and apt-get install qemu-user")
    elif chosen.old_cpu:
        different += check_old_cpu(choose_for_old_cpu(files, chosen.old_cpu))
    print(everything)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
