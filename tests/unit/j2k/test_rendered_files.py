"""``decode(color="rendered")``: files put together box by box, and what Annex I makes of them, worked out by hand."""

from __future__ import annotations

import json
import struct
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pacscore as pc
from pacscore.j2k.boxes.icc import ToneCurve, read_profile
from pacscore.j2k.boxes.records import Uuid, UuidInformation
from reference.jp2_files import box, enumerated, join_components, jp2_file, lossless, profile

SRGB, GREY, SYCC, CMYK = (enumerated(number) for number in (16, 17, 18, 12))
RNG = np.random.default_rng(15444)
INDICES = RNG.integers(0, 4, (6, 9)).astype(np.uint8)
PALETTE = box("pclr", "0004 03 07 07 07" + "000102 102030 FF8000 0A0B0C")
ENTRIES = np.array([[0, 1, 2], [16, 32, 48], [255, 128, 0], [10, 11, 12]], np.uint8)
MAPPING = box("cmap", "0000 01 00 0000 01 01 0000 01 02")
FOUR = RNG.integers(0, 256, (6, 9, 4)).astype(np.uint8)


def kinds(data: bytes) -> list[tuple[str, int | None, int, bool]]:
    channels = pc.inspect(data).rendered_channels
    return [(channel.kind, channel.association, channel.precision, channel.signed) for channel in channels]


def test_a_palette() -> None:
    data = jp2_file(lossless(INDICES), PALETTE, MAPPING, SRGB)
    assert np.array_equal(pc.decode(data), INDICES)
    picture = pc.decode(data, color="rendered")
    assert picture.dtype == np.uint8
    assert np.array_equal(picture, ENTRIES[INDICES])
    assert kinds(data) == [("colour", n, 8, False) for n in (1, 2, 3)]
    region = pc.decode(data, color="rendered", region=pc.Region(1, 2, 3, 4))
    assert np.array_equal(region, ENTRIES[INDICES][1:4, 2:6])


def test_a_palette_of_mixed_columns_beside_a_direct_channel() -> None:
    palette = box("pclr", "0002 02 0B 87" + "0FFF 80" + "0001 7F")
    data = jp2_file(lossless(INDICES), palette, box("cmap", "0000 01 01 0000 00 00 0000 01 00"), box("cdef", CDEF_321))
    picture = pc.decode(data, color="rendered")
    assert kinds(data) == [("colour", 1, 12, False), ("colour", 2, 8, False), ("colour", 3, 8, True)]
    assert picture.dtype == np.int16
    nearest = np.minimum(INDICES, 1)  # indices beyond the palette stand for its last entry
    assert np.array_equal(picture[..., 0], np.array([4095, 1])[nearest])
    assert np.array_equal(picture[..., 1], INDICES)
    assert np.array_equal(picture[..., 2], np.array([-128, 127])[nearest])


CDEF_321 = "0003 0000 0000 0003 0001 0000 0002 0002 0000 0001"


def test_channels_in_another_order_with_opacity_first() -> None:
    definitions = box("cdef", "0004 0000 0002 0000 0001 0000 0003 0002 0000 0002 0003 0000 0001")
    data = jp2_file(lossless(FOUR), SRGB, definitions)
    assert np.array_equal(pc.decode(data, color="rendered"), FOUR[..., [3, 2, 1, 0]])
    assert kinds(data)[2:] == [("colour", 3, 8, False), ("premultiplied opacity", 0, 8, False)]
    assert np.array_equal(pc.decode(data), FOUR)


def test_channels_without_definitions() -> None:
    data = jp2_file(lossless(FOUR), SRGB)
    assert np.array_equal(pc.decode(data, color="rendered"), FOUR)
    assert [kind for kind, *_ in kinds(data)] == ["colour"] * 3 + ["unspecified"]


def test_grey_with_opacity_of_the_whole_image() -> None:
    data = jp2_file(lossless(FOUR[..., :2]), GREY, box("cdef", "0002 0000 0001 0000 0001 0000 0000"))
    assert np.array_equal(pc.decode(data, color="rendered"), FOUR[..., [1, 0]])


def literal_srgb(y: int, blue: int, red: int) -> list[int]:
    cb, cr = blue - 128, red - 128
    exact = (y + 1.402 * cr, y - 0.344136 * cb - 0.714136 * cr, y + 1.772 * cb)
    return [min(max(int(np.floor(value + 0.5)), 0), 255) for value in exact]


