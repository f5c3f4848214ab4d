"""Overlay planes of data sets, cut to one frame."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from pacscore.errors import DicomError, OptionError
from pacscore.pixels.overlay import Overlay

__all__ = ["described_overlay", "overlay_groups", "overlay_value", "overlays_of"]

_CLAUSE = "PS3.3 C.9.2"


def overlays_of(dataset: Dataset, frame: int = 0) -> tuple[Overlay, ...]:
    """Return the overlays with Overlay Data that belong to a frame, in the order of their groups.

    A plane without Number of Frames in Overlay belongs to every frame. Planes in unused bits of the pixels are not
    among them: `FrameSource.overlays` has both.

    Source: PS3.3 C.9.2 (Overlay Plane), C.9.3 (Multi-frame Overlay, retired); PS3.5 8.1.2.

    Parameters
    ----------
    dataset : pydicom.Dataset
    frame : int
        Counted from 0.

    Raises
    ------
    DicomError
        If an overlay lacks its size, or has less data than it needs.
    """
    found = []
    for group in overlay_groups(dataset):
        data = overlay_value(dataset, group, 0x3000)
        if data is None:
            continue
        if not isinstance(data, bytes):
            raise _wrong(group, 0x3000, "is no Overlay Data")
        place = _place(dataset, group, frame)
        if place is None:
            continue
        if dataset[group, 0x3000].VR == "OW" and dataset.original_encoding[1] is False:
            data = np.frombuffer(data[: len(data) & ~1], ">u2").astype("<u2").tobytes()
        found.append(_plane(dataset, group, data, place))
    return tuple(found)


def described_overlay(dataset: Dataset, group: int, rows: int, columns: int, data: bytes) -> Overlay:
    """Return an overlay of packed bits with what a data set says about its group."""
    origin = _numbers(dataset, group, 0x0050)
    row, column = (origin[0] - 1, origin[1] - 1) if len(origin) >= 2 else (0, 0)
    kind: Literal["G", "R"] = "R" if _text(dataset, group, 0x0040) == "R" else "G"
    label, description = _text(dataset, group, 0x1500), _text(dataset, group, 0x0022)
    try:
        return Overlay(rows, columns, data, row, column, kind, label, description, group)
    except OptionError as error:
        raise _wrong(group, 0x3000, str(error)) from error


def overlay_groups(dataset: Dataset) -> Iterator[int]:
    """Yield the groups 60xx in which a data set has an overlay, or the layer of one."""
    for group in range(0x6000, 0x6020, 2):
        if any(Tag(group, element) in dataset for element in (0x0010, 0x1001, 0x3000)):
            yield group


def overlay_value(dataset: Dataset, group: int, element: int) -> Any:
    """Return the value of an element of an overlay, None where it is absent or empty.

    Raises
    ------
    DicomError
        If its bytes are not what its VR says.
    """
    if Tag(group, element) not in dataset:
        return None
    try:
        found = dataset[group, element].value
    except Exception as error:
        raise _wrong(group, element, f"does not parse: {error}") from error
    return None if found is None or found == "" else found


def _place(dataset: Dataset, group: int, frame: int) -> int | None:
    """Return which of an overlay's planes belongs to a frame, None if none does."""
    frames = _numbers(dataset, group, 0x0015)
    if not frames:
        return 0
    origin = _numbers(dataset, group, 0x0051)
    place = frame - ((origin[0] if origin else 1) - 1)
    return place if 0 <= place < frames[0] else None


def _plane(dataset: Dataset, group: int, data: bytes, place: int) -> Overlay:
    """Cut one plane out of Overlay Data: planes follow one another without a gap, not even to the next byte."""
    size = [*_numbers(dataset, group, 0x0010)[:1], *_numbers(dataset, group, 0x0011)[:1]]
    if len(size) != 2 or min(size) < 1:
        raise _wrong(group, 0x0010, "Overlay Rows or Overlay Columns is missing")
    count = size[0] * size[1]
    first = place * count
    if 8 * len(data) < first + count:
        raise _wrong(group, 0x3000, f"{len(data)} bytes for plane {place} of {size[0]} x {size[1]} bits")
    packed = data[first // 8 : -(-(first + count) // 8)]
    if first % 8:
        bits = np.unpackbits(np.frombuffer(packed, np.uint8), bitorder="little")[first % 8 :][:count]
        packed = np.packbits(bits, bitorder="little").tobytes()
    return described_overlay(dataset, group, size[0], size[1], packed)


def _numbers(dataset: Dataset, group: int, element: int) -> list[int]:
    found = overlay_value(dataset, group, element)
    if found is None:
        return []
    try:
        several = hasattr(found, "__iter__") and not isinstance(found, str)
        if isinstance(found, bytes):
            raise TypeError("bytes of no known VR")
        return [int(one) for one in (found if several else [found])]
    except (TypeError, ValueError, OverflowError) as error:
        raise _wrong(group, element, f"is no number: {error}") from error


def _text(dataset: Dataset, group: int, element: int) -> str:
    found = overlay_value(dataset, group, element)
    return "" if found is None else str(found).strip(" \0")


def _wrong(group: int, element: int, what: str) -> DicomError:
    tag = f"({group:04X},{element:04X})"
    return DicomError(f"overlay {tag}: {what} ({_CLAUSE})", tag=tag, clause=_CLAUSE)
