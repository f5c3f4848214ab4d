"""The area of a damage: no pixel outside it differs from that of the sound stream."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import pacscore as pc
from pacscore.j2k.codestream.reader import read_codestream

PART_1, LOSSY, HT = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.201"

OPTIONS = {
    "plain": pc.J2KOptions(progression="RPCL", code_block_rows=16, code_block_columns=16, precincts=((64, 64),)),
    "tiles": pc.J2KOptions(tile_rows=70, tile_columns=90, code_block_rows=16, code_block_columns=16),
    "placed": pc.J2KOptions(
        image_offset=(13, 7), tile_offset=(3, 2), tile_rows=90, tile_columns=70, code_block_rows=8, code_block_columns=8
    ),
    "by position": pc.J2KOptions(progression="PCRL", precincts=((32, 32),)),
}


@pytest.fixture(scope="module")
def picture() -> NDArray[Any]:
    noise = np.random.default_rng(2).integers(0, 200, (160, 200))
    return (np.indices((160, 200)).sum(0) * 5 + noise).astype(np.uint16)


def outside(areas: list[tuple[int, int, int, int] | None], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    mask = np.ones(shape[:2], bool)
    for area in areas:
        if area is None:
            mask[...] = False
            continue
        row, column, rows, columns = area
        assert rows > 0
        assert columns > 0
        assert row + rows <= shape[0]
        assert column + columns <= shape[1]
        mask[row : row + rows, column : column + columns] = False
    return mask


@pytest.mark.parametrize("syntax", [PART_1, LOSSY, HT])
@pytest.mark.parametrize("name", OPTIONS)
def test_pixels_outside_the_areas_are_right(picture: NDArray[Any], syntax: str, name: str) -> None:
    data = pc.encode(picture, syntax, OPTIONS[name])
    whole = pc.decode(data)
    body = min(part.body_start for part in read_codestream(data).tile_parts)
    rng = np.random.default_rng(4)
    spared = 0
    for cut in rng.integers(body + 1, len(data) - 2, 12).tolist():
        shown = pc.decode(data[:cut], on_damage="conceal")
        if len(shown.report.damages) == 100:
            continue
        sound = outside([damage.area for damage in shown.report.damages], whole.shape)
        assert np.array_equal(shown.image[sound], whole[sound])
        arriving = pc.ProgressiveDecoder()
        arriving.feed(data[:cut])
        assert [damage.area for damage in arriving.image().report.damages] == [
            damage.area for damage in shown.report.damages
        ]
        spared += int(sound.sum())
    assert spared > 0 or name == "plain"


@pytest.mark.parametrize("syntax", [PART_1, LOSSY])
@pytest.mark.parametrize("name", ["plain", "tiles", "placed"])
def test_a_damaged_block_touches_its_area_alone(picture: NDArray[Any], syntax: str, name: str) -> None:
    """With packed headers every byte behind the main header belongs to a code-block."""
    styles = ("segsym", "predictable", "termall")
    data = pc.encode(picture, syntax, replace(OPTIONS[name], styles=styles, packed_headers="main"))
    whole = pc.decode(data)
    rng = np.random.default_rng(6)
    found = 0
    for _ in range(40):
        broken = bytearray(data)
        broken[int(rng.integers(len(data) // 2, len(data) - 2))] ^= 0x10
        shown = pc.decode(bytes(broken), on_damage="conceal")
        damages = shown.report.damages
        if not damages or any(damage.kind != "block" for damage in damages):
            continue
        sound = outside([damage.area for damage in damages], whole.shape)
        assert np.array_equal(shown.image[sound], whole[sound])
        assert sound.sum() > whole.size / 4
        found += 1
    assert found > 5


def test_a_subsampled_component_is_counted_in_pixels_of_the_image() -> None:
    rng = np.random.default_rng(8)
    planes = [rng.integers(0, 255, (120, 100)).astype(np.uint8), rng.integers(0, 255, (60, 50)).astype(np.uint8)]
    options = pc.J2KOptions(progression="CPRL", subsampling=((1, 1), (2, 2)))
    data = pc.encode(planes, PART_1, options)
    (damage,) = pc.decode(data[:-200], on_damage="conceal").report.damages
    assert damage.area == (0, 0, 120, 100)
    assert damage.component == 1
