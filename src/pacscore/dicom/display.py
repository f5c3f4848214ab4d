"""What a data set says about showing its frames, as a `Pipeline`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from pydicom.dataset import Dataset

from pacscore.dicom.image_pixel import frame_count
from pacscore.dicom.image_pixel import value as attribute
from pacscore.errors import DicomError, OptionError, UnsupportedError
from pacscore.pixels.lookup import LookupTable
from pacscore.pixels.modality import Rescale
from pacscore.pixels.palette import Palette
from pacscore.pixels.pipeline import Pipeline
from pacscore.pixels.voi import Window

__all__ = ["pipeline"]


def pipeline(dataset: Dataset, frame: int = 0) -> Pipeline:
    """Return how one frame of a data set wants to be shown.

    Rescale and window come from the per-frame functional groups, else the shared ones, else the data set itself; of
    several windows the first legal one. A Modality LUT goes before rescale; a window goes before a VOI LUT.

    Source: PS3.3 C.7.6.16.2.9 (Pixel Value Transformation), C.7.6.16.2.10 (Frame VOI LUT), C.11.1, C.11.2, C.7.6.3.1.

    Parameters
    ----------
    dataset : pydicom.Dataset
        With or without pixel data.
    frame : int
        Counted from 0.

    Returns
    -------
    Pipeline
        Frozen; change it with its methods.

    Raises
    ------
    IndexError
        If there is no such frame.
    DicomError
        If an attribute that counts is missing or makes no sense.
    UnsupportedError
        If the palette is segmented.
    """
    frames = frame_count(dataset)
    if not 0 <= frame < frames:
        raise IndexError(f"frame {frame} of {frames}")
    interpretation = str(attribute(dataset, "PhotometricInterpretation") or "MONOCHROME2").strip()
    allocated = _integer(dataset, "BitsAllocated", 16)
    signed = _integer(dataset, "PixelRepresentation", 0)
    modality = _modality(dataset, frame, signed)
    palette = None
    if interpretation == "PALETTE COLOR":
        palette = Palette(*(_palette_table(dataset, colour) for colour in ("Red", "Green", "Blue")))
    shape = str(attribute(dataset, "PresentationLUTShape") or "")
    return Pipeline(
        bits_stored=_integer(dataset, "BitsStored", allocated),
        pixel_representation=signed,
        photometric_interpretation=interpretation,
        modality=modality,
        voi=_voi(dataset, frame, _may_be_negative(modality, signed)),
        presentation_lut_shape="INVERSE" if shape == "INVERSE" else "IDENTITY" if shape == "IDENTITY" else None,
        palette=palette,
        padding=_padding(dataset),
    )


def _places(dataset: Dataset, frame: int, sequence: str) -> Iterator[Dataset]:
    """Yield where an attribute of a functional group may be: per frame, shared, the data set itself."""
    per_frame = attribute(dataset, "PerFrameFunctionalGroupsSequence") or []
    shared = attribute(dataset, "SharedFunctionalGroupsSequence") or []
    for group in (*per_frame[frame : frame + 1], *shared[:1]):
        yield from (attribute(group, sequence) or [])[:1]
    yield dataset


def _modality(dataset: Dataset, frame: int, signed: int) -> Rescale | LookupTable:
    for place in _places(dataset, frame, "PixelValueTransformationSequence"):
        if attribute(place, "ModalityLUTSequence"):
            return _table(place.ModalityLUTSequence[0], "LUTDescriptor", "LUTData", bool(signed))
        if attribute(place, "RescaleSlope") is not None or attribute(place, "RescaleIntercept") is not None:
            slope = _numbers(place, "RescaleSlope") or [1.0]
            intercept = _numbers(place, "RescaleIntercept") or [0.0]
            try:
                return Rescale(slope[0], intercept[0])
            except OptionError as error:
                raise DicomError(str(error), tag="(0028,1053)", clause="PS3.3 C.11.1.1.2") from error
    return Rescale()


def _may_be_negative(modality: Rescale | LookupTable, signed: int) -> bool:
    """Return whether modality values have a sign, which a VOI LUT's descriptor shares (PS3.3 C.11.2.1.1)."""
    if isinstance(modality, LookupTable):
        return False
    return bool(signed) or modality.slope < 0 or modality.intercept < 0


