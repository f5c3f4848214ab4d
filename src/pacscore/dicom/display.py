"""What a data set says about showing its frames, as a `Pipeline`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydicom.dataset import Dataset

from pacscore.dicom.attribute_values import items, number, text, whole
from pacscore.dicom.functional_groups import group_items, places
from pacscore.dicom.grey_stages import modality_of, presentation_of, voi_choices_of, voi_is_signed
from pacscore.dicom.image_pixel import check_frame, integer, value
from pacscore.dicom.overlays import overlays_of
from pacscore.dicom.palettes import palette
from pacscore.dicom.shutters import pixel_aspect, shutter_of
from pacscore.pixels.finishing import Finishing
from pacscore.pixels.lookup import LookupTable
from pacscore.pixels.modality import IDENTITY, Rescale
from pacscore.pixels.pipeline import Pipeline
from pacscore.pixels.shutter import Shutter
from pacscore.pixels.voi import Window

if TYPE_CHECKING:
    from pacscore.dicom.presentation_state import PresentationState

__all__ = ["pipeline"]

_OPTICAL_PATH = "OpticalPathIdentificationSequence"


def pipeline(dataset: Dataset, frame: int = 0, *, presentation_state: PresentationState | None = None) -> Pipeline:
    """Return how one frame of a data set wants to be shown.

    Rescale and window come from the per-frame functional groups, else the shared ones, else the data set itself; of
    several windows and tables the first legal one, windows before tables; ``voi_choices`` has them all. A Modality LUT
    goes before rescale. A display shutter hides what it says; overlays are drawn only on request (`with_overlays`).

    Source: PS3.3 C.7.6.16.2.9 (Pixel Value Transformation), C.7.6.16.2.10 (Frame VOI LUT), C.7.6.16.2.16 (Frame Display
    Shutter), C.7.6.3.1, C.7.6.11, C.7.9, C.7.6.19, C.11.1, C.11.2, C.11.6, C.11.15.

    Parameters
    ----------
    dataset : pydicom.Dataset
        With or without pixel data.
    frame : int
        Counted from 0.
    presentation_state : PresentationState, optional
        Decides instead of the data set, which gives only what its pixels are.

    Returns
    -------
    Pipeline
        Frozen; change it with its methods.

    Raises
    ------
    IndexError
        If there is no such frame.
    DicomError
        If an attribute that counts makes no sense.
    OptionError
        If the presentation state is not about this frame.
    """
    check_frame(dataset, frame)
    interpretation = text(dataset, "PhotometricInterpretation") or "MONOCHROME2"
    signed = whole(dataset, "PixelRepresentation", 0) != 0
    modality = _modality(dataset, frame, signed)
    choices = _voi_choices(dataset, frame, voi_is_signed(modality, signed=signed))
    table, shape = presentation_of(dataset)
    made = Pipeline(
        bits_stored=integer(dataset, "BitsStored", 1, 64, default=integer(dataset, "BitsAllocated", 1, 64, default=16)),
        pixel_representation=int(signed),
        photometric_interpretation=interpretation,
        modality=modality,
        voi=choices[0] if choices else None,
        presentation_lut_shape=shape,
        palette=palette(dataset, interpretation, signed=signed),
        padding=_padding(dataset, signed),
        presentation_lut=table,
        voi_choices=choices,
        icc_profile=_icc_profile(dataset, frame),
        finishing=Finishing(shutter=_shutter(dataset, frame)),
    )
    return made if presentation_state is None else presentation_state.applied(made, dataset, frame)


def _modality(dataset: Dataset, frame: int, signed: bool) -> Rescale | LookupTable:
    found = (modality_of(place, signed=signed) for place in places(dataset, frame, "PixelValueTransformationSequence"))
    return next((one for one in found if one is not None), IDENTITY)


def _voi_choices(dataset: Dataset, frame: int, signed: bool) -> tuple[Window | LookupTable, ...]:
    found = (voi_choices_of(place, signed=signed) for place in places(dataset, frame, "FrameVOILUTSequence"))
    return next((choices for choices in found if choices), ())


def _padding(dataset: Dataset, signed: bool) -> tuple[float, float] | None:
    """Return the range of Pixel Padding Value, whole or floating-point; a value of the wrong sign counts as its bits.

    Source: PS3.3 C.7.5.1.1.2, C.7.6.24, C.7.6.25.
    """
    for kind in ("", "Float", "DoubleFloat"):
        first = number(dataset, f"{kind}PixelPaddingValue")
        if first is not None:
            last = number(dataset, f"{kind}PixelPaddingRangeLimit")
            ends = sorted((first, first if last is None else last))
            if kind:
                return ends[0], ends[1]
            low, high = sorted(int(end) - 0x10000 if signed and 0x8000 <= end <= 0xFFFF else int(end) for end in ends)
            return low, high
    return None


def _shutter(dataset: Dataset, frame: int) -> Shutter | None:
    """Return the shutter of a frame: its own, else the shared one, else that of the data set."""
    aspect = pixel_aspect(dataset)
    groups = group_items(dataset, frame, "FrameDisplayShutterSequence")
    if groups:
        return shutter_of(groups[0], {}, aspect=aspect)
    if not text(dataset, "ShutterShape"):
        return None
    return shutter_of(dataset, {one.group: one for one in overlays_of(dataset, frame)}, aspect=aspect)


def _icc_profile(dataset: Dataset, frame: int) -> bytes | None:
    """Return the profile of the data set, else that of the frame's optical path (PS3.3 C.11.15, C.8.12.5).

    Where the frame does not say which of several optical paths is its own, there is none.
    """
    paths = items(dataset, "OpticalPathSequence")
    if len(paths) > 1:
        named = [text(one, "OpticalPathIdentifier") for one in group_items(dataset, frame, _OPTICAL_PATH)]
        paths = [path for path in paths if text(path, "OpticalPathIdentifier") in named[:1]]
    for place in (dataset, *paths[:1]):
        profile = value(place, "ICCProfile")
        if isinstance(profile, bytes):
            return profile
    return None
