"""In which order the packets of a tile follow one another.

Each precinct has a place on the reference grid; a progression is a way of sorting the precincts, with the layers
either around that order or within it.

Source: T.800 B.12.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pacscore.j2k.packets.geometry import Rect, TileComponent

__all__ = [
    "LAYER_RESOLUTION",
    "PROGRESSIONS",
    "PacketRun",
    "PrecinctTable",
    "ProgressionVolume",
    "packet_runs",
    "packet_sequence",
    "precinct_table",
]

PROGRESSIONS = ("LRCP", "RLCP", "RPCL", "PCRL", "CPRL")
"""Names by the number that COD and POC carry (Table A.16)."""

LAYER_RESOLUTION = 0

_SORT_KEYS = {
    0: ("resolution", "component", "number"),
    1: ("resolution", "component", "number"),
    2: ("resolution", "y", "x", "component", "number"),
    3: ("y", "x", "component", "resolution", "number"),
    4: ("component", "y", "x", "resolution", "number"),
}


class PrecinctTable(NamedTuple):
    """Every precinct of a tile, numbered through components and resolutions; one array entry a precinct."""

    component: NDArray[np.int32]
    resolution: NDArray[np.int32]
    number: NDArray[np.int32]
    """k, within its resolution."""
    x: NDArray[np.int64]
    y: NDArray[np.int64]
    """Where position loops visit it, on the reference grid."""
    owner: NDArray[np.int32]
    """Number of its resolution, counted through the components."""


class ProgressionVolume(NamedTuple):
    """One progression with its bounds, as COD implies it or an entry of POC tells it; ends are exclusive."""

    progression: int
    component_start: int
    component_end: int
    resolution_start: int
    resolution_end: int
    layer_end: int


class PacketRun(NamedTuple):
    """A stretch of packets: ``layers_outer`` says whether all precincts come for each layer, or the other way."""

    precincts: NDArray[np.int32]
    layers: int
    layers_outer: bool


def _visiting_points(start: int, count: int, exponent: int, step: int, tile_start: int) -> NDArray[np.int64]:
    """Return the coordinates on the reference grid where the precinct columns (or rows) of a resolution are visited."""
    first = start >> exponent
    points = (first + np.arange(count, dtype=np.int64)) * ((1 << exponent) * step)
    if count:
        points[0] = max(int(points[0]), tile_start)
    return points


def precinct_table(tile: Rect, components: Sequence[TileComponent]) -> PrecinctTable:
    """Return the table of a tile's precincts.

    Source: T.800 B.6, B.12.1.3 to B.12.1.5.
    """
    columns: list[list[NDArray[np.int64]]] = [[], [], [], [], [], []]
    owner = 0
    for c, component in enumerate(components):
        levels = len(component.resolutions) - 1
        for r, resolution in enumerate(component.resolutions):
            wide, high = resolution.precincts_wide, resolution.precincts_high
            px, py = resolution.precinct_exponents
            scale = 1 << (levels - r)
            count = wide * high
            x = _visiting_points(resolution.rect.x0, wide, px, component.subsampling[0] * scale, tile.x0)
            y = _visiting_points(resolution.rect.y0, high, py, component.subsampling[1] * scale, tile.y0)
            for column, values in zip(
                columns,
                (
                    np.full(count, c),
                    np.full(count, r),
                    np.arange(count),
                    np.tile(x, high),
                    np.repeat(y, wide),
                    np.full(count, owner),
                ),
                strict=True,
            ):
                column.append(values)
            owner += 1
    c_, r_, k_, x_, y_, o_ = (np.concatenate(column) for column in columns)
    return PrecinctTable(c_.astype(np.int32), r_.astype(np.int32), k_.astype(np.int32), x_, y_, o_.astype(np.int32))


def packet_runs(table: PrecinctTable, volumes: Sequence[ProgressionVolume], layers: int) -> list[PacketRun]:
    """Return the order of a tile's packets.

    Parameters
    ----------
    table : PrecinctTable
    volumes : sequence of ProgressionVolume
        One for a tile without POC.
    layers : int
        Number of layers of the tile.

    Returns
    -------
    list of PacketRun
        A packet that occurs twice is sent the first time only (B.12.2).
    """
    runs = []
    for volume in volumes:
        inside = (
            (table.component >= volume.component_start)
            & (table.component < volume.component_end)
            & (table.resolution >= volume.resolution_start)
            & (table.resolution < volume.resolution_end)
        )
        chosen = np.flatnonzero(inside)
        keys = [getattr(table, name)[chosen] for name in reversed(_SORT_KEYS[volume.progression])]
        order = chosen[np.lexsort(keys)].astype(np.int32)
        layer_end = min(volume.layer_end, layers)
        if volume.progression == 1:
            resolutions = table.resolution[order]
            borders = np.flatnonzero(np.diff(resolutions)) + 1
            runs += [PacketRun(part, layer_end, True) for part in np.split(order, borders)]
        else:
            runs.append(PacketRun(order, layer_end, volume.progression == LAYER_RESOLUTION))
    return runs


def packet_sequence(runs: Sequence[PacketRun]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return the precinct and the layer of each packet, in order; what occurs twice is sent the first time only."""
    precincts, layers = [], []
    for run in runs:
        numbers = np.arange(run.layers, dtype=np.int32)
        outer, inner = (numbers, run.precincts) if run.layers_outer else (run.precincts, numbers)
        pair = np.repeat(outer, len(inner)), np.tile(inner, len(outer))
        precincts.append(pair[run.layers_outer])
        layers.append(pair[not run.layers_outer])
    precinct, layer = np.concatenate(precincts), np.concatenate(layers)
    if len(runs) == 1:
        return precinct, layer
    _, first = np.unique(precinct.astype(np.int64) << 16 | layer, return_index=True)
    first.sort()
    return precinct[first], layer[first]
