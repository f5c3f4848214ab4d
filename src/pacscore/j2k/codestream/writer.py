"""The writer: from marker segments to bytes, such that the reader gives the same segments back.

Source: T.800 A.4 to A.9; T.814 Annex A.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from typing import Any, Final

from pacscore.errors import OptionError
from pacscore.j2k.codestream import markers
from pacscore.j2k.codestream.headers import MainHeader
from pacscore.j2k.codestream.segments import (
    Cap,
    Coc,
    Cod,
    CodingStyle,
    Com,
    Cpf,
    Crg,
    Plm,
    Plt,
    Poc,
    Ppm,
    Ppt,
    Prf,
    Qcc,
    Qcd,
    Rgn,
    Segment,
    Siz,
    Sot,
    Tlm,
    Unknown,
    marker_of,
)

_MOST_BYTES: Final = 65533
"""What a 16-bit length leaves for the fields behind it."""


def write_main_header(header: MainHeader | Iterable[Segment]) -> bytes:
    """Return SOC and the segments, in their order.

    Parameters
    ----------
    header : MainHeader, or iterable of Segment
        The first segment must be SIZ: it tells the width of component indices.

    Raises
    ------
    OptionError
        As `write_segment`, or if the first segment is not SIZ.
    """
    segments = tuple(header.segments if isinstance(header, MainHeader) else header)
    if not segments or not isinstance(segments[0], Siz):
        raise OptionError("SIZ must come first in a main header (T.800 A.3)")
    csiz = segments[0].csiz
    return markers.SOC.to_bytes(2, "big") + b"".join(write_segment(segment, csiz) for segment in segments)


def write_segment(segment: Segment, csiz: int = 1) -> bytes:
    """Return one marker segment, its marker and length included.

    Parameters
    ----------
    segment : Segment
    csiz : int
        Number of components: from 257 on, component indices take two bytes.

    Raises
    ------
    OptionError
        If a value does not fit its field, or the segment is too long for one.
    """
    marker = marker_of(segment)
    if isinstance(segment, Unknown) and segment.data is None:
        return marker.to_bytes(2, "big")
    try:
        body = _WRITERS[type(segment)](segment, csiz)
    except (struct.error, ValueError, OverflowError) as error:
        raise OptionError(f"{markers.name_of(marker)}: {error} ({markers.clause_of(marker)})") from None
    if len(body) > _MOST_BYTES:
        raise OptionError(f"{markers.name_of(marker)}: {len(body):,} bytes do not fit into one segment")
    return struct.pack(">HH", marker, len(body) + 2) + body


def write_packet_length(length: int) -> bytes:
    """Return a packet length as PLT and PLM hold it: groups of seven bits, all but the last with the top bit set.

    Source: T.800 A.7.2, A.7.3.
    """
    if length < 0:
        raise OptionError(f"a packet length of {length}")
    groups = [length & 0x7F]
    while length := length >> 7:
        groups.append(length & 0x7F | 0x80)
    return bytes(reversed(groups))


def _component(index: int, csiz: int) -> bytes:
    return index.to_bytes(1 if csiz < 257 else 2, "big")


def _words(words: tuple[int, ...]) -> bytes:
    return struct.pack(f">{len(words)}H", *words)


def _siz(siz: Siz, _csiz: int) -> bytes:
    fields = (siz.xsiz, siz.ysiz, siz.xosiz, siz.yosiz, siz.xtsiz, siz.ytsiz, siz.xtosiz, siz.ytosiz)
    components = (bytes((component.ssiz, component.xrsiz, component.yrsiz)) for component in siz.components)
    return struct.pack(">H8IH", siz.rsiz, *fields, siz.csiz) + b"".join(components)


def _cap(cap: Cap, _csiz: int) -> bytes:
    if len(cap.ccap) != cap.pcap.bit_count():
        raise OptionError(f"CAP: {len(cap.ccap)} fields for Pcap 0x{cap.pcap:08X} (T.800 A.5.2)")
    return struct.pack(">I", cap.pcap) + _words(cap.ccap)


def _coding_style(coding: CodingStyle, signalled: int) -> bytes:
    fields = (coding.decomposition_levels, coding.xcb - 2, coding.ycb - 2, coding.style, coding.transform)
    if len(coding.precincts) != coding.decomposition_levels + 1:
        raise OptionError(
            f"{len(coding.precincts)} precinct sizes for {coding.decomposition_levels} levels (T.800 A.6.1)"
        )
    if signalled:
        return bytes((*fields, *(ppx | ppy << 4 for ppx, ppy in coding.precincts)))
    if any(size != (15, 15) for size in coding.precincts):
        raise OptionError("precincts smaller than 2^15 must be signalled by bit 0 of Scod or Scoc (T.800 A.6.1)")
    return bytes(fields)


def _cod(cod: Cod, _csiz: int) -> bytes:
    general = struct.pack(">BBHB", cod.scod, cod.sgcod_progression, cod.sgcod_layers, cod.sgcod_mct)
    return general + _coding_style(cod.spcod, cod.scod & 1)


def _coc(coc: Coc, csiz: int) -> bytes:
    return _component(coc.ccoc, csiz) + bytes((coc.scoc,)) + _coding_style(coc.spcoc, coc.scoc & 1)


def _steps(sqcd: int, steps: tuple[int, ...]) -> bytes:
    return bytes((sqcd,)) + (_words(steps) if sqcd & 0x1F else bytes(steps))


def _qcc(qcc: Qcc, csiz: int) -> bytes:
    return _component(qcc.cqcc, csiz) + _steps(qcc.sqcc, qcc.spqcc)


def _rgn(rgn: Rgn, csiz: int) -> bytes:
    return _component(rgn.crgn, csiz) + bytes((rgn.srgn, rgn.sprgn))


def _poc(poc: Poc, csiz: int) -> bytes:
    layout = ">BBHBBB" if csiz < 257 else ">BHHBHB"
    return b"".join(
        struct.pack(layout, entry.rspoc, entry.cspoc, entry.lyepoc, entry.repoc, entry.cepoc, entry.ppoc)
        for entry in poc.entries
    )


def _tlm(tlm: Tlm, _csiz: int) -> bytes:
    tile_width = tlm.stlm >> 4 & 3
    length_width = 4 if tlm.stlm & 0x40 else 2
    if any((tile is None) != (tile_width == 0) for tile, _ in tlm.entries):
        raise OptionError(f"TLM: Stlm 0x{tlm.stlm:02X} gives tile indices {tile_width} bytes (T.800 A.7.1)")
    fields = (
        (b"" if tile is None else tile.to_bytes(tile_width, "big")) + length.to_bytes(length_width, "big")
        for tile, length in tlm.entries
    )
    return bytes((tlm.ztlm, tlm.stlm)) + b"".join(fields)


def _plt(plt: Plt, _csiz: int) -> bytes:
    return bytes((plt.zplt,)) + b"".join(map(write_packet_length, plt.lengths))


def _crg(crg: Crg, _csiz: int) -> bytes:
    return b"".join(struct.pack(">HH", x, y) for x, y in crg.entries)


def _sot(sot: Sot, _csiz: int) -> bytes:
    return struct.pack(">HIBB", sot.isot, sot.psot, sot.tpsot, sot.tnsot)


def _unknown(unknown: Unknown, _csiz: int) -> bytes:
    return unknown.data or b""


_WRITERS: Final[dict[type, Callable[[Any, int], bytes]]] = {
    Siz: _siz,
    Cap: _cap,
    Prf: lambda prf, _: _words(prf.pprf),
    Cpf: lambda cpf, _: _words(cpf.pcpf),
    Cod: _cod,
    Coc: _coc,
    Qcd: lambda qcd, _: _steps(qcd.sqcd, qcd.spqcd),
    Qcc: _qcc,
    Rgn: _rgn,
    Poc: _poc,
    Tlm: _tlm,
    Plm: lambda plm, _: bytes((plm.zplm,)) + plm.data,
    Plt: _plt,
    Ppm: lambda ppm, _: bytes((ppm.zppm,)) + ppm.data,
    Ppt: lambda ppt, _: bytes((ppt.zppt,)) + ppt.data,
    Crg: _crg,
    Com: lambda com, _: com.rcom.to_bytes(2, "big") + com.data,
    Sot: _sot,
    Unknown: _unknown,
}
