"""What a survey says of a Part 1 code-block: every target the same, near to what encoding it gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pacscore.errors import OptionError
from pacscore.j2k.entropy._part1 import encode_block, survey_block
from pacscore.support.targets import available_targets

SHAPES = [(64, 64), (1, 1), (1, 9), (9, 1), (3, 5), (4, 16), (8, 17), (1024, 4), (4, 1024), (5, 819), (61, 47)]


def surveyed(samples: NDArray[np.int16], **how: Any) -> list[tuple[int, float]]:
    """What all targets say, which must be the same."""
    first, *others = [survey_block(samples, **how, target=target) for target in available_targets()]
    assert all(other == first for other in others)
    return first


def laplacian(shape: tuple[int, int], scale: float, seed: int) -> NDArray[np.int16]:
    """Independent samples as those of wavelet bands are distributed."""
    return np.clip(np.random.default_rng(seed).laplace(0, scale, shape), -16000, 16000).astype(np.int16)


@pytest.mark.parametrize("shape", SHAPES)
def test_all_targets_say_the_same_and_planes_grow(shape: tuple[int, int]) -> None:
    for seed, scale in enumerate([0.3, 3.0, 900.0]):
        passes = surveyed(laplacian(shape, scale, seed), bitplanes=15)
        lengths = [length for length, _ in passes]
        assert len(passes) == 30
        assert lengths == sorted(lengths)
        assert min(gain for _, gain in passes) >= 0


@pytest.mark.parametrize("scale", [0.5, 2.0, 20.0, 300.0])
def test_length_and_gain_are_near_to_those_of_the_encoded_block(scale: float) -> None:
    samples = laplacian((64, 64), scale, 7)
    planes = int(np.abs(samples).max()).bit_length()
    _, encoded = encode_block(samples, bitplanes=planes, want_gains=True, reversible=False)
    survey = surveyed(samples, bitplanes=planes)
    for plane in range(1, planes):
        length = encoded[3 * plane][0]
        if length > 300:  # independent sparse samples cost the most that one plane can; those of images flock together
            assert survey[2 * plane + 1][0] == pytest.approx(length, rel=0.1 if length > 900 else 0.2)
            gain = sum(gain for _, gain, _ in encoded[3 * plane - 2 : 3 * plane + 1])
            assert sum(gain for _, gain in survey[2 * plane : 2 * plane + 2]) == pytest.approx(gain, rel=0.25)


def test_bits_may_stand_for_higher_planes() -> None:
    samples = laplacian((20, 30), 50, 1)
    low, high = surveyed(samples, bitplanes=10), surveyed(samples, bitplanes=10, lowest_plane=5)
    assert [length for length, _ in low] == [length for length, _ in high]
    assert [gain * 4**5 for _, gain in low] == pytest.approx([gain for _, gain in high])


def test_an_empty_block_and_extreme_samples() -> None:
    assert all(gain == 0 for _, gain in surveyed(np.zeros((64, 64), np.int16), bitplanes=3))
    surveyed(np.full((64, 64), -32768, np.int16), bitplanes=15)
    surveyed(np.full((64, 64), 32767, np.int16), bitplanes=15)


def test_refusals() -> None:
    for shape, how in (
        ((0, 4), {"bitplanes": 3}),
        ((65, 64), {"bitplanes": 3}),
        ((1, 1025), {"bitplanes": 3}),
        ((4, 4), {"bitplanes": 0}),
        ((4, 4), {"bitplanes": 16}),
        ((4, 4), {"bitplanes": 3, "lowest_plane": -1}),
    ):
        with pytest.raises(OptionError):
            survey_block(np.zeros(shape, np.int16), **how)
