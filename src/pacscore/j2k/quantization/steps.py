"""Which step sizes an encoder signals, and what a decoder makes of them."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError

__all__ = ["band_gains", "band_norm", "irreversible_steps", "reversible_exponents", "step_size"]

LARGEST_EXPONENT = 31  # five bits of SPqcd
MANTISSA_STEPS = 2048  # eleven bits of SPqcd

_LARGEST_LEVELS = 32
_CASCADED_LEVELS = 8  # deeper, norms double with each level, and worst-case gains have settled

# Synthesis filters of one level, as odd symmetric responses: low, high. T.800 F.3.8.1, F.3.8.2.
_SYNTHESIS_53 = (np.array([1, 2, 1]) / 2, np.array([-1, -2, 6, -2, -1]) / 8)


def step_size(precision: int, gain: int, exponent: int, mantissa: int) -> float:
    """Return the step size of a band.

    Source: T.800 E.1.1 (equation E-3).

    Parameters
    ----------
    precision : int, in bits
        R_I, that of the component.
    gain : int
        log2 of the band's gain: 0 for LL, 1 for HL and LH, 2 for HH.
    exponent, mantissa : int
        As signalled; the mantissa is 0 where the quantisation style is "none".
    """
    return math.ldexp(1 + mantissa / MANTISSA_STEPS, precision + gain - exponent)


def band_gains(levels: int) -> tuple[int, ...]:
    """Return log2 of the gain of each band in the order in which they are signalled.

    Source: T.800 E.1.1 (Table E.1), A.6.4 (order).
    """
    return (0, *(1, 1, 2) * levels)


def reversible_exponents(precision: int, levels: int, color_transform: bool) -> tuple[int, tuple[int, ...]]:
    """Return guard bits and exponents that hold every coefficient of reversible coding.

    Each band gets the magnitude bit-planes M_b = G + eps_b - 1 of the worst image there is: the absolute sum of the
    analysis filter's response (its BIBO gain) times the largest level-shifted sample, one bit more where the reversible
    component transform makes differences, and what the rounding of each lifting step may add. Guard bits are 1, or as
    many as the exponents need to stay within 31.

    Source: T.800 E.1 (equation E-2), A.6.4, F.4.8.1.

    Parameters
    ----------
    precision : int, in bits
        R_I, 1 to 38.
    levels : int
        Decomposition levels, 0 to 32.
    color_transform : bool
        Whether the reversible component transform is used.

    Returns
    -------
    guard_bits : int
    exponents : tuple of int
        One a band: LL, then HL, LH, HH of each level, the deepest first.

    Raises
    ------
    OptionError
        If the precision or the number of levels is out of range, or no guard bits suffice.
    """
    _check(precision, levels)
    largest = math.ldexp(1, precision - 1 + bool(color_transform))
    planes = []
    for orientation, level in _bands(levels):
        across, down = (_worst_gain(level, bool(orientation & bit)) for bit in (1, 2))
        rounding = 4 * across * down * level  # half a unit a step, two steps a level and direction, grown like samples
        planes.append(math.floor(largest * across * down + rounding).bit_length())
    guard_bits = max(1, max(planes) + 1 - LARGEST_EXPONENT)
    if guard_bits > 7:
        raise OptionError(
            f"{precision} bits and {levels} levels need {max(planes)} magnitude bit-planes, 37 can be coded"
        )
    return guard_bits, tuple(count + 1 - guard_bits for count in planes)


def irreversible_steps(base_step: float, precision: int, levels: int) -> tuple[int, tuple[tuple[int, int], ...]]:
    """Return guard bits, and exponent and mantissa of each band, for quantisation noise spread evenly over the image.

    A band's step size is the base step over the norm of its synthesis functions, so that an index that is off by one
    disturbs the image equally in every band. One guard bit holds the worst image there is: the BIBO gains of the 9-7
    analysis are below twice the nominal gains that the exponents count on. A step beyond what can be signalled becomes
    the nearest one that can.

    Source: T.800 E.1.1 (equations E-3 to E-5), A.6.4.

    Parameters
    ----------
    base_step : float
        Relative to the full range of samples, 2^precision.
    precision : int, in bits
        R_I, 1 to 38.
    levels : int
        Decomposition levels, 0 to 32.

    Returns
    -------
    guard_bits : int
    steps : tuple of (int, int)
        Exponent and mantissa, one pair a band: LL, then HL, LH, HH of each level, the deepest first.

    Raises
    ------
    OptionError
        If the step, the precision or the number of levels is out of range.
    """
    _check(precision, levels)
    if not (base_step > 0 and math.isfinite(base_step)):
        raise OptionError(f"quantisation step {base_step} is not a positive number")
    gains = band_gains(levels)
    steps = []
    for (orientation, level), gain in zip(_bands(levels), gains, strict=True):
        norm = band_norm(level, bool(orientation & 1), reversible=False)
        norm *= band_norm(level, bool(orientation & 2), reversible=False)
        steps.append(_exponent_and_mantissa(base_step / norm, gain))
    return 1, tuple(steps)


@cache
def band_norm(level: int, high: bool, *, reversible: bool) -> float:
    """Return the L2 norm of one dimension of a band's synthesis functions; a band's norm is the product of two.

    Source: T.800 F.3 (synthesis), E.1.1.
    """
    if level > _CASCADED_LEVELS:
        # Two samples for each one a level up, in each dimension: the norm grows by the root of 2.
        deepest = band_norm(_CASCADED_LEVELS, high, reversible=reversible)
        return deepest * math.sqrt(2) ** (level - _CASCADED_LEVELS)
    return float(np.linalg.norm(_response(level, high, reversible)))


def _check(precision: int, levels: int) -> None:
    if not 1 <= precision <= 38:
        raise OptionError(f"precision {precision} is not 1 to 38 (T.800 A.5.1)")
    if not 0 <= levels <= _LARGEST_LEVELS:
        raise OptionError(f"{levels} decomposition levels are not 0 to 32 (T.800 A.6.1)")


def _bands(levels: int) -> list[tuple[int, int]]:
    """Return (orientation, level) of each band in signalled order; bit 0 is horizontally high, bit 1 vertically."""
    return [(0, levels), *((orientation, level) for level in range(levels, 0, -1) for orientation in (1, 2, 3))]


def _exponent_and_mantissa(relative_step: float, gain: int) -> tuple[int, int]:
    fraction, power = math.frexp(relative_step)  # relative_step = 2 fraction * 2^(power - 1)
    exponent = gain - (power - 1)
    mantissa = round((2 * fraction - 1) * MANTISSA_STEPS)
    if mantissa == MANTISSA_STEPS:
        exponent, mantissa = exponent - 1, 0
    if exponent > LARGEST_EXPONENT:
        return LARGEST_EXPONENT, 0
    if exponent < 0:
        return 0, MANTISSA_STEPS - 1
    return exponent, mantissa


@cache
def _response(level: int, high: bool, reversible: bool) -> NDArray[np.float64]:
    """Return what one coefficient of a band of this level becomes, in one dimension."""
    if level == 0:
        return np.ones(1)
    low_filter, high_filter = _SYNTHESIS_53 if reversible else _synthesis_97()
    if level == 1:
        return high_filter if high else low_filter
    deeper = _response(level - 1, high, reversible)
    return np.convolve(_spread(deeper), low_filter)


@cache
def _synthesis_97() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the synthesis filters of the 9-7 transform, by sending an impulse through the lifting steps."""
    k = 1.230174104914001
    filters: list[Any] = []
    for centre, scale in ((8, k), (9, 1 / k)):
        line = np.zeros(18)
        line[centre] = scale
        for first, factor in (
            (2, 0.443506852043971),
            (3, 0.882911075530934),
            (2, -0.052980118572961),
            (3, -1.586134342059924),
        ):
            target = np.arange(first, 16, 2)
            line[target] -= factor * (line[target - 1] + line[target + 1])
        filters.append(np.trim_zeros(line))
    return filters[0], filters[1]


@cache
def _worst_gain(level: int, high: bool) -> float:
    """Return the BIBO gain of one dimension of the 5-3 analysis: the absolute sum of the whole cascade's response."""
    low_filter, high_filter = np.array([-1, 2, 6, 2, -1]) / 8, np.array([-1, 2, -1]) / 2
    if level == 0:
        return 1.0
    response = np.ones(1)
    for depth in range(min(level, _CASCADED_LEVELS), 0, -1):
        last = depth == min(level, _CASCADED_LEVELS)
        response = np.convolve(_spread(response), high_filter if high and last else low_filter)
    settled = 1.01 if level > _CASCADED_LEVELS else 1.0
    return float(np.abs(response).sum()) * settled


def _spread(response: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a response with a zero between any two samples."""
    spread = np.zeros(2 * len(response) - 1)
    spread[::2] = response
    return spread
