"""HT sets of a code-block: each is what the literal coder writes for its plane, and gains are a decoder's."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from pacscore.errors import OptionError
from pacscore.j2k.entropy._entropy import decode_block, encode_sets
from pacscore.support.targets import available_targets
from reference import ht_block_encoder

TARGETS = list(available_targets())
SHAPES = [(1, 1), (3, 5), (4, 4), (7, 9), (5, 23)]


def block(seed: int, shape: tuple[int, int], bits: int, wide: bool) -> tuple[NDArray[np.int64], NDArray[np.generic]]:
    """Signed magnitudes of up to so many bits, mostly small ones, and the words that say them."""
    rng = np.random.default_rng([seed, *shape, bits])
    magnitudes = rng.integers(0, 1 << bits, shape) >> rng.integers(0, bits + 1, shape)
    magnitudes[0, 0] = 1 << (bits - 1)
    signs = rng.integers(0, 2, shape)
    kind = np.uint64 if wide else np.uint32
    words = magnitudes.astype(kind) | signs.astype(kind) << kind(63 if wide else 31)
    return np.where(signs, -magnitudes, magnitudes), words


def literal_set(indices: NDArray[np.int64], plane: int, causal: bool) -> list[bytes]:
    """The segments of the set whose cleanup pass ends at a plane."""
    signs = (indices < 0).astype(int).tolist()
    magnitudes = np.abs(indices)
    segments = [ht_block_encoder.encode((magnitudes >> plane).tolist(), signs)]
    if plane:
        finer = (magnitudes >> (plane - 1)).tolist()
        segments.append(ht_block_encoder.encode_refinement(finer, signs, 3, causal))
    return segments


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("bits", "wide"), [(1, False), (4, False), (17, False), (9, True), (33, True)])
@pytest.mark.parametrize("causal", [False, True])
def test_sets_are_the_literal_coder_s(shape: tuple[int, int], bits: int, wide: bool, causal: bool) -> None:
    indices, words = block(1, shape, bits, wide)
    expected = b"".join(b"".join(literal_set(indices, plane, causal)) for plane in reversed(range(bits)))
    for target in TARGETS:
        data, passes = encode_sets(words, vertically_causal=causal, target=target)
        assert data == expected, target
        assert [ends for *_, ends in passes] == [True, False, True] * (bits - 1) + [True]


def decoded(words: NDArray[np.generic], data: bytes, ends: list[int], number: int, bits: int) -> NDArray[np.float64]:
    """What a decoder makes of the last set up to a pass: signed magnitudes, from twice their value."""
    first = number - number % 3
    start = ends[first - 1] if first else 0
    wide = words.itemsize == 8
    samples = decode_block(
        data[start : ends[first]],
        data[ends[first] : ends[number]],
        width=words.shape[1],
        height=words.shape[0],
        missing_bitplanes=number // 3,
        magnitude_bitplanes=bits,
        passes=number % 3 + 1,
        wide=wide,
    )
    sign = samples >> np.asarray(63 if wide else 31, samples.dtype) != 0
    doubled = (samples & np.asarray(np.iinfo(samples.dtype).max >> 1, samples.dtype)).astype(np.float64)
    return np.where(sign, -doubled, doubled)


@pytest.mark.parametrize("reversible", [True, False])
@pytest.mark.parametrize(("bits", "wide"), [(1, False), (6, False), (13, False), (20, True)])
def test_gains_are_what_a_decoder_gains(reversible: bool, bits: int, wide: bool) -> None:
    for shape in ((9, 14), (64, 64)):
        indices, words = block(2, shape, bits, wide)
        data, passes = encode_sets(words, reversible=reversible)
        ends = [end for end, *_ in passes]
        truth = 2.0 * indices + (0 if reversible else np.sign(indices))
        error = float(np.sum(truth**2)) / 4
        for number, (_, gain, _) in enumerate(passes):
            made = decoded(words, data, ends, number, bits)
            if reversible:  # whole numbers, rounded down
                made = np.sign(made) * 2 * (np.abs(made) // 2)
            left = float(np.sum((truth - made) ** 2)) / 4
            assert error - left == pytest.approx(gain, rel=1e-6, abs=1e-6)
            error = left
        assert error == 0


def test_a_floor_ends_the_sets_and_changes_none_of_those_before() -> None:
    _, words = block(3, (64, 64), 12, False)
    data, passes = encode_sets(words)
    counts = []
    for least_gain in (1e-3, 10.0, 1e3, 1e9):
        cut, kept = encode_sets(words, least_gain=least_gain)
        assert data.startswith(cut)
        assert passes[: len(kept)] == kept
        counts.append(len(kept))
    assert all(a >= b for a, b in pairwise(counts))
    assert counts[0] > counts[-1]


def test_a_floor_does_not_stop_where_a_coarse_plane_happens_to_be_right() -> None:
    """Many magnitudes lie in the middle of the highest plane's interval: the next planes make them worse at first."""
    magnitudes = np.full((64, 64), 96, np.uint32)
    magnitudes[::2] += 20
    _, passes = encode_sets(magnitudes, least_gain=0.5)
    assert len(passes) > 3 * 4


def test_planes_leave_out_the_sets_above_them() -> None:
    _, words = block(4, (32, 48), 9, False)
    data, passes = encode_sets(words)
    kept, short = encode_sets(words, planes=3)
    assert data.endswith(kept)
    assert len(short) == 7
    assert encode_sets(words, planes=30) == (data, passes)


def test_no_set_of_zeros() -> None:
    with pytest.raises(OptionError):
        encode_sets(np.zeros((4, 4), np.uint32))
