"""Rules about the Image Pixel attributes by themselves, and against the transfer syntax.

Source: PS3.3 C.7.6.3; PS3.5 8.2 and its tables.
"""

from __future__ import annotations

from collections.abc import Iterator

from pacscore.codecs.video import VIDEO_FORMATS
from pacscore.dicom.image_pixel import pixel_format, value
from pacscore.dicom.linter.finding import Finding
from pacscore.dicom.linter.native_rules import has_plain_cells
from pacscore.dicom.linter.overlay_rules import overlays_in_cells
from pacscore.dicom.linter.rule import Rule
from pacscore.dicom.linter.subject import Subject
from pacscore.dicom.linter.true_syntax import KINDS
from pacscore.errors import DicomError
from pacscore.pixel_format import PixelFormat

__all__ = ["CHECKS", "OF_SIGN"]

_PREFIX = "1.2.840.10008.1.2.4."
_SAMPLES = {
    "MONOCHROME1": 1,
    "MONOCHROME2": 1,
    "PALETTE COLOR": 1,
    "RGB": 3,
    "YBR_FULL": 3,
    "YBR_FULL_422": 3,
    "YBR_PARTIAL_420": 3,
    "YBR_PARTIAL_422": 3,
    "YBR_ICT": 3,
    "YBR_RCT": 3,
    "XYB": 3,
}
"""Samples per Pixel of each Photometric Interpretation."""

_JPEG_2000 = frozenset({"YBR_RCT", "YBR_ICT"})
_LOSSY_ALLOWED = frozenset(f"{_PREFIX}{number}" for number in (50, 51, 53, 55, 81, 91, 93, 111, 112, 203))
_LOSSLESS_2000 = frozenset(f"{_PREFIX}{number}" for number in (90, 92, 201, 202))
OF_SIGN = {
    "SmallestImagePixelValue": "(0028,0106)",
    "LargestImagePixelValue": "(0028,0107)",
    "SmallestPixelValueInSeries": "(0028,0108)",
    "LargestPixelValueInSeries": "(0028,0109)",
    "PixelPaddingValue": "(0028,0120)",
    "PixelPaddingRangeLimit": "(0028,0121)",
}
"""Attributes whose VR is US or SS as Pixel Representation says."""

IMPOSSIBLE = Rule(
    "PAC401",
    "error",
    "PS3.3 C.7.6.3",
    "an Image Pixel attribute is missing, or makes no sense",
    "Nothing says how the pixels are stored.",
)
SAMPLES = Rule(
    "PAC402",
    "error",
    "PS3.3 C.7.6.3.1.2",
    "Samples per Pixel does not fit Photometric Interpretation",
    "Readers that go by the one take the pixels apart otherwise than those that go by the other.",
)
PHOTOMETRIC = Rule(
    "PAC403",
    "error",
    "PS3.5 8.2",
    "the transfer syntax does not allow this Photometric Interpretation",
    "Readers convert colours that need it not, or leave those that do.",
)
HIGH_BIT = Rule(
    "PAC404",
    "error",
    "PS3.3 C.7.6.3.1",
    "High Bit is not Bits Stored - 1",
    "Most readers ignore High Bit, and show values shifted or with bits that mean nothing.",
    "High Bit is set, and native cells are shifted to it.",
)
BITS_ALLOCATED = Rule(
    "PAC405",
    "error",
    "PS3.5 8.1.1",
    "Bits Allocated is neither 1 nor a multiple of 8",
    "Few readers can take such cells apart.",
)
PLANAR_MISSING = Rule(
    "PAC406",
    "error",
    "PS3.3 C.7.6.3.1.3",
    "Planar Configuration is missing, and there are several samples a pixel",
    "Readers guess whether colours lie by pixel or by plane.",
    "It becomes 0 where frames are encoded, which tell by themselves.",
)
PLANAR_NEEDLESS = Rule(
    "PAC407",
    "note",
    "PS3.3 C.7.6.3.1.3",
    "Planar Configuration is there, and there is one sample a pixel",
    "It means nothing then.",
    "It is removed.",
)
PLANAR_OF_CODED = Rule(
    "PAC408",
    "warning",
    "PS3.5 8.2.1, 8.2.3, 8.2.4",
    "Planar Configuration is 1, and the frames are JPEG, JPEG-LS, JPEG 2000 or JPEG XL",
    "Readers that go by it after decoding tear the colours apart.",
    "It becomes 0.",
)
SIGNED_COLOUR = Rule(
    "PAC409",
    "error",
    "PS3.3 C.7.6.3.1.2",
    "Pixel Representation says signed, and the pixels are colours or indices of a palette",
    "Readers that believe it turn bright colours dark.",
    "It becomes 0.",
)
VROF_SIGN = Rule(
    "PAC417",
    "warning",
    "PS3.3 C.7.6.3.1.5",
    "a pixel value attribute is US where pixels are signed, or SS where they are not",
    "Readers that go by the VR take -2000 for 63536.",
    "It gets the VR that Pixel Representation asks for, with the same bits.",
)


