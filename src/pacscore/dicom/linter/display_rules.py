"""Rules about how an object wants to be shown: rescale, windows, padding, presentation.

Source: PS3.3 C.11.1, C.11.2, C.11.6, C.7.5.1.1.2, C.7.6.16.2.9, C.7.6.16.2.10.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from pacscore.dicom.image_pixel import value
from pacscore.dicom.linter.finding import Finding
from pacscore.dicom.linter.rule import Rule
from pacscore.dicom.linter.subject import MOST_FRAMES, Subject
from pacscore.errors import DicomError

__all__ = ["CHECKS", "places"]

_FUNCTIONS = ("LINEAR", "LINEAR_EXACT", "SIGMOID")
_WIDTH, _FUNCTION, _SLOPE = "(0028,1051)", "(0028,1056)", "(0028,1053)"

NARROW_WINDOW = Rule(
    "PAC601",
    "error",
    "PS3.3 C.11.2.1.2, C.11.2.1.3",
    "a Window Width that the VOI LUT Function does not allow",
    "LINEAR needs at least 1, the others more than 0: readers divide by zero, or show nothing.",
)
UNPAIRED_WINDOWS = Rule(
    "PAC602",
    "error",
    "PS3.3 C.11.2.1.2",
    "Window Center and Window Width have not the same number of values",
    "Each window is a pair; readers drop what is left over, or fail.",
)
EXPLANATIONS = Rule(
    "PAC603",
    "note",
    "PS3.3 C.11.2",
    "there are not as many explanations as windows",
    "Viewers cannot name the windows in their menu.",
)
FUNCTION = Rule(
    "PAC604",
    "error",
    "PS3.3 C.11.2.1.3",
    "a VOI LUT Function that the standard does not have",
    "Readers take it for LINEAR, or refuse.",
)
ZERO_SLOPE = Rule(
    "PAC606",
    "error",
    "PS3.3 C.11.1",
    "Rescale Slope is 0, or no number",
    "Every pixel gets the same value.",
)
HALF_RESCALE = Rule(
    "PAC607",
    "warning",
    "PS3.3 C.11.1",
    "one of Rescale Slope and Rescale Intercept without the other",
    "Readers add 1 or 0 for the missing one, or leave the values as they are stored.",
)
TWO_MODALITIES = Rule(
    "PAC608",
    "warning",
    "PS3.3 C.11.1",
    "both a Modality LUT and a rescale",
    "There may be one: readers choose differently.",
)
EXTREMES_CROSSED = Rule(
    "PAC613",
    "warning",
    "PS3.3 C.7.6.3",
    "Smallest Image Pixel Value is larger than the largest",
    "Viewers that derive a window from them show nothing.",
)
LIMIT_ALONE = Rule(
    "PAC614",
    "error",
    "PS3.3 C.7.5.1.1.2",
    "Pixel Padding Range Limit without Pixel Padding Value",
    "A range has two ends; which pixels are padding cannot be told.",
)
PADDING_OUTSIDE = Rule(
    "PAC615",
    "note",
    "PS3.3 C.7.5.1.1.2",
    "Pixel Padding Value is none that the pixels can have",
    "Nothing is masked; it may have been meant for other pixels, before a rescale perhaps.",
)
PRESENTATION = Rule(
    "PAC616",
    "error",
    "PS3.3 C.11.6",
    "a Presentation LUT Shape that the standard does not have",
    "Readers show the picture inverted, or not.",
)
GROUPS = Rule(
    "PAC617",
    "error",
    "PS3.3 C.7.6.16.1.1",
    "there are not as many per-frame functional groups as frames",
    "Each frame has its own item: which window and rescale belong to which frame cannot be told.",
)


def places(subject: Subject) -> Iterator[Dataset]:
    """Yield where display attributes may be: the data set, and what its functional groups hold."""
    yield subject.dataset
    for name in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
        for group in islice(_items(subject.dataset, name), MOST_FRAMES):
            for sequence in ("PixelValueTransformationSequence", "FrameVOILUTSequence"):
                yield from _items(group, sequence)


def _items(dataset: Dataset, keyword: str) -> list[Dataset]:
    """Return the items of a sequence; none where it is absent or does not parse."""
    try:
        return [item for item in value(dataset, keyword) or () if isinstance(item, Dataset)]
    except (DicomError, TypeError):
        return []


def _numbers(place: Dataset, keyword: str) -> list[float] | None:
    """Return the values of a numeric attribute, None where they are no numbers."""
    try:
        found: Any = value(place, keyword)
        if found is None:
            return []
        return [float(one) for one in (found if isinstance(found, MultiValue | list | tuple) else [found])]
    except (DicomError, TypeError, ValueError, OverflowError):
        return None


def check_groups(subject: Subject) -> Iterator[Finding]:
    """Check the number of per-frame functional groups."""
    groups = len(_items(subject.dataset, "PerFrameFunctionalGroupsSequence"))
    if groups and subject.has_pixels and groups != subject.frame_count:
        yield GROUPS.found(f"{groups} items for {subject.frame_count} frames", tag="(5200,9230)")


def check_windows(subject: Subject) -> Iterator[Finding]:
    """Check windows and their function."""
    for place in places(subject):
        function = str(_value(place, "VOILUTFunction") or "LINEAR").strip()
        if function not in _FUNCTIONS:
            yield FUNCTION.found(f"it is {function!r}", tag=_FUNCTION)
        centers, widths = (_numbers(place, f"Window{name}") for name in ("Center", "Width"))
        if centers is None or widths is None or len(centers) != len(widths):
            told = ["no numbers" if one is None else f"{len(one)}" for one in (centers, widths)]
            yield UNPAIRED_WINDOWS.found(f"centers: {told[0]}; widths: {told[1]}", tag=_WIDTH)
            continue
        narrow = [width for width in widths if not (width >= 1 if function == "LINEAR" else width > 0)]
        if narrow:
            yield NARROW_WINDOW.found(f"it is {narrow[0]:g} under {function}", tag=_WIDTH)
        explanation = _value(place, "WindowCenterWidthExplanation")
        count = len(explanation) if isinstance(explanation, MultiValue | list) else 0 if explanation is None else 1
        if count and count != len(centers):
            yield EXPLANATIONS.found(f"{count} explanations of {len(centers)} windows", tag="(0028,1055)")


def _value(place: Dataset, keyword: str) -> Any:
    try:
        return value(place, keyword)
    except DicomError:
        return None


def check_rescale(subject: Subject) -> Iterator[Finding]:
    """Check the way to modality values."""
    for place in places(subject):
        slope, intercept = (_numbers(place, f"Rescale{name}") for name in ("Slope", "Intercept"))
        if slope is None or (slope and not abs(slope[0]) > 0):
            yield ZERO_SLOPE.found(f"it is {'no number' if slope is None else f'{slope[0]:g}'}", tag=_SLOPE)
        if (slope == []) != (intercept == []):
            missing = "Rescale Slope" if slope == [] else "Rescale Intercept"
            yield HALF_RESCALE.found(f"{missing} is missing", tag=_SLOPE)
        if (slope or intercept) and _items(place, "ModalityLUTSequence"):
            yield TWO_MODALITIES.found("both are in one place", tag="(0028,3000)")


def check_pixel_values(subject: Subject) -> Iterator[Finding]:
    """Check attributes that hold pixel values."""
    smallest, largest = subject.get("SmallestImagePixelValue"), subject.get("LargestImagePixelValue")
    if isinstance(smallest, int) and isinstance(largest, int) and smallest > largest:
        yield EXTREMES_CROSSED.found(f"{smallest} to {largest}", tag="(0028,0106)")
    padding, limit = subject.get("PixelPaddingValue"), subject.get("PixelPaddingRangeLimit")
    if limit is not None and padding is None:
        yield LIMIT_ALONE.found(f"the limit is {limit}", tag="(0028,0121)")
    stored = subject.stored
    if stored is None or stored.is_float or stored.samples_per_pixel > 1:
        return
    for keyword, tag, told in (("Value", "(0028,0120)", padding), ("Range Limit", "(0028,0121)", limit)):
        if not isinstance(told, int) or stored.bits_stored >= 16:
            continue
        low, high = _range(stored.bits_stored, stored.pixel_representation)
        signed = told - 0x10000 if stored.pixel_representation and told > 0x7FFF else told  # its VR is another rule's
        if not low <= signed <= high:
            yield PADDING_OUTSIDE.found(f"Pixel Padding {keyword} is {told}; pixels have {low} to {high}", tag=tag)


def _range(bits: int, signed: int) -> tuple[int, int]:
    return (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)


def check_presentation(subject: Subject) -> Iterator[Finding]:
    """Check Presentation LUT Shape."""
    shape = subject.get("PresentationLUTShape")
    if shape is not None and str(shape).strip() not in ("IDENTITY", "INVERSE", "LIN OD"):
        yield PRESENTATION.found(f"it is {str(shape)!r}", tag="(2050,0020)")


CHECKS = (check_groups, check_windows, check_rescale, check_pixel_values, check_presentation)
