"""Colour spaces of stored values."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacscore.pixels import _photometric

__all__ = ["ybr_full_to_rgb"]

_TO_RGB = np.array([[1.0, 0.0, 1.402], [1.0, -0.344136, -0.714136], [1.0, 1.772, 0.0]])


def ybr_full_to_rgb(array: NDArray[Any], bits_stored: int = 8) -> NDArray[Any]:
    """Return RGB from YBR_FULL, rounded to the nearest integer and clamped to the precision.

    Source: PS3.3 C.7.6.3.1.2 (YBR_FULL); the inverse of that matrix, as T.871 clause 7 prints it.

    Parameters
    ----------
    array : ndarray of unsigned integers, shape (..., 3)
        Y, CB and CR, full range, chroma centred on half of it.
    bits_stored : int
        Precision of a sample.

    Returns
    -------
    ndarray, same shape and dtype
        Red, green and blue.
    """
    if array.dtype == np.uint8 and bits_stored == 8:
        rgb8 = np.empty(array.shape, np.uint8)
        _photometric.ybr_full_to_rgb(np.ascontiguousarray(array).reshape(-1), rgb8.reshape(-1))
        return rgb8
    centred = array.astype(np.float64)
    centred[..., 1:] -= 1 << (bits_stored - 1)
    rgb = np.floor(centred @ _TO_RGB.T + 0.5)
    clamped: NDArray[Any] = np.clip(rgb, 0, (1 << bits_stored) - 1).astype(array.dtype)
    return clamped
