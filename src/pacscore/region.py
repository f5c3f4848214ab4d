"""A rectangle of pixels."""

from __future__ import annotations

from dataclasses import dataclass

from pacscore.errors import OptionError

__all__ = ["Region"]


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle in full-resolution pixels, counted from the image's upper-left corner.

    Attributes
    ----------
    row, column : int
        The upper-left pixel.
    rows, columns : int
        The size, at least 1 each.

    Raises
    ------
    OptionError
        If a coordinate is negative or a size is not positive.
    """

    row: int
    column: int
    rows: int
    columns: int

    def __post_init__(self) -> None:
        if self.row < 0 or self.column < 0 or self.rows < 1 or self.columns < 1:
            raise OptionError(f"{self}: row and column must not be negative, rows and columns must be positive")

    def check_inside(self, rows: int, columns: int) -> None:
        """Raise OptionError unless the region lies inside an image of this size."""
        if self.row + self.rows > rows or self.column + self.columns > columns:
            raise OptionError(f"{self} leaves the image of {rows} rows and {columns} columns")
