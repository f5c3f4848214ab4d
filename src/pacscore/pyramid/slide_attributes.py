"""The attributes of a whole slide instance, one for each level.

Source: PS3.3 A.32.8 (VL Whole Slide Microscopy Image IOD), C.7.6.16, C.7.6.17, C.7.6.22, C.8.12.4, C.8.12.5.
"""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from pacscore.pixel_format import PixelFormat
from pacscore.pixels.srgb_profile import srgb_profile

__all__ = ["LevelFacts", "level_attributes", "slide_attributes"]

_SOP_CLASS = "1.2.840.10008.5.1.4.1.1.77.1.6"
_EMPTY = (
    "StudyDate",
    "StudyTime",
    "AccessionNumber",
    "ReferringPhysicianName",
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "StudyID",
    "IssuerOfTheContainerIdentifierSequence",
    "ContainerTypeCodeSequence",
    "AcquisitionContextSequence",
)
"""What must be there, but may be empty."""
_SLIDE_THICKNESS = 0.001
"""Millimetres, where nothing is known."""


class LevelFacts(NamedTuple):
    """What is known of one level.

    Attributes
    ----------
    number : int
        0 is the largest.
    frames : int
    spacing : (float, float), in millimetres
        From row to row, and from column to column.
    photometric : str
        Of the encoded frames.
    lossy_method : str or None
        As Lossy Image Compression Method has it; None: without loss.
    ratio : float
        Of native to encoded bytes.
    """

    number: int
    frames: int
    spacing: tuple[float, float]
    photometric: str
    lossy_method: str | None
    ratio: float


def slide_attributes(given: Dataset | None, pixel_format: PixelFormat) -> Dataset:
    """Return what all levels of a slide have in common: what is given, and what must be there besides."""
    ds = Dataset() if given is None else copy.deepcopy(given[:0x7FE00000])
    now = datetime.now(UTC)
    for keyword in _EMPTY:
        _default(ds, keyword, [] if keyword.endswith("Sequence") else "")
    values: dict[str, Any] = {
        "SpecificCharacterSet": "ISO_IR 192",
        "StudyInstanceUID": generate_uid(prefix=None),
        "SeriesNumber": 1,
        "Manufacturer": "unknown",
        "ManufacturerModelName": "unknown",
        "DeviceSerialNumber": "unknown",
        "SoftwareVersions": "unknown",
        "PositionReferenceIndicator": "SLIDE_CORNER",
        "ContainerIdentifier": "unknown",
        "AcquisitionDateTime": now.strftime("%Y%m%d%H%M%S"),
        "FocusMethod": "AUTO",
        "ExtendedDepthOfField": "NO",
        "SpecimenLabelInImage": "NO",
        "BurnedInAnnotation": "NO",
        "ImageOrientationSlide": [0, -1, 0, -1, 0, 0],
        "ImagedVolumeDepth": 1000 * _SLIDE_THICKNESS,
    }
    for keyword, value in values.items():
        _default(ds, keyword, value)
    if not ds.get("SpecimenDescriptionSequence"):
        ds.SpecimenDescriptionSequence = [_specimen()]
    if not ds.get("OpticalPathSequence"):
        ds.OpticalPathSequence = [_optical_path()]
    path = ds.OpticalPathSequence[0]
    _default(path, "OpticalPathIdentifier", "1")
    if pixel_format.samples_per_pixel == 3:
        _default(path, "ICCProfile", srgb_profile())
        path["ICCProfile"].VR = "OB"
    del ds.OpticalPathSequence[1:]
    ds.SOPClassUID, ds.Modality = _SOP_CLASS, "SM"
    ds.ContentDate, ds.ContentTime = now.strftime("%Y%m%d"), now.strftime("%H%M%S")
    ds.SeriesInstanceUID, ds.FrameOfReferenceUID, ds.PyramidUID = (generate_uid(prefix=None) for _ in range(3))
    if not ds.get("TotalPixelMatrixOriginSequence"):
        ds.TotalPixelMatrixOriginSequence = [_item(XOffsetInSlideCoordinateSystem=0, YOffsetInSlideCoordinateSystem=0)]
    organization = generate_uid(prefix=None)
    ds.DimensionOrganizationSequence = [_item(DimensionOrganizationUID=organization)]
    ds.DimensionOrganizationType = "TILED_FULL"
    for keyword in ("DimensionIndexSequence", "PerFrameFunctionalGroupsSequence", "RecommendedAbsentPixelCIELabValue"):
        if keyword in ds:
            del ds[keyword]
    return ds


