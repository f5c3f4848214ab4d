"""The command line of benchmarks that compare each operation with a peer of its own."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.cases import Case, DifferentError
from benchmarks.compare import machine, measured
from benchmarks.tables import pair_table

__all__ = ["compare_pairs"]


def compare_pairs(
    description: str | None,
    known: dict[str, Callable[[], Iterator[Case]]],
    arguments: list[str] | None,
    more: Callable[[], str] | None = None,
) -> int:
    """Run the comparisons that the command line asks for, and print them; ``more`` goes below the table."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--operations", default=",".join(known), help=f"of {', '.join(known)}")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write a table there, for the docs")
    options = parser.parse_args(arguments)
    operations = options.operations.split(",")
    if unknown := [name for name in operations if name not in known]:
        parser.error(f"--operations: no {', '.join(unknown)}; there are {', '.join(known)}")
    print(machine())
    rows = []
    try:
        for name in operations:
            try:
                for case in known[name]():
                    rows.append(row := measured(case, 1, options.rounds))
                    times = f"{1e3 * row.our_least:9.3f} ms {1e3 * row.peer_least:9.3f} ms"
                    print(f"{row.operation:<25} {row.image:<14} {row.peer:<28} {times} {row.ratio:7.2f}", flush=True)
            except (ImportError, FileNotFoundError) as error:
                print(f"{name}: LEFT OUT, {error}", file=sys.stderr)
    except DifferentError as error:
        print(f"DIFFERENT RESULTS: {error}", file=sys.stderr)
        return 1
    below = more() if more else ""
    print(below, end="")
    if options.markdown:
        table = pair_table(machine(), rows)
        options.markdown.write_text(f"{table}\n{below}" if below else table, encoding="utf-8")
    return 0
