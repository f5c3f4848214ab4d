"""An ordinary image as a pyramid: each level is made of the one above it when it is first asked for."""

from __future__ import annotations

import threading
from typing import Any

from numpy.typing import NDArray

from pacscore.errors import OptionError
from pacscore.pixel_format import PixelFormat
from pacscore.pyramid.encoded_tiles import encoded
from pacscore.pyramid.halving import halved
from pacscore.pyramid.levels import Pyramid, PyramidLevel
from pacscore.region import Region

__all__ = ["ArrayPyramid", "format_of_array", "halvings"]

_MOST_SAMPLES = 16384


def halvings(rows: int, columns: int, tile: tuple[int, int]) -> list[tuple[int, int]]:
    """Return rows and columns of each level, down to the first that is one tile."""
    sizes = [(rows, columns)]
    while rows > tile[0] or columns > tile[1]:
        rows, columns = (rows + 1) // 2, (columns + 1) // 2
        sizes.append((rows, columns))
    return sizes


def format_of_array(image: NDArray[Any]) -> PixelFormat:
    """Return what an array's pixels are: grey, or red, green and blue where there are three samples.

    Raises
    ------
    OptionError
        If it is no picture.
    """
    samples = image.shape[2] if image.ndim == 3 else 1
    if image.ndim not in (2, 3) or not image.size or samples > _MOST_SAMPLES or image.dtype.kind not in "iuf":
        raise OptionError(f"{image.dtype} of shape {image.shape} is no picture: (rows, columns[, samples]) of numbers")
    bits = 8 * image.dtype.itemsize
    return PixelFormat(
        image.shape[0],
        image.shape[1],
        samples,
        bits,
        bits,
        int(image.dtype.kind == "i"),
        "RGB" if samples == 3 else "MONOCHROME2",
        is_float=image.dtype.kind == "f",
    )


class ArrayLevel(PyramidLevel):
    """The image, or a smaller one."""

    def __init__(self, pyramid: ArrayPyramid, number: int, size: tuple[int, int], tile: tuple[int, int]) -> None:
        super().__init__(*size, tile, float(1 << number))
        self._pyramid, self._number = pyramid, number

    def _read(self, region: Region, threads: int) -> NDArray[Any]:
        if threads < 1:
            raise OptionError(f"threads={threads} must be at least 1")
        image = self._pyramid.image(self._number)
        rows, columns = region.row + region.rows, region.column + region.columns
        return image[region.row : rows, region.column : columns].copy()

    def encoded_tile(self, row: int, column: int) -> bytes:
        """Return a tile as HTJ2K, without loss, as small as what lies in the level."""
        return encoded(self.tile(row, column), self._pyramid.pixel_format)


class ArrayPyramid(Pyramid):
    """An image in memory, and smaller ones down to a single tile.

    Parameters
    ----------
    image : ndarray, shape (rows, columns[, samples])
        Not copied: it must not change.
    tile : (int, int)
        Rows and columns of a tile.
    pixel_format : PixelFormat, optional
        What its pixels are.
    """

    def __init__(self, image: NDArray[Any], tile: tuple[int, int], pixel_format: PixelFormat | None = None) -> None:
        self.pixel_format = pixel_format or format_of_array(image)
        self._images = [image]
        self._lock = threading.Lock()
        sizes = halvings(image.shape[0], image.shape[1], tile)
        self.levels = tuple(ArrayLevel(self, number, size, tile) for number, size in enumerate(sizes))

    def image(self, number: int) -> NDArray[Any]:
        """Return all of a level."""
        with self._lock:
            while len(self._images) <= number:
                self._images.append(halved(self._images[-1]))
            return self._images[number]
