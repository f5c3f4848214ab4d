"""The walk from tile-part to tile-part: where parts are, and what is told of those that are wrong."""

from __future__ import annotations

import time

import pytest

from pacscore.j2k.codestream.packed_headers import packed_headers
from pacscore.j2k.codestream.reader import read_codestream
from pacscore.j2k.codestream.resolve import component_coding, component_codings, tile_coding
from pacscore.j2k.codestream.segments import Cod, Plt, Ppt

# 4 x 1 tiles of 8 x 8, three components
MAIN = bytes.fromhex(
    "FF4F FF51 002F 0000 00000020 00000008 00000000 00000000 00000008 00000008 00000000 00000000 0003"
    "070101 070101 070101 FF52 000C 02 00 0002 01 01 04 04 00 01 FF5C 0007 40 40 48 48 50"
)
EOC = b"\xff\xd9"


def part(
    tile: int, number: int = 0, count: int = 1, *, header: str = "", body: bytes = b"\x80", psot: int | None = None
) -> bytes:
    segments = bytes.fromhex(header)
    length = 14 + len(segments) + len(body) if psot is None else psot
    sot = tile.to_bytes(2, "big") + length.to_bytes(4, "big") + bytes((number, count))
    return b"\xff\x90\x00\x0a" + sot + segments + b"\xff\x93" + body


def bodies(data: bytes) -> list[tuple[int, int, bytes]]:
    return [
        (found.sot.isot, found.sot.tpsot, data[found.body_start : found.body_stop])
        for found in read_codestream(data).tile_parts
    ]


def test_parts_of_a_sound_codestream() -> None:
    data = (
        MAIN + part(2, 0, 2, body=b"ab") + part(0, body=b"") + part(2, 1, 2, header="FF58 0004 00 02", body=b"cd") + EOC
    )
    found = read_codestream(data)
    assert (found.damages, found.notes, found.eoc, found.start, found.end) == ((), (), True, 0, len(data))
    assert bodies(data) == [(2, 0, b"ab"), (0, 0, b""), (2, 1, b"cd")]
    assert [each.offset for each in found.tile_parts] == [len(MAIN), len(MAIN) + 16, len(MAIN) + 30]
    assert found.tile_parts[2].segments == (Plt(0, (2,)),)
    assert {tile: len(parts) for tile, parts in found.by_tile().items()} == {2: 2, 0: 1}


def test_a_codestream_inside_other_data() -> None:
    data = b"before" + MAIN + part(0, body=b"ab") + EOC + b"behind"
    found = read_codestream(data, 6, len(data) - 6)
    assert (found.start, found.end, found.notes) == (6, len(data) - 6, ())
    assert data[found.tile_parts[0].body_start : found.tile_parts[0].body_stop] == b"ab"
    assert read_codestream(data, 6).notes == ("bytes behind EOC: 6",)


def test_header_segments_are_walked_not_searched() -> None:
    comment = "FF64 000C 0000 FF90000A FF93 FFD9"
    data = MAIN + part(0, header=comment, body=b"ab") + EOC
    assert bodies(data) == [(0, 0, b"ab")]


@pytest.mark.parametrize("behind", [EOC, EOC + b"\x00", b"", EOC + b"any more"])
def test_psot_0_runs_up_to_eoc(behind: bytes) -> None:
    data = MAIN + part(0, body=b"ab") + part(1, body=b"cd", psot=0) + behind
    assert bodies(data) == [(0, 0, b"ab"), (1, 0, b"cd")]
    found = read_codestream(data)
    assert found.eoc == bool(behind)
    assert not found.damages


def test_psot_that_counts_eoc() -> None:
    data = MAIN + part(0, body=b"ab", psot=18) + EOC
    assert bodies(data) == [(0, 0, b"ab")]
    found = read_codestream(data)
    assert found.eoc
    assert not found.damages


@pytest.mark.parametrize("behind", [b"", b"\x00", b"\xff", b"\x00" * 11])
def test_a_missing_eoc_is_a_note(behind: bytes) -> None:
    found = read_codestream(MAIN + part(0) + behind)
    assert len(found.tile_parts) == 1
    assert not found.damages
    assert not found.eoc
    assert len(found.notes) == 1


def test_parts_out_of_order_are_sorted_within_their_tile() -> None:
    data = (
        MAIN + part(1, 2, 3, body=b"c") + part(0, body=b"x") + part(1, 0, 3, body=b"a") + part(1, 1, 3, body=b"b") + EOC
    )
    assert bodies(data) == [(1, 0, b"a"), (0, 0, b"x"), (1, 1, b"b"), (1, 2, b"c")]
    found = read_codestream(data)
    assert found.notes == ("tile 1: TPsot goes 2, 0, 1",)
    assert [each.number for each in found.tile_parts] == [2, 1, 3, 0]


