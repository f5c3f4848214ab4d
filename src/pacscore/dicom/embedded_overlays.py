"""Overlays that live in unused bits of native pixel data, taken out into Overlay Data of their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from pacscore.dicom.overlays import overlay_value
from pacscore.errors import DicomError, UnsupportedError
from pacscore.pixel_format import PixelFormat

__all__ = ["EmbeddedOverlay", "embedded_overlays"]


@dataclass(frozen=True, slots=True)
class EmbeddedOverlay:
    """An overlay plane without Overlay Data.

    Source: PS3.3 C.9.2 (Overlay Plane); PS3.5 8.1.2 (bits of a pixel cell that hold an overlay, retired).

    Attributes
    ----------
    group : int
        60xx, even.
    bit : int
        Overlay Bit Position: where in the pixel cell, counted from the lowest bit.
    """

    group: int
    bit: int

    def plane(self, data: bytes, pixel_format: PixelFormat, *, big_endian: bool) -> NDArray[np.uint8]:
        """Return the overlay of one frame, 0 and 1, shape ``(rows * columns,)``, from the frame's native bytes."""
        word = np.dtype(f"{'>' if big_endian else '<'}u{pixel_format.bits_allocated // 8}")
        cells = np.frombuffer(data, word, pixel_format.rows * pixel_format.columns)
        return ((cells >> self.bit) & 1).astype(np.uint8)

    def store(self, dataset: Dataset, packed: bytes, frames: int) -> None:
        """Give the data set the plane as Overlay Data, one bit a pixel, and say that it is no longer in the pixels."""
        dataset.add_new((self.group, 0x0100), "US", 1)
        dataset.add_new((self.group, 0x0102), "US", 0)
        dataset.add_new((self.group, 0x3000), "OW", packed + b"\0" * (len(packed) % 2))
        if frames > 1:
            dataset.add_new((self.group, 0x0015), "IS", frames)
            dataset.add_new((self.group, 0x0051), "US", 1)


def embedded_overlays(dataset: Dataset, pixel_format: PixelFormat, *, native: bool) -> list[EmbeddedOverlay]:
    """Return the overlays that live in the pixel data.

    Parameters
    ----------
    dataset : pydicom.Dataset
        With or without pixel data.
    pixel_format : PixelFormat
        As the pixels are stored.
    native : bool
        Whether the unused bits are there at all: a compressed frame has none.

    Raises
    ------
    UnsupportedError
        If the plane has another size than the frames, or is in a compressed frame.
    """
    found = []
    for group in range(0x6000, 0x6020, 2):
        if Tag(group, 0x0010) not in dataset or Tag(group, 0x3000) in dataset:
            continue
        bit = _integer(dataset, group, 0x0102)
        if bit == 0:  # where overlays outside the pixel data say that they are: this one has none at all
            continue
        size = _integer(dataset, group, 0x0010), _integer(dataset, group, 0x0011), 1
        fits = size == (pixel_format.rows, pixel_format.columns, pixel_format.samples_per_pixel)
        allocated = pixel_format.bits_allocated
        if not (native and fits and allocated in (8, 16, 32) and bit < allocated):
            raise UnsupportedError(
                f"overlay ({group:04X},xxxx) has no Overlay Data, and cannot be taken from bit {bit} of the pixel data",
                feature="overlays in unused bits",
                clause="PS3.5 8.1.2",
            )
        found.append(EmbeddedOverlay(group, bit))
    return found


def _integer(dataset: Dataset, group: int, element: int) -> int:
    """Return a number of an overlay; 0 if it is absent or none."""
    try:
        return int(overlay_value(dataset, group, element))
    except (DicomError, TypeError, ValueError):
        return 0
