"""Choices of how the packets of a codestream are laid out, which several subcommands take."""

from __future__ import annotations

import argparse
from typing import Any

__all__ = ["add_layout_arguments", "layout_choices"]

_NAMES = ("progression", "tile_parts", "packed_headers", "tlm", "plt", "sop", "eph")


def add_layout_arguments(parser: argparse.ArgumentParser, packed_headers: tuple[str, ...]) -> None:
    """Declare the choices; None stands for what is usual."""
    layout = parser.add_argument_group("layout")
    layout.add_argument("--progression", choices=("LRCP", "RLCP", "RPCL", "PCRL", "CPRL"))
    layout.add_argument(
        "--tile-parts", choices=("single", "resolution", "component", "layer"), help="at what a new tile-part begins"
    )
    layout.add_argument("--packed-headers", choices=packed_headers, help="where packet headers are put")
    for name, what in (
        ("tlm", "tile-part lengths in the main header"),
        ("plt", "packet lengths in tile-part headers"),
        ("sop", "SOP marker segments before packets"),
        ("eph", "EPH markers behind packet headers"),
    ):
        layout.add_argument(f"--{name}", action=argparse.BooleanOptionalAction, help=what)


def layout_choices(arguments: argparse.Namespace) -> dict[str, Any]:
    """Return the choices that were made, by the names of the options."""
    given = {name: getattr(arguments, name) for name in _NAMES}
    return {name: value for name, value in given.items() if value is not None}
