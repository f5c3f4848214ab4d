"""``pacscore encode``: a picture as a bare codestream."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import pacscore
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
    coding = parser.add_argument_group("coding")
    coding.add_argument("--levels", type=int, dest="decomposition_levels", metavar="N", help="decomposition levels")
    coding.add_argument("--code-block", type=int, nargs=2, metavar=("ROWS", "COLUMNS"), help="default: 64 64")
    coding.add_argument("--tile", type=int, nargs=2, metavar=("ROWS", "COLUMNS"), help="default: one tile")
    coding.add_argument(
        "--precinct",
        type=int,
        nargs=2,
        action="append",
        metavar=("ROWS", "COLUMNS"),
        help="highest resolution first; give it again for the next ones",
    )
    coding.add_argument("--progression", choices=("LRCP", "RLCP", "RPCL", "PCRL", "CPRL"))
    coding.add_argument(
        "--tile-parts", choices=("single", "resolution", "component", "layer"), help="at what a new tile-part begins"
    )
    filters = coding.add_mutually_exclusive_group()
    filters.add_argument("--reversible", action="store_true", default=None, help="the 5-3 filter")
    filters.add_argument("--irreversible", action="store_false", dest="reversible", help="the 9-7 filter")
    coding.add_argument("--quantization-step", type=float, metavar="STEP", help="relative to the full range")
    coding.add_argument(
        "--no-color-transform",
        action="store_false",
        dest="color_transform",
        default=None,
        help="keep three components as they are",
    )
    coding.add_argument("--tlm", action="store_true", default=None, help="write tile-part lengths")
    coding.add_argument("--plt", action="store_true", default=None, help="write packet lengths")
    coding.add_argument("--sop", action="store_true", help="write SOP marker segments")
    coding.add_argument("--eph", action="store_true", help="write EPH markers")
    coding.add_argument("--comment", metavar="TEXT", help="write a COM marker segment")


def run(arguments: argparse.Namespace, console: Console) -> None:
    """Encode the input and write the codestream."""
    with console.input(arguments.input):
        array = read_picture(arguments.input)
        data = pacscore.encode(
            array,
            arguments.to,
            pacscore.J2KOptions(**_choices(arguments)),
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


def _choices(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the options that were given, so that the others stay what the transfer syntax asks for."""
    given = {
        name: getattr(arguments, name)
        for name in (
            "decomposition_levels",
            "progression",
            "reversible",
            "quantization_step",
            "color_transform",
            "tile_parts",
            "tlm",
            "plt",
            "comment",
        )
    }
    for name in ("code_block", "tile"):
        given[f"{name}_rows"], given[f"{name}_columns"] = getattr(arguments, name) or (None, None)
    given |= {name: getattr(arguments, name) or None for name in ("sop", "eph")}
    given["precincts"] = tuple(map(tuple, arguments.precinct)) if arguments.precinct else None
    return {name: value for name, value in given.items() if value is not None}
