"""What the headers of a JPEG 2000 frame say, as far as rules ask for it.

Source: T.800 annexes A and I; T.814 annex A.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from pacscore.errors import CodestreamError, LimitError
from pacscore.j2k.codestream.headers import Codestream, MainHeader
from pacscore.j2k.codestream.reader import read_codestream, read_main_header
from pacscore.j2k.codestream.resolve import component_codings
from pacscore.j2k.codestream.segments import Coc, Cod, CodingStyle, Poc, Siz

__all__ = ["CodestreamFacts", "codestream_bounds", "read_codestream_facts"]

_SOC_SIZ = b"\xff\x4f\xff\x51"
_SIGNATURE = b"\x00\x00\x00\x0cjP  "
_BOXES_BEFORE = 1 << 16
"""Bytes in which boxes before the codestream must end."""
_BOX = struct.Struct(">L4s")
_RPCL = 2
_SOT, _SOT_MARKER = struct.Struct(">HHHL"), 0xFF90
_SEGMENT = struct.Struct(">HH")
_MOST_SEGMENTS, _MOST_TILE_PARTS = 40_000, 50_000


@dataclass(frozen=True, slots=True)
class CodestreamFacts:
    """What a frame's codestream is.

    Attributes
    ----------
    start, end : int, in bytes
        The codestream in the frame: from SOC to behind EOC, or behind its last tile-part.
    siz : Siz
    rows, columns : int
        Of the first component.
    reversible, high_throughput : bool
        Whether every component is coded with the 5-3 filter; whether any has HT code-blocks.
    component_transform : bool
        Whether COD asks for the RCT or ICT of the first three components.
    rpcl : bool
        Whether all packets come in that order.
    decomposition_levels : int
        The fewest of any component.
    tlm : "none", "right" or "wrong"
        Whether there is TLM, and whether it tells the lengths that the tile-parts have.
    tile_parts, segments : int
        How many, and how many marker segments in all headers.
    eoc : bool
        Whether EOC ends it.
    behind : bytes
        What follows EOC, at most the first 16 bytes; zeros that pad an item are left out.
    damage : str or None
        The first thing that is wrong with tile-parts.
    notes : tuple of str
        Oddities of the headers.
    """

    start: int
    end: int
    siz: Siz
    rows: int
    columns: int
    reversible: bool
    high_throughput: bool
    component_transform: bool
    rpcl: bool
    decomposition_levels: int
    tlm: str
    tile_parts: int
    segments: int
    eoc: bool
    behind: bytes
    damage: str | None
    notes: tuple[str, ...]

    @property
    def boxed(self) -> bool:
        """Whether boxes of a JP2 or JPH file are around it."""
        return self.start > 0

    @property
    def precisions(self) -> tuple[int, ...]:
        """Bits of a sample, of each component."""
        return tuple(component.precision for component in self.siz.components)

    @property
    def lowest_resolution(self) -> tuple[int, int]:
        """Rows and columns of what is left after all decompositions."""
        size = 1 << self.decomposition_levels
        return -(-self.rows // size), -(-self.columns // size)


def codestream_bounds(data: bytes) -> tuple[int, int]:
    """Return where the codestream begins in the frame, and where the frame or the box around it ends.

    Source: T.800 I.4 and I.5.4.

    Raises
    ------
    CodestreamError
        If there is none.
    """
    if not data.startswith(_SIGNATURE):
        start = data[:_BOXES_BEFORE].find(_SOC_SIZ)
        if start < 0:
            raise CodestreamError("no codestream in the frame: SOC and SIZ are missing (T.800 A.3)", marker="SOC")
        return start, len(data)
    position = 0
    while position + _BOX.size <= len(data):
        length, kind = _BOX.unpack_from(data, position)
        header = _BOX.size
        if length == 1:
            header, length = 16, int.from_bytes(data[position + 8 : position + 16], "big")
        stop = position + length if length else len(data)
        if kind == b"jp2c" and data[position + header :].startswith(_SOC_SIZ):
            return position + header, min(stop, len(data))
        if stop < position + header:
            break
        position = stop
    raise CodestreamError("the boxes of the frame hold no codestream (T.800 I.5.4)", clause="T.800 I.5.4")


def read_codestream_facts(data: bytes) -> CodestreamFacts:
    """Return what the headers say; no packet is looked at.

    Raises
    ------
    CodestreamError, UnsupportedError, LimitError
        If the main header is broken, asks for extensions of Part 2, or so many tile-parts follow that it takes long.
    """
    start, stop = codestream_bounds(data)
    _check_segments(data, start + 2, stop)
    _check_tile_parts(data, read_main_header(data, start).stop, stop)
    found = read_codestream(data, start, stop)
    main = found.main
    segments = [*main.segments, *(segment for part in found.tile_parts for segment in part.segments)]
    codings = [coded.coding for coded in component_codings(main, ())]
    codings += [
        _style(segment) for part in found.tile_parts for segment in part.segments if isinstance(segment, Cod | Coc)
    ]
    cods = [segment for segment in segments if isinstance(segment, Cod)]
    orders = {entry.ppoc for segment in segments if isinstance(segment, Poc) for entry in segment.entries}
    orders |= {cod.sgcod_progression for cod in cods}
    siz = main.siz
    xrsiz, yrsiz = siz.components[0].xrsiz, siz.components[0].yrsiz
    return CodestreamFacts(
        start=start,
        end=found.end if found.eoc else max((part.body_stop for part in found.tile_parts), default=stop),
        siz=siz,
        rows=-(-siz.ysiz // yrsiz) - -(-siz.yosiz // yrsiz),
        columns=-(-siz.xsiz // xrsiz) - -(-siz.xosiz // xrsiz),
        reversible=all(coding.reversible for coding in codings),
        high_throughput=any(coding.high_throughput for coding in codings),
        component_transform=any(cod.sgcod_mct for cod in cods) and siz.csiz >= 3,
        rpcl=orders == {_RPCL},
        decomposition_levels=min(coding.decomposition_levels for coding in codings),
        tlm=_tlm(main, found),
        tile_parts=len(found.tile_parts),
        segments=len(segments),
        eoc=found.eoc,
        behind=data[found.end : stop].lstrip(b"\0")[:16] if found.eoc else b"",
        damage=found.damages[0].what if found.damages else None,
        notes=found.notes,
    )


def _check_segments(data: bytes, position: int, stop: int) -> None:
    """Raise LimitError where the main header has so many marker segments that only an attack has them."""
    count = 0
    while position + _SEGMENT.size <= stop:
        marker, length = _SEGMENT.unpack_from(data, position)
        if marker == _SOT_MARKER or length < 2:
            return
        count += 1
        if count > _MOST_SEGMENTS:
            raise LimitError(f"the main header has more than {_MOST_SEGMENTS:,} marker segments")
        position += 2 + length


def _check_tile_parts(data: bytes, position: int, stop: int) -> None:
    """Raise LimitError where there are so many tile-parts that only an attack has them; each costs time to be read."""
    count = 0
    while position + _SOT.size <= stop:
        marker, _, _, psot = _SOT.unpack_from(data, position)
        if marker != _SOT_MARKER or psot < _SOT.size:
            return
        count += 1
        if count > _MOST_TILE_PARTS:
            raise LimitError(f"the codestream has more than {_MOST_TILE_PARTS:,} tile-parts")
        position += psot


def _style(segment: Cod | Coc) -> CodingStyle:
    return segment.spcod if isinstance(segment, Cod) else segment.spcoc


def _tlm(main: MainHeader, found: Codestream) -> str:
    """Say whether TLM tells the tile-parts' lengths; of parts that could not be read nothing is asked."""
    if not main.tlms:
        return "none"
    told = [length for tlm in main.tlms for _, length in tlm.entries]
    lengths = [(part.number, part.sot.psot) for part in found.tile_parts if part.sot.psot]
    fits = all(number < len(told) and told[number] == length for number, length in lengths)
    whole = found.damages or len(told) == len(found.tile_parts)
    return "right" if fits and whole else "wrong"
