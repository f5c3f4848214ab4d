"""Step sizes: norms against tabulated ones, exponents against the worst images, steps there and back."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pacscore.errors import OptionError
from pacscore.j2k.quantization.steps import (
    band_gains,
    band_norm,
    irreversible_steps,
    reversible_exponents,
    step_size,
)
from reference import components, wavelet

# Synthesis norms of one dimension, low and high band, by level: computed in exact arithmetic elsewhere.
NORMS = {
    True: {1: (1.224745, 0.847791), 2: (1.658312, 0.960143), 3: (2.318405, 1.259340), 5: (4.619930, 2.453871)},
    False: {1: (1.402108, 0.721261), 2: (2.030372, 0.983471), 3: (2.901163, 1.441962), 5: (5.824511, 2.947325)},
}


@pytest.mark.parametrize("reversible", [True, False])
def test_norms(reversible: bool) -> None:
    assert band_norm(0, False, reversible=reversible) == 1
    for level, expected in NORMS[reversible].items():
        made = [band_norm(level, high, reversible=reversible) for high in (False, True)]
        assert made == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("reversible", [True, False])
@pytest.mark.parametrize("high", [True, False])
def test_norms_are_those_of_the_transform(reversible: bool, high: bool) -> None:
    """The energy of one coefficient's way through the literal synthesis."""
    level, size = 3, 256
    line = np.zeros((size >> level, 1))
    line[size >> (level + 1)] = 1
    for depth in range(level):
        bands = [np.zeros_like(line), line] if high and depth == 0 else [line, np.zeros_like(line)]
        if reversible:
            line = np.vstack(bands)[wavelet.order_of_bands(0, 2 * len(line)).argsort()]
            line = (wavelet.synthesis_1d((line * 2.0**40).astype(np.int64), 0)) / 2.0**40
        else:
            line = wavelet.inverse(np.vstack(bands), 0, 0)
    assert band_norm(level, high, reversible=reversible) == pytest.approx(float(np.linalg.norm(line)), rel=1e-6)


@pytest.mark.parametrize("reversible", [True, False])
@pytest.mark.parametrize("high", [True, False])
def test_norms_keep_doubling(reversible: bool, high: bool) -> None:
    ratios = [
        (band_norm(level + 1, high, reversible=reversible) / band_norm(level, high, reversible=reversible)) ** 2
        for level in range(7, 32)
    ]
    assert ratios == pytest.approx([2] * len(ratios), rel=1e-3)


def worst_images(size: int, precision: int) -> list[np.ndarray]:
    """Level-shifted images that make coefficients large: extremes in the signs of the analysis functions, and noise."""
    low, high = -(2 ** (precision - 1)), 2 ** (precision - 1) - 1
    rng = np.random.default_rng(precision)
    images = [np.where(rng.random((size, size)) < 0.5, low, high) for _ in range(4)]
    for level in (1, 2, 3):
        for column in (False, True):
            for row in (False, True):
                signs = np.outer(analysis_signs(size, level, row), analysis_signs(size, level, column))
                images += [np.where(signs > 0, high, low), np.where(signs > 0, low, high)]
    return [image.astype(np.int64) for image in images]


