"""Which values reach which display level, without rounding on the way.

A display value is floor(y + 1/2), where y is what the formulas of the standard give exactly. Numbers of attributes
count as the decimal numbers that they are written as: a float stands for the shortest decimal that names it. Since y
never falls when a value rises, or never rises, it is enough to know the first value of each level.

Source: PS3.3 C.11.1.1.2 (rescale), C.11.2.1.2.1 (LINEAR), C.11.2.1.3.1 (SIGMOID), C.11.2.1.3.2 (LINEAR_EXACT).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacscore.pixels.modality import Rescale
from pacscore.pixels.voi import Window

__all__ = ["Line", "Thresholds", "exact", "exact_thresholds", "ladder", "line_of", "rescaled_toward_zero", "values_of"]

_FITS = 1 << 62
"""Integers below it are computed with in 64 bits."""
_FAR = 1 << 40
"""Beyond all integers that are rendered by thresholds."""
_BEYOND = 1 << 17
"""No value of 16 bits is so far from 0."""
_DOUBT = 1e-12
"""So near to an integer, as a part of what is summed up, float64 does not tell on which side a threshold is."""
_LOGITS = 3
"""A quarter of the largest logarithm of odds is below it."""
_DIGITS = 60


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The first value of each level from 1 up.

    Attributes
    ----------
    first : ndarray of int64, shape (levels,)
        In rising order; of values with their sign changed where levels fall.
    is_falling : bool
    """

    first: NDArray[np.int64]
    is_falling: bool


