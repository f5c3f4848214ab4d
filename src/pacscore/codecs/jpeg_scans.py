"""The scans of a JPEG frame, checked before a decoder of others sees them."""

from __future__ import annotations

from pacscore.codecs.frame_header import FrameHeader
from pacscore.codecs.jpeg_segments import SOF_MARKERS, SOS, Segment, check_tables, segments
from pacscore.codecs.protocol import Buffer
from pacscore.errors import DataError, LimitError

__all__ = ["check_segments", "read_predictor"]

_PROGRESSIVE, _LOSSLESS = 0xC2, 0xC3
_MOST_SCANS = 100
_COEFFICIENTS = 64


def check_segments(data: Buffer, header: FrameHeader, name: str) -> None:
    """Raise where tables or scans contradict the standard or the frame header.

    A single scan of all components ends the walk: what follows it is not decoded.

    Source: T.81 B.2.3, B.2.4, G.1.1.1.1 and H.1.2.1.

    Raises
    ------
    DataError
        If a segment is wrong, a second frame header follows, or there is no scan.
    LimitError
        If there are so many scans that only an attack has them: each costs a pass over the whole picture.
    """
    scans = frame_headers = 0
    for segment in segments(data, name):
        if segment.marker in SOF_MARKERS:
            frame_headers += 1
            if frame_headers > 1:
                raise _wrong(segment, name, "a second frame header")
        elif segment.marker == SOS:
            fault = _fault_of_scan(segment.body, header)
            if fault:
                raise _wrong(segment, name, fault)
            scans += 1
            if scans > _MOST_SCANS:
                raise LimitError(f"the {name} frame has more than {_MOST_SCANS} scans")
            if header.marker != _PROGRESSIVE and segment.body[0] == header.components:
                return
        else:
            check_tables(segment, name)
    if not scans:
        raise DataError(f"the {name} frame has no scan", marker="SOS", clause="T.81 B.2.1")


def read_predictor(data: Buffer, name: str) -> int | None:
    """Return the predictor of the first scan of a lossless frame; None where there is no scan."""
    body = next((segment.body for segment in segments(data, name) if segment.marker == SOS), b"")
    return body[-3] if len(body) >= 6 else None


def _wrong(segment: Segment, name: str, what: str) -> DataError:
    return DataError(f"the {name} frame at byte {segment.offset:,}: {what}", offset=segment.offset, marker="SOS")


def _fault_of_scan(body: bytes, header: FrameHeader) -> str | None:
    count = body[0] if body else 0
    if not 1 <= count <= 4 or len(body) != 4 + 2 * count:
        return f"a scan header of {count} components in {len(body)} bytes (T.81 B.2.3)"
    named = body[1 : 1 + 2 * count : 2]
    if len(set(named)) < count or not set(named) <= set(header.identifiers):
        return f"a scan of components {list(named)}; the frame has {list(header.identifiers)} (T.81 B.2.3)"
    if any(tables & ~0x33 for tables in body[2 : 2 + 2 * count : 2]):
        return "a scan with entropy coding tables that cannot be (T.81 B.2.3)"
    start, stop, approximation = body[-3:]
    if header.marker == _LOSSLESS and not (1 <= start <= 7 and approximation < header.precision):
        return f"predictor {start} and point transform {approximation} (T.81 H.1.2.1)"
    if header.marker == _PROGRESSIVE and not _is_band(start, stop, count):
        return f"a scan of coefficients {start} to {stop} of {count} components (T.81 G.1.1.1.1)"
    return None  # of a sequential scan they mean nothing, and field files have other values than 0 and 63


def _is_band(start: int, stop: int, components: int) -> bool:
    if start == 0:
        return stop == 0
    return start <= stop < _COEFFICIENTS and components == 1
