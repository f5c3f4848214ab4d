"""Automatic windows against counting by hand."""

import math

import numpy as np
import pytest

from pacscore import OptionError, Pipeline, Window, automatic_window, render
from pacscore.pixels.lookup import LookupTable
from pacscore.pixels.modality import Rescale
from pacscore.pixels.palette import Palette


def ends(window):
    return window.center - window.width / 2, window.center + window.width / 2


def by_rank(values, percent):
    ranked = sorted(values)
    return ranked[max(math.ceil(percent * len(ranked) / 100) - 1, 0)]


@pytest.mark.parametrize("dtype", ["u1", "i1", "<u2", ">i2", "i4", "f4"])
@pytest.mark.parametrize(("low", "high"), [(0, 100), (1, 99), (10, 50)])
def test_percentiles_are_those_of_the_ranks(dtype, low, high):
    draw = np.random.default_rng(3)
    values = draw.integers(-100 if dtype[-2] in "if" else 0, 101, (20, 25)).astype(dtype)
    pipeline = Pipeline(16, modality=Rescale(-0.5, 3))
    window = automatic_window(values, pipeline, low=low, high=high)
    shown = [-0.5 * float(value) + 3 for value in values.ravel()]
    assert ends(window) == (by_rank(shown, low), by_rank(shown, high))


def test_what_does_not_count():
    values = np.array([[0, 10, 20, 30, -2000, -2000, 3000, 3001]], np.int16)
    tables = [LookupTable(3000, 8, b"\1\0\2\0")] * 3
    pipeline = Pipeline(16, 1, padding=(-2000, -1990), palette=Palette(*tables))
    assert ends(automatic_window(values, pipeline, low=0, high=100)) == (0, 30)
    real = np.array([np.nan, np.inf, 1.0, 2.0], np.float32)
    assert ends(automatic_window(real, Pipeline(32), low=0, high=100)) == (1, 2)


def test_one_value_is_black():
    for method in ("percentile", "entropy"):
        window = automatic_window(np.full((3, 3), 7, np.uint16), Pipeline(), method=method)
        assert not render(np.full((3, 3), 7, np.uint16), Pipeline(voi=window)).any()
    assert automatic_window(np.zeros((0, 3), np.uint16), Pipeline()) == Window(0, 1)


def test_entropy_cares_little_for_a_background():
    values = np.concatenate([np.zeros(100_000, int), np.arange(1000, 1256).repeat(10), [4095]]).astype(np.uint16)
    low, high = ends(automatic_window(values, Pipeline(12), method="entropy", low=20, high=99))
    told = {}
    for value in values.tolist():
        told[min(value * 256 // 4095, 255)] = told.get(min(value * 256 // 4095, 255), 0) + 1
    told = {bin_: -count / len(values) * math.log2(count / len(values)) for bin_, count in sorted(told.items())}
    reached, edges = 0.0, []
    for bin_, weight in told.items():
        reached += weight
        edges.append((reached / sum(told.values()), 4095 * bin_ / 255))
    assert low == pytest.approx(next(edge for share, edge in edges if share >= 0.20), abs=1e-9)
    assert high == pytest.approx(next(edge for share, edge in edges if share >= 0.99), abs=1e-9)
    assert ends(automatic_window(values, Pipeline(12), low=20, high=99))[0] == 0


def test_choices_that_cannot_be():
    values = np.zeros((2, 2), np.uint8)
    for choices in ({"method": "otsu"}, {"low": -1}, {"low": 60, "high": 50}, {"high": 101}, {"low": float("nan")}):
        with pytest.raises(OptionError):
            automatic_window(values, Pipeline(), **choices)
    with pytest.raises(OptionError, match="RGB"):
        automatic_window(values, Pipeline(photometric_interpretation="RGB"))
