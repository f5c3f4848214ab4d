"""The data set up to Pixel Data, and where Pixel Data lies."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, cast

from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filereader import read_dataset

from pacscore.dicom.image_pixel import Attributes, value
from pacscore.dicom.inflated import inflate
from pacscore.dicom.parser_warnings import noted_warnings
from pacscore.dicom.plain_header import HeaderWalk
from pacscore.errors import DicomError, PacscoreError, UnsupportedError
from pacscore.limits import Limits
from pacscore.source import MemoryReader, Reader

__all__ = ["Header", "PixelElement", "header_of_dataset", "parse_before_pixels", "read_header", "read_trailing"]

_DEFLATED = "1.2.840.10008.1.2.1.99"
_BIG_ENDIAN = "1.2.840.10008.1.2.2"
_JPIP = frozenset(f"1.2.840.10008.1.2.4.{number}" for number in (94, 95, 204, 205))
_PIXEL_ELEMENTS = {0x0010: "PixelData", 0x0008: "FloatPixelData", 0x0009: "DoubleFloatPixelData"}
_LONG_VRS = frozenset({b"OB", b"OW", b"OF", b"OD", b"OL", b"OV", b"UN", b"UT"})
_UNDEFINED = 0xFFFFFFFF
_WINDOW = 1 << 12
"""Bytes that are read at once, at least: most headers fit, and little of the first frame is read with them."""


@dataclass(frozen=True, slots=True)
class PixelElement:
    """Where the value of Pixel Data, Float or Double Float Pixel Data lies.

    Attributes
    ----------
    keyword : str
        Which of the three.
    vr : str
        As written, or "" where the VR is implicit.
    start : int, in bytes
        First byte of the value.
    length : int or None, in bytes
        None where undefined: the value is encapsulated.
    """

    keyword: str
    vr: str
    start: int
    length: int | None


@dataclass(slots=True)
class Header:
    """A data set without its pixels.

    Attributes
    ----------
    attributes : Attributes
        Has at least what frames need of the data set.
    parsed : pydicom Dataset, or callable that returns it and what is odd
        What ``dataset`` gives; a callable is called once, when that is asked for.
    transfer_syntax : str
    reader : Reader
        Where the pixels are read from; the inflated data set if it was deflated.
    pixels : PixelElement
    notes : tuple of str
        What is odd.
    """

    attributes: Attributes
    parsed: Dataset | Callable[[], tuple[Dataset, tuple[str, ...]]]
    transfer_syntax: str
    reader: Reader
    pixels: PixelElement
    notes: tuple[str, ...] = ()
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    @property
    def dataset(self) -> Dataset:
        """Everything before Pixel Data; ``file_meta`` belongs to it."""
        with self._lock:
            if not isinstance(self.parsed, Dataset):
                self.parsed, notes = self.parsed()
                self.notes += notes
            return self.parsed


class _ReaderFile(io.RawIOBase):
    """A file over a reader, for pydicom; never asks for more than there is, and seldom twice.

    It reads ahead by a quarter of what lies before, so that a large header takes few reads, and little beyond is read.
    """

    def __init__(self, reader: Reader, beginning: bytes = b"") -> None:
        super().__init__()
        self._reader = reader
        self._position = 0
        self._window: bytes | memoryview = beginning
        self._window_start = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        origin = (0, self._position, self._reader.size)[whence]
        self._position = max(0, origin + offset)
        return self._position

    def read(self, size: int | None = -1) -> bytes:
        left = max(0, self._reader.size - self._position)
        wanted = left if size is None or size < 0 else min(size, left)
        inside = self._position - self._window_start
        if not 0 <= inside <= len(self._window):
            self._window, self._window_start, inside = b"", self._position, 0
        if inside + wanted > len(self._window):
            kept = bytes(self._window[inside:])
            missing = wanted - len(kept)
            ahead = min(max(_WINDOW, self._position // 4), left - len(kept))
            if missing > ahead:  # a large value is read as it is, and not kept
                self._position += wanted
                return kept + bytes(self._reader.read_range(self._position - missing, missing))
            self._window = kept + bytes(self._reader.read_range(self._position + len(kept), ahead))
            self._window_start, inside = self._position, 0
        piece = bytes(self._window[inside : inside + wanted])
        self._position += len(piece)
        return piece


def read_header(reader: Reader, limits: Limits) -> Header:
    """Read a DICOM file up to Pixel Data.

    Source: PS3.10 7; PS3.5 7.1 and A.5.

    Raises
    ------
    DicomError
        If this is no DICOM file, is broken, or holds no pixels.
    LimitError
        If it inflates beyond the limits.
    UnsupportedError
        If the pixels lie elsewhere (JPIP).
    """
    walk = HeaderWalk(reader)
    plain = walk.header()
    if plain is None:
        return _parsed_header(reader, walk.data, limits)
    explicit, transfer_syntax = plain.explicit, plain.transfer_syntax
    pixels = _pixel_element(walk.data[plain.stop : plain.stop + 12], plain.stop, reader.size, explicit=explicit)
    read = walk.data[: pixels.start]
    return Header(plain.attributes, lambda: _parsed_later(read), transfer_syntax, reader, pixels)


def _parsed_later(read: bytes) -> tuple[Dataset, tuple[str, ...]]:
    """Return the data set of a header that was found plain, and what pydicom warns of."""
    with noted_warnings() as warned:
        dataset = parse_before_pixels(MemoryReader(read))
    return dataset, tuple(warned)


def parse_before_pixels(reader: Reader, only: Sequence[int | str] | None = None) -> Dataset:
    """Return what pydicom reads of a file up to Pixel Data, whether there is Pixel Data or not.

    Parameters
    ----------
    reader : Reader
    only : sequence of tags and keywords, optional
        The elements that are wanted; the others are passed over quickly.

    Raises
    ------
    DicomError
        If it does not parse.
    """
    return _parsed(_ReaderFile(reader), only)


def _parsed(file: _ReaderFile, only: Sequence[int | str] | None = None) -> Dataset:
    file.seek(0)
    wanted: Any = None if only is None else list(only)
    dataset: Dataset = _guarded(lambda: dcmread(file, force=True, stop_before_pixels=True, specific_tags=wanted))
    dataset.buffer = None  # a copy of the data set must not share the open file
    return dataset


def _parsed_header(reader: Reader, beginning: bytes, limits: Limits) -> Header:
    """Return the header as pydicom parses it; its beginning has been read already."""
    file = _ReaderFile(reader, beginning)
    notes: tuple[str, ...] = ()
    start, meta = _file_meta(file)
    if meta is not None and _named(meta) == _DEFLATED:
        reader, whole = inflate(reader, start, limits)
        if not whole:
            notes = ("the deflated data set ends early: the data is cut short (PS3.5 A.5)",)
        file = _ReaderFile(reader)
        dataset = _guarded(lambda: read_dataset(cast("BinaryIO", file), False, True, stop_when=_at_pixels))
        dataset.file_meta = meta
        transfer_syntax, explicit = _DEFLATED, True
    else:
        dataset = _parsed(file)
        transfer_syntax, explicit = _transfer_syntax(dataset)
    if not len(dataset):
        raise DicomError("this is not a DICOM file: no data elements (PS3.10 7)")
    if transfer_syntax in _JPIP:
        raise UnsupportedError(
            f"transfer syntax {transfer_syntax} (JPIP): the pixels are at the Pixel Data Provider URL (0028,7FE0) "
            f"{value(dataset, 'PixelDataProviderURL') or ''}",
            feature="JPIP referenced pixel data",
            clause="PS3.5 A.6",
        )
    big_endian, position = transfer_syntax == _BIG_ENDIAN, file.tell()
    pixels = _pixel_element(file.read(12), position, reader.size, explicit=explicit, big_endian=big_endian)
    return Header(dataset, dataset, transfer_syntax, reader, pixels, notes)


def _guarded(read: Any) -> Any:
    """Return what pydicom reads; whatever it raises over the bytes is a DicomError."""
    try:
        return read()
    except PacscoreError:
        raise  # what a reader says
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the operating system's or a store's; pydicom's own have no number
        raise DicomError(f"the data set does not parse: {error or type(error).__name__}") from error


def _at_pixels(tag: int, vr: str | None, length: int) -> bool:
    del vr, length
    return tag >> 16 == 0x7FE0 and tag & 0xFFFF in _PIXEL_ELEMENTS


def _file_meta(file: _ReaderFile) -> tuple[int, FileMetaDataset | None]:
    """Return where the data set begins, and the File Meta Information; 0 and None where there is no preamble."""
    if file.read(132)[128:] != b"DICM":
        return 0, None
    meta = _guarded(
        lambda: read_dataset(cast("BinaryIO", file), False, True, stop_when=lambda tag, _vr, _length: tag >> 16 != 2)
    )
    return file.tell(), _guarded(lambda: FileMetaDataset(meta))


def _named(meta: Dataset | None) -> str:
    return "" if meta is None else str(value(meta, "TransferSyntaxUID") or "")


def _transfer_syntax(dataset: Dataset) -> tuple[str, bool]:
    """Return the transfer syntax, and whether the VR is explicit; as pydicom found it where nothing says so."""
    implicit, little = dataset.original_encoding
    named = _named(getattr(dataset, "file_meta", None))
    if not named:
        named = "1.2.840.10008.1.2" if implicit else "1.2.840.10008.1.2.1" if little else _BIG_ENDIAN
    return named, not implicit


def _pixel_element(head: bytes, position: int, size: int, *, explicit: bool, big_endian: bool = False) -> PixelElement:
    """Return the element whose first bytes are ``head``; ``size`` is that of everything."""
    order = "big" if big_endian else "little"
    group, element = (int.from_bytes(head[at : at + 2], order) for at in (0, 2))  # type: ignore[arg-type]
    if group != 0x7FE0 or element not in _PIXEL_ELEMENTS or len(head) < 8:
        raise DicomError("the data set holds no Pixel Data", tag="(7FE0,0010)", offset=position)
    keyword, vr = _PIXEL_ELEMENTS[element], head[4:6]
    # as a length of implicit VR, these letters would be an odd number
    explicit = (vr in _LONG_VRS and len(head) == 12) or (explicit and vr.isalpha())
    if explicit and (vr not in _LONG_VRS or len(head) < 12):
        raise DicomError(f"{keyword} has VR {vr.decode()!r}", tag=f"(7FE0,{element:04X})", offset=position)
    where = 8 if explicit else 4
    length = int.from_bytes(head[where : where + 4], order)  # type: ignore[arg-type]
    if not explicit and length % 2 and length != _UNDEFINED and position + 8 + length > size:
        what = f"{keyword} is neither of explicit VR nor of a length that may be"
        raise DicomError(what, tag=f"(7FE0,{element:04X})", offset=position)
    told = vr.decode("ascii") if explicit else ""
    return PixelElement(keyword, told, position + where + 4, None if length == _UNDEFINED else length)


def header_of_dataset(dataset: Dataset) -> Header:
    """Return the header of a data set in memory; it is not changed.

    Raises
    ------
    DicomError
        If it holds no pixels, or does not say in which transfer syntax.
    """
    keyword = next((name for name in _PIXEL_ELEMENTS.values() if name in dataset), None)
    if keyword is None:
        raise DicomError("the data set holds no Pixel Data", tag="(7FE0,0010)")
    element = _guarded(lambda: dataset[keyword])
    bare = Dataset({tag: held for tag, held in dataset.items() if tag != element.tag})
    bare.file_meta = getattr(dataset, "file_meta", FileMetaDataset())
    transfer_syntax = _named(bare.file_meta)
    if not transfer_syntax:
        implicit, little = dataset.original_encoding
        if little is None:
            raise DicomError("the data set names no Transfer Syntax UID", tag="(0002,0010)")
        transfer_syntax = "1.2.840.10008.1.2" if implicit else "1.2.840.10008.1.2.1" if little else _BIG_ENDIAN
    content = element.value if isinstance(element.value, bytes | bytearray | memoryview) else b""
    length = None if element.is_undefined_length or _is_encapsulated(transfer_syntax) else len(content)
    return Header(bare, bare, transfer_syntax, MemoryReader(content), PixelElement(keyword, element.VR, 0, length))


def _is_encapsulated(transfer_syntax: str) -> bool:
    return transfer_syntax not in ("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", _DEFLATED, _BIG_ENDIAN)


def read_trailing(header: Header, position: int) -> Dataset:
    """Return the elements that follow Pixel Data, from ``position`` on; empty where there are none."""
    if position >= header.reader.size:
        return Dataset()
    file = _ReaderFile(header.reader)
    file.seek(position)
    little = header.transfer_syntax != _BIG_ENDIAN
    trailing: Dataset = _guarded(lambda: read_dataset(cast("BinaryIO", file), header.pixels.vr == "", little))
    return trailing
