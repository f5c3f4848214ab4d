"""Quantisation of one 64 x 64 code-block: each kind and target."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_benchmark.fixture import BenchmarkFixture

from pacscore.j2k.quantization import dequantize, quantize
from pacscore.support.targets import available_targets

TARGETS = available_targets()
STEP = 0.25


def indices() -> NDArray[np.int64]:
    """Return indices of up to eleven bits."""
    return np.random.default_rng(0).integers(-2048, 2048, (64, 64))


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("kind", [np.int32, np.int64, np.float32, np.float64])
@pytest.mark.parametrize("roi_shift", [0, 13])
def test_dequantize(benchmark: BenchmarkFixture, kind: type[np.generic], roi_shift: int, target: int) -> None:
    """Words of a whole block to coefficients, without and with a region of interest."""
    bits = np.dtype(kind).itemsize * 8
    real = np.issubdtype(kind, np.floating)
    magnitudes = abs(indices()).astype(f"u{bits // 8}")
    words = 2 * magnitudes + (magnitudes > 0) | (indices() < 0).astype(magnitudes.dtype) << magnitudes.dtype.type(
        bits - 1
    )
    out = np.empty(words.shape, kind)
    half_step = STEP / 2 if real else None
    benchmark(dequantize, words, half_step=half_step, roi_shift=roi_shift, out=out, target=target)
    expected: NDArray[Any] = (indices() + 0.5 * np.sign(indices())) * STEP if real else indices()
    assert np.array_equal(out, expected)


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("kind", [np.int32, np.int64, np.float32, np.float64])
def test_quantize(benchmark: BenchmarkFixture, kind: type[np.generic], target: int) -> None:
    """Coefficients to words."""
    real = np.issubdtype(kind, np.floating)
    coefficients = (indices() * STEP if real else indices()).astype(kind)
    words, magnitudes = benchmark(quantize, coefficients, inverse_step=1 / STEP if real else None, target=target)
    top = words.dtype.itemsize * 8 - 1
    assert np.array_equal(words & words.dtype.type((1 << top) - 1), abs(indices()).astype(words.dtype))
    assert magnitudes == np.bitwise_or.reduce(abs(indices()), axis=None)
