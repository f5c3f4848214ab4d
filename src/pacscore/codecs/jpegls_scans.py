"""The parameters and scans of a JPEG-LS frame, checked before a decoder of others sees them."""

from __future__ import annotations

from pacscore.codecs.frame_header import FrameHeader
from pacscore.codecs.jpeg_segments import LSE, SOF_MARKERS, SOS, Segment, check_tables, segments
from pacscore.codecs.protocol import Buffer
from pacscore.errors import DataError, UnsupportedError

__all__ = ["check_segments"]

_PRESET, _TABLE, _MORE_OF_TABLE, _LARGE_SIZE = 1, 2, 3, 4


def check_segments(data: Buffer, header: FrameHeader, name: str) -> int:
    """Return the largest NEAR of the scans; raise where parameters or scans contradict the standard.

    Source: T.87 C.2.3 and C.2.4.

    Raises
    ------
    DataError
        If a segment is wrong, a second frame header follows, or components are left without a scan.
    UnsupportedError
        If samples are indices of a mapping table, or the size is in an LSE segment.
    """
    maximum = (1 << header.precision) - 1
    seen: list[int] = []
    nears = [0]
    frame_headers = 0
    for segment in segments(data, name):
        if segment.marker in SOF_MARKERS:
            frame_headers += 1
            if frame_headers > 1:
                raise _wrong(segment, name, "a second frame header")
        elif segment.marker == LSE:
            maximum = _preset(segment, name, maximum)
        elif segment.marker == SOS:
            nears.append(_near(segment, header, name, maximum))
            seen += segment.body[1 : 1 + 2 * segment.body[0] : 2]
            if len(seen) >= header.components:
                break
        else:
            check_tables(segment, name)
    if sorted(seen) != sorted(header.identifiers):
        raise DataError(f"the {name} frame has scans of components {seen}, not of {list(header.identifiers)}")
    return max(nears)


def _wrong(segment: Segment, name: str, what: str) -> DataError:
    return DataError(f"the {name} frame at byte {segment.offset:,}: {what}", offset=segment.offset, clause="T.87 C.2.3")


def _preset(segment: Segment, name: str, maximum: int) -> int:
    """Return MAXVAL after a segment of preset parameters."""
    body = segment.body
    kind = body[0] if body else 0
    if kind in (_TABLE, _MORE_OF_TABLE, _LARGE_SIZE):
        what = "size" if kind == _LARGE_SIZE else "mapping table"
        raise UnsupportedError(f"{name} with a {what} in an LSE segment", feature=f"LSE {kind}", clause="T.87 C.2.4.1")
    if kind != _PRESET or len(body) != 11:
        raise _wrong(segment, name, f"an LSE segment of kind {kind} and {len(body)} bytes")
    told, first, second, third, reset = (int.from_bytes(body[at : at + 2], "big") for at in range(1, 11, 2))
    if told > maximum:
        raise _wrong(segment, name, f"MAXVAL {told}; the precision allows {maximum}")
    maximum = told or maximum
    thresholds = [threshold for threshold in (first, second, third) if threshold]
    if thresholds != sorted(thresholds) or (thresholds and thresholds[-1] > maximum):
        raise _wrong(segment, name, f"thresholds {first}, {second}, {third} with MAXVAL {maximum}")
    if reset and not 3 <= reset <= max(255, maximum):
        raise _wrong(segment, name, f"RESET {reset}")
    return maximum


def _near(segment: Segment, header: FrameHeader, name: str, maximum: int) -> int:
    body = segment.body
    count = body[0] if body else 0
    if not 1 <= count <= 4 or len(body) != 4 + 2 * count:
        raise _wrong(segment, name, f"a scan header of {count} components in {len(body)} bytes")
    if not set(body[1 : 1 + 2 * count : 2]) <= set(header.identifiers):
        raise _wrong(segment, name, "a scan of components that the frame does not have")
    if any(body[2 : 2 + 2 * count : 2]):
        raise UnsupportedError(f"{name} with a mapping table", feature="mapping table", clause="T.87 C.2.3")
    near, interleaving, transform = body[-3:]
    if near > min(255, maximum // 2) or interleaving > 2 or (count > 1) != (interleaving > 0) or transform & 15:
        raise _wrong(segment, name, f"NEAR {near}, interleave mode {interleaving}, point transform {transform}")
    return near