def test_parameters_count_in_the_first_part_alone() -> None:
    cod = "FF52 000C 00 01 0003 00 01 04 04 00 01"
    data = MAIN + part(0, 0, 2, header=cod) + part(0, 1, 2, header=cod.replace("0003", "0004")) + EOC
    found = read_codestream(data)
    assert [len(each.segments) for each in found.tile_parts] == [1, 0]
    assert len(found.notes) == 1
    assert isinstance(found.tile_parts[0].segments[0], Cod)


BAD_HEADERS = {
    "unknown length": "FF64 0001",
    "no marker": "0102",
    "COC of no component": "FF53 0009 03 00 00 04 04 00 01",
    "Part 2": "FF74 0004 0000",
    "SIZ too short": "FF51 0004 0000",
    "longer than the tile-part": "FF64 0100 0000",
}


@pytest.mark.parametrize("header", BAD_HEADERS.values(), ids=BAD_HEADERS)
def test_a_bad_tile_part_header_costs_that_tile_part(header: str) -> None:
    data = MAIN + part(0) + part(1, header=header) + part(2, body=b"ab") + EOC
    assert [(tile, body) for tile, _, body in bodies(data)] == [(0, b"\x80"), (2, b"ab")]
    (damage,) = read_codestream(data).damages
    assert (damage.kind, damage.tile, damage.offset) == ("syntax", 1, len(MAIN) + 15)


def test_misplaced_segments_are_left_out() -> None:
    data = MAIN + part(0, header="FF55 0006 00 00 0010") + EOC
    found = read_codestream(data)
    assert found.tile_parts[0].segments == ()
    assert len(found.notes) == 1


def test_a_tile_beyond_the_grid_is_passed_over() -> None:
    data = MAIN + part(4) + part(3) + EOC
    assert [tile for tile, _, _ in bodies(data)] == [3]
    (damage,) = read_codestream(data).damages
    assert "tile 4 of 4" in damage.what


@pytest.mark.parametrize("psot", [1, 11, 13])
def test_a_psot_shorter_than_its_header_ends_the_walk(psot: int) -> None:
    found = read_codestream(MAIN + part(0) + part(1, psot=psot) + part(2) + EOC)
    assert [each.sot.isot for each in found.tile_parts] == [0]
    assert [damage.tile for damage in found.damages] == [1]


def test_a_psot_of_12_is_an_empty_part() -> None:
    data = MAIN + part(0)[:6] + bytes.fromhex("0000000C 00 01") + part(1) + EOC
    assert [(tile, body) for tile, _, body in bodies(data)] == [(0, b""), (1, b"\x80")]


def test_a_psot_beyond_the_data() -> None:
    truncated = read_codestream(MAIN + part(0) + part(1, body=b"abc", psot=1000))
    assert [damage.kind for damage in truncated.damages] == ["truncated"]
    assert truncated.tile_parts[1].body_stop == truncated.end
    lying = read_codestream(MAIN + part(0) + part(1, body=b"abc", psot=1000) + EOC)
    assert [damage.kind for damage in lying.damages] == ["syntax"]
    assert lying.eoc
    assert lying.tile_parts[1].body_stop == lying.end - 2


def test_a_psot_short_of_the_next_sot_is_damage_where_parts_are_missing() -> None:
    found = read_codestream(MAIN + part(0, body=b"abcdef", psot=17) + part(1) + EOC)
    assert len(found.tile_parts) == 1
    assert [damage.kind for damage in found.damages] == ["syntax"]


def test_every_cut_leaves_what_came_before() -> None:
    whole = MAIN + part(0, body=b"abc") + part(1, header="FF58 0004 00 02", body=b"de") + EOC
    sound = read_codestream(whole).tile_parts
    for length in range(sound[0].offset + 2, len(whole) - 2):
        cut = read_codestream(whole[:length])
        known = [each for each in sound if each.body_stop <= length]
        assert list(cut.tile_parts[: len(known)]) == known
        assert all(each.body_stop <= length for each in cut.tile_parts)
        assert {damage.kind for damage in cut.damages} <= {"truncated"}
        inside = any(each.offset + 2 <= length < each.body_stop for each in sound)
        assert bool(cut.damages) == inside


def test_damages_are_told_up_to_a_hundred() -> None:
    found = read_codestream(MAIN + part(9) * 1000 + part(3) + EOC)
    assert len(found.damages) == 100
    assert len(found.tile_parts) == 1


