"""Which bytes of some data are there."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Runs", "merge"]


def merge(ranges: Iterable[tuple[int, int]], gap: int) -> tuple[tuple[int, int], ...]:
    """Return ranges in order, those joined that overlap, touch, or are no further apart than ``gap``."""
    merged: list[list[int]] = []
    for start, stop in sorted(ranges):
        if start >= stop:
            continue
        if merged and start <= merged[-1][1] + gap:
            merged[-1][1] = max(merged[-1][1], stop)
        else:
            merged.append([start, stop])
    return tuple((start, stop) for start, stop in merged)


class Runs:
    """Runs of bytes that are there, in order, none touching another; iterating gives (start, stop) in bytes.

    Parameters
    ----------
    runs : iterable of (int, int)
        In any order; they may overlap.
    """

    def __init__(self, runs: Iterable[tuple[int, int]] = ()) -> None:
        self._starts: list[int] = []
        self._stops: list[int] = []
        for start, stop in sorted(runs):
            self.add(start, stop)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return zip(self._starts, self._stops, strict=True)

    def __len__(self) -> int:
        return len(self._starts)

    @property
    def stop(self) -> int:
        """Behind the last byte."""
        return self._stops[-1] if self._stops else 0

    @property
    def total(self) -> int:
        """How many bytes are there."""
        return sum(self._stops) - sum(self._starts)

    def copy(self) -> Runs:
        """Return the same runs, to be kept while these grow."""
        runs = Runs()
        runs._starts, runs._stops = self._starts.copy(), self._stops.copy()
        return runs

    def add(self, start: int, stop: int) -> None:
        """Note that bytes have come."""
        if start >= stop:
            return
        i = bisect.bisect_left(self._stops, start)
        j = bisect.bisect_right(self._starts, stop)
        if i < j:
            start, stop = min(start, self._starts[i]), max(stop, self._stops[j - 1])
        self._starts[i:j], self._stops[i:j] = [start], [stop]

    def present(self, position: int) -> tuple[int, int]:
        """Return the run that ``position`` is in or right behind, an empty one where there is none."""
        i = bisect.bisect_right(self._starts, position) - 1
        if i < 0 or self._stops[i] < position:
            return position, position
        return self._starts[i], self._stops[i]

    def count(self, start: int, stop: int) -> int:
        """Return how many bytes from start to stop are there."""
        i = bisect.bisect_right(self._stops, start)
        held = 0
        while i < len(self._starts) and self._starts[i] < stop:
            held += max(min(stop, self._stops[i]) - max(start, self._starts[i]), 0)
            i += 1
        return held

    def next_start(self, position: int, limit: int) -> int:
        """Return where the next run behind ``position`` starts, ``limit`` if there is none."""
        i = bisect.bisect_right(self._starts, position)
        return self._starts[i] if i < len(self._starts) else limit

    def missing(self, start: int, stop: int) -> list[tuple[int, int]]:
        """Return which parts of ``[start, stop)`` are not there."""
        gaps = []
        while start < stop:
            _, here = self.present(start)
            if here > start:
                start = here
                continue
            end = min(stop, self.next_start(start, stop))
            gaps.append((start, end))
            start = end
        return gaps

    def hold(self, start: Any, stop: Any) -> NDArray[np.bool_]:
        """Tell, for each pair of two arrays of numbers, whether all bytes from start to stop are there."""
        start, stop = np.asarray(start, np.int64), np.asarray(stop, np.int64)
        empty: NDArray[np.bool_] = start >= stop
        if not self._starts:
            return empty
        place = np.searchsorted(np.array(self._starts, np.int64), start, "right") - 1
        inside: NDArray[np.bool_] = (place >= 0) & (stop <= np.array(self._stops, np.int64)[place])
        return inside | empty
