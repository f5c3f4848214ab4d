"""What is to be encoded: the samples of each component, and what there is to tell about them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError
from pacscore.j2k.options import J2KOptions
from pacscore.j2k.packets.geometry import Rect, ceil_div
from pacscore.j2k.reference_grid import ComponentFormat, PictureFormat, Steps, place_picture
from pacscore.j2k.view import SAMPLE_TYPES
from pacscore.report import Image

__all__ = ["Picture", "Precisions"]

Precisions = int | Sequence[int] | None
"""Of all components, or one for each, in bits; None: what their dtypes have."""

_MOST_COMPONENTS = 16384
_MOST_BITS = 38
_ANYWHERE = J2KOptions()


def _native(array: NDArray[Any]) -> NDArray[Any]:
    native = array.dtype.newbyteorder("=")
    if native not in SAMPLE_TYPES:
        raise OptionError(f"samples must be integers of 8, 16, 32 or 64 bits, not {array.dtype}")
    return array.astype(native, copy=False)


def _planes(image: Image) -> tuple[NDArray[Any] | None, list[NDArray[Any]]]:
    """Return the one array there is, if so, and a 2-D array a component."""
    if isinstance(image, (list, tuple)):
        planes = [_native(np.asarray(plane)) for plane in image]
        if any(plane.ndim != 2 for plane in planes) or not any(plane.size for plane in planes):
            raise OptionError("a list must have a 2-D array for each component, and not all of them empty")
        return (planes[0] if len(planes) == 1 else None), planes
    array = np.asarray(image)
    if array.ndim not in (2, 3) or not array.size:
        raise OptionError(f"the array must be (rows, columns[, components]) and not empty, not {array.shape}")
    array = _native(array)
    return array, [array] if array.ndim == 2 else [array[:, :, c] for c in range(array.shape[2])]


def _precision(dtype: np.dtype[Any], bits_stored: int | None) -> int:
    width = dtype.itemsize * 8
    precision = width if bits_stored is None else bits_stored
    if not 1 <= precision <= min(width, _MOST_BITS):
        raise OptionError(f"bits_stored={precision} must be 1 to {min(width, _MOST_BITS)} for {dtype}")
    return precision


@lru_cache(maxsize=64)
def _format(
    kinds: tuple[tuple[tuple[int, ...], np.dtype[Any]], ...],
    bits_stored: tuple[int, ...] | int | None,
    offset: tuple[int, int],
    subsampling: tuple[Steps, ...] | None,
) -> PictureFormat:
    """Return what is to be told of components of some shapes and dtypes."""
    bits = bits_stored if isinstance(bits_stored, tuple) else (bits_stored,) * len(kinds)
    if len(bits) != len(kinds):
        raise OptionError(f"bits_stored has {len(bits)} values for {len(kinds)} components")
    area, steps = place_picture([shape for shape, _ in kinds], offset, subsampling)
    components = (
        ComponentFormat(_precision(dtype, stored), dtype.kind == "i", each)
        for (_, dtype), stored, each in zip(kinds, bits, steps, strict=True)
    )
    return PictureFormat(area, tuple(components))


def _squared_error(image: NDArray[Any], original: NDArray[Any]) -> float:
    difference = np.subtract(image, original, dtype=np.float64).ravel()
    return float(np.dot(difference, difference))


class Picture:
    """The image to encode.

    Parameters
    ----------
    image : ndarray, or list of ndarray
    bits_stored : int, sequence of int, or None
    options : J2KOptions
        Where it lies on the reference grid.

    Attributes
    ----------
    array : ndarray, optional
        All samples, where one array has them.
    planes : list of ndarray
        A 2-D view a component.
    about : PictureFormat
    samples : int
        How many there are.

    Raises
    ------
    OptionError
        If it is no picture, or does not fit bits_stored or its place.
    """

    def __init__(self, image: Image, bits_stored: Precisions, options: J2KOptions = _ANYWHERE) -> None:
        self.array, self.planes = _planes(image)
        if len(self.planes) > _MOST_COMPONENTS:
            raise OptionError(f"{len(self.planes):,} components are more than {_MOST_COMPONENTS:,} (T.800 A.5.1)")
        kinds = tuple([(plane.shape, plane.dtype) for plane in self.planes])
        bits = bits_stored if bits_stored is None or isinstance(bits_stored, int) else tuple(bits_stored)
        self.about = _format(kinds, bits, options.image_offset, options.subsampling)
        self.samples = sum([plane.size for plane in self.planes])

    @property
    def precision(self) -> int:
        """The most bits that a component has."""
        return max(component.precision for component in self.about.components)

    @property
    def _peaks(self) -> list[float]:
        return [float((1 << component.precision) - 1) for component in self.about.components]

    def size(self, rate: float) -> int:
        """Return how many bytes so many bits a pixel are."""
        pixels = self.about.pixels
        return int(rate * pixels.height * pixels.width) // 8

    def error(self, psnr: float) -> float:
        """Return the squared error of all samples at so many dB, as `error_of` counts it."""
        return float(max(self._peaks) ** 2 * 10.0 ** (-psnr / 10) * self.samples)

    def error_of(self, image: Image) -> float:
        """Return the squared error of an image, that of a component with a lower peak raised to the highest."""
        if self.array is not None and isinstance(image, np.ndarray) and len(set(self._peaks)) == 1:
            return _squared_error(image, self.array)
        images = list(np.moveaxis(image, -1, 0)) if isinstance(image, np.ndarray) else image
        highest = max(self._peaks)
        pairs = zip(images, self.planes, self._peaks, strict=True)
        return sum(_squared_error(found, plane) * (highest / peak) ** 2 for found, plane, peak in pairs)

    def cut(self, component: int, rect: Rect) -> NDArray[Any]:
        """Return the samples that a tile-component has."""
        area = self.about.area
        rows, columns = self.about.components[component].steps
        top, left = ceil_div(area.y0, rows), ceil_div(area.x0, columns)
        return self.planes[component][rect.y0 - top : rect.y1 - top, rect.x0 - left : rect.x1 - left]

    def check_range(self, component: int, least: int, greatest: int) -> None:
        """Raise OptionError unless all samples of a component fit its precision."""
        precision, signed, _ = self.about.components[component]
        low = -(1 << (precision - 1)) if signed else 0
        high = low + (1 << precision) - 1
        if least < low or greatest > high:
            raise OptionError(
                f"samples from {least} to {greatest} do not fit {precision} bits, {low} to {high}; "
                "clear unused bits, or say how many are used by bits_stored"
            )
