"""What is missing of a picture: tiles without tile-parts, and packets, with the pixels that lack them."""

from __future__ import annotations

from collections.abc import Container
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pacscore.j2k.affected_areas import precincts_area, tiles_area
from pacscore.j2k.codestream.segments import Siz
from pacscore.j2k.plan import TilePlan
from pacscore.j2k.view import View
from pacscore.report import Damage

__all__ = ["Loss", "missing_packets", "missing_tiles"]


class Loss(NamedTuple):
    """Why packets of a tile cannot be read.

    Attributes
    ----------
    kind : "truncated" or "syntax"
    what : str
    offset : int, in bytes
        Where reading stopped.
    precinct : int
        Of the packet that could not be read; -1 if that is not known.
    expected, read : int
        Packets that are needed, and those of them that were read.
    """

    kind: Literal["truncated", "syntax"]
    what: str
    offset: int
    precinct: int
    expected: int
    read: int


def missing_packets(siz: Siz, plan: TilePlan, loss: Loss, lacking: NDArray[np.bool_]) -> Damage:
    """Return the damage of a tile that lacks packets; ``lacking`` has a place for each precinct."""
    component = resolution = None
    where = ""
    if loss.precinct >= 0:
        component = int(plan.precincts.component[loss.precinct])
        resolution = int(plan.precincts.resolution[loss.precinct])
        where = f", component {component}, resolution {resolution}"
    missing = f"{loss.expected - loss.read:,} of {loss.expected:,} packets are missing"
    what = f"tile {plan.index}{where}, at byte {loss.offset:,}: {loss.what}; {missing}"
    area = precincts_area(siz, plan, lacking)
    return Damage(loss.kind, what, loss.offset, plan.index, component, resolution, area)


def missing_tiles(view: View, present: Container[int], end: int) -> Damage:
    """Return the damage of a view some of whose tiles have no tile-part."""
    missing = [tile for tile in view.tiles if tile not in present]
    count = f"{len(missing):,} of {len(view.tiles):,} tiles have no tile-part"
    what = f"{count}, the first of them tile {missing[0]} (T.800 A.3)"
    return Damage("truncated", what, end, missing[0], area=tiles_area(view.siz, missing))
