"""Overlay planes: one bit a pixel, drawn over a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError

__all__ = ["Overlay"]


@dataclass(frozen=True, slots=True)
class Overlay:
    """An overlay plane of one frame.

    Source: PS3.3 C.9.2 (Overlay Plane), C.11.7 (Overlay Activation); PS3.5 8.1.2.

    Attributes
    ----------
    rows, columns : int
        Size of the plane.
    data : bytes
        One bit a pixel, row by row, the first pixel in the lowest bit of the first byte.
    row, column : int
        Where its upper left pixel lies in the frame, counted from 0; negative where it begins outside.
    kind : "G" or "R"
        Graphics, or a region of interest. Both are drawn.
    label, description : str
        What the data set calls it.
    group : int
        60xx, the group of its elements.
    gray : int
        Brightness that it is drawn with, a P-Value of 0 (black) to 65,535 (white).
    color : (int, int, int) or None
        Red, green and blue, 0 to 255, instead of ``gray``; the picture becomes RGB.

    Raises
    ------
    OptionError
        If the data is shorter than the plane, or a value lies outside its range.
    """

    rows: int
    columns: int
    data: bytes
    row: int = 0
    column: int = 0
    kind: Literal["G", "R"] = "G"
    label: str = ""
    description: str = ""
    group: int = 0x6000
    gray: int = 65535
    color: tuple[int, int, int] | None = None

    def __post_init__(self) -> None:
        if self.rows < 1 or self.columns < 1 or 8 * len(self.data) < self.rows * self.columns:
            raise OptionError(f"{len(self.data)} bytes hold no plane of {self.rows} x {self.columns} bits")
        if not 0 <= self.gray <= 65535:
            raise OptionError(f"gray={self.gray}: a P-Value is 0 to 65,535")
        if self.color is not None and (len(self.color) != 3 or not all(0 <= one <= 255 for one in self.color)):
            raise OptionError(f"color={self.color}: three values from 0 to 255")

    @property
    def plane(self) -> NDArray[np.uint8]:
        """The plane as 0 and 1, shape ``(rows, columns)``."""
        count = self.rows * self.columns
        bits = np.unpackbits(np.frombuffer(self.data, np.uint8), count=count, bitorder="little")
        return bits.reshape(self.rows, self.columns)

    def over(self, rows: int, columns: int) -> NDArray[np.bool_]:
        """Return which pixels of a frame the plane marks, shape ``(rows, columns)``; what lies outside is cut off."""
        marked = np.zeros((rows, columns), np.bool_)
        top, left = max(self.row, 0), max(self.column, 0)
        bottom, right = min(self.row + self.rows, rows), min(self.column + self.columns, columns)
        if top < bottom and left < right:
            part = self.plane[top - self.row : bottom - self.row, left - self.column : right - self.column]
            marked[top:bottom, left:right] = part
        return marked

    @classmethod
    def from_plane(cls, plane: NDArray[Any], **attributes: Any) -> Overlay:
        """Return an overlay that marks where ``plane``, of shape ``(rows, columns)``, is not zero."""
        rows, columns = plane.shape
        return cls(rows, columns, np.packbits(plane != 0, bitorder="little").tobytes(), **attributes)
