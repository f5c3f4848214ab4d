"""Whole slide instances for tests, put together attribute by attribute."""

from __future__ import annotations

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

__all__ = ["cut", "slide", "sparse"]


def cut(matrix, tile_rows, tile_columns, fill=0):
    """Return the tiles of a matrix, row by row, those at the edges filled up."""
    rows, columns = matrix.shape[:2]
    tiles = []
    for top in range(0, rows, tile_rows):
        for left in range(0, columns, tile_columns):
            tile = np.full((tile_rows, tile_columns, *matrix.shape[2:]), fill, matrix.dtype)
            part = matrix[top : top + tile_rows, left : left + tile_columns]
            tile[: part.shape[0], : part.shape[1]] = part
            tiles.append(tile)
    return tiles


def slide(tiles, size, *, series="1.2.3", paths=("1",), focal_planes=1, **attributes):
    """Return a TILED_FULL instance of such frames, whose matrix has such a size."""
    stack = np.stack(tiles)
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.77.1.6", generate_uid(prefix=None)
    ds.SeriesInstanceUID, ds.ImageType = series, ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    ds.NumberOfFrames, ds.Rows, ds.Columns = stack.shape[:3]
    ds.SamplesPerPixel = stack.shape[3] if stack.ndim == 4 else 1
    ds.PhotometricInterpretation = "RGB" if stack.ndim == 4 else "MONOCHROME2"
    if stack.ndim == 4:
        ds.PlanarConfiguration = 0
    ds.BitsAllocated = ds.BitsStored = 8 * stack.dtype.itemsize
    ds.HighBit, ds.PixelRepresentation = ds.BitsStored - 1, 0
    ds.DimensionOrganizationType = "TILED_FULL"
    ds.TotalPixelMatrixRows, ds.TotalPixelMatrixColumns = size
    ds.TotalPixelMatrixFocalPlanes = focal_planes
    ds.OpticalPathSequence = []
    for identifier in paths:
        path = Dataset()
        path.OpticalPathIdentifier = identifier
        ds.OpticalPathSequence.append(path)
    ds.SharedFunctionalGroupsSequence = [Dataset()]
    for keyword, value in attributes.items():
        setattr(ds, keyword, value)
    value = stack.tobytes()
    ds.PixelData = value + b"\0" * (len(value) % 2)
    ds["PixelData"].VR = "OB" if ds.BitsAllocated == 8 else "OW"
    return ds


def sparse(tiles, places, size, **attributes):
    """Return a TILED_SPARSE instance; places are row and column from 1, and perhaps a path and a distance."""
    ds = slide(tiles, size, DimensionOrganizationType="TILED_SPARSE", **attributes)
    groups = []
    for row, column, *more in places:
        group, position = Dataset(), Dataset()
        position.RowPositionInTotalImagePixelMatrix, position.ColumnPositionInTotalImagePixelMatrix = row, column
        if len(more) > 1:
            position.ZOffsetInSlideCoordinateSystem = more[1]
        group.PlanePositionSlideSequence = [position]
        if more:
            path = Dataset()
            path.OpticalPathIdentifier = more[0]
            group.OpticalPathIdentificationSequence = [path]
        groups.append(group)
    ds.PerFrameFunctionalGroupsSequence = groups
    return ds
