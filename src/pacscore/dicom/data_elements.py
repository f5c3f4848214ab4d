"""Data elements written in another encoding: their headers change, their values stay the bytes that they are.

Values are not parsed for it, so that text of whatever character set, numbers that no number type holds, and private
data come out as they went in. Only what was changed since it was read is encoded anew.

Source: PS3.5 7.1 (data elements), 7.5 (sequences), 6.2.2 (unknown VR), 7.2 (group length), A.1 to A.3.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from pydicom.charset import convert_encodings
from pydicom.datadict import dictionary_VR, private_dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement, convert_raw_data_element
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import correct_ambiguous_vr_element, write_data_element
from pydicom.tag import BaseTag, Tag
from pydicom.valuerep import EXPLICIT_VR_LENGTH_32, STR_VR

from pacscore.errors import DicomError

__all__ = ["encode_data_set", "swap_parsed_words"]

_UNDEFINED = 0xFFFFFFFF
_LONGEST_SHORT = 0xFFFF
_ITEM, _ITEM_END, _SEQUENCE_END = (struct.pack("<HH", 0xFFFE, element) for element in (0xE000, 0xE00D, 0xE0DD))
_NO_LENGTH = struct.pack("<L", 0)
_PIXEL_REPRESENTATION, _CHARACTER_SET = Tag(0x0028, 0x0103), Tag(0x0008, 0x0005)

_WORD_SIZES = {
    **dict.fromkeys(("US", "SS", "OW", "AT"), 2),
    **dict.fromkeys(("UL", "SL", "FL", "OF", "OL"), 4),
    **dict.fromkeys(("FD", "OD", "OV", "SV", "UV"), 8),
}
"""Bytes of a word of each VR that byte ordering applies to (PS3.5 7.3)."""

_KEPT_AS_BYTES = frozenset({"OW", "OF", "OL", "OD", "OV"})
"""VRs whose values pydicom does not turn into numbers."""

_WORDS_OF_EITHER = {"OB or OW": "OW", "US or OW": "OW", "US or SS or OW": "OW"}
"""What stands for a VR that depends on more than the sign: words hold the bytes of all of them (PS3.5 A.2)."""


def swap_parsed_words(dataset: Dataset) -> None:
    """Put raw words of a big endian data set in little endian order, of elements that are no longer as they were read.

    Those that still are know their byte order; of the others pydicom has forgotten it.
    """
    for tag in list(dataset.keys()):
        element: Any = dataset.get_item(tag)
        if isinstance(element, RawDataElement):
            continue
        if element.VR == "SQ":
            for item in element.value or ():
                swap_parsed_words(item)
        elif element.VR in _KEPT_AS_BYTES and isinstance(element.value, bytes):
            element.value = _swapped(element.value, _WORD_SIZES[element.VR])


def encode_data_set(dataset: Dataset, *, implicit: bool) -> bytes:
    """Return the data elements encoded, little endian; group lengths are left out.

    Parameters
    ----------
    dataset : pydicom.Dataset
        As pydicom read it, or changed.
    implicit : bool
        Whether to leave the VR out.

    Raises
    ------
    DicomError
        If a changed element cannot be written; ``tag`` names it.
    """
    writer = _Writer(implicit)
    writer.data_set(dataset, ())
    return b"".join(writer.pieces)


class _Writer:
    """Collects the bytes of a data set; ``around`` are the data sets that a sequence item lies in, nearest first."""

    def __init__(self, implicit: bool) -> None:
        self.pieces: list[bytes] = []
        self._implicit = implicit

    def data_set(self, dataset: Dataset, around: Sequence[Dataset]) -> None:
        inside = (dataset, *around)
        for tag in sorted(dataset.keys()):
            if tag.element:  # 0000H is the group length
                self._element(dataset.get_item(tag), inside)

    def _element(self, element: Any, inside: Sequence[Dataset]) -> None:
        tag = BaseTag(element.tag)
        try:
            if isinstance(element, RawDataElement):
                self._raw(tag, element, inside)
            elif element.VR == "SQ":
                self._sequence(tag, element, inside)
            else:
                self._changed(element, inside)
        except DicomError:
            raise
        except Exception as error:  # pydicom raises whatever the values make Python raise
            what = str(error).partition("\n")[0] or type(error).__name__
            where = f"({tag.group:04X},{tag.element:04X})"
            raise DicomError(f"{where} cannot be written: {what}", tag=where) from error

    def _raw(self, tag: BaseTag, element: RawDataElement, inside: Sequence[Dataset]) -> None:
        vr = element.VR or _looked_up(tag, inside)
        if vr == "SQ" and self._must_be_opened(element):
            self._sequence(tag, convert_raw_data_element(element._replace(VR=vr), ds=inside[0]), inside)
            return
        value = bytes(element.value or b"")
        if not element.is_little_endian:
            value = _swapped(value, _WORD_SIZES.get(vr, 1))
        self._put(tag, vr, value, undefined=element.length == _UNDEFINED)

    def _must_be_opened(self, element: RawDataElement) -> bool:
        """Return whether the items of a sequence are encoded otherwise than the result."""
        return element.is_implicit_VR != self._implicit or not element.is_little_endian

    def _sequence(self, tag: BaseTag, element: DataElement, inside: Sequence[Dataset]) -> None:
        outer, self.pieces = self.pieces, []
        for item in element.value or ():
            self._item(item, inside)
        value, self.pieces = b"".join(self.pieces), outer
        self._put(tag, "SQ", value, undefined=bool(element.is_undefined_length))

    def _item(self, item: Dataset, inside: Sequence[Dataset]) -> None:
        outer, self.pieces = self.pieces, []
        self.data_set(item, inside)
        value, self.pieces = b"".join(self.pieces), outer
        if getattr(item, "is_undefined_length_sequence_item", False):
            self.pieces += (_ITEM, struct.pack("<L", _UNDEFINED), value, _ITEM_END, _NO_LENGTH)
        else:
            self.pieces += (_ITEM, struct.pack("<L", len(value)), value)

    def _changed(self, element: DataElement, inside: Sequence[Dataset]) -> None:
        if " or " in element.VR:
            around = list(inside)
            element = correct_ambiguous_vr_element(element, inside[0], True, around)  # type: ignore[assignment]
        buffer = DicomBytesIO()
        buffer.is_implicit_VR, buffer.is_little_endian = self._implicit, True
        write_data_element(buffer, element, _encodings(inside))
        self.pieces.append(bytes(buffer.getvalue()))

    def _put(self, tag: BaseTag, vr: str, value: bytes, *, undefined: bool = False) -> None:
        if len(value) % 2 and not undefined:
            value += b" " if vr in STR_VR and vr != "UI" else b"\0"
        length = struct.pack("<L", _UNDEFINED if undefined else len(value))
        head = struct.pack("<HH", tag.group, tag.element)
        if self._implicit:
            head += length
        elif vr in EXPLICIT_VR_LENGTH_32 or undefined:
            head += vr.encode("ascii") + b"\0\0" + length
        elif len(value) > _LONGEST_SHORT:
            head += b"UN\0\0" + length  # PS3.5 6.2.2
        else:
            head += vr.encode("ascii") + length[:2]
        self.pieces += (head, value)
        if undefined:
            self.pieces += (_SEQUENCE_END, _NO_LENGTH)


def _swapped(value: bytes, size: int) -> bytes:
    """Return the bytes with those of each whole word in the other order."""
    if size == 1:
        return value
    whole = len(value) // size * size
    return np.frombuffer(value[:whole], f"u{size}").byteswap().tobytes() + value[whole:]


def _looked_up(tag: BaseTag, inside: Sequence[Dataset]) -> str:
    """Return the VR of an element that was read without one; UN where nobody knows it."""
    if tag.is_private:
        return _private(tag, inside[0])
    try:
        vr = dictionary_VR(tag)
    except KeyError:
        return "UN"
    if vr == "US or SS":
        return "SS" if _signed(inside) else "US"
    return _WORDS_OF_EITHER.get(vr, vr)


def _private(tag: BaseTag, dataset: Dataset) -> str:
    if tag.is_private_creator:
        return "LO"
    creator = dataset.get(Tag(tag.group, tag.element >> 8))
    try:
        vr = private_dictionary_VR(tag, creator.value)
    except (AttributeError, KeyError, TypeError):
        return "UN"
    return "UN" if " or " in vr else vr


def _signed(inside: Sequence[Dataset]) -> bool:
    """Return whether the nearest Pixel Representation says that pixel values are signed."""
    for dataset in inside:
        if _PIXEL_REPRESENTATION in dataset:
            return bool(dataset[_PIXEL_REPRESENTATION].value == 1)
    return False


def _encodings(inside: Sequence[Dataset]) -> list[str]:
    """Return the nearest Specific Character Set, for text that was changed."""
    for dataset in inside:
        if _CHARACTER_SET in dataset:
            return convert_encodings(dataset[_CHARACTER_SET].value)
    return convert_encodings(None)
