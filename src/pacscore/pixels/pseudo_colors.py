"""Pseudo-colour: what a window or table gives is the index into a palette."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacscore.pixels.lookup import LookupTable
from pacscore.pixels.palette import Palette
from pacscore.pixels.voi import Window

__all__ = ["PseudoColors"]


@dataclass(frozen=True, slots=True)
class PseudoColors:
    """A function of modality values that makes colours, for `Pipeline.with_colors`.

    The whole output range of the VOI stage is scaled to the palette: its first entry answers the smallest output, its
    last one the largest; in between the nearest entry counts.

    Source: PS3.4 N.2.3 (pseudo-colour transformations); PS3.3 A.33.3.

    Attributes
    ----------
    voi : Window or LookupTable
    palette : Palette
    """

    voi: Window | LookupTable
    palette: Palette

    def __call__(self, values: NDArray[np.float64]) -> list[NDArray[Any]]:
        """Return red, green and blue from 0.0 to 1.0, each of the shape of the values."""
        level: NDArray[Any] = self.voi.apply(values)
        if isinstance(self.voi, LookupTable):
            level = level / float((1 << self.voi.bits) - 1)
        return [
            self._colour(np.nan_to_num(level), one) for one in (self.palette.red, self.palette.green, self.palette.blue)
        ]

    def _colour(self, level: NDArray[np.float64], table: LookupTable) -> NDArray[np.float64]:
        nearest = np.floor(level * (len(table.entries) - 1) + 0.5).astype(np.intp)
        return table.entries[nearest] / float((1 << table.bits) - 1)
