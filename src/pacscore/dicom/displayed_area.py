"""Which part of an image a presentation state shows, and how large."""

from __future__ import annotations

from dataclasses import dataclass

from pydicom.dataset import Dataset

from pacscore.dicom.attribute_values import number, numbers, text
from pacscore.dicom.image_pixel import tag_of
from pacscore.errors import DicomError
from pacscore.region import Region

__all__ = ["DisplayedArea", "displayed_area_of"]

_CLAUSE = "PS3.3 C.10.4"


@dataclass(frozen=True, slots=True)
class DisplayedArea:
    """An item of a Displayed Area Selection Sequence.

    Source: PS3.3 C.10.4.

    Attributes
    ----------
    region : Region
        The part of the frame, as it is stored, that is shown; what lies outside the frame is left out.
    size_mode : str
        Presentation Size Mode: "SCALE TO FIT", "TRUE SIZE" or "MAGNIFY". The caller scales.
    magnification : float or None
        Screen pixels for an image pixel, along each axis, for MAGNIFY.
    pixel_spacing : (float, float) or None
        Millimetres between rows and between columns.
    aspect : float
        Height of a pixel over its width.
    """

    region: Region
    size_mode: str = ""
    magnification: float | None = None
    pixel_spacing: tuple[float, float] | None = None
    aspect: float = 1.0


def displayed_area_of(item: Dataset, rows: int, columns: int) -> DisplayedArea:
    """Return the displayed area that an item selects in a frame of this size.

    The corners are those on the screen, but are counted in the stored frame: after a rotation by 180 degrees the top
    left one is the lower right one of the frame.

    Raises
    ------
    DicomError
        If a corner is missing, or the area lies outside of the frame.
    """
    corners = [numbers(item, f"DisplayedArea{corner}HandCorner") for corner in ("TopLeft", "BottomRight")]
    tag = tag_of("DisplayedAreaTopLeftHandCorner")
    if not all(len(corner) == 2 for corner in corners):
        raise DicomError(f"a displayed area without corners ({_CLAUSE})", tag=tag, clause=_CLAUSE)
    left, right = sorted(int(corner[0]) for corner in corners)
    top, bottom = sorted(int(corner[1]) for corner in corners)
    left, top, right, bottom = max(left, 1), max(top, 1), min(right, columns), min(bottom, rows)
    if left > right or top > bottom:
        raise DicomError(f"the displayed area lies outside of the frame ({_CLAUSE})", tag=tag, clause=_CLAUSE)
    spacing = numbers(item, "PresentationPixelSpacing")
    ratio = spacing if len(spacing) == 2 else numbers(item, "PresentationPixelAspectRatio")
    return DisplayedArea(
        Region(top - 1, left - 1, bottom - top + 1, right - left + 1),
        text(item, "PresentationSizeMode"),
        number(item, "PresentationPixelMagnificationRatio"),
        (spacing[0], spacing[1]) if len(spacing) == 2 else None,
        ratio[0] / ratio[1] if len(ratio) == 2 and min(ratio) > 0 else 1.0,
    )
