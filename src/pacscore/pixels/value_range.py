"""The smallest and the largest value of a frame."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacscore.pixels import _value_passes
from pacscore.pixels.value_pass import strips

__all__ = ["range_of"]

_NONE = (1.0, 0.0)


def range_of(array: NDArray[Any], padding: tuple[float, float] | None = None) -> tuple[float, float] | None:
    """Return the smallest and the largest value that is finite and not padding; None if there is none.

    Source: PS3.3 C.7.5.1.1.2 (Pixel Padding Value).

    Parameters
    ----------
    array : ndarray of numbers, any shape
    padding : (float, float), optional
        First and last value that do not count.
    """
    if array.size == 0:
        return None
    dtype = array.dtype.newbyteorder("=")
    dtype = dtype if dtype in _value_passes.VALUE_TYPES else np.dtype(np.float64)
    first, last = padding or _NONE
    if array.flags.c_contiguous and array.dtype == dtype:
        found = [_value_passes.value_range(array.reshape(1, -1), first, last)]
    else:
        parts = (np.ascontiguousarray(part, dtype) for part, _ in strips(array, array))
        found = [_value_passes.value_range(part, first, last) for part in parts]
    low, high = min(low for low, _ in found), max(high for _, high in found)
    return (low, high) if low <= high else None
