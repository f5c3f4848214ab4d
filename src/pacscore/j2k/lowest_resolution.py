"""Decomposing the lowest resolution of a reversible codestream further, or less far, without touching the others.

HTJ2K Lossless RPCL asks for a lowest resolution of at most 64 rows and columns. The LL band is an image of its own:
what the 5-3 filter makes of it is what more decomposition levels would have made.

Source: T.800 B.5, E.1, F.4; PS3.5 10.18.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import CodestreamError, OptionError
from pacscore.j2k._coded_tile import BLOCK, PASS
from pacscore.j2k._tile_decoder import TileDecoder
from pacscore.j2k._tile_encoder import TileEncoder
from pacscore.j2k._tile_plan import CompiledPlan
from pacscore.j2k._tile_recoder import TileRecoder
from pacscore.j2k.codestream.headers import TilePart
from pacscore.j2k.codestream.segments import Coc, Cod, CodingStyle, Qcc, Qcd, Rgn, Segment
from pacscore.j2k.packets.geometry import Rect, tile_component
from pacscore.j2k.packets.progression import precinct_table
from pacscore.j2k.plan import TilePlan
from pacscore.j2k.view import SAMPLE_TYPES
from pacscore.support.targets import active_target

__all__ = ["add_levels", "levels_added", "levels_of", "lowest_bands", "put_lowest_bands"]

_MOST_LEVELS, _LARGEST_EXPONENT = 32, 31
_ADDED_BITPLANES = 3
"""In two directions the 5-3 analysis filters at most quadruple a coefficient, and rounding adds to it."""
_ALL_LAYERS = 65535
_MOST_PRECISION = 60
_S = TypeVar("_S", Qcd, Qcc)


def levels_of(plan: TilePlan) -> int:
    """Return how many decomposition levels all components of a tile have.

    Raises
    ------
    OptionError
        If they do not have the same.
    """
    found = {len(component.geometry.resolutions) - 1 for component in plan.components}
    if len(found) > 1:
        raise OptionError(f"tile {plan.index}: components of {min(found)} to {max(found)} decomposition levels")
    return found.pop()


def levels_added(plan: TilePlan, written: TilePlan) -> int:
    """Return how many decomposition levels one plan of a tile has more than another; negative if fewer."""
    return len(written.components[0].geometry.resolutions) - len(plan.components[0].geometry.resolutions)


# ---- Headers ----


def _deeper_style(coding: CodingStyle, more: int) -> CodingStyle:
    levels = coding.decomposition_levels + more
    if levels > _MOST_LEVELS:
        raise OptionError(f"{levels} decomposition levels are more than {_MOST_LEVELS} (T.800 A.6.1)")
    lowest, *others = coding.precincts
    moved = (max(lowest[0], 1), max(lowest[1], 1))
    return coding._replace(decomposition_levels=levels, precincts=(*(lowest,) * more, moved, *others))


def _deeper_steps(sqcd: int, steps: tuple[int, ...], more: int) -> tuple[int, ...]:
    """Return exponents of more bands; mantissas there are none."""
    exponent = (steps[0] >> 3) + _ADDED_BITPLANES
    if sqcd & 0x1F:
        raise OptionError("only a codestream of the reversible filter can be decomposed further (T.800 E.1)")
    if exponent > _LARGEST_EXPONENT:
        raise OptionError(f"an exponent of {exponent} is more than {_LARGEST_EXPONENT} (T.800 A.6.4)")
    return (*(exponent << 3,) * (3 * more + 1), *steps[1:])


def add_levels(segments: Iterable[Segment], more: int) -> tuple[Segment, ...]:
    """Return the marker segments of a header with so many decomposition levels more.

    Raises
    ------
    OptionError
        If that cannot be told, or there are regions of interest.
    """
    changed: list[Segment] = []
    for segment in segments:
        match segment:
            case Cod():
                changed.append(segment._replace(spcod=_deeper_style(segment.spcod, more)))
            case Coc():
                changed.append(segment._replace(spcoc=_deeper_style(segment.spcoc, more)))
            case Qcd():
                changed.append(segment._replace(spqcd=_deeper_steps(segment.sqcd, segment.spqcd, more)))
            case Qcc():
                changed.append(segment._replace(spqcc=_deeper_steps(segment.sqcc, segment.spqcc, more)))
            case Rgn():
                raise OptionError("regions of interest cannot be decomposed further (T.800 H.1)")
            case _:
                changed.append(segment)
    return tuple(changed)


# ---- Coefficients ----


def _precision(plan: TilePlan, component: int, levels: int) -> int:
    """Return bits that hold every coefficient of the bands up to a resolution, and their sign."""
    return max(bitplanes for bitplanes, _ in plan.components[component].bands[: 3 * levels + 1]) + 1


def lowest_bands(
    plan: TilePlan, data: memoryview, parts: Sequence[TilePart], packed: bytes | None, levels: int
) -> list[NDArray[np.int64]]:
    """Return the LL band of each component that so many decomposition levels leave.

    Parameters
    ----------
    plan : TilePlan
    data : memoryview
    parts : sequence of TilePart
    packed : bytes or None
        The packet headers, where they are in PPM or PPT.
    levels : int
        As many as the tile has, or fewer; deeper ones are undone.

    Raises
    ------
    CodestreamError
        If a code-block is damaged.
    """
    compiled = CompiledPlan(plan.components, plan.precincts.owner, plan.runs, plan.coding.layers, False)
    decoder = TileDecoder(compiled, active_target(), 1 << 31)
    decoder.read(data, [(part.body_start, part.body_stop) for part in parts], packed, levels, _ALL_LAYERS)
    scale = 1 << levels
    rects = [component.geometry.rect.scaled_down(scale, scale) for component in plan.components]
    arrays = [np.zeros((rect.height, rect.width), np.int64) for rect in rects]
    deeper = levels_of(plan) - levels
    windows = [
        (rect, 0, 0, SAMPLE_TYPES[np.dtype(np.int64)], _precision(plan, number, deeper), True)
        for number, rect in enumerate(rects)
    ]
    decoder.prepare(windows, arrays, 1)
    decoder.decode()
    if decoder.blocks_damaged:
        raise CodestreamError(f"tile {plan.index}: code-blocks of the lowest resolution do not decode whole")
    return arrays


def _encoded(
    plan: TilePlan, number: int, levels: int, band: NDArray[np.int64]
) -> tuple[NDArray[Any], NDArray[Any], bytes]:
    """Return the code-blocks of a component's resolutions 0 to ``levels``, of which its LL band is made."""
    component = plan.components[number]
    resolutions = component.geometry.resolutions[: levels + 1]
    rect: Rect = resolutions[-1].rect
    geometry = tile_component(
        rect,
        (1, 1),
        levels,
        tuple(resolution.precinct_exponents for resolution in resolutions),
        _block_exponents(component.geometry.resolutions),
    )
    precision = _precision(plan, number, levels)
    wide = component.wide or precision > 24
    part = component._replace(
        geometry=geometry, precision=precision, bands=component.bands[: 3 * levels + 1], wide=wide, roi_shift=0
    )
    compiled = CompiledPlan([part], precinct_table(rect, [geometry]).owner, [], 1, False)
    encoder = TileEncoder(compiled, active_target(), 1 << 31, 1)
    encoder.add_source(np.ascontiguousarray(band), SAMPLE_TYPES[band.dtype], precision, True)
    encoder.encode()
    return encoder.coded_blocks()


