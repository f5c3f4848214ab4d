"""Half of a picture in each direction, at every target, against exact arithmetic and OpenCV."""

from __future__ import annotations

import numpy as np
import pytest

from pacscore.errors import OptionError
from pacscore.pyramid._reduction import reduce_by_two
from pacscore.pyramid.halving import halved
from pacscore.support.targets import available_targets
from reference.reduction import mean_of_four

TARGETS = list(available_targets().values())
SIZES = [(1, 1), (2, 2), (3, 5), (1, 64), (2, 19), (4, 20), (3, 21), (5, 127), (4, 130), (2, 133)]


def noise(shape, dtype):
    limits = np.iinfo(dtype)
    image = np.random.default_rng(shape[1]).integers(limits.min, limits.max, shape, dtype, endpoint=True)
    image[..., :3] = limits.max
    return image


def empty_for(image):
    """Return an array for the result, with a border that must stay as it is."""
    rows, columns = image.shape[:2]
    return np.full(((rows + 1) // 2 + 1, (columns + 1) // 2 + 1, *image.shape[2:]), 77, image.dtype)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("samples", [(), (3,)])
@pytest.mark.parametrize("size", SIZES)
def test_every_size_is_exact(size, samples, dtype, target):
    image = noise((*size, *samples), dtype)
    out = empty_for(image)
    reduce_by_two(image, out[:-1, :-1], target)
    assert out[:-1, :-1].tolist() == mean_of_four(image).tolist()
    assert (out[-1] == 77).all()
    assert (out[:, -1] == 77).all()


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("samples", [(), (3,)])
def test_rows_of_a_larger_picture(samples, dtype, target):
    image = noise((40, 90, *samples), dtype)
    part = image[3:20, 5:60]
    out = empty_for(part)
    reduce_by_two(part, out[:-1, :-1], target)
    np.testing.assert_array_equal(out[:-1, :-1], mean_of_four(part))


@pytest.mark.parametrize("shape", [(64, 66), (64, 66, 3)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_opencv_says_the_same(shape, dtype):
    cv2 = pytest.importorskip("cv2")
    image = noise(shape, dtype)
    np.testing.assert_array_equal(halved(image), cv2.resize(image, (33, 32), interpolation=cv2.INTER_AREA))


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.uint32, np.int64, np.uint64, np.uint8])
@pytest.mark.parametrize("shape", [(5, 6), (5, 6, 2), (5, 6, 4), (5, 6, 1)])
def test_other_samples_are_exact_too(shape, dtype):
    image = noise(shape, dtype)
    found = halved(image)
    assert found.dtype == dtype
    assert found.tolist() == mean_of_four(image).tolist()


def test_floating_point_and_scattered_samples():
    image = np.random.default_rng(1).random((4, 6)).astype(np.float32)
    expected = image.astype(np.float64).reshape(2, 2, 3, 2).mean((1, 3))
    np.testing.assert_allclose(halved(image), expected, rtol=1e-6)
    scattered = noise((8, 8), np.uint8).T[:, ::2]
    assert halved(scattered).tolist() == mean_of_four(scattered).tolist()


@pytest.mark.parametrize(
    ("image", "out"),
    [
        (np.zeros((4, 4), np.uint8), np.zeros((2, 3), np.uint8)),
        (np.zeros((4, 4), np.uint8), np.zeros((2, 2), np.uint16)),
        (np.zeros((4, 4, 2), np.uint8), np.zeros((2, 2, 2), np.uint8)),
        (np.zeros((4, 8), np.uint8)[:, ::2], np.zeros((2, 2), np.uint8)),
        (np.zeros((4, 4), np.uint32), np.zeros((2, 2), np.uint32)),
        (np.zeros(4, np.uint8), np.zeros(2, np.uint8)),
        (np.zeros((4, 4, 3), np.uint8), np.zeros((2, 2), np.uint8)),
    ],
)
def test_what_does_not_fit_is_refused(image, out):
    with pytest.raises(OptionError):
        reduce_by_two(image, out)
