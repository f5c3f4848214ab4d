"""The one pass that grey stages fold into: a table, a ramp, or else NumPy by strips."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pacscore.pixels._value_passes import VALUE_TYPES, Ramp, Table
from pacscore.pixels.exact_levels import Line, line_of, values_of
from pacscore.pixels.fixed_point import fixed_ramp
from pacscore.pixels.grey_stages import GreyStages

__all__ = ["Copied", "ValuePass", "by_bit_pattern", "parts_of", "result_dtype", "run", "strips", "value_pass"]

_STRIP = 1 << 16
"""Values that are copied at once, where they do not lie as a pass takes them."""


class ValuePass(Protocol):
    """What turns rows of values into display values."""

    @property
    def values(self) -> np.dtype[Any]:
        """What it takes; others are converted to that."""

    @property
    def results(self) -> np.dtype[Any]:
        """What it makes."""

    @property
    def channels(self) -> int:
        """1, or 3 for colours."""

    def apply(self, array: NDArray[Any], out: NDArray[Any]) -> None:
        """Convert a 2-D array, contiguous in its last axis, into another of as many rows and columns."""


class _Computed:
    """Stages that neither a table nor a line can stand for: wide values through curves, tables and functions."""

    values = np.dtype(np.float64)
    channels = 1

    def __init__(self, stages: GreyStages, bits: int | None) -> None:
        self.results = result_dtype(bits)
        self._stages = stages
        self._bits = bits

    def apply(self, array: NDArray[Any], out: NDArray[Any]) -> None:
        for part in parts_of(array):
            if self._bits is None:
                out[part] = self._stages.fractions(array[part])
            else:
                out[part] = self._stages.levels(array[part], (1 << self._bits) - 1)


class Copied:
    """Values that are shown as they are."""

    channels = 1

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.values = self.results = dtype

    def apply(self, array: NDArray[Any], out: NDArray[Any]) -> None:
        """Copy a 2-D array."""
        np.copyto(out, array)


def result_dtype(bits: int | None) -> np.dtype[Any]:
    """Return the dtype of display values: of so many bits, or None for fractions of white."""
    return np.dtype(np.float32 if bits is None else np.uint8 if bits <= 8 else np.uint16)


@lru_cache(maxsize=64)
def value_pass(stages: GreyStages, dtype: np.dtype[Any], bits: int | None) -> ValuePass:
    """Return the pass for values of a dtype, of native byte order, to display values of so many bits.

    Parameters
    ----------
    stages : GreyStages
    dtype : dtype
        Integer or floating-point.
    bits : int or None
        None: fractions of white, in float32.
    """
    straight = stages.line
    if dtype.kind == "f" or dtype.itemsize > 2:
        wide = dtype if dtype in VALUE_TYPES else np.dtype(np.float64)
        if straight is None:
            return _Computed(stages, bits)
        line = line_of(*straight, 1 if bits is None else (1 << bits) - 1)
        if bits is None:
            return _fractions(line, wide, is_inverse=stages.is_inverse) or _Computed(stages, bits)
        return _wide_ramp(line, wide, bits, is_inverse=stages.is_inverse)
    if straight is not None and dtype.itemsize == 2 and bits in (8, None):
        line = line_of(*straight, 1 if bits is None else 255)
        make = _fractions if bits is None else fixed_ramp
        ramp = make(line, dtype, is_inverse=stages.is_inverse)
        if ramp is not None:
            return ramp
    return table_pass(stages, dtype, bits)


def table_pass(stages: GreyStages, dtype: np.dtype[Any], bits: int | None) -> Table | Copied:
    """Return the table for values of 8 or 16 bits."""
    if bits is None:
        rising: NDArray[Any] = stages.fractions(values_of(dtype))
    else:
        rising = stages.table(dtype, (1 << bits) - 1)
    results = result_dtype(bits)
    if results == dtype and rising[-1] == np.iinfo(dtype).max and np.array_equal(rising, values_of(dtype)):
        return Copied(dtype)
    return Table(dtype, by_bit_pattern(rising.astype(results, copy=False), dtype))


def by_bit_pattern(rising: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return what belongs to the values of a dtype in the order of their bits: negative values last."""
    return np.roll(rising, len(rising) // 2, axis=0) if dtype.kind == "i" else rising


def _fractions(line: Line, dtype: np.dtype[Any], *, is_inverse: bool) -> Ramp | None:
    """Return the ramp to fractions of white; y alone, since they are not rounded to integers."""
    if line.is_step:
        return None
    half = line.denominator
    fraction = Line(2 * line.slope, 2 * line.offset - half, 2 * half)
    if is_inverse:
        fraction = Line(-fraction.slope, fraction.denominator - fraction.offset, fraction.denominator)
    return Ramp(dtype, "fraction", fraction.in_floats(), 1, False)


def _wide_ramp(line: Line, dtype: np.dtype[Any], bits: int, *, is_inverse: bool) -> Ramp:
    """Return the ramp for values of more than 16 bits: by the formula alone if it is right at every threshold."""
    largest = (1 << bits) - 1
    thresholds, formula = line.on_floats(largest), line.in_floats()
    is_right = not line.is_step and _is_right(formula, thresholds[1:-1], dtype)
    return Ramp(dtype, "double" if is_right else "thresholds", formula, largest, is_inverse, thresholds)


def _is_right(formula: tuple[float, float], thresholds: NDArray[np.float64], dtype: np.dtype[Any]) -> bool:
    """Return whether float64 gives level k from ``thresholds[k - 1]`` on and not before: the formula never falls."""
    slope, offset = abs(formula[0]), formula[1]
    levels = np.arange(1, len(thresholds) + 1)
    with np.errstate(all="ignore"):  # what leaves the range of the dtype is not reached
        if dtype.kind == "f":
            first = thresholds.astype(dtype)
            first = np.where(first < thresholds, np.nextafter(first, np.inf, dtype=dtype), first)
            before = np.nextafter(first, -np.inf, dtype=dtype).astype(np.float64)
        else:
            first = np.ceil(thresholds)
            before = first - 1
        reached, not_yet = (np.floor(slope * values + offset) for values in (first.astype(np.float64), before))
    return bool(((reached >= levels) & (not_yet < levels)).all())


def parts_of(array: NDArray[Any]) -> Iterator[tuple[slice, slice]]:
    """Yield parts of a 2-D array whose intermediate values stay in the cache."""
    rows, columns = array.shape
    width = min(max(columns, 1), _STRIP)
    for row in range(0, rows, step := max(1, _STRIP // width)):
        for column in range(0, columns, width):
            yield slice(row, row + step), slice(column, column + width)


def run(one_pass: ValuePass, array: NDArray[Any], out: NDArray[Any]) -> None:
    """Send an array of any shape and strides through a pass; ``out`` is C-contiguous, and has an axis more for colours.

    Values that the pass does not take as they lie are copied a strip at a time.
    """
    if array.dtype == one_pass.values:
        if array.ndim == 2 and array.strides[1] == array.itemsize:
            one_pass.apply(array, out)
            return
        if array.flags.c_contiguous:
            one_pass.apply(array.reshape(1, -1), out.reshape(1, array.size, *out.shape[array.ndim :]))
            return
    if array.size == 0:
        return
    for source, target in strips(array, out):
        one_pass.apply(np.ascontiguousarray(source, one_pass.values), target)


def strips(array: NDArray[Any], out: NDArray[Any]) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
    """Yield an array and a C-contiguous result by 2-D parts of few rows."""
    columns = array.shape[-1] if array.ndim else 1
    step = max(1, _STRIP // columns)
    channels = out.shape[array.ndim :]
    planes = array.reshape(1, 1) if array.ndim == 0 else array
    planes = planes[None] if planes.ndim == 1 else planes
    targets = out.reshape(*planes.shape, *channels)
    for place in np.ndindex(planes.shape[:-2]):
        for row in range(0, planes.shape[-2], step):
            yield planes[place][row : row + step], targets[place][row : row + step]
