"""The object that is looked at: its data set, its elements and its frames, each read once, when a rule asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import numpy as np
from pydicom.dataset import Dataset

from pacscore.codecs.video import VIDEO_FORMATS
from pacscore.dicom.encapsulation import Fragment, Items, item_at, walk
from pacscore.dicom.frame_groups import FrameGroups, FrameSigns, group_fragments
from pacscore.dicom.header import (
    Header,
    PixelElement,
    header_of_dataset,
    parse_before_pixels,
    read_header,
    read_trailing,
)
from pacscore.dicom.image_pixel import Attributes, frame_count, pixel_format, value
from pacscore.dicom.linter.coded_frame import CodedFrame, read_coded_frame
from pacscore.dicom.linter.large_data_sets import has_too_many_items, many_items_in, parse_without_groups
from pacscore.dicom.linter.true_syntax import true_syntax
from pacscore.dicom.offsets import ExtendedOffsetTable, OffsetTable, basic_offset_table
from pacscore.dicom.part10 import BIG_ENDIAN, NATIVE
from pacscore.errors import DicomError, PacscoreError
from pacscore.limits import Limits
from pacscore.pixel_format import PixelFormat
from pacscore.source import FileReader, MemoryReader, Reader, as_reader

__all__ = ["Subject", "subject_of"]

MOST_FRAMES = 256
"""Frames whose headers are read: all, or so many spread over a longer object."""

_MOST_BYTES = 256 << 20
"""Of encoded frames that are looked at."""

_MOST_PARTS = 100_000
"""Tile-parts and marker segments that are looked at."""

_MOST_BEHIND = 16 << 20
"""Bytes behind Pixel Data that are parsed."""


class Subject:
    """An object under the linter.

    Attributes
    ----------
    reader : Reader
        Of the whole file, or of the value of Pixel Data where the object is a data set in memory.
    in_memory : bool
        Whether it is such a data set: it has no preamble, group lengths and delimiters.
    problem : PacscoreError or None
        Why there is no header.
    """

    def __init__(self, reader: Reader, limits: Limits, dataset: Dataset | None = None) -> None:
        self.reader = reader
        self.in_memory = dataset is not None
        self.problem: PacscoreError | None = None
        self._header: Header | None = None
        try:
            self._header = read_header(reader, limits) if dataset is None else header_of_dataset(dataset)
        except PacscoreError as error:
            self.problem = error
            self._without_pixels = dataset
        if self._header is not None and dataset is not None:
            self.reader = self._header.reader

    @property
    def has_pixels(self) -> bool:
        """Whether there is Pixel Data, and a header that leads to it."""
        return self._header is not None

    @property
    def header(self) -> Header:
        """What lies before the pixels; the problem is raised where there is none."""
        if self._header is None:
            raise self.problem or DicomError("the object has no header")
        return self._header

    @cached_property
    def dataset(self) -> Dataset:
        """Everything before Pixel Data, whether there is Pixel Data or not."""
        if self._header is not None:
            if self.has_too_many_items:
                return parse_without_groups(self.reader, self.element.start)
            return self._header.dataset
        return self._without_pixels if self._without_pixels is not None else parse_before_pixels(self.reader)

    @cached_property
    def has_too_many_items(self) -> bool:
        """Whether parsing all of the data set would take long."""
        return self._header is not None and has_too_many_items(self.reader, self._header)

    @property
    def attributes(self) -> Attributes:
        """What says how the pixels are stored."""
        return self.dataset if self._header is None else self._header.attributes

    def get(self, keyword: str) -> Any:
        """Return the value of an attribute, None where it is absent, empty, or does not parse."""
        try:
            return value(self.dataset, keyword)
        except DicomError:
            return None

    @property
    def transfer_syntax(self) -> str:
        """The UID that the object claims, "" where that cannot be read."""
        if self._header is not None:
            return self._header.transfer_syntax
        try:
            meta = getattr(self.dataset, "file_meta", None)
            return "" if meta is None else str(value(meta, "TransferSyntaxUID") or "")
        except DicomError:
            return ""

    @property
    def element(self) -> PixelElement:
        """Where the pixels lie."""
        return self.header.pixels

    @property
    def claims_native(self) -> bool:
        """Whether the transfer syntax is one of native pixel data."""
        return self.transfer_syntax in NATIVE or self.transfer_syntax == BIG_ENDIAN

    @property
    def encapsulated(self) -> bool:
        """Whether the pixels lie in items."""
        return self.has_pixels and self.element.length is None

    @cached_property
    def stored(self) -> PixelFormat | None:
        """What the Image Pixel attributes describe; None where they make no sense, or there are no pixels."""
        if not self.has_pixels:
            return None
        try:
            return pixel_format(self.attributes, self.element.keyword)
        except DicomError:
            return None

    @cached_property
    def frame_count(self) -> int:
        """Number of Frames, or of streams; 1 where it makes no sense."""
        if self.transfer_syntax in VIDEO_FORMATS:
            return 1
        try:
            return frame_count(self.attributes)
        except DicomError:
            return 1

    @cached_property
    def table_item(self) -> Fragment | None:
        """The item of the Basic Offset Table."""
        return item_at(self.header.reader, self.element.start)

    @cached_property
    def items(self) -> Items:
        """The items behind the Basic Offset Table."""
        if self.table_item is None:
            return walk(MemoryReader(b""), 0)
        return walk(self.header.reader, self.table_item.stop)

    @cached_property
    def basic_table(self) -> OffsetTable | None:
        """The Basic Offset Table; None where it is empty or no table."""
        try:
            return None if self.table_item is None else basic_offset_table(self.header.reader, self.table_item)
        except ValueError:
            return None

    @cached_property
    def extended_table(self) -> ExtendedOffsetTable | None:
        """The Extended Offset Table; None where there is none, or it is no table."""
        offsets, lengths = (self.get(f"ExtendedOffsetTable{part}") for part in ("", "Lengths"))
        return ExtendedOffsetTable.parse(offsets, lengths) if isinstance(offsets, bytes) else None

    @cached_property
    def groups(self) -> FrameGroups | None:
        """Which fragments make up which frame; None where nothing tells."""
        items, table = self.items, self.extended_table or self.basic_table
        bounds = None
        if table is not None and self.table_item is not None and table.objection(self.frame_count) is None:
            bounds = table.bounds(items.fragments, self.table_item.stop, self.frame_count)
        signs = FrameSigns(self.transfer_syntax)
        try:
            return group_fragments(self.header.reader, items, self.frame_count, signs, bounds)
        except DicomError as error:
            self.grouping_problem = error
            return None

    grouping_problem: DicomError | None = None
    """Why ``groups`` is None."""

    def frame_data(self, index: int) -> bytes:
        """Return the bytes of an encoded frame, with padding."""
        if self.groups is None:
            return b""
        reader = self.header.reader
        return b"".join(bytes(reader.read_range(part.start, part.length)) for part in self.groups[index])

    @cached_property
    def coded_frames(self) -> tuple[CodedFrame, ...]:
        """What the frames say of themselves; of a long object those that stand for it."""
        if not self.encapsulated or self.groups is None or self.transfer_syntax in VIDEO_FORMATS:
            return ()
        found, read, parts = [], 0, 0
        for frame in self._read_frames(_spread(len(self.groups), MOST_FRAMES)):
            found.append(frame)
            read, parts = read + frame.length, parts + frame.parts
            if read > _MOST_BYTES or parts > _MOST_PARTS:
                break
        return tuple(found)

    @cached_property
    def true_syntax(self) -> str | None:
        """The transfer syntax that the frames looked at are of, None where that cannot be told."""
        return true_syntax(self.transfer_syntax, self.coded_frames) if self.coded_frames else None

    def every_coded_frame(self) -> Iterator[CodedFrame]:
        """Yield what each frame says of itself, however many there are."""
        count = 0 if self.groups is None else len(self.groups)
        yield from self._read_frames(range(count))

    def _read_frames(self, wanted: range | list[int]) -> Iterator[CodedFrame]:
        for index in wanted:
            group = self.groups[index] if self.groups is not None else ()
            data = self.frame_data(index)
            yield read_coded_frame(index, group[0].start if group else 0, len(group), data)

    @cached_property
    def trailing(self) -> Dataset:
        """The elements behind Pixel Data.

        Raises
        ------
        DicomError
            If what is there does not parse.
        """
        if self.in_memory or not self.has_pixels:
            return Dataset()
        found = read_trailing(self.header, self.stop)
        if any(tag <= 0x7FE00010 for tag in found.keys()):  # noqa: SIM118 - keys, not elements
            raise DicomError("what follows Pixel Data is no data elements in order (PS3.5 7.1)", offset=self.stop)
        return found

    @property
    def has_much_behind(self) -> bool:
        """Whether so much follows Pixel Data that parsing it would take long."""
        reader = self.header.reader
        return reader.size - self.stop > _MOST_BEHIND or many_items_in(reader, self.stop, reader.size)

    @property
    def stop(self) -> int:
        """First byte behind Pixel Data."""
        if self.encapsulated:
            return self.items.stop
        return self.element.start + (self.element.length or 0)


@contextmanager
def subject_of(source: Any, limits: Limits) -> Iterator[Subject]:
    """Give the object that a source holds, and close what was opened for it.

    Raises
    ------
    OSError
        What the operating system says.
    """
    if isinstance(source, Dataset):
        yield Subject(MemoryReader(b""), limits, source)
        return
    reader = as_reader(source)
    opened = [reader]
    try:
        subject = Subject(reader, limits)
        if subject.has_pixels:
            opened.append(subject.header.reader)  # another one where it was inflated
        yield subject
    finally:
        for each in opened:
            if isinstance(each, FileReader) and each is not source:
                each.close()


def _spread(count: int, most: int) -> range | list[int]:
    """Return all numbers below ``count``, or so many of them, the first and the last among them."""
    if count <= most:
        return range(count)
    return sorted({int(number) for number in np.linspace(0, count - 1, most)})
