"""What a grey value goes through on its way to the screen, whatever its place in the frame."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pacscore.pixels.exact_levels import exact_thresholds, ladder, rescaled_toward_zero, values_of
from pacscore.pixels.lookup import LookupTable
from pacscore.pixels.modality import IDENTITY, Rescale
from pacscore.pixels.stage import Stage
from pacscore.pixels.voi import Window

__all__ = ["GreyStages"]

_MODALITY_VALUES = np.dtype(np.uint16)
"""What a Modality LUT gives."""


class GreyStages(NamedTuple):
    """Modality, the user's own stages, VOI, presentation: hashable, as the key of what was planned for them.

    Source: PS3.3 C.11.1 (modality), C.11.2 (VOI), C.11.6 (presentation).
    """

    modality: Rescale | LookupTable
    stages: tuple[Stage, ...]
    voi: Window | LookupTable
    presentation_lut: LookupTable | None
    is_inverse: bool

    @property
    def line(self) -> tuple[Rescale, Window] | None:
        """The two stages there are, if they make a straight line between black and white; else None."""
        if self.stages or self.presentation_lut is not None:
            return None
        if not (isinstance(self.modality, Rescale) and isinstance(self.voi, Window)):
            return None
        return None if self.voi.function == "SIGMOID" else (self.modality, self.voi)

    def fractions(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """Return where stored values are between black, 0.0, and white, 1.0; not a number is 0.0 before inversion."""
        found: NDArray[Any] = self.modality.apply(values)
        for stage in self.stages:
            found = stage.grey(found)
        if isinstance(self.voi, LookupTable):
            found = self.voi.apply(found) / float((1 << self.voi.bits) - 1)
        else:
            found = np.nan_to_num(self.voi.apply(found))
        if self.presentation_lut is not None:
            table = self.presentation_lut
            nearest = np.floor(found * (len(table.entries) - 1) + 0.5).astype(np.intp)
            found = table.entries[nearest] / float((1 << table.bits) - 1)
        return 1.0 - found if self.is_inverse else found

    def levels(self, values: NDArray[Any], largest: int) -> NDArray[np.intp]:
        """Return the levels, 0 to ``largest``, of the fractions in float64: halves upwards, then inversion."""
        levels = np.floor(self._replace(is_inverse=False).fractions(values) * largest + 0.5).astype(np.intp)
        return largest - levels if self.is_inverse else levels

    def table(self, dtype: np.dtype[Any], largest: int) -> NDArray[Any]:
        """Return the level of each value of an integer dtype, in rising order, by exact arithmetic where it applies.

        With a Presentation LUT, or with stages of the user's, arithmetic is float64.
        """
        if self.stages or self.presentation_lut is not None:
            return self.levels(values_of(dtype), largest)
        if isinstance(self.voi, LookupTable):
            values = values_of(dtype)
            if isinstance(self.modality, Rescale):
                entries = self.voi.apply(rescaled_toward_zero(self.modality, values)).astype(np.intp)
            else:
                entries = self.voi.apply(self.modality.apply(values)).astype(np.intp)
            white = (1 << self.voi.bits) - 1
            levels = (2 * largest * entries + white) // (2 * white)
        elif isinstance(self.modality, LookupTable):
            by_modality_value = ladder(exact_thresholds(IDENTITY, self.voi, largest), _MODALITY_VALUES)
            levels = by_modality_value[self.modality.apply(values_of(dtype))]
        else:
            levels = ladder(exact_thresholds(self.modality, self.voi, largest), dtype)
        return largest - levels if self.is_inverse else levels
