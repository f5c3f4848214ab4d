"""From the bytes of one marker segment to its dataclass, every field checked.

Source: T.800 A.5 to A.9; T.814 Annex A.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final

from pacscore.errors import CodestreamError, UnsupportedError
from pacscore.j2k.codestream import markers
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
    PocEntry,
    Ppm,
    Ppt,
    Prf,
    Qcc,
    Qcd,
    Rgn,
    Segment,
    Siz,
    SizComponent,
    Tlm,
    Unknown,
)

Notes = list[str]


class _FieldError(Exception):
    """What is wrong with a segment; the caller knows where it is."""


def read_segment(marker: int, body: bytes | None, *, csiz: int, offset: int, notes: Notes) -> Segment:
    """Return the segment that ``body``, the bytes behind its length field, holds.

    Segments that decoding can do without become `Unknown`, with a note, where they are malformed.

    Parameters
    ----------
    marker : int
        Its code.
    body : bytes or None
        None for a marker that has no segment.
    csiz : int
        Number of components: it tells the width of component indices.
    offset : int, in bytes
        Where the marker is in the data, for messages.
    notes : list of str
        Oddities are appended.

    Raises
    ------
    CodestreamError, UnsupportedError
        If a field has a value that the standard does not allow, or that only Part 2 does.
    """
    parse = _PARSERS.get(marker)
    if parse is None or body is None:
        return Unknown(marker, body)
    name = markers.name_of(marker)
    clause = markers.clause_of(marker)
    try:
        return parse(body, csiz)
    except (_FieldError, struct.error, IndexError) as error:
        what = str(error) if isinstance(error, _FieldError) else f"its {len(body)} bytes end inside a field"
    except UnsupportedError as error:
        raise UnsupportedError(
            f"{name} at byte {offset:,}: {error} ({clause})", feature=error.feature, clause=error.clause
        ) from None
    message = f"{name} at byte {offset:,}: {what} ({clause})"
    if marker not in _INFORMATIVE:
        raise CodestreamError(message, offset=offset, marker=name, clause=clause)
    notes.append(f"{message}; ignored")
    return Unknown(marker, body)


def _exactly(body: bytes, size: int) -> None:
    if len(body) != size:
        raise _FieldError(f"{len(body) + 2} bytes long, {size + 2} are expected")


def _component(body: bytes, csiz: int) -> tuple[int, int]:
    """Return a leading component index, and how many bytes it takes."""
    index, size = (body[0], 1) if csiz < 257 else (struct.unpack_from(">H", body)[0], 2)
    if index >= csiz:
        raise _FieldError(f"component {index} of {csiz}")
    return index, size


# --- fixed information ---

_SIZ = struct.Struct(">H8IH")


def _siz(body: bytes, _csiz: int) -> Siz:
    rsiz, xsiz, ysiz, xosiz, yosiz, xtsiz, ytsiz, xtosiz, ytosiz, csiz = _SIZ.unpack_from(body)
    if not 1 <= csiz <= 16384:
        raise _FieldError(f"Csiz {csiz} is not in 1..16384")
    _exactly(body, 36 + 3 * csiz)
    triples = body[36:]
    components = tuple(map(SizComponent, triples[::3], triples[1::3], triples[2::3]))
    siz = Siz(rsiz, xsiz, ysiz, xosiz, yosiz, xtsiz, ytsiz, xtosiz, ytosiz, components)
    _check_grid(siz)
    for index, component in enumerate(siz.components):
        if component.precision > 38:
            raise _FieldError(f"component {index} has {component.precision} bits, 38 are the most")
        if not (component.xrsiz and component.yrsiz):
            raise _FieldError(f"component {index} has a sample spacing of 0")
    return siz


def _check_grid(siz: Siz) -> None:
    if siz.xosiz >= siz.xsiz or siz.yosiz >= siz.ysiz:
        raise _FieldError(f"no image: from ({siz.xosiz}, {siz.yosiz}) to ({siz.xsiz}, {siz.ysiz})")
    if not (siz.xtsiz and siz.ytsiz):
        raise _FieldError(f"tile size {siz.xtsiz} x {siz.ytsiz}")
    if not (siz.xtosiz <= siz.xosiz < siz.xtosiz + siz.xtsiz and siz.ytosiz <= siz.yosiz < siz.ytosiz + siz.ytsiz):
        raise _FieldError(
            f"the first tile, at ({siz.xtosiz}, {siz.ytosiz}), does not hold the image's upper-left corner"
        )
    if siz.tiles_wide * siz.tiles_high > 65535:
        raise _FieldError(f"{siz.tiles_wide} x {siz.tiles_high} tiles, 65535 are the most")
    if siz.rsiz & 0x8000 and siz.rsiz & 0x3FFF:
        raise UnsupportedError(
            f"Rsiz 0x{siz.rsiz:04X} asks for extensions of Part 2", feature="T.801", clause="T.800 A.5.1"
        )


def _cap(body: bytes, _csiz: int) -> Cap:
    (pcap,) = struct.unpack_from(">I", body)
    count = pcap.bit_count()
    _exactly(body, 4 + 2 * count)
    return Cap(pcap, struct.unpack_from(f">{count}H", body, 4))


def _words(body: bytes) -> tuple[int, ...]:
    if len(body) % 2:
        raise _FieldError(f"{len(body)} bytes of 16-bit fields")
    return struct.unpack(f">{len(body) // 2}H", body)


# --- functional segments ---


def _coding_style(body: bytes, signalled: bool) -> CodingStyle:
    levels, xcb, ycb, style, transform = struct.unpack_from(">5B", body)
    xcb += 2
    ycb += 2
    if levels > 32:
        raise _FieldError(f"{levels} decomposition levels, 32 are the most")
    if xcb > 10 or ycb > 10 or xcb + ycb > 12:
        raise _FieldError(f"code-blocks of 2^{xcb} x 2^{ycb}: 2^10 a side and 2^12 samples are the most")
    if style & 0xC0 == 0x80:
        raise _FieldError(f"code-block style 0x{style:02X} is reserved")
    if transform > 1:
        raise _FieldError(f"transform {transform} is neither 9-7 (0) nor 5-3 (1)")
    if not signalled:
        _exactly(body, 5)
        return CodingStyle(levels, xcb, ycb, style, transform, ((15, 15),) * (levels + 1))
    _exactly(body, 6 + levels)
    precincts = tuple((size & 15, size >> 4) for size in body[5:])
    for resolution, (ppx, ppy) in enumerate(precincts):
        if resolution and not (ppx and ppy):
            raise _FieldError(f"precincts of 2^{ppx} x 2^{ppy} at resolution {resolution}")
    return CodingStyle(levels, xcb, ycb, style, transform, precincts)


def _cod(body: bytes, _csiz: int) -> Cod:
    scod, progression, layers, mct = struct.unpack_from(">BBHB", body)
    if progression > 4:
        raise _FieldError(f"progression order {progression} is not in 0..4")
    if not layers:
        raise _FieldError("no layers")
    if mct > 1:
        raise _FieldError(f"component transform {mct} is not 0 or 1")
    return Cod(scod, progression, layers, mct, _coding_style(body[5:], bool(scod & 1)))


def _coc(body: bytes, csiz: int) -> Coc:
    component, size = _component(body, csiz)
    scoc = body[size]
    return Coc(component, scoc, _coding_style(body[size + 1 :], bool(scoc & 1)))


def _steps(sqcd: int, body: bytes) -> tuple[int, ...]:
    style = sqcd & 0x1F
    if style > 2:
        raise _FieldError(f"quantization style {style} is not in 0..2")
    steps = tuple(body) if style == 0 else _words(body)
    if not steps:
        raise _FieldError("no step size")
    return steps


def _qcd(body: bytes, _csiz: int) -> Qcd:
    return Qcd(body[0], _steps(body[0], body[1:]))


def _qcc(body: bytes, csiz: int) -> Qcc:
    component, size = _component(body, csiz)
    return Qcc(component, body[size], _steps(body[size], body[size + 1 :]))


def _rgn(body: bytes, csiz: int) -> Rgn:
    component, size = _component(body, csiz)
    _exactly(body, size + 2)
    if body[size]:
        raise UnsupportedError(f"region of interest style {body[size]}", feature="T.801 Annex L", clause="T.800 A.6.3")
    return Rgn(component, 0, body[size + 1])


def _poc(body: bytes, csiz: int) -> Poc:
    entry = struct.Struct(">BBHBBB" if csiz < 257 else ">BHHBHB")
    if not body or len(body) % entry.size:
        raise _FieldError(f"{len(body)} bytes are no whole number of progressions of {entry.size} bytes")
    entries = tuple(PocEntry(*fields) for fields in entry.iter_unpack(body))
    for found in entries:
        if found.ppoc > 4:
            raise _FieldError(f"progression order {found.ppoc} is not in 0..4")
    return Poc(entries)


# --- pointers, packed headers, information ---


def _tlm(body: bytes, _csiz: int) -> Tlm:
    ztlm, stlm = struct.unpack_from(">BB", body)
    tile_width = stlm >> 4 & 3
    if tile_width == 3:
        raise _FieldError("tile index of three bytes")
    entry = struct.Struct(">" + ("", "B", "H")[tile_width] + ("I" if stlm & 0x40 else "H"))
    if (len(body) - 2) % entry.size:
        raise _FieldError(f"{len(body) - 2} bytes are no whole number of entries of {entry.size} bytes")
    found = entry.iter_unpack(body[2:])
    if tile_width:
        return Tlm(ztlm, stlm, tuple((tile, length) for tile, length in found))
    return Tlm(ztlm, stlm, tuple((None, length) for (length,) in found))


def _plt(body: bytes, _csiz: int) -> Plt:
    lengths = []
    length = 0
    for byte in body[1:]:
        length = length << 7 | byte & 0x7F
        if byte < 0x80:
            lengths.append(length)
            length = 0
        elif length >= 1 << 32:
            raise _FieldError("a packet length of more than 32 bits")
    if len(body) > 1 and body[-1] >= 0x80:
        raise _FieldError("the last packet length is not complete")
    return Plt(body[0], tuple(lengths))


def _crg(body: bytes, csiz: int) -> Crg:
    _exactly(body, 4 * csiz)
    return Crg(tuple((x, y) for x, y in struct.iter_unpack(">HH", body)))


def _com(body: bytes, _csiz: int) -> Com:
    (rcom,) = struct.unpack_from(">H", body)
    return Com(rcom, body[2:])


_PARSERS: Final[dict[int, Callable[[bytes, int], Segment]]] = {
    markers.SIZ: _siz,
    markers.CAP: _cap,
    markers.PRF: lambda body, _: Prf(_words(body)),
    markers.CPF: lambda body, _: Cpf(_words(body)),
    markers.COD: _cod,
    markers.COC: _coc,
    markers.QCD: _qcd,
    markers.QCC: _qcc,
    markers.RGN: _rgn,
    markers.POC: _poc,
    markers.TLM: _tlm,
    markers.PLM: lambda body, _: Plm(body[0], body[1:]),
    markers.PLT: _plt,
    markers.PPM: lambda body, _: Ppm(body[0], body[1:]),
    markers.PPT: lambda body, _: Ppt(body[0], body[1:]),
    markers.CRG: _crg,
    markers.COM: _com,
}

_INFORMATIVE: Final = frozenset(
    {markers.PRF, markers.CPF, markers.TLM, markers.PLM, markers.PLT, markers.CRG, markers.COM}
)
