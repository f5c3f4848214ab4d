"""What a caller wants to see of an image: a rectangle of it, at some resolution, as an array of some dtype.

Here the caller's rows and columns become the standard's (x, y), and nowhere else.

Source: T.800 B.2, B.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError
from pacscore.j2k.codestream.segments import Siz
from pacscore.j2k.packets.geometry import Rect
from pacscore.j2k.plan import TilePlan, image_rect
from pacscore.pixel_format import container_dtype
from pacscore.report import Image

if TYPE_CHECKING:  # annotations alone
    from pacscore.region import Region

__all__ = ["SAMPLE_TYPES", "View", "check_out", "choose_view", "full_region", "level_size", "region_area"]

SAMPLE_TYPES = {np.dtype(name): number for number, name in enumerate(("u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8"))}
"""The numbers by which C knows the dtypes of samples."""


class Window(NamedTuple):
    """The part of a tile-component that is seen.

    Attributes
    ----------
    rect : Rect
        At the wanted resolution; of no size if nothing is seen.
    row, column : int
        Where its first sample goes in the array of the component.
    sample_type, precision : int
    signed : bool
    """

    rect: Rect
    row: int
    column: int
    sample_type: int
    precision: int
    signed: bool

    def cut(self, plane: NDArray[Any]) -> NDArray[Any]:
        """Return the part of a component's array that the window covers."""
        return plane[self.row : self.row + self.rect.height, self.column : self.column + self.rect.width]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A rectangle of an image at one resolution; a key of caches by its identity.

    Attributes
    ----------
    siz : Siz
    reduce : int
        Highest resolutions left out.
    area : Rect
        On the reference grid.
    rects : tuple of Rect
        Of each component, at the resolution wanted.
    dtype : dtype
        Holds the samples of all components.
    tiles : tuple of int
        Numbers of the tiles that the view touches.
    stacked : bool
        Whether all components have one size, and so share one array.
    shapes : tuple of tuple of int
        Shape of the one array, or of each of several.
    samples, output_bytes : int
        Size of the image in memory.
    """

    siz: Siz
    reduce: int
    area: Rect
    rects: tuple[Rect, ...]
    dtype: np.dtype[Any]
    tiles: Sequence[int]
    stacked: bool
    shapes: tuple[tuple[int, ...], ...]
    samples: int
    output_bytes: int

    def allocate(self, out: Image | None) -> list[NDArray[Any]]:
        """Return the arrays to fill: the caller's, if they fit, or new ones.

        Raises
        ------
        OptionError
            If ``out`` has another shape or dtype, or does not lie contiguously in its last axes.
        """
        if out is None:
            return [np.empty(shape, self.dtype) for shape in self.shapes]
        arrays = list(out) if isinstance(out, list) else [out]
        if isinstance(out, list) == self.stacked or len(arrays) != len(self.shapes):
            raise OptionError("out must be one array where the result is one, and a list of arrays where it is a list")
        return [check_out(array, shape, self.dtype) for array, shape in zip(arrays, self.shapes, strict=True)]

    def planes(self, arrays: list[NDArray[Any]]) -> list[NDArray[Any]]:
        """Return a 2-D view a component of the arrays."""
        if self.stacked and len(self.rects) > 1:
            return [arrays[0][:, :, c] for c in range(len(self.rects))]
        return arrays

    def fill_background(self, planes: list[NDArray[Any]]) -> None:
        """Set every sample to what zero coefficients give: the middle of an unsigned range, 0 of a signed one."""
        for plane, component in zip(planes, self.siz.components, strict=True):
            plane[...] = 0 if component.signed else 1 << (component.precision - 1)

    def windows(self, plan: TilePlan) -> tuple[Window, ...]:
        """Return, for each component, the part of a tile that is seen, and where it goes."""
        sample_type = SAMPLE_TYPES[self.dtype]
        windows = []
        for component, rect, part in zip(self.siz.components, self.rects, plan.components, strict=True):
            scale = 1 << self.reduce
            seen = part.geometry.rect.scaled_down(scale, scale).intersection(rect)
            if not (seen.width and seen.height):
                seen = Rect(seen.x0, seen.y0, seen.x0, seen.y0)
            row, column = max(seen.y0 - rect.y0, 0), max(seen.x0 - rect.x0, 0)
            windows.append(Window(seen, row, column, sample_type, component.precision, component.signed))
        return tuple(windows)


def check_out(array: object, shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return the array that a caller gave for a result, or raise OptionError if it does not fit."""
    if not isinstance(array, np.ndarray) or array.shape != shape or array.dtype != dtype:
        found = f"{array.dtype} {array.shape}" if isinstance(array, np.ndarray) else type(array).__name__
        raise OptionError(f"out must be {dtype} of shape {shape}, not {found}")
    inner = array[0] if array.ndim == 3 and shape[0] else array[:1]
    if not array.flags.writeable or not array.dtype.isnative or (array.size and not inner.flags.c_contiguous):
        raise OptionError("out must be writable, of native byte order, and C-contiguous in its last axes")
    return array


