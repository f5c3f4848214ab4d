"""The Image Pixel attributes of a data set, read with care."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Protocol

from pydicom.datadict import tag_for_keyword

from pacscore.errors import DicomError
from pacscore.pixel_format import PixelFormat

__all__ = ["Attributes", "check_frame", "frame_count", "integer", "pixel_format", "tag_of", "value"]


class Attributes(Protocol):
    """A data set, or as much of one as is needed: values by keyword."""

    def get(self, key: str, /) -> Any:
        """Return the value of an attribute, None where there is none."""


_FLOAT_BITS = {"FloatPixelData": 32, "DoubleFloatPixelData": 64}


def tag_of(keyword: str) -> str:
    """Return the tag of an attribute as "(gggg,eeee)"."""
    tag = tag_for_keyword(keyword) or 0
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


def value(dataset: Attributes, keyword: str) -> Any:
    """Return the value of an attribute, None where it is absent or empty.

    Raises
    ------
    DicomError
        If its bytes are not what its VR says.
    """
    try:
        found = dataset.get(keyword)
    except Exception as error:
        raise DicomError(f"{keyword} {tag_of(keyword)} does not parse: {error}", tag=tag_of(keyword)) from error
    return None if found is None or found == "" else found


def integer(dataset: Attributes, keyword: str, low: int, high: int, *, default: int | None = None) -> int:
    """Return an attribute that must be one integer from ``low`` to ``high``.

    Raises
    ------
    DicomError
        If it is absent and there is no default, is no integer, or lies outside.
    """
    found = value(dataset, keyword)
    tag = tag_of(keyword)
    if found is None:
        if default is None:
            raise DicomError(f"{keyword} {tag} is missing (PS3.3 C.7.6.3)", tag=tag)
        return default
    try:
        number = int(found)
    except (TypeError, ValueError) as error:
        raise DicomError(f"{keyword} {tag} is {found!r}, not one integer", tag=tag) from error
    if not low <= number <= high:
        raise DicomError(f"{keyword} {tag} is {number:,}; {low} to {high:,} would be right (PS3.3 C.7.6.3)", tag=tag)
    return number


def frame_count(dataset: Attributes) -> int:
    """Return Number of Frames, 1 where it is absent, or 0 as some writers have it for a single frame."""
    return integer(dataset, "NumberOfFrames", 0, 1 << 31, default=1) or 1


def check_frame(dataset: Attributes, frame: int) -> None:
    """Raise IndexError unless there is such a frame, counted from 0."""
    frames = frame_count(dataset)
    if not 0 <= frame < frames:
        raise IndexError(f"frame {frame} of {frames}")


def pixel_format(dataset: Attributes, keyword: str = "PixelData") -> PixelFormat:
    """Return the pixel format that a data set describes.

    Source: PS3.3 C.7.6.3 and C.7.6.24.

    Parameters
    ----------
    dataset : Attributes
        As a pydicom Dataset.
    keyword : str
        The element that holds the pixels.

    Raises
    ------
    DicomError
        If an attribute is missing or makes no sense.
    """
    rows, columns = (integer(dataset, name, 1, 65535) for name in ("Rows", "Columns"))
    samples = integer(dataset, "SamplesPerPixel", 1, 4, default=1 if keyword in _FLOAT_BITS else None)
    allocated = integer(dataset, "BitsAllocated", 1, 64)
    photometric = str(value(dataset, "PhotometricInterpretation") or "").strip()
    if not photometric:
        tag = tag_of("PhotometricInterpretation")
        raise DicomError(f"PhotometricInterpretation {tag} is missing (PS3.3 C.7.6.3)", tag=tag)
    if keyword in _FLOAT_BITS:
        _check_float(keyword, allocated)
        return _shared(PixelFormat(rows, columns, samples, allocated, allocated, 0, photometric, is_float=True))
    bits_stored = integer(dataset, "BitsStored", 1, allocated)
    high_bit = integer(dataset, "HighBit", bits_stored - 1, allocated - 1, default=bits_stored - 1)
    described = PixelFormat(
        rows=rows,
        columns=columns,
        samples_per_pixel=samples,
        bits_allocated=allocated,
        bits_stored=bits_stored,
        pixel_representation=integer(dataset, "PixelRepresentation", 0, 1, default=0 if samples > 1 else None),
        photometric_interpretation=photometric,
        planar_configuration=integer(dataset, "PlanarConfiguration", 0, 1, default=0) if samples > 1 else 0,
        high_bit=None if high_bit == bits_stored - 1 else high_bit,
    )
    return _shared(described)


@lru_cache(maxsize=64)
def _shared(described: PixelFormat) -> PixelFormat:
    """Return the first of all equal formats: caches find the same object sooner than an equal one."""
    return described


def _check_float(keyword: str, allocated: int) -> None:
    if allocated != _FLOAT_BITS[keyword]:
        tag = tag_of("BitsAllocated")
        raise DicomError(f"BitsAllocated {tag} is {allocated} with {keyword}; {_FLOAT_BITS[keyword]} is right", tag=tag)
