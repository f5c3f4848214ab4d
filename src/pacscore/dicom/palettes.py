"""Palettes of data sets: plain, segmented and supplemental."""

from __future__ import annotations

from pydicom.dataset import Dataset

from pacscore.dicom.attribute_values import text
from pacscore.dicom.image_pixel import tag_of, value
from pacscore.dicom.lookup_tables import TableDescriptor, lookup_table, table_words
from pacscore.dicom.segmented_tables import expand_segments
from pacscore.errors import DicomError
from pacscore.pixels.lookup import LookupTable
from pacscore.pixels.palette import Palette

__all__ = ["palette", "palette_tables"]


def palette(dataset: Dataset, interpretation: str, *, signed: bool) -> Palette | None:
    """Return the palette that the frames of a data set are shown with.

    PALETTE COLOR needs one. Grey frames have one where Pixel Presentation is COLOR or MIXED and the tables are there.

    Source: PS3.3 C.7.6.3.1.5 and C.7.6.3.1.6, C.7.9 (segmented), C.7.6.19 and C.8.16.2.1.1 (supplemental).

    Parameters
    ----------
    dataset : pydicom.Dataset
    interpretation : str
        Photometric interpretation.
    signed : bool
        Whether stored values have a sign.

    Raises
    ------
    DicomError
        If a table is missing or makes no sense.
    """
    if interpretation != "PALETTE COLOR":
        supplemental = interpretation == "MONOCHROME2" and text(dataset, "PixelPresentation") in ("COLOR", "MIXED")
        if not supplemental or value(dataset, "RedPaletteColorLookupTableDescriptor") is None:
            return None
    return palette_tables(dataset, signed=signed)


def palette_tables(dataset: Dataset, *, signed: bool) -> Palette:
    """Return the three tables of a data set.

    Raises
    ------
    DicomError
        If one is missing or makes no sense.
    """
    names = (f"{colour}PaletteColorLookupTable" for colour in ("Red", "Green", "Blue"))
    return Palette(*(_table(dataset, name, signed) for name in names))


def _table(dataset: Dataset, name: str, signed: bool) -> LookupTable:
    segments = f"Segmented{name}Data"
    if value(dataset, f"{name}Data") is not None or value(dataset, segments) is None:
        return lookup_table(dataset, signed=signed, descriptor=f"{name}Descriptor", data=f"{name}Data")
    described = TableDescriptor.read(dataset, f"{name}Descriptor", signed=signed)
    if described.bits not in (8, 16):
        raise DicomError(
            f"{described.keyword}: segments have 8 or 16 bits, not {described.bits}",
            tag=tag_of(described.keyword),
            clause="PS3.3 C.7.9.2",
        )
    return described.table(expand_segments(table_words(dataset, segments), described.size, described.bits))
