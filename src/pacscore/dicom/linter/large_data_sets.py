"""Data sets with very many items, as functional groups of very many frames: parsed without them.

pydicom takes about 50 microseconds an item, and a few bytes are enough for one.
"""

from __future__ import annotations

from pydicom.dataset import Dataset

from pacscore.dicom.header import Header, parse_before_pixels
from pacscore.dicom.plain_header import HeaderWalk
from pacscore.source import MemoryReader, Reader

__all__ = ["MOST_ITEMS", "has_too_many_items", "many_items_in", "parse_without_groups"]

MOST_ITEMS = 20_000
"""Items of sequences that are parsed."""

_ITEM = b"\xfe\xff\x00\xe0"
_COLOURS = ("Red", "Green", "Blue")
_LUTS = [f"{colour}PaletteColorLookupTable{part}" for colour in _COLOURS for part in ("Descriptor", "Data")]
_WITHOUT_GROUPS: list[int | str] = [
    *("SOPClassUID", "SOPInstanceUID", "ImageType", "NumberOfFrames", "SamplesPerPixel", "PhotometricInterpretation"),
    *("PlanarConfiguration", "Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation"),
    *("SmallestImagePixelValue", "LargestImagePixelValue", "PixelPaddingValue", "PixelPaddingRangeLimit"),
    *("WindowCenter", "WindowWidth", "WindowCenterWidthExplanation", "VOILUTFunction", "VOILUTSequence"),
    *("RescaleSlope", "RescaleIntercept", "ModalityLUTSequence", "PresentationLUTShape", *_LUTS),
    *("LossyImageCompression", "LossyImageCompressionRatio", "LossyImageCompressionMethod"),
    *("ExtendedOffsetTable", "ExtendedOffsetTableLengths"),
    *(group << 16 | element for group in range(0x6000, 0x6020, 2) for element in (0x0010, 0x0102, 0x3000)),
]
"""What rules ask for outside of functional groups."""


def has_too_many_items(reader: Reader, header: Header) -> bool:
    """Return whether the data set before the pixels is yet to be parsed, and that would take long."""
    return not isinstance(header.parsed, Dataset) and many_items_in(reader, 0, header.pixels.start)


def many_items_in(reader: Reader, start: int, stop: int) -> bool:
    """Return whether so many items may begin in a range of bytes."""
    return bytes(reader.read_range(start, stop - start)).count(_ITEM) > MOST_ITEMS


def parse_without_groups(reader: Reader, stop: int) -> Dataset:
    """Return the data set up to ``stop`` without its functional groups, and without sequences of undefined length.

    Raises
    ------
    DicomError
        If it does not parse.
    """
    walk = HeaderWalk(reader)
    plain = walk.header()
    data = walk.data[:stop]
    for start, end in reversed(plain.sequences if plain else ()):
        data = data[:start] + data[end:]
    return parse_before_pixels(MemoryReader(data), only=_WITHOUT_GROUPS)
