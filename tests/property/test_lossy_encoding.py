"""Encoding to a size or to a quality: what was asked for is met, whatever the picture, the layers and the tiles."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.property.strategies import pictures

import pacscore as pc

PART_1_LOSSLESS, PART_1, HTJ2K = (f"1.2.840.10008.1.2.4.{last}" for last in ("90", "91", "203"))


def painted(rows: int, columns: int, components: int = 1, seed: int = 0) -> NDArray[np.uint16]:
    """Smooth shapes with edges and some noise, of 12 bits."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:rows, :columns]
    planes = []
    for c in range(components):
        shape = 900 + 700 * np.sin(x / (17 + c)) * np.cos(y / 23) + 800 * ((x - 60) ** 2 + (y - 70) ** 2 < 45**2)
        planes.append(np.clip(shape + rng.normal(0, 12, (rows, columns)), 0, 4095))
    image = np.stack(planes, axis=-1).astype(np.uint16)
    return image[:, :, 0] if components == 1 else image


def psnr(image: Any, decoded: Any, bits: int = 12) -> float:
    error = float(np.mean((np.asarray(image, float) - np.asarray(decoded, float)) ** 2))
    return 10 * math.log10((2**bits - 1) ** 2 / error) if error else math.inf


def bytes_of(image: NDArray[Any], rate: float) -> float:
    return rate * image.shape[0] * image.shape[1] / 8


@pytest.mark.parametrize("syntax", [PART_1, HTJ2K])
@pytest.mark.parametrize("components", [1, 3])
@pytest.mark.parametrize("rate", [0.5, 1.7, 4.0])
def test_the_size_is_met_and_never_exceeded(syntax: str, components: int, rate: float) -> None:
    image = painted(300, 281, components)
    data = pc.encode(image, syntax, pc.J2KOptions(rate=rate), bits_stored=12)
    assert 0.99 * bytes_of(image, rate) <= len(data) <= bytes_of(image, rate)


@pytest.mark.parametrize(
    "options",
    [
        pc.J2KOptions(tile_rows=100, tile_columns=128),
        pc.J2KOptions(tile_rows=150, tile_columns=281, sop=True, eph=True, plt=True, tlm=True, tile_parts="resolution"),
        pc.J2KOptions(packed_headers="main", progression="LRCP", precincts=((64, 64),)),
        pc.J2KOptions(reversible=True),
        pc.J2KOptions(styles=("bypass", "termall", "segsym")),
        pc.J2KOptions(code_block_rows=16, code_block_columns=32, decomposition_levels=2),
    ],
)
def test_everything_counts_whatever_the_options(options: pc.J2KOptions) -> None:
    image = painted(300, 281, 3)
    data = pc.encode(image, PART_1, replace(options, rate=2.5), bits_stored=12)
    assert 0.99 * bytes_of(image, 2.5) <= len(data) <= bytes_of(image, 2.5)
    assert psnr(image, pc.decode(data)) > 40


@pytest.mark.parametrize("syntax", [PART_1, HTJ2K])
@pytest.mark.parametrize("goal", [38.0, 50.0, 66.0])
def test_the_quality_is_met(syntax: str, goal: float) -> None:
    image = painted(200, 210, 3)
    reached = psnr(image, pc.decode(pc.encode(image, syntax, pc.J2KOptions(psnr=goal), bits_stored=12)))
    assert goal <= reached < goal + 0.1


def test_layers_grow_in_quality_and_each_keeps_its_rate() -> None:
    image = painted(256, 256)
    rates = (0.25, 0.5, 1.0, 2.0)
    options = pc.J2KOptions(rate=rates, progression="LRCP")
    data = pc.encode(image, PART_1, options, bits_stored=12)
    qualities = [psnr(image, pc.decode(data, layers=layer)) for layer in range(1, 5)]
    assert all(b > a + 0.2 for a, b in pairwise(qualities))
    for layer, rate in enumerate(rates, 1):
        alone = pc.encode(image, PART_1, pc.J2KOptions(rate=rate), bits_stored=12)
        assert qualities[layer - 1] > psnr(image, pc.decode(alone)) - 0.4


