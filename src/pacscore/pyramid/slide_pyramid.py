"""Whole slide instances as a pyramid: levels in instances of their own, each of tiles that are its frames.

Source: PS3.3 C.7.6.16.2.2.4 (concatenations), C.7.6.17, C.8.12.4.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pacscore.dicom.attribute_values import text, texts
from pacscore.dicom.concatenation import Concatenation, concatenation_of
from pacscore.dicom.frames import FrameSource
from pacscore.dicom.image_pixel import tag_of
from pacscore.errors import DicomError, OptionError, UnsupportedError
from pacscore.limits import Limits
from pacscore.pyramid.absent_pixels import absent_pixel
from pacscore.pyramid.levels import Pyramid, PyramidLevel
from pacscore.pyramid.slide_tiles import Matrix, Plane, TileTable, column_spacing, read_matrix, tile_tables
from pacscore.region import Region
from pacscore.support.scheduler import run_each, useful_threads

__all__ = ["SlideLevel", "SlidePyramid"]

_ALIKE = ("SeriesInstanceUID", "FrameOfReferenceUID", "PyramidUID")
"""What instances of one pyramid have in common."""


class _Plane(NamedTuple):
    """Tiles of one plane, of one instance or one concatenation."""

    frames: Concatenation
    matrix: Matrix
    plane: Plane = Plane("", 0.0)
    table: TileTable = TileTable(1)


class SlideLevel(PyramidLevel):
    """One Total Pixel Matrix, in one optical path and one focal plane."""

    def __init__(self, frames: Concatenation, matrix: Matrix, table: TileTable, downsample: float, limits: Limits):
        tile = matrix.tile_rows, matrix.tile_columns
        super().__init__(matrix.rows, matrix.columns, tile, downsample, str(frames.transfer_syntax))
        self._frames, self._table, self._limits = frames, table, limits
        self._absent = absent_pixel(frames.dataset, frames.pixel_format)

    def _read(self, region: Region, threads: int) -> NDArray[Any]:
        described = self._frames.pixel_format.resized(region.rows, region.columns)
        self._limits.check_output(described.nbytes, described.nbytes)
        out = np.empty(described.shape, described.dtype)
        last_row, last_column = region.row + region.rows - 1, region.column + region.columns - 1
        tiles = [
            (row, column)
            for row in range(region.row // self.tile_rows, last_row // self.tile_rows + 1)
            for column in range(region.column // self.tile_columns, last_column // self.tile_columns + 1)
        ]
        if threads < 1:
            raise OptionError(f"threads={threads} must be at least 1")
        run_each(tiles, lambda tile, _: self._put(tile, region, out), useful_threads(threads, out.size))
        return out

    def _put(self, tile: tuple[int, int], region: Region, out: NDArray[Any]) -> None:
        """Put what a region sees of a tile where it belongs."""
        top, left = tile[0] * self.tile_rows, tile[1] * self.tile_columns
        rows = slice(max(region.row, top), min(region.row + region.rows, top + self.tile_rows))
        columns = slice(max(region.column, left), min(region.column + region.columns, left + self.tile_columns))
        place = out[
            rows.start - region.row : rows.stop - region.row,
            columns.start - region.column : columns.stop - region.column,
        ]
        frame = self._table.frame(*tile)
        if frame is None:
            place[...] = self._absent if place.ndim == 3 else self._absent[0]
        else:
            samples = self._frames.frame(frame)
            place[...] = np.asarray(samples)[
                rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
            ]

    def encoded_tile(self, row: int, column: int) -> bytes | None:
        """Return a tile as it is stored, as large as all others; None where the slide has none."""
        self.tile_region(row, column)
        frame = self._table.frame(row, column)
        return None if frame is None else self._frames.encoded(frame)


class SlidePyramid(Pyramid):
    """The levels of a slide in one optical path and one focal plane.

    Attributes
    ----------
    optical_paths : tuple of str
        Identifiers of all that level 0 has.
    focal_planes : tuple of float, in micrometers
        Distances from the slide of all that level 0 has in the optical path, in rising order.

    Parameters
    ----------
    sources : list of FrameSource
        Instances, and parts of concatenations, in any order.
    optical_path : str, optional
        Identifier; None is the first one.
    focal_plane : int
        Counted from the lowest.

    Raises
    ------
    DicomError, UnsupportedError
        If the instances do not make up one pyramid.
    OptionError
        If there is no such optical path or focal plane.
    """

    def __init__(self, sources: list[FrameSource], optical_path: str | None, focal_plane: int, limits: Limits) -> None:
        objects = _objects(_volumes(sources), limits)
        planes = [_Plane(frames, read_matrix(frames.dataset)) for frames in objects]
        planes = [
            plane._replace(plane=where, table=table)
            for plane in planes
            for where, table in tile_tables(plane.frames, plane.matrix).items()
        ]
        planes.sort(key=lambda plane: -plane.matrix.rows * plane.matrix.columns)
        largest = planes[0].matrix
        first = planes[0].frames.pixel_format
        self.pixel_format = first.resized(largest.rows, largest.columns)
        self.optical_paths = tuple(
            dict.fromkeys(plane.plane.optical_path for plane in planes if plane.matrix == largest)
        )
        planes = [plane for plane in planes if plane.plane.optical_path == self._path(optical_path)]
        self.focal_planes = tuple(sorted({plane.plane.focus for plane in planes if plane.matrix == largest}))
        if not 0 <= focal_plane < len(self.focal_planes):
            raise OptionError(f"focal plane {focal_plane} of {len(self.focal_planes)}: there is none")
        levels: dict[tuple[int, int], SlideLevel] = {}
        for plane in _at_focus(planes, self.focal_planes[focal_plane]):
            matrix, decoded = plane.matrix, plane.frames.pixel_format
            if (matrix.rows, matrix.columns) in levels:
                raise DicomError(
                    f"two instances hold {matrix.rows} x {matrix.columns} pixels of one optical path and focal plane",
                    tag=tag_of("TotalPixelMatrixRows"),
                )
            if decoded.resized(first.rows, first.columns) != first:
                raise DicomError(f"levels differ in their pixels: {first} and {decoded}", tag=tag_of("BitsStored"))
            downsample = _downsample(planes[0], plane)
            levels[matrix.rows, matrix.columns] = SlideLevel(plane.frames, matrix, plane.table, downsample, limits)
        self.levels = tuple(levels.values())

    def _path(self, asked: str | None) -> str:
        if asked is None:
            return self.optical_paths[0]
        if asked not in self.optical_paths:
            raise OptionError(f"optical path {asked!r} is none of {', '.join(self.optical_paths)}")
        return asked


def _downsample(largest: _Plane, smaller: _Plane) -> float:
    """Return how many columns become one: by the distances of pixels, or where those are not told by the sizes."""
    first, other = (column_spacing(plane.frames.dataset) for plane in (largest, smaller))
    return other / first if first and other else largest.matrix.columns / smaller.matrix.columns


def _at_focus(planes: list[_Plane], focus: float) -> list[_Plane]:
    """Return, of each matrix, the focal plane that is nearest to one of level 0: low levels often have fewer."""
    found = []
    for matrix in dict.fromkeys(plane.matrix for plane in planes):
        here = [plane for plane in planes if plane.matrix == matrix]
        nearest = min((plane.plane.focus for plane in here), key=lambda other: abs(other - focus))
        found += [plane for plane in here if plane.plane.focus == nearest]
    return found


def _volumes(sources: list[FrameSource]) -> list[FrameSource]:
    """Return the instances that show the specimen, without label and overview; a single instance is what it is."""
    if len(sources) == 1:
        return sources
    volumes = [source for source in sources if texts(source.dataset, "ImageType")[2:3] == ["VOLUME"]]
    if not volumes:
        raise UnsupportedError(
            f"{len(sources)} tiled objects, none of Image Type VOLUME: they are no levels of one slide",
            feature="several pictures that are no volume",
            clause="PS3.3 C.8.12.4.1.1",
        )
    for keyword in _ALIKE:
        found = {text(source.dataset, keyword) for source in volumes} - {""}
        if len(found) > 1:
            raise DicomError(
                f"the instances are of several pyramids: {keyword} {tag_of(keyword)} is {', '.join(sorted(found))}",
                tag=tag_of(keyword),
            )
    return volumes


def _objects(sources: list[FrameSource], limits: Limits) -> list[Concatenation]:
    """Return the instances, those joined that are parts of a concatenation."""
    parts: dict[str, list[FrameSource]] = {}
    objects = []
    for source in sources:
        uid = text(source.dataset, "ConcatenationUID")
        if uid:
            parts.setdefault(uid, []).append(source)
        else:
            objects.append(Concatenation((source,), limits))
    return objects + [concatenation_of(each, limits) for each in parts.values()]
