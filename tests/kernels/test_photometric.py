"""Colour of 8-bit samples: every triple of luma and chroma that matters, against exact arithmetic."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from pacscore.pixels import _photometric
from pacscore.support.targets import available_targets

TARGETS = list(available_targets().values())
FACTORS = (("0", "1.402"), ("-0.344136", "-0.714136"), ("1.772", "0"))


def exact(luma: np.ndarray, blue: np.ndarray, red: np.ndarray) -> np.ndarray:
    """Return RGB by integers, in millionths; a half is rounded up."""
    out = []
    for of_blue, of_red in FACTORS:
        b, r = (int(Fraction(factor) * 1_000_000) for factor in (of_blue, of_red))
        value = luma * 1_000_000 + b * (blue - 128) + r * (red - 128)
        out.append(np.clip((value + 500_000) // 1_000_000, 0, 255))
    return np.stack(out, -1).astype(np.uint8)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("luma", [0, 1, 77, 128, 254, 255])
def test_ybr_full_to_rgb_of_all_chroma(target: int, luma: int) -> None:
    blue, red = (axis.ravel() for axis in np.meshgrid(np.arange(256), np.arange(256)))
    triples = np.stack([np.full_like(blue, luma), blue, red], -1)
    out = np.empty(triples.size, np.uint8)
    _photometric.ybr_full_to_rgb(triples.astype(np.uint8).reshape(-1), out, target)
    assert np.array_equal(out.reshape(-1, 3), exact(triples[:, 0], blue, red))


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("pixels", [1, 2, 127, 128, 129, 1000])
def test_any_number_of_pixels_also_in_place(target: int, pixels: int) -> None:
    samples = np.random.default_rng(pixels).integers(0, 256, (pixels, 3))
    buffer = samples.astype(np.uint8).reshape(-1)
    _photometric.ybr_full_to_rgb(buffer, buffer, target)
    assert np.array_equal(buffer.reshape(-1, 3), exact(*samples.T))


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("pairs", [1, 2, 3, 4, 5, 6, 7, 8, 9, 31, 1000])
def test_pairs_share_their_chroma(target: int, pairs: int) -> None:
    coded = np.random.default_rng(pairs).integers(0, 256, (pairs, 4)).astype(np.uint8)
    out = np.full(6 * pairs + 1, 7, np.uint8)
    _photometric.expand_422(coded.reshape(-1), out[:-1], target)
    expected = [[(y, blue, red) for y in (first, second)] for first, second, blue, red in coded.tolist()]
    assert out[:-1].reshape(-1, 3).tolist() == np.array(expected).reshape(-1, 3).tolist()
    assert out[-1] == 7