@dataclass(frozen=True, slots=True)
class Line:
    """y + 1/2 as ``(slope * value + offset) / denominator``, in integers.

    Attributes
    ----------
    slope, offset, denominator : int
        The denominator is positive.
    is_step : bool
        Whether levels are not these, but the first where that is 0 or less, and else the last.
    """

    slope: int
    offset: int
    denominator: int
    is_step: bool = False

    def bounds(self, largest: int) -> tuple[list[int], int]:
        """Return the quotients, by numerators and one denominator, from which on levels 1 to ``largest`` are reached.

        They are of values with their sign changed where the slope is negative; a step lies just behind them.
        """
        if self.is_step:
            return [-self.offset] * largest, abs(self.slope)
        return [level * self.denominator - self.offset for level in range(1, largest + 1)], abs(self.slope)

    def on_integers(self, largest: int) -> Thresholds:
        """Return the first integer of each level."""
        slope, is_falling = abs(self.slope), self.slope < 0
        if slope == 0:
            reached = largest * (self.offset > 0) if self.is_step else self.offset // self.denominator
            return Thresholds(np.where(np.arange(1, largest + 1) <= reached, -_FAR, _FAR), is_falling)
        if not self.is_step and largest * self.denominator + abs(self.offset) < _FITS and slope < _FITS:
            numerators = np.arange(1, largest + 1) * self.denominator - self.offset
            return Thresholds(np.clip(-(-numerators // slope), -_FAR, _FAR), is_falling)
        bounds, slope = self.bounds(largest)
        first = (bound // slope + 1 if self.is_step else -(-bound // slope) for bound in bounds)
        return Thresholds(np.array([min(max(one, -_FAR), _FAR) for one in first]), is_falling)

    def on_floats(self, largest: int) -> NDArray[np.float64]:
        """Return the smallest float64 of each level from 1 to ``largest``, between minus and plus infinity."""
        bounds, slope = self.bounds(largest)
        if slope == 0:
            reached = (self.on_integers(largest).first < 0).sum()
            first = [-math.inf] * reached + [math.inf] * (largest - reached)
        else:
            first = [_float_from(bound, slope, behind=self.is_step) for bound in bounds]
        return np.array([-math.inf, *first, math.inf])

    def in_floats(self) -> tuple[float, float]:
        """Return slope and offset of y + 1/2, in the nearest float64."""
        return _quotient(self.slope, self.denominator), _quotient(self.offset, self.denominator)


def exact(number: float) -> Fraction:
    """Return the shortest decimal number that names a float."""
    return Fraction(int(number)) if float(number).is_integer() else Fraction(Decimal(repr(float(number))))


def line_of(rescale: Rescale, window: Window, largest: int) -> Line:
    """Return the line of a LINEAR or LINEAR_EXACT window after rescale, to levels from 0 to ``largest``."""
    slope, intercept = exact(rescale.slope), exact(rescale.intercept)
    middle, ramp = exact(window.center), exact(window.width)
    if window.function == "LINEAR":
        middle, ramp = middle - Fraction(1, 2), ramp - 1
    if ramp == 0:
        return _line(slope, intercept - middle, is_step=True)
    half = Fraction(1, 2)
    return _line(slope / ramp * largest, ((intercept - middle) / ramp + half) * largest + half)


def _line(slope: Fraction, offset: Fraction, *, is_step: bool = False) -> Line:
    denominator = math.lcm(slope.denominator, offset.denominator)
    return Line(
        slope.numerator * (denominator // slope.denominator),
        offset.numerator * (denominator // offset.denominator),
        denominator,
        is_step,
    )


def exact_thresholds(rescale: Rescale, window: Window, largest: int) -> Thresholds:
    """Return the first integer of each level from 1 to ``largest``, of a window after rescale."""
    if window.function != "SIGMOID" or rescale.slope == 0:
        return _sigmoid_of_one_value(rescale, window, largest) or line_of(rescale, window, largest).on_integers(largest)
    slope, intercept = abs(exact(rescale.slope)), exact(rescale.intercept)
    odds = 2 * np.arange(1, largest + 1, dtype=np.int64) - 1  # level k begins where y / largest is odds / (2 largest)
    logit = np.log(odds / (2 * largest - odds))
    with np.errstate(all="ignore"):  # what leaves the range of float64 is in doubt, or far away
        summands = np.array([window.center, window.width * _LOGITS, rescale.intercept])
        places = (window.center + window.width / 4 * logit - rescale.intercept) / float(slope)
        doubt = _DOUBT * max(1.0, float(np.abs(summands).sum()) / float(slope))
        in_doubt = ~(np.abs(places - np.rint(places)) >= doubt) & ~(np.abs(places) >= _BEYOND)
    first = np.clip(np.ceil(np.nan_to_num(places)), -_FAR, _FAR).astype(np.int64)
    first[in_doubt] = np.rint(np.nan_to_num(places[in_doubt]))
    for near in np.unique(first[in_doubt]).tolist():
        # Thresholds beside one integer: the later ones, if any, lie behind it.
        indices = np.flatnonzero(in_doubt & (first == near)).tolist()

        def is_behind(index: int, near: int = near) -> bool:
            share = Fraction(int(odds[index]), 2 * largest)
            return _sigmoid_threshold(window, slope, intercept, share) > near

        first[indices[bisect_left(indices, True, key=is_behind) :]] = near + 1
    return Thresholds(first, rescale.slope < 0)


def _sigmoid_of_one_value(rescale: Rescale, window: Window, largest: int) -> Thresholds | None:
    """Return the thresholds of a SIGMOID that has one value alone, since the slope is 0; None for other functions."""
    if window.function != "SIGMOID":
        return None
    fraction = float(window.apply(np.array([rescale.intercept]))[0])
    reached = math.floor(fraction * largest + 0.5)
    return Thresholds(np.where(np.arange(1, largest + 1) <= reached, -_FAR, _FAR), is_falling=False)


def _sigmoid_threshold(window: Window, slope: Fraction, intercept: Fraction, share: Fraction) -> int:
    """Return the first integer that is shown at so large a share of white; a logarithm other than 0 is no fraction."""
    with localcontext() as context:
        context.prec = _DIGITS
        odds = share / (1 - share)
        logit = Fraction((Decimal(odds.numerator) / Decimal(odds.denominator)).ln())
    place = math.ceil((exact(window.center) + exact(window.width) / 4 * logit - intercept) / slope)
    return min(max(place, -_FAR), _FAR)


def ladder(thresholds: Thresholds, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return the level of each value of an integer dtype, in rising order, in the smallest dtype that holds levels."""
    lowest, highest = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    if thresholds.is_falling:
        lowest, highest = -highest, -lowest
    count = highest - lowest + 1
    borders = np.clip(thresholds.first - lowest, 0, count)
    numbers = np.arange(len(borders) + 1, dtype=np.min_scalar_type(len(borders)))
    levels = np.repeat(numbers, np.diff(borders, prepend=0, append=count))
    return levels[::-1] if thresholds.is_falling else levels


def values_of(dtype: np.dtype[Any]) -> NDArray[np.int64]:
    """Return all values of an integer dtype, in rising order."""
    return np.arange(np.iinfo(dtype).min, np.iinfo(dtype).max + 1, dtype=np.int64)


def rescaled_toward_zero(rescale: Rescale, values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rescaled values of integers, without their fractions."""
    line = _line(exact(rescale.slope), exact(rescale.intercept))
    largest = int(np.abs(values).max(initial=0))
    if abs(line.slope) * largest + abs(line.offset) < _FITS and line.denominator < _FITS:
        numerators = values * line.slope + line.offset
        whole: NDArray[np.int64] = np.sign(numerators) * (np.abs(numerators) // line.denominator)
        return whole
    exact_values = [value * line.slope + line.offset for value in values.tolist()]
    quotients = (abs(value) // line.denominator * (1 if value > 0 else -1) for value in exact_values)
    return np.array([min(max(quotient, -_FAR), _FAR) for quotient in quotients], np.int64)


def _quotient(numerator: int, denominator: int) -> float:
    try:
        return numerator / denominator
    except OverflowError:
        return math.inf if numerator > 0 else -math.inf


def _float_from(numerator: int, denominator: int, *, behind: bool) -> float:
    """Return the smallest float64 that is not below a fraction, or is above it."""
    nearest = _quotient(numerator, denominator)
    if math.isinf(nearest):
        return nearest if nearest > 0 or not behind else -math.inf
    over, under = nearest.as_integer_ratio()
    is_below = over * denominator <= numerator * under if behind else over * denominator < numerator * under
    return math.nextafter(nearest, math.inf) if is_below else nearest
