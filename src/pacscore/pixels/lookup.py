"""Look-up tables as the standard writes them: a first mapped value, entries, and the bits of an entry."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError

__all__ = ["LookupTable"]


@dataclass(frozen=True, slots=True)
class LookupTable:
    """A table of the Modality LUT, VOI LUT or Palette Color Lookup Table kind.

    Source: PS3.3 C.11.1.1.1 (LUT Descriptor), C.7.6.3.1.5 and C.7.6.3.1.6.

    Attributes
    ----------
    first_mapped : int
        The input value that the first entry answers; smaller inputs get the first entry too, inputs past the end the
        last one.
    bits : int
        Bits of an entry, 8 to 16: entries range from 0 to ``2**bits - 1``.
    data : bytes
        The entries, two bytes each, little endian; not an array, so that tables can be hashed and compared.
    explanation : str
        What the table is for, as in "LUNG"; tables that differ in this alone are equal.

    Raises
    ------
    OptionError
        If there is no entry, half an entry, or ``bits`` is outside 8 to 16.
    """

    first_mapped: int
    bits: int
    data: bytes
    explanation: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if not 8 <= self.bits <= 16:
            raise OptionError(f"a look-up table has entries of 8 to 16 bits, not {self.bits}")
        if not self.data or len(self.data) % 2:
            raise OptionError(f"{len(self.data)} bytes are not a whole number of two-byte entries")

    @property
    def entries(self) -> NDArray[np.uint16]:
        """The entries, read-only, shape ``(n,)``."""
        return np.frombuffer(self.data, "<u2").astype(np.uint16, copy=False)

    def apply(self, values: NDArray[Any]) -> NDArray[np.uint16]:
        """Return the entry of each value; fractions are dropped first."""
        entries = self.entries
        last = self.first_mapped + len(entries) - 1
        index = np.clip(np.trunc(np.nan_to_num(values)), self.first_mapped, last) - self.first_mapped
        found: NDArray[np.uint16] = entries[index.astype(np.intp)]
        return found
