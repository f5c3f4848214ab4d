"""What encoding images of one format by the same options has in common, computed once."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from pacscore.j2k.codestream.headers import MainHeader
from pacscore.j2k.codestream.writer import write_main_header
from pacscore.j2k.main_header import build_main_header
from pacscore.j2k.options import J2KOptions
from pacscore.j2k.pilot import SIDE
from pacscore.j2k.plan import TilePlan, plan_tile
from pacscore.j2k.reference_grid import PictureFormat
from pacscore.j2k.resolving import ResolvedOptions, resolve_options
from pacscore.j2k.tile_parts import Division, divide
from pacscore.limits import DEFAULT_LIMITS

__all__ = ["EncodingPlan", "plan_encoding", "plan_pilot"]


class EncodingPlan(NamedTuple):
    """Options with every choice made, and what follows from them.

    Attributes
    ----------
    options : ResolvedOptions
    main : MainHeader
        Without TLM.
    header : bytes
        SOC and `main`.
    tiles : int
        How many there are.
    first : TilePlan
        Of the first tile, which is often the only one.
    division : Division
        Of the first tile.
    """

    options: ResolvedOptions
    main: MainHeader
    header: bytes
    tiles: int
    first: TilePlan
    division: Division

    def tile(self, index: int) -> TilePlan:
        """Return the plan of a tile."""
        return self.first if index == 0 else plan_tile(self.main, (), index, DEFAULT_LIMITS.code_blocks)

    def divide(self, plan: TilePlan) -> Division:
        """Return how a tile is divided into tile-parts."""
        return self.division if plan is self.first else divide(plan, self.options.tile_parts)


def _plan_resolved(chosen: ResolvedOptions, picture: PictureFormat) -> EncodingPlan:
    main = build_main_header(chosen, picture)
    first = plan_tile(main, (), 0, DEFAULT_LIMITS.code_blocks)
    tiles = main.siz.tiles_wide * main.siz.tiles_high
    return EncodingPlan(chosen, main, write_main_header(main), tiles, first, divide(first, chosen.tile_parts))


def _plan(transfer_syntax: str, options: J2KOptions, picture: PictureFormat) -> EncodingPlan:
    return _plan_resolved(resolve_options(transfer_syntax, options, picture), picture)


@lru_cache(maxsize=64)
def plan_pilot(options: ResolvedOptions, pilot: PictureFormat) -> EncodingPlan:
    """Return the plan for a pilot of an image that is encoded by some options.

    It is one tile: the seams between its cells cost less than a tile each. Steps are not below a quarter of a grey
    level: what takes finer ones is coded to the end, or nearly so.
    """
    levels = min(options.decomposition_levels, SIDE.bit_length() - 2)
    single = replace(
        options,
        tile_offset=(0, 0),
        tile_rows=pilot.area.height,
        tile_columns=pilot.area.width,
        decomposition_levels=levels,
        tile_parts="single",
        quantization_steps=tuple(
            max(step, 2.0 ** -(component.precision + 2))
            for step, component in zip(options.quantization_steps, pilot.components, strict=True)
        ),
    )
    return _plan_resolved(single, pilot)


_plan_cached = lru_cache(maxsize=64)(_plan)


def plan_encoding(transfer_syntax: str, options: J2KOptions, picture: PictureFormat) -> EncodingPlan:
    """Return the plan for images of a format; the same question is answered once.

    Raises
    ------
    OptionError
        If the options contradict the transfer syntax or each other, or are impossible for such an image.
    UnsupportedError
        If the options ask for what is not implemented; NoCodecError if the transfer syntax is.
    """
    try:
        hash(options)
    except TypeError:  # a list among them
        return _plan(transfer_syntax, options, picture)
    return _plan_cached(transfer_syntax, options, picture)
