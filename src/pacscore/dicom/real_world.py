"""Real world values: what stored values measure, and in which unit."""

from __future__ import annotations

import numpy as np
from pydicom.dataset import Dataset

from pacscore.dicom.attribute_values import items, number, numbers, text
from pacscore.dicom.functional_groups import group_items
from pacscore.dicom.image_pixel import check_frame, tag_of
from pacscore.errors import DicomError, OptionError
from pacscore.pixels.real_world import RealWorldMap

__all__ = ["real_world_maps"]

_CLAUSE = "PS3.3 C.7.6.16.2.11"
_FIRST = ("DoubleFloatRealWorldValueFirstValueMapped", "RealWorldValueFirstValueMapped")
_LAST = ("DoubleFloatRealWorldValueLastValueMapped", "RealWorldValueLastValueMapped")


def real_world_maps(dataset: Dataset, frame: int = 0) -> tuple[RealWorldMap, ...]:
    """Return how stored values of a frame become real world values, one map for each range and quantity.

    They come from the per-frame functional groups, else the shared ones, else the data set itself. They are applied to
    stored values: neither rescale nor a Modality LUT comes before them.

    Source: PS3.3 C.7.6.16.2.11 (Real World Value Mapping), C.7.6.16.2.11.1.

    Parameters
    ----------
    dataset : pydicom.Dataset
        With or without pixel data.
    frame : int
        Counted from 0.

    Raises
    ------
    IndexError
        If there is no such frame.
    DicomError
        If a map lacks its range or its function, or they make no sense.
    """
    check_frame(dataset, frame)
    keyword = "RealWorldValueMappingSequence"
    return tuple(_map(item) for item in group_items(dataset, frame, keyword) or items(dataset, keyword))


def _map(item: Dataset) -> RealWorldMap:
    units = next(iter(items(item, "MeasurementUnitsCodeSequence")), Dataset())
    table = numbers(item, "RealWorldValueLUTData")
    slope = number(item, "RealWorldValueSlope")
    if not table and slope is None:
        tag = tag_of("RealWorldValueSlope")
        raise DicomError(
            f"a real world value mapping with neither slope nor table ({_CLAUSE})", tag=tag, clause=_CLAUSE
        )
    try:
        return RealWorldMap(
            _end(item, _FIRST),
            _end(item, _LAST),
            1.0 if slope is None else slope,
            number(item, "RealWorldValueIntercept") or 0.0,
            table=np.array(table, "<f8").tobytes() if table else None,
            label=text(item, "LUTLabel"),
            explanation=text(item, "LUTExplanation"),
            units=text(units, "CodeValue"),
            units_meaning=text(units, "CodeMeaning"),
        )
    except OptionError as error:
        tag = tag_of("RealWorldValueMappingSequence")
        raise DicomError(f"real world value mapping: {error}", tag=tag, clause=_CLAUSE) from error


def _end(item: Dataset, keywords: tuple[str, ...]) -> float:
    """Return one end of the range that is mapped; of two attributes the one of more precision."""
    for keyword in keywords:
        found = number(item, keyword)
        if found is not None:
            return found
    tag = tag_of(keywords[-1])
    raise DicomError(f"a real world value mapping without {keywords[-1]} {tag}", tag=tag, clause=_CLAUSE)
