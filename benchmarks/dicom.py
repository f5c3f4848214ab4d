"""Compare the speed of pacscore and its peers on DICOM: in one process, taking turns, one thread, by its CPU time.

    python -m benchmarks.dicom [--operations htj2k-file,rle-decode] [--rounds 15] [--markdown FILE]

The least of all rounds counts; `ratio` is the peer's least time over ours, so that 2.0 means that pacscore is twice as
fast. A row whose results differ is an error; one whose peer is not installed is left out, and named.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.cases import DifferentError
from benchmarks.compare import machine, measured
from benchmarks.dicom_cases import DICOM_OPERATIONS
from benchmarks.tables import pair_table


def main(arguments: list[str] | None = None) -> int:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--operations", default=",".join(DICOM_OPERATIONS), help=f"of {', '.join(DICOM_OPERATIONS)}")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write a table there, for the docs")
    options = parser.parse_args(arguments)
    operations = options.operations.split(",")
    if unknown := [name for name in operations if name not in DICOM_OPERATIONS]:
        parser.error(f"--operations: no {', '.join(unknown)}; there are {', '.join(DICOM_OPERATIONS)}")
    print(machine())
    rows = []
    try:
        for name in operations:
            try:
                for case in DICOM_OPERATIONS[name]():
                    rows.append(row := measured(case, 1, options.rounds))
                    times = f"{1e3 * row.our_least:9.3f} ms {1e3 * row.peer_least:9.3f} ms"
                    print(f"{row.operation:<25} {row.image:<14} {row.peer:<28} {times} {row.ratio:7.2f}", flush=True)
            except (ImportError, FileNotFoundError) as error:
                print(f"{name}: LEFT OUT, {error}", file=sys.stderr)
    except DifferentError as error:
        print(f"DIFFERENT RESULTS: {error}", file=sys.stderr)
        return 1
    if options.markdown:
        options.markdown.write_text(pair_table(machine(), rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
