"""``pacscore recode``: a codestream from JPEG 2000 to HTJ2K or back, by its quantiser indices."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pacscore
from pacscore.cli.console import Console
from pacscore.cli.inputs import read_codestream
from pacscore.cli.layout import add_layout_arguments, layout_choices
from pacscore.cli.syntaxes import keyword, transfer_syntax

__all__ = ["add_arguments", "run"]

DESCRIPTION = (
    "Carry a codestream over from JPEG 2000 to HTJ2K or back: the same quantiser indices, coded by the other\n"
    "block coder. No pixel changes. A recipe brings the original back, byte for byte, with `pacscore restore`."
)
EPILOG = """\
examples:
  pacscore recode picture.j2k picture.j2c --to htj2k
  pacscore recode picture.j2k picture.j2c --to htj2k-lossless --recipe picture.recipe
  pacscore recode picture.j2c picture.j2k --to jpeg-2000 --progression LRCP

transfer syntaxes: jpeg-2000-lossless, jpeg-2000, htj2k-lossless, htj2k-lossless-rpcl, htj2k
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the subcommand takes."""
    parser.add_argument("input", type=Path, metavar="INPUT", help="codestream, JP2 or JPH file")
    parser.add_argument("output", type=Path, metavar="OUTPUT", help="the codestream, as in picture.j2c")
    parser.add_argument("--to", type=transfer_syntax, required=True, metavar="SYNTAX", help="UID or keyword")
    parser.add_argument("--recipe", type=Path, metavar="FILE", help="write the way back to the original bytes")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="default: 1")
    add_layout_arguments(parser, ("main", "tile"))
    parser.add_argument(
        "--styles",
        nargs="+",
        default=(),
        choices=("bypass", "reset", "termall", "predictable", "segsym"),
        metavar="STYLE",
        help="of Part 1 code-blocks: bypass, reset, termall, predictable, segsym",
    )


def run(arguments: argparse.Namespace, console: Console) -> None:
    """Recode the input and write the codestream, and the recipe if it is asked for."""
    with console.input(arguments.input):
        options = pacscore.J2KOptions(styles=tuple(arguments.styles), **layout_choices(arguments))
        data = read_codestream(arguments.input)
        recoded = pacscore.recode(data, arguments.to, options, threads=arguments.threads)
        recipe = recoded.recipe if arguments.recipe else None
        arguments.output.write_bytes(recoded.data)
        facts = {
            "input": str(arguments.input),
            "output": str(arguments.output),
            **json.loads(recoded.report.to_json()),
        }
        told = "the same quantiser indices" if recoded.report.exact else "what is damaged was left out"
        text = f"{arguments.output}: {keyword(arguments.to)}, {len(data):,} to {len(recoded.data):,} bytes, {told}"
        if recipe is not None:
            arguments.recipe.write_bytes(recipe)
            facts |= {"recipe": str(arguments.recipe), "recipe_bytes": len(recipe)}
            text += f"\n{arguments.recipe}: {len(recipe):,} bytes, the way back"
        console.result(facts, text)
