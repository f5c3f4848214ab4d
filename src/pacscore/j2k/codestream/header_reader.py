"""From bytes to headers: the segments up to the first SOT, and those of a tile-part up to SOD.

Source: T.800 A.3.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import Final, TypeAlias

from pacscore.errors import CodestreamError, TruncatedError, UnsupportedError
from pacscore.j2k.codestream import markers
from pacscore.j2k.codestream.headers import MainHeader
from pacscore.j2k.codestream.segment_reader import read_segment
from pacscore.j2k.codestream.segments import (
    Cap,
    Coc,
    Cod,
    Cpf,
    Crg,
    Plm,
    Plt,
    Ppm,
    Ppt,
    Prf,
    Qcd,
    Segment,
    Siz,
    Tlm,
    marker_of,
)

BytesLike: TypeAlias = bytes | bytearray | memoryview

_MAIN_ONLY: Final = (Siz, Cap, Prf, Cpf, Tlm, Plm, Ppm, Crg)
_TILE_PART_ONLY: Final = (Plt, Ppt)
_MARKER_AND_LENGTH: Final = struct.Struct(">HH")
_LARGEST_KEPT: Final = 1 << 14
"""Bytes up to the end of a main header that is worth keeping; longer ones hold tables that differ by frame."""


def read_main_header(data: BytesLike, start: int = 0) -> MainHeader:
    """Return the main header of the codestream that begins at ``start``.

    Source: T.800 A.3, A.4.1.

    Parameters
    ----------
    data : bytes-like
        It need not hold more than the main header and the marker behind it.
    start : int, in bytes
        Where SOC is.

    Raises
    ------
    TruncatedError
        If the data ends before the first SOT.
    CodestreamError
        If a segment is missing, misplaced or has a value that is not allowed.
    UnsupportedError
        If extensions of Part 2 are needed.
    """
    view = memoryview(data).cast("B")
    stop = _stop_of_lengths(view, start)
    if stop is None or stop > _LARGEST_KEPT:
        return _parse(view, start)
    return _parse_once(bytes(view[start:stop]), start)


def _stop_of_lengths(view: memoryview, start: int) -> int | None:
    """Return what is behind the first SOT marker if lengths lead there from SOC, None if they lead astray."""
    position, last = start + 2, len(view) - 4
    while position <= last:
        marker, length = _MARKER_AND_LENGTH.unpack_from(view, position)
        if marker == markers.SOT:
            return position + 2
        if marker in markers.WITHOUT_LENGTH:
            return None
        position += 2 + length
    return None


@lru_cache(maxsize=64)
def _parse_once(header: bytes, start: int) -> MainHeader:
    """Frames of one series have equal headers. ``start`` is where this one lies; messages tell offsets from there."""
    return _parse(memoryview(bytes(start) + header), start)


def _parse(view: memoryview, start: int) -> MainHeader:
    if marker_at(view, start) != markers.SOC:
        raise CodestreamError(
            f"no SOC at byte {start:,} (T.800 A.4.1)", offset=start, marker="SOC", clause="T.800 A.4.1"
        )
    notes: list[str] = []
    siz, position = _next_segment(view, start + 2, len(view), 0, notes)
    if not isinstance(siz, Siz):
        raise CodestreamError(
            f"no SIZ behind SOC, at byte {start + 2:,} (T.800 A.5.1)",
            offset=start + 2,
            marker="SIZ",
            clause="T.800 A.5.1",
        )
    segments: list[Segment] = [siz]
    while marker_at(view, position) != markers.SOT:
        segment, stop = _next_segment(view, position, len(view), siz.csiz, notes)
        if isinstance(segment, Siz):
            raise CodestreamError(
                f"a second SIZ at byte {position:,}", offset=position, marker="SIZ", clause="T.800 A.3"
            )
        _check_component_transform(segment, siz, position, notes)
        if isinstance(segment, _TILE_PART_ONLY):
            notes.append(f"{_name(segment)} at byte {position:,} has no place in a main header; ignored")
        else:
            segments.append(segment)
        position = stop
    _note_oddities(segments, notes)
    return MainHeader(tuple(segments), position, tuple(notes))


def read_tile_part_header(
    view: memoryview, position: int, limit: int, siz: Siz, notes: list[str]
) -> tuple[tuple[Segment, ...], int]:
    """Return the segments of a tile-part header and where its packets start.

    Parameters
    ----------
    view : memoryview of bytes
    position, limit : int, in bytes
        Behind SOT, and where the tile-part ends.
    siz : Siz
    notes : list of str
        Oddities are appended.

    Raises
    ------
    CodestreamError, UnsupportedError
        As `read_main_header`; TruncatedError if there is no SOD up to ``limit``.
    """
    segments: list[Segment] = []
    while marker_at(view, position, limit) != markers.SOD:
        segment, stop = _next_segment(view, position, limit, siz.csiz, notes)
        _check_component_transform(segment, siz, position, notes)
        if isinstance(segment, _MAIN_ONLY):
            notes.append(f"{_name(segment)} at byte {position:,} has no place in a tile-part header; ignored")
        else:
            segments.append(segment)
        position = stop
    return tuple(segments), position + 2


def marker_at(view: memoryview, position: int, limit: int | None = None) -> int:
    """Return the 16 bits at ``position``; TruncatedError if they are not all there."""
    if position + 2 > (len(view) if limit is None else limit):
        raise TruncatedError(f"the header ends at byte {position:,}, a marker is missing (T.800 A.3)", offset=position)
    return view[position] << 8 | view[position + 1]


def _next_segment(view: memoryview, position: int, limit: int, csiz: int, notes: list[str]) -> tuple[Segment, int]:
    """Return the segment at ``position`` and where it stops."""
    marker = marker_at(view, position, limit)
    name = markers.name_of(marker)
    if marker < 0xFF00 or marker in markers.DELIMITERS:
        raise CodestreamError(f"{name} at byte {position:,}, where a marker segment is expected", offset=position)
    if marker in markers.PART_2:
        raise UnsupportedError(
            f"{name} at byte {position:,}: an extension of Part 2", feature="T.801", clause="T.801 A.3"
        )
    if marker in markers.WITHOUT_LENGTH:
        return read_segment(marker, None, csiz=csiz, offset=position, notes=notes), position + 2
    body = position + 4
    length = marker_at(view, position + 2, limit)
    if length < 2:
        raise CodestreamError(f"{name} at byte {position:,}: length {length} is below 2", offset=position, marker=name)
    stop = body + length - 2
    if stop > limit:
        raise TruncatedError(
            f"{name} at byte {position:,}: {length} bytes long, but its header ends at byte {limit:,}",
            offset=position,
            marker=name,
            clause=markers.clause_of(marker),
        )
    return read_segment(marker, bytes(view[body:stop]), csiz=csiz, offset=position, notes=notes), stop


def _check_component_transform(segment: Segment, siz: Siz, offset: int, notes: list[str]) -> None:
    if not isinstance(segment, Cod) or not segment.sgcod_mct:
        return
    if siz.csiz < 3:
        notes.append(f"COD at byte {offset:,}: a transform of three components, there are {siz.csiz}; ignored")
    elif len({(component.xrsiz, component.yrsiz) for component in siz.components[:3]}) != 1:
        raise CodestreamError(
            f"COD at byte {offset:,}: a transform of components whose samples lie apart differently (T.800 G.1)",
            offset=offset,
            marker="COD",
            clause="T.800 G.1",
        )


def _note_oddities(segments: list[Segment], notes: list[str]) -> None:
    kinds = [type(segment) for segment in segments]
    repeated = (kind for kind in (Cod, Qcd, Cap) if kinds.count(kind) > 1)
    notes.extend(f"the main header has {kinds.count(kind)} {kind.__name__.upper()} segments" for kind in repeated)
    styles = [segment.spcod.style for segment in segments if isinstance(segment, Cod)]
    styles += [segment.spcoc.style for segment in segments if isinstance(segment, Coc)]
    if Cap not in kinds and any(style & 0x40 for style in styles):
        notes.append("HT code-blocks without CAP (T.814 A.3)")
    if any(style & 0xC0 == 0x40 and style & 0x37 for style in styles):
        notes.append("code-block styles of Part 1 with HT code-blocks alone; ignored (T.814 A.4)")


def _name(segment: Segment) -> str:
    return markers.name_of(marker_of(segment))
