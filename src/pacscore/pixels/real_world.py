"""Real world values: stored values in a unit of measurement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError

__all__ = ["RealWorldMap"]


@dataclass(frozen=True, slots=True)
class RealWorldMap:
    """From stored values of one range to real world values, linearly or by a table.

    Source: PS3.3 C.7.6.16.2.11 (Real World Value Mapping).

    Attributes
    ----------
    first, last : float
        The stored values from ``first`` to ``last`` are mapped; others have no real world value.
    slope, intercept : float
        ``slope * stored value + intercept``, where there is no table.
    table : bytes or None
        Real world values of ``first``, ``first + 1`` and so on, float64, little endian.
    label, explanation : str
        What the map is for.
    units, units_meaning : str
        Code and name of the unit, as "mm2/s" and "square millimeter per second".

    Raises
    ------
    OptionError
        If the range is empty, or the table has not one entry for each value of it.
    """

    first: float
    last: float
    slope: float = 1.0
    intercept: float = 0.0
    table: bytes | None = None
    label: str = ""
    explanation: str = ""
    units: str = ""
    units_meaning: str = ""

    def __post_init__(self) -> None:
        if not self.first <= self.last:
            raise OptionError(f"values from {self.first} to {self.last} are none")
        if self.table is not None and len(self.table) != 8 * (int(self.last) - int(self.first) + 1):
            raise OptionError(f"{len(self.table) // 8} entries for values from {self.first} to {self.last}")

    def apply(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """Return the real world values of stored values, NaN where there is none; float64, same shape."""
        inside = (values >= self.first) & (values <= self.last)
        mapped = np.full(values.shape, np.nan)
        if self.table is None:
            mapped[inside] = values[inside].astype(np.float64) * self.slope + self.intercept
        else:
            entries = np.frombuffer(self.table, "<f8")
            mapped[inside] = entries[values[inside].astype(np.int64) - int(self.first)]
        return mapped
