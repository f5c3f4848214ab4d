"""Windows against the formulas of PS3.3 C.11.2.1.2.1 and C.11.2.1.3, written out value by value in exact fractions."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pacscore import OptionError, Pipeline, Window, render
from pacscore.pixels.modality import Rescale


def linear(x: Fraction, c: Fraction, w: Fraction, y_min: int, y_max: int) -> Fraction:
    if x <= c - Fraction(1, 2) - (w - 1) / 2:
        return Fraction(y_min)
    if x > c - Fraction(1, 2) + (w - 1) / 2:
        return Fraction(y_max)
    return ((x - (c - Fraction(1, 2))) / (w - 1) + Fraction(1, 2)) * (y_max - y_min) + y_min


def linear_exact(x: Fraction, c: Fraction, w: Fraction, y_min: int, y_max: int) -> Fraction:
    if x <= c - w / 2:
        return Fraction(y_min)
    if x > c + w / 2:
        return Fraction(y_max)
    return ((x - c) / w + Fraction(1, 2)) * (y_max - y_min) + y_min


REFERENCE = {"LINEAR": linear, "LINEAR_EXACT": linear_exact}


def assert_rounded(shown: np.ndarray, exact: list[Fraction]) -> None:
    """Each value is the nearest integer of the exact one; where that is a half, float64 may have gone either way."""
    for got, want in zip(shown.tolist(), exact, strict=True):
        assert abs(got - want) <= Fraction(1, 2) + Fraction(1, 10**9)


quarters = st.integers(-16000, 16000).map(lambda n: n / 4)


@settings(max_examples=60, deadline=None)
@given(
    function=st.sampled_from(["LINEAR", "LINEAR_EXACT"]),
    center=quarters,
    width=st.integers(4, 20000).map(lambda n: n / 4),
    slope=st.sampled_from([1.0, 2.0, -1.0, 0.5, 0.1, 1.3]),
    intercept=st.sampled_from([0.0, -1024.0, 3.25]),
    signed=st.booleans(),
    bits=st.sampled_from([8, 8, 10, 16]),
)
def test_window_is_the_formula(*, function, center, width, slope, intercept, signed, bits):
    stored = np.arange(-2048, 2048, 7, dtype=np.int16) if signed else np.arange(0, 4096, 7, dtype=np.uint16)
    pipeline = Pipeline(
        bits_stored=12,
        pixel_representation=int(signed),
        modality=Rescale(slope, intercept),
        voi=Window(center, width, function),
    )
    x = [Fraction(slope) * int(s) + Fraction(intercept) for s in stored]
    exact = [REFERENCE[function](v, Fraction(center), Fraction(width), 0, 2**bits - 1) for v in x]
    assert_rounded(render(stored, pipeline, bits=bits), exact)


@pytest.mark.parametrize("dtype", [np.int16, np.int32, np.float32, np.float64])
def test_every_container_gives_the_same(dtype):
    stored = np.arange(-1000, 1000, dtype=np.int16)
    pipeline = Pipeline(modality=Rescale(1, -24), voi=Window(40, 400))
    exact = [linear(Fraction(int(s) - 24), Fraction(40), Fraction(400), 0, 255) for s in stored]
    assert_rounded(render(stored.astype(dtype), pipeline), exact)


def test_width_one_is_a_threshold():
    stored = np.array([9, 10, 11], np.uint8)
    assert render(stored, Pipeline(voi=Window(10.5, 1))).tolist() == [0, 0, 255]


def test_sigmoid():
    stored = np.arange(0, 4096, 5, dtype=np.uint16)
    shown = render(stored, Pipeline(voi=Window(2000, 700, "SIGMOID")))
    for value, got in zip(stored.tolist(), shown.tolist(), strict=True):
        assert abs(got - 255 / (1 + math.exp(-4 * (value - 2000) / 700))) <= 0.5 + 1e-9
    assert render(np.array([-1e9, 1e9]), Pipeline(voi=Window(0, 1e-3, "SIGMOID"))).tolist() == [0, 255]


@pytest.mark.parametrize(
    ("center", "width", "function"),
    [
        (0, 0.5, "LINEAR"),
        (0, 0, "LINEAR_EXACT"),
        (0, -1, "SIGMOID"),
        (math.nan, 1, "LINEAR"),
        (0, math.inf, "LINEAR"),
        (0, 1, "CUBIC"),
    ],
)
def test_windows_that_cannot_be(center, width, function):
    with pytest.raises(OptionError):
        Window(center, width, function)


def test_range_maps_its_ends_to_the_ends():
    stored = np.array([-160, 40, 240], np.int16)
    assert render(stored, Pipeline().with_range(-160, 240)).tolist() == [0, 128, 255]
    with pytest.raises(OptionError):
        Pipeline().with_range(3, 3)
