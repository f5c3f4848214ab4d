"""DeepZoom: a descriptor, and square tiles of levels that are numbered from a single pixel up."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

import pacscore as pc
from tile_server.pictures import OpenPicture, Picture

TILE = 256
OVERLAP = 1
"""Pixels that a tile shares with its neighbours: viewers stretch tiles that share none, so that no seams show."""


def descriptor(picture: Picture) -> str:
    """Return the XML that describes the tiles of a picture."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<Image xmlns="http://schemas.microsoft.com/deepzoom/2008" Format="png" Overlap="{OVERLAP}" TileSize="{TILE}">'
        f'<Size Width="{picture.columns}" Height="{picture.rows}"/></Image>'
    )


def tile(picture: Picture, opened: OpenPicture, level: int, column: int, row: int) -> NDArray[np.uint8] | None:
    """Return a tile with what it shares with its neighbours, cut at the edges; None where there is none."""
    largest = (max(picture.rows, picture.columns) - 1).bit_length()
    if level > largest:
        return None
    reduce = largest - level
    rows, columns = -(-picture.rows >> reduce), -(-picture.columns >> reduce)
    if row * TILE >= rows or column * TILE >= columns:
        return None
    top, left = max(row * TILE - OVERLAP, 0), max(column * TILE - OVERLAP, 0)
    bottom, right = min((row + 1) * TILE + OVERLAP, rows), min((column + 1) * TILE + OVERLAP, columns)
    return opened.region(reduce, pc.Region(top, left, bottom - top, right - left))
