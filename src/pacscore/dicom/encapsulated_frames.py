"""Frames of encapsulated pixel data: by offset tables while they are right, by the items where they are not.

Source: PS3.5 A.4; PS3.3 C.7.6.3.1.8.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from typing import NoReturn

import numpy as np

from pacscore.codecs.protocol import Buffer
from pacscore.dicom.encapsulation import Fragment, Items, item_at, sole_value, walk
from pacscore.dicom.frame_groups import FrameGroups, FrameSigns, group_fragments
from pacscore.dicom.offsets import ExtendedOffsetTable, Numbers, OffsetTable, basic_offset_table
from pacscore.errors import DicomError
from pacscore.source import FileReader, MemoryReader, Reader

__all__ = ["EncapsulatedFrames"]

_TAG = "(7FE0,0010)"
_AT_ONCE = 1 << 24
"""Bytes between two offsets that are read at once: no wrong table makes more be read in vain."""


_BEHIND = 1 << 16
"""Bytes that the last frame may be longer than four times the longest of the others, where nothing tells its end."""


class EncapsulatedFrames:
    """The frames of encapsulated pixel data; several threads may ask at once.

    A table is believed while it leads to items, and frames begin and end as frames of the transfer syntax do. Where
    that fails, the headers of all items are read, once, and the fragments shared out anew.

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
        self._signs = FrameSigns(transfer_syntax)
        self._items: Items | None = None
        self._groups: FrameGroups | None = None
        self._confirmed = False
        self._lock = threading.RLock()
        self.notes: tuple[str, ...] = ()
        item = item_at(reader, position)
        if item is None:
            raise DicomError("encapsulated pixel data without items (PS3.5 A.4)", tag=_TAG, offset=position)
        self._first = item.stop
        self._table = self._chosen_table(item, extended)

    def _chosen_table(self, item: Fragment, extended: ExtendedOffsetTable | None) -> OffsetTable | None:
        table: OffsetTable | None = None
        try:
            table = basic_offset_table(self._reader, item)
        except ValueError as error:
            self._note(str(error))
        if extended is not None:
            if table is not None:
                self._note("both a Basic and an Extended Offset Table: the extended one counts (PS3.5 A.4)")
            table = extended
        if table is None:
            return None
        objection = table.objection(self._count)
        if objection is not None:
            self._note(objection)
            return None
        if len(table) > self._count:
            self._note(
                f"the {table.name} knows {len(table)} frames, {self._count} are announced: "
                "those beyond are left alone (PS3.3 C.7.6.6)"
            )
        return table

    def _note(self, note: str) -> None:
        if note not in self.notes:
            self.notes = (*self.notes, note)

    @property
    def stop(self) -> int:
        """First byte behind the pixel data; the headers of all items are read for it."""
        return self._walked().stop

    def there(self) -> tuple[int, str | None]:
        """Return how many frames are there, at least in part, and why those that follow are missing."""
        if self._table is not None and self._groups is None:
            begin = self._table.offsets[: self._count] < max(0, self._reader.size - self._first - Fragment.HEADER)
            return int(np.count_nonzero(begin)), f"the data ends at byte {self._reader.size:,}"
        try:
            groups = self._grouped()
        except DicomError as error:
            return 0, str(error)
        return len(groups), next(iter((*groups.notes, *self._walked().notes)), "the data ends before")

    def byte_range(self, index: int) -> tuple[int, int] | None:
        """Return where the items of a frame begin and stop in the source, in bytes; None if not known yet."""
        table, groups = self._table, self._groups
        if groups is not None:
            parts = groups[index] if index < len(groups) else ()
            return (parts[0].item, parts[-1].stop) if parts else None
        size = self._reader.size
        if table is None:
            return (self._first, size) if self._count == 1 else None
        start = self._first + table.offsets.item(index)
        if table.lengths is not None:
            stop = start + Fragment.HEADER + table.lengths.item(index)
        elif index + 1 < len(table):
            stop = self._first + table.offsets.item(index + 1)
        else:  # up to the end: behind the last frame there seldom is much more than the delimiter
            longest = int(np.diff(table.offsets.astype(np.int64)).max(initial=0))
            stop = min(size, start + 4 * longest + _BEHIND) if len(table) > 1 else size
        return (start, min(stop, size)) if start < size else None

    def borders(self, count: int) -> Numbers:
        """Return where each frame begins in the source, in bytes; empty where no table tells."""
        table = self._table
        return np.zeros(0, np.uint64) if table is None else table.offsets[:count].astype(np.uint64) + self._first

    def salvaged(self, index: int) -> Buffer | None:
        """Return None: what there is of a frame is given by ``encoded``."""
        del index
        return None

    def encoded(self, index: int) -> Buffer:
        """Return the encoded frame, its fragments joined, without padding where the format or a table tells.

        It may be lent: good until the next call of this thread.

        Raises
        ------
        DicomError
            If the frame is not there, or nothing says where it begins.
        """
        table, groups = self._table, self._groups
        if table is not None and groups is None:
            data = self._by_table(table, index)
            if data is not None:
                return data
            groups = self._reconsidered(table, index)
            if groups is None:  # the table was right after all: for this frame too, or for all but this one
                data = self._by_table(table, index)
                return data if data is not None else self._refuse(table, index)
        if groups is None:
            groups = self._grouped()
        if index >= len(groups):
            raise DicomError(f"frame {index} is missing: {self._count} frames announced, {len(groups)} there", tag=_TAG)
        return self._signs.unpadded(_joined(self._reader, groups[index]))

    def _refuse(self, table: OffsetTable, index: int) -> NoReturn:
        position = self._first + int(table.offsets[index])
        if position + Fragment.HEADER >= self._reader.size:
            raise DicomError(f"frame {index} is missing: the data ends at byte {self._reader.size:,}", tag=_TAG)
        raise DicomError(
            f"the items of frame {index} at byte {position:,} are not as long as the {table.name} says (PS3.5 A.4)",
            tag=_TAG,
            offset=position,
        )

    def _by_table(self, table: OffsetTable, index: int) -> Buffer | None:
        """Return the frame that lies where the table says; None where that seems wrong."""
        start = self._first + table.offsets.item(index)
        if table.lengths is not None:
            found = self._of_length(start, table.lengths.item(index))
        elif index + 1 < len(table):
            found = self._up_to(start, self._first + table.offsets.item(index + 1))
        else:
            found = self._last(start)
        if found is None:
            return None
        data = self._signs.unpadded(found)
        return data if self._confirmed or self._signs.is_whole(data) else None

    def _of_length(self, start: int, length: int) -> Buffer | None:
        """Return the value of one item, whose length is as given or one pad byte more."""
        if length > self._reader.size:
            return None
        data = _lent(self._reader, start, Fragment.HEADER + length)
        try:
            item = item_at(MemoryReader(data), 0)
        except DicomError:
            return None
        if item is None or item.length not in (length, length + 1):
            return None
        return memoryview(data)[Fragment.HEADER :]

    def _up_to(self, start: int, end: int) -> Buffer | None:
        """Return the values of the items from ``start`` to ``end``, both of which must be borders of items."""
        reader = self._reader
        if end - start <= _AT_ONCE:
            data = _lent(self._reader, start, end - start)
            if (value := sole_value(data)) is not None and len(data) == end - start:
                return value
            reader, start, end = MemoryReader(data), 0, end - start
        parts: list[Fragment] = []
        position = start
        try:
            while position < end:
                item = item_at(reader, position)
                if item is None:
                    break
                parts.append(item)
                position = item.stop
        except DicomError:
            return None
        cut_short = position > reader.size and end > reader.size  # the data ends within this frame
        return _joined(reader, parts) if parts and (position == end or cut_short) else None

    def _last(self, start: int) -> Buffer | None:
        """Return the values of the items from ``start`` on, up to one that begins another frame."""
        items = walk(self._reader, start)
        parts = items.fragments
        if not parts:
            return None
        for note in items.notes:
            self._note(note)
        count = len(parts)
        if count > 1 and self._signs.known:
            heads = (self._reader.read_range(part.start, min(12, part.length)) for part in parts[1:])
            count = next((number for number, head in enumerate(heads, 1) if self._signs.begins(head)), count)
        return _joined(self._reader, parts[:count])

    def _reconsidered(self, table: OffsetTable, index: int) -> FrameGroups | None:
        """Return how the fragments are shared out where the table is wrong; None where nothing is better than it."""
        with self._lock:
            if self._groups is not None or self._confirmed:
                return self._groups
            items = self._walked()
            by_table = table.bounds(items.fragments, self._first, self._count)
            groups: FrameGroups | None = None
            with contextlib.suppress(DicomError):
                groups = group_fragments(self._reader, items, self._count, self._signs, by_table)
            if groups is None or len(groups) < self._count or (by_table and list(groups.bounds) == list(by_table)):
                self._confirmed = True
                return None
            self._note(f"the {table.name} does not lead to the items of frame {index}: found by their headers instead")
            self._groups = self._noted(groups)
            return self._groups

    def _grouped(self) -> FrameGroups:
        with self._lock:
            if self._groups is None:
                groups = group_fragments(self._reader, self._walked(), self._count, self._signs)
                self._groups = self._noted(groups)
            return self._groups

    def _noted(self, groups: FrameGroups) -> FrameGroups:
        for note in groups.notes:
            self._note(note)
        return groups

    def _walked(self) -> Items:
        with self._lock:
            if self._items is None:
                self._items = walk(self._reader, self._first)
                for note in self._items.notes:
                    self._note(note)
            return self._items


def _joined(reader: Reader, fragments: Sequence[Fragment]) -> Buffer:
    if len(fragments) == 1:
        return _lent(reader, fragments[0].start, fragments[0].length)
    return b"".join([reader.read_range(part.start, part.length) for part in fragments])


def _lent(reader: Reader, start: int, length: int) -> bytes | memoryview:
    """Return bytes, without taking new memory where the reader can do that."""
    return reader.borrow_range(start, length) if type(reader) is FileReader else reader.read_range(start, length)
