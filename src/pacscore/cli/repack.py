"""``pacscore repack``: the packets of a codestream in another order, or fewer of them."""

from __future__ import annotations

import argparse
from pathlib import Path

import pacscore
from pacscore.cli.console import Console
from pacscore.cli.inputs import read_codestream
from pacscore.cli.layout import add_layout_arguments, layout_choices

__all__ = ["add_arguments", "run"]

DESCRIPTION = (
    "Rearrange a codestream without decoding it: another order of packets, other tile-parts, lengths told or not,\n"
    "fewer layers or resolutions, a file around it or none. What is not asked for stays as it is."
)
EPILOG = """\
examples:
  pacscore repack picture.j2k picture-rpcl.j2k --progression RPCL --tile-parts resolution --tlm --plt
  pacscore repack picture.jp2 picture.j2k --format codestream
  pacscore repack picture.j2k small.j2k --reduce 3
  pacscore repack layers.j2k preview.j2k --layers 1 --no-plt
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the subcommand takes."""
    parser.add_argument("input", type=Path, metavar="INPUT", help="codestream, JP2 or JPH file")
    parser.add_argument("output", type=Path, metavar="OUTPUT", help="the rearranged one")
    parser.add_argument("--layers", type=int, metavar="N", help="quality layers to keep, from the first")
    parser.add_argument("--reduce", type=int, default=0, metavar="N", help="highest resolutions to drop")
    parser.add_argument("--format", dest="file_format", choices=("codestream", "jp2", "jph"), help="of the output")
    parser.add_argument(
        "--color-space", choices=("greyscale", "srgb", "sycc"), help="for a file around a bare codestream"
    )
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="default: 1")
    add_layout_arguments(parser, ("main", "tile", "packets"))


def run(arguments: argparse.Namespace, console: Console) -> None:
    """Rearrange the input and write the output."""
    with console.input(arguments.input):
        options = pacscore.RepackOptions(
            layers=arguments.layers,
            reduce=arguments.reduce,
            file_format=arguments.file_format,
            color_space=arguments.color_space,
            **layout_choices(arguments),
        )
        data = read_codestream(arguments.input)
        rearranged = pacscore.repack(data, options, threads=arguments.threads)
        info = pacscore.inspect(rearranged)
        arguments.output.write_bytes(rearranged)
        facts = {
            "input": str(arguments.input),
            "output": str(arguments.output),
            "bytes_before": len(data),
            "bytes_after": len(rearranged),
            "rows": info.rows,
            "columns": info.columns,
            "progression": info.progression,
            "tile_parts": info.tile_parts,
            "file_format": info.file_format,
        }
        console.result(
            facts,
            f"{arguments.output}: {info.file_format}, {info.rows} x {info.columns}, {info.progression}, "
            f"{info.tile_parts:,} tile-part{'s' if info.tile_parts != 1 else ''}, "
            f"{len(data):,} to {len(rearranged):,} bytes",
        )
