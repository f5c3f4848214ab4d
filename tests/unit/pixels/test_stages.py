"""Functions of the user's own in a pipeline, and what numba has to do with them."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from pacscore import OptionError, Pipeline, UnsupportedError, Window, render
from pacscore.pixels import jit_stage
from pacscore.pixels.modality import Rescale


def root(values):
    return np.sqrt(np.maximum(values, 0))


def warm(values):
    return values / 100, values / 200, np.zeros_like(values)


def test_a_stage_lies_between_modality_and_voi():
    stored = np.array([[-5, 0, 4, 25, 100]], np.int16)
    pipeline = Pipeline(modality=Rescale(4, 0), voi=Window(10, 20, "LINEAR_EXACT")).with_stage(root)
    for dtype in (np.int16, np.int32, np.float32, np.float64):
        assert render(stored.astype(dtype), pipeline).tolist() == [[0, 0, 51, 128, 255]]
    assert render(stored, pipeline.inverted()).tolist() == [[255, 255, 204, 127, 0]]
    assert render(stored, pipeline.with_stage(lambda values: values + 5)).tolist() == [[64, 64, 115, 191, 255]]


def test_a_stage_is_called_once_for_all_values_of_a_table():
    calls = []

    def counted(values):
        calls.append(values.shape)
        return values

    pipeline = Pipeline(voi=Window(100, 200)).with_stage(counted)
    for turn in range(3):
        render(np.full((7, 5), turn, np.int16), pipeline)
    assert calls == [(65536,)]


def test_without_a_window_the_range_is_that_of_the_stage():
    stored = np.array([[0, 1, 4, 16, 9999]], np.uint16)
    pipeline = Pipeline(padding=(9999, 9999)).with_stage(lambda values: -root(values))
    assert render(stored, pipeline).tolist() == [[255, 191, 128, 0, 0]]


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint32, np.float32])
def test_false_colours(dtype):
    stored = np.array([[0, 50, 100], [101, 1, 2]], dtype)
    pipeline = Pipeline().with_colors(warm)
    assert pipeline.gives_color
    expected = [[[0, 0, 0], [128, 64, 0], [255, 128, 0]], [[255, 129, 0], [3, 1, 0], [5, 3, 0]]]
    assert render(stored, pipeline).tolist() == expected
    fractions = render(stored, pipeline, bits=None)
    assert fractions.dtype == np.float32
    assert fractions[0, 1].tolist() == [0.5, 0.25, 0.0]
    with pytest.raises(OptionError, match="monochrome"):
        Pipeline(photometric_interpretation="RGB").with_colors(warm)


def test_many_values_are_computed_by_parts():
    stored = np.random.default_rng(1).normal(50, 30, (3, 300, 401))
    by_parts = render(stored, Pipeline().with_colors(warm))
    for part in (np.s_[0], np.s_[1, ::7], np.s_[2, 5]):
        assert np.array_equal(render(stored[part], Pipeline().with_colors(warm)), by_parts[part])


@pytest.mark.parametrize(
    "function",
    [np.sum, np.sign, np.histogram, lambda values: values[..., None], lambda values: values.astype("U8")],
)
def test_a_function_that_is_not_elementwise_is_refused(function):
    if function is not np.sign:
        with pytest.raises(OptionError, match="elementwise"):
            render(np.zeros((4, 4), np.float32), Pipeline(voi=Window(1, 2)).with_stage(function))
    with pytest.raises(OptionError):  # the one that is elementwise makes no three arrays
        render(np.zeros((4, 4), np.uint8), Pipeline().with_colors(function))


def test_numba_is_not_there_until_a_compiled_stage_is_used():
    code = """
import sys
import numpy as np
import pacscore as pc
from pacscore.pixels import jit_stage

@jit_stage
def root(value):
    return np.sqrt(value) if value > 0 else 0.0

@jit_stage
def warm(value):
    return value / 100, value / 200, 0.0

grey = pc.Pipeline(voi=pc.Window(10, 20, "LINEAR_EXACT")).with_stage(root)
colors = pc.Pipeline().with_colors(warm)
assert "numba" not in sys.modules
stored = np.array([[-1, 0, 16, 100, 400]], np.float32)
print(pc.render(stored, grey).tolist(), "numba" in sys.modules)
print(pc.render(stored[:, 1:4], colors).tolist())
"""
    ran = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == ["[[0, 0, 51, 128, 255]] True", "[[[0, 0, 0], [41, 20, 0], [255, 128, 0]]]"]


def test_where_numba_is_missing_the_first_use_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    stage = jit_stage(abs)
    with pytest.raises(UnsupportedError, match=r"pacscore\[jit\]"):
        stage(np.zeros(3))
