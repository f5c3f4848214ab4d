"""The grey stages that a data set, or a presentation state, describes: modality, VOI and presentation."""

from __future__ import annotations

from typing import Any, Literal

from pydicom.dataset import Dataset

from pacscore.dicom.attribute_values import items, number, numbers, text, texts
from pacscore.dicom.image_pixel import tag_of
from pacscore.dicom.lookup_tables import lookup_table
from pacscore.errors import DicomError, OptionError
from pacscore.pixels.lookup import LookupTable
from pacscore.pixels.modality import Rescale
from pacscore.pixels.voi import Window

__all__ = ["modality_of", "presentation_of", "voi_choices_of", "voi_is_signed"]


def modality_of(place: Dataset, *, signed: bool) -> Rescale | LookupTable | None:
    """Return the modality transformation that a data set or an item has; a table goes before rescale.

    Source: PS3.3 C.11.1, C.7.6.16.2.9.

    Raises
    ------
    DicomError
        If an attribute makes no sense.
    """
    for item in items(place, "ModalityLUTSequence")[:1]:
        return lookup_table(item, signed=signed)
    slope, intercept = number(place, "RescaleSlope"), number(place, "RescaleIntercept")
    if slope is None and intercept is None:
        return None
    return Rescale(1.0 if slope is None else slope, intercept or 0.0)


def voi_is_signed(modality: Rescale | LookupTable, *, signed: bool) -> bool:
    """Return whether modality values may be negative, which decides how a VOI LUT's first value is read.

    Source: PS3.3 C.11.2.1.1.
    """
    if isinstance(modality, LookupTable):
        return False
    return signed or modality.slope < 0 or modality.intercept < 0


def voi_choices_of(place: Dataset, *, signed: bool) -> tuple[Window | LookupTable, ...]:
    """Return all windows and VOI tables that a data set or an item offers, windows first, with their explanations.

    Windows that are none, as those of width 0 that are met in the field, are left out.

    Source: PS3.3 C.11.2, C.7.6.16.2.10.

    Raises
    ------
    DicomError
        If VOI LUT Function is unknown, or another attribute makes no sense.
    """
    function: Any = text(place, "VOILUTFunction") or "LINEAR"
    if function not in ("LINEAR", "LINEAR_EXACT", "SIGMOID"):
        clause = "PS3.3 C.11.2.1.3"
        raise DicomError(
            f"VOI LUT Function {function!r} is none that {clause} knows", tag=tag_of("VOILUTFunction"), clause=clause
        )
    explanations = texts(place, "WindowCenterWidthExplanation")
    choices: list[Window | LookupTable] = []
    pairs = zip(numbers(place, "WindowCenter"), numbers(place, "WindowWidth"), strict=False)
    for index, (center, width) in enumerate(pairs):
        try:
            choices.append(Window(center, width, function, "".join(explanations[index : index + 1])))
        except OptionError:
            continue
    choices += [lookup_table(item, signed=signed) for item in items(place, "VOILUTSequence")]
    return tuple(choices)


def presentation_of(place: Dataset) -> tuple[LookupTable | None, Literal["IDENTITY", "INVERSE"] | None]:
    """Return the Presentation LUT and the Presentation LUT Shape that a data set has.

    Source: PS3.3 C.11.6.

    Raises
    ------
    DicomError
        If the table makes no sense.
    """
    for item in items(place, "PresentationLUTSequence")[:1]:
        return lookup_table(item, signed=False), None
    shape = text(place, "PresentationLUTShape")
    return None, "INVERSE" if shape == "INVERSE" else "IDENTITY" if shape == "IDENTITY" else None
