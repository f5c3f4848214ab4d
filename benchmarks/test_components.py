"""Component transforms and samples in and out, 512 x 512: each kind, container, layout and target."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pytest_benchmark.fixture import BenchmarkFixture

from pacscore.j2k.components import forward, inverse, load, load_rgb8, store, store_rgb8
from pacscore.support.targets import available_targets

TARGETS = available_targets()
KINDS = [np.int16, np.int32, np.int64, np.float32, np.float64]
each_target = pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
each_kind = pytest.mark.parametrize("kind", KINDS)
each_container = pytest.mark.parametrize("container", [np.uint8, np.uint16])
each_layout = pytest.mark.parametrize("samples_per_pixel", [1, 3])


@each_target
@each_kind
@pytest.mark.parametrize("transform", [forward, inverse], ids=["forward", "inverse"])
def test_transform(
    benchmark: BenchmarkFixture, transform: Callable[..., NDArray[Any]], kind: type[np.generic], target: int
) -> None:
    """Three planes, RCT or ICT."""
    planes = np.random.default_rng(0).integers(-128, 128, (3, 512, 512)).astype(kind)
    out = np.empty_like(planes)
    benchmark(transform, planes, out=out, target=target)
    if np.issubdtype(kind, np.integer) and transform is inverse:
        assert np.array_equal(forward(out, target=target), planes)
    else:
        opposite = inverse if transform is forward else forward
        tolerance = 0 if np.issubdtype(kind, np.integer) else 0.01
        assert np.abs(opposite(out, target=target) - planes).max() <= tolerance


@each_target
@each_kind
@each_container
@each_layout
def test_store(
    benchmark: BenchmarkFixture,
    kind: type[np.generic],
    container: type[np.unsignedinteger[Any]],
    samples_per_pixel: int,
    target: int,
) -> None:
    """Coefficients to samples of one component."""
    precision = np.dtype(container).itemsize * 8
    samples = np.random.default_rng(0).integers(0, 1 << precision, (512, 512))
    coefficients = (samples - (1 << (precision - 1))).astype(kind)
    image = np.empty((512, 512, samples_per_pixel), container)
    out = image[:, :, 0]
    benchmark(store, coefficients, precision=precision, is_signed=False, out=out, target=target)
    assert np.array_equal(out, samples)


@each_target
@each_kind
@each_container
@each_layout
def test_load(
    benchmark: BenchmarkFixture,
    kind: type[np.generic],
    container: type[np.unsignedinteger[Any]],
    samples_per_pixel: int,
    target: int,
) -> None:
    """Samples of one component to coefficients."""
    precision = np.dtype(container).itemsize * 8
    image = np.random.default_rng(0).integers(0, 1 << precision, (512, 512, samples_per_pixel), container)
    samples = image[:, :, 0]
    out = np.empty((512, 512), kind)
    _, extent = benchmark(load, samples, kind, precision=precision, is_signed=False, out=out, target=target)
    assert np.array_equal(out, samples.astype(np.int64) - (1 << (precision - 1)))
    assert extent == (samples.min(), samples.max())


@each_target
@pytest.mark.parametrize("kind", [np.int16, np.float32])
def test_rgb8(benchmark: BenchmarkFixture, kind: type[np.generic], target: int) -> None:
    """Transformed components to interleaved colours of 8 bits."""
    image = np.random.default_rng(0).integers(0, 256, (512, 512, 3), np.uint8)
    planes = load_rgb8(image, kind, target=target)
    out = np.empty_like(image)
    assert np.array_equal(benchmark(store_rgb8, planes, out=out, target=target), image)
