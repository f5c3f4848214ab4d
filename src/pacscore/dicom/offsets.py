"""Offset tables: where frames begin, as the object itself says.

Source: PS3.5 A.4; PS3.3 C.7.6.3.1.8.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pacscore.dicom.encapsulation import Fragment, Fragments
from pacscore.source import Reader

__all__ = ["ExtendedOffsetTable", "Numbers", "OffsetTable", "basic_offset_table"]

Numbers = NDArray[np.unsignedinteger]
"""Places and lengths in bytes."""


@dataclass(frozen=True, slots=True, eq=False)
class OffsetTable:
    """Where frames begin.

    Attributes
    ----------
    name : str
        Which of the two tables it is.
    offsets : ndarray of unsigned integers, in bytes
        From the first byte behind the item of the Basic Offset Table to the item of each frame.
    lengths : ndarray of unsigned integers or None, in bytes
        Of the frames, with or without the pad byte; an Extended Offset Table has them.
    """

    name: str
    offsets: Numbers
    lengths: Numbers | None = None

    def __len__(self) -> int:
        return len(self.offsets)

    def objection(self, count: int) -> str | None:
        """Return why this cannot be a table of so many frames, None if it may be; more entries than frames may be."""
        rising = bool(np.all(self.offsets[:-1] < self.offsets[1:]))
        if len(self) >= count and self.offsets[0] == 0 and rising:
            return None
        return f"the {self.name} of {len(self)} entries cannot be right for {count} frames: not used"

    def bounds(self, fragments: Fragments, origin: int, count: int) -> Sequence[int] | None:
        """Return the first fragment of each frame and the one behind the last; None unless all entries lead to one.

        Parameters
        ----------
        fragments : Fragments
            All that there are.
        origin : int, in bytes
            Where the first fragment's item begins.
        count : int
            Number of Frames.
        """
        if not fragments:
            return None
        starts = fragments.starts
        wanted = self.offsets[: count + 1].astype(np.uint64) + np.uint64(origin + Fragment.HEADER)
        found = np.searchsorted(starts, wanted)
        if found[-1] >= len(starts) or not np.array_equal(starts[found], wanted):
            return None
        bounds: list[int] = found.tolist()
        return bounds if len(self) > count else [*bounds, len(starts)]


class ExtendedOffsetTable(OffsetTable):
    """Values of (7FE0,0001) and (7FE0,0002); lengths may be absent."""

    @classmethod
    def parse(cls, offsets: bytes, lengths: bytes | None) -> ExtendedOffsetTable | None:
        """Return the table, or None where its values are not 64-bit numbers, one length an offset."""
        if not offsets or len(offsets) % 8 or (lengths is not None and len(lengths) != len(offsets)):
            return None
        numbers = None if lengths is None else np.frombuffer(lengths, "<u8")
        return cls("Extended Offset Table", np.frombuffer(offsets, "<u8"), numbers)


def basic_offset_table(reader: Reader, item: Fragment) -> OffsetTable | None:
    """Return the Basic Offset Table, None where it is empty.

    Raises
    ------
    ValueError
        If its bytes are no 32-bit numbers.
    """
    if not item.length:
        return None
    value = bytes(reader.read_range(item.start, item.length))
    if len(value) % 4 or len(value) < item.length:
        raise ValueError(f"the Basic Offset Table has {item.length} bytes, no number of 32-bit offsets: not used")
    return OffsetTable("Basic Offset Table", np.frombuffer(value, "<u4"))
