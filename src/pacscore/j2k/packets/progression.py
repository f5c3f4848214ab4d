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


def precinct_table(tile: Rect, components: Sequence[TileComponent]) -> PrecinctTable:
    """Return the table of a tile's precincts.

    Source: T.800 B.6, B.12.1.3 to B.12.1.5.
    """
    described = [
        (
            c,
            r,
            each.precincts_wide,
            each.precincts_high,
            each.rect.x0 >> each.precinct_exponents[0],
            each.rect.y0 >> each.precinct_exponents[1],
            component.subsampling[0] << each.precinct_exponents[0] + len(component.resolutions) - 1 - r,
            component.subsampling[1] << each.precinct_exponents[1] + len(component.resolutions) - 1 - r,
        )
        for c, component in enumerate(components)
        for r, each in enumerate(component.resolutions)
    ]
    resolutions = np.array(described, np.int64)
    counts = resolutions[:, 2] * resolutions[:, 3]
    owner = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    c, r, wide, _, first_x, first_y, step_x, step_y = resolutions[owner].T
    number = np.arange(len(owner)) - (np.cumsum(counts) - counts)[owner]
    # visited where they begin on the reference grid, those that begin before the tile at its edge
    x = np.maximum((first_x + number % wide) * step_x, tile.x0)
    y = np.maximum((first_y + number // wide) * step_y, tile.y0)
    return PrecinctTable(c.astype(np.int32), r.astype(np.int32), number.astype(np.int32), x, y, owner)


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
