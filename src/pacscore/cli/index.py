"""``pacscore index``: which bytes of a codestream hold what, and which of them a view needs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

import pacscore
from pacscore.cli.console import Console

__all__ = ["add_arguments", "run"]

DESCRIPTION = (
    "Find every packet of a codestream from its headers, save where they are, and say which byte ranges a view needs.\n"
    "No code-block is decoded."
)
EPILOG = """\
examples:
  pacscore index slide.j2k
  pacscore index slide.j2k --save slide.index --plot slide.svg
  pacscore index slide.j2k --reduce 3
  pacscore index --json slide.j2k --region 512 512 256 256 --layers 1 --gap 4096 | jq '.results[].ranges'
"""

_MOST_LINES = 40
"""Of a kind; the JSON document has all."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the subcommand takes."""
    parser.add_argument("input", type=Path, metavar="INPUT", help="codestream, JP2 or JPH file")
    parser.add_argument("--save", type=Path, metavar="FILE", help="write the index as a side-car")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw what lies where, as .svg or .png (Pillow)")
    view = parser.add_argument_group("the byte ranges of a view")
    view.add_argument("--reduce", type=int, metavar="N", help="highest resolutions that it leaves out")
    view.add_argument(
        "--region", type=int, nargs=4, metavar=("ROW", "COLUMN", "ROWS", "COLUMNS"), help="in pixels of the whole"
    )
    view.add_argument("--layers", type=int, metavar="N", help="quality layers that it uses")
    view.add_argument("--gap", type=int, default=0, metavar="BYTES", help="join ranges no further apart (default: 0)")


def run(arguments: argparse.Namespace, console: Console) -> None:
    """Index the input, and do with the index what is asked for."""
    with console.input(arguments.input):
        found = pacscore.index(arguments.input)
        facts, lines = _summary(found)
        view = (arguments.reduce, arguments.region, arguments.layers)
        if any(choice is not None for choice in view):
            region = pacscore.Region(*arguments.region) if arguments.region else None
            ranges = found.ranges(
                reduce=arguments.reduce or 0, region=region, layers=arguments.layers, gap=arguments.gap
            )
            total = sum(stop - start for start, stop in ranges)
            facts |= {"ranges": [list(each) for each in ranges], "range_bytes": total}
            lines.append(f"the view needs {total:,} bytes ({total / found.size:.2%}) in {len(ranges):,} ranges")
            lines += [f"  {start:,} to {stop:,}" for start, stop in ranges[:_MOST_LINES]]
            lines += [f"  ... and {len(ranges) - _MOST_LINES:,} more"] if len(ranges) > _MOST_LINES else []
        if arguments.plot:
            from pacscore.cli.byte_layout import draw_layout  # noqa: PLC0415 - few ask for it

            draw_layout(found, arguments.plot, arguments.input.name)
            facts["plot"] = str(arguments.plot)
            lines.append(f"{arguments.plot}: what lies where")
        if arguments.save:
            facts |= {"index": str(arguments.save), "index_bytes": found.save(arguments.save)}
            lines.append(f"{arguments.save}: {facts['index_bytes']:,} bytes, the index")
        console.result({"input": str(arguments.input), **facts}, f"{arguments.input}\n  " + "\n  ".join(lines))


def _summary(found: pacscore.CodestreamIndex) -> tuple[dict[str, Any], list[str]]:
    """Return what there is in all, and by resolution and layer."""
    sizes = (found.packets["stop"] - found.packets["start"]).astype(np.int64)
    facts: dict[str, Any] = {
        "bytes": found.size,
        "fetched": found.fetched,
        "tile_parts": len(found.tile_parts),
        "packets": len(found.packets),
        "missing": found.missing,
    }
    lines = [
        f"{found.size:,} bytes, of which {found.fetched:,} were read; "
        f"tile-parts: {len(found.tile_parts):,}, packets: {len(found.packets):,}"
    ]
    if found.missing is not None:
        lines.append(f"not whole: {found.missing}")
    for name in ("resolution", "layer", "component"):
        values, places = np.unique(found.packets[name], return_inverse=True)
        counts, totals = np.bincount(places), np.bincount(places, sizes)
        rows = list(zip(values.tolist(), counts.tolist(), map(int, totals), strict=True))
        facts[f"by_{name}"] = [{name: value, "packets": count, "bytes": size} for value, count, size in rows]
        if len(rows) > 1:
            shown = rows if len(rows) <= _MOST_LINES else rows[:_MOST_LINES]
            lines += [f"{name} {value:<6} {count:>9,} packets {size:>14,} bytes" for value, count, size in shown]
            lines += [f"... and {len(rows) - len(shown):,} more"] if len(shown) < len(rows) else []
    return facts, lines