def level_attributes(slide: Dataset, pixel_format: PixelFormat, facts: LevelFacts) -> Dataset:
    """Return the attributes of one level.

    Parameters
    ----------
    slide : pydicom Dataset
        What all levels have in common.
    pixel_format : PixelFormat
        Of the whole level: rows and columns are those of its Total Pixel Matrix.
    facts : LevelFacts
    """
    ds = copy.deepcopy(slide)
    ds.SOPInstanceUID, ds.InstanceNumber = generate_uid(prefix=None), facts.number + 1
    ds.ImageType = ["DERIVED", "PRIMARY", "VOLUME", "RESAMPLED" if facts.number else "NONE"]
    ds.VolumetricProperties = "VOLUME"
    ds.NumberOfFrames, ds.SamplesPerPixel = facts.frames, pixel_format.samples_per_pixel
    ds.TotalPixelMatrixRows, ds.TotalPixelMatrixColumns = pixel_format.rows, pixel_format.columns
    ds.TotalPixelMatrixFocalPlanes, ds.NumberOfOpticalPaths = 1, 1
    ds.ImagedVolumeHeight = pixel_format.rows * facts.spacing[0]
    ds.ImagedVolumeWidth = pixel_format.columns * facts.spacing[1]
    ds.PhotometricInterpretation = facts.photometric
    ds.BitsAllocated, ds.BitsStored = pixel_format.bits_allocated, pixel_format.bits_stored
    ds.HighBit, ds.PixelRepresentation = pixel_format.bits_stored - 1, 0
    if pixel_format.samples_per_pixel == 3:
        ds.PlanarConfiguration = 0
    else:
        ds.RescaleIntercept, ds.RescaleSlope, ds.PresentationLUTShape = 0, 1, "IDENTITY"
    _tell_loss(ds, facts)
    measures = _item(PixelSpacing=list(map(_decimal, facts.spacing)), SliceThickness=_decimal(_SLIDE_THICKNESS))
    identifier = ds.OpticalPathSequence[0].OpticalPathIdentifier
    ds.SharedFunctionalGroupsSequence = [
        _item(
            PixelMeasuresSequence=[measures],
            WholeSlideMicroscopyImageFrameTypeSequence=[_item(FrameType=list(ds.ImageType))],
            OpticalPathIdentificationSequence=[_item(OpticalPathIdentifier=identifier)],
        )
    ]
    return ds


def _tell_loss(ds: Dataset, facts: LevelFacts) -> None:
    """Tell of loss, behind what was told before of the picture's past (PS3.3 C.7.6.1.1.5)."""
    if facts.lossy_method is None:
        _default(ds, "LossyImageCompression", "00")
        return
    before = ds.get("LossyImageCompression") == "01"
    for keyword, value in (
        ("LossyImageCompressionRatio", _decimal(facts.ratio)),
        ("LossyImageCompressionMethod", facts.lossy_method),
    ):
        past = ds.get(keyword) if before else None
        values = [] if past in (None, "") else [past] if isinstance(past, str | float) else list(past)
        setattr(ds, keyword, [*values, value])
    ds.LossyImageCompression = "01"


def _specimen() -> Dataset:
    return _item(
        SpecimenIdentifier="unknown",
        SpecimenUID=generate_uid(prefix=None),
        IssuerOfTheSpecimenIdentifierSequence=[],
        SpecimenPreparationSequence=[],
    )


def _optical_path() -> Dataset:
    bright = _item(CodeValue="111744", CodingSchemeDesignator="DCM", CodeMeaning="Brightfield illumination")
    full = _item(CodeValue="414298005", CodingSchemeDesignator="SCT", CodeMeaning="Full Spectrum")
    return _item(OpticalPathIdentifier="1", IlluminationTypeCodeSequence=[bright], IlluminationColorCodeSequence=[full])


def _item(**values: Any) -> Dataset:
    item = Dataset()
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return item


def _default(ds: Dataset, keyword: str, value: Any) -> None:
    if keyword not in ds:
        setattr(ds, keyword, value)


def _decimal(value: float) -> str:
    """Return a number as a decimal string of at most 16 bytes (PS3.5 6.2)."""
    return f"{value:.9g}"