def _voi(dataset: Dataset, frame: int, signed: bool) -> Window | LookupTable | None:
    for place in _places(dataset, frame, "FrameVOILUTSequence"):
        function: Any = str(attribute(place, "VOILUTFunction") or "LINEAR").strip()
        if function not in ("LINEAR", "LINEAR_EXACT", "SIGMOID"):
            raise DicomError(
                f"VOI LUT Function {function!r} is none that PS3.3 C.11.2.1.3 knows",
                tag="(0028,1056)",
                clause="PS3.3 C.11.2.1.3",
            )
        for center, width in zip(_numbers(place, "WindowCenter"), _numbers(place, "WindowWidth"), strict=False):
            try:
                return Window(center, width, function)
            except OptionError:
                continue  # field files hold widths of 0; the next window may do
        if attribute(place, "VOILUTSequence"):
            return _table(place.VOILUTSequence[0], "LUTDescriptor", "LUTData", signed)
    return None


def _padding(dataset: Dataset) -> tuple[int, int] | None:
    """Return the range of Pixel Padding Value (PS3.3 C.7.5.1.1.2)."""
    if attribute(dataset, "PixelPaddingValue") is None:
        return None
    first = _integer(dataset, "PixelPaddingValue", 0)
    last = _integer(dataset, "PixelPaddingRangeLimit", first)
    return min(first, last), max(first, last)


def _palette_table(dataset: Dataset, colour: str) -> LookupTable:
    name = f"{colour}PaletteColorLookupTable"
    if attribute(dataset, f"{name}Data") is None and f"Segmented{name}Data" in dataset:
        raise UnsupportedError(
            f"the {colour.lower()} palette is segmented (PS3.3 C.7.9.2)",
            feature="segmented palettes",
            clause="PS3.3 C.7.9.2",
        )
    return _table(dataset, f"{name}Descriptor", f"{name}Data", bool(attribute(dataset, "PixelRepresentation")))


def _table(place: Dataset, descriptor_name: str, data_name: str, signed: bool) -> LookupTable:
    """Read a table, whichever way its entries are packed.

    Source: PS3.3 C.11.1.1.1: of the descriptor's three values the first counts entries (0 stands for 65,536), the
    second is the first input value mapped, the third is the bits of an entry. 8-bit entries may be two to a word.
    """
    tag = str(place[descriptor_name].tag) if descriptor_name in place else None
    descriptor = _numbers(place, descriptor_name)
    raw = attribute(place, data_name)
    if len(descriptor) != 3 or raw is None:
        raise DicomError(
            f"{descriptor_name} or {data_name} is missing or incomplete", tag=tag, clause="PS3.3 C.11.1.1.1"
        )
    count, first, bits = (int(value) for value in descriptor)
    count = (count & 0xFFFF) or 65536
    first = (first & 0xFFFF) - (0x10000 if signed and first & 0x8000 else 0)
    data = raw if isinstance(raw, bytes) else np.atleast_1d(np.asarray(raw)).astype("<u2").tobytes()
    if isinstance(raw, bytes) and place[data_name].VR == "OW" and place.original_encoding[1] is False:
        data = np.frombuffer(data[: len(data) & ~1], ">u2").astype("<u2").tobytes()
    if len(data) >= 2 * count:
        entries = np.frombuffer(data, "<u2", count)
    elif len(data) >= count:
        entries = np.frombuffer(data, np.uint8, count).astype("<u2")
    else:
        raise DicomError(f"{data_name}: {len(data):,} bytes for {count:,} entries", tag=tag, clause="PS3.3 C.11.1.1.1")
    try:
        return LookupTable(first, max(bits, int(entries.max()).bit_length()), entries.tobytes())
    except OptionError as error:
        raise DicomError(f"{descriptor_name}: {error}", tag=tag, clause="PS3.3 C.11.1.1.1") from error


def _integer(dataset: Dataset, keyword: str, default: int) -> int:
    numbers = _numbers(dataset, keyword)
    return int(numbers[0]) if numbers else default


def _numbers(dataset: Dataset, keyword: str) -> list[float]:
    """Return the values of a numeric attribute; none if it is absent or empty."""
    try:
        value: Any = attribute(dataset, keyword)
        if value is None or value == "":
            return []
        return [float(one) for one in (value if hasattr(value, "__iter__") else [value])]
    except (TypeError, ValueError, OverflowError) as error:
        raise DicomError(f"{keyword} is no number: {error}", tag=keyword) from error
