"""Which pixels depend on a code-block, a precinct or a tile: what a viewer marks where they are missing or damaged.

The inverse wavelet transform spreads a coefficient over its neighbours, so that areas of neighbours overlap.

Source: T.800 B.5 to B.7, F.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from pacscore.j2k.codestream.segments import Siz
from pacscore.j2k.needed import reach_of
from pacscore.j2k.packets.geometry import Rect, ceil_div, tile_rect
from pacscore.j2k.plan import TilePlan, image_rect
from pacscore.region import Region
from pacscore.report import Area

__all__ = ["block_area", "precincts_area", "tiles_area", "touches"]


def _pixels(siz: Siz, rects: Iterable[Rect]) -> Area | None:
    """Return the pixels around rectangles on the reference grid, None if there are none."""
    image = image_rect(siz)
    seen = [rect for rect in (each.intersection(image) for each in rects) if rect.width and rect.height]
    if not seen:
        return None
    dx = min(component.xrsiz for component in siz.components)
    dy = min(component.yrsiz for component in siz.components)
    full = image.scaled_down(dx, dy)
    top, left = ((min(rect[i] for rect in seen) - image[i]) // (dy if i else dx) for i in (1, 0))
    bottom = min(ceil_div(max(rect.y1 for rect in seen) - image.y0, dy), full.height)
    right = min(ceil_div(max(rect.x1 for rect in seen) - image.x0, dx), full.width)
    return (top, left, bottom - top, right - left) if bottom > top and right > left else None


def _on_grid(plan: TilePlan, component: int, rect: Rect, orientation: int, levels: int) -> Rect:
    """Return what samples of a band, so many levels below the image, are spread over."""
    of = plan.components[component]
    reach = reach_of(of.reversible)
    for level in range(levels):
        right, down = (orientation & 1, orientation >> 1) if level == 0 else (0, 0)
        rect = Rect(
            2 * rect.x0 + right - reach,
            2 * rect.y0 + down - reach,
            2 * rect.x1 - 1 + right + reach,
            2 * rect.y1 - 1 + down + reach,
        )
    seen = rect.intersection(of.geometry.rect)
    dx, dy = of.geometry.subsampling
    return Rect(seen.x0 * dx, seen.y0 * dy, seen.x1 * dx, seen.y1 * dy)


def block_area(siz: Siz, plan: TilePlan, place: Sequence[int]) -> Area | None:
    """Return the pixels that a code-block has a part in.

    Parameters
    ----------
    siz : Siz
    plan : TilePlan
    place : sequence of int
        Component, resolution, orientation, x and y within the band, width, height.
    """
    component, resolution, orientation, x, y, width, height = place
    resolutions = plan.components[component].geometry.resolutions
    band = next(band for band in resolutions[resolution].bands if band.orientation == orientation)
    x, y = band.rect.x0 + x, band.rect.y0 + y
    levels = len(resolutions) - max(resolution, 1)
    return _pixels(siz, [_on_grid(plan, component, Rect(x, y, x + width, y + height), orientation, levels)])


def touches(area: Area | None, region: Region) -> bool:
    """Tell whether an area and a region have pixels in common."""
    if area is None:
        return False
    row, column, rows, columns = area
    high = min(row + rows, region.row + region.rows) > max(row, region.row)
    return high and min(column + columns, region.column + region.columns) > max(column, region.column)


def precincts_area(siz: Siz, plan: TilePlan, which: NDArray[np.bool_]) -> Area | None:
    """Return a rectangle around all pixels that some precincts of a tile have a part in, by their numbers."""
    rects = []
    table = plan.precincts
    for owner in np.unique(table.owner[which]).tolist():
        mine = which & (table.owner == owner)
        first = int(np.flatnonzero(mine)[0])
        component, r = int(table.component[first]), int(table.resolution[first])
        resolutions = plan.components[component].geometry.resolutions
        resolution = resolutions[r]
        (px, py), wide = resolution.precinct_exponents, resolution.precincts_wide
        columns = table.number[mine] % wide + (resolution.rect.x0 >> px)
        rows = table.number[mine] // wide + (resolution.rect.y0 >> py)
        around = Rect(
            int(columns.min()) << px,
            int(rows.min()) << py,
            (int(columns.max()) + 1) << px,
            (int(rows.max()) + 1) << py,
        ).intersection(resolution.rect)
        reach = reach_of(plan.components[component].reversible) if r else 0
        grown = Rect(around.x0 - reach, around.y0 - reach, around.x1 + reach, around.y1 + reach)
        rects.append(_on_grid(plan, component, grown, 0, len(resolutions) - 1 - r))
    return _pixels(siz, rects)


def tiles_area(siz: Siz, tiles: Iterable[int]) -> Area | None:
    """Return a rectangle around the pixels of some tiles."""
    size, offset = (siz.xtsiz, siz.ytsiz), (siz.xtosiz, siz.ytosiz)
    return _pixels(siz, [tile_rect(image_rect(siz), size, offset, tile) for tile in tiles])