def test_layers_of_given_qualities_reach_them() -> None:
    image = painted(256, 200)
    data = pc.encode(image, PART_1, pc.J2KOptions(psnr=(36.0, 44.0, 52.0)), bits_stored=12)
    for layer, goal in enumerate((36.0, 44.0, 52.0), 1):
        assert psnr(image, pc.decode(data, layers=layer)) >= goal


@pytest.mark.parametrize("components", [1, 3])
@pytest.mark.parametrize("layers", [2, 4])
def test_a_final_lossless_layer(components: int, layers: int) -> None:
    image = painted(150, 170, components)
    for options in (pc.J2KOptions(layers=layers), pc.J2KOptions(layers=layers, rate=1.0)):
        data = pc.encode(image, PART_1_LOSSLESS, options, bits_stored=12)
        assert pc.inspect(data).layers == layers
        np.testing.assert_array_equal(pc.decode(data), image)
        assert 25 < psnr(image, pc.decode(data, layers=layers - 1)) < math.inf


@pytest.mark.parametrize("syntax", [PART_1, HTJ2K])
@pytest.mark.parametrize("options", [pc.J2KOptions(rate=1.5), pc.J2KOptions(psnr=45.0)])
@pytest.mark.parametrize("tile", [None, 128])
def test_threads_change_nothing(syntax: str, options: pc.J2KOptions, tile: int | None) -> None:
    image = painted(400, 300)
    options = replace(options, tile_rows=tile, tile_columns=tile)
    assert pc.encode(image, syntax, options, bits_stored=12, threads=2) == pc.encode(
        image, syntax, options, bits_stored=12
    )


def test_a_picture_of_equal_blocks_is_cut_in_fine_steps() -> None:
    image = np.tile(painted(64, 64), (6, 6))
    data = pc.encode(image, PART_1, pc.J2KOptions(rate=1.0, decomposition_levels=0), bits_stored=12)
    assert 0.97 * bytes_of(image, 1.0) <= len(data) <= bytes_of(image, 1.0)


@pytest.mark.parametrize("syntax", [PART_1, HTJ2K])
def test_a_size_that_not_even_empty_packets_fit_is_refused(syntax: str) -> None:
    with pytest.raises(pc.OptionError, match="fewest possible"):
        pc.encode(painted(30, 30), syntax, pc.J2KOptions(rate=0.5), bits_stored=12)
    with pytest.raises(pc.OptionError, match="fewest possible"):
        pc.encode(painted(300, 300), syntax, pc.J2KOptions(rate=0.01), bits_stored=12)


@pytest.mark.parametrize(
    "options",
    [
        {"rate": (2.0, 1.0)},
        {"rate": 1.0, "psnr": 40.0},
        {"rate": 0.0},
        {"psnr": float("nan")},
        {"rate": (1.0, 2.0), "layers": 4},
    ],
)
def test_contradictions_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(pc.OptionError):
        pc.encode(painted(64, 64), PART_1, pc.J2KOptions(**options), bits_stored=12)


@pytest.mark.parametrize("syntax", [PART_1, HTJ2K])
@settings(max_examples=60, deadline=None)
@given(pictures(most_bits=16), st.floats(0.1, 12), st.booleans(), st.integers(1, 3))
def test_no_picture_exceeds_its_size(
    syntax: str, picture: tuple[NDArray[Any], int], rate: float, rev: bool, layers: int
) -> None:
    image, bits = picture
    options = pc.J2KOptions(rate=rate, reversible=rev, layers=layers)
    try:
        data = pc.encode(image, syntax, options, bits_stored=bits)
    except pc.OptionError as error:
        assert "fewest possible" in str(error)  # noqa: PT017 - either is right
        return
    assert len(data) <= bytes_of(image, rate)
    assert pc.decode(data).shape == image.shape


@pytest.mark.parametrize("beyond", [400.0, 4000.0, 1e9])
def test_a_psnr_beyond_reach_is_refused(beyond: float) -> None:
    with pytest.raises(pc.OptionError):
        pc.encode(painted(64, 64), HTJ2K, pc.J2KOptions(psnr=beyond, reversible=False), bits_stored=12)
