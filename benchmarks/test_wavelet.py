"""One decomposition level of 512 x 512 samples: each filter, direction and target."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_benchmark.fixture import BenchmarkFixture

from pacscore.j2k.wavelet import forward, inverse
from pacscore.support.targets import available_targets

TARGETS = available_targets()


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("kind", [np.int32, np.int64, np.float32, np.float64])
@pytest.mark.parametrize("transform", [forward, inverse], ids=["forward", "inverse"])
def test_level(
    benchmark: BenchmarkFixture, transform: Callable[..., NDArray[Any]], kind: type[np.generic], target: int
) -> None:
    """One level, rows and columns."""
    samples = np.random.default_rng(0).integers(-2048, 2048, (512, 512)).astype(kind)
    out = np.empty_like(samples)
    benchmark(transform, samples, out=out, target=target)
    opposite = inverse if transform is forward else forward
    tolerance = 0 if np.issubdtype(kind, np.integer) else 0.05
    assert np.abs(opposite(out, target=target) - samples).max() <= tolerance
