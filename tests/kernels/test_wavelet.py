"""The wavelet transforms: every target, kind, parity and odd shape, against the literal ones."""

from __future__ import annotations

import numpy as np
import pytest

from pacscore.errors import OptionError
from pacscore.j2k.wavelet import forward, inverse
from pacscore.support.targets import available_targets
from reference import wavelet as reference

TARGETS = available_targets()
KINDS = [np.int16, np.int32, np.int64, np.float32, np.float64]
ORIGINS = [(0, 0), (1, 0), (0, 1), (1, 1)]
SMALL = [(rows, columns) for rows in range(7) for columns in range(7)]
ODD = [(1, 67), (67, 1), (2, 65), (33, 17), (9, 129), (131, 130)]
FAR = (4_294_967_294, 3)


def random_samples(shape: tuple[int, int], kind: type, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng([seed, *shape])
    if np.issubdtype(kind, np.integer):
        most = 1 << (12 if kind is np.int16 else 20)
        return rng.integers(-most, most, shape).astype(kind)
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
def test_origins_at_the_far_end_of_the_grid(target: int, kind: type) -> None:
    samples = random_samples((19, 300), kind)
    assert np.array_equal(forward(samples, origin=FAR, target=target), reference.forward(samples, *FAR))
    assert np.array_equal(inverse(samples, origin=FAR, target=target), reference.inverse(samples, *FAR))


def leaves_16_bits(transform: str, samples: np.ndarray, origin: tuple[int, int]) -> bool:
    """Whether any result of a lifting step, and not only one that is returned, leaves 16 bits."""
    seen: list[np.ndarray] = []
    getattr(reference, transform)(samples.astype(np.int64), *origin, seen)
    return any(step.size and (step.min() < -32768 or step.max() > 32767) for step in seen)


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("transform", ["inverse", "forward"])
def test_an_overflow_of_16_bits_is_found_exactly(target: int, transform: str) -> None:
    rng = np.random.default_rng(5)
    function = {"inverse": inverse, "forward": forward}[transform]
    found = set()
    for number in range(400):
        shape = rng.integers(1, 80, 2) if number % 4 else (1, 2)
        amplitude = int(rng.choice([8191, 10922, 16383, 20000, 32767]))
        samples = rng.integers(-64, 64, shape).astype(np.int16)
        where = tuple(rng.integers(0, shape))
        samples[where] = rng.choice([-amplitude - 1, amplitude])
        samples[tuple(rng.integers(0, shape))] = rng.choice([-amplitude - 1, amplitude])
        origin = tuple(int(x) for x in rng.integers(0, 2, 2))
        overflows = leaves_16_bits(transform, samples, origin)
        found.add(overflows)
        if overflows:
            with pytest.raises(OverflowError):
                function(samples, origin=origin, target=target)
        else:
            expected = getattr(reference, transform)(samples.astype(np.int64), *origin)
            assert np.array_equal(function(samples, origin=origin, target=target), expected)
    assert found == {False, True}


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("value", [-32768, 32767])
def test_full_16_bits_pass_where_they_may(target: int, value: int) -> None:
    flat = np.full((37, 41), value, np.int16)
    bands = forward(flat, target=target)
    assert np.array_equal(bands, reference.forward(flat.astype(np.int32), 0, 0))
    assert np.array_equal(inverse(bands, target=target), flat)


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
    if np.issubdtype(kind, np.integer):
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
        (np.zeros((2, 2), np.int8), {}),
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
