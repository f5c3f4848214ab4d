"""HT code-blocks: every target and word against the literal coder, whole and broken."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pacscore.errors import CodestreamError, OptionError, UnsupportedError
from pacscore.j2k.entropy._entropy import decode_block, decode_coefficients, encode_block, encode_refinement
from pacscore.support.targets import available_targets
from reference import ht_block, ht_block_encoder
from tools_of_the_project import load_tool

ROOT = Path(__file__).parents[2]
TARGETS = list(available_targets())
SHAPES = [(1, 1), (1, 9), (9, 1), (3, 5), (5, 7), (2, 2), (4, 4), (8, 3), (31, 17), (1, 64), (64, 1), (13, 12), (6, 33)]
LARGE = [(64, 64), (1024, 4), (4, 1024), (585, 7), (5, 819), (1024, 1), (1, 1024)]

HALF_STEP = 0.3712

Block = dict[str, Any]


def sign_magnitude(magnitudes: list[list[int]], signs: list[list[int]], wide: bool) -> np.ndarray:
    top = 63 if wide else 31
    rows = zip(magnitudes, signs, strict=True)
    words = [[(mu & (1 << top) - 1) | sign << top for mu, sign in zip(*row, strict=True)] for row in rows]
    return np.array(words, np.uint64 if wide else np.uint32)


def random_samples(
    rng: np.random.Generator, shape: tuple[int, int], bits: int, density: float
) -> tuple[list[list[int]], list[list[int]]]:
    """Magnitudes of up to so many bits, all bit lengths alike, and signs; at least one magnitude is not 0."""
    height, width = shape[1], shape[0]
    magnitudes = rng.integers(1 << (bits - 1), 1 << bits, (height, width)) >> rng.integers(0, bits, (height, width))
    magnitudes *= rng.random((height, width)) < density
    magnitudes[rng.integers(height), rng.integers(width)] |= 1
    return magnitudes.tolist(), (rng.integers(0, 2, (height, width)) * (magnitudes > 0)).tolist()


def cases(shapes: list[tuple[int, int]], count: int, largest: int) -> list[tuple[int, tuple[int, int], int, float]]:
    rng = np.random.default_rng(20)
    densities = [0.02, 0.2, 0.5, 0.9, 1.0]
    return [
        (seed, shapes[seed % len(shapes)], int(rng.integers(1, largest + 1)), densities[int(rng.integers(5))])
        for seed in range(count)
    ]


def decode_everywhere(block: Block, wide: bool) -> list[np.ndarray | None]:
    """What each target returns, None for a refusal."""
    results: list[np.ndarray | None] = []
    for target in TARGETS:
        try:
            results.append(decode_block(**block, wide=wide, target=target))
        except CodestreamError:
            results.append(None)
    return results


def reference(block: Block, wide: bool) -> np.ndarray | None:
    try:
        return sign_magnitude(*ht_block.decode(**block), wide)
    except ht_block.BadBlockError:
        return None


def coefficients(block: Block, dtype: type, target: str) -> np.ndarray:
    """What a target makes of a block, in the middle of a larger array that it must leave alone."""
    guard = 77
    height, width = block["height"], block["width"]
    around = np.full((height + 2, width + 21), guard, dtype)
    inner = around[1:-1, 5 : 5 + width]
    arguments = {name: value for name, value in block.items() if name not in ("width", "height", "vertically_causal")}
    try:
        decode_coefficients(**arguments, out=inner, half_step=HALF_STEP, target=target)
    finally:
        outside = np.ones(around.shape, bool)
        outside[1:-1, 5 : 5 + width] = False
        assert (around[outside] == guard).all()
    return inner


def of_words(words: np.ndarray, dtype: type) -> np.ndarray:
    magnitudes = (words & 0x7FFFFFFF).astype(np.int64)
    signs = 1 - 2 * (words >> 31).astype(np.int64)
    if dtype is np.float32:
        return (signs * magnitudes).astype(np.float32) * np.float32(HALF_STEP)
    return signs * (magnitudes >> 1)


def assert_coefficients(block: Block, words: np.ndarray | None) -> None:
    """Coefficients are what the words say, and the block is refused where they are."""
    plane = block["magnitude_bitplanes"] - 1 - block["missing_bitplanes"]
    refined = block["passes"] > 1 and len(block["refinement"]) > 0 and plane > 0
    for target, dtype in itertools.product(TARGETS, [np.int16, np.int32, np.float32]):
        unfit = refined or (plane > 0 and dtype is not np.float32)
        narrow = dtype is np.int16 and block["missing_bitplanes"] > 13
        try:
            made = coefficients(block, dtype, target)
        except CodestreamError:
            assert words is None, (target, dtype)
        except UnsupportedError:
            assert unfit or narrow, (target, dtype)
        else:
            assert words is not None
            assert not unfit
            np.testing.assert_array_equal(made, of_words(words, dtype), err_msg=f"{target} {dtype}")


def assert_decodes_alike(block: Block, wide: bool) -> None:
    expected = reference(block, wide)
    for target, result in zip(TARGETS, decode_everywhere(block, wide), strict=True):
        assert (result is None) == (expected is None), target
        if expected is not None:
            np.testing.assert_array_equal(result, expected, err_msg=target)
    if not wide:
        assert_coefficients(block, expected)


def whole_block(cleanup: bytes, shape: tuple[int, int], bits: int, **more: Any) -> Block:
    return {
        "cleanup": cleanup,
        "refinement": b"",
        "width": shape[0],
        "height": shape[1],
        "missing_bitplanes": bits - 1,
        "magnitude_bitplanes": bits,
        "passes": 1,
    } | more


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("shape", SHAPES)
def test_cleanup_is_coded_as_the_literal_coder_codes_it(shape: tuple[int, int], wide: bool) -> None:
    for seed, _, bits, density in cases(SHAPES, 10, 60 if wide else 30):
        rng = np.random.default_rng([seed, *shape])
        magnitudes, signs = random_samples(rng, shape, bits, density)
        words = sign_magnitude(magnitudes, signs, wide)
        expected = ht_block_encoder.encode(magnitudes, signs)
        assert {encode_block(words, target=target) for target in TARGETS} == {expected}
        planes = bits + int(rng.integers(0, (62 if wide else 30) - bits + 1))
        block = whole_block(expected, shape, bits, magnitude_bitplanes=planes)
        fraction = [[(2 * mu + 1) << (planes - bits) if mu else 0 for mu in row] for row in magnitudes]
        assert_decodes_alike(block, wide)
        np.testing.assert_array_equal(decode_block(**block, wide=wide), sign_magnitude(fraction, signs, wide))


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize(("seed", "shape", "bits", "density"), cases(LARGE, 14, 30))
def test_large_blocks(seed: int, shape: tuple[int, int], bits: int, density: float, wide: bool) -> None:
    magnitudes, signs = random_samples(np.random.default_rng(seed), shape, bits, density)
    expected = ht_block_encoder.encode(magnitudes, signs)
    words = sign_magnitude(magnitudes, signs, wide)
    assert {encode_block(words, target=target) for target in TARGETS} == {expected}
    assert_decodes_alike(whole_block(expected, shape, bits), wide)


@pytest.mark.parametrize("shape", [*SHAPES, (64, 64), (63, 65), (32, 31), (17, 64), (1024, 3), (3, 1024)])
def test_sixteen_bits_serve_indices_up_to_two_to_the_fourteenth(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng([14, *shape])
    for bits, density in [(14, 1.0), (14, 0.6), (9, 0.9), (4, 0.7), (2, 0.1)]:
        magnitudes, signs = (np.array(rows) for rows in random_samples(rng, shape, bits, density))
        magnitudes[0, 0] = 1 << bits
        cleanup = encode_block(sign_magnitude(magnitudes.tolist(), signs.tolist(), False))
        block = whole_block(cleanup, shape, bits + 1)
        expected = np.where(signs, -magnitudes, magnitudes)
        for target in TARGETS:
            for dtype in [np.int16, np.int32]:
                np.testing.assert_array_equal(coefficients(block, dtype, target), expected, err_msg=target)
        assert_coefficients(block, decode_block(**block))
        finer = whole_block(cleanup, shape, bits + 1, magnitude_bitplanes=22)
        assert_coefficients(finer, decode_block(**finer))


@pytest.mark.parametrize("density", [0.001, 0.005, 0.02, 0.06, 0.15])
def test_sparse_blocks(density: float) -> None:
    """Long runs of MEL events, begun anywhere in a row."""
    for seed, shape in itertools.product(range(12), [(64, 64), (40, 30), (5, 800), (1024, 4)]):
        rng = np.random.default_rng([seed, *shape])
        magnitudes, signs = random_samples(rng, shape, int(rng.integers(1, 9)), density)
        block = whole_block(encode_block(sign_magnitude(magnitudes, signs, False)), shape, 9)
        expected = np.where(signs, -np.array(magnitudes), magnitudes)
        for target in TARGETS:
            np.testing.assert_array_equal(coefficients(block, np.int16, target), expected, err_msg=target)


def test_larger_indices_need_more_than_sixteen_bits() -> None:
    cleanup = encode_block(sign_magnitude([[1, (1 << 14) + 1]], [[0, 1]], False))
    block = whole_block(cleanup, (2, 1), 15)
    for target in TARGETS:
        assert coefficients(block, np.int32, target).tolist() == [[1, -(1 << 14) - 1]]
        with pytest.raises(UnsupportedError):
            coefficients(block, np.int16, target)


@pytest.mark.parametrize("bits", [30, 40, 62])
def test_full_magnitudes(bits: int) -> None:
    """All samples at the largest value: the longest MagSgn stream, the most stuffing."""
    magnitudes, signs = np.full((64, 64), (1 << bits) - 1).tolist(), np.ones((64, 64), int).tolist()
    expected = ht_block_encoder.encode(magnitudes, signs)
    for wide in [False, True] if bits <= 30 else [True]:
        words = sign_magnitude(magnitudes, signs, wide)
        assert {encode_block(words, target=target) for target in TARGETS} == {expected}
        assert_decodes_alike(whole_block(expected, (64, 64), bits), wide)


def test_extension_of_u_is_used_and_read() -> None:
    """A single large sample after small ones needs u of 33 and more."""
    magnitudes = [[1 << 59, 0, 1, 1 << 45, 3, 1], [0, 1, 0, 0, 1 << 50, 2], [1, 0, 1 << 61, 0, 0, 0]]
    signs = [[0, 0, 1, 1, 0, 1], [0, 1, 0, 0, 1, 0], [0, 0, 1, 0, 0, 0]]
    cleanup = encode_block(sign_magnitude(magnitudes, signs, True))
    assert cleanup == ht_block_encoder.encode(magnitudes, signs)
    block = whole_block(cleanup, (6, 3), 62)
    assert_decodes_alike(block, True)
    decoded = decode_block(**block, wide=True)
    assert [[int(word) >> 1 & (1 << 62) - 1 for word in row] for row in decoded] == magnitudes


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("passes", [2, 3])
@pytest.mark.parametrize("shape", [*SHAPES, (64, 64), (1024, 4)])
def test_refinement(shape: tuple[int, int], passes: int, causal: bool) -> None:
    for seed, _, bits, density in cases(SHAPES, 4 if shape in SHAPES else 1, 29):
        rng = np.random.default_rng([seed, *shape])
        magnitudes, signs = random_samples(rng, shape, bits + 1, density)
        magnitudes[0][0] |= 1 << bits
        coarse = [[mu >> 1 for mu in row] for row in magnitudes]
        cleanup = encode_block(sign_magnitude(coarse, signs, False))
        expected = ht_block_encoder.encode_refinement(magnitudes, signs, passes, causal)
        for wide in [False, True]:
            words = sign_magnitude(magnitudes, signs, wide)
            for target in TARGETS:
                made = encode_refinement(words, passes=passes, vertically_causal=causal, target=target)
                assert made == expected, target
            more = {"refinement": expected, "passes": passes, "magnitude_bitplanes": bits + 1}
            block = whole_block(cleanup, shape, bits, vertically_causal=causal, **more)
            assert_decodes_alike(block, wide)
        decoded = decode_block(**block)
        refined = [[int(word) >> 1 & 0x3FFFFFFF for word in row] for row in decoded]
        for row, source, got in zip(coarse, magnitudes, refined, strict=True):
            for mu, fine, value in zip(row, source, got, strict=True):
                exact = passes == 3 if mu else value
                assert value == (fine if exact else 2 * mu + (1 if mu else 0))


def test_missing_refinement_leaves_cleanup() -> None:
    words = sign_magnitude([[5, 0], [1, 2]], [[1, 0], [0, 1]], False)
    block = whole_block(encode_block(words), (2, 2), 3, magnitude_bitplanes=6)
    alone = decode_block(**block)
    np.testing.assert_array_equal(decode_block(**block | {"passes": 3}), alone)
    at_zero = block | {"magnitude_bitplanes": 3}
    with_bytes = at_zero | {"passes": 3, "refinement": b"\x55\xaa"}
    np.testing.assert_array_equal(decode_block(**with_bytes), decode_block(**at_zero))


def broken(rng: np.random.Generator, data: bytes) -> bytes:
    """Flipped bits, a cut, or noise."""
    out = bytearray(data)
    for _ in range(int(rng.integers(1, 6))):
        if out:
            out[int(rng.integers(len(out)))] ^= 1 << int(rng.integers(8))
    if rng.random() < 0.3:
        out = out[: int(rng.integers(len(out) + 1))]
    if rng.random() < 0.1:
        out = bytearray(rng.bytes(len(out)))
    return bytes(out)


@pytest.mark.parametrize("seed", range(60))
def test_broken_blocks_are_refused_or_decoded_alike(seed: int) -> None:
    rng = np.random.default_rng([7, seed])
    shape = SHAPES[seed % len(SHAPES)]
    bits = int(rng.integers(1, 28))
    magnitudes, signs = random_samples(rng, shape, bits + 1, 0.6)
    magnitudes[0][0] |= 1 << bits
    cleanup = encode_block(sign_magnitude([[mu >> 1 for mu in row] for row in magnitudes], signs, False))
    refinement = encode_refinement(sign_magnitude(magnitudes, signs, False), passes=3)
    for _ in range(6):
        more = {"refinement": broken(rng, refinement), "passes": int(rng.integers(1, 4))}
        planes = {"missing_bitplanes": bits + int(rng.integers(-2, 3)), "magnitude_bitplanes": bits + 3}
        block = whole_block(broken(rng, cleanup), shape, bits, **more) | planes
        assert_decodes_alike(block, False)
        assert_decodes_alike(block, True)


def test_noise_with_a_plausible_suffix() -> None:
    """Random bytes whose Scup fits get through the layout check and exercise the readers' ends."""
    rng = np.random.default_rng(3)
    outcomes = set()
    for _ in range(150):
        length = int(rng.integers(2, 60))
        data = bytearray(rng.bytes(length))
        if rng.random() < 0.3:
            data = bytearray(rng.choice([0xFF, 0x7F, 0x8F, 0x00], length).astype(np.uint8).tobytes())
        suffix = int(rng.integers(2, length + 1))
        data[-1], data[-2] = suffix >> 4, data[-2] & 0xF0 | suffix & 15
        shape = SHAPES[int(rng.integers(len(SHAPES)))]
        more = {"refinement": rng.bytes(int(rng.integers(0, 9))), "passes": 3, "magnitude_bitplanes": 30}
        block = whole_block(bytes(data), shape, int(rng.integers(1, 31)), **more)
        assert_decodes_alike(block, False)
        outcomes.add(reference(block, False) is None)
    assert outcomes == {True, False}


