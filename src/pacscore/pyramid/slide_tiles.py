"""Where the frames of a tiled object lie in its Total Pixel Matrix.

Source: PS3.3 C.7.6.17 (Multi-frame Dimension, TILED_FULL and TILED_SPARSE), C.8.12.6.1 (Plane Position (Slide)),
C.8.12.4 (Whole Slide Microscopy Image), C.8.12.5 (Optical Path).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from pydicom.dataset import Dataset

from pacscore.dicom.attribute_values import items, number, numbers, text, whole
from pacscore.dicom.concatenation import Concatenation
from pacscore.dicom.functional_groups import group_items
from pacscore.dicom.image_pixel import integer, tag_of, value
from pacscore.errors import DicomError, UnsupportedError

__all__ = ["Matrix", "Plane", "TileTable", "column_spacing", "is_tiled", "read_matrix", "tile_tables"]

_LARGEST_MATRIX = 1 << 32
_MOST_PLANES = 1 << 16
_MOST_TILES = 1 << 31


class Plane(NamedTuple):
    """One optical path in one focal plane: its identifier, and its distance from the slide's surface in micrometers."""

    optical_path: str
    focus: float


class Matrix(NamedTuple):
    """A Total Pixel Matrix and its tiles, in pixels."""

    rows: int
    columns: int
    tile_rows: int
    tile_columns: int

    @property
    def tiles_high(self) -> int:
        """How many tiles lie above one another."""
        return -(-self.rows // self.tile_rows)

    @property
    def tiles_wide(self) -> int:
        """How many tiles lie beside one another."""
        return -(-self.columns // self.tile_columns)


class TileTable:
    """Which frame holds a tile of one plane.

    Parameters
    ----------
    wide : int
        Tiles beside one another.
    first : int
        The frame of the first tile, where all tiles follow one another.
    frames : dict of (int, int) to int, optional
        Or the frame of each tile that there is, by row and column of the grid.
    """

    def __init__(self, wide: int, first: int = 0, frames: dict[tuple[int, int], int] | None = None) -> None:
        self._wide, self._first, self._frames = wide, first, frames

    def frame(self, row: int, column: int) -> int | None:
        """Return the frame that holds a tile, None where there is none."""
        if self._frames is None:
            return self._first + row * self._wide + column
        return self._frames.get((row, column))


def column_spacing(dataset: Dataset) -> float | None:
    """Return how far columns are apart, in millimetres, None if it is not told for all frames alike."""
    measures = group_items(dataset, 0, "PixelMeasuresSequence")
    spacing = numbers(measures[0], "PixelSpacing") if measures else []
    return spacing[1] if len(spacing) == 2 and spacing[1] > 0 else None


def is_tiled(dataset: Dataset) -> bool:
    """Return whether the frames of an object are tiles of one matrix."""
    return value(dataset, "TotalPixelMatrixColumns") is not None


def read_matrix(dataset: Dataset) -> Matrix:
    """Return the Total Pixel Matrix of an object.

    Raises
    ------
    DicomError
        If a size is missing, or is none.
    """
    sizes = [
        integer(dataset, keyword, 1, largest)
        for keyword, largest in (
            ("TotalPixelMatrixRows", _LARGEST_MATRIX),
            ("TotalPixelMatrixColumns", _LARGEST_MATRIX),
            ("Rows", 65535),
            ("Columns", 65535),
        )
    ]
    matrix = Matrix(*sizes)
    if matrix.tiles_high * matrix.tiles_wide > _MOST_TILES:
        raise DicomError(
            f"a Total Pixel Matrix of {matrix.rows:,} x {matrix.columns:,} has more tiles of {matrix.tile_rows} x "
            f"{matrix.tile_columns} than an object has frames (PS3.3 C.8.12.4)",
            tag=tag_of("TotalPixelMatrixRows"),
        )
    return matrix


def tile_tables(frames: Concatenation, matrix: Matrix) -> dict[Plane, TileTable]:
    """Return where the tiles of each plane are, by the frames of an object, or of a concatenation.

    Raises
    ------
    DicomError
        If positions are missing, make no sense, or there are fewer frames than tiles.
    UnsupportedError
        If tiles lie off the grid, or several frames in one place.
    """
    kind = text(frames.dataset, "DimensionOrganizationType")
    positions = group_items(frames.dataset, 0, "PlanePositionSlideSequence")
    if kind == "TILED_FULL" or (kind != "TILED_SPARSE" and not positions):
        return _full(frames, matrix)
    return _sparse(frames, matrix)


def _full(frames: Concatenation, matrix: Matrix) -> dict[Plane, TileTable]:
    """Return the tables of frames in the order of rows, focal planes and optical paths."""
    dataset = frames.dataset
    paths = [text(path, "OpticalPathIdentifier") for path in items(dataset, "OpticalPathSequence")] or [""]
    focal_planes = integer(dataset, "TotalPixelMatrixFocalPlanes", 1, _MOST_PLANES, default=1)
    tiles = matrix.tiles_high * matrix.tiles_wide
    needed = tiles * focal_planes * len(paths)
    if len(frames) < needed:
        raise DicomError(
            f"{len(frames):,} frames for {matrix.tiles_high} x {matrix.tiles_wide} tiles, {focal_planes} focal planes "
            f"and {len(paths)} optical paths (PS3.3 C.7.6.17.3)",
            tag=tag_of("NumberOfFrames"),
        )
    lowest, step = _focus(dataset)
    planes = [Plane(path, lowest + k * step) for path in paths for k in range(focal_planes)]
    return {plane: TileTable(matrix.tiles_wide, i * tiles) for i, plane in enumerate(planes)}


def _focus(dataset: Dataset) -> tuple[float, float]:
    """Return where the first focal plane is, and how far the next one is from it, in micrometers."""
    origin = items(dataset, "TotalPixelMatrixOriginSequence")
    lowest = number(origin[0], "ZOffsetInSlideCoordinateSystem") if origin else None
    measures = group_items(dataset, 0, "PixelMeasuresSequence")
    spacing = number(measures[0], "SpacingBetweenSlices") if measures else None
    return lowest or 0.0, 1000 * spacing if spacing else 1.0


def _sparse(frames: Concatenation, matrix: Matrix) -> dict[Plane, TileTable]:
    found: dict[Plane, dict[tuple[int, int], int]] = {}
    for frame, (dataset, place) in enumerate(_places(frames)):
        row, column, plane = _position(dataset, place, matrix)
        tiles = found.setdefault(plane, {})
        if (row, column) in tiles:
            raise UnsupportedError(
                f"frames {tiles[row, column]} and {frame} lie in one place of one optical path and focal plane",
                feature="several frames in one place, as of segments",
                clause="PS3.3 C.7.6.17",
            )
        tiles[row, column] = frame
    return {plane: TileTable(matrix.tiles_wide, frames=tiles) for plane, tiles in found.items()}


def _places(frames: Concatenation) -> Iterator[tuple[Dataset, int]]:
    """Yield the data set of each frame, and the frame's number in it."""
    for part in frames.parts:
        dataset = part.dataset
        for place in range(len(part)):
            yield dataset, place


def _position(dataset: Dataset, frame: int, matrix: Matrix) -> tuple[int, int, Plane]:
    """Return the row and the column of the grid of tiles, and the plane, of a frame."""
    positions = group_items(dataset, frame, "PlanePositionSlideSequence")
    if not positions:
        raise DicomError(
            f"frame {frame} has no Plane Position (Slide) Sequence {tag_of('PlanePositionSlideSequence')}",
            tag=tag_of("PlanePositionSlideSequence"),
        )
    row = whole(positions[0], "RowPositionInTotalImagePixelMatrix", 0) - 1
    column = whole(positions[0], "ColumnPositionInTotalImagePixelMatrix", 0) - 1
    if not (0 <= row < matrix.rows and 0 <= column < matrix.columns):
        raise DicomError(
            f"frame {frame} lies at row {row + 1}, column {column + 1} of {matrix.rows} x {matrix.columns} "
            "(PS3.3 C.8.12.6.1)",
            tag=tag_of("RowPositionInTotalImagePixelMatrix"),
        )
    if row % matrix.tile_rows or column % matrix.tile_columns:
        raise UnsupportedError(
            f"frame {frame} lies at row {row + 1}, column {column + 1}, off the grid of {matrix.tile_rows} x "
            f"{matrix.tile_columns}",
            feature="tiles off the grid",
            clause="PS3.3 C.8.12.6.1",
        )
    focus = number(positions[0], "ZOffsetInSlideCoordinateSystem") or 0.0
    paths = group_items(dataset, frame, "OpticalPathIdentificationSequence") or items(dataset, "OpticalPathSequence")
    path = text(paths[0], "OpticalPathIdentifier") if paths else ""
    return row // matrix.tile_rows, column // matrix.tile_columns, Plane(path, focus)
