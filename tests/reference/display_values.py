"""The display values of a data set, literally: its attributes read by pydicom, then `tests.reference.display`.

Numbers count as the decimals that they are written as.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from pydicom.dataset import Dataset
from tests.reference import display

Grey = Callable[[int], Fraction]


def flattened(dataset: Dataset, frame: int) -> Dataset:
    """Return a data set with the rescale and VOI attributes of one frame at its top, wherever they were."""
    flat = Dataset()
    flat.set_original_encoding(*dataset.original_encoding)
    flat.update({element.tag: element for element in dataset if element.tag.group in (0x0028, 0x2050)})
    for keyword in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
        groups = dataset.get(keyword) or []
        group = groups[frame if keyword.startswith("Per") else 0] if groups else Dataset()
        for name in ("PixelValueTransformationSequence", "FrameVOILUTSequence"):
            for item in group.get(name) or []:
                flat.update({element.tag: element for element in item})
    return flat


def levels(ds: Dataset, frame_values: list[int], bits_stored: int, signed: bool) -> Grey:
    """Return the way of a stored value of one frame to a level from 0 to 1, before any inversion.

    Without a VOI stage: up to 8 bits without rescale by their full range, otherwise by the frame's, without padding.
    """
    to_modality, voi = modality(ds), first_voi(ds)
    if voi is None:
        keywords = ("ModalityLUTSequence", "RescaleSlope", "RescaleIntercept")
        if bits_stored <= 8 and all(ds.get(keyword) is None for keyword in keywords):
            lowest = -(1 << (bits_stored - 1)) if signed else 0
            low, high = Fraction(lowest), Fraction(lowest + (1 << bits_stored) - 1)
        else:
            shown = [to_modality(x) for x in frame_values if not is_padding(ds, x)]
            low, high = min(shown), max(shown)
        voi = _between(low, high)
    return lambda x: voi(to_modality(x))


def modality(ds: Dataset) -> Grey:
    """C.11.1.1 and C.11.1.1.2."""
    if ds.get("ModalityLUTSequence"):
        entries, first, _ = table(ds.ModalityLUTSequence[0])
        return lambda x: Fraction(display.looked_up(x, first, entries))
    slope, intercept = _written(ds.get("RescaleSlope", 1)), _written(ds.get("RescaleIntercept", 0))
    return lambda x: slope * Fraction(x) + intercept


def first_voi(ds: Dataset) -> Grey | None:
    """Return the first window that is one, else the first VOI LUT, as levels from 0 to 1."""
    function = ds.get("VOILUTFunction") or "LINEAR"
    for c, w in zip(_several(ds.get("WindowCenter")), _several(ds.get("WindowWidth")), strict=False):
        if w >= 1 or (function != "LINEAR" and w > 0):
            return lambda x, c=c, w=w: display.FUNCTIONS[function](x, c, w, 1)
    if ds.get("VOILUTSequence"):
        entries, first, bits = table(ds.VOILUTSequence[0])
        return lambda x: Fraction(display.looked_up(x, first, entries), (1 << bits) - 1)
    return None


def table(item: Dataset) -> tuple[list[int], int, int]:
    """Return the entries of a LUT item, the first value mapped, and the bits of an entry."""
    count, first, bits = (int(one) for one in item.LUTDescriptor)
    data = item.LUTData
    if isinstance(data, bytes):
        data = [int.from_bytes(data[at : at + 2], "little") for at in range(0, 2 * (count or 65536), 2)]
    return list(data), first, bits


def is_padding(ds: Dataset, x: int) -> bool:
    """C.7.5.1.1.2."""
    if ds.get("PixelPaddingValue") is None:
        return False
    ends = sorted((int(ds.PixelPaddingValue), int(ds.get("PixelPaddingRangeLimit", ds.PixelPaddingValue))))
    return ends[0] <= x <= ends[1]


def is_inverse(ds: Dataset) -> bool:
    """C.11.6.1.2 and C.7.6.3.1.2: whether display values are the largest one less the output of the VOI stage."""
    shape = ds.get("PresentationLUTShape")
    return shape == "INVERSE" if shape else ds.PhotometricInterpretation == "MONOCHROME1"


def rgb_of_ybr_full(y: int, cb: int, cr: int) -> tuple[int, int, int]:
    """C.7.6.3.1.2: the inverse of its matrix in 8 bits, as T.871 clause 7 prints it, rounded and clamped."""
    b, r = cb - 128, cr - 128
    red = y + Fraction("1.402") * r
    green = y - Fraction("0.344136") * b - Fraction("0.714136") * r
    blue = y + Fraction("1.772") * b
    return rounded(red, 255), rounded(green, 255), rounded(blue, 255)


def rounded(y: Fraction, y_max: int) -> int:
    """Return floor(y + 1/2), clamped."""
    return min(max((y + display.HALF).__floor__(), 0), y_max)


def _between(low: Fraction, high: Fraction) -> Grey:
    if low == high:
        return lambda _: Fraction(0)
    return lambda x: min(max((x - low) / (high - low), Fraction(0)), Fraction(1))


def _written(value: object) -> Fraction:
    return Fraction(str(value).strip())


def _several(values: object) -> list[Fraction]:
    if values is None:
        return []
    return [
        _written(one) for one in (values if hasattr(values, "__iter__") and not isinstance(values, str) else [values])
    ]
