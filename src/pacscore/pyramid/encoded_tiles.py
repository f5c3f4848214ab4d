"""Tiles of sources that do not keep them apart, encoded as DICOM frames are."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacscore.codecs.registry import codec_for
from pacscore.pixel_format import PixelFormat

__all__ = ["HTJ2K_LOSSLESS", "encoded"]

HTJ2K_LOSSLESS = "1.2.840.10008.1.2.4.201"


def encoded(tile: NDArray[Any], pixel_format: PixelFormat) -> bytes:
    """Return a tile as HTJ2K, without loss; three samples get the component transform if they are RGB."""
    sized = pixel_format.resized(*tile.shape[:2])
    return codec_for(HTJ2K_LOSSLESS).encode(np.ascontiguousarray(tile), sized, HTJ2K_LOSSLESS).data
