"""The marker segments of a JPEG or JPEG-LS frame, and what must hold of each before others' decoders see them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pacscore.codecs.protocol import Buffer
from pacscore.errors import DataError

__all__ = ["DHT", "DNL", "DQT", "DRI", "EOI", "JPEG_LS_FRAME", "LSE", "SOF_MARKERS", "SOI", "SOS", "Segment"]
__all__ += ["check_tables", "segments"]

SOI, EOI, SOS, DQT, DNL, DRI, DHT = 0xD8, 0xD9, 0xDA, 0xDB, 0xDC, 0xDD, 0xC4
JPEG_LS_FRAME, LSE = 0xF7, 0xF8
SOF_MARKERS = frozenset(range(0xC0, 0xD0)) - {DHT, 0xC8, 0xCC} | {JPEG_LS_FRAME}
"""Start of frame: of T.81 all but DHT, JPG and DAC, and that of T.87."""

_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_MARKER_AFTER_SCAN = re.compile(rb"\xff[\xc0-\xcf\xd8-\xfe]")


class Segment(NamedTuple):
    """A marker segment: the second byte of its marker, where that begins, and what follows the length."""

    marker: int
    offset: int
    body: bytes


def segments(data: Buffer, name: str) -> Iterator[Segment]:
    """Yield the marker segments of a frame, lazily: coded data is skipped only when more is asked for.

    Source: T.81 B.1.1; T.87 C.1.

    Raises
    ------
    DataError
        If there is no SOI, something else than a marker, or a segment that ends beyond the frame.
    """
    view = memoryview(data).cast("B")
    if bytes(view[:2]) != bytes((0xFF, SOI)):
        raise DataError(f"the frame does not begin as {name} does: no SOI", offset=0, marker="SOI")
    position = 2
    while position + 4 <= view.nbytes:
        if view[position] != 0xFF:
            raise DataError(f"no marker at byte {position:,} of the {name} frame", offset=position)
        marker = view[position + 1]
        if marker == 0xFF or marker in _STANDALONE:  # a fill byte, or a marker without a segment
            position += 1 if marker == 0xFF else 2
            continue
        if marker == EOI:
            return
        length = int.from_bytes(view[position + 2 : position + 4], "big")
        stop = position + 2 + length
        if marker == SOI or length < 2 or stop > view.nbytes:
            raise DataError(
                f"marker FF{marker:02X} at byte {position:,} of the {name} frame: a segment of {length:,} bytes is not "
                "possible there (T.81 B.1.1.4)",
                offset=position,
                clause="T.81 B.1.1.4",
            )
        yield Segment(marker, position, bytes(view[position + 4 : stop]))
        position = _behind_scan(view, stop) if marker == SOS else stop


def _behind_scan(view: memoryview, position: int) -> int:
    """Return where the next marker stands that is no restart."""
    found = _MARKER_AFTER_SCAN.search(view, position)
    return found.start() if found else view.nbytes


def check_tables(segment: Segment, name: str) -> None:
    """Raise DataError where a DHT, DQT or DRI segment cannot be what the standard describes.

    Source: T.81 B.2.4.1, B.2.4.2 and B.2.4.4.
    """
    check = {DHT: _fault_of_huffman, DQT: _fault_of_quantization, DRI: _fault_of_restarts}.get(segment.marker)
    fault = check(segment.body) if check else None
    if fault:
        raise DataError(
            f"marker FF{segment.marker:02X} at byte {segment.offset:,} of the {name} frame: {fault} (T.81 B.2.4)",
            offset=segment.offset,
            clause="T.81 B.2.4",
        )


def _fault_of_huffman(body: bytes) -> str | None:
    position = 0
    while position < len(body):
        counts = body[position + 1 : position + 17]
        room, code = 1, 0
        for count in counts:  # a code of each length: what is left doubles
            room = 2 * room - count
            code += count
            if room < 0:
                return "more Huffman codes than their lengths allow"
        if body[position] & ~0x13 or code > 256:
            return f"a Huffman table of class and destination {body[position]:02X} with {code} codes"
        position += 17 + code
        if len(counts) < 16 or position > len(body):
            return "a Huffman table that ends beyond its segment"
    return None


def _fault_of_quantization(body: bytes) -> str | None:
    position = 0
    while position < len(body):
        if body[position] & ~0x13:
            return f"a quantization table of precision and destination {body[position]:02X}"
        position += 1 + (128 if body[position] >> 4 else 64)
        if position > len(body):
            return "a quantization table that ends beyond its segment"
    return None


def _fault_of_restarts(body: bytes) -> str | None:
    return None if len(body) in (2, 3, 4) else f"a restart interval of {len(body)} bytes"
