"""All overlays of a frame: those with Overlay Data, and those in unused bits of its pixels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from pydicom.dataset import Dataset

from pacscore.dicom.embedded_overlays import embedded_overlays
from pacscore.dicom.overlays import described_overlay, overlays_of
from pacscore.pixel_format import PixelFormat
from pacscore.pixels.overlay import Overlay

__all__ = ["frame_overlays"]


def frame_overlays(
    dataset: Dataset, frame: int, stored: PixelFormat, encoded: Callable[[int], bytes], *, big_endian: bool | None
) -> tuple[Overlay, ...]:
    """Return the overlays of a frame, by their groups.

    Source: PS3.3 C.9.2; PS3.5 8.1.2 (overlays in unused bits, retired).

    Parameters
    ----------
    dataset : pydicom.Dataset
    frame : int
        Counted from 0.
    stored : PixelFormat
        As the frames are stored.
    encoded : callable
        Returns a frame as it is stored; called only where an overlay lives in its bits.
    big_endian : bool or None
        Byte order of native pixels; None where they are encapsulated.

    Raises
    ------
    DicomError
        If an overlay lacks its size, or has less data than it needs.
    UnsupportedError
        If one in unused bits cannot be taken out.
    """
    found = list(overlays_of(dataset, frame))
    for embedded in embedded_overlays(dataset, stored, native=big_endian is not None):
        plane = embedded.plane(encoded(frame), stored, big_endian=bool(big_endian))
        packed = np.packbits(plane, bitorder="little").tobytes()
        found.append(described_overlay(dataset, embedded.group, stored.rows, stored.columns, packed))
    return tuple(sorted(found, key=lambda overlay: overlay.group))