def check_possible(subject: Subject) -> Iterator[Finding]:
    """Tell which attribute keeps the pixels from being understood."""
    if not subject.has_pixels:
        return
    try:
        pixel_format(subject.attributes, subject.element.keyword)
    except DicomError as error:
        yield IMPOSSIBLE.found(str(error), tag=error.tag)


def check_photometric(subject: Subject) -> Iterator[Finding]:
    """Check Photometric Interpretation against Samples per Pixel and the transfer syntax."""
    stored = subject.stored
    if stored is None:
        return
    label, tag = stored.photometric_interpretation, "(0028,0004)"
    samples = _SAMPLES.get(label)
    if samples is None:
        yield PHOTOMETRIC.found(f"{label!r} is none that the standard has", tag=tag)
    elif samples != stored.samples_per_pixel:
        yield SAMPLES.found(f"{label} has {samples}, Samples per Pixel says {stored.samples_per_pixel}", tag=tag)
    why = _objection(label, subject)
    if why is not None:
        yield PHOTOMETRIC.found(f"{label} under {subject.transfer_syntax}: {why}", tag=tag)


def _objection(label: str, subject: Subject) -> str | None:
    syntax = subject.transfer_syntax
    kind = KINDS.get(syntax)
    if label in _JPEG_2000 and kind not in ("JPEG 2000", None):
        return "only JPEG 2000 has that component transform"
    if label in _JPEG_2000 and subject.claims_native:
        return "native pixels have no component transform"
    if label == "YBR_ICT" and syntax in _LOSSLESS_2000:
        return "the irreversible transform is lossy, the transfer syntax is not"
    if (
        label == "PALETTE COLOR"
        and syntax in _LOSSY_ALLOWED
        and any(frame.lossy_method for frame in subject.coded_frames)
    ):
        return "indices of a palette survive no loss"
    if label.endswith(("_422", "_420")) and kind in ("JPEG 2000", "JPEG-LS", "RLE"):
        return "frames of this format hold every sample"
    return None


def check_bits(subject: Subject) -> Iterator[Finding]:
    """Check Bits Allocated, High Bit and Pixel Representation."""
    stored = subject.stored
    if stored is None or stored.is_float:
        return
    if stored.bits_allocated != 1 and stored.bits_allocated % 8:
        yield BITS_ALLOCATED.found(f"it is {stored.bits_allocated}", tag="(0028,0100)")
    if stored.high_bit is not None:
        what = f"it is {stored.high_bit}, Bits Stored {stored.bits_stored}"
        yield HIGH_BIT.found(what, tag="(0028,0102)", fixable=subject.encapsulated or _has_usual_cells(subject, stored))
    if stored.pixel_representation and (
        stored.samples_per_pixel > 1 or stored.photometric_interpretation == "PALETTE COLOR"
    ):
        what = f"{stored.photometric_interpretation} of {stored.samples_per_pixel} samples"
        yield SIGNED_COLOUR.found(what, tag="(0028,0103)", fixable=not _is_signed_inside(subject))


def _has_usual_cells(subject: Subject, stored: PixelFormat) -> bool:
    """Return whether native frames can be written anew by their values: one value a cell, and nothing else in it."""
    shared = stored.photometric_interpretation.endswith(("_422", "_420"))
    return has_plain_cells(stored) and not shared and not overlays_in_cells(subject.dataset)


def _is_signed_inside(subject: Subject) -> bool:
    """Return whether codestreams themselves say that colours are signed."""
    found = (frame.codestream for frame in subject.coded_frames)
    return any(component.signed for facts in found if facts is not None for component in facts.siz.components)


def check_planes(subject: Subject) -> Iterator[Finding]:
    """Check Planar Configuration."""
    stored, tag = subject.stored, "(0028,0006)"
    if stored is None or subject.transfer_syntax in VIDEO_FORMATS:
        return
    planar = value(subject.attributes, "PlanarConfiguration")
    if stored.samples_per_pixel == 1 and planar is not None:
        yield PLANAR_NEEDLESS.found(f"it is {planar}", tag=tag)
    elif stored.samples_per_pixel > 1 and planar is None:
        kind = KINDS.get(subject.transfer_syntax)
        yield PLANAR_MISSING.found("it is missing", tag=tag, fixable=kind is not None)
    elif stored.samples_per_pixel > 1 and planar == 1 and KINDS.get(subject.transfer_syntax) not in (None, "RLE"):
        yield PLANAR_OF_CODED.found(f"it is 1 under {subject.transfer_syntax}", tag=tag)


def check_signs(subject: Subject) -> Iterator[Finding]:
    """Check the VR of attributes that are of the pixels' sign."""
    stored = subject.stored
    if stored is None or stored.is_float or subject.element.vr == "":
        return
    right = "SS" if stored.pixel_representation else "US"
    for keyword, tag in OF_SIGN.items():
        if subject.get(keyword) is None:
            continue
        vr = str(subject.dataset[keyword].VR)
        if vr in ("US", "SS") and vr != right:
            yield VROF_SIGN.found(f"{keyword} is {vr}; Pixel Representation asks for {right}", tag=tag)


CHECKS = (check_possible, check_photometric, check_bits, check_planes, check_signs)
