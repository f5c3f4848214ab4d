"""A ramp in integers of 16 bits that gives exactly the levels that it must, where there is one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacscore.pixels._value_passes import FixedRamp
from pacscore.pixels.exact_levels import Line

__all__ = ["fixed_ramp"]

_LARGEST = 255
_ONE = 1 << 16
_STEEP = 7
"""How far values are shifted where a level has less than one of them: so narrow a window leaves the bits for it."""


def fixed_ramp(line: Line, dtype: np.dtype[Any], *, is_inverse: bool) -> FixedRamp | None:
    """Return the ramp for values of 16 bits and levels from 0 to 255, or None where there is none.

    A level is floor((x * slope / 2**16 + offset + 1) / 2**16) of x, which is a value's distance from an origin: see
    ``ramps.h``. Levels rise with x, so they are right for all values if they are at the first value of each level and
    at the one before it. That bounds the offset from both sides; any between the bounds will do.

    Parameters
    ----------
    line : Line
        To levels from 0 to 255.
    dtype : dtype
        uint16 or int16.
    is_inverse : bool
        Whether 255 less the level is wanted.
    """
    if line.slope == 0 or line.is_step:
        return None
    steps = line.on_integers(_LARGEST)
    # Where levels fall, 255 less the level rises: it reaches k behind the last value of level 256 - k.
    first = 1 - steps.first[::-1] if steps.is_falling else steps.first
    if abs(line.slope) >= line.denominator << _STEEP:  # a value has many levels
        return None
    slope = abs(line.slope) / line.denominator
    shift = 0 if slope < 1 else _STEEP
    steepness = round(slope * 2 ** (32 - shift))
    if not (0 < steepness < 1 << 32 and -_ONE < first[0] <= first[-1] < 2 * _ONE):
        return None
    info, below = np.iinfo(dtype), int(1 / slope)
    for place in (2,) if shift else (below, below + 1):
        origin = int(first[0]) - place
        ends = max(origin, int(info.min)), min(int(first[-1]), int(info.max))
        found = _offset(first - origin, steepness, shift)
        if found is not None and ends[0] < ends[1]:
            is_flipped = is_inverse != steps.is_falling
            return FixedRamp(dtype, ends, origin, steepness, found[0], shift, found[1], is_flipped)
    return None


def _offset(distances: NDArray[np.int64], steepness: int, shift: int) -> tuple[int, int] | None:
    """Return the offset, and what x is less, that give level k from ``distances[k - 1]`` on and not before."""
    least, most = _bounds(distances, steepness, shift, 0)
    less = 0
    if shift and least + most < _ONE // 2:  # offsets are positive: begin further on
        less = (_ONE // 4 - (least + most) // 2) * _ONE // steepness
        least, most = _bounds(distances, steepness, shift, less)
    offset = (max(least, 0) + most) // 2
    x = (int(distances[-1]) << shift) - less
    if not max(least, 0) <= offset <= most or x >= _ONE or (x * (steepness % _ONE) >> 16) + offset >= _ONE:
        return None
    return offset, less


def _bounds(distances: NDArray[np.int64], steepness: int, shift: int, less: int) -> tuple[int, int]:
    """Return the least and the greatest offset that give those levels; the former is above the latter if none does."""
    levels = np.arange(1, _LARGEST + 1) * _ONE - 1
    x = np.maximum((np.stack([distances, distances - 1]) << shift) - less, 0)
    heights = x * (steepness >> 16) + (x * (steepness % _ONE) >> 16)
    least, most = (levels - heights[0]).max(), (levels - heights[1]).min() - 1
    return int(least), min(int(most), 256 * _ONE - 2 - int(heights[0, -1]))
