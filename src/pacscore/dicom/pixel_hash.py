"""The hash of a frame's values, the same wherever and however they are stored."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["pixel_sha256"]


def pixel_sha256(frame: NDArray[Any]) -> str:
    """Return the SHA-256 of the values, little endian, rows then columns then samples, as hexadecimal digits.

    Parameters
    ----------
    frame : ndarray, shape (rows, columns[, samples])
        Of any byte order and strides; its dtype counts, as 8 and 16 bit containers give different bytes.
    """
    values = np.ascontiguousarray(frame, frame.dtype.newbyteorder("<"))
    return hashlib.sha256(values.data).hexdigest()
