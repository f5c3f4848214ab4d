"""Items: how encoded frames lie in Pixel Data, read and written.

Source: PS3.5 A.4 and 7.5.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, overload

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import DicomError, LimitError, OptionError
from pacscore.source import Reader

__all__ = ["Encapsulated", "Fragment", "Fragments", "Items", "encapsulate", "item_at", "sole_value", "walk"]

_TAG = "(7FE0,0010)"
_HEADER = struct.Struct("<HHL")
_ITEM, _DELIMITER = (0xFFFE, 0xE000), (0xFFFE, 0xE0DD)
_UNDEFINED = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Fragment:
    """One item of encapsulated pixel data.

    Attributes
    ----------
    start : int, in bytes
        First byte of the item's value.
    length : int, in bytes
        Of its value; shorter than the item says where the data ends before.
    """

    HEADER: ClassVar[int] = _HEADER.size
    """Bytes of the tag and the length, in front of the value."""
    start: int
    length: int

    @property
    def item(self) -> int:
        """Where the item's tag stands, in bytes."""
        return self.start - _HEADER.size

    @property
    def stop(self) -> int:
        """First byte behind the item."""
        return self.start + self.length


class Fragments(Sequence[Fragment]):
    """Fragments in their order, in sixteen bytes each: a large object may have millions."""

    def __init__(self) -> None:
        self._starts = array("Q")
        self._lengths = array("Q")

    def append(self, fragment: Fragment) -> None:
        """Add one behind the others."""
        self._starts.append(fragment.start)
        self._lengths.append(fragment.length)

    @property
    def starts(self) -> NDArray[np.uint64]:
        """Where the values begin, in bytes; a view, good until the next one is added."""
        return np.frombuffer(self._starts, np.uint64)

    @property
    def lengths(self) -> NDArray[np.uint64]:
        """Lengths of the values, in bytes; a view, good until the next one is added."""
        return np.frombuffer(self._lengths, np.uint64)

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, index: int) -> Fragment: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Fragment, ...]: ...
    def __getitem__(self, index: int | slice) -> Fragment | tuple[Fragment, ...]:
        if isinstance(index, slice):
            return tuple(map(Fragment, self._starts[index], self._lengths[index]))
        return Fragment(self._starts[index], self._lengths[index])


@dataclass(frozen=True, slots=True)
class Items:
    """What was found behind the Basic Offset Table.

    Attributes
    ----------
    fragments : Fragments
    stop : int, in bytes
        First byte behind the sequence delimiter, or where reading had to end.
    truncated : bool
        Whether the data ends inside an item.
    notes : tuple of str
        What is odd.
    """

    fragments: Fragments
    stop: int
    truncated: bool = False
    notes: tuple[str, ...] = ()


def item_at(reader: Reader, position: int) -> Fragment | None:
    """Return the item whose tag stands at ``position``; None for the sequence delimiter, or where the data ends.

    Raises
    ------
    DicomError
        If something else stands there, or the item's length is undefined.
    """
    return _item(bytes(reader.read_range(position, _HEADER.size)), position)


def _item(head: bytes, position: int) -> Fragment | None:
    if len(head) < _HEADER.size:
        return None
    group, element, length = _HEADER.unpack(head)
    if (group, element) == _DELIMITER:
        return None
    if (group, element) != _ITEM:
        raise DicomError(
            f"({group:04X},{element:04X}) at byte {position:,} where an item should begin (PS3.5 A.4)",
            tag=_TAG,
            offset=position,
        )
    if length == _UNDEFINED:
        raise DicomError(f"item at byte {position:,} of undefined length (PS3.5 A.4)", tag=_TAG, offset=position)
    return Fragment(position + _HEADER.size, length)


def sole_value(data: bytes | memoryview) -> memoryview | None:
    """Return the value of an item, without copying, where the bytes are exactly one; else None."""
    head = _HEADER.pack(*_ITEM, len(data) - _HEADER.size) if _HEADER.size <= len(data) < _UNDEFINED else None
    return memoryview(data)[_HEADER.size :] if data[: _HEADER.size] == head else None


