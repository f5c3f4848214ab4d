"""The frame header that JPEG and JPEG-LS share, read and checked before a decoder of others sees the frame."""

from __future__ import annotations

from dataclasses import dataclass

from pacscore.codecs.protocol import Buffer
from pacscore.errors import DataError, UnsupportedError
from pacscore.pixel_format import PixelFormat
from pacscore.report import Damage

__all__ = ["FrameHeader", "missing_end", "read_frame_header"]

_SOI, _EOI, _SOS, _DHT, _JPG, _DAC = 0xD8, 0xD9, 0xDA, 0xC4, 0xC8, 0xCC
_JPEG_LS = 0xF7
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {_DHT, _JPG, _DAC} | {_JPEG_LS}


_TAIL = 1 << 16


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """What a start of frame segment says.

    Source: T.81 B.2.2; T.87 C.2.2.

    Attributes
    ----------
    marker : int
        Its second byte: 0xC0 baseline, 0xC1 extended, 0xC2 progressive, 0xC3 lossless, 0xF7 JPEG-LS.
    precision : int, in bits
    rows, columns, components : int
    """

    marker: int
    precision: int
    rows: int
    columns: int
    components: int

    def check(self, stored: PixelFormat, name: str) -> None:
        """Raise DataError where the size of a frame is not that of the Image Pixel attributes."""
        if not 2 <= self.precision <= 16:
            raise DataError(f"the {name} frame header says {self.precision} bits a sample", marker="SOF")
        mine = (self.rows, self.columns, self.components)
        theirs = (stored.rows, stored.columns, stored.samples_per_pixel)
        if mine != theirs:
            raise DataError(
                f"the {name} frame header says {mine[0]} x {mine[1]} pixels of {mine[2]} samples; "
                f"the data set says {theirs[0]} x {theirs[1]} of {theirs[2]}",
                marker="SOF",
            )


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
        If there is none before the first scan.
    UnsupportedError
        If it is of another process, or leaves the number of rows to a DNL segment.
    """
    view = memoryview(data)
    if bytes(view[:2]) != bytes((0xFF, _SOI)):
        raise DataError(f"the frame does not begin as {name} does: no SOI", offset=0, marker="SOI")
    position = 2
    while position + 4 <= view.nbytes:
        if view[position] != 0xFF:
            raise DataError(f"no marker at byte {position:,} of the {name} frame", offset=position)
        marker = view[position + 1]
        if marker == 0xFF:  # a fill byte
            position += 1
            continue
        if marker in _STANDALONE:
            position += 2
            continue
        if marker in (_SOS, _EOI):
            break
        length = int.from_bytes(view[position + 2 : position + 4], "big")
        if marker in _FRAME_HEADERS:
            return _frame_header(view[position : position + 2 + length], markers, name, position)
        position += 2 + max(length, 2)
    raise DataError(f"the {name} frame has no frame header before its first scan", offset=position, marker="SOF")


def _frame_header(segment: memoryview, markers: frozenset[int], name: str, offset: int) -> FrameHeader:
    marker = segment[1]
    if marker not in markers:
        raise UnsupportedError(f"{name} frame header of process FF{marker:02X}", feature=f"SOF FF{marker:02X}")
    if segment.nbytes < 10 or segment.nbytes < 10 + 3 * segment[9]:
        raise DataError(f"the {name} frame header at byte {offset:,} is cut short", offset=offset, marker="SOF")
    rows, columns = (int.from_bytes(segment[at : at + 2], "big") for at in (5, 7))
    if rows == 0:
        raise UnsupportedError(f"{name} frame whose rows follow in a DNL segment", feature="DNL", clause="T.81 B.2.5")
    return FrameHeader(marker, segment[4], rows, columns, segment[9])


def missing_end(data: Buffer, name: str) -> tuple[Damage, ...]:
    """Return the damage of a frame without EOI, which may have been cut short; in coded data FFD9 cannot occur.

    Source: T.81 B.2.1 and F.1.2.3; T.87 C.1.
    """
    view = memoryview(data)
    if bytes(view[-_TAIL:]).rfind(bytes((0xFF, _EOI))) >= 0:
        return ()
    return (Damage("truncated", f"the {name} frame ends without EOI: it may not be whole (T.81 B.2.1)", view.nbytes),)
