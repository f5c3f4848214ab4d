"""Peak error, MSE, PSNR and SSIM, worked out by hand; equal images; shapes, widths and what is not installed."""

from __future__ import annotations

import json
import math
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pacscore as pc
from pacscore.quality import Measures, compare_images

RNG = np.random.default_rng(8)


def test_by_hand() -> None:
    reference = np.array([[0, 10], [20, 30]], np.uint16)
    report = compare_images(reference, np.array([[0, 13], [20, 26]], np.uint16), bits_stored=12)
    mse = (9 + 16) / 4
    want = Measures(4, mse, 10 * math.log10(4095**2 / mse), None, 2, 4)
    assert (report.stored, report.components) == (want, (want,))
    assert (report.data_range, report.equal, report.windowed) == (4095, False, None)


def literal_ssim(a: np.ndarray, b: np.ndarray, span: float) -> float:
    """Return SSIM at the middle of 11 x 11 samples, as the paper of 2004 defines it."""
    places = np.arange(-5, 6)
    weights = np.exp(-(places[:, None] ** 2 + places**2) / (2 * 1.5**2))
    weights /= weights.sum()
    mean_a, mean_b = (weights * a).sum(), (weights * b).sum()
    var_a, var_b = (weights * (a - mean_a) ** 2).sum(), (weights * (b - mean_b) ** 2).sum()
    both = (weights * (a - mean_a) * (b - mean_b)).sum()
    c1, c2 = (0.01 * span) ** 2, (0.03 * span) ** 2
    luminance = (2 * mean_a * mean_b + c1) / (mean_a**2 + mean_b**2 + c1)
    return luminance * (2 * both + c2) / (var_a + var_b + c2)


def test_ssim_is_that_of_the_paper() -> None:
    reference, image = RNG.integers(0, 256, (2, 11, 11)).astype(np.uint8)
    found = compare_images(reference, image).stored.ssim
    assert found == pytest.approx(literal_ssim(reference.astype(float), image.astype(float), 255))
    assert compare_images(reference, image, ssim=False).stored.ssim is None


def test_components_count_alike() -> None:
    reference = RNG.integers(0, 256, (16, 20, 3)).astype(np.uint8)
    image = reference.copy()
    image[..., 1] ^= 1
    report = compare_images(reference, image)
    assert [one.mse for one in report.components] == [0, 1, 0]
    assert [one.psnr for one in report.components] == [math.inf, pytest.approx(20 * math.log10(255)), math.inf]
    assert report.stored.mse == pytest.approx(1 / 3)
    assert report.stored.ssim == pytest.approx((2 + report.components[1].ssim) / 3)
    as_list = compare_images([reference[..., 0], image[:5, :5, 1]], [reference[..., 0], reference[:5, :5, 1]])
    assert as_list.stored.mse == pytest.approx(25 / (320 + 25))
    assert as_list.stored.ssim is None


@pytest.mark.parametrize("name", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8"])
def test_the_whole_range_of_every_dtype(name: str) -> None:
    bounds = np.iinfo(name)
    low, high = np.full((2, 2), bounds.min, name), np.full((2, 2), bounds.max, name)
    measures = compare_images(low, high).stored
    assert measures.peak_error == bounds.max - bounds.min
    assert measures.psnr == pytest.approx(0, abs=1e-9)


@given(st.integers(1, 16), st.integers(0, 1000))
def test_equal_images(bits: int, seed: int) -> None:
    image = np.random.default_rng(seed).integers(0, 1 << bits, (12, 13)).astype(np.uint16)
    report = compare_images(image, image.copy(), bits_stored=bits)
    assert report.equal
    assert report.stored == Measures(0, 0.0, math.inf, pytest.approx(1), 0, 156)
    told = json.loads(report.to_json())
    assert (told["schema"], told["equal"], told["stored"]["psnr"]) == (1, True, None)


def test_floats_and_booleans() -> None:
    reference = np.array([[0.0, 0.5]], np.float32)
    report = compare_images(reference, np.array([[0.25, 0.5]], np.float32), data_range=1.0)
    assert (report.stored.peak_error, report.stored.mse) == (0.25, 0.03125)
    mask = np.array([[True, False]])
    assert compare_images(mask, ~mask).stored.psnr == 0


def test_what_a_screen_shows() -> None:
    reference = np.array([[0, 100, 200, 1000]], np.int16)
    image = np.array([[0, 100, 201, 3000]], np.int16)  # a large difference outside the window
    shown = compare_images(reference, image, window=pc.Window(127.5, 255, "LINEAR_EXACT")).windowed
    assert shown is not None
    assert (shown.peak_error, shown.differing) == (1, 1)
    pipeline = pc.Pipeline(pixel_representation=1)
    both = compare_images(reference, image, pipeline=pipeline).windowed
    assert both is not None
    assert both.peak_error == 255 - 85  # 1000 of 3000, the largest of both


@pytest.mark.parametrize(
    ("reference", "image", "choices"),
    [
        (np.zeros((2, 3), np.uint8), np.zeros((3, 2), np.uint8), {}),
        (np.zeros((2, 3), np.uint8), [np.zeros((2, 3), np.uint8)], {}),
        (np.zeros((0, 3), np.uint8), np.zeros((0, 3), np.uint8), {}),
        (np.zeros(3, np.uint8), np.zeros(3, np.uint8), {}),
        (np.zeros((2, 3), "U1"), np.zeros((2, 3), "U1"), {}),
        (np.zeros((2, 3)), np.zeros((2, 3)), {}),
        (np.zeros((2, 3)), np.zeros((2, 3)), {"data_range": 0.0}),
        (np.zeros((2, 3), np.uint8), np.zeros((2, 3), np.uint8), {"data_range": 255.0, "bits_stored": 8}),
        (np.zeros((2, 3), np.uint8), np.zeros((2, 3), np.uint8), {"bits_stored": 0}),
    ],
)
def test_what_cannot_be_compared(reference, image, choices) -> None:
    with pytest.raises(pc.OptionError):
        compare_images(reference, image, **choices)


def test_without_scikit_image(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "skimage.metrics", None)
    image = np.zeros((12, 12), np.uint8)
    with pytest.raises(pc.UnsupportedError, match=r"pip install 'pacscore\[quality\]'"):
        compare_images(image, image)
    assert compare_images(image, image, ssim=False).equal
