"""The next level of a pyramid of ordinary pictures: the mean of every 2 x 2 pixels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacscore.pyramid._reduction import reduce_by_two

__all__ = ["halved"]


def halved(image: NDArray[Any], out: NDArray[Any] | None = None) -> NDArray[Any]:
    """Return a picture of half as many rows and columns, rounded up.

    Parameters
    ----------
    image : ndarray, shape (rows, columns[, samples])
        Of any number of samples and any dtype of numbers.
    out : ndarray, optional
        Where to put it.

    Returns
    -------
    ndarray
        Means of 2 x 2 pixels; at the end of odd rows and columns of those that are there. Of integers they are exact,
        and a half is rounded up.
    """
    rows, columns = image.shape[:2]
    shape = ((rows + 1) // 2, (columns + 1) // 2, *image.shape[2:])
    out = np.empty(shape, image.dtype) if out is None else out
    if image.dtype.kind != "u" or image.dtype.itemsize > 2 or image.shape[2:] not in ((), (1,), (3,)):
        out[...] = _means(image)
        return out
    image = np.ascontiguousarray(image) if image.strides[-1] != image.itemsize else image
    if image.size:
        reduce_by_two(image, out)
    return out


def _means(image: NDArray[Any]) -> NDArray[Any]:
    """Return the means where no kernel serves: signed, wide and floating-point samples, and other numbers of them."""
    if image.dtype.kind in "iu" and image.dtype.itemsize <= 4:
        wide = image.astype(np.int64)
    elif image.dtype.kind in "iu":
        wide = image.astype(object)
    else:
        wide = image
    odd = [(0, size % 2) for size in image.shape[:2]] + [(0, 0)] * (image.ndim - 2)
    padded = np.pad(wide, odd, mode="edge")
    sums = padded[::2, ::2] + padded[1::2, ::2] + padded[::2, 1::2] + padded[1::2, 1::2]
    means: NDArray[Any] = sums / 4 if image.dtype.kind == "f" else (sums + 2) // 4
    return means
