"""Rules about what an object says of the loss that its pixels have suffered.

Source: PS3.3 C.7.6.1.1.2 and C.7.6.1.1.5.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydicom.multival import MultiValue

from pacscore.codecs.video import VIDEO_FORMATS
from pacscore.dicom.linter.coded_frame import CodedFrame
from pacscore.dicom.linter.finding import Finding
from pacscore.dicom.linter.rule import Rule
from pacscore.dicom.linter.subject import Subject

__all__ = ["CHECKS", "values_of"]

_FLAG, _RATIO, _METHOD = "(0028,2110)", "(0028,2112)", "(0028,2114)"
_CLAUSE = "PS3.3 C.7.6.1.1.5"

LOSS_UNTOLD = Rule(
    "PAC501",
    "error",
    _CLAUSE,
    "the frames are coded with loss, and Lossy Image Compression does not say 01",
    "The object passes for lossless; who measures in it does not know better.",
    "Lossy Image Compression becomes 01; the ratio and the method of the frames are added.",
)
NOT_PARALLEL = Rule(
    "PAC502",
    "warning",
    _CLAUSE,
    "there are not as many ratios as methods of lossy compression",
    "Which ratio belongs to which method cannot be told.",
)
METHOD_UNTOLD = Rule(
    "PAC503",
    "warning",
    _CLAUSE,
    "Lossy Image Compression Method does not name how the frames are coded",
    "The history of the object has a gap.",
    "The method and the ratio of the frames are added.",
)
LOSS_DENIED = Rule(
    "PAC504",
    "error",
    _CLAUSE,
    "a ratio or a method of lossy compression, and Lossy Image Compression does not say 01",
    "Once lossy, always lossy: the flag was reset, perhaps when the pixels were decompressed.",
    "It becomes 01.",
)
NO_FLAG = Rule(
    "PAC505",
    "error",
    _CLAUSE,
    "Lossy Image Compression is neither 00 nor 01",
    "Readers take it for one or the other.",
)
ORIGINAL = Rule(
    "PAC506",
    "note",
    "PS3.3 C.7.6.1.1.2",
    "Image Type says ORIGINAL, and the frames are coded with loss",
    "It is right where the device itself compressed the picture, and wrong where an archive did; only those know.",
)
NO_RATIO = Rule(
    "PAC507",
    "warning",
    _CLAUSE,
    "Lossy Image Compression says 01, and no ratio is given",
    "How much was lost can only be guessed.",
    "The ratio and the method of the frames are added, where the frames themselves are coded with loss.",
)


def values_of(subject: Subject, keyword: str) -> list[Any]:
    """Return the values of an attribute, none where it is absent or does not parse."""
    found = subject.get(keyword)
    if found is None:
        return []
    return list(found) if isinstance(found, MultiValue | list | tuple) else [found]


def check_told(subject: Subject) -> Iterator[Finding]:
    """Check what the object says of its loss against itself."""
    flag, ratios, methods = _told(subject)
    if flag not in ("", "00", "01"):
        yield NO_FLAG.found(f"it is {flag!r}", tag=_FLAG)
    elif flag != "01" and (ratios or methods) and _lossy_frame(subject) is None:
        what = f"it is {flag or 'absent'}; there are {len(ratios)} ratios, {len(methods)} methods"
        yield LOSS_DENIED.found(what, tag=_FLAG)
    if len(ratios) != len(methods) and (methods or len(ratios) > 1):
        yield NOT_PARALLEL.found(f"{len(ratios)} ratios, {len(methods)} methods", tag=_METHOD)
    if flag == "01" and not ratios:
        fixable = _lossy_frame(subject) is not None and not methods
        yield NO_RATIO.found("there is no Lossy Image Compression Ratio", tag=_RATIO, fixable=fixable)


def check_frames(subject: Subject) -> Iterator[Finding]:
    """Check what the object says of its loss against its frames."""
    flag, ratios, methods = _told(subject)
    if subject.transfer_syntax in VIDEO_FORMATS and flag != "01":
        what = f"{VIDEO_FORMATS[subject.transfer_syntax]} loses something; the flag is {flag or 'absent'}"
        yield LOSS_UNTOLD.found(what, tag=_FLAG, fixable=False)
    lossy = _lossy_frame(subject)
    if lossy is None:
        return
    method = lossy.lossy_method
    if flag != "01":
        what = f"the frames are coded by {method}; the flag is {flag or 'absent'}"
        yield LOSS_UNTOLD.found(what, tag=_FLAG, frame=lossy.index, offset=lossy.offset)
    elif ratios and methods and method not in methods:
        what = f"the frames are coded by {method}; it names {', '.join(methods)}"
        yield METHOD_UNTOLD.found(what, tag=_METHOD)
    types = values_of(subject, "ImageType")
    if types and str(types[0]).strip() == "ORIGINAL":
        yield ORIGINAL.found(f"the frames are coded by {method}", tag="(0008,0008)")


def _told(subject: Subject) -> tuple[str, list[Any], list[str]]:
    """Return the flag, the ratios and the methods."""
    flag = str(subject.get("LossyImageCompression") or "").strip()
    ratios, methods = (values_of(subject, f"LossyImageCompression{name}") for name in ("Ratio", "Method"))
    return flag, ratios, [str(method) for method in methods]


def _lossy_frame(subject: Subject) -> CodedFrame | None:
    """Return the first frame that is coded with loss."""
    if not subject.has_pixels:
        return None
    return next((frame for frame in subject.coded_frames if frame.lossy_method), None)


CHECKS = (check_told, check_frames)