def _block_exponents(resolutions: Sequence[Any]) -> tuple[int, int]:
    return (
        max(resolution.block_exponents[0] for resolution in resolutions),
        max(resolution.block_exponents[1] for resolution in resolutions),
    )


def put_lowest_bands(recoder: TileRecoder, plan: TilePlan, levels: int, bands: Sequence[NDArray[np.int64]]) -> None:
    """Let a tile have the code-blocks of its resolutions 0 to ``levels`` from the LL bands that they make up."""
    blocks, passes, data = recoder.coded_blocks()
    kept = blocks["resolution"] > levels
    pass_of = np.repeat(kept, blocks["passes"])
    owner = np.repeat(np.arange(len(blocks)), blocks["length"])
    rest = np.frombuffer(data, np.uint8)[kept[owner]]
    described, described_passes, described_bytes = [], [], []
    at_pass = at_byte = 0
    others, other_passes = blocks[kept], passes[pass_of]
    for number, band in enumerate(bands):
        made, made_passes, made_bytes = _encoded(plan, number, levels, band)
        own = others[others["component"] == number]
        count, size = int(own["passes"].sum(dtype=np.int64)), int(own["length"].sum(dtype=np.int64))
        described += [made, own]
        described_passes += [made_passes, other_passes[at_pass : at_pass + count]]
        described_bytes += [made_bytes, rest[at_byte : at_byte + size].tobytes()]
        at_pass, at_byte = at_pass + count, at_byte + size
    recoder.replace_blocks(_joined(described, BLOCK), _joined(described_passes, PASS), b"".join(described_bytes))


def _joined(arrays: Sequence[NDArray[Any]], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return arrays one after another; NumPy would leave out the padding between fields."""
    joined = np.zeros(sum(map(len, arrays)), dtype)
    start = 0
    for array in arrays:
        joined[start : start + len(array)] = array
        start += len(array)
    return joined
