"""Which fragments make up which frame: offset tables, and what to do without them or when they are wrong.

Source: PS3.5 A.4; PS3.3 C.7.6.3.1.8.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from pacscore.dicom.encapsulation import Fragment, Items, item_at, walk
from pacscore.errors import DicomError
from pacscore.source import Reader

__all__ = ["EncapsulatedFrames", "ExtendedOffsetTable"]

_TAG = "(7FE0,0010)"
_FRAMES_TAG = "(0028,0008)"
_JP2 = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_J2K_STARTS = (b"\xff\x4f\xff\x51", _JP2)
_JPEG_STARTS = (b"\xff\xd8\xff",)
_JXL_STARTS = (b"\xff\x0a", b"\x00\x00\x00\x0cJXL \r\n\x87\n")
_STARTS = {
    **{f"1.2.840.10008.1.2.4.{number}": _JPEG_STARTS for number in (50, 51, 53, 55, 57, 70, 80, 81)},
    **{f"1.2.840.10008.1.2.4.{number}": _J2K_STARTS for number in (90, 91, 92, 93, 201, 202, 203)},
    **{f"1.2.840.10008.1.2.4.{number}": _JXL_STARTS for number in (110, 111, 112)},
}
_END_OF_IMAGE = b"\xff\xd9"
"""EOI of JPEG and JPEG-LS, EOC of JPEG 2000."""


@dataclass(frozen=True, slots=True)
class ExtendedOffsetTable:
    """Values of (7FE0,0001) and (7FE0,0002), in bytes; lengths may be absent."""

    offsets: tuple[int, ...]
    lengths: tuple[int, ...] | None

    @classmethod
    def parse(cls, offsets: bytes, lengths: bytes | None) -> ExtendedOffsetTable | None:
        """Return the table, or None where its values are not 64-bit numbers, one length an offset."""
        if len(offsets) % 8 or (lengths is not None and len(lengths) != len(offsets)):
            return None
        return cls(_numbers(offsets, "Q"), None if lengths is None else _numbers(lengths, "Q"))


def _numbers(data: bytes, kind: str) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // struct.calcsize(f'<{kind}')}{kind}", data)


class EncapsulatedFrames:
    """The frames of encapsulated pixel data.

    A table is believed while it leads to items; where it does not, all items are walked through, once.

    Parameters
    ----------
    reader : Reader
    position : int, in bytes
        Where the item of the Basic Offset Table begins.
    count : int
        Number of Frames.
    transfer_syntax : str
        Says how an encoded frame begins.
    extended : ExtendedOffsetTable, optional

    Raises
    ------
    DicomError
        If there is no first item.
    """

    def __init__(
        self,
        reader: Reader,
        position: int,
        count: int,
        transfer_syntax: str,
        extended: ExtendedOffsetTable | None = None,
    ) -> None:
        self._reader = reader
        self._count = count
        self._starts = _STARTS.get(transfer_syntax, ())
        self._items: Items | None = None
        self._grouped: list[tuple[Fragment, ...]] | None = None
        self._lengths: tuple[int, ...] | None = None
        self.notes: tuple[str, ...] = ()
        table = item_at(reader, position)
        if table is None:
            raise DicomError("encapsulated pixel data without items (PS3.5 A.4)", tag=_TAG, offset=position)
        self._first = table.stop
        self._offsets = self._offset_table(table, extended)

    def _offset_table(self, table: Fragment, extended: ExtendedOffsetTable | None) -> tuple[int, ...] | None:
        name, offsets = "Basic Offset Table", self._basic(table)
        if extended is not None and extended.offsets:
            if offsets:
                self._note("both a Basic and an Extended Offset Table: the extended one counts (PS3.5 A.4)")
            name, offsets, self._lengths = "Extended Offset Table", extended.offsets, extended.lengths
        if not offsets:
            return None
        rising = all(low < high for low, high in itertools.pairwise(offsets))
        if len(offsets) != self._count or offsets[0] != 0 or not rising:
            self._note(f"the {name} of {len(offsets)} entries cannot be right for {self._count} frames: not used")
            return None
        return offsets

    def _basic(self, table: Fragment) -> tuple[int, ...]:
        if not table.length:
            return ()
        value = bytes(self._reader.read_range(table.start, table.length))
        if len(value) % 4 or len(value) < table.length:
            self._note(f"the Basic Offset Table has {table.length} bytes, no number of 32-bit offsets: not used")
            return ()
        return _numbers(value, "L")

    def _note(self, note: str) -> None:
        self.notes = (*self.notes, note)

    @property
    def stop(self) -> int:
        """First byte behind the pixel data; all items are walked through for it."""
        return self._walked().stop

    @property
    def fragment_count(self) -> int:
        """Number of fragments; all items are walked through for it."""
        return len(self._walked().fragments)

    def fragments(self, index: int) -> tuple[Fragment, ...]:
        """Return the fragments of a frame, 0 <= index < count.

        Raises
        ------
        DicomError
            If the frame is not there, or nothing says where it begins.
        """
        if self._offsets is not None and self._grouped is None:
            found = self._by_table(self._offsets, index)
            if found is not None:
                return found
            self._note(f"the offset table does not lead to the items of frame {index}: found by their headers instead")
        if self._grouped is None:
            self._grouped = self._group(self._walked())
        if index >= len(self._grouped):
            raise DicomError(
                f"frame {index} is missing: {self._count} frames announced, {len(self._grouped)} there", tag=_TAG
            )
        return self._grouped[index]

    def encoded(self, index: int) -> bytes:
        """Return the encoded frame, its fragments joined, without padding where the format or a table tells."""
        fragments = self.fragments(index)
        data = b"".join(bytes(self._reader.read_range(part.start, part.length)) for part in fragments)
        if self._starts and self._starts is not _JXL_STARTS:
            bare = data.rstrip(b"\0")
            return bare if bare.endswith(_END_OF_IMAGE) else data
        return data

    def _by_table(self, offsets: tuple[int, ...], index: int) -> tuple[Fragment, ...] | None:
        """Return the items from this frame's offset to the next one's, or None where the table is wrong."""
        position = self._first + offsets[index]
        last = index + 1 == len(offsets)
        end = self._reader.size if last else self._first + offsets[index + 1]
        found: list[Fragment] = []
        try:
            while position < end:
                item = item_at(self._reader, position)
                if item is None:
                    break
                found.append(item)
                position = item.stop
                if self._lengths is not None:
                    break
            if not found or not self._begins(found[0]) or not (last or position == end):
                return None
            if not last and self._lengths is None and not self._begins(item_at(self._reader, end)):
                return None  # the next offset leads into the middle of this frame
        except DicomError:
            return None
        return self._trimmed(found, index)

    def _trimmed(self, found: list[Fragment], index: int) -> tuple[Fragment, ...] | None:
        """Apply the extended table's length, with or without the pad byte; None where it contradicts the item."""
        if self._lengths is None:
            return tuple(found)
        item, length = found[0], self._lengths[index]
        if length not in (item.length, item.length - 1):
            return None
        return (Fragment(item.start, length),)

    def _walked(self) -> Items:
        if self._items is None:
            self._items = walk(self._reader, self._first)
            self.notes = (*self.notes, *self._items.notes)
        return self._items

    def _group(self, items: Items) -> list[tuple[Fragment, ...]]:
        """Share the fragments out among the frames, or refuse: never guess."""
        fragments, count = items.fragments, self._count
        if not fragments:
            raise DicomError("pixel data without fragments (PS3.5 A.4)", tag=_TAG)
        if len(fragments) == count:
            return [(fragment,) for fragment in fragments]
        if count == 1:
            return [fragments]
        groups = self._split(fragments)
        cut_short = bool(items.notes) and 0 < len(groups) < count
        if len(groups) != count and not cut_short:
            found = f"{len(groups)} frames begin" if groups else "nothing says where frames begin"
            raise DicomError(
                f"Number of Frames is {count}; in {len(fragments)} fragments {found} (PS3.5 A.4)", tag=_FRAMES_TAG
            )
        return groups

    def _split(self, fragments: Sequence[Fragment]) -> list[tuple[Fragment, ...]]:
        """Cut before each fragment that begins as an encoded frame does; empty where that does not work."""
        if not self._starts:
            # one fragment a frame is the rule; fewer than announced can only be a loss at the end
            return [(fragment,) for fragment in fragments] if len(fragments) < self._count else []
        groups: list[list[Fragment]] = []
        for fragment in fragments:
            if self._begins(fragment):
                groups.append([fragment])
            elif groups:
                groups[-1].append(fragment)
            else:
                return []
        return [tuple(group) for group in groups]

    def _begins(self, fragment: Fragment | None) -> bool:
        """Say whether the fragment begins as an encoded frame does, as far as the transfer syntax tells."""
        if fragment is None:
            return False
        if not self._starts:
            return True
        head = bytes(self._reader.read_range(fragment.start, min(12, fragment.length)))
        return head.startswith(self._starts)
