"""Pictures of many rows of code-blocks: parts of them, several threads, and coefficients that leave 16 bits."""

from __future__ import annotations

import numpy as np
import pytest

import pacscore as pc

HTJ2K = "1.2.840.10008.1.2.4.203"
SHAPES = [(517, 300), (300, 517, 3)]


def picture(shape, bits, seed=0):
    """Return a smooth slope with noise and a few extremes, from 0 to the largest value of so many bits."""
    rng = np.random.default_rng(seed)
    top = (1 << bits) - 1
    slope = np.indices(shape).sum(0) * (top / 1200) + rng.normal(0, top / 50, shape)
    speckled = np.where(rng.random(shape) < 0.01, rng.choice([0, top], shape), slope)
    return np.clip(speckled, 0, top).astype(np.uint8 if bits <= 8 else np.uint16)


def options(reversible, **more):
    return pc.J2KOptions(reversible=reversible, code_block_rows=32, code_block_columns=64, **more)


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("reversible", [True, False])
@pytest.mark.parametrize("shape", SHAPES)
def test_regions_and_resolutions_are_cut_from_the_whole(shape, reversible, threads):
    data = pc.encode(picture(shape, 8), HTJ2K, options(reversible), bits_stored=8)
    rng = np.random.default_rng(threads)
    for reduce in (0, 1, 3):
        whole = np.asarray(pc.decode(data, reduce=reduce))
        for _ in range(6):
            row, column = (int(rng.integers(0, size - 1)) for size in shape[:2])
            rows = int(rng.integers(1, shape[0] - row + 1))
            columns = int(rng.integers(1, min(100, shape[1] - column) + 1))
            part = pc.decode(data, reduce=reduce, region=pc.Region(row, column, rows, columns), threads=threads)
            edges = (row, row + rows, column, column + columns)
            y0, y1, x0, x1 = (-(-edge >> reduce) for edge in edges)
            np.testing.assert_array_equal(part, whole[y0:y1, x0:x1])


@pytest.mark.parametrize("threads", [2, 3, 8])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("bits", [8, 12, 16])
def test_threads_change_nothing(shape, bits, threads):
    samples = picture(shape, bits, seed=threads)
    data = pc.encode(samples, HTJ2K, options(True), bits_stored=bits, threads=threads)
    assert data == pc.encode(samples, HTJ2K, options(True), bits_stored=bits)
    for _ in range(5):
        np.testing.assert_array_equal(pc.decode(data, threads=threads), samples)


@pytest.mark.parametrize("kind", ["checkers", "noise", "late"])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("bits", [12, 13, 14, 15, 16])
def test_coefficients_beyond_16_bits_are_exact(shape, bits, kind):
    """5-3 coefficients of the sharpest pictures are eight times as large as samples; in `late` only near the end."""
    top = (1 << bits) - 1
    samples = np.full(shape, top // 2, np.uint16)
    checkers = np.where(np.indices(shape).sum(0) % 2, 0, top)
    if kind == "checkers":
        samples[...] = checkers
    elif kind == "noise":
        samples[...] = np.random.default_rng(bits).choice([0, top], shape)
    else:
        samples[-40:] = checkers[-40:]
    data = pc.encode(samples, HTJ2K, options(True), bits_stored=bits)
    for threads in (1, 2):
        np.testing.assert_array_equal(pc.decode(data, threads=threads), samples)


@pytest.mark.parametrize("layers", [2, 65536, 1 << 40])
def test_more_layers_than_there_are_mean_all(layers):
    image = picture((40, 50), 8)
    data = pc.encode(image, HTJ2K, options(True))
    np.testing.assert_array_equal(pc.decode(data, layers=layers), image)
    assert pc.repack(data, pc.RepackOptions(layers=layers)) == data
