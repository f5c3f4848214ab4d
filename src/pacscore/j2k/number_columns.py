"""Columns of numbers as bytes: seven bits to a byte, the lowest first; the top bit tells that more follow."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["NumberReader", "read_numbers", "signed", "unsigned", "write_numbers"]

_MOST_BYTES = 8
"""Of one number: 56 bits."""


def write_numbers(values: list[int]) -> bytes:
    """Return numbers from 0 to 2^56 - 1 as bytes."""
    if not values or max(values) < 0x80:
        return bytes(values)
    rest = np.array(values, np.int64)
    groups = np.zeros((len(rest), _MOST_BYTES), np.uint8)
    used = np.ones((len(rest), _MOST_BYTES), bool)
    for i in range(_MOST_BYTES):
        groups[:, i] = rest & 0x7F
        rest >>= 7
        groups[:, i] |= ((rest > 0) << 7).astype(np.uint8)
        used[:, i + 1 :] &= (rest > 0)[:, None]
    return groups[used].tobytes()


def read_numbers(data: bytes) -> NDArray[np.int64]:
    """Return the numbers that `write_numbers` was given.

    Raises
    ------
    ValueError
        If the last number does not end, or one is too large.
    """
    groups = np.frombuffer(data, np.uint8)
    stops = np.flatnonzero(groups < 0x80) + 1
    starts = np.concatenate((np.zeros(1, np.int64), stops))[:-1]
    sizes = stops - starts
    if sizes.sum() != len(groups) or sizes.max(initial=0) > _MOST_BYTES:
        raise ValueError("a number does not end")
    values = np.zeros(len(stops), np.int64)
    for i in range(int(sizes.max(initial=0))):
        has = sizes > i
        values[has] |= (groups[starts[has] + i] & 0x7F).astype(np.int64) << 7 * i
    return values


def unsigned(value: int) -> int:
    """Return 0, -1, 1, -2 and so on as 0, 1, 2, 3."""
    return 2 * value if value >= 0 else -2 * value - 1


def signed(value: int) -> int:
    """Return what `unsigned` was given."""
    return value >> 1 if value & 1 == 0 else -(value + 1 >> 1)


class NumberReader:
    """Numbers of a column, one after another.

    Parameters
    ----------
    column : bytes
        As `write_numbers` makes it; ValueError if it is not whole.
    """

    __slots__ = ("_numbers", "_position")

    def __init__(self, column: bytes) -> None:
        self._numbers: list[int] = read_numbers(column).tolist()
        self._position = 0

    def next(self) -> int:
        """Return the next number; ValueError if there is none."""
        if self._position == len(self._numbers):
            raise ValueError("a column of numbers ends early")
        self._position += 1
        return self._numbers[self._position - 1]

    @property
    def ended(self) -> bool:
        """Whether there are no more."""
        return self._position == len(self._numbers)
