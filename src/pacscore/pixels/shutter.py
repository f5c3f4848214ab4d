"""Display shutters: what of a frame is not to be seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError
from pacscore.pixels.overlay import Overlay

__all__ = ["BitmapShutter", "CircularShutter", "PolygonalShutter", "RectangularShutter", "Shutter"]


@dataclass(frozen=True, slots=True)
class RectangularShutter:
    """The pixels from the left to the right and the upper to the lower edge, edges included, are seen.

    Source: PS3.3 C.7.6.11.

    Attributes
    ----------
    left, right, upper, lower : int
        Columns and rows, counted from 1.
    """

    left: int
    right: int
    upper: int
    lower: int

    def visible(self, rows: int, columns: int) -> NDArray[np.bool_]:
        """Return which pixels are seen, shape ``(rows, columns)``."""
        seen = np.zeros((rows, columns), np.bool_)
        seen[max(self.upper - 1, 0) : max(self.lower, 0), max(self.left - 1, 0) : max(self.right, 0)] = True
        return seen


@dataclass(frozen=True, slots=True)
class CircularShutter:
    """The pixels whose centres are no farther than the radius from the centre are seen.

    Source: PS3.3 C.7.6.11.

    Attributes
    ----------
    row, column : int
        Centre, counted from 1.
    radius : int
        In pixels along a row.
    aspect : float
        Height of a pixel over its width, so that the circle is one on the screen.
    """

    row: int
    column: int
    radius: int
    aspect: float = 1.0

    def visible(self, rows: int, columns: int) -> NDArray[np.bool_]:
        """Return which pixels are seen, shape ``(rows, columns)``."""
        down = (np.arange(1, rows + 1, dtype=np.float64) - self.row) * self.aspect
        across = np.abs(np.arange(1, columns + 1, dtype=np.float64) - self.column)
        left_over = float(self.radius) ** 2 - down * down
        reach = np.where(left_over < 0, -1.0, np.sqrt(np.maximum(left_over, 0)))  # of the circle in each row
        return np.asarray(across <= reach[:, None])


@dataclass(frozen=True, slots=True)
class PolygonalShutter:
    """The pixels whose centres lie in the polygon are seen; on its left and upper sides they do, too.

    Source: PS3.3 C.7.6.11.

    Attributes
    ----------
    vertices : tuple of (int, int)
        Row and column of each vertex, counted from 1, in order; the last one is joined with the first.

    Raises
    ------
    OptionError
        If there are fewer than three, or more than 10,000.
    """

    vertices: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        if not 3 <= len(self.vertices) <= 10_000:
            raise OptionError(f"a polygon of {len(self.vertices)} vertices: 3 to 10,000 are possible")

    def visible(self, rows: int, columns: int) -> NDArray[np.bool_]:
        """Return which pixels are seen, shape ``(rows, columns)``.

        Each side flips everything to the right of it: what is flipped an odd number of times is inside.
        """
        flips = np.zeros((rows, columns + 1), np.bool_)
        for side in zip(self.vertices, (*self.vertices[1:], self.vertices[0]), strict=True):
            (row, column), (end_row, end_column) = sorted(side)
            crossed = np.arange(max(row, 1), min(end_row, rows + 1))
            if crossed.size:
                # where the side crosses each row, rounded up in whole numbers
                first = column - (row - crossed) * (end_column - column) // (end_row - row)
                flips[crossed - 1, np.clip(first - 1, 0, columns)] ^= True
        return np.bitwise_xor.accumulate(flips, axis=1)[:, :columns]


@dataclass(frozen=True, slots=True)
class BitmapShutter:
    """The pixels that an overlay plane marks are not seen.

    Source: PS3.3 C.7.6.15.

    Attributes
    ----------
    overlay : Overlay
    """

    overlay: Overlay

    def visible(self, rows: int, columns: int) -> NDArray[np.bool_]:
        """Return which pixels are seen, shape ``(rows, columns)``."""
        return ~self.overlay.over(rows, columns)


@dataclass(frozen=True, slots=True)
class Shutter:
    """Shapes that hide what lies outside of any of them, and what is shown there.

    Source: PS3.3 C.7.6.11 (Display Shutter), C.7.6.15 (Bitmap Display Shutter), C.11.12 (Shutter Presentation Value).

    Attributes
    ----------
    shapes : tuple of RectangularShutter, CircularShutter, PolygonalShutter or BitmapShutter
    gray : int
        What is shown instead, a P-Value of 0 (black) to 65,535 (white).
    color : (int, int, int) or None
        Red, green and blue, 0 to 255, for a picture in colour.
    """

    shapes: tuple[RectangularShutter | CircularShutter | PolygonalShutter | BitmapShutter, ...]
    gray: int = 0
    color: tuple[int, int, int] | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.gray <= 65535:
            raise OptionError(f"gray={self.gray}: a P-Value is 0 to 65,535")

    def hidden(self, rows: int, columns: int) -> NDArray[np.bool_]:
        """Return which pixels are not seen, shape ``(rows, columns)``."""
        seen = np.ones((rows, columns), np.bool_)
        for shape in self.shapes:
            seen &= shape.visible(rows, columns)
        return ~seen
