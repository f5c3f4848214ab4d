"""Part 1 code-blocks that we encode: every target the same bytes, which hold what each pass promises, and its gain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.reference import part1_block, part1_block_encoder

from pacscore.errors import OptionError, UnsupportedError
from pacscore.j2k.entropy._part1 import decode_block, encode_block
from pacscore.j2k.mq_carries import kept_carries, with_carries
from pacscore.support.targets import available_targets

TARGETS = list(available_targets())
BANDS = ["LL", "HL", "LH", "HH"]
SHAPES = [(1, 1), (1, 9), (9, 1), (3, 5), (5, 3), (4, 4), (4, 16), (8, 17), (6, 31), (64, 1), (1, 64), (33, 6)]
LARGE = [(64, 64), (1024, 4), (4, 1024), (17, 33), (32, 128), (585, 7), (5, 819), (1, 1024), (1024, 1), (61, 47)]
PREDICTABLE = 0x10

Words = NDArray[Any]
Passes = list[tuple[int, float, bool]]
Segments = list[part1_block.Segment]


def random_words(seed: list[int], shape: tuple[int, int], planes: int, wide: bool = False) -> Words:
    """Sparse, smooth or noisy samples with magnitudes of exactly so many planes."""
    rng = np.random.default_rng(seed)
    magnitudes = rng.integers(0, 1 << planes, shape) >> rng.integers(0, planes + 1, shape)
    magnitudes *= rng.random(shape) < rng.choice([0.03, 0.3, 1.0])
    magnitudes[rng.integers(shape[0]), rng.integers(shape[1])] |= 1 << (planes - 1)
    negative = rng.random(shape) < rng.choice([0.1, 0.5])
    kind = np.uint64 if wide else np.uint32
    return magnitudes.astype(kind) | (negative & (magnitudes > 0)).astype(kind) << kind(63 if wide else 31)


def magnitudes_of(words: Words) -> NDArray[np.int64]:
    top = words.dtype.type(1 << 8 * words.itemsize - 1)
    return (words & ~top).astype(np.int64)


def signs_of(words: Words) -> NDArray[np.int64]:
    return (words >> words.dtype.type(8 * words.itemsize - 1)).astype(np.int64)


def encoded(words: Words, **how: Any) -> tuple[bytes, Passes]:
    """What all targets write, which must be the same."""
    first, *others = [encode_block(words, **how, target=target) for target in TARGETS]
    assert all(other == first for other in others)
    return first


def segments_of(data: bytes, passes: Passes, count: int) -> Segments:
    """The codeword segments of so many passes, the last one cut off."""
    segments: Segments = []
    start = first = 0
    for number, (length, _, ends) in enumerate(passes[:count]):
        if ends or number == count - 1:
            segments.append((data[start:length], number + 1 - first, True))
            start, first = length, number + 1
    return segments


def description(words: Words, planes: int, style: int, orientation: int) -> dict[str, Any]:
    return {
        "width": words.shape[1],
        "height": words.shape[0],
        "missing_bitplanes": 0,
        "magnitude_bitplanes": planes,
        "style": style,
        "orientation": orientation,
    }


def assert_holds_samples(words: Words, planes: int, style: int, orientation: int) -> tuple[bytes, Passes]:
    """Our decoder finds them again in all passes."""
    wide = words.itemsize == 8
    data, passes = encoded(words, bitplanes=planes, style=style, orientation=orientation)
    assert len(passes) == 3 * planes - 2
    assert passes[-1][0] == len(data)
    block = description(words, planes, style, orientation)
    found = decode_block(segments_of(data, passes, len(passes)), **block, wide=wide or planes > 30)
    np.testing.assert_array_equal(magnitudes_of(found) >> 1, magnitudes_of(words))
    np.testing.assert_array_equal(signs_of(found), signs_of(words))
    return data, passes


def passes_of(words: Words, planes: int, style: int, orientation: int, count: int) -> Segments:
    """The same so many passes by the literal encoder, every segment ended."""
    samples = magnitudes_of(words).tolist(), signs_of(words).tolist()
    return part1_block_encoder.encode(*samples, planes=planes, passes=count, style=style, band=BANDS[orientation])


@pytest.mark.parametrize("style", range(64))
def test_every_pass_of_every_style(style: int) -> None:
    """Cut after any pass and continued by FF, the bytes hold what the literal encoder put into these passes."""
    for orientation in (style % 4, (style // 4 + 2) % 4):
        shape = SHAPES[(style + 5 * orientation) % len(SHAPES)]
        planes = 1 + (3 * style + orientation) % 8
        words = random_words([style, orientation], shape, planes)
        data, passes = assert_holds_samples(words, planes, style, orientation)
        block = description(words, planes, style, orientation)
        literal = part1_block.decode(segments_of(data, passes, len(passes)), **block)
        assert literal.magnitudes == magnitudes_of(words).tolist()
        for count in range(1, len(passes) + 1):
            segments = segments_of(data, passes, count)
            assert all(not segment.endswith(b"\xff") for segment, _, _ in segments)
            expected = decode_block(passes_of(words, planes, style, orientation, count), **block)
            np.testing.assert_array_equal(decode_block(segments, **block), expected)


def test_segments_end_where_the_style_says() -> None:
    words = random_words([0], (20, 20), 7)
    for style in range(64):
        _, passes = encoded(words, bitplanes=7, style=style)
        ends = [end for _, _, end in passes]
        assert ends[-1]
        assert ends[:-1] == [part1_block.ends_segment(style, number) for number in range(len(passes) - 1)]
        lengths = [length for length, _, _ in passes]
        assert lengths == sorted(lengths)


def test_segments_end_as_soon_as_possible() -> None:
    """All in all no more bytes than T.800's own procedures; where a carry goes in before stuffing, one now and then."""
    lengths, literal = [0, 0], [0, 0]
    for style in range(64):
        words = random_words([9, style], (12, 16), 6)
        predictable = bool(style & PREDICTABLE)
        lengths[predictable] += len(encoded(words, bitplanes=6, style=style)[0])
        literal[predictable] += sum(len(segment) for segment, _, _ in passes_of(words, 6, style, 0, 16))
    assert lengths[False] <= literal[False]
    assert lengths[True] <= 1.002 * literal[True]


