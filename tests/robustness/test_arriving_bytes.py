"""Broken streams in any pieces in any order: at the end what `decode` shows, at each time only errors of our own."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import pacscore as pc

DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
SANITIZED = "PACSCORE_SANITIZED" in os.environ
SMALL = sorted(path for path in DATA.glob("*/[cdf]*/*.j[2ph]*") if path.stat().st_size < 40_000)
SMALL += sorted(path for path in DATA.glob("hostile/codestream/*.j[2p]*") if path.stat().st_size < 20_000)
ROUNDS = 3
FEW_AND_MANY = [ROUNDS, pytest.param(5 * ROUNDS, marks=pytest.mark.slow)]
LIMITS = pc.Limits(output_bytes=1 << 24, code_blocks=1 << 16)


def attempt(work, *arguments, **options):
    """Return the result, or the error of our own."""
    try:
        return work(*arguments, **options)
    except pc.PacscoreError as error:
        return error


def break_bytes(sound, rng):
    """Return a copy with some bits changed, and sometimes cut."""
    data = bytearray(sound)
    for position in rng.integers(0, min(len(data), int(rng.choice([200, 1 << 20]))), rng.integers(0, 4)):
        data[position] ^= 1 << int(rng.integers(0, 8))
    return bytes(data[: rng.integers(1, len(data) + 1)] if rng.random() < 0.3 else data)


def pieces_of(data, rng):
    """Return (start, stop) of pieces, in any order half of the time."""
    cuts = sorted({0, len(data), *rng.integers(0, len(data) + 1, rng.integers(0, 8)).tolist()})
    pieces = list(pairwise(cuts))
    if rng.random() < 0.5:
        rng.shuffle(pieces)
    return pieces


def equal(one, other):
    if isinstance(one, list):
        return len(one) == len(other) and all(map(np.array_equal, one, other))
    return np.array_equal(one, other)


@pytest.mark.timeout(600 if SANITIZED else 120)
@pytest.mark.parametrize("rounds", FEW_AND_MANY)
@pytest.mark.parametrize("path", SMALL or [pytest.param(None, marks=pytest.mark.skip(f"no test data in {DATA}"))])
def test_broken_streams_in_pieces(path, rounds):
    sound = path.read_bytes()
    rng = np.random.default_rng(len(sound) + rounds)
    for _ in range(rounds):
        data = break_bytes(sound, rng)
        decoder = pc.ProgressiveDecoder(size=len(data) if rng.random() < 0.5 else None, limits=LIMITS)
        for start, stop in pieces_of(data, rng):
            decoder.feed(data[start:stop], start)
            if rng.random() < 0.5:
                attempt(decoder.image, int(rng.integers(0, 3)))
                attempt(getattr, decoder, "completeness")
            if rng.random() < 0.1:
                decoder.finish()
        decoder.finish()
        shown = attempt(decoder.image)
        expected = attempt(pc.decode, data, on_damage="conceal", limits=LIMITS)
        assert type(shown) is type(expected)
        if isinstance(expected, pc.Partial):
            assert equal(shown.image, expected.image)
            assert shown.report.complete == expected.report.complete


@pytest.mark.timeout(600 if SANITIZED else 120)
@pytest.mark.parametrize("path", SMALL[::3])
def test_an_index_of_another_stream_or_of_lies(path, tmp_path):
    """An index made of a sound stream, and bytes that are broken: whatever is shown, nothing falls over."""
    sound = path.read_bytes()
    index = attempt(pc.index, sound, limits=LIMITS)
    if not isinstance(index, pc.CodestreamIndex):
        pytest.skip("no index of it")
    rng = np.random.default_rng(len(sound))
    answers = 0
    for _ in range(ROUNDS):
        data = break_bytes(sound, rng).ljust(len(sound), b"\0")
        decoder = pc.ProgressiveDecoder(index=index, limits=LIMITS)
        for start, stop in pieces_of(data, rng):
            decoder.feed(data[start:stop], start)
            shown = attempt(decoder.image)
            answers += isinstance(shown, (pc.Partial, pc.PacscoreError))
    assert answers >= ROUNDS
