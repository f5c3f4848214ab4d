"""Rules about the file around the pixels: whether it can be read, its File Meta Information, its encoding."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from pacscore.codecs.registry import transfer_syntaxes
from pacscore.dicom.image_pixel import value
from pacscore.dicom.linter.finding import Finding
from pacscore.dicom.linter.large_data_sets import MOST_ITEMS
from pacscore.dicom.linter.rule import Rule
from pacscore.dicom.linter.subject import Subject
from pacscore.dicom.part10 import IMPLICIT
from pacscore.errors import DicomError, UnsupportedError

__all__ = ["CHECKS", "UNCHECKED", "UNREADABLE", "UNREADABLE_FRAME"]

UNREADABLE = Rule(
    "PAC001",
    "error",
    "PS3.10 7",
    "the object cannot be read",
    "Nothing can be said about pixels that cannot be reached; other readers may give up, or guess.",
)
UNREADABLE_FRAME = Rule(
    "PAC002",
    "error",
    "PS3.5 A.4",
    "the headers of a frame cannot be read",
    "Decoders refuse the frame, or show something else than was stored.",
)
NO_PIXELS = Rule(
    "PAC003",
    "note",
    "PS3.5 8",
    "the object holds no pixels",
    "Reports, presentation states and plans have none: there is nothing to look at.",
)
NO_PROVIDER = Rule(
    "PAC004",
    "error",
    "PS3.5 A.6",
    "a JPIP object names no Pixel Data Provider URL",
    "The pixels of such an object are elsewhere, and nothing says where.",
)
META_LENGTH = Rule(
    "PAC005",
    "error",
    "PS3.10 7.1",
    "the File Meta Information Group Length is wrong",
    "Readers that go by it begin the data set at the wrong byte.",
    "The File Meta Information is written anew.",
)
INSTANCE_UID = Rule(
    "PAC006",
    "error",
    "PS3.10 7.1",
    "Media Storage SOP Instance UID is not SOP Instance UID",
    "An archive that files by the one does not find the object by the other.",
    "The File Meta Information is written anew, with the data set's own identifiers.",
)
CLASS_UID = Rule(
    "PAC007",
    "error",
    "PS3.10 7.1",
    "Media Storage SOP Class UID is not SOP Class UID",
    "A receiver that goes by the File Meta Information takes the object for something else.",
    "The File Meta Information is written anew, with the data set's own identifiers.",
)
GROUP_LENGTHS = Rule(
    "PAC008",
    "note",
    "PS3.5 7.2",
    "the data set has retired group lengths",
    "They are wrong as soon as anything in their group changes, and some readers believe them.",
    "They are left out.",
)
NO_META = Rule(
    "PAC009",
    "error",
    "PS3.10 7.1",
    "preamble or File Meta Information is missing",
    "Nothing says in which transfer syntax the object is; readers guess.",
    "Both are written.",
)
WRONG_VR_ENCODING = Rule(
    "PAC010",
    "error",
    "PS3.5 A.4",
    "the data set is of implicit VR under a transfer syntax of explicit VR",
    "Readers that go by the transfer syntax take lengths for value representations.",
    "The data set is written with explicit VR.",
)
UNCHECKED = Rule(
    "PAC011",
    "note",
    "PS3.5 A.4",
    "frames are not looked into",
    "They are of a transfer syntax or a kind that this version does not read: what is around them is checked.",
)
TRAILING_BYTES = Rule(
    "PAC012",
    "warning",
    "PS3.10 7.2",
    "bytes behind Pixel Data are no data elements",
    "Readers that read on fail there, after they have read the pixels.",
    "They are left out.",
)

NAMELESS = Rule(
    "PAC013",
    "error",
    "PS3.3 C.12.1",
    "SOP Class UID or SOP Instance UID is missing",
    "An archive cannot file the object, and nobody can ask for it.",
    "They are taken from the File Meta Information.",
)

_JPIP = frozenset(f"1.2.840.10008.1.2.4.{number}" for number in (94, 95, 204, 205))
_REAL_TIME = frozenset(f"1.2.840.10008.1.2.7.{number}" for number in (1, 2, 3))
"""SMPTE ST 2110: pixels come as a stream beside the object (PS3.5 A.7)."""
_LONG_VRS = frozenset({b"OB", b"OW", b"UN", b"SQ", b"UT", b"OF", b"OD", b"OL", b"OV", b"UC", b"UR", b"SV", b"UV"})
MANY_ITEMS = Rule(
    "PAC014",
    "note",
    "PS3.3 C.7.6.16",
    "the data set is too large for its functional groups to be looked into",
    f"It has more than {MOST_ITEMS:,} items of sequences; what each frame says of its display is not checked.",
)

_NAMES = (
    (CLASS_UID, "SOPClassUID", "(0002,0002)", "(0008,0016)"),
    (INSTANCE_UID, "SOPInstanceUID", "(0002,0003)", "(0008,0018)"),
)
_UNDEFINED, _ITEMS = 0xFFFFFFFF, 0xFFFE
_ELEMENT = struct.Struct("<HH2sH")


def check_reading(subject: Subject) -> Iterator[Finding]:
    """Tell why there is no header, or what the lack of pixels means."""
    problem = subject.problem
    if problem is None:
        return
    if subject.transfer_syntax in _JPIP and isinstance(problem, UnsupportedError):
        if not subject.get("PixelDataProviderURL"):
            yield NO_PROVIDER.found("there is neither Pixel Data nor a Pixel Data Provider URL", tag="(0028,7FE0)")
        return
    tag, offset = (getattr(problem, name, None) for name in ("tag", "offset"))
    if subject.transfer_syntax in _REAL_TIME:
        yield NO_PIXELS.found("the pixels come as a stream in real time")
        return
    is_dicom = _is_dicom(subject)
    is_named = subject.get("SOPClassUID") or subject.get("DirectoryRecordSequence")
    if is_dicom and is_named and "holds no Pixel Data" in str(problem) and not _is_image(subject):
        if (broken := _broken_end(subject)) is not None:
            yield UNREADABLE.found(broken)
        yield NO_PIXELS.found("there is no Pixel Data: only what surrounds it is checked")
        return
    what = str(problem) if is_dicom else f"this is no DICOM file: {problem}"
    yield UNREADABLE.found(what, tag=tag, offset=offset)


def _broken_end(subject: Subject) -> str | None:
    """Return what is wrong with the last data element, None where nothing is."""
    elements = sorted(subject.dataset.items())  # as they were read: nothing is parsed
    last: Any = elements[-1][1] if elements else None
    if elements and elements[-1][0].group == _ITEMS:
        return "the data set ends in an item that belongs to no sequence (PS3.5 7.5)"
    if not isinstance(last, RawDataElement) or last.length == _UNDEFINED:
        return None
    missing = int(last.length) - len(last.value or b"")
    return f"the last data element has {missing:,} bytes less than it says: cut short" if missing else None


def _is_dicom(subject: Subject) -> bool:
    """Return whether the file begins as a DICOM file does, or was read as one all the same."""
    return subject.in_memory or subject.has_pixels or bytes(subject.reader.read_range(128, 4)) == b"DICM"


def _is_image(subject: Subject) -> bool:
    """Return whether attributes or transfer syntax promise pixels."""
    keywords = ("Rows", "Columns", "BitsAllocated", "PhotometricInterpretation")
    encapsulated = subject.transfer_syntax in transfer_syntaxes() and not subject.claims_native
    return encapsulated or any(subject.get(keyword) is not None for keyword in keywords)


def check_meta(subject: Subject) -> Iterator[Finding]:
    """Check preamble and File Meta Information."""
    if subject.in_memory or not _is_dicom(subject):
        return
    meta = getattr(subject.dataset, "file_meta", None) or Dataset()
    if bytes(subject.reader.read_range(128, 4)) != b"DICM" or not value(meta, "TransferSyntaxUID"):
        yield NO_META.found("there is no preamble, or no Transfer Syntax UID", tag="(0002,0010)")
        return
    told, found = _meta_lengths(subject)
    if found is not None and told != found:
        says = "is missing" if told is None else f"says {told:,}"
        yield META_LENGTH.found(f"the group length {says}; {found:,} bytes follow it", tag="(0002,0000)", offset=132)


def check_names(subject: Subject) -> Iterator[Finding]:
    """Check that the object names its class and itself, and the File Meta Information likewise."""
    if subject.in_memory or not _is_dicom(subject):
        return
    meta = getattr(subject.dataset, "file_meta", None) or Dataset()
    for rule, keyword, meta_tag, tag in _NAMES:
        named, own = value(meta, f"MediaStorage{keyword}"), subject.get(keyword)
        if not own and subject.has_pixels:
            what = f"there is no {keyword}; the File Meta Information has {named or 'none either'}"
            yield NAMELESS.found(what, tag=tag, fixable=bool(named))
        elif own and len(meta) and str(named or "") != str(own):
            what = f"{named or 'nothing'} in the File Meta Information, {own} in the data set"
            yield rule.found(what, tag=meta_tag)


def _meta_lengths(subject: Subject) -> tuple[int | None, int | None]:
    """Return what (0002,0000) says, and what it should say; None where it is missing, or elements do not follow."""
    told, position, behind_length = None, 132, 132
    while True:
        head = bytes(subject.reader.read_range(position, 12))
        if len(head) < 8:
            return told, None
        group, element, vr, length = _ELEMENT.unpack_from(head)
        if group != 2:
            return told, position - behind_length
        start = position + 8
        if vr in _LONG_VRS:
            if len(head) < 12:
                return told, None
            start, length = position + 12, int.from_bytes(head[8:12], "little")
        position = start + length
        if element == 0 and length == 4:
            told = int.from_bytes(bytes(subject.reader.read_range(start, 4)), "little")
            behind_length = position


def check_encoding(subject: Subject) -> Iterator[Finding]:
    """Check how the data set around the pixels is encoded."""
    if not _is_dicom(subject):
        return
    lengths = [Tag(tag) for tag in subject.dataset.keys() if not tag & 0xFFFF]  # noqa: SIM118 - keys, not elements
    if lengths and not subject.in_memory:
        groups = ", ".join(f"{tag.group:04X}" for tag in lengths)
        yield GROUP_LENGTHS.found(f"groups {groups} have one", tag=f"({lengths[0].group:04X},0000)")
    if not subject.has_pixels or subject.in_memory:
        return
    if subject.has_too_many_items:
        yield MANY_ITEMS.found(f"there are more than {MOST_ITEMS:,} items", tag="(5200,9230)")
    if subject.element.vr == "" and subject.transfer_syntax != IMPLICIT:
        what = f"Pixel Data has no VR; {subject.transfer_syntax} asks for explicit VR"
        yield WRONG_VR_ENCODING.found(what, tag="(7FE0,0010)", fixable=not subject.claims_native)
    if subject.encapsulated and subject.transfer_syntax not in transfer_syntaxes():
        yield UNCHECKED.found(f"{subject.transfer_syntax} has no codec here", tag="(0002,0010)")


def check_trailing(subject: Subject) -> Iterator[Finding]:
    """Check that what follows Pixel Data is data elements; very much of it is not looked at."""
    if not subject.has_pixels or subject.in_memory or subject.stop >= subject.header.reader.size:
        return
    if subject.has_much_behind:
        return
    try:
        subject.trailing  # noqa: B018 - read for its errors
    except DicomError:
        what = f"{subject.header.reader.size - subject.stop:,} bytes follow Pixel Data"
        yield TRAILING_BYTES.found(what, offset=subject.stop)


CHECKS = (check_reading, check_meta, check_names, check_encoding, check_trailing)
