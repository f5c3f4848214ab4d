"""Display values of every kernel at every CPU target, against literal exact arithmetic."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from pacscore import OptionError, Pipeline, Window, render
from pacscore.pixels import _value_passes
from pacscore.pixels._value_passes import FixedRamp
from pacscore.pixels.lookup import LookupTable
from pacscore.pixels.modality import Rescale
from pacscore.pixels.palette import Palette
from pacscore.pixels.rendering import display_pass
from pacscore.pixels.value_pass import value_pass
from pacscore.support.targets import available_targets
from reference import display as reference


@pytest.fixture(params=list(available_targets()))
def target(request, monkeypatch):
    monkeypatch.setenv("PACSCORE_TARGET", request.param)
    display_pass.cache_clear()
    value_pass.cache_clear()
    yield available_targets()[request.param]
    display_pass.cache_clear()
    value_pass.cache_clear()


def every(dtype):
    return np.arange(np.iinfo(dtype).min, np.iinfo(dtype).max + 1).astype(dtype)


def pipeline_of(rescale, window, *, inverse=False):
    shape = "INVERSE" if inverse else None
    return Pipeline(modality=Rescale(*rescale), voi=Window(*window), presentation_lut_shape=shape)


@cache
def expected(dtype, rescale, window, y_max):
    return np.array(reference.windowed(every(dtype).tolist(), rescale, window, y_max))


WIDE = [
    ("int16", (1, -1024), (40, 400, "LINEAR")),
    ("int16", (1, -1024), (40, 400, "LINEAR_EXACT")),  # with ties
    ("int16", (-0.5, 3), (50, 80, "LINEAR")),
    ("int16", (0.1, 0), (50, 80.5, "LINEAR_EXACT")),  # the decimal 0.1, not the float beside it
    ("int16", (1, 0), (300, 1, "LINEAR")),
    ("uint16", (1, -1024), (-600, 1500, "LINEAR")),  # begins below the first value
    ("uint16", (1, 0), (32768, 65536, "LINEAR")),
    ("uint16", (-2, 70000), (40000, 30000, "LINEAR_EXACT")),
    ("uint16", (1, 0), (2000, 700, "SIGMOID")),
]


@pytest.mark.parametrize("case", range(len(WIDE)))
def test_every_value_of_sixteen_bits(target, case):
    dtype, rescale, window = WIDE[case]
    levels = expected(dtype, rescale, window, 255)
    assert np.array_equal(render(every(dtype), pipeline_of(rescale, window)), levels)
    assert np.array_equal(render(every(dtype), pipeline_of(rescale, window, inverse=True)), 255 - levels)


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
@pytest.mark.parametrize("bits", [1, 3, 8, 12, 16])
@pytest.mark.parametrize(
    ("rescale", "window"),
    [
        ((1, 0), (40, 90, "LINEAR")),
        ((1, 0), (40, 1, "LINEAR")),
        ((-1, 20), (40, 1, "LINEAR")),
        ((-1.7, 20), (40, 90.25, "LINEAR")),
        ((0.3, 2), (10, 30, "LINEAR_EXACT")),
        ((1, 0), (32, 64, "LINEAR_EXACT")),
        ((1, 0), (30, 64, "SIGMOID")),
        ((-0.1, 3), (2.5, 11, "SIGMOID")),
        ((0, 7), (7, 3, "LINEAR_EXACT")),
        ((0, 7), (6, 3, "SIGMOID")),
        ((0, 7), (7, 1, "LINEAR")),
    ],
)
def test_every_value_of_eight_bits(dtype, bits, rescale, window):
    levels = expected(dtype, rescale, window, (1 << bits) - 1)
    assert np.array_equal(render(every(dtype), pipeline_of(rescale, window), bits=bits), levels)
    inverse = render(every(dtype), pipeline_of(rescale, window, inverse=True), bits=bits)
    assert np.array_equal(inverse, (1 << bits) - 1 - levels)


@pytest.mark.parametrize("slope", [1.0, 0.1, -0.3])
def test_tables_of_both_stages_at_every_value(slope):
    rng = np.random.default_rng(5)
    data = rng.integers(0, 4096, 100).tolist()
    table = LookupTable(-7, 12, np.array(data, "<u2").tobytes())
    values = every("int8")
    got = render(values, Pipeline(modality=Rescale(slope, 0.5), voi=table))
    indices = [reference.number(slope) * value + Fraction(1, 2) for value in values.tolist()]
    assert got.tolist() == [reference.scaled(reference.looked_up(x, -7, data), 12, 255) for x in indices]
    got = render(values, Pipeline(modality=table, voi=Window(2000, 3000)))
    entries = [reference.looked_up(Fraction(value), -7, data) for value in values.tolist()]
    assert got.tolist() == reference.windowed(entries, (1, 0), (2000, 3000, "LINEAR"))


@pytest.mark.parametrize("count", [0, 1, 2, 31, 32, 33, 63, 64, 65, 95, 100, 1000])
@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "int32", "float32"])
def test_any_number_of_values(target, dtype, count):
    rescale, window = (1, 0), (20, 300, "LINEAR")
    values = np.random.default_rng(count).integers(0, 127, count).astype(dtype)
    out = np.full(count + 1, 77, np.uint8)
    render(values, pipeline_of(rescale, window), out=out[:-1])
    assert out[:-1].tolist() == reference.windowed(values.tolist(), rescale, window)
    assert out[-1] == 77


@pytest.mark.parametrize("dtype", ["uint8", "int16", ">u2", "int32", "int64", "float32", "float16", ">f8"])
def test_values_need_not_lie_together(target, dtype):
    values = np.random.default_rng(3).integers(0, 120, (3, 40, 61)).astype(dtype)
    pipeline = pipeline_of((2, -5), (60, 90, "LINEAR"))
    straight = np.array(reference.windowed(values.ravel().tolist(), (2, -5), (60, 90, "LINEAR"))).reshape(values.shape)
    for cut in (np.s_[:], np.s_[:, ::2], np.s_[..., ::-3], np.s_[1, 5:9, 3:50], np.s_[:, :, 0], np.s_[2, 2, 2]):
        assert np.array_equal(render(values[cut], pipeline), straight[cut])
    assert np.array_equal(render(values.T, pipeline), straight.T)


@pytest.mark.parametrize("dtype", ["int32", "uint32", "float32", "float64"])
@pytest.mark.parametrize("bits", [8, 10])
@pytest.mark.parametrize(
    ("rescale", "window"),
    [
        ((1, -1024), (40, 400, "LINEAR_EXACT")),
        ((-0.1, 7), (40, 400, "LINEAR")),
        ((0.0003, 0), (1, 2.5, "LINEAR")),
        ((1e-7, 0.3), (0.5, 0.7, "LINEAR_EXACT")),
        ((3, 0), (2000, 1, "LINEAR")),
        ((0, 3), (3, 8, "LINEAR_EXACT")),
    ],
)
def test_wide_values_beside_each_threshold(target, dtype, bits, rescale, window):
    slope, intercept, c, w = map(reference.number, (*rescale, *window[:2]))
    y_max = (1 << bits) - 1
    ramp = w - (window[2] == "LINEAR")
    middle = c - Fraction(window[2] == "LINEAR", 2)
    borders = [
        float(((Fraction(2 * k - 1, 2 * y_max) - Fraction(1, 2)) * ramp + middle - intercept) / (slope or 1))
        for k in range(1, y_max + 1, 7)
    ]
    if dtype.startswith("float"):
        near = np.array(borders, dtype)
        beside = [np.nextafter(near, np.inf), np.nextafter(near, -np.inf)]
        values = np.concatenate([near, *beside, np.array([0, 1e30], dtype)])
    else:
        info = np.iinfo(dtype)
        near = np.clip(np.floor(borders), info.min + 1, info.max - 2)
        values = np.concatenate([near, near + 1, near - 1, [info.min, info.max, 0]]).astype(dtype)
    got = render(values, pipeline_of(rescale, window), bits=bits)
    assert got.tolist() == reference.windowed(values.tolist(), rescale, window, y_max)


def test_what_is_no_number_is_black(target):
    values = np.array([np.nan, np.inf, -np.inf, 5.0] * 9, np.float32)
    assert render(values, pipeline_of((1, 0), (5, 10, "LINEAR_EXACT"))).tolist() == [0, 255, 0, 128] * 9
    assert render(values.astype(np.float64), pipeline_of((1, 0), (5, 10, "LINEAR"))).tolist() == [0, 255, 0, 142] * 9
    assert render(values, pipeline_of((-1, 9), (5, 1, "LINEAR"))).tolist() == [0, 0, 255, 0] * 9
    fractions = render(values.astype(np.float64), pipeline_of((1, 0), (5, 10, "LINEAR_EXACT")), bits=None)
    assert fractions.tolist() == [0.0, 1.0, 0.0, 0.5] * 9


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint16", "int32", "uint32", "float32", "float64"])
@pytest.mark.parametrize("window", [(40, 400, "LINEAR"), (33, 50, "SIGMOID"), (40, 1, "LINEAR")])
@pytest.mark.parametrize("inverse", [False, True])
def test_fractions_of_white(target, dtype, window, inverse):
    values = np.arange(0, 250, 3).astype(dtype)
    got = render(values, pipeline_of((0.7, -3), window, inverse=inverse), bits=None)
    slope, c, w = map(reference.number, (0.7, *window[:2]))
    exact = [reference.FUNCTIONS[window[2]](slope * int(value) - 3, c, w, 1) for value in values.tolist()]
    exact = [float(1 - y if inverse else y) for y in exact]
    assert got.dtype == np.float32
    assert np.all(np.abs(got - np.array(exact)) <= np.spacing(np.array(exact, np.float32)))


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("result", ["uint8", "uint16", "float32"])
@pytest.mark.parametrize("channels", [1, 3])
def test_tables_of_all_entries(target, dtype, result, channels):
    values = np.random.default_rng(1).permutation(every(dtype))[None, :-1]
    entries = np.random.default_rng(2).integers(0, 256, (len(every(dtype)), 4)).astype(result)
    entries = np.ascontiguousarray(entries[:, 0]) if channels == 1 else entries
    out = np.full((*values.shape, channels) if channels == 3 else values.shape, 7, result)
    _value_passes.Table(values.dtype, entries, target).apply(values, out)
    assert np.array_equal(out, entries[values] if channels == 1 else entries[values][..., :3])


def test_a_palette_s_colours(target):
    tables = [np.random.default_rng(n).integers(0, 65536, 50).tolist() for n in range(3)]
    palette = Palette(*(LookupTable(3, 16, np.array(table, "<u2").tobytes()) for table in tables))
    values = np.arange(70, dtype=np.uint16)[None]
    expected_colours = [
        [reference.scaled(reference.looked_up(Fraction(value), 3, table), 16, 255) for table in tables]
        for value in range(70)
    ]
    pipeline = Pipeline(8, 0, "PALETTE COLOR", palette=palette)
    for dtype in (np.uint8, np.uint16, np.int32):
        assert render(values.astype(dtype), pipeline)[0].tolist() == expected_colours


@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "u4", "i4", "f4", "f8"])
@pytest.mark.parametrize("count", [1, 2, 63, 64, 1023, 1025, 3000])
def test_range_of_values(target, dtype, count):
    values = (np.random.default_rng(count).integers(1, 120, count) * (-1 if dtype == "i4" else 1)).astype(dtype)
    found = _value_passes.value_range(values[None], 1, 0, target)
    assert found == (values.min(), values.max())
    values[count // 2] = 121
    others = np.delete(values, count // 2)
    low, high = _value_passes.value_range(values[None], 121, 123, target)
    assert (low, high) == ((others.min(), others.max()) if count > 1 else (np.inf, -np.inf))
    if dtype[0] == "f":
        values[::2] = np.nan
        values[-1] = np.inf
        kept = values[np.isfinite(values)]
        low, high = _value_passes.value_range(values[None], 1, 0, target)
        assert (low, high) == ((kept.min(), kept.max()) if kept.size else (np.inf, -np.inf))


def test_the_usual_windows_need_no_table():
    for dtype in (np.int16, np.uint16):
        for window in (Window(40, 400), Window(40, 80), Window(-600, 1500), Window(300, 2000, "LINEAR_EXACT")):
            stages = Pipeline(modality=Rescale(1, -1024), voi=window)
            assert isinstance(display_pass(stages, np.dtype(dtype), 8), FixedRamp)


def test_passes_refuse_what_does_not_fit():
    with pytest.raises(OptionError, match="no entry"):
        _value_passes.Table(np.dtype("u2"), np.zeros(256, np.uint8))
    table = _value_passes.Table(np.dtype("u1"), np.zeros(256, np.uint8))
    with pytest.raises(OptionError, match="one size"):
        table.apply(np.zeros((2, 3), np.uint8), np.zeros((2, 4), np.uint8))
    with pytest.raises(OptionError, match="makes"):
        table.apply(np.zeros((2, 3), np.uint16), np.zeros((2, 3), np.uint8))
    with pytest.raises(OptionError, match="contiguous"):
        table.apply(np.zeros((2, 6), np.uint8)[:, ::2], np.zeros((2, 3), np.uint8))
    with pytest.raises(OptionError, match="thresholds"):
        _value_passes.Ramp(np.dtype("i4"), "thresholds", (1.0, 0.0), 255, False, np.zeros(257))


def test_results_that_go_past_the_cache(target):
    values = np.random.default_rng(4).integers(-200, 400, (1 << 21) + 77).astype(np.int16)
    rescale, window = (1, 0), (40, 400, "LINEAR")
    table = np.array(reference.windowed(range(-200, 400), rescale, window), np.uint8)
    out = np.full(values.size + 6, 77, np.uint8)
    render(values, pipeline_of(rescale, window), out=out[5:-1])
    assert np.array_equal(out[5:-1], table[values + 200])
    assert out[4] == out[-1] == 77


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("function", ["LINEAR", "LINEAR_EXACT", "SIGMOID"])
@pytest.mark.parametrize("dtype", ["int8", "uint16", "int32", "int64", "float32", "float64"])
def test_numbers_that_no_image_has(function, dtype):
    numbers = [0.0, 1.0, -1e308, 5e-324, 1e-300, 1e16, -0.1]
    values = np.array([[0, 1, 100, 127]], dtype)
    if dtype.startswith("float"):
        values = np.append(values, np.array([[np.nan, np.inf, -np.inf]], dtype), axis=1)
    for slope, intercept, center, width in zip(numbers, numbers[::-1], numbers[2:] + numbers[:2], numbers, strict=True):
        window = (center, max(abs(width), 1.0 if function == "LINEAR" else 5e-324), function)
        for bits in (8, None):
            shown = render(values, pipeline_of((slope, intercept), window), bits=bits)
            assert shown.shape == values.shape
            assert np.all((shown >= 0) & (shown <= (255 if bits else 1)))
