"""Rules about offset tables.

Source: PS3.5 A.4; PS3.3 C.7.6.3.1.8.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from pacscore.dicom.encapsulation import Fragment
from pacscore.dicom.frame_groups import FrameGroups
from pacscore.dicom.linter.finding import Finding
from pacscore.dicom.linter.rule import Rule
from pacscore.dicom.linter.subject import Subject
from pacscore.dicom.offsets import OffsetTable

__all__ = ["CHECKS"]

_BASIC, _EXTENDED, _LENGTHS = "(7FE0,0010)", "(7FE0,0001)", "(7FE0,0002)"
_WRITTEN = "A right table is written."

BASIC_WRONG = Rule(
    "PAC321",
    "error",
    "PS3.5 A.4",
    "the Basic Offset Table does not lead to the frames",
    "Readers that go by it show the wrong frame, or fail.",
    _WRITTEN,
)
BASIC_LENGTH = Rule(
    "PAC322",
    "error",
    "PS3.5 A.4",
    "the Basic Offset Table has not one entry for each frame",
    "Readers that go by it miss frames, or fail.",
    _WRITTEN,
)
BOTH_TABLES = Rule(
    "PAC323",
    "error",
    "PS3.3 C.7.6.3.1.8",
    "both a Basic and an Extended Offset Table",
    "The basic one must be empty then; readers that know only that one and those that know both may differ.",
    "One table is written.",
)
EXTENDED_WRONG = Rule(
    "PAC324",
    "error",
    "PS3.3 C.7.6.3.1.8",
    "the Extended Offset Table does not lead to the frames",
    "Readers that go by it show the wrong frame, or fail.",
    _WRITTEN,
)
LENGTHS_WRONG = Rule(
    "PAC325",
    "error",
    "PS3.3 C.7.6.3.1.8",
    "the Extended Offset Table Lengths are missing, or are not those of the frames",
    "Readers that go by them cut frames short, or fail.",
    _WRITTEN,
)
EXTENDED_FORBIDDEN = Rule(
    "PAC326",
    "error",
    "PS3.3 C.7.6.3.1.8",
    "an Extended Offset Table over frames of several fragments",
    "It can tell one fragment a frame; readers that go by it get the first fragment alone.",
    "The fragments are joined, and a right table written.",
)
TABLE_OF_NATIVE = Rule(
    "PAC327",
    "warning",
    "PS3.3 C.7.6.3.1.8",
    "an offset table beside native pixel data",
    "There are no items that it could point at.",
    "It is removed.",
)
NO_TABLE = Rule(
    "PAC328",
    "note",
    "PS3.5 A.4",
    "several frames without an offset table",
    "Whoever wants one frame must read the headers of all items before it.",
    _WRITTEN,
)


def check_tables(subject: Subject) -> Iterator[Finding]:
    """Check what tables there are, and each of them."""
    if not subject.has_pixels:
        return
    raw, lengths = (subject.get(f"ExtendedOffsetTable{part}") for part in ("", "Lengths"))
    if not subject.encapsulated:
        if raw is not None or lengths is not None:
            yield TABLE_OF_NATIVE.found("Pixel Data is native", tag=_EXTENDED)
        return
    item = subject.table_item
    if item is None:
        return
    fixable = subject.groups is not None
    if item.length and (raw is not None or lengths is not None):
        yield BOTH_TABLES.found("the Basic Offset Table is not empty", tag=_EXTENDED, fixable=fixable)
    if item.length:
        yield from _basic(subject, item, fixable)
    if raw is not None or lengths is not None:
        yield from _extended(subject, item, raw, lengths)
    elif not item.length and subject.frame_count > 1:
        yield NO_TABLE.found(f"{subject.frame_count} frames", tag=_BASIC, fixable=fixable)


def _basic(subject: Subject, item: Fragment, fixable: bool) -> Iterator[Finding]:
    table = subject.basic_table
    if table is None:
        what = f"its {item.length:,} bytes are no 32-bit offsets"
    elif len(table) != subject.frame_count:
        what = f"it has {len(table)} entries for {subject.frame_count} frames"
    else:
        wrong = _wrong_entry(subject.groups, item.stop, table)
        if wrong is not None:
            yield BASIC_WRONG.found(wrong, tag=_BASIC, offset=item.item)
        return
    yield BASIC_LENGTH.found(what, tag=_BASIC, offset=item.item, fixable=fixable)


def _wrong_entry(groups: FrameGroups | None, origin: int, table: OffsetTable) -> str | None:
    """Return where a table first leads astray; None where it is right, or frames cannot be told."""
    if groups is None:
        return None
    count = min(len(groups), len(table))
    starts = groups.fragments.starts[np.asarray(groups.bounds[:count], np.int64)].astype(np.int64)
    wanted = starts - Fragment.HEADER - origin
    differ = np.flatnonzero(table.offsets[:count] != wanted.astype(np.uint64))
    if not differ.size:
        return None
    first = int(differ[0])
    told = int(table.offsets[first])
    what = f"frame {first} begins at offset {wanted[first]:,}, the table says {told:,}"
    return f"{what}; {differ.size} of {count} entries are wrong"


def _extended(subject: Subject, item: Fragment, raw: object, lengths: object) -> Iterator[Finding]:
    groups, fixable = subject.groups, subject.groups is not None
    table: OffsetTable | None = subject.extended_table
    if not isinstance(raw, bytes) or not raw or len(raw) % 8 or len(raw) // 8 != subject.frame_count:
        size = len(raw) if isinstance(raw, bytes) else 0
        what = f"its {size:,} bytes are not one 64-bit offset for each of {subject.frame_count} frames"
        yield EXTENDED_WRONG.found(what, tag=_EXTENDED, fixable=fixable)
        return
    if not isinstance(lengths, bytes) or len(lengths) != len(raw):
        what = "they are not one 64-bit number an offset" if isinstance(lengths, bytes) else "they are missing"
        yield LENGTHS_WRONG.found(what, tag=_LENGTHS, fixable=fixable)
        table = OffsetTable("Extended Offset Table", np.frombuffer(raw, "<u8"))
    if table is None or groups is None:
        return
    wrong = _wrong_entry(groups, item.stop, table)
    if wrong is not None:
        yield EXTENDED_WRONG.found(wrong, tag=_EXTENDED)
    if len(groups.fragments) > len(groups):
        what = f"{len(groups.fragments)} fragments for {len(groups)} frames"
        yield EXTENDED_FORBIDDEN.found(what, tag=_EXTENDED)
    elif table.lengths is not None:
        yield from _lengths(groups, table.lengths)


def _lengths(groups: FrameGroups, told: np.ndarray) -> Iterator[Finding]:
    """Check lengths with or without the pad byte: both occur."""
    count = min(len(groups), len(told))
    there = groups.fragments.lengths[:count]
    short = there - told[:count]
    differ = np.flatnonzero(short > 1)  # of unsigned numbers: also those that are too long
    if differ.size:
        first = int(differ[0])
        what = f"frame {first} has {int(there[first]):,} bytes, the table says {int(told[first]):,}"
        yield LENGTHS_WRONG.found(what, tag=_LENGTHS)


CHECKS = (check_tables,)
