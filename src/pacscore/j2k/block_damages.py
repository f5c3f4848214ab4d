"""Says of each damaged code-block which it is, what is wrong with it, and what was kept of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pacscore.report import Damage

if TYPE_CHECKING:
    from pacscore.j2k._tile_decoder import TileDecoder
    from pacscore.j2k._tile_recoder import TileRecoder

__all__ = ["block_damages"]

_MOST = 100
_BANDS = ("LL", "HL", "LH", "HH")
_FLAWS = {
    0: "does not decode (T.800 Annex D, T.814 7.3)",
    1: "has a wrong segmentation symbol (T.800 D.5)",
    2: "does not end a codeword segment as predictable termination does (T.800 D.4.2)",
    3: "has a marker where its bits should go on (T.800 D.4.1)",
}


def block_damages(tile: int, decoder: TileDecoder | TileRecoder) -> Iterator[Damage]:
    """Yield a damage for each damaged code-block of a tile, a hundred at most."""
    for component, resolution, orientation, x, y, flaw, kept, plane in decoder.damaged_blocks(_MOST):
        place = f"tile {tile}, component {component}, resolution {resolution}, {_BANDS[orientation]}"
        planes = f"; the {kept} bit-planes above number {plane} are kept" if kept else ""
        what = f"{place}: the code-block at ({x}, {y}) {_FLAWS[flaw]}{planes}"
        yield Damage("block", what, tile=tile, component=component, resolution=resolution)
