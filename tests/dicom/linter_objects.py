"""Sound objects for the linter, byte for byte under our control, and ways to spoil them."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from typing import Any

import imagecodecs
import numpy as np
from pydicom import dcmwrite
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID

import pacscore as pc

PREFIX = "1.2.840.10008.1.2.4."
EXPLICIT, IMPLICIT, DEFLATED = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.1.99"
BASELINE, EXTENDED, LOSSLESS_JPEG, SV1 = (f"{PREFIX}{number}" for number in (50, 51, 57, 70))
JPEG_LS, NEAR_LOSSLESS = f"{PREFIX}80", f"{PREFIX}81"
J2K_LOSSLESS, J2K = f"{PREFIX}90", f"{PREFIX}91"
HT_LOSSLESS, RPCL, HT = f"{PREFIX}201", f"{PREFIX}202", f"{PREFIX}203"
RLE = "1.2.840.10008.1.2.5"

GREY = np.random.default_rng(1).integers(0, 4096, (3, 40, 50)).astype(np.uint16)
"""Three frames of 12 bits."""
SIGNED = np.random.default_rng(2).integers(-2048, 2048, (2, 40, 50)).astype(np.int16)
"""Two frames of 12 bits, two's complement."""
COLOUR = np.random.default_rng(3).integers(0, 256, (1, 40, 50, 3)).astype(np.uint8)
"""One frame of RGB."""
SMOOTH = (np.mgrid[0:40, 0:50][0] * 3 + np.mgrid[0:40, 0:50][1]).astype(np.uint8)[None]
"""One frame that compresses well."""
LARGE = np.random.default_rng(4).integers(0, 256, (1, 300, 280)).astype(np.uint8)
"""One frame whose lowest resolution can be too large."""


def described(stack: np.ndarray, bits: int | None = None, **attributes: Any) -> Dataset:
    """Return a data set that describes frames, shape (frames, rows, columns[, samples]), without their pixels."""
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7.4", "1.2.3.4"
    ds.ImageType = ["DERIVED", "SECONDARY"]
    samples = stack.shape[3] if stack.ndim == 4 else 1
    ds.SamplesPerPixel, ds.Rows, ds.Columns, ds.NumberOfFrames = samples, *stack.shape[1:3], len(stack)
    ds.PhotometricInterpretation = "RGB" if samples == 3 else "MONOCHROME2"
    ds.BitsAllocated = 8 * stack.dtype.itemsize
    ds.BitsStored = bits or (12 if ds.BitsAllocated == 16 else ds.BitsAllocated)
    ds.HighBit, ds.PixelRepresentation = ds.BitsStored - 1, int(stack.dtype.kind == "i")
    if samples == 3:
        ds.PlanarConfiguration = 0
    for keyword, value in attributes.items():
        setattr(ds, keyword, value)
    return ds


def without(ds: Dataset, *keywords: str) -> Dataset:
    """Return a data set without some attributes."""
    for keyword in keywords:
        delattr(ds, keyword)
    return ds


def part10(ds: Dataset, syntax: str, pixel_data: bytes, *, behind: bytes = b"", **meta: Any) -> bytes:
    """Return a file: the data set, then a Pixel Data element as it is given, then whatever shall be behind it."""
    ds.file_meta = FileMetaDataset()
    ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
    ds.file_meta.TransferSyntaxUID = UID(syntax)
    ds.file_meta.ImplementationClassUID = UID("1.2.3")
    for keyword, value in meta.items():
        setattr(ds.file_meta, keyword, value)
    file = io.BytesIO()
    implicit = syntax == IMPLICIT
    dcmwrite(file, ds, implicit_vr=implicit, little_endian=True, enforce_file_format=True)
    return file.getvalue() + pixel_data + behind


def native(value: bytes, vr: bytes = b"OW") -> bytes:
    """Return a Pixel Data element of defined length."""
    return struct.pack("<HH2sHL", 0x7FE0, 0x10, vr, 0, len(value)) + value


def words(stack: np.ndarray) -> bytes:
    """Return frames as native bytes, little endian."""
    return stack.astype(stack.dtype.newbyteorder("<")).tobytes()


def item(value: bytes) -> bytes:
    """Return an item, as long as it says, odd or not."""
    return struct.pack("<HHL", 0xFFFE, 0xE000, len(value)) + value


DELIMITER = struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)


def padded(frame: bytes) -> bytes:
    """Return a frame of even length."""
    return frame + bytes(len(frame) % 2)


def offsets_of(frames: Sequence[bytes]) -> list[int]:
    """Return where each frame's item begins, each frame being one."""
    found = [0]
    for frame in frames[:-1]:
        found.append(found[-1] + 8 + len(padded(frame)))
    return found


def encapsulated(
    frames: Sequence[bytes], *, table: bytes | None = None, delimiter: bytes = DELIMITER, vr: bytes = b"OB"
) -> bytes:
    """Return a Pixel Data element of one fragment a frame; with a right offset table unless another is given."""
    if table is None:
        table = struct.pack(f"<{len(frames)}L", *offsets_of(frames))
    head = struct.pack("<HH2sHL", 0x7FE0, 0x10, vr, 0, 0xFFFFFFFF)
    return head + item(table) + b"".join(item(padded(frame)) for frame in frames) + delimiter


def coded(stack: np.ndarray, syntax: str, bits: int | None = None, **options: Any) -> list[bytes]:
    """Return frames as codestreams."""
    bits = bits or (12 if stack.dtype.itemsize == 2 else None)
    return [pc.encode(frame, syntax, pc.J2KOptions(**options), bits_stored=bits) for frame in stack]


def grey_object(syntax: str, frames: Sequence[bytes], **attributes: Any) -> bytes:
    """Return the grey frames under a transfer syntax."""
    return part10(described(GREY, **attributes), syntax, encapsulated(frames))


def jpegs(stack: np.ndarray, **choices: Any) -> list[bytes]:
    """Return frames as JPEGs by another library."""
    return [bytes(imagecodecs.jpeg8_encode(np.ascontiguousarray(frame), **choices)) for frame in stack]


def lossy(ds: Dataset, method: str) -> Dataset:
    """Return a data set that tells of its loss."""
    ds.LossyImageCompression, ds.LossyImageCompressionRatio, ds.LossyImageCompressionMethod = "01", "5", method
    return ds
