"""Display values, literally: one value after another, in fractions and in decimals of 60 digits."""

from __future__ import annotations

import decimal
import math
from collections.abc import Sequence
from fractions import Fraction

HALF = Fraction(1, 2)


def number(value: float) -> Fraction:
    """Return the number that an attribute says, which is written as the shortest decimal that names a float."""
    return Fraction(repr(value)) if isinstance(value, float) else Fraction(value)


def linear(x: Fraction, c: Fraction, w: Fraction, y_max: int) -> Fraction:
    """PS3.3 C.11.2.1.2.1, with 0 as the smallest output."""
    if x <= c - HALF - (w - 1) / 2:
        return Fraction(0)
    if x > c - HALF + (w - 1) / 2:
        return Fraction(y_max)
    return ((x - (c - HALF)) / (w - 1) + HALF) * y_max


def linear_exact(x: Fraction, c: Fraction, w: Fraction, y_max: int) -> Fraction:
    """PS3.3 C.11.2.1.3.2."""
    if x <= c - w / 2:
        return Fraction(0)
    if x > c + w / 2:
        return Fraction(y_max)
    return ((x - c) / w + HALF) * y_max


def sigmoid(x: Fraction, c: Fraction, w: Fraction, y_max: int) -> Fraction:
    """PS3.3 C.11.2.1.3.1; exact where it is a fraction at all, which is at the centre."""
    if x == c:
        return Fraction(y_max, 2)
    with decimal.localcontext() as context:
        context.prec = 60
        exponent = -4 * (x - c) / w
        power = (decimal.Decimal(exponent.numerator) / decimal.Decimal(exponent.denominator)).exp()
        return Fraction(y_max / (1 + power))


FUNCTIONS = {"LINEAR": linear, "LINEAR_EXACT": linear_exact, "SIGMOID": sigmoid}


def windowed(
    values: Sequence[int | float],
    rescale: tuple[float, float],
    window: tuple[float, float, str],
    y_max: int = 255,
    *,
    inverse: bool = False,
) -> list[int]:
    """Return floor(y + 1/2) of each value after rescale and window, taken from y_max where it is to be inverse."""
    slope, intercept, c, w = map(number, (*rescale, *window[:2]))
    shown = []
    for value in values:
        y = FUNCTIONS[window[2]](slope * Fraction(value) + intercept, c, w, y_max)
        level = math.floor(y + HALF)
        shown.append(y_max - level if inverse else level)
    return shown


def looked_up(x: Fraction, first: int, entries: Sequence[int]) -> int:
    """PS3.3 C.11.1.1.1: what lies outside gets the entry at that end; fractions of an index are dropped."""
    return entries[min(max(math.trunc(x) - first, 0), len(entries) - 1)]


def scaled(entry: int, bits: int, y_max: int) -> int:
    """Return a table's entry as a display value."""
    return math.floor(Fraction(entry * y_max, (1 << bits) - 1) + HALF)
