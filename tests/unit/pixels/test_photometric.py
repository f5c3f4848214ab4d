"""YBR_PARTIAL against the forward matrix of PS3.3 C.7.6.3.1.2."""

import numpy as np
import pytest

from pacscore.pixels.photometric import ybr_partial_to_rgb

FORWARD = np.array([[0.2568, 0.5041, 0.0979], [-0.1482, -0.2910, 0.4392], [0.4392, -0.3678, -0.0714]])


@pytest.mark.parametrize("bits", [8, 12])
def test_the_way_back_of_the_partial_range(bits):
    largest, unit = (1 << bits) - 1, 1 << (bits - 8)
    rgb = np.random.default_rng(4).integers(0, largest + 1, (500, 3))
    rgb[:4] = [[0, 0, 0], [largest] * 3, [largest, 0, 0], [0, 0, largest]]
    ybr = np.rint(rgb * (255 * unit / largest) @ FORWARD.T + np.array([16, 128, 128]) * unit)
    shown = ybr_partial_to_rgb(ybr.astype(np.uint16), bits)
    assert shown.dtype == np.uint16
    assert np.abs(shown.astype(int) - rgb).max() <= 2 * unit


def test_what_lies_outside_is_clamped():
    stored = np.array([[0, 128, 128], [255, 128, 128], [235, 128, 128], [16, 128, 128]], np.uint8)
    assert ybr_partial_to_rgb(stored)[:, 0].tolist() == [0, 255, 255, 0]
