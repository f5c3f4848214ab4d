"""Dequantisation and quantisation: every target and kind, against exact arithmetic."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from operator import or_

import numpy as np
import pytest

from pacscore.errors import OptionError
from pacscore.j2k.quantization import dequantize, narrow, quantize
from pacscore.support.targets import available_targets
from reference import quantization as reference

TARGETS = available_targets()
SHAPES = [(0, 0), (0, 3), (1, 1), (1, 7), (5, 3), (9, 64), (3, 67)]
WORDS = {32: np.uint32, 64: np.uint64}
INTEGERS = {32: np.int32, 64: np.int64}
REALS = {32: np.float32, 64: np.float64}


def random_indices(count: int, bits: int) -> list[reference.Index]:
    rng = np.random.default_rng(count)
    indices = []
    for length, plane, sign in rng.integers((1, 0, 0), (bits - 1, bits - 2, 2), (count, 3)).tolist():
        magnitude = int(rng.integers(0, 1 << (length - 1), endpoint=True)) >> plane << plane
        indices.append(reference.Index(bool(sign), magnitude, plane if magnitude else 0))
    return indices


def words_of(indices: list[reference.Index], shape: tuple[int, int], bits: int) -> np.ndarray:
    return np.array([index.word(bits) for index in indices], WORDS[bits]).reshape(shape)


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("roi_shift", [0, 1, 5, 12, 29, 30, 37, 62, 255])
def test_reversible(target: int, bits: int, roi_shift: int) -> None:
    for shape in SHAPES:
        indices = random_indices(shape[0] * shape[1], bits)
        expected = [reference.reversible(reference.out_of_region(index, roi_shift)) for index in indices]
        made = dequantize(words_of(indices, shape, bits), roi_shift=roi_shift, target=target)
        assert made.dtype == INTEGERS[bits]
        assert made.ravel().tolist() == expected


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("roi_shift", [0, 1, 5, 12, 37])
def test_irreversible(target: int, bits: int, roi_shift: int) -> None:
    step = 0.0123
    for shape in SHAPES:
        indices = random_indices(shape[0] * shape[1], bits)
        values = [reference.reconstructed(reference.out_of_region(index, roi_shift)) for index in indices]
        words = words_of(indices, shape, bits)
        made = dequantize(words, half_step=step / 2, roi_shift=roi_shift, target=target)
        assert made.dtype == REALS[bits]
        expected = np.array([float(value * Fraction(step)) for value in values]).reshape(shape)
        assert np.all(np.abs(made - expected) <= 2 * np.finfo(made.dtype).eps * np.abs(expected))
        lowest = dequantize(words, half_step=step / 2, roi_shift=roi_shift, target=0)
        assert made.tobytes() == lowest.tobytes()


@pytest.mark.parametrize("bits", [32, 64])
def test_every_word_is_the_same_on_every_target(bits: int) -> None:
    """Words that no block decoder should give, and extremes."""
    rng = np.random.default_rng(5)
    words = rng.integers(0, (1 << bits) - 1, (40, 37), WORDS[bits], endpoint=True)
    words.ravel()[:4] = [0, (1 << bits) - 1, 1 << (bits - 1), (1 << (bits - 1)) - 1]
    for half_step in (None, 0.3, float("inf"), 0.0):
        for roi_shift in (0, 3):
            made = [dequantize(words, half_step=half_step, roi_shift=roi_shift, target=t) for t in TARGETS.values()]
            assert len({array.tobytes() for array in made}) == 1


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("bits", [32, 64])
def test_quantize_integers(target: int, bits: int) -> None:
    limits = np.iinfo(INTEGERS[bits])
    for shape in SHAPES:
        rng = np.random.default_rng(shape)
        values = rng.integers(limits.min, limits.max, shape, INTEGERS[bits])
        values >>= rng.integers(0, bits, shape, INTEGERS[bits])
        words, magnitudes = quantize(values, target=target)
        expected = [reference.Index(value < 0, abs(value), 0) for value in values.ravel().tolist()]
        assert words.ravel().tolist() == [int(i.negative) << (bits - 1) | i.magnitude for i in expected]
        assert magnitudes == reduce(or_, (index.magnitude for index in expected), 0)


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("bits", [32, 64])
def test_quantize_reals(target: int, bits: int) -> None:
    for shape in SHAPES:
        values = (np.random.default_rng(shape).standard_normal(shape) * 10_000).astype(REALS[bits])
        words, magnitudes = quantize(values, inverse_step=0.25, target=target)  # a power of 2: exact
        expected = [reference.quantized(value, Fraction(1, 4)) for value in values.ravel().tolist()]
        top = (1 << (bits - 1)) - 1
        assert (words & WORDS[bits](top)).ravel().tolist() == expected
        signs = [word >> (bits - 1) for word in words.ravel().tolist()]
        assert signs == [int(q > 0 and v < 0) for q, v in zip(expected, values.ravel().tolist(), strict=True)]
        assert magnitudes == reduce(or_, expected, 0)


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("bits", [32, 64])
def test_quantize_hostile_values(target: int, bits: int) -> None:
    limits = np.iinfo(INTEGERS[bits])
    least = np.full((1, 19), limits.min, INTEGERS[bits])
    words, magnitudes = quantize(least, target=target)
    assert magnitudes == limits.max
    assert np.all(words == np.iinfo(WORDS[bits]).max)

    with np.errstate(over="ignore"):
        reals = np.repeat(np.array([np.nan, np.inf, -np.inf, 1e300, -1e300, -0.0], REALS[bits]), 7)[None]
    words, magnitudes = quantize(reals, inverse_step=1.0, target=target)
    largest = int(np.nextafter(REALS[bits](2.0 ** (bits - 1)), REALS[bits](0)))
    sign = 1 << (bits - 1)
    expected = [0, largest, sign | largest, largest, sign | largest, 0]
    assert words.ravel().tolist() == np.repeat(np.array(expected, WORDS[bits]), 7).tolist()
    assert magnitudes == largest


def narrowed(values: list[int]) -> list[int]:
    return [(value + 0x8000) % 0x10000 - 0x8000 for value in values]


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("roi_shift", [0, 1, 12, 29, 255])
def test_narrow_words(target: int, roi_shift: int) -> None:
    for shape in SHAPES:
        indices = random_indices(shape[0] * shape[1], 32)
        expected = [reference.reversible(reference.out_of_region(index, roi_shift)) for index in indices]
        made, magnitudes = narrow(words_of(indices, shape, 32), roi_shift=roi_shift, target=target)
        assert made.dtype == np.int16
        assert made.ravel().tolist() == narrowed(expected)
        assert magnitudes == reduce(or_, map(abs, expected), 0)


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@pytest.mark.parametrize("kind", [np.int16, np.int32])
def test_narrow_integers(target: int, kind: type) -> None:
    limits = np.iinfo(kind)
    for shape in SHAPES:
        rng = np.random.default_rng(shape)
        values = rng.integers(limits.min, limits.max, shape, kind, endpoint=True)
        values >>= rng.integers(0, limits.bits, shape, kind)
        values[:1, :1] = limits.min
        made, magnitudes = narrow(values, target=target)
        assert made.ravel().tolist() == narrowed(values.ravel().tolist())
        assert magnitudes == reduce(or_, map(abs, values.ravel().tolist()), 0)


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_narrow_reals(target: int) -> None:
    for shape in SHAPES:
        values = (np.random.default_rng(shape).standard_normal(shape) * 10_000).astype(np.float32)
        made, magnitudes = narrow(values, inverse_step=0.5, target=target)  # a power of 2: exact
        plain = values.ravel().tolist()
        expected = [reference.quantized(value, Fraction(1, 2)) * (-1 if value < 0 else 1) for value in plain]
        assert made.ravel().tolist() == narrowed(expected)
        assert magnitudes == reduce(or_, map(abs, expected), 0)
    hostile = np.repeat(np.array([np.nan, 1e30, -np.inf, -0.0, -32768, 32767.9], np.float32), 7)[None]
    largest = int(np.nextafter(np.float32(2.0**31), np.float32(0)))
    expected = narrowed([0, largest, -largest, 0, -32768, 32767])
    made, magnitudes = narrow(hostile, inverse_step=1.0, target=target)
    assert made.ravel().tolist() == np.repeat(expected, 7).tolist()
    assert magnitudes == largest | 32768 | 32767


def test_narrow_reads_nothing_beside_the_rows() -> None:
    canvas = np.full((9, 40), -32768, np.int16)
    canvas[:, 3:33] = 5
    assert narrow(canvas[:, 3:33])[1] == 5


@pytest.mark.parametrize("bits", [32, 64])
def test_rows_at_any_distance_and_nothing_beside_them(bits: int) -> None:
    words = words_of(random_indices(300, bits), (15, 20), bits)
    canvas = np.zeros((15, 30), INTEGERS[bits])
    out = canvas[:, 4:20]
    assert dequantize(words[:, 2:18], out=out) is out
    assert np.array_equal(out, dequantize(words)[:, 2:18])
    assert not canvas[:, :4].any()
    assert not canvas[:, 20:].any()


def test_refusals() -> None:
    words, values = np.zeros((2, 2), np.uint32), np.zeros((2, 2), np.float32)
    for arguments in (
        {"words": values},
        {"words": words[0]},
        {"words": words, "roi_shift": 256},
        {"words": words, "roi_shift": -1},
        {"words": words, "out": np.zeros((2, 2), np.int64)},
    ):
        with pytest.raises(OptionError):
            dequantize(**arguments)
    for arguments in (
        {"values": values},
        {"values": words[0]},
        {"values": words, "inverse_step": 1.0},
        {"values": words, "roi_shift": 256},
        {"values": words.astype(np.int32), "roi_shift": 1},
        {"values": words.astype(np.int64)},
    ):
        with pytest.raises(OptionError):
            narrow(**arguments)
    with pytest.raises(OptionError):
        quantize(values)
    with pytest.raises(OptionError):
        quantize(values.astype(np.int32), inverse_step=1.0)
    with pytest.raises(OptionError):
        quantize(words)
