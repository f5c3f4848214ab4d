"""Recoding keeps what is decoded, at every resolution, and puts nothing lossy under a lossless transfer syntax."""

from __future__ import annotations

import json
from typing import Any

import imagecodecs
import numpy as np
import pytest
from numpy.typing import NDArray

import pacscore as pc

UID = "1.2.840.10008.1.2.4."
PART_1_LOSSLESS, PART_1 = UID + "90", UID + "91"
HT_LOSSLESS, HT_RPCL, HT = UID + "201", UID + "202", UID + "203"


def picture(rows: int = 150, columns: int = 130, bits: int = 8, samples: int = 1) -> NDArray[Any]:
    y, x = np.mgrid[:rows, :columns]
    smooth = 0.5 + 0.3 * np.sin(y / 13) * np.cos(x / 17) + 0.1 * ((x // 23 + y // 31) % 2)
    planes = [smooth * (1 - 0.1 * s) for s in range(samples)]
    noise = np.random.default_rng(6).normal(0, 0.01, (rows, columns, samples))
    array = np.clip(np.stack(planes, axis=-1) + noise, 0, 1) * ((1 << bits) - 1)
    array = array.astype(np.uint8 if bits <= 8 else np.uint16 if bits <= 16 else np.uint32)
    return array if samples > 1 else array[:, :, 0]


def check_same(original: bytes, recoded: pc.Recoded, blocks: str) -> None:
    assert recoded.report.exact
    info, before = pc.inspect(recoded.data), pc.inspect(original)
    assert info.block_coder == blocks
    assert info.layers == 1
    for reduce in range(before.decomposition_levels + 1):
        assert np.array_equal(pc.decode(recoded.data, reduce=reduce), pc.decode(original, reduce=reduce))


@pytest.mark.parametrize("syntax", [PART_1, HT])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"reversible": False, "quantization_step": 0.001},
        {"rate": 1.0},
        {"rate": (0.5, 1.0, 2.0), "progression": "LRCP"},
        {"psnr": 40.0, "tile_rows": 70, "tile_columns": 64},
        {"reversible": True, "rate": 2.0},
        {"reversible": True, "rate": 2.0, "styles": ("causal",)},
        {"roi": (pc.Region(20, 30, 40, 50),)},
        {"precincts": ((64, 64), (32, 32)), "progression": "PCRL", "sop": True, "eph": True, "plt": True},
        {"packed_headers": "main", "code_block_rows": 16, "code_block_columns": 256},
    ],
)
def test_both_ways_decode_to_the_same_pixels(syntax: str, options: dict[str, Any]) -> None:
    array = picture(samples=3)
    original = pc.encode(array, syntax, pc.J2KOptions(**options))
    other, blocks = (HT, "ht") if syntax == PART_1 else (PART_1, "part1")
    there = pc.recode(original, other)
    check_same(original, there, blocks)
    back = pc.recode(there.data, syntax)
    check_same(original, back, pc.inspect(original).block_coder)


@pytest.mark.parametrize("bits", [1, 12, 16, 27, 32])
def test_any_depth(bits: int) -> None:
    array = picture(bits=bits)
    original = pc.encode(array, PART_1_LOSSLESS, bits_stored=bits)
    recoded = pc.recode(original, HT_LOSSLESS)
    assert recoded.report.lossless
    check_same(original, recoded, "ht")


@pytest.mark.parametrize("styles", [("bypass",), ("termall", "predictable"), ("reset", "segsym")])
def test_styles_of_part_1_may_be_chosen(styles: tuple[str, ...]) -> None:
    original = pc.encode(picture(), HT_LOSSLESS)
    check_same(original, pc.recode(original, PART_1_LOSSLESS, pc.J2KOptions(styles=styles)), "part1")


def test_the_layout_may_be_chosen() -> None:
    original = pc.encode(picture(), PART_1, pc.J2KOptions(progression="LRCP"))
    assert pc.inspect(pc.recode(original, HT).data).progression == "LRCP"
    options = pc.J2KOptions(progression="RLCP", tile_parts="resolution", tlm=True, plt=True, sop=True, eph=True)
    recoded = pc.recode(original, HT, options)
    check_same(original, recoded, "ht")
    info = pc.inspect(recoded.data)
    assert (info.progression, info.has_tlm, info.has_plt) == ("RLCP", True, True)
    assert info.tile_parts == info.decomposition_levels + 1


def test_rpcl_is_what_its_transfer_syntax_promises() -> None:
    original = pc.encode(picture(), PART_1, pc.J2KOptions(progression="LRCP"))
    info = pc.inspect(pc.recode(original, HT_RPCL).data)
    assert (info.progression, info.has_tlm) == ("RPCL", True)


SHALLOW: list[dict[str, Any]] = [
    {"decomposition_levels": 0},
    {"decomposition_levels": 1, "sop": True, "eph": True, "progression": "LRCP"},
    {"decomposition_levels": 1, "styles": ("termall",)},
    {"tile_rows": 77, "tile_columns": 140, "precincts": ((64, 64), (32, 32)), "decomposition_levels": 1},
    {"code_block_rows": 16, "code_block_columns": 32, "decomposition_levels": 2, "packed_headers": "tile"},
]


