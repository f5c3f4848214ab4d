"""HT code-blocks from quantiser indices of 16 bits: byte for byte what the coder of words and the literal one write."""

from __future__ import annotations

import ctypes
import mmap

import numpy as np
import pytest
from numpy.typing import NDArray

from pacscore.errors import OptionError
from pacscore.j2k.entropy._entropy import encode_block
from pacscore.support.targets import available_targets
from reference import ht_block_encoder

TARGETS = list(available_targets())
LARGEST = 1 << 14
SMALL = [(1, 1), (1, 9), (9, 1), (3, 5), (7, 5), (2, 2), (4, 4), (3, 8), (17, 31), (1, 64), (64, 1), (12, 13), (6, 33)]
LARGE = [(64, 64), (4, 1024), (1024, 4), (7, 585), (819, 5), (1, 1024), (1024, 1), (63, 65), (61, 47), (32, 128)]

Indices = NDArray[np.int16]


def random_indices(seed: int, shape: tuple[int, int], bits: int, density: float, spread: bool = True) -> Indices:
    """Magnitudes up to 2^bits, all bit lengths alike or the longest only; at least one is not 0."""
    rng = np.random.default_rng([seed, *shape, bits])
    magnitudes = rng.integers(1, 1 << bits, shape, endpoint=True)
    if spread:
        magnitudes >>= rng.integers(0, bits + 1, shape)
    magnitudes *= rng.random(shape) < density
    magnitudes[rng.integers(shape[0]), rng.integers(shape[1])] |= magnitudes.max() == 0
    return (magnitudes * rng.choice([-1, 1], shape)).astype(np.int16)


def words_of(indices: Indices) -> NDArray[np.uint32]:
    wide = indices.astype(np.int64)
    return (np.abs(wide) | (wide < 0) * (1 << 31)).astype(np.uint32)


def assert_same(indices: Indices, expected: bytes) -> None:
    for target in TARGETS:
        assert encode_block(indices, target=target) == expected, target


@pytest.mark.parametrize("shape", SMALL)
def test_small_blocks_are_the_literal_coder_s(shape: tuple[int, int]) -> None:
    for seed, density in enumerate([0.03, 0.2, 0.5, 0.9, 1.0] * 3):
        indices = random_indices(seed, shape, min(1 + seed, 14), density)
        signs = (indices < 0).astype(int).tolist()
        assert_same(indices, ht_block_encoder.encode(np.abs(indices.astype(int)).tolist(), signs))


@pytest.mark.parametrize("shape", SMALL + LARGE)
@pytest.mark.parametrize("bits", [0, 1, 3, 7, 11, 13, 14])
def test_all_shapes_amplitudes_and_densities(shape: tuple[int, int], bits: int) -> None:
    for density in (0.004, 0.06, 0.4, 0.8, 1.0):
        for spread in (False, True):
            indices = random_indices(7, shape, bits, density, spread)
            assert_same(indices, encode_block(words_of(indices)))


@pytest.mark.parametrize("shape", LARGE)
def test_full_magnitudes_and_runs_of_ff(shape: tuple[int, int]) -> None:
    """The longest streams: MagSgn all ones, so that every second byte is stuffed, and all its samples of 15 bits."""
    for value in (LARGEST, -LARGEST, LARGEST - 1, -1, 1, 127, -128):
        indices = np.full(shape, value, np.int16)
        assert_same(indices, encode_block(words_of(indices)))
    runs = np.where(np.arange(shape[0] * shape[1]).reshape(shape) // 97 % 2, -LARGEST, 1).astype(np.int16)
    assert_same(runs, encode_block(words_of(runs)))


@pytest.mark.parametrize("shape", [(64, 64), (16, 256), (5, 700)])
def test_contrasts_of_regions(shape: tuple[int, int]) -> None:
    """Empty, small and large quads side by side: long and short appends alternate, contexts and kappa jump."""
    rng = np.random.default_rng(3)
    for size in (1, 2, 3, 5, 8, 17, 40):
        grid = rng.integers(0, 16, (-(-shape[0] // size), -(-shape[1] // size)))
        bits = np.kron(grid, np.ones((size, size), int))[: shape[0], : shape[1]]
        indices = (rng.integers(0, 1 << bits) >> 1) * rng.choice([-1, 1], shape)
        indices[0, 0] |= 1
        assert_same(indices.astype(np.int16), encode_block(words_of(indices.astype(np.int16))))


def guarded(shape: tuple[int, int], at_end: bool) -> Indices:
    """An array whose bytes end at, or begin behind, memory that nobody may read."""
    page = mmap.PAGESIZE
    size = 2 * shape[0] * shape[1]
    pages = -(-size // page)
    memory = mmap.mmap(-1, (pages + 2) * page)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    libc = ctypes.CDLL(None, use_errno=True)
    for forbidden in (address, address + (pages + 1) * page):
        assert libc.mprotect(ctypes.c_void_p(forbidden), ctypes.c_size_t(page), 0) == 0
    offset = (pages + 1) * page - size if at_end else page
    return np.frombuffer(memory, np.int16, shape[0] * shape[1], offset).reshape(shape)


@pytest.mark.parametrize("shape", [*SMALL, (64, 64), (61, 47), (3, 1000)])
@pytest.mark.parametrize("at_end", [False, True])
def test_reads_nothing_outside_the_block(shape: tuple[int, int], at_end: bool) -> None:
    indices = guarded(shape, at_end)
    indices[:] = random_indices(1, shape, 14, 0.7)
    assert_same(indices, encode_block(words_of(indices)))


def test_rows_at_any_distance() -> None:
    canvas = random_indices(2, (40, 100), 14, 1.0)
    for columns in (slice(3, 67), slice(0, 17), slice(50, 83), slice(99, None)):
        block = canvas[5:, columns]
        assert_same(block, encode_block(words_of(block)))


def test_refusals() -> None:
    for samples in (
        np.zeros((4, 4), np.int16),
        np.full((4, 4), LARGEST + 1, np.int16),
        np.full((4, 4), -32768, np.int16),
        np.ones(4, np.int16),
        np.ones((65, 64), np.int16),
    ):
        with pytest.raises(OptionError):
            encode_block(samples)
