"""The modality stage: stored values become values with a meaning, as in Hounsfield units."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError

__all__ = ["IDENTITY", "Rescale"]


@dataclass(frozen=True, slots=True)
class Rescale:
    """A linear modality transformation: ``slope * stored value + intercept``.

    Source: PS3.3 C.11.1.1.2 (Rescale Intercept and Rescale Slope).

    Attributes
    ----------
    slope, intercept : float
        Finite.

    Raises
    ------
    OptionError
        If either is not finite.
    """

    slope: float = 1.0
    intercept: float = 0.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.slope) and math.isfinite(self.intercept)):
            raise OptionError(f"{self}: slope and intercept must be finite")

    def apply(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """Return the rescaled values, float64, same shape."""
        with np.errstate(over="ignore", invalid="ignore"):  # of numbers that no image has, infinity is what it is
            return values.astype(np.float64) * self.slope + self.intercept


IDENTITY = Rescale()
"""Modality values are the stored values."""
