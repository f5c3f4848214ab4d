"""All levels of a picture in one go from top to bottom, in memory for a few rows of tiles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pacscore.pyramid.halving import halved

__all__ = ["Cascade", "TileRowSink"]


class TileRowSink(Protocol):
    """Takes rows of tiles."""

    def take(self, level: int, row: int, band: NDArray[Any]) -> None:
        """Take a row of tiles of a level, all its columns side by side; the band is used again afterwards."""


class Cascade:
    """Gathers rows into rows of tiles, gives them away, and halves them for the next level.

    Each level is halved from the one above it, as `halved` does: means of 2 x 2 pixels, a half rounded up.

    Parameters
    ----------
    sizes : sequence of (int, int)
        Rows and columns of each level, each half of the one before, rounded up.
    tile_rows : int
        Rows of a tile, an even number unless there is one level.
    sink : TileRowSink
    """

    def __init__(self, sizes: Sequence[tuple[int, int]], tile_rows: int, sink: TileRowSink) -> None:
        self._sizes, self._tile_rows, self._sink = sizes, tile_rows, sink
        self._buffers: list[NDArray[Any] | None] = [None] * len(sizes)
        self._gathered = [0] * len(sizes)
        self._given = [0] * len(sizes)

    def take(self, band: NDArray[Any], level: int = 0) -> None:
        """Take the next rows of a level."""
        while len(band):
            missing = self._missing(level)
            if not self._gathered[level] and len(band) >= missing:
                self._give(level, band[:missing])
            else:
                buffer = self._buffer(level, band)
                have = self._gathered[level]
                count = min(missing, len(band))
                buffer[have : have + count] = band[:count]
                self._gathered[level] += count
                if count == missing:
                    self._give(level, buffer[: have + count])
            band = band[missing:]

    def _missing(self, level: int) -> int:
        """Return how many rows the row of tiles lacks that is being gathered."""
        left = self._sizes[level][0] - self._given[level] * self._tile_rows
        return min(self._tile_rows, left) - self._gathered[level]

    def _buffer(self, level: int, band: NDArray[Any]) -> NDArray[Any]:
        buffer = self._buffers[level]
        if buffer is None:
            buffer = self._buffers[level] = np.empty((self._tile_rows, *band.shape[1:]), band.dtype)
        return buffer

    def _give(self, level: int, band: NDArray[Any]) -> None:
        self._sink.take(level, self._given[level], band)
        self._given[level] += 1
        self._gathered[level] = 0
        if level + 1 < len(self._sizes):
            self.take(halved(band), level + 1)