@pytest.mark.parametrize(("high", "wide"), [(1, 1), (1, 2), (2, 2), (4, 3)])
def test_sycc_with_fewer_chroma_samples(high: int, wide: int) -> None:
    rows, columns = 13, 18
    luma = RNG.integers(0, 256, (rows, columns)).astype(np.uint8)
    chroma = RNG.integers(0, 256, (2, -(-rows // high), -(-columns // wide))).astype(np.uint8)
    data = jp2_file(join_components([luma, *chroma], [(1, 1), (high, wide), (high, wide)], (rows, columns)), SYCC)
    want = np.array(
        [
            [literal_srgb(int(luma[y, x]), *map(int, chroma[:, y // high, x // wide])) for x in range(columns)]
            for y in range(rows)
        ]
    )
    picture = pc.decode(data, color="rendered")
    assert picture.dtype == np.uint8
    assert np.array_equal(picture, want)
    for row, column, height, width in ((3, 5, 4, 7), (1, 1, 1, 1), (12, 17, 1, 1), (0, 1, 13, 2)):
        part = pc.decode(data, color="rendered", region=pc.Region(row, column, height, width))
        assert np.array_equal(part, want[row : row + height, column : column + width])
    small = pc.decode(data, color="rendered", reduce=1)
    assert small.shape == (7, 9, 3)
    out = np.empty((7, 9, 3), np.uint8)
    assert pc.decode(data, color="rendered", reduce=1, out=out) is out
    assert np.array_equal(out, small)
    part = pc.decode(data, color="rendered", reduce=1, region=pc.Region(6, 2, 6, 10))
    assert np.array_equal(part, small[3:6, 1:6])


def test_subsampled_colours_without_conversion() -> None:
    luma = np.arange(12, dtype=np.uint8).reshape(3, 4)
    rest = luma[:2, :2] * 10
    data = jp2_file(join_components([luma, rest, rest], [(1, 1), (2, 2), (2, 2)], (3, 4)), SRGB)
    picture = pc.decode(data, color="rendered")
    assert np.array_equal(picture[..., 0], luma)
    assert picture[..., 2].tolist() == [[0, 0, 10, 10], [0, 0, 10, 10], [40, 40, 50, 50]]


@pytest.mark.parametrize("origin", [(1, 1), (2, 3), (5, 7)])
def test_subsampled_components_of_an_image_off_the_origin(origin: tuple[int, int]) -> None:
    """Each pixel takes the sample at or before it on the reference grid, or the first where there is none."""
    rows, columns, high, wide = 9, 10, 2, 3
    luma = RNG.integers(0, 256, (rows, columns)).astype(np.uint8)
    first, last = (-(-origin[0] // high), -(-origin[1] // wide)), (origin[0] + rows, origin[1] + columns)
    rest = RNG.integers(0, 256, (-(-last[0] // high) - first[0], -(-last[1] // wide) - first[1])).astype(np.uint8)
    spacings = [(1, 1), (high, wide), (high, wide)]
    data = jp2_file(join_components([luma, rest, rest], spacings, (rows, columns), origin), SRGB)
    picture = pc.decode(data, color="rendered")
    assert np.array_equal(picture[..., 0], luma)
    for row in range(rows):
        for column in range(columns):
            y, x = max((row + origin[0]) // high - first[0], 0), max((column + origin[1]) // wide - first[1], 0)
            assert picture[row, column, 1] == rest[y, x]
            one = pc.decode(data, color="rendered", region=pc.Region(row, column, 1, 1))
            assert np.array_equal(one[0, 0], picture[row, column])


def test_sycc_of_16_bits_and_signed_chroma() -> None:
    luma = np.array([[0, 65535, 30000]], np.uint16)
    chroma = np.array([[0, 0, 1000]], np.int16)
    data = jp2_file(join_components([luma, chroma, -chroma], [(1, 1)] * 3, (1, 3)), SYCC)
    assert pc.decode(data, color="rendered").tolist() == [
        [[0, 0, 0], [65535, 65535, 65535], [28598, 30370, 31772]]  # 30000 -1402; +1000 (0.714136-0.344136); +1772
    ]


def icc(space: bytes, tags: dict[bytes, bytes], connection: bytes = b"XYZ ") -> bytes:
    table, content = struct.pack(">I", len(tags)), b""
    for name, tag in tags.items():
        table += struct.pack(">4sII", name, 132 + 12 * len(tags) + len(content), len(tag))
        content += tag + bytes(-len(tag) % 4)
    return bytes(12) + b"scnr" + space + connection + bytes(104) + table + content


def fixed(*numbers: float) -> bytes:
    return struct.pack(f">{len(numbers)}i", *(round(number * 65536) for number in numbers))


def gamma(number: int) -> bytes:
    return b"curv" + bytes(4) + struct.pack(">IH", 1, number)


SRGB_CURVE = b"para" + bytes(4) + b"\x00\x03\x00\x00" + fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
SRGB_COLOURS = {
    b"rXYZ": b"XYZ " + bytes(4) + fixed(0.4360747, 0.2225045, 0.0139322),
    b"gXYZ": b"XYZ " + bytes(4) + fixed(0.3850649, 0.7168786, 0.0971045),
    b"bXYZ": b"XYZ " + bytes(4) + fixed(0.1430804, 0.0606169, 0.7141733),
}
SRGB_PROFILE = icc(b"RGB ", {**SRGB_COLOURS, **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), SRGB_CURVE)})


def test_a_profile_that_describes_srgb_changes_next_to_nothing() -> None:
    data = jp2_file(lossless(FOUR[..., :3]), profile(SRGB_PROFILE))
    picture = pc.decode(data, color="rendered")
    assert np.abs(picture.astype(int) - FOUR[..., :3]).max() <= 1
    assert pc.inspect(data).color_space == "ICC profile"
    assert pc.inspect(data).file.colours[0].profile == SRGB_PROFILE


def test_a_grey_profile() -> None:
    grey = np.array([[0, 64, 255, 1]], np.uint8)
    data = jp2_file(lossless(grey), profile(icc(b"GRAY", {b"kTRC": gamma(256)})))  # linear light
    light = 64 / 255
    assert pc.decode(data, color="rendered").tolist() == [
        [0, round(255 * (1.055 * light ** (1 / 2.4) - 0.055)), 255, 13]  # 12.92 / 255 lies below the power
    ]


@pytest.mark.parametrize(
    ("curve", "points"),
    [
        (gamma(512), {0.5: 0.25}),
        (b"curv" + bytes(8), {0.3: 0.3}),
        (b"curv" + bytes(4) + struct.pack(">I3H", 3, 0, 65535, 0), {0.25: 0.5, 0.5: 1.0, 0.75: 0.5}),
        (b"para" + bytes(4) + b"\x00\x00\x00\x00" + fixed(2.0), {0.5: 0.25}),
        (b"para" + bytes(4) + b"\x00\x01\x00\x00" + fixed(2.0, 2.0, -1.0), {0.25: 0.0, 0.75: 0.25}),
        (b"para" + bytes(4) + b"\x00\x02\x00\x00" + fixed(2.0, 1.0, -0.5, 0.25), {0.25: 0.25, 1.0: 0.5}),
        (b"para" + bytes(4) + b"\x00\x03\x00\x00" + fixed(2.0, 1.0, 0.0, 0.5, 0.5), {0.25: 0.125, 0.75: 0.5625}),
        (
            b"para" + bytes(4) + b"\x00\x04\x00\x00" + fixed(1.0, 1.0, 0, 0.5, 0.5, 0.125, 0.25),
            {0.25: 0.375, 0.5: 0.625},
        ),
    ],
)
def test_tone_curves(curve: bytes, points: dict[float, float]) -> None:
    found = read_profile(icc(b"GRAY", {b"kTRC": curve}))
    assert found is not None
    assert found.curves[0].linear(np.array(list(points))) == pytest.approx(list(points.values()), abs=1e-4)


def test_other_profiles_leave_the_samples_alone() -> None:
    for other in (icc(b"RGB ", {b"A2B0": b"mft2", **SRGB_COLOURS}), icc(b"RGB ", {}, b"Lab "), b"short"):
        data = jp2_file(lossless(FOUR), profile(other, method=3))
        assert np.array_equal(pc.decode(data, color="rendered"), FOUR)
    assert read_profile(b"") is None
    assert ToneCurve().linear(np.array([0.25])) == 0.25


def test_the_colr_box_that_can_be_shown_counts() -> None:
    kept = profile(icc(b"CMYK", {}), method=3)
    assert pc.inspect(jp2_file(lossless(FOUR), CMYK, kept, SRGB)).color_space == "sRGB"
    assert pc.inspect(jp2_file(lossless(FOUR), CMYK, kept)).color_space == "ICC profile"
    assert pc.inspect(jp2_file(lossless(FOUR), SRGB, enumerated(18, prec=1))).color_space == "sYCC"
    assert pc.inspect(jp2_file(lossless(FOUR), box("colr", "05 00 00 0001 000D 0005 80"))).color_space == "sYCC"
    assert pc.inspect(jp2_file(lossless(FOUR))).color_space == "not told"
    with pytest.raises(pc.UnsupportedError, match="CMYK"):
        pc.decode(jp2_file(lossless(FOUR), CMYK), color="rendered")


CONTRADICTIONS = {
    "palette without mapping": (PALETTE, SRGB),
    "mapping without palette": (MAPPING, SRGB),
    "component that is not there": (PALETTE, box("cmap", "0000 01 00 0001 01 01 0000 01 02"), SRGB),
    "column that is not there": (PALETTE, box("cmap", "0000 01 00 0000 01 01 0000 01 03"), SRGB),
    "channel defined twice": (GREY, box("cdef", "0002 0000 0000 0001 0000 0001 0000")),
    "channel that is not there": (GREY, box("cdef", "0001 0001 0000 0001")),
    "colour told twice": (PALETTE, MAPPING, SRGB, box("cdef", "0002 0000 0000 0001 0001 0000 0001")),
    "colour that the space lacks": (GREY, box("cdef", "0001 0000 0000 0002")),
    "no colour": (GREY, box("cdef", "0001 0000 0001 0000")),
    "one component in sRGB": (SRGB,),
}


@pytest.mark.parametrize("inner", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_boxes_that_contradict_themselves(inner: tuple[bytes, ...]) -> None:
    data = jp2_file(lossless(INDICES), *inner)
    assert np.array_equal(pc.decode(data), INDICES)
    with pytest.raises(pc.CodestreamError, match="box"):
        pc.decode(data, color="rendered")
    with pytest.raises(pc.CodestreamError, match=r"T\.800 I\.5\.3"):
        _ = pc.inspect(data).rendered_channels


def test_out_limits_and_damage() -> None:
    data = jp2_file(lossless(INDICES), PALETTE, MAPPING, SRGB)
    with pytest.raises(pc.OptionError, match="out must be"):
        pc.decode(data, color="rendered", out=np.empty((6, 9), np.uint8))
    with pytest.raises(pc.LimitError):
        pc.decode(data, color="rendered", limits=pc.Limits(output_bytes=100))
    assert pc.decode(data, limits=pc.Limits(output_bytes=100)).nbytes == 54
    partial = pc.decode(data[:-3], color="rendered", on_damage="conceal")
    assert partial.image.shape == (6, 9, 3)
    with pytest.raises(pc.OptionError, match="leaves the image"):
        pc.decode(data, color="rendered", region=pc.Region(0, 0, 7, 1))


def test_blocks_of_any_size_make_the_same_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = pc.decode(WHOLE, color="rendered")
    for samples in (1, 4, 20):
        monkeypatch.setattr("pacscore.j2k.rendering._SAMPLES_AT_ONCE", samples)
        assert np.array_equal(pc.decode(WHOLE, color="rendered"), whole)


def test_a_bare_codestream_comes_as_it_is_stored() -> None:
    stream = lossless(FOUR)
    assert np.array_equal(pc.decode(stream, color="rendered"), FOUR)
    info = pc.inspect(stream)
    assert (info.file, info.color_space) == (None, None)
    assert [channel.kind for channel in info.rendered_channels] == ["unspecified"] * 4


def test_inspect_keeps_the_boxes() -> None:
    identity, other = UUID(int=7), UUID(int=(1 << 128) - 1)
    information = box(
        "uinf", box("ulst", b"\x00\x02" + identity.bytes + other.bytes) + box("url ", b"\0\0\0\0http://x\0")
    )
    boxes = box("xml ", b"<a/>") + box("uuid", identity.bytes + b"mine") + information + box("jp2i", b"rights")
    wrong = box("uuid", b"short") + box("uinf", box("ulst", "0002") + box("url ", "00"))
    data = jp2_file(lossless(INDICES), PALETTE, MAPPING, SRGB, box("bpcc", "0F")) + boxes + wrong + box("odd!", b"1")
    info = pc.inspect(data)
    found = info.file
    assert found is not None
    assert found.xml == (b"<a/>",)
    assert found.uuids == (Uuid(identity, b"mine"),)
    assert found.uuid_information == (UuidInformation((identity, other), "http://x"), UuidInformation())
    assert found.intellectual_property == (b"rights",)
    assert data[found.boxes[-1].payload_start : found.boxes[-1].stop] == b"1"
    assert len(info.notes) == 4  # three boxes that are wrong, and bpcc against SIZ
    told = json.loads(info.to_json())
    assert told["file"]["palette"]["entries"][1] == [16, 32, 48]
    assert told["file"]["uuids"] == [{"uuid": str(identity), "data": {"bytes": 4}}]


def test_boxes_in_boxes_to_any_depth_are_no_trap() -> None:
    nested = b""
    for _ in range(5000):
        nested = box("jp2h", nested)
    data = jp2_file(lossless(INDICES), GREY) + nested
    assert np.array_equal(pc.decode(data, color="rendered"), INDICES)


WHOLE = jp2_file(
    join_components(
        [FOUR[..., 0], FOUR[:3, :5, 1], FOUR[:3, :5, 2], FOUR[..., 3]], [(1, 1), (2, 2), (2, 2), (1, 1)], (6, 9)
    ),
    PALETTE,
    box("cmap", "0000 00 00 0001 00 00 0002 00 00 0003 01 00"),
    SYCC,
    profile(SRGB_PROFILE, prec=-1),
    box("cdef", "0004 0000 0000 0001 0001 0000 0002 0002 0000 0003 0003 0001 0000"),
)
HEADERS = WHOLE.index(b"jp2c")


SOUND = pc.decode(WHOLE, color="rendered")


def answer(data: bytes) -> np.ndarray | pc.PacscoreError:
    """Return the picture, or the error: anything else that is raised fails the test."""
    try:
        image = pc.decode(data, color="rendered", limits=pc.Limits(output_bytes=1 << 24))
    except pc.PacscoreError as error:
        return error
    assert isinstance(image, np.ndarray)
    return image


def told_shape(data: bytes) -> tuple[int, ...]:
    """Return the shape that `inspect` tells of the rendered picture; a bare codestream tells of no channels."""
    info = pc.inspect(data)
    channels = len(info.rendered_channels)
    return (6, 9) if channels == 1 else (6, 9, channels)


def test_the_sound_file() -> None:
    assert SOUND.shape == told_shape(WHOLE) == (6, 9, 4)


@pytest.mark.parametrize("bit", range(8))
def test_every_flipped_bit_of_the_boxes_gives_an_answer(bit: int) -> None:
    """Some flips are refused, some only change what is shown, and each picture is of the shape that is told."""
    refused = shown = 0
    for position in range(12, HEADERS):
        data = bytearray(WHOLE)
        data[position] ^= 1 << bit
        found = answer(bytes(data))
        if isinstance(found, pc.PacscoreError):
            refused += 1
        else:
            shown += 1
            assert found.shape == told_shape(bytes(data))
    assert refused > 50
    assert shown > 50


def test_every_cut_gives_an_answer() -> None:
    """A cut before the codestream is always refused, and one in it unless no packet is missing."""
    found = [answer(WHOLE[:length]) for length in range(len(WHOLE))]
    assert all(isinstance(each, pc.PacscoreError) for each in found[: HEADERS + 4])
    shown = [length for length, each in enumerate(found) if isinstance(each, np.ndarray)]
    assert shown == list(range(len(WHOLE) - len(shown), len(WHOLE)))
    assert len(shown) <= 2  # the bytes of EOC
    assert all(np.array_equal(found[length], SOUND) for length in shown)


@settings(max_examples=200)
@given(st.integers(40, HEADERS), st.binary(min_size=1, max_size=12))
def test_any_bytes_in_the_boxes_give_an_answer(position: int, noise: bytes) -> None:
    data = WHOLE[:position] + noise + WHOLE[position + len(noise) :]
    found = answer(data)
    assert isinstance(found, pc.PacscoreError) or found.shape == told_shape(data)
