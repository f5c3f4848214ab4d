"""From headers to the plan of a tile: geometry, step sizes and packet order, computed once and executed for each frame.

Source: T.800 Annexes B and E.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from pacscore.errors import CodestreamError, LimitError, UnsupportedError
from pacscore.j2k._tile_plan import CompiledPlan
from pacscore.j2k.codestream.headers import MainHeader
from pacscore.j2k.codestream.resolve import ComponentCoding, TileCoding, component_codings, tile_coding
from pacscore.j2k.codestream.segments import Coc, Cod, Poc, Qcc, Qcd, Rgn, Segment, Siz
from pacscore.j2k.packets.geometry import Rect, TileComponent, tile_component, tile_rect
from pacscore.j2k.packets.progression import PacketRun, PrecinctTable, ProgressionVolume, packet_runs, precinct_table

__all__ = ["ComponentPlan", "TilePlan", "image_rect", "plan_tile", "reordered"]

_NARROW_BITPLANES = 30
"""A 32-bit word holds a sign, so many magnitude bit-planes and one fraction bit."""
_NARROW_REVERSIBLE = 25
"""Bits of precision up to which no 5-3 sum leaves 32 bits."""
_NARROW_IRREVERSIBLE = 16
"""Bits of precision up to which single precision keeps 9-7 errors well below one half."""
_WIDE_BITPLANES = 62
_PLANNED = (Siz, Cod, Coc, Qcd, Qcc, Rgn, Poc)
"""The segments that a plan depends on; others differ from frame to frame."""


class ComponentPlan(NamedTuple):
    """One component of a tile.

    Attributes
    ----------
    geometry : TileComponent
    precision : int, in bits
    style : int
        Code-block style, as in COD.
    roi_shift : int
        s of the maxshift method.
    reversible : bool
        5-3 rather than 9-7.
    wide : bool
        Coefficients need 64 bits.
    bands : tuple of (int, float)
        M_b with the ROI shift, and Delta_b, in the order LL, HL, LH, HH of the coarsest level, and so on.
    """

    geometry: TileComponent
    precision: int
    style: int
    roi_shift: int
    reversible: bool
    wide: bool
    bands: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class TilePlan:
    """Everything about a tile that its headers determine."""

    index: int
    rect: Rect
    coding: TileCoding
    components: tuple[ComponentPlan, ...]
    precincts: PrecinctTable
    runs: tuple[PacketRun, ...]
    compiled: CompiledPlan


def image_rect(siz: Siz) -> Rect:
    """Return the image area on the reference grid."""
    return Rect(siz.xosiz, siz.yosiz, siz.xsiz, siz.ysiz)


def _bands(coding: ComponentCoding, precision: int) -> tuple[tuple[int, float], ...]:
    """Return (M_b, Delta_b) of every band. Source: T.800 Equations E-2, E-3."""
    levels = coding.coding.decomposition_levels
    bands = []
    for i in range(3 * levels + 1):
        exponent, mantissa = coding.quantization.exponent_mantissa(i, levels)
        gain = 0 if i == 0 else (1, 1, 2)[(i - 1) % 3]
        step = 1.0 if coding.coding.reversible else 2.0 ** (precision + gain - exponent) * (1 + mantissa / 2048)
        bitplanes = coding.quantization.guard_bits + exponent - 1 + coding.roi_shift
        bands.append((max(bitplanes, 0), step))
    return tuple(bands)


def _is_wide(reversible: bool, precision: int, color_transform: bool, bitplanes: int) -> bool:
    narrow = _NARROW_REVERSIBLE - color_transform if reversible else _NARROW_IRREVERSIBLE
    return precision > narrow or bitplanes > _NARROW_BITPLANES


def _volumes(coding: TileCoding, components: int, resolutions: int) -> list[ProgressionVolume]:
    if not coding.poc:
        return [ProgressionVolume(coding.progression, 0, components, 0, resolutions, coding.layers)]
    return [
        ProgressionVolume(entry.ppoc, entry.cspoc, entry.cepoc or components, entry.rspoc, entry.repoc, entry.lyepoc)
        for entry in coding.poc
    ]


def _check_color_transform(codings: Sequence[ComponentCoding], index: int) -> None:
    if len({(coding.coding.reversible, coding.coding.decomposition_levels) for coding in codings[:3]}) > 1:
        raise CodestreamError(
            f"tile {index}: the component transform joins components of different wavelets (T.800 G.2, G.3)",
            clause="T.800 G.1",
        )


def _component_plans(
    tile: Rect, siz: Siz, codings: Sequence[ComponentCoding], color_transform: bool
) -> tuple[ComponentPlan, ...]:
    bands = [_bands(coding, sizes.precision) for sizes, coding in zip(siz.components, codings, strict=True)]
    wide = []
    for sizes, coding, each in zip(siz.components, codings, bands, strict=True):
        bitplanes = max(count for count, _ in each)
        if bitplanes > _WIDE_BITPLANES:
            raise UnsupportedError(
                f"{bitplanes} magnitude bit-planes, more than {_WIDE_BITPLANES} (T.800 E.1, H.1)",
                feature="ROI shift",
                clause="T.800 H.1",
            )
        wide.append(_is_wide(coding.coding.reversible, sizes.precision, color_transform, bitplanes))
    if color_transform:
        wide[:3] = [any(wide[:3])] * 3
    return tuple(
        ComponentPlan(
            tile_component(
                tile,
                (sizes.xrsiz, sizes.yrsiz),
                coding.coding.decomposition_levels,
                coding.coding.precincts,
                (coding.coding.xcb, coding.coding.ycb),
            ),
            sizes.precision,
            coding.coding.style,
            coding.roi_shift,
            coding.coding.reversible,
            is_wide,
            each,
        )
        for sizes, coding, is_wide, each in zip(siz.components, codings, wide, bands, strict=True)
    )


_Planned = tuple[tuple[type[Segment], Segment], ...]


def _planned(segments: Iterable[Segment]) -> _Planned:
    """Return what a plan depends on, each segment with its kind: as tuples, segments of two kinds may be equal."""
    return tuple((type(segment), segment) for segment in segments if isinstance(segment, _PLANNED))


@lru_cache(maxsize=256)
def _plan_tile(of_main: _Planned, of_tile: _Planned, index: int, code_blocks: int) -> TilePlan:
    main = MainHeader(tuple(segment for _, segment in of_main))
    tile_segments = tuple(segment for _, segment in of_tile)
    siz = main.siz
    tile = tile_rect(image_rect(siz), (siz.xtsiz, siz.ytsiz), (siz.xtosiz, siz.ytosiz), index)
    coding = tile_coding(main, tile_segments)
    codings = component_codings(main, tile_segments)
    if coding.mct:
        _check_color_transform(codings, index)
    components = _component_plans(tile, siz, codings, bool(coding.mct))
    count = sum(r.precincts_wide * r.precincts_high for plan in components for r in plan.geometry.resolutions)
    if count > code_blocks:
        raise LimitError(f"tile {index} has {count:,} precincts, more than Limits.code_blocks = {code_blocks:,}")
    table = precinct_table(tile, [plan.geometry for plan in components])
    return _in_order(index, tile, coding, components, table)


def _in_order(
    index: int, tile: Rect, coding: TileCoding, components: tuple[ComponentPlan, ...], table: PrecinctTable
) -> TilePlan:
    resolutions = max(len(plan.geometry.resolutions) for plan in components)
    runs = packet_runs(table, _volumes(coding, len(components), resolutions), coding.layers)
    compiled = CompiledPlan(components, table.owner, runs, coding.layers, bool(coding.mct))
    return TilePlan(index, tile, coding, components, table, tuple(runs), compiled)


def reordered(plan: TilePlan, main: MainHeader, segments: Sequence[Segment]) -> TilePlan:
    """Return the plan of the same tile by headers that differ in layers, and in order and framing of packets alone."""
    return _in_order(plan.index, plan.rect, tile_coding(main, segments), plan.components, plan.precincts)


def plan_tile(main: MainHeader, segments: Iterable[Segment], index: int, code_blocks: int) -> TilePlan:
    """Return the plan of one tile; plans of headers that say the same are computed once.

    Parameters
    ----------
    main : MainHeader
    segments : iterable of Segment
        Of the tile-part headers of this tile.
    index : int
        Tile number.
    code_blocks : int
        Most precincts that the tile may have.

    Raises
    ------
    CodestreamError
        If the headers contradict each other.
    LimitError
        If the tile has too many precincts.
    """
    return _plan_tile(_planned(main.segments), _planned(segments), index, code_blocks)