def region_area(siz: Siz, region: Region) -> Rect:
    """Map full-resolution pixels, those of the most finely sampled components, to the reference grid."""
    image = image_rect(siz)
    dx = min(component.xrsiz for component in siz.components)
    dy = min(component.yrsiz for component in siz.components)
    full = _finest(siz)
    region.check_inside(full.height, full.width)
    x0, y0 = image.x0 + region.column * dx, image.y0 + region.row * dy
    return Rect(x0, y0, x0 + region.columns * dx, y0 + region.rows * dy).intersection(image)


def full_region(siz: Siz, reduce: int, part: Region) -> Region:
    """Map a rectangle of the image at a lower resolution to the full-resolution region that gives just that.

    Raises
    ------
    OptionError
        If it leaves the image at that resolution.
    """
    from pacscore.region import Region  # noqa: PLC0415 - decoding whole images does not need it

    scale = 1 << reduce
    full = _finest(siz)
    level = full.scaled_down(scale, scale)
    part.check_inside(level.height, level.width)
    x0, y0 = level.x0 + part.column, level.y0 + part.row
    area = Rect(x0 * scale, y0 * scale, (x0 + part.columns) * scale, (y0 + part.rows) * scale).intersection(full)
    return Region(area.y0 - full.y0, area.x0 - full.x0, area.height, area.width)


def level_size(siz: Siz, reduce: int) -> tuple[int, int]:
    """Return rows and columns of the most finely sampled components at a lower resolution."""
    level = _finest(siz).scaled_down(1 << reduce, 1 << reduce)
    return level.height, level.width


def _finest(siz: Siz) -> Rect:
    """Return the image in samples of the most finely sampled components."""
    dx = min(component.xrsiz for component in siz.components)
    dy = min(component.yrsiz for component in siz.components)
    return image_rect(siz).scaled_down(dx, dy)


def output_dtype(siz: Siz) -> np.dtype[Any]:
    """Return the smallest dtype that holds the samples of all components."""
    signed = any(component.signed for component in siz.components)
    return container_dtype(
        max(component.precision + (signed and not component.signed) for component in siz.components), signed
    )


@lru_cache(maxsize=256)
def choose_view(siz: Siz, reduce: int, region: Region | None) -> View:
    """Return the view of an image that ``reduce`` and ``region`` ask for.

    Parameters
    ----------
    siz : Siz
    reduce : int
        Not yet known to be at most the number of decomposition levels.
    region : Region or None
        In full-resolution pixels.

    Raises
    ------
    OptionError
        If the region leaves the image, or ``reduce`` is negative.
    """
    if not 0 <= reduce <= 32:
        raise OptionError(f"reduce={reduce} must be 0 or more, and no more than the decomposition levels")
    area = image_rect(siz) if region is None else region_area(siz, region)
    scale = 1 << reduce
    rects = tuple(
        area.scaled_down(component.xrsiz, component.yrsiz).scaled_down(scale, scale) for component in siz.components
    )
    dtype = output_dtype(siz)
    stacked = len({(rect.width, rect.height) for rect in rects}) == 1
    shapes: tuple[tuple[int, ...], ...] = tuple((rect.height, rect.width) for rect in rects)
    if stacked:
        shapes = (shapes[0] if len(shapes) == 1 else (*shapes[0], len(shapes)),)
    samples = sum(rect.width * rect.height for rect in rects)
    return View(siz, reduce, area, rects, dtype, _tiles(siz, area), stacked, shapes, samples, samples * dtype.itemsize)


def _tiles(siz: Siz, area: Rect) -> Sequence[int]:
    if not (area.width and area.height):
        return ()
    wide = siz.tiles_wide
    rows = range((area.y0 - siz.ytosiz) // siz.ytsiz, -((siz.ytosiz - area.y1) // siz.ytsiz))
    columns = range((area.x0 - siz.xtosiz) // siz.xtsiz, -((siz.xtosiz - area.x1) // siz.xtsiz))
    if len(columns) == wide:
        return range(rows.start * wide, rows.stop * wide)
    return tuple(row * wide + column for row in rows for column in columns)
