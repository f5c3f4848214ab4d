"""What the writer writes, the reader reads: for every kind of marker segment, and for any bytes a clear answer."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pacscore.errors import OptionError, PacscoreError
from pacscore.j2k.boxes.reader import find_codestream
from pacscore.j2k.codestream.headers import MainHeader
from pacscore.j2k.codestream.reader import read_codestream, read_main_header
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
    Siz,
    SizComponent,
    Sot,
    Tlm,
    Unknown,
)
from pacscore.j2k.codestream.writer import write_main_header, write_segment

U8 = st.integers(0, 0xFF)
U16 = st.integers(0, 0xFFFF)
U32 = st.integers(0, 0xFFFFFFFF)
SOME_BYTES = st.binary(max_size=40)
WORDS = st.lists(U16, max_size=8).map(tuple)


def starts(count: int) -> st.SearchStrategy[int]:
    return st.integers(0, count - 1)


@st.composite
def sizes(draw, csiz: int) -> Siz:
    tile_x, tile_y = (draw(st.integers(1, 1 << 31)) for _ in range(2))
    tile_left, tile_top = (draw(st.integers(0, 1 << 20)) for _ in range(2))
    left, top = (origin + draw(st.integers(0, size - 1)) for origin, size in ((tile_left, tile_x), (tile_top, tile_y)))
    right = draw(st.integers(left + 1, min(tile_left + 200 * tile_x, 0xFFFFFFFF)))
    bottom = draw(st.integers(top + 1, min(tile_top + 200 * tile_y, 0xFFFFFFFF)))
    some = draw(
        st.lists(
            st.builds(
                SizComponent,
                st.integers(0, 37) | st.integers(0x80, 0x80 + 37),
                st.integers(1, 255),
                st.integers(1, 255),
            ),
            min_size=1,
            max_size=4,
        )
    )
    components = tuple(some[index % len(some)] for index in range(csiz))
    rsiz = draw(st.integers(0, 0x7FFF))
    return Siz(rsiz, right, bottom, left, top, tile_x, tile_y, tile_left, tile_top, components)


@st.composite
def styles(draw, signalled: bool) -> CodingStyle:
    levels = draw(st.integers(0, 32))
    xcb = draw(st.integers(2, 10))
    ycb = draw(st.integers(2, min(10, 12 - xcb)))
    style = draw(U8.filter(lambda style: style & 0xC0 != 0x80))
    transform = draw(st.integers(0, 1))
    if not signalled:
        return CodingStyle(levels, xcb, ycb, style, transform, ((15, 15),) * (levels + 1))
    first = draw(st.tuples(st.integers(0, 15), st.integers(0, 15)))
    others = st.tuples(st.integers(1, 15), st.integers(1, 15))
    rest = draw(st.lists(others, min_size=levels, max_size=levels))
    return CodingStyle(levels, xcb, ycb, style, transform, (first, *rest))


@st.composite
def cods(draw) -> Cod:
    scod = draw(st.integers(0, 7))
    layers = draw(st.integers(1, 65535))
    return Cod(scod, draw(st.integers(0, 4)), layers, 0, draw(styles(bool(scod & 1))))


@st.composite
def cocs(draw, csiz: int) -> Coc:
    scoc = draw(st.integers(0, 1))
    return Coc(draw(starts(csiz)), scoc, draw(styles(bool(scoc))))


@st.composite
def steps(draw) -> tuple[int, tuple[int, ...]]:
    style = draw(st.integers(0, 2))
    values = draw(st.lists(U16 if style else U8, min_size=1, max_size=100))
    return style | draw(st.integers(0, 7)) << 5, tuple(values)


@st.composite
def caps(draw) -> Cap:
    pcap = draw(U32)
    count = pcap.bit_count()
    return Cap(pcap, tuple(draw(st.lists(U16, min_size=count, max_size=count))))


@st.composite
def pocs(draw, csiz: int) -> Poc:
    component = U8 if csiz < 257 else U16
    entry = st.builds(PocEntry, U8, component, U16, U8, component, st.integers(0, 4))
    return Poc(tuple(draw(st.lists(entry, min_size=1, max_size=5))))


@st.composite
def tlms(draw) -> Tlm:
    tile_width = draw(st.integers(0, 2))
    long = draw(st.booleans())
    tile = (st.none(), U8, U16)[tile_width]
    entries = draw(st.lists(st.tuples(tile, U32 if long else U16), max_size=6))
    return Tlm(draw(U8), tile_width << 4 | long << 6, tuple(entries))


def rgns(csiz: int) -> st.SearchStrategy[Rgn]:
    return st.builds(Rgn, starts(csiz), st.just(0), U8)


def crgs(csiz: int) -> st.SearchStrategy[Crg]:
    return st.tuples(U16, U16).map(lambda entry: Crg((entry,) * csiz))


def unknowns() -> st.SearchStrategy[Unknown]:
    with_segment = st.builds(Unknown, st.sampled_from([0xFF00, 0xFF2F, 0xFF40, 0xFF6F, 0xFF7A, 0xFFFF]), SOME_BYTES)
    return with_segment | st.integers(0xFF30, 0xFF3F).map(Unknown)


def main_segments(csiz: int) -> st.SearchStrategy[object]:
    return st.one_of(
        cocs(csiz),
        st.builds(lambda component, values: Qcc(component, *values), starts(csiz), steps()),
        rgns(csiz),
        pocs(csiz),
        tlms(),
        caps(),
        crgs(csiz),
        unknowns(),
        st.builds(Plm, U8, SOME_BYTES),
        st.builds(Ppm, U8, SOME_BYTES),
        st.builds(Com, U16, SOME_BYTES),
        st.builds(Prf, WORDS),
        st.builds(Cpf, WORDS),
    )


@st.composite
def main_headers(draw) -> MainHeader:
    csiz = draw(st.sampled_from([1, 2, 3, 256, 257, 300]))
    others = draw(st.lists(main_segments(csiz), max_size=5))
    required = [draw(cods()), draw(steps().map(lambda values: Qcd(*values)))]
    return MainHeader((draw(sizes(csiz)), *draw(st.permutations([*others, *required]))))


@given(main_headers())
def test_main_headers(header: MainHeader) -> None:
    data = write_main_header(header) + b"\xff\x90"
    read = read_main_header(data)
    assert read.segments == header.segments
    assert list(map(type, read.segments)) == list(map(type, header.segments))
    assert read.stop == len(data) - 2
    assert write_main_header(read) + b"\xff\x90" == data


MAIN = bytes.fromhex(
    "FF4F FF51 0029 0000 00000008 00000008 00000000 00000000 00000008 00000008 00000000 00000000 0001 070101"
    "FF52 000C 00 00 0001 00 00 04 04 00 01 FF5C 0004 40 40"
)
TILE_SEGMENTS = st.one_of(
    st.builds(Plt, U8, st.lists(st.integers(0, (1 << 32) - 1), max_size=8).map(tuple)),
    st.builds(Ppt, U8, SOME_BYTES),
    cods(),
    cocs(1),
    steps().map(lambda values: Qcd(*values)),
    rgns(1),
    pocs(1),
    unknowns(),
    st.builds(Com, U16, SOME_BYTES),
)


@given(st.lists(TILE_SEGMENTS, max_size=4), SOME_BYTES.filter(lambda body: b"\xff" not in body), st.integers(1, 255))
def test_tile_parts(segments: list, body: bytes, count: int) -> None:
    header = b"".join(map(write_segment, segments))
    sot = Sot(0, 12 + len(header) + 2 + len(body), 0, count)
    data = MAIN + write_segment(sot) + header + b"\xff\x93" + body + b"\xff\xd9"
    read = read_codestream(data)
    (part,) = read.tile_parts
    assert (part.sot, part.segments) == (sot, tuple(segments))
    assert list(map(type, part.segments)) == list(map(type, segments))
    assert data[part.body_start : part.body_stop] == body
    assert (read.damages, read.notes) == ((), ())


@pytest.mark.parametrize(
    "segment",
    [
        Com(1, b" " * 65532),
        Com(65536, b""),
        Cap(3, (1,)),
        Rgn(256, 0, 0),
        Qcd(0x42, (65536,)),
        Qcd(0x40, (256,)),
        Sot(0, 1 << 32, 0, 1),
        Cod(0, 0, 65536, 0, CodingStyle(0, 6, 6, 0, 1, ((15, 15),))),
        Cod(0, 0, 1, 0, CodingStyle(0, 6, 6, 0, 1, ((7, 7),))),
        Cod(1, 0, 1, 0, CodingStyle(1, 6, 6, 0, 1, ((7, 7),))),
        Tlm(0, 0x40, ((None, 1 << 32),)),
        Tlm(0, 0x50, ((None, 1),)),
        Tlm(0, 0x40, ((1, 1),)),
        Plt(0, (-1,)),
    ],
)
def test_values_that_do_not_fit_are_refused(segment) -> None:
    with pytest.raises(OptionError):
        write_segment(segment)


@settings(max_examples=300)
@given(st.integers(0, len(MAIN) + 30), st.binary(min_size=1, max_size=6))
def test_any_bytes_give_an_answer(position: int, noise: bytes) -> None:
    data = bytearray(MAIN + bytes.fromhex("FF90 000A 0000 00000012 00 01 FF58 0004 00 02 FF93 8040 FFD9"))
    data[position : position + len(noise)] = noise
    with suppress(PacscoreError):
        found = read_codestream(data)
        assert all(part.body_start <= part.body_stop <= len(data) for part in found.tile_parts)


@settings(max_examples=300)
@given(
    st.lists(st.sampled_from([b"jp2h", b"jp2c", b"colr", b"res ", b"ihdr", b"\x00\x00\x00"]) | st.binary(max_size=9))
)
def test_any_boxes_give_an_answer(pieces: list[bytes]) -> None:
    data = bytes.fromhex("0000000C 6A502020 0D0A870A") + b"".join(pieces)
    with suppress(PacscoreError):
        found = find_codestream(data)
        assert 12 <= found.start <= found.stop <= len(data)
