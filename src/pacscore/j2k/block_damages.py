"""Says of each damaged code-block which it is, what is wrong with it, and what was kept of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pacscore.j2k.affected_areas import block_area
from pacscore.j2k.codestream.segments import Siz
from pacscore.j2k.plan import TilePlan
from pacscore.report import Damage

__all__ = ["MOST", "block_damages"]

MOST = 100
"""Damages that are told of a tile."""
_BANDS = ("LL", "HL", "LH", "HH")
_FLAWS = {
    0: "does not decode (T.800 Annex D, T.814 7.3)",
    1: "has a wrong segmentation symbol (T.800 D.5)",
    2: "does not end a codeword segment as predictable termination does (T.800 D.4.2)",
    3: "has a marker where its bits should go on (T.800 D.4.1)",
}


def block_damages(siz: Siz, plan: TilePlan, damaged: Iterable[Sequence[int]]) -> Iterator[Damage]:
    """Yield a damage for each damaged code-block of a tile, as a decoder lists them."""
    tile = plan.index
    for component, resolution, orientation, x, y, width, height, flaw, kept, plane in damaged:
        area = block_area(siz, plan, (component, resolution, orientation, x, y, width, height))
        place = f"tile {tile}, component {component}, resolution {resolution}, {_BANDS[orientation]}"
        planes = f"; the {kept} bit-planes above number {plane} are kept" if kept else ""
        what = f"{place}: the code-block at ({x}, {y}) {_FLAWS[flaw]}{planes}"
        yield Damage("block", what, tile=tile, component=component, resolution=resolution, area=area)
