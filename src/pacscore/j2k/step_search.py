"""The quantisation step that makes a codestream as long, or an image as good, as was asked for.

One HT cleanup pass a code-block, at the lowest plane, is the quickest to encode and to decode. It cannot be cut short,
so it is the step that decides: it is searched by encoding, a few times.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

__all__ = ["Trial", "search_step"]

_MOST_TRIALS = 16
_FIRST_SLOPE = -0.5
"""What a doubled step does to the value before two trials tell: octaves of size, or 6 dB."""
_FLATTEST = -0.05
_LONGEST_STRIDE = 3.0
"""Octaves."""

Made = TypeVar("Made")


class Trial(NamedTuple, Generic[Made]):
    """What one step led to.

    Attributes
    ----------
    value : float
        In octaves; it falls where the step grows.
    made : object
        Whatever the caller wants back.
    """

    value: float
    made: Made


def search_step(
    encode: Callable[[float], Trial[Made]], start: float, bounds: tuple[float, float], goal: tuple[float, float]
) -> Made | None:
    """Return what the best step made, whose value lies within the goal, or as near to its first bound as can be.

    Parameters
    ----------
    encode : callable
        Tries a step, given as its binary logarithm.
    start : float
        Where to begin.
    bounds : (float, float)
        The least and the greatest step to try.
    goal : (float, float)
        The bound that the value must keep, and another that it need not pass: where the first is the greater one,
        values must not exceed it (sizes), else they must reach it (quality).

    Returns
    -------
    object, or None if no step within the bounds keeps the bound.
    """
    must, enough = goal
    upper = must > enough
    best: Trial[Made] | None = None
    aim = (must + enough) / 2
    low, high = bounds
    tried: list[tuple[float, float]] = []
    step = min(max(start, low), high)
    for _ in range(_MOST_TRIALS):
        trial = encode(step)
        tried.append((step, trial.value))
        keeps = trial.value <= must if upper else trial.value >= must
        if keeps and (best is None or (trial.value > best.value) == upper):
            best = trial
        if keeps and (trial.value >= enough if upper else trial.value <= enough):
            break
        step = _next(tried, aim, bounds)
        if any(step == known for known, _ in tried):
            break
    return None if best is None else best.made


def _next(tried: list[tuple[float, float]], aim: float, bounds: tuple[float, float]) -> float:
    """Return where the line through the two trials nearest to the aim meets it, but between those around it."""
    above = [trial for trial in tried if trial[1] > aim]
    below = [trial for trial in tried if trial[1] <= aim]
    low = max(above)[0] if above else bounds[0]
    high = min(below)[0] if below else bounds[1]
    (step, value), *others = sorted(tried, key=lambda trial: abs(trial[1] - aim))
    slope = _FIRST_SLOPE
    if others and others[0][0] != step:
        slope = min((value - others[0][1]) / (step - others[0][0]), _FLATTEST)
    stride = min(max((aim - value) / slope, -_LONGEST_STRIDE), _LONGEST_STRIDE)
    if low < step + stride < high or not (above and below):
        return min(max(step + stride, low), high)
    return (low + high) / 2
