"""Pyramids as folders that any web server hands out: DeepZoom, and IIIF Image API 3 of level 0.

Source: the DeepZoom file format (Seadragon); IIIF Image API 3.0, 4.1 to 4.7 and 5.3 (tiles and sizes).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from numpy.typing import NDArray

from pacscore.errors import OptionError
from pacscore.pixel_format import PixelFormat
from pacscore.pyramid.array_pyramid import halvings
from pacscore.pyramid.picture_tiles import PictureTiles, TileFormat
from pacscore.support.scheduler import run_each

__all__ = ["DeepZoomLayout", "IIIFLayout"]

Size = tuple[int, int]
"""Rows and columns."""


class FolderSink:
    """Writes the tiles of each row, several at once."""

    def __init__(self, tiles: PictureTiles, side: int, threads: int, path_of: Callable[[int, int, int], Path]) -> None:
        self._tiles, self._side, self._threads, self._path_of = tiles, side, threads, path_of
        self.suffix = tiles.suffix

    def take(self, level: int, row: int, band: NDArray[Any]) -> None:
        """Write the tiles of a row."""

        def write(column: int, _threads: int) -> None:
            tile = band[:, column * self._side : (column + 1) * self._side]
            path = self._path_of(level, row, column)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self._tiles.encode(tile))

        run_each(range(-(-band.shape[1] // self._side)), write, self._threads)

    def close(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True, slots=True)
class DeepZoomLayout:
    """A DeepZoom folder: ``image.dzi`` and ``image_files/LEVEL/COLUMN_ROW.jpg``, down to a level of one pixel.

    Attributes
    ----------
    tile_format : "jpeg" or "png"
    quality : int
        1 to 100, of JPEG.
    name : str
        Instead of "image".
    """

    tile_format: TileFormat = "jpeg"
    quality: int = 90
    name: str = "image"

    def sizes(self, rows: int, columns: int, side: int) -> Sequence[Size]:
        """Return rows and columns of each level."""
        del side
        return halvings(rows, columns, (1, 1))

    def sink(
        self, folder: Path, pixel_format: PixelFormat, sizes: Sequence[Size], side: int, threads: int
    ) -> FolderSink:
        """Return what takes the rows of tiles."""
        tiles = PictureTiles(pixel_format, self.tile_format, self.quality)
        if not self.name or Path(self.name).name != self.name:
            raise OptionError(f"name={self.name!r} is no name of a file")
        last = len(sizes) - 1

        def path_of(level: int, row: int, column: int) -> Path:
            return folder / f"{self.name}_files" / str(last - level) / f"{column}_{row}.{tiles.suffix}"

        return FolderSink(tiles, side, threads, path_of)

    def finish(self, folder: Path, sink: FolderSink, sizes: Sequence[Size], side: int) -> None:
        """Write the description."""
        rows, columns = sizes[0]
        suffix = quoteattr(sink.suffix)
        (folder / f"{self.name}.dzi").write_text(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<Image xmlns="http://schemas.microsoft.com/deepzoom/2008" '
            f'Format={suffix} Overlap="0" TileSize="{side}">\n'
            f'  <Size Height="{rows}" Width="{columns}"/>\n'
            "</Image>\n",
            encoding="utf-8",
        )


@dataclass(frozen=True, slots=True)
class IIIFLayout:
    """A IIIF Image API 3 folder of level 0: ``info.json`` and a file for each tile of each scale factor.

    Attributes
    ----------
    uri : str
        Where the folder will be found, without a slash at the end: the ``id`` of the image.
    tile_format : "jpeg" or "png"
        A level 0 viewer asks for JPEG.
    quality : int
        1 to 100, of JPEG.
    """

    uri: str
    tile_format: TileFormat = "jpeg"
    quality: int = 90

    def sizes(self, rows: int, columns: int, side: int) -> Sequence[Size]:
        """Return rows and columns of each level, the last of one tile."""
        return halvings(rows, columns, (side, side))

    def sink(
        self, folder: Path, pixel_format: PixelFormat, sizes: Sequence[Size], side: int, threads: int
    ) -> FolderSink:
        """Return what takes the rows of tiles."""
        if not self.uri or self.uri.endswith("/"):
            raise OptionError(f"uri={self.uri!r} must say where the folder will be, without a slash at the end")
        tiles = PictureTiles(pixel_format, self.tile_format, self.quality)
        rows, columns = sizes[0]

        def path_of(level: int, row: int, column: int) -> Path:
            full = side << level
            left, top = column * full, row * full
            wide, high = min(full, columns - left), min(full, rows - top)
            size = f"{-(-wide // (1 << level))},{-(-high // (1 << level))}"
            region = "full" if (wide, high) == (columns, rows) else f"{left},{top},{wide},{high}"
            if region == "full" and level == 0:
                size = "max"
            return folder / region / size / "0" / f"default.{tiles.suffix}"

        return FolderSink(tiles, side, threads, path_of)

    def finish(self, folder: Path, sink: FolderSink, sizes: Sequence[Size], side: int) -> None:
        """Write the description."""
        rows, columns = sizes[0]
        info: dict[str, Any] = {
            "@context": "http://iiif.io/api/image/3/context.json",
            "id": self.uri,
            "type": "ImageService3",
            "protocol": "http://iiif.io/api/image",
            "profile": "level0",
            "width": columns,
            "height": rows,
            "sizes": [{"width": sizes[-1][1], "height": sizes[-1][0]}],
            "tiles": [{"width": side, "height": side, "scaleFactors": [1 << level for level in range(len(sizes))]}],
        }
        if self.tile_format != "jpeg":
            info["preferredFormats"] = info["extraFormats"] = [sink.suffix]
        (folder / "info.json").write_text(json.dumps(info, indent=2) + "\n", encoding="utf-8")
