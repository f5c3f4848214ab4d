"""Choices for JPEG 2000 coding, which several subcommands take."""

from __future__ import annotations

import argparse

import pacscore

__all__ = ["add_coding_arguments", "coding_options"]

_NAMES = (
    "decomposition_levels",
    "progression",
    "reversible",
    "quantization_step",
    "color_transform",
    "layers",
    "rate",
    "psnr",
    "styles",
    "tile_parts",
    "tlm",
    "plt",
    "comment",
)


def add_coding_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the choices."""
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
    coding.add_argument("--layers", type=int, metavar="N", help="quality layers (default: 1, or one for each rate)")
    coding.add_argument(
        "--rate", type=float, nargs="+", metavar="BITS", help="bits a pixel, of the whole picture or of each layer"
    )
    coding.add_argument("--psnr", type=float, nargs="+", metavar="DB", help="peak signal-to-noise ratio, likewise")
    coding.add_argument(
        "--styles",
        nargs="+",
        choices=("bypass", "reset", "termall", "causal", "predictable", "segsym"),
        metavar="STYLE",
        help="of code-blocks: bypass, reset, termall, causal, predictable, segsym",
    )
    coding.add_argument("--tlm", action="store_true", default=None, help="write tile-part lengths")
    coding.add_argument("--plt", action="store_true", default=None, help="write packet lengths")
    coding.add_argument("--sop", action="store_true", help="write SOP marker segments")
    coding.add_argument("--eph", action="store_true", help="write EPH markers")
    coding.add_argument("--comment", metavar="TEXT", help="write a COM marker segment")


def coding_options(arguments: argparse.Namespace) -> pacscore.J2KOptions | None:
    """Return the choices that were made, so that the others stay what the transfer syntax asks for; None if none was.

    Raises
    ------
    OptionError
        If one is impossible by itself.
    """
    given = {name: getattr(arguments, name) for name in _NAMES}
    for name in ("code_block", "tile"):
        given[f"{name}_rows"], given[f"{name}_columns"] = getattr(arguments, name) or (None, None)
    given |= {name: getattr(arguments, name) or None for name in ("sop", "eph")}
    for name in ("rate", "psnr", "styles"):
        given[name] = tuple(given[name]) if given[name] else None
    given["precincts"] = tuple(map(tuple, arguments.precinct)) if arguments.precinct else None
    chosen = {name: value for name, value in given.items() if value is not None}
    return pacscore.J2KOptions(**chosen) if chosen else None