@pytest.mark.parametrize(
    "change",
    [
        {"cleanup": b""},
        {"cleanup": b"\x00"},
        {"cleanup": b"\x00\x01\x00"},  # Scup 1
        {"cleanup": b"\x00\x04\x00"},  # Scup 4 of 3 bytes
        {"cleanup": bytes(4100) + b"\x00\xff"},  # Scup 4080
        {"cleanup": bytes(65533) + b"\x02\x00"},  # Lcup 65535
        {"passes": 0},
        {"passes": 4},
        {"missing_bitplanes": 3},  # p0 -1
        {"missing_bitplanes": -1},
        {"missing_bitplanes": 0},  # U above S_blk + 2
    ],
)
def test_what_cannot_be_is_corrupt(change: Block) -> None:
    cleanup = encode_block(sign_magnitude([[7, 0], [1, 2]], [[1, 0], [0, 1]], False))
    block = whole_block(cleanup, (2, 2), 3)
    assert decode_block(**block)[0, 0] == 1 << 31 | 15
    for target in TARGETS:
        with pytest.raises(CodestreamError, match=r"T\.814"):
            decode_block(**block | change, target=target)


def test_too_many_planes_are_unsupported() -> None:
    block = whole_block(b"\x00\x02\x00", (2, 2), 1, magnitude_bitplanes=31)
    with pytest.raises(UnsupportedError):
        decode_block(**block)
    with pytest.raises(UnsupportedError):
        decode_block(**block | {"magnitude_bitplanes": 63}, wide=True)
    with pytest.raises(UnsupportedError):
        encode_block(np.array([[1 << 62]], np.uint64))


