"""A small part of a picture, encoded first, tells about what slope the whole will be cut at.

Then blocks need not be coded much further. What is taken depends on the size of the picture alone, so that the result
does not depend on how many threads work.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["SIDE", "pilot_of"]

SIDE = 64
"""Rows and columns of a cell."""
_FEWEST_CELLS = 16
"""Smaller pictures have no pilot."""
_LARGEST_SHARE, _SMALLEST_SHARE = 8, 64
"""Of so many cells one is taken."""


def pilot_of(array: NDArray[Any]) -> NDArray[Any] | None:
    """Return cells from all over a picture, one above another; None where it is too small for that.

    Parameters
    ----------
    array : ndarray, shape (rows, columns[, components])

    Returns
    -------
    ndarray, shape (SIDE * cells, SIDE[, components]), or None
    """
    high, wide = array.shape[0] // SIDE, array.shape[1] // SIDE
    if high * wide < _FEWEST_CELLS:
        return None
    share = min(max(high * wide // _FEWEST_CELLS, _LARGEST_SHARE), _SMALLEST_SHARE)
    stride = (share * 3 // 8) | 1
    cells = [
        array[SIDE * i : SIDE * (i + 1), SIDE * j : SIDE * (j + 1)]
        for i in range(high)
        for j in range(wide)
        if (i * stride + j) % share == share // 2
    ]
    return np.concatenate(cells) if cells else None
