"""The wavelet transforms: every target, kind, parity and odd shape, against the literal ones."""

from __future__ import annotations

import numpy as np
import pytest

from pacscore.errors import OptionError
from pacscore.j2k.wavelet import forward, inverse
from pacscore.support.targets import available_targets
from reference import wavelet as reference

TARGETS = available_targets()
KINDS = [np.int32, np.int64, np.float32, np.float64]
ORIGINS = [(0, 0), (1, 0), (0, 1), (1, 1)]
SMALL = [(rows, columns) for rows in range(7) for columns in range(7)]
ODD = [(1, 67), (67, 1), (2, 65), (33, 17), (9, 129), (131, 130)]
# Strips of columns are narrower where columns are long: both widths, and the one between.
TALL = [(300, 70), (1100, 37), (2500, 19)]


def random_samples(shape: tuple[int, int], kind: type, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng([seed, *shape])
    if kind in (np.int32, np.int64):
        return rng.integers(-(1 << 20), 1 << 20, shape).astype(kind)
    return (rng.standard_normal(shape) * 1000).astype(kind)


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("origin", ORIGINS)
def test_every_bit_is_the_reference_s(target: int, kind: type, origin: tuple[int, int]) -> None:
    for shape in [*SMALL, *ODD]:
        samples = random_samples(shape, kind)
        made = forward(samples, origin=origin, target=target)
        assert made.tobytes() == reference.forward(samples, *origin).tobytes(), shape
        made = inverse(samples, origin=origin, target=target)
        assert made.tobytes() == reference.inverse(samples, *origin).tobytes(), shape


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", TALL)
def test_strips_of_any_width(target: int, kind: type, shape: tuple[int, int]) -> None:
    samples = random_samples(shape, kind)
    origin = (4_294_967_295, 3)
    assert np.array_equal(forward(samples, origin=origin, target=target), reference.forward(samples, *origin))
    assert np.array_equal(inverse(samples, origin=origin, target=target), reference.inverse(samples, *origin))


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("kind", [np.int32, np.int64])
@pytest.mark.parametrize("origin", ORIGINS)
def test_hostile_integers_wrap(target: int, kind: type, origin: tuple[int, int]) -> None:
    limits = np.iinfo(kind)
    samples = np.random.default_rng(1).choice(np.array([limits.min, limits.max, 0, -1], kind), (19, 37))
    with np.errstate(over="ignore"):
        expected = reference.inverse(samples, *origin)
    assert np.array_equal(inverse(samples, origin=origin, target=target), expected)
    assert np.array_equal(
        inverse(forward(samples, origin=origin, target=target), origin=origin, target=target), samples
    )


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_hostile_reals_pass(target: int, kind: type) -> None:
    samples = np.random.default_rng(2).choice(np.array([np.nan, np.inf, -np.inf, 3e38, 1], kind), (16, 33))
    assert inverse(samples, target=target).shape == samples.shape


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("origin", ORIGINS)
def test_inverse_undoes_forward(kind: type, origin: tuple[int, int]) -> None:
    samples = random_samples((45, 62), kind)
    back = inverse(forward(samples, origin=origin), origin=origin)
    if kind in (np.int32, np.int64):
        assert np.array_equal(back, samples)
    else:
        assert np.abs(back - samples).max() < 4000 * 8 * np.finfo(kind).eps


@pytest.mark.parametrize("kind", KINDS)
def test_gains(kind: type) -> None:
    """A level passes a constant through the low band, and doubles the fastest alternation in the high one (F.4.8)."""
    assert np.allclose(forward(np.full((8, 8), 100, kind))[:4, :4], 100, atol=1e-3)
    alternating = np.tile(np.array([100, -100], kind), (8, 8))
    assert np.allclose(forward(alternating)[:4, 8:], -200, atol=1e-3)


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("kind", KINDS)
def test_rows_at_any_distance_and_nothing_beside_them(target: int, kind: type) -> None:
    samples = random_samples((23, 41), kind)
    canvas = np.full((23, 50), 77, kind)
    window = canvas[:, 3:44]
    window[...] = samples
    for transform in (forward, inverse):
        expected = transform(window.copy(), origin=(1, 1), target=target)
        assert transform(window, origin=(1, 1), out=window, target=target) is window
        assert np.array_equal(window, expected)
    assert np.all(canvas[:, :3] == 77)
    assert np.all(canvas[:, 44:] == 77)


@pytest.mark.parametrize(
    ("samples", "options"),
    [
        (np.zeros((2, 2), np.int16), {}),
        (np.zeros(4, np.int32), {}),
        (np.zeros((2, 2), np.int32), {"origin": (-1, 0)}),
        (np.zeros((2, 2), np.int32), {"origin": (0, 1 << 32)}),
        (np.zeros((2, 2), np.int32), {"target": 9}),
        (np.zeros((2, 2), np.int32), {"out": np.zeros((2, 3), np.int32)}),
        (np.zeros((2, 2), np.int32), {"out": np.zeros((2, 2), np.int64)}),
        (np.zeros((2, 2), np.int32), {"out": np.zeros((2, 4), np.int32)[:, ::2]}),
    ],
)
def test_refusals(samples: np.ndarray, options: dict) -> None:
    with pytest.raises(OptionError):
        inverse(samples, **options)
