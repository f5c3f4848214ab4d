"""What is shown where a slide has no tile.

Source: PS3.3 C.8.12.4 (Recommended Absent Pixel CIELab Value), C.7.6.3.1.2 (Photometric Interpretation).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from pacscore.dicom.attribute_values import items, numbers
from pacscore.dicom.image_pixel import tag_of
from pacscore.errors import DicomError
from pacscore.pixel_format import PixelFormat
from pacscore.pixels.cielab import srgb_of_cielab

__all__ = ["absent_pixel"]

_KEYWORD = "RecommendedAbsentPixelCIELabValue"
_YBR = np.array([[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]])
_WORDS = 1 << 16


def absent_pixel(dataset: Dataset, pixel_format: PixelFormat) -> NDArray[Any]:
    """Return the samples of a pixel that is absent: the colour that is recommended, else white.

    Palette indices, and pictures without optical paths, as segmentations, get 0.

    Raises
    ------
    DicomError
        If the recommended value is not three numbers of 16 bits.
    """
    photometric = pixel_format.photometric_interpretation
    if photometric == "PALETTE COLOR" or pixel_format.is_float or not items(dataset, "OpticalPathSequence"):
        return np.zeros(pixel_format.samples_per_pixel, pixel_format.dtype)
    red, green, blue = _recommended(dataset)
    luma, *chroma = _YBR @ (red, green, blue) / 255
    if photometric == "RGB":
        parts = [red / 255, green / 255, blue / 255]
    elif pixel_format.samples_per_pixel == 1:
        parts = [1 - luma if photometric == "MONOCHROME1" else luma]
    else:
        parts = [luma, *(0.5 + each for each in chroma)]
    top = (1 << pixel_format.bits_stored) - 1
    lowest = -(1 << pixel_format.bits_stored - 1) if pixel_format.pixel_representation else 0
    scaled = [lowest + min(int(part * top + 0.5), top) for part in parts]
    if photometric.startswith("YBR"):
        scaled[1:] = [min(int(each * top + (1 << pixel_format.bits_stored - 1) + 0.5), top) for each in chroma]
    return np.array(scaled, pixel_format.dtype)


def _recommended(dataset: Dataset) -> tuple[int, int, int]:
    found = numbers(dataset, _KEYWORD)
    if not found:
        return 255, 255, 255
    if len(found) != 3 or not all(0 <= each < _WORDS for each in found):
        raise DicomError(f"{_KEYWORD} {tag_of(_KEYWORD)} is {found}, not three words", tag=tag_of(_KEYWORD))
    lightness, a, b = map(int, found)
    return srgb_of_cielab(lightness, a, b)