@pytest.mark.parametrize("tile_of", [lambda _: 0, lambda number: number % 4], ids=["one tile", "interleaved"])
def test_many_tile_parts_take_linear_time(tile_of) -> None:
    data = MAIN + b"".join(part(tile_of(number), number % 256, 0) for number in range(20000)) + EOC
    start = time.perf_counter()
    assert len(read_codestream(data).tile_parts) == 20000
    assert time.perf_counter() - start < 10


def test_packed_headers_in_the_main_header_follow_the_stream() -> None:
    # Blocks AABB, nothing, CCDD; the third Nppm straddles the segments, which stand in the wrong order.
    ppm = "FF60 0007 01 0002 CCDD FF60 000F 00 00000002 AABB 00000000 0000"
    data = MAIN + bytes.fromhex(ppm) + part(1) + part(0) + part(2) + part(3) + EOC
    assert packed_headers(read_codestream(data)) == {1: b"\xaa\xbb", 0: b"", 2: b"\xcc\xdd", 3: b""}


def test_packed_headers_count_tile_parts_that_could_not_be_read() -> None:
    ppm = "FF60 0012 00 00000001 AA 00000001 BB 00000001 CC"
    data = MAIN + bytes.fromhex(ppm) + part(1) + part(0, header="0102") + part(3) + EOC
    assert packed_headers(read_codestream(data)) == {1: b"\xaa", 3: b"\xcc"}


def test_packed_headers_in_tile_part_headers() -> None:
    first = part(1, 0, 2, header="FF61 0005 01 CCDD FF61 0005 00 AABB")
    data = MAIN + first + part(1, 1, 2, header="FF61 0004 00 EE") + part(0) + EOC
    found = read_codestream(data)
    assert packed_headers(found) == {1: b"\xaa\xbb\xcc\xdd\xee"}
    assert found.tile_parts[0].segments[0] == Ppt(1, b"\xcc\xdd")


def test_what_counts_for_a_tile_component() -> None:
    coc = "FF53 0009 01 00 02 04 04 00 01"
    main = MAIN + bytes.fromhex(coc + "FF5D 000B 01 60 08 10 10 18 20 20 28" + "FF5E 0005 02 00 05")
    tile_cod = "FF52 000C 04 01 0003 00 03 04 04 00 01"
    tile_qcd = "FF5C 000D 40" + "08" * 10
    data = main + part(0) + part(1, header=tile_cod + tile_qcd)
    data += part(2, header=tile_cod + tile_qcd + coc.replace("0902", "0900") + "FF5E 0005 02 00 00") + EOC
    found = read_codestream(data)
    segments = {tile: parts[0].segments for tile, parts in found.by_tile().items()}

    def levels(tile: int) -> list[int]:
        return [each.coding.decomposition_levels for each in component_codings(found.main, segments[tile])]

    assert levels(0) == [1, 2, 1]
    assert levels(1) == [3, 3, 3]
    assert levels(2) == [3, 2, 3]
    assert [component_coding(found.main, segments[0], each).quantization.guard_bits for each in range(3)] == [2, 3, 2]
    assert [component_coding(found.main, segments[1], each).quantization.guard_bits for each in range(3)] == [2, 2, 2]
    assert [component_coding(found.main, segments[tile], 2).roi_shift for tile in range(3)] == [5, 5, 0]
    main_coding, own = tile_coding(found.main, segments[0]), tile_coding(found.main, segments[1])
    assert (main_coding.progression, main_coding.layers, main_coding.mct, main_coding.sop, main_coding.eph) == (
        0,
        2,
        1,
        True,
        False,
    )
    assert (own.progression, own.layers, own.mct, own.sop, own.eph) == (1, 3, 0, False, True)


def test_a_tile_poc_replaces_the_main_one_and_goes_on_in_later_parts() -> None:
    main = MAIN + bytes.fromhex("FF5F 0009 00 00 0002 21 00 01")
    one, two = "FF5F 0009 00 00 0001 21 00 02", "FF5F 0009 00 01 0002 02 02 03"
    data = main + part(0, 0, 2, header=one) + part(0, 1, 2, header=two) + part(1) + EOC
    found = read_codestream(data)
    parts = found.by_tile()
    own = tile_coding(found.main, [segment for each in parts[0] for segment in each.segments]).poc
    assert [entry.ppoc for entry in own] == [2, 3]
    assert [entry.cepoc for entry in own] == [3, 2]
    assert [entry.ppoc for entry in tile_coding(found.main, parts[1][0].segments).poc] == [1]
