"""The slope at which Part 1 blocks will be cut, as a survey foretells it, and the blocks that are then encoded."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pacscore.j2k._tile_encoder import TileEncoder
from pacscore.j2k.encoding_plan import plan_encoding
from pacscore.j2k.options import J2KOptions
from pacscore.j2k.picture import Picture
from pacscore.j2k.plan import TilePlan
from pacscore.j2k.rate import band_weights, coded_passes, likely_slope, surveyed_slope
from pacscore.j2k.truncation import truncation_points
from pacscore.j2k.view import SAMPLE_TYPES
from pacscore.support.targets import active_target

PART_1 = "1.2.840.10008.1.2.4.91"
CLASS = 2 ** (1 / 16)


def noisy_slope(bits: int) -> NDArray[np.uint32]:
    rng = np.random.default_rng(3)
    ramp = np.add.outer(np.arange(200) * 4, np.arange(300) * 6) + rng.normal(0, 20, (200, 300))
    return (ramp.clip(0, 4095) * 2 ** (bits - 12)).astype(np.uint32)


def encoder_of(floor: float, survey: bool, bits: int = 12) -> tuple[TilePlan, TileEncoder]:
    picture = Picture(noisy_slope(bits), bits)
    tile = plan_encoding(PART_1, J2KOptions(rate=2.0), picture.about).tile(0)
    encoder = TileEncoder(tile.compiled, active_target(), 1 << 31, 1)
    encoder.add_source(picture.planes[0], SAMPLE_TYPES[picture.planes[0].dtype], bits, False)
    encoder.want_gains(band_weights(tile), floor, survey=survey)
    encoder.encode()
    return tile, encoder


def test_classes_of_slopes_say_what_all_points_say() -> None:
    tile, encoder = encoder_of(0.0, survey=True)
    points = truncation_points(coded_passes([(tile, encoder)])[0])
    for size in (100.0, 3000.0, 10_000.0, 30_000.0):
        exact = likely_slope(points, size, None)
        assert exact / CLASS <= surveyed_slope([encoder], size, None) <= exact * 1.0001
    for error in (1e5, 1e6, 1e7):
        exact = likely_slope(points, None, error)
        assert exact / CLASS**2 <= surveyed_slope([encoder], None, error) <= exact * 1.0001
    assert surveyed_slope([encoder], 1e9, None) == likely_slope(points, 1e9, None) == 0


def test_two_tiles_count_as_one_picture() -> None:
    _, encoder = encoder_of(0.0, survey=True)
    assert surveyed_slope([encoder, encoder], 20_000.0, None) == surveyed_slope([encoder], 10_000.0, None)


@pytest.mark.parametrize("floor", [0.0, 30.0])
@pytest.mark.parametrize("bits", [12, 17, 26])  # indices of 16, 32 and 64 bits
def test_surveyed_blocks_are_encoded_as_those_that_were_not(floor: float, bits: int) -> None:
    _, surveyed = encoder_of(0.0, survey=True, bits=bits)
    _, direct = encoder_of(floor, survey=False, bits=bits)
    for further in (1000.0, floor):
        surveyed.encode_again(further)
        surveyed.encode_surveyed()
    for ours, theirs in zip(surveyed.coded_passes(), direct.coded_passes(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
