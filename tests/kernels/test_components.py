"""Component transforms, level shift and clamping: every target, kind and container, against exact arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest

from pacscore.errors import OptionError
from pacscore.j2k.components import forward, inverse, load, load_rgb8, store, store_rgb8
from pacscore.support.targets import available_targets
from reference import components as reference

TARGETS = available_targets()
INTEGERS = [np.int16, np.int32, np.int64]
REALS = [np.float32, np.float64]
CONTAINERS = [np.dtype(f"{sign}{size}") for size in (1, 2, 4, 8) for sign in "ui"]
SHAPES = [(0, 0), (1, 1), (3, 5), (2, 67), (2, 300)]  # the last is more than one chunk
RANGES = [(1, False), (1, True), (8, False), (12, True), (16, False), (24, False), (31, True), (32, False), (38, True)]

each_target = pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)


def holds(container: np.dtype, precision: int, is_signed: bool) -> bool:
    lowest, highest = reference.sample_range(precision, is_signed)
    return np.iinfo(container).min <= lowest and highest <= np.iinfo(container).max


@each_target
@pytest.mark.parametrize("kind", INTEGERS)
def test_reversible_transform(target: int, kind: type) -> None:
    for shape in SHAPES:
        reach = 8_000 if kind is np.int16 else 40_000  # its sums stay in 16 bits
        planes = np.random.default_rng(shape).integers(-reach, reach, (3, *shape)).astype(kind)
        pixels = planes.reshape(3, -1).T.tolist()
        made = forward(planes, target=target)
        assert made.reshape(3, -1).T.tolist() == [list(reference.forward_rct(*pixel)) for pixel in pixels]
        made = inverse(planes, target=target)
        assert made.reshape(3, -1).T.tolist() == [list(reference.inverse_rct(*pixel)) for pixel in pixels]
        assert np.array_equal(inverse(forward(planes, target=target), target=target), planes)


@each_target
@pytest.mark.parametrize("kind", [np.int32, np.int64])
def test_reversible_transform_wraps(target: int, kind: type) -> None:
    limits = np.iinfo(kind)
    planes = np.random.default_rng(3).choice(np.array([limits.min, limits.max, 1], kind), (3, 5, 41))
    assert np.array_equal(inverse(planes, target=target), inverse(planes, target=0))
    assert np.array_equal(forward(planes, target=target), forward(planes, target=0))


@each_target
@pytest.mark.parametrize(
    ("transform", "literal"),
    [(forward, reference.forward_rct), (inverse, reference.inverse_rct)],
    ids=["forward", "inverse"],
)
def test_reversible_transform_tells_what_leaves_16_bits(target: int, transform: Callable, literal: Callable) -> None:
    edges = [-32768, -32767, -16384, -1, 0, 1, 16383, 16384, 32766, 32767]
    pixels = [*product(edges, repeat=3), *np.random.default_rng(5).integers(-25_000, 25_000, (500, 3)).tolist()]
    for position, pixel in enumerate(pixels):
        planes = np.zeros((3, 1, 41), np.int16)
        planes[:, 0, position % 41] = pixel
        expected = literal(*pixel)
        if all(-32768 <= value <= 32767 for value in expected):
            assert transform(planes, target=target)[:, 0, position % 41].tolist() == list(expected)
        else:
            with pytest.raises(OptionError, match="16 bits"):
                transform(planes, target=target)


@each_target
@pytest.mark.parametrize("shape", SHAPES)
def test_reversible_colours_of_8_bits(target: int, shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(shape)
    canvas = np.full((shape[0], shape[1] + 2, 3), 7, np.uint8)
    image = canvas[:, 1:-1]
    image[...] = rng.integers(0, 256, (*shape, 3))
    planes = load_rgb8(image, np.int16, target=target)
    shifted = (image.reshape(-1, 3).astype(int) - 128).tolist()
    assert planes.reshape(3, -1).T.tolist() == [list(reference.forward_rct(*pixel)) for pixel in shifted]
    wild = rng.integers(-300, 300, (3, *shape)).astype(np.int16)
    for components in (planes, wild):
        pixels = [reference.inverse_rct(*pixel) for pixel in components.reshape(3, -1).T.tolist()]
        assert store_rgb8(components, out=image, target=target) is image
        assert image.reshape(-1, 3).tolist() == [[reference.stored(v, 8, False) for v in pixel] for pixel in pixels]
    assert np.all(canvas[:, :: shape[1] + 1] == 7)


@each_target
def test_reversible_colours_of_8_bits_tell_what_leaves_16_bits(target: int) -> None:
    edges = [-32768, -32767, -16384, -1, 0, 1, 16383, 16384, 32766, 32767]
    for position, pixel in enumerate(product(edges, repeat=3)):
        planes = np.zeros((3, 2, 67), np.int16)
        planes[:, position % 2, position % 67] = pixel
        expected = reference.inverse_rct(*pixel)
        if all(-32768 <= value <= 32767 for value in expected):
            made = store_rgb8(planes, target=target)[position % 2, position % 67]
            assert made.tolist() == [reference.stored(v, 8, False) for v in expected]
        else:
            with pytest.raises(OptionError, match="16 bits"):
                store_rgb8(planes, target=target)


@each_target
@pytest.mark.parametrize("shape", SHAPES)
def test_irreversible_colours_of_8_bits(target: int, shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(shape)
    image = rng.integers(0, 256, (*shape, 3)).astype(np.uint8)
    made = load_rgb8(image, np.float32, target=target)
    shifted = np.moveaxis(image, 2, 0).astype(np.float32) - 128
    assert made.tobytes() == forward(shifted, target=0).tobytes()
    odd = np.array([np.nan, np.inf, -np.inf, 1e30, -1e30, 0.5, -0.5, 127.5, -128.5, 2.5], np.float32)
    for planes in (made, (rng.standard_normal((3, *shape)) * 90).astype(np.float32), rng.choice(odd, (3, *shape))):
        with np.errstate(invalid="ignore"):
            colours = inverse(planes, target=0)
        stored = [store(plane, precision=8, is_signed=False, target=0) for plane in colours]
        assert np.array_equal(store_rgb8(planes, target=target), np.stack(stored, axis=-1))


@each_target
@pytest.mark.parametrize("kind", REALS)
def test_irreversible_transform(target: int, kind: type) -> None:
    for shape in SHAPES:
        planes = (np.random.default_rng(shape).standard_normal((3, *shape)) * 100).astype(kind)
        for transform, literal in ((forward, reference.forward_ict), (inverse, reference.inverse_ict)):
            made = transform(planes, target=target)
            expected = np.array(literal(*planes.astype(np.float64)))
            assert np.allclose(made, expected, rtol=0, atol=0.01)  # the clause rounds its factors to five digits
            assert made.tobytes() == transform(planes, target=0).tobytes()
        assert np.allclose(inverse(forward(planes, target=target), target=target), planes, rtol=0, atol=2e-3)


def interesting_coefficients(kind: type, precision: int) -> np.ndarray:
    """Near every limit and, for reals, near every rounding; and what no healthy stream gives."""
    half = 2 ** (precision - 1)
    centres = [0, half, -half, half - 1, half // 3]
    if kind in INTEGERS:
        limits = np.iinfo(kind)
        values = [c + d for c in centres for d in (-2, -1, 0, 1, 2)] + [limits.min, limits.max]
        return np.array([min(max(v, limits.min), limits.max) for v in values], kind)
    offsets = (-1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1)
    halves = [np.nextafter(kind(0.5), kind(0)), np.nextafter(kind(-0.5), kind(0)), kind(2.5), kind(-2.5), kind(-0.0)]
    hostile = [
        np.nan,
        np.inf,
        -np.inf,
        np.finfo(kind).max,
        np.finfo(kind).min,
        2.0**31,
        -(2.0**31),
        2.0**63,
        -(2.0**63),
    ]
    return np.array([c + o for c in centres for o in offsets] + halves + hostile, kind)


@each_target
@pytest.mark.parametrize("kind", [*INTEGERS, *REALS])
@pytest.mark.parametrize(("precision", "is_signed"), RANGES)
def test_store(target: int, kind: type, precision: int, is_signed: bool) -> None:
    values = interesting_coefficients(kind, precision)
    coefficients = np.stack([np.resize(values, 300), np.resize(values[::-1], 300)])
    expected = [[reference.stored(v, precision, is_signed) for v in row] for row in coefficients.tolist()]
    for container in CONTAINERS:
        if not holds(container, precision, is_signed):
            continue
        image = np.zeros((2, 300, 3), container)
        flat = store(coefficients, precision=precision, is_signed=is_signed, out=image[:, :, 1], target=target)
        assert flat.tolist() == expected
        assert not image[:, :, ::2].any()
        flat = np.zeros((2, 300), container)
        assert store(coefficients, precision=precision, is_signed=is_signed, out=flat, target=target) is flat
        assert flat.tolist() == expected
        backwards = np.zeros((4, 600), container)[::-2, ::-2]
        store(coefficients, precision=precision, is_signed=is_signed, out=backwards, target=target)
        assert backwards.tolist() == expected


@pytest.mark.parametrize(("precision", "is_signed"), RANGES)
def test_store_chooses_the_smallest_container(precision: int, is_signed: bool) -> None:
    made = store(np.zeros((1, 1), np.int64), precision=precision, is_signed=is_signed)
    smaller = [c for c in CONTAINERS if c.itemsize < made.dtype.itemsize]
    assert holds(made.dtype, precision, is_signed)
    assert not any(holds(container, precision, is_signed) for container in smaller)


@each_target
@pytest.mark.parametrize("kind", [*INTEGERS, *REALS])
@pytest.mark.parametrize(("precision", "is_signed"), RANGES)
def test_load(target: int, kind: type, precision: int, is_signed: bool) -> None:
    if kind in (np.int16, np.int32) and precision > np.iinfo(kind).bits:
        return
    lowest, highest = reference.sample_range(precision, is_signed)
    shift = reference.level_shift(precision, is_signed)
    for container in CONTAINERS:
        if not holds(container, precision, is_signed):
            continue
        samples = np.random.default_rng(precision).integers(lowest, highest, (2, 300, 3), container, endpoint=True)
        for view in (samples[:, :, 2], samples[:, :, 0].copy(), samples[::-1, ::-7, 1]):
            made, extent = load(view, kind, precision=precision, is_signed=is_signed, target=target)
            expected = np.array(view.astype(object) - shift, object)
            assert made.tolist() == np.array(expected, kind).tolist()
            assert extent == (view.min(), view.max())


@each_target
@pytest.mark.parametrize("container", CONTAINERS)
def test_load_tells_what_is_beyond_the_range(target: int, container: np.dtype) -> None:
    limits = np.iinfo(container)
    samples = np.full((3, 70), 1, container)
    samples[1, 66], samples[2, 3] = limits.min, limits.max
    for precision in (1, 38):
        _, extent = load(samples, np.int32, precision=precision, is_signed=False, target=target)
        assert extent == (limits.min, min(int(limits.max), 2**63 - 1))


def test_load_of_nothing() -> None:
    made, (least, greatest) = load(np.zeros((0, 4), np.uint8), np.int32, precision=8, is_signed=False)
    assert made.shape == (0, 4)
    assert least > greatest


@each_target
@pytest.mark.parametrize("kind", [*INTEGERS, *REALS])
def test_rows_at_any_distance_and_nothing_beside_them(target: int, kind: type) -> None:
    rng = np.random.default_rng(9)
    canvas = np.full((3, 9, 50), 7, kind)
    window = canvas[:, :, 5:38]
    window[...] = rng.integers(0, 255, (3, 9, 33))
    expected = forward(window.copy(), target=target)
    assert forward(window, out=window, target=target) is window
    assert np.array_equal(window, expected)
    samples = rng.integers(0, 255, (9, 33)).astype(np.uint8)
    load(samples, kind, precision=8, is_signed=False, out=window[1], target=target)
    assert np.array_equal(store(window[1], precision=8, is_signed=False, target=target), samples)
    assert np.all(canvas[:, :, :5] == 7)
    assert np.all(canvas[:, :, 38:] == 7)


def test_refusals() -> None:
    plane = np.zeros((2, 2), np.int32)
    for planes in (plane, np.zeros((2, 2, 2), np.int32), np.zeros((3, 2, 2), np.uint16)):
        with pytest.raises(OptionError):
            inverse(planes)
    for options in (
        {"precision": 0},
        {"precision": 39},
        {"precision": 9, "out": np.zeros((2, 2), np.uint8)},
        {"precision": 8, "out": np.zeros((2, 2), np.int8)},
        {"precision": 8, "out": np.zeros((2, 2), np.float32)},
        {"precision": 8, "out": np.zeros((2, 3), np.uint8)},
    ):
        with pytest.raises(OptionError):
            store(plane, is_signed=False, **options)
    with pytest.raises(OptionError):
        store(np.zeros((2, 2), np.uint16), precision=8, is_signed=False)
    with pytest.raises(OptionError):
        load(np.zeros((2, 2), np.float32), np.int32, precision=8, is_signed=False)
    with pytest.raises(OptionError):
        load(plane, np.uint16, precision=8, is_signed=False)
    with pytest.raises(OptionError):
        load(plane, np.int16, precision=17, is_signed=False)
    for image in (plane, np.zeros((2, 2, 3), np.int8), np.zeros((2, 4, 3), np.uint8)[:, ::2]):
        with pytest.raises(OptionError):
            load_rgb8(image, np.int16)
        with pytest.raises(OptionError):
            store_rgb8(np.zeros((3, 2, 2), np.int16), out=image)
    with pytest.raises(OptionError):
        load_rgb8(np.zeros((2, 2, 3), np.uint8), np.int32)
    with pytest.raises(OptionError):
        store_rgb8(np.zeros((3, 2, 2), np.int16), out=np.zeros((2, 3, 3), np.uint8))
    with pytest.raises(OptionError):
        store_rgb8(np.zeros((3, 2, 2), np.int32))
