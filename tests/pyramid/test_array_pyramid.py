"""Ordinary images as pyramids: each level is the literal reduction of the one above it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

import pacscore as pc
from reference.reduction import mean_of_four

DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int16])
@pytest.mark.parametrize("shape", [(130, 75), (75, 130, 3)])
def test_levels_are_halved_down_to_one_tile(shape, dtype):
    image = np.random.default_rng(2).integers(0, 200, shape).astype(dtype)
    pyramid = pc.open_pyramid(image, tile_rows=32, tile_columns=32)
    assert [level.downsample for level in pyramid.levels] == [1, 2, 4, 8]
    expected = image
    for level in pyramid.levels:
        assert (level.rows, level.columns) == expected.shape[:2]
        np.testing.assert_array_equal(level.region(pc.Region(0, 0, level.rows, level.columns)), expected)
        last = level.tile(level.tiles_high - 1, level.tiles_wide - 1)
        np.testing.assert_array_equal(last, expected[32 * (level.tiles_high - 1) :, 32 * (level.tiles_wide - 1) :])
        expected = mean_of_four(expected)


def test_a_tile_is_encoded_and_none_is_a_view():
    image = np.random.default_rng(2).integers(0, 256, (100, 100, 3)).astype(np.uint8)
    level = pc.open_pyramid(image, tile_rows=64, tile_columns=64).level(0)
    np.testing.assert_array_equal(pc.decode(level.encoded_tile(1, 0)), image[64:, :64])
    level.tile(0, 0)[...] = 0
    assert image[:64, :64].any()


def test_a_frame_without_levels_of_its_own():
    path = DATA / "dicom" / "pydicom" / "CT_small.dcm"
    with pc.open(path) as frames, pc.open_pyramid(path, tile_rows=64, tile_columns=64) as pyramid:
        assert len(pyramid.levels) == 2
        np.testing.assert_array_equal(pyramid.level(0).tile(1, 1), frames[0][64:, 64:])
        np.testing.assert_array_equal(pyramid.level(1).tile(0, 0), mean_of_four(frames[0]))
    with pytest.raises(IndexError):
        pc.open_pyramid(path, frame=1)


@pytest.mark.parametrize("image", [np.zeros(5), np.zeros((0, 5)), np.zeros((5, 5), bool), np.zeros((2, 2, 2, 2))])
def test_what_is_no_picture(image):
    with pytest.raises(pc.OptionError):
        pc.open_pyramid(image)
