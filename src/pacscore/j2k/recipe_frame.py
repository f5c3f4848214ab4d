"""What stands around the packets of a codestream: its frame, and what of that can be computed from the packets.

A frame is the codestream, and the file around it, without the bodies of tile-parts. Where headers tell of packets, the
frame of a recipe has what they tell exclusive-or what the packets say, which mostly is zero: Psot, Ptlm, and what PLT,
PPM and PPT hold. Marker segments stay where they are, so that both sides find them.

Source: T.800 A.3, A.4.2, A.7.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from pacscore.errors import CodestreamError
from pacscore.j2k.codestream import markers
from pacscore.j2k.codestream.headers import Codestream, TilePart
from pacscore.j2k.codestream.reader import read_codestream

__all__ = ["Told", "cut_frame", "exclusive_or", "read_frame", "told_places"]

_SOT = struct.Struct(">HHHI")
_SOT_SIZE, _PSOT = 12, 6


class Told(NamedTuple):
    """A place in the frame where a header tells of packets.

    Attributes
    ----------
    marker : int
        SOT, TLM, PLT, PPM or PPT.
    part : int
        Which of the frame's tile-parts the header belongs to; none for main headers.
    start, stop : int, in bytes
    """

    marker: int
    part: int
    start: int
    stop: int


def cut_frame(data: memoryview, parts: Sequence[TilePart]) -> bytes:
    """Return the data without the bodies of tile-parts."""
    pieces, position = [], 0
    for part in sorted(parts, key=lambda part: part.offset):
        pieces.append(data[position : part.body_start])
        position = part.body_stop
    return b"".join([*pieces, data[position:]])


def _segments(frame: bytes, position: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield marker, start and stop of what segments hold, up to one with marker ``end``; lastly that."""
    while position + 4 <= len(frame):
        marker, length = struct.unpack_from(">HH", frame, position)
        if marker == end:
            yield marker, position, position + 2
            return
        if marker in markers.WITHOUT_LENGTH:
            length = 0
        yield marker, position + 4, position + 2 + length
        position += 2 + length
    raise CodestreamError(f"no {markers.name_of(end)} in the frame of a codestream (T.800 A.3)")


def _parts(frame: bytes, position: int) -> Iterator[tuple[int, int]]:
    """Yield where tile-parts and their bodies begin; bodies are empty."""
    while position + _SOT_SIZE + 2 <= len(frame):
        marker, length, _, _ = _SOT.unpack_from(frame, position)
        if (marker, length) != (markers.SOT, 10):
            return
        if frame[position + _SOT_SIZE : position + _SOT_SIZE + 2] == b"\xff\x93":
            body = position + _SOT_SIZE + 2
        else:
            *_, (_, _, body) = _segments(frame, position + _SOT_SIZE, markers.SOD)
        yield position, body
        position = body


def read_frame(frame: bytes, start: int) -> Codestream:
    """Return headers and tile-parts of a frame, whose packets are none; offsets are those in the frame.

    Parameters
    ----------
    frame : bytes
        Psot may be anything.
    start : int
        Where SOC is.
    """
    *_, (_, first, _) = _segments(frame, start + 2, markers.SOT)
    filled = bytearray(frame)
    for offset, body in _parts(frame, first):
        filled[offset + _PSOT : offset + _PSOT + 4] = (body - offset).to_bytes(4, "big")
    return read_codestream(filled, start)


def _lengths_of_tlm(frame: bytes, start: int, stop: int) -> Iterator[Told]:
    """Source: T.800 A.7.1."""
    stlm = frame[start + 1]
    width, skipped = 4 if stlm & 0x40 else 2, stlm >> 4 & 3
    for position in range(start + 2 + skipped, stop - width + 1, width + skipped):
        yield Told(markers.TLM, -1, position, position + width)


def told_places(frame: bytes, stream: Codestream) -> list[Told]:
    """Return where the frame's headers tell of packets, in the order of the frame."""
    told: list[Told] = []
    for marker, start, stop in _segments(frame, stream.start + 2, markers.SOT):
        if marker == markers.TLM and stop - start >= 2:
            told += _lengths_of_tlm(frame, start, stop)
        if marker == markers.PPM:
            told.append(Told(marker, -1, start + 1, stop))
    for number, part in enumerate(stream.tile_parts):
        told.append(Told(markers.SOT, number, part.offset + _PSOT, part.offset + _PSOT + 4))
        told += [
            Told(marker, number, start + 1, stop)
            for marker, start, stop in _segments(frame, part.offset + _SOT_SIZE, markers.SOD)
            if marker in (markers.PLT, markers.PPT)
        ]
    return told


def exclusive_or(frame: bytes, said: Mapping[Told, bytes]) -> bytes:
    """Return the frame with what packets say exclusive-or what it tells; short of bytes, they say zeros."""
    changed = bytearray(frame)
    for place, value in said.items():
        length = max(place.stop - place.start, 0)
        number = int.from_bytes(frame[place.start : place.stop], "big")
        other = int.from_bytes(value[:length].ljust(length, b"\0"), "big")
        changed[place.start : place.stop] = (number ^ other).to_bytes(length, "big")
    return bytes(changed)
