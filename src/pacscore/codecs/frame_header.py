"""The frame header that JPEG and JPEG-LS share, read and checked before a decoder of others sees the frame."""

from __future__ import annotations

from dataclasses import dataclass

from pacscore.codecs.jpeg_segments import EOI, SOF_MARKERS, SOS, Segment, segments
from pacscore.codecs.protocol import Buffer
from pacscore.errors import DataError, UnsupportedError
from pacscore.pixel_format import PixelFormat
from pacscore.report import Damage

__all__ = ["FrameHeader", "missing_end", "read_frame_header"]

_TAIL = 1 << 16
_APP0, _APP14 = 0xE0, 0xEE
_PRECISIONS = {0xC0: (8,), 0xC1: (8, 12), 0xC2: (8, 12)}


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """What a start of frame segment says, and what stands before it about colour.

    Source: T.81 B.2.2; T.87 C.2.2; T.871; T.872 6.5.3.

    Attributes
    ----------
    marker : int
        Its second byte: 0xC0 baseline, 0xC1 extended, 0xC2 progressive, 0xC3 lossless, 0xF7 JPEG-LS.
    precision : int, in bits
    rows, columns, components : int
    identifiers : bytes
        One of each component.
    sampling : tuple of (int, int)
        Horizontal and vertical sampling factor of each component.
    adobe_transform : int or None
        Of an Adobe APP14 segment: 0 none, 1 YCbCr.
    jfif : bool
        Whether there is a JFIF APP0 segment, which stands for YCbCr.
    """

    marker: int
    precision: int
    rows: int
    columns: int
    components: int
    identifiers: bytes = b""
    sampling: tuple[tuple[int, int], ...] = ()
    adobe_transform: int | None = None
    jfif: bool = False

    def check(self, stored: PixelFormat, name: str) -> None:
        """Raise DataError where the size of a frame is not that of the Image Pixel attributes."""
        possible = _PRECISIONS.get(self.marker, range(2, 17))
        if self.precision not in possible:
            raise DataError(
                f"the {name} frame header says {self.precision} bits a sample (T.81 B.2.2)",
                marker="SOF",
                clause="T.81 B.2.2",
            )
        mine = (self.rows, self.columns, self.components)
        theirs = (stored.rows, stored.columns, stored.samples_per_pixel)
        if mine != theirs:
            raise DataError(
                f"the {name} frame header says {mine[0]} x {mine[1]} pixels of {mine[2]} samples; "
                f"the data set says {theirs[0]} x {theirs[1]} of {theirs[2]}",
                marker="SOF",
            )

    @property
    def colour(self) -> str | None:
        """What the frame itself says that three components are: "RGB" or "YBR"; None where it does not tell."""
        if self.components != 3:
            return None
        if self.adobe_transform is not None:
            return "YBR" if self.adobe_transform else "RGB"
        if self.identifiers == b"RGB":
            return "RGB"
        return "YBR" if self.jfif or self.sampling[1:] != self.sampling[:1] * 2 else None


def read_frame_header(data: Buffer, markers: frozenset[int], name: str) -> FrameHeader:
    """Return the frame header of a JPEG or JPEG-LS frame.

    Parameters
    ----------
    data : bytes-like
        The frame, from SOI on.
    markers : frozenset of int
        The frame headers that the caller's decoder reads.
    name : str
        What messages call the format.

    Raises
    ------
    DataError
        If there is none before the first scan, or it is none that the standard knows.
    UnsupportedError
        If it is of another process, or leaves the number of rows to a DNL segment.
    """
    adobe: int | None = None
    jfif = False
    for segment in segments(data, name):
        marker, offset, body = segment
        if marker == _APP14 and body[:5] == b"Adobe" and len(body) >= 12:
            adobe = body[11]
        elif marker == _APP0 and body[:5] == b"JFIF\0":
            jfif = True
        elif marker in SOF_MARKERS:
            return _frame_header(segment, markers, name, adobe, jfif)
        elif marker == SOS:
            raise DataError(f"the {name} frame has no frame header before its first scan", offset=offset, marker="SOF")
    raise DataError(f"the {name} frame has no frame header before its end", marker="SOF")


def _frame_header(segment: Segment, markers: frozenset[int], name: str, adobe: int | None, jfif: bool) -> FrameHeader:
    marker, offset, body = segment
    if marker not in markers:
        raise UnsupportedError(f"{name} frame header of process FF{marker:02X}", feature=f"SOF FF{marker:02X}")
    if len(body) < 6 or len(body) != 6 + 3 * body[5]:
        raise DataError(f"the {name} frame header at byte {offset:,} is cut short", offset=offset, marker="SOF")
    rows, columns = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
    if rows == 0:
        raise UnsupportedError(f"{name} frame whose rows follow in a DNL segment", feature="DNL", clause="T.81 B.2.5")
    sampling = tuple((factors >> 4, factors & 15) for factors in body[7::3])
    if not all(1 <= h <= 4 and 1 <= v <= 4 for h, v in sampling):
        raise DataError(
            f"the {name} frame header has sampling factors {sampling}; 1 to 4 are possible (T.81 B.2.2)",
            offset=offset,
            marker="SOF",
            clause="T.81 B.2.2",
        )
    identifiers = body[6::3]
    if len(set(identifiers)) < len(identifiers):
        raise DataError(f"the {name} frame header names a component twice", offset=offset, marker="SOF")
    return FrameHeader(marker, body[0], rows, columns, body[5], identifiers, sampling, adobe, jfif)


def missing_end(data: Buffer, name: str) -> tuple[Damage, ...]:
    """Return the damage of a frame without EOI, which may have been cut short; in coded data FFD9 cannot occur.

    Source: T.81 B.2.1 and F.1.2.3; T.87 C.1.
    """
    view = memoryview(data)
    if bytes(view[-_TAIL:]).rfind(bytes((0xFF, EOI))) >= 0:
        return ()
    return (Damage("truncated", f"the {name} frame ends without EOI: it may not be whole (T.81 B.2.1)", view.nbytes),)
