"""Rules about items: how encoded frames lie in Pixel Data.

Source: PS3.5 A.4 and annex A in general.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pacscore.dicom.image_pixel import value
from pacscore.dicom.linter.coded_frame import begins_frame
from pacscore.dicom.linter.finding import Finding
from pacscore.dicom.linter.rule import Rule
from pacscore.dicom.linter.subject import Subject
from pacscore.errors import DicomError

__all__ = ["CHECKS"]

_TAG = "(7FE0,0010)"
_ONE_FRAGMENT = frozenset({"1.2.840.10008.1.2.5", "1.2.840.10008.1.2.1.98", "1.2.840.10008.1.2.8.1"})
"""RLE, Encapsulated Uncompressed and Deflated Image Frame: each frame is exactly one fragment."""

NOT_ENCAPSULATED = Rule(
    "PAC301",
    "error",
    "PS3.5 A.4",
    "Pixel Data of defined length under an encapsulated transfer syntax",
    "Readers look for items and find pixels.",
    "Where the length is that of native frames, the transfer syntax becomes Explicit VR Little Endian.",
)
ENCAPSULATED = Rule(
    "PAC302",
    "error",
    "PS3.5 A.1 to A.3, A.5",
    "items under a native transfer syntax",
    "Readers take encoded frames for pixels.",
    "The transfer syntax is named that the frames are of.",
)
ODD_ITEM = Rule(
    "PAC303",
    "error",
    "PS3.5 7.5, A.4",
    "an item of odd length",
    "Readers that trust lengths to be even lose their place from there on.",
    "The item is padded with a zero.",
)
NO_DELIMITER = Rule(
    "PAC304",
    "error",
    "PS3.5 A.4",
    "no sequence delimiter ends the items",
    "Readers run into the end of the file and cannot tell whether something is missing.",
    "A delimiter is written.",
)
ALIEN_TAG = Rule(
    "PAC305",
    "error",
    "PS3.5 A.4",
    "something stands where an item should begin",
    "What follows cannot be reached; a length before it is wrong, or bytes were lost.",
)
CUT_SHORT = Rule(
    "PAC306",
    "error",
    "PS3.5 A.4",
    "the data ends inside an item",
    "The last frame is not whole, and frames may be missing.",
)
FRAMES_MISSING = Rule(
    "PAC307",
    "error",
    "PS3.3 C.7.6.6.1.1",
    "fewer frames are there than Number of Frames says",
    "Readers fail at the frames that are missing, or show something else for them.",
)
FRAMES_BEYOND = Rule(
    "PAC308",
    "warning",
    "PS3.3 C.7.6.6.1.1",
    "more frames are there than Number of Frames says",
    "Nobody sees those beyond; which number is right cannot be told from the object.",
)
NO_BORDERS = Rule(
    "PAC309",
    "error",
    "PS3.5 A.4",
    "nothing tells which fragments make up a frame",
    "Readers guess, or refuse.",
)
SEVERAL_FRAGMENTS = Rule(
    "PAC310",
    "note",
    "PS3.5 A.4",
    "a frame lies in several fragments",
    "It is allowed, but no Extended Offset Table can tell it, and some readers take each fragment for a frame.",
    "The fragments are joined.",
)
FRAGMENTS_FORBIDDEN = Rule(
    "PAC311",
    "error",
    "PS3.5 A.4.2, A.4.11, A.4.13",
    "a frame lies in several fragments under a transfer syntax that asks for one",
    "Readers take each fragment for a frame.",
    "The fragments are joined.",
)
SHARED_FRAGMENT = Rule(
    "PAC312",
    "error",
    "PS3.5 A.4",
    "a fragment holds more than one frame",
    "Readers show the first, and miss the others.",
)
FLOAT_ENCAPSULATED = Rule(
    "PAC313",
    "error",
    "PS3.5 A.4",
    "Float or Double Float Pixel Data under an encapsulated transfer syntax",
    "Only Pixel Data can be encapsulated; readers find no pixels.",
)
WRONG_VR = Rule(
    "PAC314",
    "error",
    "PS3.5 8.2, A.2, A.4",
    "Pixel Data is of another VR than its encoding asks for",
    "Readers that swap or take apart by the VR do it wrongly.",
    "OB is written for items and for cells of at most 8 bits, OW for larger ones.",
)
FRAME_COUNT = Rule(
    "PAC315",
    "error",
    "PS3.3 C.7.6.6.1.1",
    "Number of Frames is no number above 0",
    "Readers show no frame, or fail.",
    "It becomes 1, where there is one frame.",
)


def check_form(subject: Subject) -> Iterator[Finding]:
    """Check that pixels are native or in items as the transfer syntax says, and of the right VR."""
    if not subject.has_pixels:
        return
    element, tag = subject.element, _TAG
    if element.keyword != "PixelData":
        if not subject.claims_native:
            tag = "(7FE0,0008)" if element.keyword == "FloatPixelData" else "(7FE0,0009)"
            yield FLOAT_ENCAPSULATED.found(f"{element.keyword} under {subject.transfer_syntax}", tag=tag)
        return
    if not subject.claims_native and not subject.encapsulated:
        what = f"{element.length or 0:,} bytes under {subject.transfer_syntax}"
        transformed = subject.stored is not None and subject.stored.photometric_interpretation in ("YBR_RCT", "YBR_ICT")
        fixable = _is_native_length(subject) and not transformed
        yield NOT_ENCAPSULATED.found(what, tag=tag, offset=element.start, fixable=fixable)
    elif subject.claims_native and subject.encapsulated:
        kinds = {frame.kind for frame in subject.coded_frames}
        what = f"items of {', '.join(sorted(kinds)) or 'nothing'} under {subject.transfer_syntax}"
        yield ENCAPSULATED.found(what, tag=tag, offset=element.start, fixable=subject.true_syntax is not None)
    elif element.vr and not subject.in_memory:
        stored = subject.stored
        wide = not subject.encapsulated and stored is not None and stored.bits_allocated > 8
        right = {"OW"} if wide else {"OB"} if subject.encapsulated else {"OB", "OW"}
        if element.vr not in right:
            yield WRONG_VR.found(f"it is {element.vr}; {' or '.join(sorted(right))} is right", tag=tag)


def _is_native_length(subject: Subject) -> bool:
    """Return whether Pixel Data has just the bytes of the frames that the attributes describe, and all are there."""
    if subject.stored is None or subject.stop > subject.header.reader.size:
        return False
    needed = -(-subject.stored.native_bits * subject.frame_count // 8)
    return subject.element.length == needed + needed % 2


def check_items(subject: Subject) -> Iterator[Finding]:
    """Check the items one after another."""
    if not subject.encapsulated:
        return
    items = subject.items
    odd = np.flatnonzero(items.fragments.lengths % 2)
    if odd.size and not items.truncated:
        first = items.fragments[int(odd[0])]
        what = f"{odd.size} of {len(items.fragments)} items; the first has {first.length:,} bytes"
        yield ODD_ITEM.found(what, tag=_TAG, offset=first.item)
    if items.truncated:
        yield CUT_SHORT.found(items.notes[0], tag=_TAG)
    elif items.notes and items.stop < subject.header.reader.size:
        yield ALIEN_TAG.found(items.notes[0], tag=_TAG, offset=items.stop)
    elif items.notes and not subject.in_memory:
        yield NO_DELIMITER.found(items.notes[0], tag=_TAG, offset=items.stop)


def check_frames(subject: Subject) -> Iterator[Finding]:
    """Check Number of Frames, and how fragments are shared out among frames."""
    if not subject.has_pixels:
        return
    yield from _frame_count(subject)
    if not subject.encapsulated:
        return
    groups, count = subject.groups, subject.frame_count
    if groups is None:
        problem = subject.grouping_problem
        yield NO_BORDERS.found(str(problem), tag=_TAG)
        return
    if len(groups) < count:
        yield FRAMES_MISSING.found(f"{count} frames announced, {len(groups)} there", tag="(0028,0008)")
    beyond = len(groups.fragments) - groups.bounds[-1]
    if beyond:
        what = f"{count} frames announced; {beyond} fragments follow the last"
        yield FRAMES_BEYOND.found(what, tag="(0028,0008)", offset=groups.fragments[groups.bounds[-1]].item)
    rule = FRAGMENTS_FORBIDDEN if subject.transfer_syntax in _ONE_FRAGMENT else SEVERAL_FRAGMENTS
    for frame in subject.coded_frames:
        if frame.fragments > 1:
            yield rule.found_in(frame, f"it is in {frame.fragments} fragments", tag=_TAG)
        facts = frame.codestream or frame.jpeg
        if facts is not None and begins_frame(facts.behind):
            yield SHARED_FRAGMENT.found_in(frame, "another frame begins behind the end of this one", tag=_TAG)


def _frame_count(subject: Subject) -> Iterator[Finding]:
    tag = "(0028,0008)"
    try:
        told = value(subject.attributes, "NumberOfFrames")
        valid = told is None or int(told) > 0
    except (DicomError, TypeError, ValueError, OverflowError):
        told, valid = "no number", False
    if not valid:
        sole = len(subject.items.fragments) == 1 if subject.encapsulated else _is_native_length(subject)
        yield FRAME_COUNT.found(f"it is {told}", tag=tag, fixable=sole)


CHECKS = (check_form, check_items, check_frames)