def test_arguments_are_checked() -> None:
    with pytest.raises(OptionError, match="2D"):
        encode_block(np.zeros(4, np.uint32))
    with pytest.raises(OptionError, match="4097"):
        encode_block(np.ones((1, 4097), np.uint32))
    with pytest.raises(OptionError, match="passes"):
        encode_refinement(np.ones((1, 1), np.uint32), passes=1)
    with pytest.raises(OptionError, match="target"):
        encode_block(np.ones((1, 1), np.uint32), target="abacus")


def foreign_blocks() -> list[Any]:
    """Blocks written by another encoder, with the indices that they hold, where the list is at hand."""
    data = Path(os.environ.get("PACSCORE_TEST_DATA", ROOT.parent / "shared" / "data"))
    path = data.parent / "spec" / "test_vectors" / "ht_blocks.json"
    if not path.exists():
        return [pytest.param(None, marks=pytest.mark.skip(f"no list of blocks at {path}"))]
    return json.loads(path.read_text())["blocks"]


@pytest.mark.parametrize(
    "vector", foreign_blocks(), ids=lambda vector: vector and f"{vector['width']}x{vector['height']}"
)
def test_blocks_of_another_encoder(vector: Block) -> None:
    block = {
        "cleanup": bytes.fromhex(vector["cleanup"]),
        "refinement": bytes.fromhex(vector["refinement"]),
        "width": vector["width"],
        "height": vector["height"],
        "missing_bitplanes": vector["S_blk"],
        "magnitude_bitplanes": vector["Mb"],
        "passes": vector["passes"],
        "vertically_causal": vector["stripe_causal"],
    }
    indices = np.array(vector["coefficients"], np.int64)
    for wide in [False, True] if vector["Mb"] <= 30 else [True]:
        top = 63 if wide else 31
        for decoded in decode_everywhere(block, wide):
            assert decoded is not None
            magnitudes = [[int(word) & (1 << top) - 1 for word in row] for row in decoded]
            whole = np.array([[(value & value - 1) >> 1 for value in row] for row in magnitudes], np.int64)
            np.testing.assert_array_equal(np.where(decoded >> top, -whole, whole), indices)
    if vector["passes"] == 1 and vector["origin"].startswith("OpenJPH"):
        plane = vector["Mb"] - 1 - vector["S_blk"]
        words = sign_magnitude((abs(indices) >> plane).tolist(), (indices < 0).astype(int).tolist(), True)
        assert encode_block(words) == block["cleanup"]


def test_tables_are_those_of_the_codewords() -> None:
    tool = load_tool("make_ht_tables")
    header = ROOT / "src" / "pacscore" / "j2k" / "entropy" / "ht_tables.h"
    assert tool.header(tool.read_codewords(ROOT / "tests" / "reference" / "ht_codewords.csv")) == header.read_text()
