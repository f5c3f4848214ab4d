"""DICOM files: preamble, File Meta Information, and a data set around its pixel data."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_file_meta_info
from pydicom.uid import UID

from pacscore.dicom.data_elements import encode_data_set
from pacscore.dicom.pixel_data_writer import Sink

__all__ = [
    "BIG_ENDIAN",
    "DEFLATED",
    "IMPLEMENTATION_CLASS_UID",
    "IMPLEMENTATION_VERSION_NAME",
    "IMPLICIT",
    "NATIVE",
    "write_part10",
]

IMPLEMENTATION_CLASS_UID = "2.25.49683892291528597775556532380303204039"
IMPLEMENTATION_VERSION_NAME = "PACSCORE_0_1"

IMPLICIT = "1.2.840.10008.1.2"
DEFLATED = "1.2.840.10008.1.2.1.99"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
NATIVE = frozenset({IMPLICIT, "1.2.840.10008.1.2.1", DEFLATED})
"""Native transfer syntaxes that are written; Explicit VR Big Endian is retired and only read."""


class _Deflater:
    """A sink that deflates on the way to another (PS3.5 A.5)."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._deflate = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        self._written = 0

    def write(self, data: bytes, /) -> None:
        self._put(self._deflate.compress(data))

    def finish(self) -> None:
        self._put(self._deflate.flush())
        self._sink.write(b"\0" * (self._written % 2))

    def _put(self, data: bytes) -> None:
        self._sink.write(data)
        self._written += len(data)


def write_part10(sink: Sink, dataset: Dataset, transfer_syntax: str, write_pixel_data: Callable[[Sink], None]) -> None:
    """Write a file, little endian, with a new File Meta Information.

    Source: PS3.10 7.1; PS3.5 7.1, A.1 to A.5.

    Parameters
    ----------
    sink : Sink
        An empty file.
    dataset : pydicom.Dataset
        Offset tables, pixel data and group lengths in it are left out.
    transfer_syntax : str
        Of the file.
    write_pixel_data : callable
        Writes what belongs to Pixel Data between the elements before and after it.

    Raises
    ------
    DicomError
        If an identifier is missing, or an element cannot be written.
    """
    implicit = transfer_syntax == IMPLICIT
    before, after = (encode_data_set(part, implicit=implicit) for part in (dataset[:0x7FE00001], dataset[0x7FE00011:]))
    sink.write(b"\0" * 128 + b"DICM" + _file_meta(dataset, transfer_syntax))
    body: Sink = sink
    deflater = None
    if transfer_syntax == DEFLATED:
        body = deflater = _Deflater(sink)
    body.write(before)
    write_pixel_data(body)
    body.write(after)
    if deflater is not None:
        deflater.finish()


def _file_meta(dataset: Dataset, transfer_syntax: str) -> bytes:
    """Encode group 2, its own length included (PS3.10 7.1)."""
    meta = FileMetaDataset()
    meta.FileMetaInformationVersion = b"\0\1"
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = UID(transfer_syntax)
    meta.ImplementationClassUID = UID(IMPLEMENTATION_CLASS_UID)
    meta.ImplementationVersionName = IMPLEMENTATION_VERSION_NAME
    buffer = DicomBytesIO()
    write_file_meta_info(buffer, meta)
    return bytes(buffer.getvalue())