@pytest.mark.parametrize("style", [0, 0x2E])
def test_flushed_codewords_are_those_of_the_standard(style: int) -> None:
    """Byte for byte where BYTEOUT left no carry behind FF; there, up to the last byte, once carries are kept too."""
    kept = 0
    for seed in range(40):
        words = random_words([seed, style], (24, 16), 7)
        data, passes = encoded(words, bitplanes=7, style=style, flush=True)
        ours, literal = segments_of(data, passes, len(passes)), passes_of(words, 7, style, 0, len(passes))
        for (segment, _, _), (expected, _, _) in zip(ours, literal, strict=True):
            carries = kept_carries(expected)
            kept += len(carries)
            carried = with_carries(segment, carries)
            same = min(len(carried), len(expected)) - 1 if carries else None
            assert carried[:same] == expected[:same]
            assert abs(len(carried) - len(expected)) <= bool(carries)
    assert kept


@pytest.mark.parametrize("shape", LARGE)
@pytest.mark.parametrize("planes", [1, 6, 12])
def test_shapes(shape: tuple[int, int], planes: int) -> None:
    for orientation in range(4):
        for style in (0, 8, 0x2F):
            assert_holds_samples(random_words([3, *shape, style], shape, planes), planes, style, orientation)


@pytest.mark.parametrize("planes", [15, 30, 31, 40, 62])
def test_many_planes(planes: int) -> None:
    for style in range(64):
        words = random_words([style], (9, 20), planes, wide=planes > 31)
        assert_holds_samples(words, planes, style, 1)
        if planes <= 31:
            wide = magnitudes_of(words).astype(np.uint64) | signs_of(words).astype(np.uint64) << np.uint64(63)
            assert encoded(wide, bitplanes=planes, style=style) == encoded(words, bitplanes=planes, style=style)


@pytest.mark.parametrize("shape", [(64, 64), (5, 819), (17, 33)])
def test_constant_and_extreme_samples(shape: tuple[int, int]) -> None:
    for value, planes in ((0, 1), (0, 5), (1, 1), ((1 << 31) - 1, 31), (0x55555555, 31), (1 << 30, 31)):
        for style in (0, 0x3F, 0x15):
            assert_holds_samples(np.full(shape, value, np.uint32), planes, style, 3)
            assert_holds_samples(np.full(shape, value | (value > 0) << 31, np.uint32), planes, style, 2)


def test_indices_of_16_bits_are_the_same_block() -> None:
    for seed, shape in enumerate([*SHAPES, *LARGE]):
        planes = 1 + seed % 15
        words = random_words([seed], shape, planes)
        indices = (magnitudes_of(words) * (1 - 2 * signs_of(words))).astype(np.int16)
        how = {"bitplanes": planes, "orientation": seed % 4, "style": seed}
        assert encoded(indices, **how) == encoded(words, **how)


def test_rows_at_any_distance() -> None:
    canvas = random_words([1], (40, 100), 9)
    for columns in (slice(3, 67), slice(0, 17), slice(50, 83), slice(99, None)):
        for samples in (canvas, canvas.astype(np.uint64), (canvas >> 16).astype(np.int16) >> 1):
            block = samples[5:, columns]
            assert encoded(block, bitplanes=9) == encoded(np.ascontiguousarray(block), bitplanes=9)


