"""OpenJPEG sees in each quality layer what we see, wherever its packets lie and however its blocks are coded."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pacscore as pc
from interop.openjpeg import read_components

PART_1, LOSSLESS = "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.90"
RATES = (0.5, 1.0, 2.0)


def picture(rows: int = 200, columns: int = 170) -> np.ndarray:
    y, x = np.mgrid[:rows, :columns]
    smooth = 120 + 60 * np.sin(y / 13) * np.cos(x / 17) + 40 * ((x // 23 + y // 31) % 2)
    return np.clip(smooth + np.random.default_rng(6).normal(0, 6, (rows, columns)), 0, 255).astype(np.uint8)


def check_layers(data: bytes, tolerance: int) -> None:
    layers = pc.inspect(data).layers
    for count in range(1, layers + 1):
        (theirs,) = read_components(data, count)
        ours = pc.decode(data, layers=count)
        assert np.abs(ours.astype(int) - theirs).max() <= tolerance


@pytest.mark.parametrize(
    "layout",
    [
        {"progression": "LRCP", "tile_parts": "layer"},
        {"progression": "RLCP", "tile_parts": "resolution"},
        {"progression": "LRCP", "tile_parts": "layer", "tile_rows": 90, "tile_columns": 80, "image_offset": (11, 30)},
        {"progression": "RPCL", "tile_parts": "resolution", "precincts": ((64, 64),), "plt": True, "tlm": True},
        {"progression": "LRCP", "tile_parts": "layer", "packed_headers": "tile"},
    ],
)
def test_layers_over_several_tile_parts(layout: Any) -> None:
    """The 9-7 filter leaves both half a grey level of rounding; the last layer of the 5-3 filter is exact."""
    array = picture()
    lossy = pc.encode(array, PART_1, pc.J2KOptions(rate=RATES, **layout))
    parts = pc.inspect(lossy).tile_parts
    assert parts > pc.inspect(lossy).tiles
    check_layers(lossy, 1)
    lossless = pc.encode(array, LOSSLESS, pc.J2KOptions(rate=RATES, **layout))
    check_layers(lossless, 1)
    assert np.array_equal(read_components(lossless)[0], array)
    assert np.array_equal(pc.decode(lossless), array)


@pytest.mark.parametrize(
    "styles",
    [
        ("bypass",),
        ("termall",),
        ("bypass", "termall"),
        ("bypass", "reset", "causal"),
        ("termall", "predictable", "segsym"),
        ("bypass", "reset", "termall", "causal", "predictable", "segsym"),
    ],
)
@pytest.mark.parametrize("reversible", [True, False])
def test_bypass_and_termination_with_layers_and_rate(styles: tuple[str, ...], reversible: bool) -> None:
    array = picture()
    data = pc.encode(array, PART_1, pc.J2KOptions(rate=RATES, styles=styles, reversible=reversible))
    most = RATES[-1] * array.size / 8
    assert 0.99 * most <= len(data) <= most
    check_layers(data, 1)
    errors = [np.square(pc.decode(data, layers=n).astype(float) - array).mean() for n in (1, 2, 3)]
    assert errors[0] > errors[1] > errors[2]


@pytest.mark.parametrize("syntax", [LOSSLESS, "1.2.840.10008.1.2.4.201"])
def test_a_region_of_interest_in_one_tile(syntax: str) -> None:
    """Three of four tiles have no sample of it; all come back exact. OpenJPEG takes it with Part 1 alone."""
    array = picture()
    options = pc.J2KOptions(tile_rows=100, tile_columns=90, roi=pc.Region(110, 100, 40, 30), image_offset=(5, 9))
    data = pc.encode(array, syntax, options)
    assert pc.inspect(data).roi
    assert np.array_equal(pc.decode(data), array)
    if syntax == LOSSLESS:
        assert np.array_equal(read_components(data)[0], array)


def test_a_region_of_interest_in_one_tile_comes_first() -> None:
    array = picture()
    region = pc.Region(110, 100, 40, 30)
    options = pc.J2KOptions(tile_rows=100, tile_columns=90, roi=region, rate=1.0, reversible=True)
    errors = np.abs(pc.decode(pc.encode(array, PART_1, options)).astype(int) - array)
    inside = np.zeros(array.shape, bool)
    inside[110:150, 100:130] = True
    assert errors[inside].max() == 0
    assert errors[~inside].mean() > 1


def test_a_region_of_interest_covers_subsampled_components() -> None:
    full = picture()
    planes = [full, full[::2, ::2], full[::2, ::2] // 2]
    region = pc.Region(51, 41, 61, 53)
    options = pc.J2KOptions(roi=region, rate=2.0, reversible=True)
    found = pc.decode(pc.encode(planes, PART_1, options))
    assert np.array_equal(found[0][51:112, 41:94], full[51:112, 41:94])
    for shown, plane in zip(found[1:], planes[1:], strict=True):
        assert np.array_equal(shown[25:56, 20:47], plane[25:56, 20:47])
    assert np.abs(found[0].astype(int) - full).max() > 0
