"""What every pyramid offers: levels of one picture, each in tiles."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import ExitStack
from typing import Any, Self

from numpy.typing import NDArray

from pacscore.errors import OptionError
from pacscore.pixel_format import PixelFormat
from pacscore.pyramid.encoded_tiles import HTJ2K_LOSSLESS
from pacscore.region import Region

__all__ = ["Pyramid", "PyramidLevel"]


class PyramidLevel(ABC):
    """One level of a pyramid.

    Attributes
    ----------
    rows, columns : int, in pixels
        Of the level.
    tile_rows, tile_columns : int, in pixels
        Of a tile; those at the lower and the right edge are as small as what is left.
    downsample : float
        How many pixels of level 0 one pixel stands for, in each direction.
    transfer_syntax : str
        Of encoded tiles.
    """

    def __init__(
        self, rows: int, columns: int, tile: tuple[int, int], downsample: float, transfer_syntax: str = HTJ2K_LOSSLESS
    ) -> None:
        self.rows, self.columns = rows, columns
        self.tile_rows, self.tile_columns = tile
        self.downsample = downsample
        self.transfer_syntax = transfer_syntax

    @property
    def tiles_high(self) -> int:
        """How many tiles lie above one another."""
        return -(-self.rows // self.tile_rows)

    @property
    def tiles_wide(self) -> int:
        """How many tiles lie beside one another."""
        return -(-self.columns // self.tile_columns)

    def tile_region(self, row: int, column: int) -> Region:
        """Return where a tile is, in pixels of the level.

        Raises
        ------
        OptionError
            If there is no such tile.
        """
        if not (0 <= row < self.tiles_high and 0 <= column < self.tiles_wide):
            raise OptionError(f"tile ({row}, {column}) of {self.tiles_high} x {self.tiles_wide}: there is none")
        top, left = row * self.tile_rows, column * self.tile_columns
        return Region(top, left, min(self.tile_rows, self.rows - top), min(self.tile_columns, self.columns - left))

    def tile(self, row: int, column: int, *, threads: int = 1) -> NDArray[Any]:
        """Return a tile.

        Parameters
        ----------
        row, column : int
            Of the grid of tiles, from 0.
        threads : int
            How many may work at once; 1 is the calling thread alone.

        Returns
        -------
        ndarray, shape (rows, columns[, samples])
            What of it lies in the level.

        Raises
        ------
        OptionError
            If there is no such tile.
        PacscoreError
            What decoding says.
        """
        return self._read(self.tile_region(row, column), threads)

    def region(self, region: Region, *, threads: int = 1) -> NDArray[Any]:
        """Return a part of the level.

        Parameters
        ----------
        region : Region
            In pixels of this level.
        threads : int
            How many may work at once; 1 is the calling thread alone.

        Returns
        -------
        ndarray, shape (rows, columns[, samples])

        Raises
        ------
        OptionError
            If it leaves the level.
        PacscoreError
            What decoding says.
        """
        region.check_inside(self.rows, self.columns)
        return self._read(region, threads)

    @abstractmethod
    def _read(self, region: Region, threads: int) -> NDArray[Any]:
        """Return a part that lies in the level."""

    @abstractmethod
    def encoded_tile(self, row: int, column: int) -> bytes | None:
        """Return a tile encoded in the level's ``transfer_syntax``; None where the source has none there.

        Tiles that the source keeps apart come as they are stored, and at the edges as large as all others; tiles of
        anything else are coded as HTJ2K, without loss, and are cut at the edges.

        Raises
        ------
        OptionError
            If there is no such tile.
        PacscoreError
            What decoding says.
        """

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__}: {self.rows} x {self.columns} in tiles of {self.tile_rows} x "
            f"{self.tile_columns}, downsample {self.downsample:g}>"
        )


class Pyramid:
    """Levels of one picture, the largest first.

    It is a context manager that closes what was opened for it. Threads may share it.

    Attributes
    ----------
    levels : tuple of PyramidLevel
    pixel_format : PixelFormat
        Of what tiles give: rows and columns are those of level 0.
    opened : ExitStack or None
        Closes what was opened for it.
    """

    levels: tuple[PyramidLevel, ...]
    pixel_format: PixelFormat
    opened: ExitStack | None = None

    def level(self, index: int) -> PyramidLevel:
        """Return a level, 0 the largest; negative ones count from the smallest.

        Raises
        ------
        OptionError
            If there is none.
        """
        try:
            return self.levels[index]
        except IndexError:
            raise OptionError(f"level {index} of {len(self.levels)}: there is none") from None

    def level_for(self, downsample: float) -> PyramidLevel:
        """Return the smallest level that has all the detail a view so many times smaller than level 0 can show."""
        fine = [level for level in self.levels if level.downsample <= downsample]
        return fine[-1] if fine else self.levels[0]

    def close(self) -> None:
        """Close what was opened for it; no tile can be read any more."""
        if self.opened is not None:
            self.opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        sizes = ", ".join(f"{level.rows} x {level.columns}" for level in self.levels)
        return f"<{type(self).__name__}: {sizes}>"