def error(words: Words, block: part1_block.Block, reversible: bool) -> float:
    """The literal squared error of a decoder that takes the middle of what a sample may be."""
    magnitudes, total = magnitudes_of(words), 0.0
    for y, row in enumerate(block.magnitudes):
        for x, index in enumerate(row):
            low = block.lowest[y][x]
            exact = float(magnitudes[y, x]) + (0 if reversible or not magnitudes[y, x] else 0.5)
            middle = 0.0 if not index else index + (0 if reversible and low == 0 else (1 << low) / 2)
            total += (exact - middle) ** 2
    return total


@pytest.mark.parametrize("reversible", [True, False])
@pytest.mark.parametrize("style", [0, 5])
def test_gains_are_drops_of_the_squared_error(reversible: bool, style: int) -> None:
    for seed, planes in enumerate([1, 2, 3, 5, 6, 8]):
        words = random_words([seed], (11, 18), planes)
        data, passes = encoded(words, bitplanes=planes, style=style, want_gains=True, reversible=reversible)
        assert (data, [(a, 0, c) for a, _, c in passes]) == encoded(words, bitplanes=planes, style=style)
        block = description(words, planes, style, 0)
        before = error(words, part1_block.Block(18, 11, style, "LL"), reversible)
        for count, (_, gain, _) in enumerate(passes, 1):
            after = error(words, part1_block.decode(segments_of(data, passes, count), **block), reversible)
            plane = planes - 1 - (count + 1) // 3
            slack = 1e-5 * before if plane <= 4 else 0.1 * 4.0**plane * words.size
            assert abs(before - after - gain) <= slack
            before = after


def test_coding_stops_where_planes_gain_too_little() -> None:
    words = random_words([4], (64, 64), 12)
    data, passes = encoded(words, bitplanes=12, want_gains=True)

    def slope(plane: int) -> float:
        end = 3 * plane
        start = passes[end - 3][0] if plane else 0
        return sum(gain for _, gain, _ in passes[max(0, end - 2) : end + 1]) / (passes[end][0] - start)

    slopes = [slope(plane) for plane in range(12)]
    for floor in (slopes[3] * 1.1, slopes[6] * 1.1, slopes[11] / 2):
        cut, fewer = encoded(words, bitplanes=12, want_gains=True, least_gain=floor)
        below = [plane for plane in range(12) if slopes[plane] < floor]
        kept = 3 * min(below, default=11) + 1
        assert len(fewer) == kept
        assert [gain for _, gain, _ in fewer] == [gain for _, gain, _ in passes[:kept]]
        assert len(cut) == fewer[-1][0] <= len(data)


def test_coding_goes_on_behind_planes_where_nothing_happens() -> None:
    words = np.random.default_rng(6).integers(0, 4, (64, 64)).astype(np.uint32)
    words[20, 30] = 3 << 9  # its first reconstruction is exact, the second is not: gains below zero, then next to none
    whole = encoded(words, bitplanes=11, want_gains=True)
    least = min(sum(gain for _, gain, _ in whole[1][3 * plane - 2 : 3 * plane + 1]) for plane in range(1, 9))
    assert least < 0
    assert encoded(words, bitplanes=11, want_gains=True, least_gain=0.5) == whole


def test_lowest_plane() -> None:
    words = random_words([5], (40, 50), 9)
    data, passes = encoded(words, bitplanes=9, lowest_plane=4)
    block = description(words, 9, 0, 0)
    found = decode_block(segments_of(data, passes, len(passes)), **block)
    assert len(passes) == 3 * 5 - 2
    np.testing.assert_array_equal(magnitudes_of(found) >> 5, magnitudes_of(words) >> 4)


def test_refusals() -> None:
    words = np.ones((4, 4), np.uint32)
    for samples, how in (
        (words[:0], {}),
        (np.ones((65, 64), np.uint32), {}),
        (np.ones((1, 1025), np.uint32), {}),
        (words, {"orientation": 4}),
        (words, {"bitplanes": 0}),
        (words, {"lowest_plane": 1}),
        (words, {"lowest_plane": -1}),
        (words, {"target": "abacus"}),
        (words[0], {}),
        (words[:, ::2], {}),
        (words.astype(np.int32), {}),
    ):
        with pytest.raises(OptionError):
            encode_block(samples, **({"bitplanes": 1} | how))
    for kind, planes in ((np.int16, 16), (np.uint32, 32), (np.uint64, 63)):
        with pytest.raises(UnsupportedError):
            encode_block(words.astype(kind), bitplanes=planes)
