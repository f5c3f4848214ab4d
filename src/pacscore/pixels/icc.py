"""Colour management: from the colours of an ICC profile to sRGB."""

from __future__ import annotations

import io
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import DataError, UnsupportedError

__all__ = ["to_srgb"]

_CLAUSE = "PS3.3 C.11.15"
_ROWS = 256
"""Rows that are converted at once: little memory beside the picture."""


def to_srgb(picture: NDArray[np.uint8], profile: bytes) -> NDArray[np.uint8]:
    """Return the colours of a picture as sRGB has them, by the profile's own rendering intent.

    Source: PS3.3 C.11.15 (ICC Profile); the conversion is that of Little CMS, through Pillow.

    Parameters
    ----------
    picture : ndarray of uint8, shape (..., columns, 3)
        Red, green and blue in the space of the profile.
    profile : bytes
        An ICC profile.

    Returns
    -------
    ndarray of uint8, same shape
        A new array.

    Raises
    ------
    DataError
        If the bytes are no profile, or none that RGB can be converted from.
    UnsupportedError
        If Pillow is not installed.
    """
    convert = _converter(profile)
    managed = np.empty(picture.shape, np.uint8)
    if picture.size:
        rows = np.ascontiguousarray(picture).reshape(-1, *picture.shape[-2:])
        into = managed.reshape(rows.shape)
        for first in range(0, len(rows), _ROWS):
            into[first : first + _ROWS] = convert(rows[first : first + _ROWS])
    return managed


@lru_cache(maxsize=8)
def _converter(profile: bytes) -> Any:
    """Return a function that converts rows of pixels."""
    try:
        from PIL import Image, ImageCms  # noqa: PLC0415 - an optional package
    except ImportError as error:
        raise UnsupportedError(
            "colours are managed by Pillow, which is not installed: pip install 'pacscore[display]'",
            feature="ICC profiles",
            clause=_CLAUSE,
        ) from error
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        intent = ImageCms.Intent(ImageCms.getDefaultIntent(source))
        transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), "RGB", "RGB", intent)
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError) as error:
        raise DataError(f"ICC Profile (0028,2000) cannot be used for RGB: {error}", clause=_CLAUSE) from error

    def convert(rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return np.asarray(ImageCms.applyTransform(Image.fromarray(rows), transform))

    return convert
