"""A JPEG as JPEG XL and back, byte for byte."""

from __future__ import annotations

from pacscore.codecs.frame_header import read_frame_header
from pacscore.codecs.jpegxl import JPEG_XL
from pacscore.codecs.jpegxl_header import has_jpeg
from pacscore.codecs.whole_frame import foreign_errors
from pacscore.errors import UnsupportedError
from pacscore.pixel_format import PixelFormat

__all__ = ["JPEG_SYNTAXES", "JPEG_XL_RECOMPRESSION", "jpeg_to_jpeg_xl", "jpeg_xl_to_jpeg"]

JPEG_XL_RECOMPRESSION = "1.2.840.10008.1.2.4.111"

_PROCESSES = {
    "1.2.840.10008.1.2.4.50": (0xC0,),
    "1.2.840.10008.1.2.4.51": (0xC0, 0xC1),
    "1.2.840.10008.1.2.4.53": (0xC2,),
    "1.2.840.10008.1.2.4.55": (0xC2,),
}
"""The frame headers that each transfer syntax of DCT-based JPEG allows (PS3.5 A.4.1; T.81 B.1.1.3)."""

JPEG_SYNTAXES = frozenset(_PROCESSES)
"""Transfer syntaxes whose frames may be recompressed."""


def jpeg_to_jpeg_xl(data: bytes, stored: PixelFormat) -> bytes:
    """Return a JPEG recompressed as JPEG XL, having checked that its bytes come back.

    Source: ISO/IEC 18181-2 clause 9 (jbrd); PS3.5 A.4.

    Raises
    ------
    UnsupportedError
        If the JPEG has more than 8 bits a sample, or its bytes do not come back.
    DataError
        If its frame header contradicts ``stored``, or libjxl cannot read it.
    """
    header = read_frame_header(data, frozenset({0xC0, 0xC1, 0xC2}), "JPEG")
    header.check(stored, "JPEG")
    if header.precision != 8:
        raise UnsupportedError(
            f"a JPEG of {header.precision} bits a sample has no recompression as JPEG XL: only 8 bits have",
            feature="JPEG XL recompression of more than 8 bits",
        )
    import imagecodecs  # noqa: PLC0415 - only where JPEG XL is made

    with foreign_errors("JPEG"):
        recompressed = bytes(imagecodecs.jpegxl_encode_jpeg(data, numthreads=1))
    if not has_jpeg(recompressed) or JPEG_XL.jpeg(recompressed, stored) != data:
        raise UnsupportedError("this JPEG does not come back byte for byte from JPEG XL", feature="JPEG recompression")
    return recompressed


def jpeg_xl_to_jpeg(data: bytes, stored: PixelFormat, transfer_syntax: str) -> bytes:
    """Return the JPEG that was recompressed, if it may be a frame of the transfer syntax.

    Raises
    ------
    UnsupportedError
        If the JPEG is of a process that the transfer syntax does not allow, or the frame holds no JPEG.
    """
    if not has_jpeg(data):
        raise UnsupportedError("the JPEG XL frame holds no JPEG that could be rebuilt", feature="JPEG recompression")
    jpeg = JPEG_XL.jpeg(data, stored)
    header = read_frame_header(jpeg, frozenset({0xC0, 0xC1, 0xC2}), "JPEG")
    header.check(stored, "JPEG")
    if header.marker not in _PROCESSES[transfer_syntax]:
        fitting = ", ".join(sorted(uid for uid, markers in _PROCESSES.items() if header.marker in markers))
        raise UnsupportedError(
            f"the recompressed JPEG is of process SOF FF{header.marker:02X}: it may become {fitting} by its bytes, "
            f"not {transfer_syntax}; with options for the codec its pixels are encoded anew",
            feature="JPEG recompression",
            clause="PS3.5 A.4.1",
        )
    return jpeg
