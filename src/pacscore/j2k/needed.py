"""Which precincts a view needs: those whose code-blocks the inverse wavelet transform reads.

Source: T.800 B.6, B.7, F.3.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pacscore.j2k.packets.geometry import Band, Rect, Resolution
from pacscore.j2k.plan import ComponentPlan, TilePlan
from pacscore.j2k.view import View

__all__ = ["needed_precincts", "precincts_up_to", "reach_of"]

_REACH_53, _REACH_97 = 2, 4


def reach_of(reversible: bool) -> int:
    """Return how far beyond a window the filters read, in samples of the resolution (T.800 Tables F.2, F.3)."""
    return _REACH_53 if reversible else _REACH_97


def precincts_up_to(plan: TilePlan, reduce: int) -> NDArray[np.bool_]:
    """Return which precincts belong to a resolution that ``reduce`` leaves; those without samples have packets too."""
    highest = np.array([len(component.geometry.resolutions) - 1 - reduce for component in plan.components])
    needed: NDArray[np.bool_] = plan.precincts.resolution <= highest[plan.precincts.component]
    return needed


def needed_precincts(plan: TilePlan, view: View) -> NDArray[np.bool_]:
    """Return which of the tile's precincts the view needs, by their numbers."""
    needed: NDArray[np.bool_] = np.zeros(len(plan.precincts.number), bool)
    first = 0
    for component, window in zip(plan.components, view.windows(plan), strict=True):
        resolutions = component.geometry.resolutions
        numbers = np.cumsum([first, *(each.precincts_wide * each.precincts_high for each in resolutions)])
        rect, empty = window.rect, not (window.rect.width and window.rect.height)
        for r in range(len(resolutions) - 1 - view.reduce, -1, -1):
            if empty:
                break
            made = _grown(component, rect, resolutions[r]) if r else rect
            grid = needed[numbers[r] : numbers[r + 1]].reshape(-1, max(resolutions[r].precincts_wide, 1))
            for band in resolutions[r].bands:
                _mark(grid, resolutions[r], band, _share(made, band.orientation) if r else made)
            rect = _share(made, 0)
        first = int(numbers[-1])
    return needed


def _grown(component: ComponentPlan, rect: Rect, resolution: Resolution) -> Rect:
    reach = reach_of(component.reversible)
    return Rect(rect.x0 - reach, rect.y0 - reach, rect.x1 + reach, rect.y1 + reach).intersection(resolution.rect)


def _share(rect: Rect, orientation: int) -> Rect:
    """Return the coordinates of a band that a rectangle of its resolution covers (Equation B-15)."""
    right, down = 1 - (orientation & 1), 1 - (orientation >> 1)
    return Rect((rect.x0 + right) >> 1, (rect.y0 + down) >> 1, (rect.x1 + right) >> 1, (rect.y1 + down) >> 1)


def _mark(grid: NDArray[np.bool_], resolution: Resolution, band: Band, window: Rect) -> None:
    seen = window.intersection(band.rect)
    if not (seen.width and seen.height and grid.size):
        return
    halved = int(band.orientation != 0)
    xe, ye = (exponent - halved for exponent in resolution.precinct_exponents)
    left, top = (
        start >> exponent for start, exponent in zip(resolution.rect[:2], resolution.precinct_exponents, strict=True)
    )
    rows = slice((seen.y0 >> ye) - top, ((seen.y1 - 1) >> ye) - top + 1)
    columns = slice((seen.x0 >> xe) - left, ((seen.x1 - 1) >> xe) - left + 1)
    grid[rows, columns] = True
