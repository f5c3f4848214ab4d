"""OME-Zarr as a layout of ``pacscore.build_pyramid``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from pacscore.errors import OptionError
from pacscore.integrations.ome_options import OMEZarrOptions
from pacscore.integrations.ome_zarr import OMEZarrWriter
from pacscore.pixel_format import PixelFormat
from pacscore.pyramid.array_pyramid import halvings

__all__ = ["OMEZarrLayout"]


class RowsSink:
    """Gives rows of tiles to the writer; what is not finished is no OME-Zarr."""

    def __init__(self, writer: OMEZarrWriter) -> None:
        self.writer = writer

    def take(self, level: int, row: int, band: NDArray[Any]) -> None:
        """Write a row of tiles."""
        del row  # rows come in order
        self.writer.write_rows(level, band)

    def close(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True, slots=True)
class OMEZarrLayout:
    """An OME-Zarr 0.5 group, down to a level of one tile.

    Source: OME-Zarr 0.5, "multiscales".

    Attributes
    ----------
    options : OMEZarrOptions
        Chunks and shards are those of the options, whatever the size of tiles; levels lie as they are made, centred.

    Raises
    ------
    OptionError
        If ``sampling`` is not "centred".
    UnsupportedError
        From ``build_pyramid``, if the codec does not code such samples.
    """

    options: OMEZarrOptions = field(default_factory=OMEZarrOptions)

    def __post_init__(self) -> None:
        if self.options.sampling != "centred":
            raise OptionError("levels that are means of 2 x 2 pixels are centred")

    def sizes(self, rows: int, columns: int, side: int) -> Sequence[tuple[int, int]]:
        """Return rows and columns of each level."""
        return halvings(rows, columns, (side, side))

    def sink(
        self, folder: Path, pixel_format: PixelFormat, sizes: Sequence[tuple[int, int]], side: int, threads: int
    ) -> RowsSink:
        """Return what takes the rows of tiles."""
        del side, threads  # zarr encodes chunks of a row at once
        samples = pixel_format.samples_per_pixel if pixel_format.samples_per_pixel > 1 else None
        places = [(*size, float(1 << number)) for number, size in enumerate(sizes)]
        return RowsSink(OMEZarrWriter(folder, places, pixel_format.dtype, samples=samples, options=self.options))

    def finish(self, folder: Path, sink: RowsSink, sizes: Sequence[tuple[int, int]], side: int) -> None:
        """Write the metadata that make the group an OME-Zarr."""
        del folder, sizes, side
        sink.writer.close()
