"""Look-up tables of data sets, whichever way their entries are written."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from pacscore.dicom.attribute_values import numbers, text
from pacscore.dicom.image_pixel import tag_of, value
from pacscore.errors import DicomError, OptionError
from pacscore.pixels.lookup import LookupTable

__all__ = ["TableDescriptor", "lookup_table", "table_words"]

_CLAUSE = "PS3.3 C.11.1.1.1"


class TableDescriptor(NamedTuple):
    """What a LUT Descriptor, or a Palette Color Lookup Table Descriptor, says.

    Source: PS3.3 C.11.1.1.1, C.7.6.3.1.5.

    Attributes
    ----------
    size : int
        Entries, 1 to 65,536.
    first_mapped : int
        The input value that the first entry answers.
    bits : int
        Of an entry.
    keyword : str
        The attribute.
    """

    size: int
    first_mapped: int
    bits: int
    keyword: str

    @classmethod
    def read(cls, place: Dataset, keyword: str, *, signed: bool) -> TableDescriptor:
        """Read it: 0 entries stand for 65,536; the first value has the sign of the values that go in.

        Raises
        ------
        DicomError
            If it has not three values.
        """
        found = numbers(place, keyword)
        if len(found) != 3:
            raise DicomError(f"{keyword} {tag_of(keyword)} has not three values", tag=tag_of(keyword), clause=_CLAUSE)
        count, first, bits = (int(one) for one in found)
        negative = signed and first & 0x8000
        return cls((count & 0xFFFF) or 65536, (first & 0xFFFF) - (0x10000 if negative else 0), bits, keyword)

    def table(self, entries: NDArray[Any], explanation: str = "") -> LookupTable:
        """Return the table of these entries; those that do not fit into ``bits`` show that they have more.

        Raises
        ------
        DicomError
            If an entry has less than 8 or more than 16 bits.
        """
        try:
            bits = max(self.bits, int(entries.max()).bit_length())
            return LookupTable(self.first_mapped, bits, entries.astype("<u2").tobytes(), explanation)
        except OptionError as error:
            raise DicomError(f"{self.keyword}: {error}", tag=tag_of(self.keyword), clause=_CLAUSE) from error


def lookup_table(
    place: Dataset, *, signed: bool, descriptor: str = "LUTDescriptor", data: str = "LUTData"
) -> LookupTable:
    """Return a table of a data set, or of an item of a Modality, VOI or Presentation LUT Sequence.

    Source: PS3.3 C.11.1.1.1, C.11.2.1.1, C.11.6.1.1, C.7.6.3.1.5, C.7.6.3.1.6. Entries of 8 bits may be two to a word.

    Parameters
    ----------
    place : pydicom.Dataset
        Where descriptor and data are; LUT Explanation, too.
    signed : bool
        Whether the values that go in have a sign.
    descriptor, data : str
        Keywords.

    Raises
    ------
    DicomError
        If descriptor or data are missing, or do not fit one another.
    """
    described = TableDescriptor.read(place, descriptor, signed=signed)
    words = table_words(place, data)
    count = described.size
    if len(words) >= 2 * count:
        return described.table(np.frombuffer(words, "<u2", count), text(place, "LUTExplanation"))
    if len(words) >= count:
        packed = described._replace(bits=min(described.bits, 8))
        return packed.table(np.frombuffer(words, np.uint8, count), text(place, "LUTExplanation"))
    raise DicomError(f"{data}: {len(words):,} bytes for {count:,} entries", tag=tag_of(descriptor), clause=_CLAUSE)


def table_words(place: Dataset, keyword: str) -> bytes:
    """Return the data of a table as little-endian words.

    Raises
    ------
    DicomError
        If it is missing, or no list of words.
    """
    found = value(place, keyword)
    if found is None:
        raise DicomError(f"{keyword} {tag_of(keyword)} is missing", tag=tag_of(keyword), clause=_CLAUSE)
    if not isinstance(found, bytes):
        try:
            return np.atleast_1d(np.asarray(found)).astype("<u2").tobytes()
        except (TypeError, ValueError, OverflowError) as error:
            raise DicomError(f"{keyword} {tag_of(keyword)} is no table: {error}", tag=tag_of(keyword)) from error
    if place[keyword].VR == "OW" and place.original_encoding[1] is False:
        return np.frombuffer(found[: len(found) & ~1], ">u2").astype("<u2").tobytes()
    return found