def walk(reader: Reader, position: int) -> Items:
    """Return all items from ``position`` on, up to the sequence delimiter.

    Only their headers are read, eight bytes each. Where the delimiter is lost, or the data ends inside an item,
    ``notes`` say so.
    """
    fragments = Fragments()
    while True:
        head = bytes(reader.read_range(position, _HEADER.size))
        if len(head) < _HEADER.size:
            note = f"Pixel Data ends at byte {position:,} without a sequence delimiter (PS3.5 A.4)"
            return Items(fragments, reader.size, notes=(note,))
        try:
            fragment = _item(head, position)
        except DicomError as error:
            return Items(fragments, position, notes=(f"{error}; what follows is not read",))
        if fragment is None:
            return Items(fragments, position + _HEADER.size)
        if fragment.stop > reader.size:
            left = max(0, reader.size - fragment.start)
            note = f"item at byte {position:,} has {left:,} of {fragment.length:,} bytes: the data is cut short"
            fragments.append(Fragment(fragment.start, left))
            return Items(fragments, reader.size, truncated=True, notes=(note,))
        fragments.append(fragment)
        position = fragment.stop


@dataclass(frozen=True, slots=True)
class Encapsulated:
    """Encapsulated frames, ready for a data set of Explicit VR Little Endian.

    Attributes
    ----------
    pixel_data : bytes
        Value of Pixel Data (VR OB, undefined length): the offset table's item and the fragments; the sequence
        delimiter is left to the writer of the element, as pydicom does it.
    extended_offset_table, extended_offset_table_lengths : bytes or None
        Values of (7FE0,0001) and (7FE0,0002), VR OV.
    """

    pixel_data: bytes
    extended_offset_table: bytes | None = None
    extended_offset_table_lengths: bytes | None = None


def encapsulate(
    frames: Iterable[bytes],
    *,
    offset_table: Literal["basic", "extended", "none"] = "basic",
    fragment_length: int | None = None,
) -> Encapsulated:
    """Put encoded frames into items.

    Parameters
    ----------
    frames : iterable of bytes
        Each is padded with one zero byte where its length is odd.
    offset_table : "basic", "extended" or "none"
        What points at the frames; the Basic Offset Table's item is there in any case, maybe empty.
    fragment_length : int, even, optional
        Cut frames into fragments of at most this length; otherwise each frame is one.

    Raises
    ------
    OptionError
        If fragments are asked for together with an Extended Offset Table, or their length is odd.
    LimitError
        If offsets outgrow the 32 bits of a Basic Offset Table, or a frame those of an item.
    """
    if fragment_length is not None and (fragment_length < 2 or fragment_length % 2 or offset_table == "extended"):
        raise OptionError(
            f"fragments of {fragment_length} bytes with an offset table that is {offset_table}: they must be of even "
            "length, and an Extended Offset Table asks for one fragment a frame (PS3.5 A.4)"
        )
    items: list[bytes] = []
    offsets: list[int] = []
    lengths: list[int] = []
    position = 0
    for frame in frames:
        offsets.append(position)
        lengths.append(len(frame))
        for item in _fragments(frame, fragment_length):
            items.append(item)
            position += len(item)
    if offset_table == "basic" and offsets and offsets[-1] > _UNDEFINED:
        raise LimitError("frames begin beyond 4 GiB: use an Extended Offset Table (PS3.3 C.7.6.3.1.8)")
    table = struct.pack(f"<{len(offsets)}L", *offsets) if offset_table == "basic" else b""
    pixel_data = b"".join((_HEADER.pack(*_ITEM, len(table)), table, *items))
    if offset_table != "extended":
        return Encapsulated(pixel_data)
    return Encapsulated(
        pixel_data, struct.pack(f"<{len(offsets)}Q", *offsets), struct.pack(f"<{len(lengths)}Q", *lengths)
    )


def _fragments(frame: bytes, fragment_length: int | None) -> Iterator[bytes]:
    length = fragment_length or max(len(frame), 1)
    for start in range(0, max(len(frame), 1), length):
        piece = frame[start : start + length]
        padding = len(piece) % 2
        if len(piece) + padding >= _UNDEFINED:
            raise LimitError(f"a fragment of {len(piece):,} bytes does not fit an item (PS3.5 7.5)")
        yield _HEADER.pack(*_ITEM, len(piece) + padding) + piece + bytes(padding)
