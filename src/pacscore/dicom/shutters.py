"""Display shutters of data sets."""

from __future__ import annotations

from collections.abc import Mapping

from pydicom.dataset import Dataset

from pacscore.dicom.attribute_values import numbers, texts, whole
from pacscore.dicom.image_pixel import tag_of
from pacscore.errors import DicomError, OptionError
from pacscore.pixels.cielab import srgb_of_cielab
from pacscore.pixels.overlay import Overlay
from pacscore.pixels.shutter import BitmapShutter, CircularShutter, PolygonalShutter, RectangularShutter, Shutter

__all__ = ["cielab_color", "pixel_aspect", "shutter_of"]

_EDGES = (
    "ShutterLeftVerticalEdge",
    "ShutterRightVerticalEdge",
    "ShutterUpperHorizontalEdge",
    "ShutterLowerHorizontalEdge",
)
_CLAUSE = "PS3.3 C.7.6.11"


def shutter_of(place: Dataset, overlays: Mapping[int, Overlay], *, aspect: float = 1.0) -> Shutter | None:
    """Return the display shutter that a data set or an item describes, None if there is none.

    Source: PS3.3 C.7.6.11 (Display Shutter), C.7.6.15 (Bitmap Display Shutter), C.11.12, C.7.6.16.2.16 (Frame Display
    Shutter).

    Parameters
    ----------
    place : pydicom.Dataset
    overlays : mapping of int to Overlay
        By group, for a bitmap shutter.
    aspect : float
        Height of a pixel over its width.

    Raises
    ------
    DicomError
        If a shape is unknown, or lacks what it is made of.
    """
    shapes = tuple(_shape(name, place, overlays, aspect) for name in texts(place, "ShutterShape") if name)
    if not shapes:
        return None
    gray = min(max(whole(place, "ShutterPresentationValue", 0), 0), 65535)
    return Shutter(shapes, gray, cielab_color(place, "ShutterPresentationColorCIELabValue"))


def cielab_color(place: Dataset, keyword: str) -> tuple[int, int, int] | None:
    """Return a colour that is written as CIELab in three words, as sRGB of 0 to 255; None where it is absent.

    Source: PS3.3 C.10.7.1.1 (encoding of CIELab values).
    """
    words = numbers(place, keyword)
    if not words:
        return None
    if len(words) != 3 or not all(0 <= word <= 65535 for word in words):
        raise DicomError(f"{keyword} {tag_of(keyword)} is not three words", tag=tag_of(keyword))
    return srgb_of_cielab(*(int(word) for word in words))


def pixel_aspect(dataset: Dataset) -> float:
    """Return the height of a pixel over its width, 1 where nothing usable says so (PS3.3 10.7.1, C.7.6.3.1.7)."""
    for keyword in ("PixelSpacing", "ImagerPixelSpacing", "PixelAspectRatio"):
        ratio = numbers(dataset, keyword)
        if len(ratio) == 2 and min(ratio) > 0:
            return ratio[0] / ratio[1]
    return 1.0


def _shape(
    name: str, place: Dataset, overlays: Mapping[int, Overlay], aspect: float
) -> RectangularShutter | CircularShutter | PolygonalShutter | BitmapShutter:
    if name == "RECTANGULAR":
        left, right, upper, lower = (_values(place, keyword, 1)[0] for keyword in _EDGES)
        return RectangularShutter(left, right, upper, lower)
    if name == "CIRCULAR":
        row, column = _values(place, "CenterOfCircularShutter", 2)[:2]
        return CircularShutter(row, column, _values(place, "RadiusOfCircularShutter", 1)[0], aspect)
    if name == "POLYGONAL":
        corners = _values(place, "VerticesOfThePolygonalShutter", 6)
        try:
            return PolygonalShutter(tuple(zip(corners[::2], corners[1::2], strict=False)))
        except OptionError as error:
            raise DicomError(
                f"shutter: {error}", tag=tag_of("VerticesOfThePolygonalShutter"), clause=_CLAUSE
            ) from error
    group = whole(place, "ShutterOverlayGroup", 0)
    if name == "BITMAP" and group in overlays:
        return BitmapShutter(overlays[group])
    raise DicomError(f"Shutter Shape {name!r} has no meaning here", tag=tag_of("ShutterShape"), clause=_CLAUSE)


def _values(place: Dataset, keyword: str, count: int) -> list[int]:
    found = numbers(place, keyword)
    if len(found) < count:
        raise DicomError(f"shutter without {keyword} {tag_of(keyword)}", tag=tag_of(keyword), clause=_CLAUSE)
    return [int(one) for one in found]