@pytest.mark.parametrize("options", SHALLOW)
def test_rpcl_decomposes_the_lowest_resolution_further(options: dict[str, Any]) -> None:
    """Until it has no more than 64 rows and columns; what was there stays, other decoders agree, and it comes back."""
    array = picture(300, 420, samples=3)
    original = pc.encode(array, PART_1, pc.J2KOptions(**options))
    recoded = pc.recode(original, HT_RPCL)
    check_same(original, recoded, "ht")
    before, after = pc.inspect(original), pc.inspect(recoded.data)
    assert after.decomposition_levels == 3 > before.decomposition_levels
    assert max(pc.decode(recoded.data, reduce=3).shape) <= 64
    assert np.array_equal(imagecodecs.htj2k_decode(recoded.data), array)
    assert pc.restore(recoded.data, recoded.recipe) == original


@pytest.mark.parametrize(
    "options", [{"roi": (pc.Region(20, 30, 40, 50),)}, {"reversible": False}], ids=["region of interest", "9-7"]
)
def test_rpcl_names_others_where_the_lowest_resolution_must_stay(options: dict[str, Any]) -> None:
    shallow = pc.encode(picture(), PART_1, pc.J2KOptions(decomposition_levels=1, **options))
    with pytest.raises(pc.OptionError, match=r"\.203"):
        pc.recode(shallow, HT_RPCL)


def test_rpcl_notices_a_lowest_resolution_that_lacks_bit_planes() -> None:
    """It is not recoded block by block, so nobody else would."""
    shallow = pc.encode(picture(), PART_1, pc.J2KOptions(decomposition_levels=0, reversible=True, rate=2.0))
    with pytest.raises(pc.OptionError, match=r"not lossless.*\.203"):
        pc.recode(shallow, HT_RPCL)


@pytest.mark.parametrize("syntax", [HT_LOSSLESS, HT_RPCL])
@pytest.mark.parametrize("options", [{"reversible": False}, {"reversible": True, "rate": 1.0}])
def test_nothing_lossy_comes_under_a_lossless_transfer_syntax(syntax: str, options: dict[str, Any]) -> None:
    original = pc.encode(picture(), PART_1, pc.J2KOptions(**options))
    with pytest.raises(pc.OptionError, match=r"\.203"):
        pc.recode(original, syntax)
    assert not pc.recode(original, HT).report.lossless


@pytest.mark.parametrize("options", [{"reversible": True}, {"layers": 2}, {"comment": "x"}, {"styles": ("bypass",)}])
def test_options_that_change_the_image_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(pc.OptionError, match="recode"):
        pc.recode(pc.encode(picture(), PART_1), HT, pc.J2KOptions(**options))


def test_other_decoders_see_the_same() -> None:
    array = picture(bits=12)
    original = pc.encode(array, PART_1_LOSSLESS, pc.J2KOptions(progression="RPCL"), bits_stored=12)
    recoded = pc.recode(original, HT_LOSSLESS).data
    assert np.array_equal(imagecodecs.htj2k_decode(recoded), array)
    assert np.array_equal(imagecodecs.jpeg2k_decode(pc.recode(recoded, PART_1_LOSSLESS).data), array)


def test_threads_make_the_same_bytes() -> None:
    for options in ({}, {"tile_rows": 40, "tile_columns": 40}):
        original = pc.encode(picture(300, 300, samples=3), PART_1, pc.J2KOptions(**options))
        assert pc.recode(original, HT, threads=3).data == pc.recode(original, HT).data


def test_damage_is_told_and_an_error_where_the_target_is_lossless() -> None:
    original = pc.encode(picture(), PART_1)
    cut = original[: len(original) // 2]
    with pytest.raises(pc.TruncatedError):
        pc.recode(cut, HT_LOSSLESS)
    recoded = pc.recode(cut, HT)
    assert not recoded.report.exact
    told = json.loads(recoded.report.to_json())
    assert told["schema"] == 1
    assert told["exact"] is False
    assert told["decoding"]["damages"]
    assert np.array_equal(pc.decode(recoded.data), pc.decode(cut, on_damage="conceal").image)


@pytest.mark.parametrize("syntax", [PART_1, HT])
def test_any_bytes_give_a_codestream_or_an_error(syntax: str) -> None:
    original = pc.encode(picture(70, 60), syntax, pc.J2KOptions(reversible=False))
    random = np.random.default_rng(9)
    readable = 0
    for _ in range(150):
        damaged = bytearray(original)
        damaged[random.integers(len(damaged))] = random.integers(256)
        try:
            recoded = pc.recode(damaged, HT if syntax == PART_1 else PART_1)
            image = pc.decode(recoded.data, on_damage="conceal")
        except pc.PacscoreError:
            continue
        readable += 1
        if recoded.report.exact:
            assert image.report.complete
    assert readable
