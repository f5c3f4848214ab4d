"""Compare the speed of pacscore and its peers on DICOM: in one process, taking turns, one thread, by its CPU time.

    python -m benchmarks.dicom [--operations htj2k-file,rle-decode] [--rounds 15] [--markdown FILE]

The least of all rounds counts; `ratio` is the peer's least time over ours, so that 2.0 means that pacscore is twice as
fast. A row whose results differ is an error; one whose peer is not installed is left out, and named.
"""

from __future__ import annotations

import sys

from benchmarks.dicom_cases import DICOM_OPERATIONS
from benchmarks.pairs import compare_pairs


def main(arguments: list[str] | None = None) -> int:
    """Run the comparison and print it."""
    return compare_pairs(__doc__, DICOM_OPERATIONS, arguments)


if __name__ == "__main__":
    sys.exit(main())
