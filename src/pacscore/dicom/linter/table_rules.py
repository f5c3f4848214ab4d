"""Rules about look-up tables: Modality LUT, VOI LUT, palettes.

Source: PS3.3 C.11.1.1.1, C.11.2.1.1, C.7.6.3.1.5, C.7.6.3.1.6, C.7.9.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from pacscore.dicom.image_pixel import tag_of, value
from pacscore.dicom.linter.display_rules import places
from pacscore.dicom.linter.finding import Finding
from pacscore.dicom.linter.rule import Rule
from pacscore.dicom.linter.subject import Subject
from pacscore.errors import DicomError

__all__ = ["CHECKS"]

_COLOURS = ("Red", "Green", "Blue")
_ENTRY_BITS = {"Modality": (8, 16), "VOI": range(8, 17), "palette": (8, 16)}

DESCRIPTOR = Rule(
    "PAC609",
    "error",
    "PS3.3 C.11.1.1.1, C.7.6.3.1.5",
    "a LUT Descriptor that cannot be",
    "It has three values: entries, first input value, and bits of an entry. Without it the table cannot be read.",
)
DATA = Rule(
    "PAC610",
    "error",
    "PS3.3 C.11.1.1.1, C.7.6.3.1.6",
    "LUT Data does not have the entries that the descriptor promises",
    "Readers fail, or map values to what lies behind the table.",
)
NO_PALETTE = Rule(
    "PAC611",
    "error",
    "PS3.3 C.7.9",
    "PALETTE COLOR without its palettes",
    "Indices have no colours; readers show them as grey, or not at all.",
)
PALETTES_DIFFER = Rule(
    "PAC612",
    "error",
    "PS3.3 C.7.6.3.1.5",
    "the descriptors of the three palettes differ",
    "They must be alike; readers take the first for all.",
)


def check_tables(subject: Subject) -> Iterator[Finding]:
    """Check the tables of Modality LUT and VOI LUT sequences."""
    for place in places(subject):
        for name in ("Modality", "VOI"):
            for item in _items(place, f"{name}LUTSequence"):
                yield from _table(item, "LUTDescriptor", "LUTData", name)


def check_palettes(subject: Subject) -> Iterator[Finding]:
    """Check the palettes of a PALETTE COLOR object."""
    label = str(subject.get("PhotometricInterpretation") or "").strip()
    if label != "PALETTE COLOR":
        return
    missing = [
        colour
        for colour in _COLOURS
        if _value(subject.dataset, f"{colour}PaletteColorLookupTableData") is None
        and _value(subject.dataset, f"Segmented{colour}PaletteColorLookupTableData") is None
    ]
    if missing:
        yield NO_PALETTE.found(f"no data for {', '.join(missing)}", tag="(0028,1201)")
        return
    descriptors = []
    for colour in _COLOURS:
        name = f"{colour}PaletteColorLookupTable"
        descriptors.append(_descriptor(subject.dataset, f"{name}Descriptor"))
        segmented = _value(subject.dataset, f"{name}Data") is None
        yield from _table(subject.dataset, f"{name}Descriptor", None if segmented else f"{name}Data", "palette")
    if len(set(map(str, descriptors))) > 1:
        yield PALETTES_DIFFER.found(", ".join(map(str, descriptors)), tag="(0028,1101)")


def _table(place: Dataset, descriptor_name: str, data_name: str | None, kind: str) -> Iterator[Finding]:
    descriptor, tag = _descriptor(place, descriptor_name), tag_of(descriptor_name)
    if descriptor is None or len(descriptor) != 3 or descriptor[2] not in _ENTRY_BITS[kind]:
        yield DESCRIPTOR.found(f"{descriptor_name} of a {kind} table is {descriptor}", tag=tag)
        return
    if data_name is None:
        return
    count = (descriptor[0] & 0xFFFF) or 65536
    length = _length(place, data_name)
    if length not in _lengths(count, descriptor[2]):
        what = f"{data_name} has {length:,} bytes for {count:,} entries of {descriptor[2]} bits"
        yield DATA.found(what, tag=tag_of(data_name))


def _lengths(count: int, bits: int) -> set[int]:
    """Return the lengths that a table may have: entries of 8 bits may lie in words, or two to a word."""
    return {2 * count, count + count % 2} if bits == 8 else {2 * count}


def _length(place: Dataset, keyword: str) -> int:
    """Return the bytes of a table; 0 where it is missing."""
    raw = _value(place, keyword)
    if raw is None:
        return 0
    return len(raw) if isinstance(raw, bytes | bytearray) else 2 * int(np.size(np.asarray(raw)))


def _descriptor(place: Dataset, keyword: str) -> list[int] | None:
    raw = _value(place, keyword)
    try:
        return [int(one) for one in raw] if isinstance(raw, MultiValue | list | tuple) else None
    except (TypeError, ValueError):
        return None


def _value(place: Dataset, keyword: str) -> Any:
    try:
        return value(place, keyword)
    except DicomError:
        return None


def _items(place: Dataset, keyword: str) -> list[Dataset]:
    return [item for item in _value(place, keyword) or () if isinstance(item, Dataset)]


CHECKS = (check_tables, check_palettes)
