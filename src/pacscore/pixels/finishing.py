"""What is done to a rendered frame as a picture: shutter, overlays, rotation and flip, the area that is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError
from pacscore.pixels.overlay import Overlay
from pacscore.pixels.shutter import Shutter
from pacscore.region import Region

__all__ = ["Finishing"]


@dataclass(frozen=True, slots=True)
class Finishing:
    """The last steps of the way to the screen, which look at where a pixel is, in the order of the attributes.

    Source: PS3.4 N.2 (order of the transformations); PS3.3 C.7.6.11, C.9.2, C.10.6 (spatial transformation), C.10.4
    (displayed area).

    Attributes
    ----------
    shutter : Shutter or None
        What is not to be seen.
    overlays : tuple of Overlay
        Drawn one after the other, over the shutter.
    area : Region or None
        The part of the frame, as it is stored, that is shown.
    rotation : 0, 90, 180 or 270
        In degrees, clockwise.
    horizontal_flip : bool
        Whether left and right are exchanged, after the rotation.
    """

    shutter: Shutter | None = None
    overlays: tuple[Overlay, ...] = ()
    area: Region | None = None
    rotation: Literal[0, 90, 180, 270] = 0
    horizontal_flip: bool = False

    def __post_init__(self) -> None:
        if self.rotation not in (0, 90, 180, 270):
            raise OptionError(f"rotation={self.rotation}: 0, 90, 180 or 270 degrees (PS3.3 C.10.6)")

    @property
    def in_color(self) -> bool:
        """Whether a grey picture becomes a coloured one."""
        colored = self.shutter is not None and self.shutter.color is not None
        return colored or any(overlay.color is not None for overlay in self.overlays)

    def apply(self, picture: NDArray[Any], *, samples: int = 1, largest: float = 255, reduce: int = 0) -> NDArray[Any]:
        """Return the finished picture.

        Parameters
        ----------
        picture : ndarray, shape (..., rows, columns) or (..., rows, columns, 3)
            Display values, whole or floating-point.
        samples : 1 or 3
            3: the last axis is red, green and blue.
        largest : float
            The display value of white.
        reduce : int
            The picture has 1 / 2**reduce of the frame's resolution, rounded up. An overlay marks a pixel there that has
            a marked pixel in it.

        Returns
        -------
        ndarray, same dtype
            ``picture`` itself where there is nothing to do, else a new array. A quarter turn exchanges rows and
            columns; colours turn a grey picture into RGB.

        Raises
        ------
        OptionError
            If the area leaves the picture.
        """
        if self == Finishing():
            return picture
        if samples == 1 and self.in_color:
            picture, samples = np.repeat(picture[..., None], 3, axis=-1), 3
        elif self.shutter is not None or self.overlays:
            picture = picture.copy()
        rows, columns = picture.shape[-2:] if samples == 1 else picture.shape[-3:-1]
        self._paint(picture, (rows, columns), samples, largest, reduce)
        placed = picture if samples == 1 else np.moveaxis(picture, -1, 0)  # rows and columns are the last axes
        if self.area is not None:
            top, left = self.area.row >> reduce, self.area.column >> reduce
            bottom = -(-(self.area.row + self.area.rows) >> reduce)
            right = -(-(self.area.column + self.area.columns) >> reduce)
            if bottom > rows or right > columns:
                raise OptionError(f"{self.area} leaves the picture of {rows} rows and {columns} columns")
            placed = placed[..., top:bottom, left:right]
        placed = np.rot90(placed, -(self.rotation // 90), axes=(-2, -1))
        if self.horizontal_flip:
            placed = placed[..., ::-1]
        return np.ascontiguousarray(placed if samples == 1 else np.moveaxis(placed, 0, -1))

    def _paint(self, picture: NDArray[Any], size: tuple[int, int], samples: int, largest: float, reduce: int) -> None:
        """Fill what the shutter hides and draw the overlays, in place."""
        step = 1 << reduce
        full = (size[0] * step, size[1] * step)
        if self.shutter is not None:
            hidden = self.shutter.hidden(*full)[::step, ::step]
            _fill(picture, hidden, _brush(self.shutter.gray, self.shutter.color, picture, largest), samples)
        for overlay in self.overlays:
            blocks = overlay.over(*full).reshape(size[0], step, size[1], step)
            marked: NDArray[np.bool_] = np.any(blocks, axis=(1, 3)) if reduce else blocks[:, 0, :, 0]
            _fill(picture, marked, _brush(overlay.gray, overlay.color, picture, largest), samples)


def _fill(picture: NDArray[Any], marked: NDArray[np.bool_], brush: NDArray[Any], samples: int) -> None:
    """Give the marked pixels of a picture a value, or a colour; each in the way that NumPy does quickly."""
    if samples == 1:
        np.copyto(picture, brush, where=marked)
    else:
        picture[..., marked, :] = brush


def _brush(gray: int, color: tuple[int, int, int] | None, picture: NDArray[Any], largest: float) -> NDArray[Any]:
    """Return the display values of one pixel, from a P-Value or from red, green and blue of 0 to 255."""
    levels = np.array([gray / 65535] if color is None else [one / 255 for one in color]) * largest
    if picture.dtype.kind != "f":
        levels = np.floor(levels + 0.5)
    return levels.astype(picture.dtype)