def analysis_signs(size: int, level: int, high: bool) -> np.ndarray:
    """Signs of the samples' shares in the middle coefficient of a band, from the transform of each single sample."""
    impulses = (np.eye(size) * 2.0**40).astype(np.int64)
    for depth in range(level):
        impulses = wavelet.analysis_1d(impulses, 0)[1 if high and depth == level - 1 else 0 :: 2]
    return np.sign(impulses[len(impulses) // 2])


@pytest.mark.parametrize("precision", [1, 2, 8, 12, 16])
@pytest.mark.parametrize("color_transform", [False, True])
def test_reversible_exponents_hold_the_worst_images(precision: int, color_transform: bool) -> None:
    levels = 3
    guard_bits, exponents = reversible_exponents(precision, levels, color_transform)
    for image in worst_images(32, precision):
        planes = [image, ~image, image]
        if color_transform:
            planes = list(components.forward_rct(*planes))
        for plane in planes:
            for band, exponent in zip(bands_of(plane, levels), exponents, strict=True):
                assert int(np.abs(band).max()).bit_length() <= guard_bits + exponent - 1


def bands_of(samples: np.ndarray, levels: int) -> list[np.ndarray]:
    bands: list[np.ndarray] = []
    for _ in range(levels):
        samples = wavelet.forward(samples, 0, 0)
        rows, columns = (size // 2 for size in samples.shape)
        bands = [samples[:rows, columns:], samples[rows:, :columns], samples[rows:, columns:], *bands]
        samples = samples[:rows, :columns]
    return [samples, *bands]


@pytest.mark.parametrize("levels", [0, 1, 5, 32])
@pytest.mark.parametrize("precision", [1, 8, 16, 27, 33])
def test_reversible_exponents_can_be_signalled(precision: int, levels: int) -> None:
    guard_bits, exponents = reversible_exponents(precision, levels, True)
    assert len(exponents) == len(band_gains(levels)) == 3 * levels + 1
    assert 1 <= guard_bits <= 7
    assert all(0 <= exponent <= 31 for exponent in exponents)


def test_no_level_needs_no_more_than_the_samples() -> None:
    assert reversible_exponents(8, 0, False) == (1, (8,))


@pytest.mark.parametrize("levels", [0, 1, 5])
@pytest.mark.parametrize("base_step", [2.0**-16, 1 / 4096, 1 / 256, 0.03])
@pytest.mark.parametrize("precision", [8, 12, 16])
def test_irreversible_steps_there_and_back(base_step: float, precision: int, levels: int) -> None:
    guard_bits, steps = irreversible_steps(base_step, precision, levels)
    assert 1 <= guard_bits <= 7
    orders = [(levels, 0), *((level, kind) for level in range(levels, 0, -1) for kind in (1, 2, 3))]
    for (exponent, mantissa), gain, (level, kind) in zip(steps, band_gains(levels), orders, strict=True):
        assert 0 <= exponent <= 31
        assert 0 <= mantissa < 2048
        norm = math.prod(band_norm(level, bool(kind & bit), reversible=False) for bit in (1, 2))
        wanted = base_step * 2**precision / norm
        assert step_size(precision, gain, exponent, mantissa) == pytest.approx(wanted, rel=2**-11)


@pytest.mark.parametrize("levels", [1, 3])
def test_one_guard_bit_holds_the_worst_images(levels: int) -> None:
    precision = 8
    guard_bits, steps = irreversible_steps(1 / 1000, precision, levels)
    for image in worst_images(32, precision):
        bands = bands_of(image.astype(np.float64), levels)
        for band, (exponent, mantissa), gain in zip(bands, steps, band_gains(levels), strict=True):
            largest = np.abs(band).max() / step_size(precision, gain, exponent, mantissa)
            assert int(largest).bit_length() <= guard_bits + exponent - 1


def test_steps_beyond_what_can_be_signalled() -> None:
    assert irreversible_steps(1e-30, 8, 1)[1] == ((31, 0),) * 4
    assert irreversible_steps(1e30, 8, 1)[1] == ((0, 2047),) * 4


def test_mantissa_carries() -> None:
    ((exponent, mantissa),) = irreversible_steps(0.5 * (2 - 1e-9), 8, 0)[1]
    assert step_size(8, 0, exponent, mantissa) == 256
    assert mantissa == 0


@pytest.mark.parametrize(
    "arguments",
    [(0.0, 8, 5), (-1.0, 8, 5), (math.inf, 8, 5), (math.nan, 8, 5), (0.1, 0, 5), (0.1, 39, 5), (0.1, 8, 33)],
)
def test_irreversible_refusals(arguments: tuple[float, int, int]) -> None:
    with pytest.raises(OptionError):
        irreversible_steps(*arguments)


@pytest.mark.parametrize(("precision", "levels"), [(0, 5), (39, 5), (8, -1), (8, 33), (38, 5)])
def test_reversible_refusals(precision: int, levels: int) -> None:
    with pytest.raises(OptionError):
        reversible_exponents(precision, levels, True)
