"""Pictures that are read from top to bottom, some rows at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import DataError, OptionError
from pacscore.pixel_format import PixelFormat
from pacscore.pyramid.array_pyramid import format_of_array
from pacscore.pyramid.levels import Pyramid
from pacscore.region import Region

__all__ = ["RowSource", "bands_of_array", "bands_of_level"]


class RowSource(NamedTuple):
    """A picture as bands of rows, for `build_pyramid`.

    Attributes
    ----------
    shape : tuple of int
        ``(rows, columns[, samples])`` of the whole picture.
    dtype : dtype
    bands : iterable of ndarray
        Bands of any number of rows each, from top to bottom, ``(rows, columns[, samples])``; taken once.
    """

    shape: tuple[int, ...]
    dtype: Any
    bands: Iterable[NDArray[Any]]

    def checked(self) -> tuple[PixelFormat, Iterator[NDArray[Any]]]:
        """Return what the pixels are, and the bands, each of which is looked at before it is given.

        Raises
        ------
        OptionError
            If shape and dtype are those of no picture.
        DataError
            While the bands are taken: if one does not fit, or they have too many or too few rows.
        """
        try:
            described = np.broadcast_to(np.zeros((), self.dtype), self.shape)
        except (TypeError, ValueError) as error:
            raise OptionError(f"{self.dtype!r} of shape {self.shape!r} is no picture: {error}") from error
        return format_of_array(described), self._checked_bands(described.dtype)

    def _checked_bands(self, dtype: np.dtype[Any]) -> Iterator[NDArray[Any]]:
        rows = 0
        for band in self.bands:
            given = np.asarray(band)
            rows += len(given) if given.ndim else 0
            if given.dtype != dtype or given.shape[1:] != self.shape[1:] or rows > self.shape[0]:
                raise DataError(
                    f"a band of {given.dtype} {given.shape} up to row {rows:,} does not fit {dtype} {self.shape}"
                )
            yield given
        if rows < self.shape[0]:
            raise DataError(f"the bands end after {rows:,} of {self.shape[0]:,} rows")


def bands_of_array(image: Any, height: int) -> tuple[PixelFormat, Iterator[NDArray[Any]]]:
    """Return what the pixels are, and bands, of an array or of what is sliced and described as one, as a memmap."""
    described = np.broadcast_to(np.zeros((), image.dtype), image.shape)
    bands = (np.asarray(image[top : top + height]) for top in range(0, image.shape[0], height))
    return format_of_array(described), bands


def bands_of_level(pyramid: Pyramid, height: int, threads: int) -> tuple[PixelFormat, Iterator[NDArray[Any]]]:
    """Return what the pixels are, and bands, of the largest level of a pyramid."""
    level = pyramid.level(0)
    bands = (
        level.region(Region(top, 0, min(height, level.rows - top), level.columns), threads=threads)
        for top in range(0, level.rows, height)
    )
    return pyramid.pixel_format, bands
