"""Part 1 code-blocks: every target and word against the literal coder, whole, cut, and broken."""

from __future__ import annotations

import json
import os
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from tests.reference import part1_block, part1_block_checks, part1_block_encoder

from pacscore.errors import CodestreamError, OptionError, UnsupportedError
from pacscore.j2k.entropy._part1 import decode_block, examine_block
from pacscore.support.targets import available_targets

TARGETS = list(available_targets())
BANDS = ["LL", "HL", "LH", "HH"]
SHAPES = [(1, 1), (1, 9), (9, 1), (3, 5), (5, 7), (4, 4), (16, 4), (17, 8), (31, 6), (1, 64), (64, 1), (6, 33)]
LARGE = [(64, 64), (1024, 4), (4, 1024), (585, 7), (5, 819), (1024, 1), (1, 1024)]
SEGMENTATION_SYMBOLS = part1_block.SEGMENTATION_SYMBOLS
DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared/data"))
VECTORS = DATA.parent / "spec/test_vectors/mq_blocks.json"

Samples = tuple[list[list[int]], list[list[int]]]
Segments = list[part1_block.Segment]


class Found(NamedTuple):
    """What all decoders agree on."""

    words: np.ndarray
    flaw: str | None
    planes: int


def random_samples(rng: np.random.Generator, shape: tuple[int, int], planes: int) -> Samples:
    """Magnitudes of at most so many planes: sparse, smooth or noisy, and signs."""
    height, width = shape[1], shape[0]
    magnitudes = rng.integers(0, 1 << planes, (height, width)) >> rng.integers(0, planes + 1, (height, width))
    magnitudes *= rng.random((height, width)) < rng.choice([0.03, 0.3, 1.0])
    magnitudes[rng.integers(height), rng.integers(width)] |= 1 << (planes - 1)
    signs = (rng.random((height, width)) < rng.choice([0.1, 0.5])) & (magnitudes > 0)
    return magnitudes.tolist(), signs.astype(int).tolist()


def words_of(block: part1_block.Block, wide: bool) -> np.ndarray:
    top = 63 if wide else 31
    rows = zip(block.magnitudes, block.signs, block.lowest, strict=True)
    words = [
        [(2 * q + (1 << low)) | sign << top if q else 0 for q, sign, low in zip(*row, strict=True)] for row in rows
    ]
    return np.array(words, np.uint64 if wide else np.uint32)


def assert_decodes_alike(segments: Segments, wide: bool = False, **more: Any) -> Found:
    """Hold all targets against the literal decoder."""
    checked = part1_block_checks.decode_and_check(segments, **more)
    expected = words_of(checked.block, wide)
    for target in TARGETS:
        found, flaw, planes = examine_block(segments, **more, wide=wide, target=target)
        assert (flaw, planes) == (checked.flaw, checked.planes), target
        np.testing.assert_array_equal(found, expected, err_msg=target)
    return Found(expected, checked.flaw, checked.planes)


def in_pieces(rng: np.random.Generator, segments: Segments) -> Segments:
    """The same segments spread over several packets."""
    pieces: Segments = []
    for data, passes, _ in segments:
        cut, here = int(rng.integers(0, len(data) + 1)), int(rng.integers(0, passes + 1))
        pieces += [(data[:cut], here, True), (data[cut:], passes - here, False)]
    return pieces


