"""``pacscore restore``: the original of a recoded codestream, byte for byte."""

from __future__ import annotations

import argparse
from pathlib import Path

import pacscore
from pacscore.cli.console import Console
from pacscore.cli.inputs import read_codestream

__all__ = ["add_arguments", "run"]

DESCRIPTION = "Restore the codestream that another one was recoded from, by the recipe; its SHA-256 is checked."
EPILOG = """\
examples:
  pacscore restore picture.j2c picture.recipe picture.j2k
  pacscore restore --json picture.j2c picture.recipe picture.j2k
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the subcommand takes."""
    parser.add_argument("input", type=Path, metavar="INPUT", help="what `pacscore recode` wrote")
    parser.add_argument("recipe", type=Path, metavar="RECIPE", help="what it wrote with --recipe")
    parser.add_argument("output", type=Path, metavar="OUTPUT", help="the original")


def run(arguments: argparse.Namespace, console: Console) -> None:
    """Restore the original and write it."""
    with console.input(arguments.input):
        restored = pacscore.restore(read_codestream(arguments.input), arguments.recipe.read_bytes())
        arguments.output.write_bytes(restored)
        facts = {"input": str(arguments.input), "output": str(arguments.output), "bytes": len(restored)}
        console.result(facts, f"{arguments.output}: {len(restored):,} bytes, those of the original")
