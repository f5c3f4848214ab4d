"""Headers that are beyond doubt, read without parsing the whole data set: what frames need, and where pixels begin.

Most objects have such headers. Anything odd is a doubt, and left to pydicom, which copes with much and tells of it.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import Any

from pydicom.charset import python_encoding
from pydicom.datadict import dictionary_VR

from pacscore.source import Reader

__all__ = ["HeaderWalk", "PlainHeader"]

_PLAIN = struct.Struct("<HHL")
_EXPLICIT = struct.Struct("<HH2sH")
_LENGTH = struct.Struct("<L")
_SHORT_VRS = frozenset(b"AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US".split())
_LONG_VRS = frozenset(b"OB OD OF OL OV OW SQ SV UC UN UR UT UV".split())
_UNDEFINED = 0xFFFFFFFF
_ITEM, _END_OF_ITEM, _END_OF_SEQUENCE = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_CHARACTER_SET = 0x00080005
_PIXELS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
_IMPLICIT = "1.2.840.10008.1.2"
_OTHERWISE_READ = frozenset(
    f"1.2.840.10008.1.2.{tail}" for tail in ("1.99", "2", "4.94", "4.95", "4.204", "4.205", "7.1", "7.2", "7.3")
)
"""Deflated, big endian, and without Pixel Data."""
_NEEDED = {
    0x00280002: ("SamplesPerPixel", b"US"),
    0x00280004: ("PhotometricInterpretation", b"CS"),
    0x00280006: ("PlanarConfiguration", b"US"),
    0x00280008: ("NumberOfFrames", b"IS"),
    0x00280010: ("Rows", b"US"),
    0x00280011: ("Columns", b"US"),
    0x00280100: ("BitsAllocated", b"US"),
    0x00280101: ("BitsStored", b"US"),
    0x00280102: ("HighBit", b"US"),
    0x00280103: ("PixelRepresentation", b"US"),
    0x7FE00001: ("ExtendedOffsetTable", b"OV"),
    0x7FE00002: ("ExtendedOffsetTableLengths", b"OV"),
}
_UID = re.compile(rb"1\.2\.840\.10008\.1\.2(\.\d+)*")
_CODE_STRING = re.compile(rb"[A-Z0-9_ ]*")
_INTEGER_STRING = re.compile(rb" *\d{1,9} *")
_DEEPEST = 16
"""Levels of sequences within each other."""
_AHEAD = 1 << 12
"""Bytes that are read at once, at least: most headers fit, and little of the first frame is read with them."""
_LONGEST = 4 << 20
"""Bytes of a header, at most; those that are longer are not kept in memory to be parsed later."""


class _DoubtError(Exception):
    """Something is unlike most headers, or wrong."""


@dataclass(frozen=True, slots=True)
class PlainHeader:
    """What a header says about frames.

    Attributes
    ----------
    attributes : dict
        Values by keyword, of Image Pixel attributes, Number of Frames and the Extended Offset Table.
    transfer_syntax : str
    explicit : bool
        Whether the VR is written.
    stop : int, in bytes
        Where the tag of Pixel Data, Float or Double Float Pixel Data stands.
    sequences : tuple of (int, int), in bytes
        Where sequences of undefined length begin and end, those inside of others left out.
    """

    attributes: dict[str, Any]
    transfer_syntax: str
    explicit: bool
    stop: int
    sequences: tuple[tuple[int, int], ...] = ()


class HeaderWalk:
    """One walk over the elements of a header.

    Parameters
    ----------
    reader : Reader

    Attributes
    ----------
    data : bytes
        What has been read, from the first byte on.

    Source: PS3.10 7.1; PS3.5 7.1, 7.5.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.data = bytes(reader.read_range(0, _AHEAD))
        self._explicit = True
        self._sequences: list[tuple[int, int]] = []

    def header(self) -> PlainHeader | None:
        """Return the header; None where anything about it is odd."""
        try:
            position, transfer_syntax = self._file_meta()
            self._explicit = transfer_syntax != _IMPLICIT
            stop, attributes = self._data_set(position)
        except _DoubtError:
            return None
        return PlainHeader(attributes, transfer_syntax, self._explicit, stop, tuple(self._sequences))

    def _reach(self, stop: int) -> None:
        """Have ``data`` up to ``stop``; reading ahead by a quarter of what lies before takes few reads."""
        have = len(self.data)
        if stop <= have:
            return
        if not have < stop <= min(self._reader.size, _LONGEST):
            raise _DoubtError
        self.data += bytes(self._reader.read_range(have, max(stop - have, _AHEAD, have // 4)))
        if len(self.data) < stop:
            raise _DoubtError

    def _element(self, position: int) -> tuple[int, bytes, int, int]:
        """Return tag, VR, where the value begins, and its length."""
        self._reach(position + 8)
        if not self._explicit:
            group, number, length = _PLAIN.unpack_from(self.data, position)
            return group << 16 | number, b"", position + 8, length
        group, number, vr, length = _EXPLICIT.unpack_from(self.data, position)
        tag = group << 16 | number
        if vr in _SHORT_VRS:
            return tag, vr, position + 8, length
        if vr not in _LONG_VRS or length:
            raise _DoubtError
        self._reach(position + 12)
        return tag, vr, position + 12, _LENGTH.unpack_from(self.data, position + 8)[0]

    def _value(self, start: int, length: int) -> bytes:
        self._reach(start + length)
        return self.data[start : start + length]

    def _file_meta(self) -> tuple[int, str]:
        """Return where the data set begins, and its transfer syntax."""
        if self.data[128:132] != b"DICM":
            raise _DoubtError
        tag, vr, start, length = self._element(132)
        if (tag, vr, length) != (0x00020000, b"UL", 4):
            raise _DoubtError
        position = start + 4
        stop = position + _LENGTH.unpack(self._value(start, 4))[0]
        previous, transfer_syntax = tag, b""
        while position < stop:
            tag, vr, start, length = self._element(position)
            if not previous < tag <= 0x0002FFFF:
                raise _DoubtError
            if tag == 0x00020010 and vr == b"UI":
                transfer_syntax = self._value(start, length).rstrip(b"\0")
            previous, position = tag, start + length
        named = transfer_syntax.decode("ascii") if _UID.fullmatch(transfer_syntax) else ""
        if position != stop or not named or named in _OTHERWISE_READ:
            raise _DoubtError
        return stop, named

    def _data_set(self, position: int) -> tuple[int, dict[str, Any]]:
        """Return where Pixel Data begins, and the attributes before it."""
        attributes: dict[str, Any] = {}
        previous = 0x0002FFFF
        while True:
            tag, vr, start, length = self._element(position)
            if tag in _PIXELS:
                return position, attributes
            if not previous < tag < 0x7FE00010:
                raise _DoubtError
            if tag in _NEEDED:
                keyword, usual = _NEEDED[tag]
                if vr not in (usual, b"") or length == _UNDEFINED:
                    raise _DoubtError
                attributes[keyword] = _parsed(usual, self._value(start, length))
            stop = self._behind(tag, vr, start, length, 0)
            if length == _UNDEFINED:
                self._sequences.append((position, stop))
            previous, position = tag, stop

    def _behind(self, tag: int, vr: bytes, start: int, length: int, depth: int) -> int:
        """Return where an element ends."""
        if length == _UNDEFINED:
            return self._behind_items(tag, vr, start, depth + 1)
        if tag == _CHARACTER_SET and not _is_usual(self._value(start, length)):
            raise _DoubtError
        self._reach(start + length)
        return start + length

    def _behind_items(self, tag: int, vr: bytes, position: int, depth: int) -> int:
        """Return where a sequence of undefined length ends."""
        if depth > _DEEPEST or (vr != b"SQ" if self._explicit else not _is_sequence(tag)):
            raise _DoubtError
        while True:
            self._reach(position + 8)
            group, number, length = _PLAIN.unpack_from(self.data, position)
            item, position = group << 16 | number, position + 8
            if item == _END_OF_SEQUENCE and not length:
                return position
            if item != _ITEM:
                raise _DoubtError
            position = self._behind_item(position, None if length == _UNDEFINED else position + length, depth)

    def _behind_item(self, position: int, stop: int | None, depth: int) -> int:
        """Return where an item ends: at ``stop``, or behind its delimiter."""
        previous = 0
        while position != stop:
            self._reach(position + 8)
            group, number, length = _PLAIN.unpack_from(self.data, position)
            if group << 16 | number == _END_OF_ITEM and not length and stop is None:
                return position + 8
            tag, vr, start, length = self._element(position)
            if not previous < tag < _ITEM or (stop is not None and start > stop):
                raise _DoubtError
            previous, position = tag, self._behind(tag, vr, start, length, depth)
            if stop is not None and position > stop:
                raise _DoubtError
        return position


def _parsed(vr: bytes, data: bytes) -> Any:
    """Return a value as pydicom has it, None where it is empty."""
    if not data or vr == b"OV":
        return data or None
    if vr == b"US" and len(data) == 2:
        return int.from_bytes(data, "little")
    if vr == b"CS" and _CODE_STRING.fullmatch(data):
        return data.decode("ascii").rstrip()
    if vr == b"IS" and _INTEGER_STRING.fullmatch(data):
        return int(data)
    raise _DoubtError


def _is_usual(character_set: bytes) -> bool:
    """Return whether a Specific Character Set is known by its name, or the default extended by known ones."""
    names = character_set.decode("latin-1").rstrip(" \0").split("\\")
    extended = len(names) > 1
    return all(
        name in python_encoding and (not extended or not name or name.startswith("ISO 2022 IR")) for name in names
    )


def _is_sequence(tag: int) -> bool:
    try:
        return dictionary_VR(tag) == "SQ"
    except KeyError:
        return False
