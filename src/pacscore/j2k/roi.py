"""Regions of interest: which coefficients the pixels of a region are made of.

Source: T.800 H.1, H.2.
"""

from __future__ import annotations

from collections.abc import Sequence

from pacscore.j2k.packets.geometry import Rect, TileComponent

__all__ = ["regions_of_bands"]

_REACH = {True: 2, False: 4}
"""Samples beyond an edge that synthesis by the 5-3 or the 9-7 filter draws on, at each level."""


def _halved(rect: Rect, orientation: int) -> Rect:
    """Return the low or high samples among those of a resolution, in band coordinates."""
    right, down = orientation & 1, orientation >> 1
    moved = Rect(rect.x0 - right, rect.y0 - down, rect.x1 - right, rect.y1 - down)
    return moved.scaled_down(2, 2)


def _of_component(component: TileComponent, regions: Sequence[Rect], reach: int) -> list[list[Rect]]:
    found: list[list[Rect]] = []
    for resolution in reversed(component.resolutions[1:]):
        grown = [Rect(r.x0 - reach, r.y0 - reach, r.x1 + reach, r.y1 + reach) for r in regions]
        bands = resolution.bands
        found = [[_halved(rect, band.orientation).intersection(band.rect) for rect in grown] for band in bands] + found
        regions = [_halved(rect, 0) for rect in grown]
    lowest = component.resolutions[0].bands[0].rect
    return [[rect.intersection(lowest) for rect in regions], *found]


def regions_of_bands(component: TileComponent, reversible: bool, regions: Sequence[Rect]) -> list[list[Rect]]:
    """Return, for each band of a tile-component, the coefficients that regions of the image are made of.

    Parameters
    ----------
    component : TileComponent
    reversible : bool
    regions : sequence of Rect
        On the reference grid.

    Returns
    -------
    list of list of Rect
        Bands in the order LL, HL, LH, HH of the coarsest level, and so on; in band coordinates, perhaps empty.
    """
    rects = []
    columns, rows = component.subsampling
    for region in regions:
        touched = Rect(region.x0 // columns, region.y0 // rows, *region.scaled_down(columns, rows)[2:])
        rects.append(touched.intersection(component.rect))
    return _of_component(component, [rect for rect in rects if rect.width and rect.height], _REACH[reversible])
