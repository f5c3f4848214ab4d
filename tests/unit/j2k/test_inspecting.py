"""What inspect makes of headers: sizes, dtypes, and what holds over all tiles and components."""

from __future__ import annotations

import json

import pytest

import pacscore as pc
from pacscore.j2k.codestream.segments import Coc, Cod, CodingStyle, Qcd, Siz, SizComponent, Sot
from pacscore.j2k.codestream.writer import write_main_header, write_segment

REVERSIBLE = CodingStyle(2, 6, 4, 0, 1, ((15, 15), (7, 6), (8, 7)))
IRREVERSIBLE = CodingStyle(1, 5, 5, 0x40, 0, ((15, 15), (15, 15)))
EOC = b"\xff\xd9"


def siz(*components: SizComponent) -> Siz:
    return Siz(0, 21, 13, 4, 3, 10, 13, 0, 0, components or (SizComponent(11),))


def cod(style: CodingStyle, *, layers: int = 1, mct: int = 0) -> Cod:
    return Cod(1, 2, layers, mct, style)


def part(tile: int, *segments) -> bytes:
    header = b"".join(write_segment(segment, 3) for segment in segments)
    return write_segment(Sot(tile, len(header) + 14, 0, 1)) + header + b"\xff\x93"


def stream(size: Siz, *segments, parts: bytes = b"") -> bytes:
    return write_main_header((size, *segments, Qcd(0x40, (64,) * 7))) + (parts or part(0)) + EOC


def test_sizes_follow_the_reference_grid() -> None:
    info = pc.inspect(stream(siz(SizComponent(7), SizComponent(7, 2, 1), SizComponent(7, 4, 4)), cod(REVERSIBLE)))
    assert [(each.rows, each.columns) for each in info.components] == [(10, 17), (10, 9), (3, 5)]
    assert (info.rows, info.columns, info.shape) == (10, 17, None)
    assert (info.tile_rows, info.tile_columns, info.tiles_high, info.tiles_wide, info.tiles) == (13, 10, 1, 3, 3)
    assert (info.code_block_rows, info.code_block_columns) == (16, 64)
    assert info.precincts == ((128, 256), (64, 128), (32768, 32768))
    assert (info.progression, info.decomposition_levels, info.max_reduce) == ("RPCL", 2, 2)


@pytest.mark.parametrize(
    ("ssizs", "dtype", "shape"),
    [
        ((0,), "uint8", (10, 17)),
        ((7,), "uint8", (10, 17)),
        ((8,), "uint16", (10, 17)),
        ((0x80 + 15,), "int16", (10, 17)),
        ((37,), "uint64", (10, 17)),
        ((7, 11), "uint16", (10, 17, 2)),
        ((7, 0x80 + 7), "int16", (10, 17, 2)),
        ((6, 0x80 + 7), "int8", (10, 17, 2)),
        ((15, 0x80 + 3, 0), "int32", (10, 17, 3)),
    ],
)
def test_dtype_and_shape(ssizs: tuple[int, ...], dtype: str, shape: tuple[int, ...]) -> None:
    info = pc.inspect(stream(siz(*map(SizComponent, ssizs)), cod(REVERSIBLE)))
    assert (info.dtype.name, info.shape) == (dtype, shape)


def test_every_tile_component_counts() -> None:
    size = siz(*[SizComponent(7)] * 3)
    mixed = pc.inspect(stream(size, cod(REVERSIBLE, mct=1), parts=part(0) + part(1, cod(IRREVERSIBLE, layers=5))))
    assert (mixed.reversible, mixed.max_reduce, mixed.decomposition_levels) == (False, 1, 2)
    assert (mixed.layers, mixed.block_coder, mixed.color_transform) == (5, "mixed", "rct")
    unused = pc.inspect(stream(siz(), cod(IRREVERSIBLE), Coc(0, 1, REVERSIBLE)))
    assert (unused.reversible, unused.block_coder, unused.max_reduce) == (True, "part1", 2)
    ict = pc.inspect(stream(size, cod(IRREVERSIBLE, mct=1)))
    assert (ict.color_transform, ict.block_coder) == ("ict", "ht")


def test_a_wrapper_that_disagrees_is_noted() -> None:
    boxes = bytes.fromhex("0000000C 6A502020 0D0A870A 00000014 66747970 6A706820 00000000 6A706820 0000001E 6A703268")
    header = bytes.fromhex("00000016 69686472 0000000A 00000012 0001 07 07 00 00")
    codestream = stream(siz(), cod(REVERSIBLE))
    info = pc.inspect(boxes + header + (len(codestream) + 8).to_bytes(4, "big") + b"jp2c" + codestream)
    assert info.file_format == "jph"
    assert len(info.notes) == 1
    assert "SIZ counts" in info.notes[0]


def test_a_cut_codestream_is_told() -> None:
    info = pc.inspect(stream(siz(), cod(REVERSIBLE), parts=part(0) + part(1))[:-6])
    assert [damage.kind for damage in info.damages] == ["truncated"]
    assert json.loads(info.to_json())["damages"][0]["kind"] == "truncated"
