"""Colour spaces of stored values."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacscore.pixels import _photometric

__all__ = ["ybr_full_to_rgb", "ybr_partial_to_rgb"]

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
    return _to_rgb(centred, bits_stored, array.dtype)


def ybr_partial_to_rgb(array: NDArray[Any], bits_stored: int = 8) -> NDArray[Any]:
    """Return RGB from YBR_PARTIAL_422 with chroma for each pixel, rounded to the nearest integer and clamped.

    Source: PS3.3 C.7.6.3.1.2 (YBR_PARTIAL_422, retired; YBR_PARTIAL_420): the ranges of ITU-R BT.601, in which black is
    16, white is 235 and chroma spans 224 of 256 values; more bits scale them.

    Parameters
    ----------
    array : ndarray of unsigned integers, shape (..., 3)
        Y, CB and CR.
    bits_stored : int
        Precision of a sample.

    Returns
    -------
    ndarray, same shape and dtype
        Red, green and blue, full range.
    """
    unit, largest = 2.0 ** (bits_stored - 8), (1 << bits_stored) - 1
    full = array - np.array([16, 128, 128]) * unit
    full *= np.array([largest / (219 * unit), largest / (224 * unit), largest / (224 * unit)])
    return _to_rgb(full, bits_stored, array.dtype)


def _to_rgb(centred: NDArray[np.float64], bits_stored: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return RGB of full-range Y and of CB and CR around 0."""
    rgb = np.floor(centred @ _TO_RGB.T + 0.5)
    clamped: NDArray[Any] = np.clip(rgb, 0, (1 << bits_stored) - 1).astype(dtype)
    return clamped
