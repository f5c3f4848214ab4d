"""Component transforms and level shift, sample by sample in exact arithmetic. T.800 Annex G."""

from __future__ import annotations

from fractions import Fraction
from math import floor, inf, isnan


def forward_rct(red: int, green: int, blue: int) -> tuple[int, int, int]:
    """G.2.1, equations G-3 to G-5."""
    return (red + 2 * green + blue) // 4, blue - green, red - green


def inverse_rct(y0: int, y1: int, y2: int) -> tuple[int, int, int]:
    """G.2.2, equations G-6 to G-8."""
    green = y0 - (y1 + y2) // 4
    return y2 + green, green, y1 + green


def forward_ict(red: float, green: float, blue: float) -> tuple[float, float, float]:
    """G.3.1, equations G-9 to G-11."""
    return (
        0.299 * red + 0.587 * green + 0.114 * blue,
        -0.16875 * red - 0.33126 * green + 0.5 * blue,
        0.5 * red - 0.41869 * green - 0.08131 * blue,
    )


def inverse_ict(y0: float, y1: float, y2: float) -> tuple[float, float, float]:
    """G.3.2, equations G-12 to G-14."""
    return y0 + 1.402 * y2, y0 - 0.34413 * y1 - 0.71414 * y2, y0 + 1.772 * y1


def sample_range(precision: int, is_signed: bool) -> tuple[int, int]:
    if is_signed:
        return -(2 ** (precision - 1)), 2 ** (precision - 1) - 1
    return 0, 2**precision - 1


def level_shift(precision: int, is_signed: bool) -> int:
    """G.1: only unsigned components are shifted."""
    return 0 if is_signed else 2 ** (precision - 1)


def stored(coefficient: float | int, precision: int, is_signed: bool) -> int:
    """G.1.2, then rounded and clamped to what the component can hold; not a number counts as 0."""
    lowest, highest = sample_range(precision, is_signed)
    if isnan(coefficient):
        coefficient = 0
    if coefficient in (inf, -inf):
        return highest if coefficient > 0 else lowest
    rounded = floor(Fraction(coefficient) + Fraction(1, 2)) + level_shift(precision, is_signed)
    return min(max(rounded, lowest), highest)
