"""Print what `import pacscore` and a first decode cost beside `import numpy`: fresh processes, the least of several.

    python tools/measure_import.py [--runs 20] [--most 1.5]

Ends with exit status 1 where the ratio is above ``--most``.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import pacscore

NUMPY = "import numpy"
DECODE = "import sys, pacscore\nwith open(sys.argv[1], 'rb') as file:\n    pacscore.decode(file.read())"


def least_seconds(scripts: dict[str, str], runs: int, *arguments: str) -> dict[str, float]:
    """Return the least wall time of each script in a fresh process; they take turns, so that noise meets all alike."""
    least = dict.fromkeys(scripts, float("inf"))
    for _ in range(runs):
        for name, script in scripts.items():
            started = time.perf_counter()
            subprocess.run([sys.executable, "-c", script, *arguments], check=True)
            least[name] = min(least[name], time.perf_counter() - started)
    return least


def main() -> int:
    """Measure, print, and judge where a limit is given."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--most", type=float, help="the largest ratio that is still well")
    arguments = parser.parse_args()
    picture = np.arange(512 * 512, dtype=np.uint32).astype(np.uint16).reshape(512, 512)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "picture.j2c")
        path.write_bytes(pacscore.encode(picture, "1.2.840.10008.1.2.4.202"))
        scripts = {NUMPY: NUMPY, "import pacscore, decode 512 x 512": DECODE}
        least = least_seconds(scripts, arguments.runs, str(path))
    for name, seconds in least.items():
        print(f"{name:<36} {seconds * 1000:7.1f} ms")
    numpy_seconds, pacscore_seconds = least.values()
    ratio = pacscore_seconds / numpy_seconds
    print(f"{'ratio':<36} {ratio:7.2f}")
    return int(arguments.most is not None and ratio > arguments.most)


if __name__ == "__main__":
    sys.exit(main())
