"""Levels of a picture as OME-Zarr 0.5, which viewers of large images read: a zarr 3 group with an array for each level.

Source: OME-Zarr 0.5, "multiscales" and "omero" metadata.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import zarr
from numpy.typing import DTypeLike, NDArray
from zarr.errors import ContainsArrayError, ContainsGroupError

from pacscore.errors import OptionError
from pacscore.integrations.ome_metadata import LevelPlace, axes_of, ome_metadata, places_of
from pacscore.integrations.ome_options import OMEZarrOptions
from pacscore.integrations.zarr_codecs import HTJ2KCodec
from pacscore.pyramid.levels import Pyramid, PyramidLevel
from pacscore.region import Region

__all__ = ["OMEZarrOptions", "OMEZarrWriter", "write_ome_zarr"]


class OMEZarrWriter:
    """Writes the levels of a picture row by row, in any order of levels; it keeps a row of chunks of each.

    As a context manager it closes itself; the group becomes an OME-Zarr only when all rows of all levels are there.

    Source: OME-Zarr 0.5, "multiscales".

    Parameters
    ----------
    destination : path, URL or zarr store
    sizes : sequence of (rows, columns) or (rows, columns, downsample), in pixels
        Of the levels, the largest first. A downsample is how many pixels of level 0 one of the level stands for, in
        each direction; without it, what the sizes tell.
    dtype : dtype
        Of the samples.
    samples : int, optional
        How many a pixel has. None: one, and there is no axis of channels.
    options : OMEZarrOptions, optional

    Raises
    ------
    OptionError
        If there is no level, or one is larger than the one before; or the group is there already.
    UnsupportedError
        If the codec does not code samples of this dtype.
    """

    def __init__(
        self,
        destination: Any,
        sizes: Sequence[tuple[int, int] | tuple[int, int, float]],
        dtype: DTypeLike,
        *,
        samples: int | None = None,
        options: OMEZarrOptions | None = None,
    ) -> None:
        self.options = options or OMEZarrOptions()
        self._places = places_of(sizes)
        try:
            self._group = zarr.create_group(destination, overwrite=self.options.overwrite, zarr_format=3)
        except (ContainsGroupError, ContainsArrayError, FileExistsError) as error:
            raise OptionError(f"{destination}: something is there already; overwrite=True replaces it") from error
        self._samples, self._dtype = samples, np.dtype(dtype)
        self._levels = [self._level(str(number), place) for number, place in enumerate(self._places)]

    def write_rows(self, level: int, rows: NDArray[Any]) -> None:
        """Write the next rows of a level, however many.

        Parameters
        ----------
        level : int
        rows : ndarray, shape (rows, columns[, samples])

        Raises
        ------
        OptionError
            If they have another shape or dtype than the level, or are more than it has.
        """
        if not 0 <= level < len(self._levels):
            raise OptionError(f"level {level} of {len(self._levels)}: there is none")
        self._levels[level].write(rows)

    def close(self) -> None:
        """Write the metadata that make the group an OME-Zarr.

        Raises
        ------
        OptionError
            If rows of a level are missing.
        """
        for number, level in enumerate(self._levels):
            if level.next_row != level.rows:
                raise OptionError(f"level {number} has {level.next_row} rows of {level.rows}")
        colour = self._samples == 3 and self._dtype == np.uint8
        self._group.attrs["ome"] = ome_metadata(self._places, axes_of(self._samples), self.options, colour=colour)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is None:
            self.close()

    def _level(self, name: str, place: LevelPlace) -> _Level:
        options = self.options
        first = () if self._samples is None else (self._samples,)
        codec = options.codec or HTJ2KCodec(**({} if self._samples is None else {"components": "first"}))
        array = self._group.create_array(
            name,
            shape=(*first, place.rows, place.columns),
            chunks=(*first, *options.chunk),
            shards=None if options.shard is None else (*first, *options.shard),
            dtype=self._dtype,
            serializer=codec,
            compressors="auto" if codec == "auto" else None,
            dimension_names=axes_of(self._samples),
        )
        return _Level(array, (options.shard or options.chunk)[0])


class _Level:
    """One array, and the rows for it that do not fill a row of chunks, or of shards, yet."""

    def __init__(self, array: zarr.Array[Any], unit: int) -> None:
        self.array = array
        self.rows, self.columns = array.shape[-2:]
        self.next_row = 0
        self._kept = np.empty((unit, self.columns, *array.shape[:-2]), array.dtype)

    def write(self, rows: NDArray[Any]) -> None:
        if rows.shape[1:] != self._kept.shape[1:] or rows.dtype != self._kept.dtype:
            raise OptionError(
                f"rows of shape {rows.shape[1:]} and {rows.dtype} do not go into a level of {self._kept.shape[1:]} and "
                f"{self._kept.dtype}"
            )
        if len(rows) > self.rows - self.next_row:
            raise OptionError(f"{len(rows)} rows after {self.next_row} are more than the {self.rows} of the level")
        while len(rows):
            place = self.next_row % len(self._kept)
            part, rows = np.split(rows, [len(self._kept) - place])
            self._kept[place : place + len(part)] = part
            self.next_row += len(part)
            if place + len(part) == len(self._kept) or self.next_row == self.rows:
                self._flush(place + len(part))

    def _flush(self, count: int) -> None:
        rows = self._kept[:count]
        planes = rows if rows.ndim == 2 else np.moveaxis(rows, -1, 0)
        self.array[..., self.next_row - count : self.next_row, :] = planes


def write_ome_zarr(
    destination: Any,
    levels: Pyramid | Sequence[NDArray[Any] | PyramidLevel],
    *,
    options: OMEZarrOptions | None = None,
) -> None:
    """Write the levels of a picture as OME-Zarr 0.5, in the memory of a few rows of chunks.

    What makes its levels row by row uses ``OMEZarrWriter``. The arrays are read by zarr, and by dask:
    ``dask.array.from_zarr(destination, component="0")``.

    Source: OME-Zarr 0.5, "multiscales".

    Parameters
    ----------
    destination : path, URL or zarr store
    levels : Pyramid, or sequence of ndarray, shape (rows, columns[, samples])
        The largest first. Of a pyramid, rows of chunks are read one after another.
    options : OMEZarrOptions, optional

    Raises
    ------
    OptionError
        If there is no level, or one is larger than the one before; or something is there already.
    UnsupportedError
        If the codec does not code samples of this dtype.
    PacscoreError
        What decoding a level says.
    """
    options = options or OMEZarrOptions()
    band = (options.shard or options.chunk)[0]
    parts = levels.levels if isinstance(levels, Pyramid) else levels
    if not parts:
        raise OptionError("there is no level to write")
    first = _rows(parts[0], 0, 1)
    sizes = [_size(part) for part in parts]
    samples = None if first.ndim == 2 else first.shape[2]
    with OMEZarrWriter(destination, sizes, first.dtype, samples=samples, options=options) as writer:
        for number, part in enumerate(parts):
            for row in range(0, sizes[number][0], band):
                writer.write_rows(number, _rows(part, row, min(band, sizes[number][0] - row)))


def _rows(level: NDArray[Any] | PyramidLevel, row: int, count: int) -> NDArray[Any]:
    if isinstance(level, PyramidLevel):
        return level.region(Region(row, 0, count, level.columns))
    return level[row : row + count]


def _size(level: NDArray[Any] | PyramidLevel) -> tuple[int, int] | tuple[int, int, float]:
    if isinstance(level, PyramidLevel):
        return level.rows, level.columns, level.downsample
    return level.shape[0], level.shape[1]