@pytest.mark.parametrize("style", range(64))
def test_every_style(style: int) -> None:
    for case, band in product(range(2), range(4)):
        rng = np.random.default_rng([style, case, band])
        shape = SHAPES[int(rng.integers(len(SHAPES)))]
        planes = int(rng.integers(1, 9))
        samples = random_samples(rng, shape, planes)
        passes = 3 * planes - 2 if case else int(rng.integers(1, 3 * planes - 1))
        segments = part1_block_encoder.encode(*samples, planes=planes, passes=passes, style=style, band=BANDS[band])
        missing = int(rng.integers(0, 20))
        block = {
            "width": shape[0],
            "height": shape[1],
            "missing_bitplanes": missing,
            "magnitude_bitplanes": missing + planes,
            "style": style,
            "orientation": band,
        }
        for given in (segments, in_pieces(rng, segments)):
            found = assert_decodes_alike(given, wide=bool(case), **block)
            assert found.flaw is None
        if case:
            assert (found.words >> 1 & (1 << 30) - 1).tolist() == samples[0]
            assert (found.words >> 63).tolist() == samples[1]


@pytest.mark.parametrize("shape", LARGE)
def test_large_blocks(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(list(shape))
    samples = random_samples(rng, shape, 6)
    segments = part1_block_encoder.encode(*samples, planes=6, passes=16, style=0, band="HL")
    found = assert_decodes_alike(
        segments, width=shape[0], height=shape[1], missing_bitplanes=0, magnitude_bitplanes=6, orientation=1
    )
    assert (found.words >> 1 & (1 << 30) - 1).tolist() == samples[0]


@pytest.mark.parametrize("planes", [30, 31, 62])
def test_many_planes(planes: int) -> None:
    samples = random_samples(np.random.default_rng(planes), (5, 6), planes)
    segments = part1_block_encoder.encode(*samples, planes=planes, passes=3 * planes - 2, style=0, band="LL")
    block = {"width": 5, "height": 6, "missing_bitplanes": 0, "magnitude_bitplanes": planes}
    for wide in (False, True):
        if wide or planes <= 30:
            found = assert_decodes_alike(segments, wide, **block)
            assert (found.words >> 1 & (1 << 62) - 1 >> (0 if wide else 32)).tolist() == samples[0]
        else:
            with pytest.raises(UnsupportedError):
                decode_block(segments, **block)


def broken(rng: np.random.Generator, segments: Segments) -> Segments:
    """The same passes with other bytes, and fewer."""
    out: Segments = []
    for data, passes, opens in segments:
        noise = bytearray(data)
        for _ in range(int(rng.integers(0, 3))):
            if noise:
                noise[int(rng.integers(len(noise)))] = int(rng.choice([0, 0x7F, 0x80, 0x8F, 0x90, 0xFF]))
        out.append((bytes(noise[: int(rng.integers(len(noise) + 1))]), passes, opens))
    return out


@pytest.mark.parametrize("style", [0, 1, 5, 0x10, 0x11, 0x14, 0x15, 0x20, 0x2F, 0x35, 0x3F])
def test_broken_bytes(style: int) -> None:
    """Whatever the bytes: what the arithmetic says, and what can be known to be wrong."""
    rng = np.random.default_rng(style)
    flaws = set()
    for _ in range(40):
        samples = random_samples(rng, (7, 9), 7)
        segments = part1_block_encoder.encode(*samples, planes=7, passes=19, style=style, band="HH")
        block = {"width": 7, "height": 9, "missing_bitplanes": 1, "magnitude_bitplanes": 8, "orientation": 3}
        flaws.add(assert_decodes_alike(broken(rng, segments), style=style, **block).flaw)
    assert ("segmentation symbol" in flaws) == bool(style & SEGMENTATION_SYMBOLS)
    assert ("predictable termination" in flaws) == bool(style & part1_block.PREDICTABLE)


@pytest.mark.parametrize("style", [0x24, 0x14, 0x34])
def test_planes_before_an_error_are_kept(style: int) -> None:
    """A pass of the last plane is broken; whenever that shows, the planes above are those of the encoder."""
    rng = np.random.default_rng(style)
    shown = 0
    for _ in range(40):
        samples = random_samples(rng, (8, 8), 6)
        segments = part1_block_encoder.encode(*samples, planes=6, passes=16, style=style, band="LL")
        (data, passes, opens), before = segments[-1], segments[:-1]
        other = bytes(byte ^ int(rng.integers(1, 128)) for byte in data)
        block = {"width": 8, "height": 8, "missing_bitplanes": 0, "magnitude_bitplanes": 6, "style": style}
        found = assert_decodes_alike([*before, (other, passes, opens)], **block)
        if found.flaw and data:
            shown += 1
            assert found.planes == 5
            assert (found.words >> 2 & (1 << 29) - 1).tolist() == (np.array(samples[0]) >> 1).tolist()
    assert shown > 20


def test_a_symbol_behind_a_cut_says_nothing() -> None:
    """A layer may end where the samples of a pass end, and the segment go on in the next one."""
    samples = random_samples(np.random.default_rng(1), (8, 8), 4)
    ((data, _, _),) = part1_block_encoder.encode(*samples, planes=4, passes=10, style=0x20, band="LL")
    block = {"width": 8, "height": 8, "missing_bitplanes": 0, "magnitude_bitplanes": 4, "style": 0x20}
    assert assert_decodes_alike([(data[: len(data) // 2], 7, True)], **block).flaw is None
    assert assert_decodes_alike([(data[: len(data) // 2], 10, True)], **block).flaw == "segmentation symbol"


def test_bytes_that_no_encoder_makes() -> None:
    """Carries through many bytes, markers, nothing at all, and more than any block can use."""
    shape = {"width": 8, "height": 8, "missing_bitplanes": 0, "magnitude_bitplanes": 10}
    for data in (b"", b"\xff", b"\xff\x7f" * 40 + b"\xff\x80", b"\xff\x80" * 50, b"\xff\x90" * 9, b"\x00" * 200_000):
        assert_decodes_alike([(data, 28, True)], **shape)
    assert_decodes_alike([], **shape)


def test_what_contradicts_the_standard_is_refused() -> None:
    block = {"width": 4, "height": 4, "missing_bitplanes": 2, "magnitude_bitplanes": 5}
    for segments, more in (
        ([(b"", 8, True)], {}),
        ([(b"", 1, True)], {"missing_bitplanes": 5}),
        ([(b"", 1, True)], {"missing_bitplanes": 6}),
        ([(b"", -1, True)], {}),
        ([(b"", 12, True)], {"style": 1, "magnitude_bitplanes": 9}),  # a raw pass in a segment of the MQ coder
        ([(b"", 1, True)], {"orientation": 4}),
    ):
        with pytest.raises(CodestreamError):
            decode_block(segments, **(block | more))
    for more in ({"width": 0}, {"height": 1025}, {"width": 1024, "height": 5}, {"target": "abacus"}):
        with pytest.raises(OptionError):
            decode_block([], **(block | more))


@pytest.mark.skipif(not VECTORS.exists(), reason=f"no test vectors at {VECTORS}")
def test_blocks_of_other_encoders() -> None:
    for vector in json.loads(VECTORS.read_text())["blocks"]:
        data, segments = bytes.fromhex(vector["data"]), []
        for segment in vector["segments"]:
            segments.append((data[: segment["length"]], segment["passes"], True))
            data = data[segment["length"] :]
        planes = vector["Mb"] - vector["zero_bitplanes"]
        found = assert_decodes_alike(
            segments,
            width=vector["width"],
            height=vector["height"],
            missing_bitplanes=vector["zero_bitplanes"],
            magnitude_bitplanes=vector["Mb"],
            style=vector["style"],
            orientation=BANDS.index(vector["band"]),
        )
        lost = planes - 1 - (vector["passes"] + 1) // 3
        expected = np.array(vector["coefficients"])
        whole = vector["passes"] == 3 * planes - 2
        np.testing.assert_array_equal(
            (found.words & 0x7FFFFFFF) >> 1 + lost + (not whole), np.abs(expected) >> lost + (not whole)
        )
        np.testing.assert_array_equal(found.words >> 31, expected < 0)
