"""What the pixels of a frame are: shape, container, precision, sign and colour."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

__all__ = ["PixelFormat", "container_dtype"]

_SHARED_CHROMA = ("YBR_FULL_422", "YBR_PARTIAL_422")


@cache
def container_dtype(bits: int, signed: bool) -> np.dtype[Any]:
    """Return the smallest integer dtype that holds ``bits`` bits (1 to 64)."""
    size = next(width for width in (8, 16, 32, 64) if bits <= width)
    return np.dtype(f"{'i' if signed else 'u'}{size // 8}")


@dataclass(frozen=True, slots=True)
class PixelFormat:
    """The Image Pixel module of one frame, in the words of PS3.3 C.7.6.3.

    Attributes
    ----------
    rows, columns : int
        Size of a frame.
    samples_per_pixel : int
        1, or 3 for colour; samples are interleaved (Planar Configuration 0).
    bits_allocated, bits_stored : int
        Container and precision of a sample, in bits.
    pixel_representation : int
        0 unsigned, 1 two's complement.
    photometric_interpretation : str
        As defined in PS3.3 C.7.6.3.1.2.
    planar_configuration : int
        0 colour by pixel, 1 colour by plane.
    is_float : bool
        Float or Double Float Pixel Data.
    high_bit : int or None
        Most significant bit of a stored sample; None where it is Bits Stored - 1, as it must be in new objects.
    """

    rows: int
    columns: int
    samples_per_pixel: int = 1
    bits_allocated: int = 16
    bits_stored: int = 16
    pixel_representation: int = 0
    photometric_interpretation: str = "MONOCHROME2"
    planar_configuration: int = 0
    is_float: bool = False
    high_bit: int | None = None

    @property
    def dtype(self) -> np.dtype[Any]:
        """The native-endian dtype of a sample's container; one bit comes as uint8 of 0 and 1."""
        if self.is_float:
            return np.dtype(f"f{self.bits_allocated // 8}")
        return container_dtype(self.bits_allocated, bool(self.pixel_representation))

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of a frame's array: ``(rows, columns)`` or ``(rows, columns, samples)``."""
        if self.samples_per_pixel == 1:
            return (self.rows, self.columns)
        return (self.rows, self.columns, self.samples_per_pixel)

    def resized(self, rows: int, columns: int) -> PixelFormat:
        """Return the same format for a frame of another size."""
        return dataclasses.replace(self, rows=rows, columns=columns)

    @property
    def nbytes(self) -> int:
        """Size of a frame's array, in bytes."""
        return self.rows * self.columns * self.samples_per_pixel * self.dtype.itemsize

    @property
    def native_bits(self) -> int:
        """Size of a frame as it is stored without compression, in bits."""
        # two pixels share their chroma: four samples for two pixels
        samples = 2 if self.photometric_interpretation in _SHARED_CHROMA else self.samples_per_pixel
        return self.rows * self.columns * samples * self.bits_allocated
