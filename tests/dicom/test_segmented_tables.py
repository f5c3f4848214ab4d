"""Segments against the tables that they stand for, written out; and segments that stand for nothing."""

import random

import numpy as np
import pytest
from pydicom.pixels.processing import _expand_segmented_lut

import pacscore as pc
from pacscore.dicom.segmented_tables import expand_segments


def words(values, bits):
    return np.array(values, f"<u{bits // 8}").tobytes()


@pytest.mark.parametrize("bits", [8, 16])
def test_the_three_kinds(bits):
    # discrete 10 20; linear to 50 in 3; the first two segments again, by an indirect one
    offset = [0, 0] if bits == 16 else [0, 0, 0, 0]
    data = words([0, 2, 10, 20, 1, 3, 50, 2, 2, *offset], bits)
    assert expand_segments(data, 10, bits).tolist() == [10, 20, 30, 40, 50, 10, 20, 30, 40, 50]


@pytest.mark.parametrize("bits", [8, 16])
def test_an_offset_counts_bytes(bits):
    linear = 4 * bits // 8  # where the second segment begins
    offset = [linear, 0] if bits == 16 else [linear, 0, 0, 0]
    data = words([0, 2, 10, 20, 1, 2, 40, 2, 1, *offset], bits)
    # a linear segment that is copied begins from what stands before the copy
    assert expand_segments(data, 6, bits).tolist() == [10, 20, 30, 40, 40, 40]


def test_an_offset_above_a_word():
    filler = [0, 40000, *([7] * 40000)]
    data = words([*filler, 0, 1, 9, 2, 1, (2 * len(filler)) & 0xFFFF, (2 * len(filler)) >> 16], 16)
    assert expand_segments(data, 40002, 16)[-2:].tolist() == [9, 9]


@pytest.mark.parametrize(("begin", "end"), [(0, 1), (3, 0), (65535, 0), (0, 65535), (5, 5)])
def test_linear_segments_round_to_the_nearest(begin, end):
    from fractions import Fraction

    for length in (1, 2, 3, 7, 255):
        made = expand_segments(words([0, 1, begin, 1, length, end], 16), 1 + length, 16)
        exact = [begin + Fraction((end - begin) * step, length) for step in range(1, length + 1)]
        assert made[1:].tolist() == [int((one + Fraction(1, 2)).__floor__()) for one in exact]


def test_as_pydicom_expands_discrete_and_linear_segments():
    draw = random.Random(7)
    for _ in range(50):
        segments, count = [0, 1, draw.randrange(65536)], 1
        for _ in range(draw.randrange(1, 9)):
            length = draw.choice([1, 3, 5, 33])  # odd: no entry lies halfway between two integers
            segments += draw.choice(
                [[1, length, draw.randrange(65536)], [0, length, *(draw.randrange(65536) for _ in range(length))]]
            )
            count += length
        expected = _expand_segmented_lut(tuple(segments), "<H")
        assert expand_segments(words(segments, 16), count, 16).tolist() == expected


@pytest.mark.parametrize(
    "segments",
    [
        [],
        [0],
        [0, 4, 1, 2],
        [0, 9, *range(9)],
        [0, 0, 0],
        [1, 4, 9],
        [3, 4, 9],
        [0, 1, 5, 2, 1, 6, 0],
        [0, 1, 5, 2, 1, 60000, 60000],
        [0, 1, 5, 2, 1, 0],
        [0, 1, 5, 2, 65535, 0, 0],
        [0, 1, 5, 2, 0, 0, 0],
    ],
)
def test_what_stands_for_nothing_is_refused(segments):
    with pytest.raises(pc.DicomError, match="segmented palette"):
        expand_segments(words(segments, 16), 8, 16)


def test_any_bytes_end_soon():
    draw = np.random.default_rng(3)
    for bits in (8, 16):
        for _ in range(300):
            data = draw.choice(np.array([0, 1, 2, 3, 255, 16, 7], f"<u{bits // 8}"), draw.integers(0, 60)).tobytes()
            try:
                assert expand_segments(data, 64, bits).shape == (64,)
            except pc.DicomError:
                continue
