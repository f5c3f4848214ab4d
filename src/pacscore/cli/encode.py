"""``pacscore encode``: a picture as a bare codestream."""

from __future__ import annotations

import argparse
from pathlib import Path

import pacscore
from pacscore.cli.coding import add_coding_arguments, coding_options
from pacscore.cli.console import Console
from pacscore.cli.pictures import read_picture
from pacscore.cli.syntaxes import KEYWORDS, keyword, transfer_syntax

__all__ = ["add_arguments", "run"]

DESCRIPTION = "Encode an array or a picture as a bare codestream, losslessly unless the options say otherwise."
EPILOG = f"""\
examples:
  pacscore encode picture.png picture.j2c
  pacscore encode ct.npy ct.j2c --bits-stored 12 --levels 5
  pacscore encode slide.ppm slide.j2c --to htj2k --irreversible --quantization-step 0.002
  pacscore encode slide.ppm slide.j2c --to jpeg-2000 --rate 0.5 1 2

transfer syntaxes that decide the kind of codestream:
  {", ".join(name for name in KEYWORDS if "2000" in name or "htj2k" in name)}
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the subcommand takes."""
    parser.add_argument("input", type=Path, metavar="INPUT", help="ends in .npy, .png, .pgm or .ppm")
    parser.add_argument("output", type=Path, metavar="OUTPUT", help="the codestream, as in picture.j2c")
    parser.add_argument(
        "--to",
        type=transfer_syntax,
        default=KEYWORDS["htj2k-lossless-rpcl"],
        metavar="SYNTAX",
        help="transfer syntax, UID or keyword (default: htj2k-lossless-rpcl)",
    )
    parser.add_argument("--bits-stored", type=int, metavar="N", help="precision (default: the width of the type)")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="default: 1")
    add_coding_arguments(parser)


def run(arguments: argparse.Namespace, console: Console) -> None:
    """Encode the input and write the codestream."""
    with console.input(arguments.input):
        array = read_picture(arguments.input)
        data = pacscore.encode(
            array,
            arguments.to,
            coding_options(arguments),
            bits_stored=arguments.bits_stored,
            threads=arguments.threads,
        )
        arguments.output.write_bytes(data)
        facts = {
            "input": str(arguments.input),
            "output": str(arguments.output),
            "transfer_syntax": arguments.to,
            "shape": list(array.shape),
            "bytes_before": array.nbytes,
            "bytes_after": len(data),
        }
        text = f"{arguments.output}: {keyword(arguments.to)}, {array.nbytes:,} bytes of samples in {len(data):,}"
        console.result(facts, text)
