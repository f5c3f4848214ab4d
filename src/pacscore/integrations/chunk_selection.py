"""What is read of a chunk: the planes and the rectangle that hold everything a selection names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from pacscore.integrations.chunk_coding import PlaneAxes
from pacscore.region import Region

__all__ = ["ChunkSelection"]


@dataclass(frozen=True, slots=True)
class ChunkSelection:
    """The smallest box of a chunk that has all of a selection; components are always whole.

    Attributes
    ----------
    axes : PlaneAxes
        Those of the chunk.
    box : tuple of range
        What is decoded, by axis.
    selectors : tuple
        The selection, from the box's first corner.
    """

    axes: PlaneAxes
    box: tuple[range, ...]
    selectors: tuple[Any, ...]

    @classmethod
    def of(cls, selection: Any, axes: PlaneAxes) -> Self:
        """Return the box of a selection in NumPy's words; of one that is not understood, the whole chunk."""
        given = selection if isinstance(selection, tuple) else (selection,)
        shape = axes.shape
        whole = tuple(map(range, shape))
        if len(given) > len(shape):
            return cls(axes, whole, given)
        spans = [_span(selector, size) for selector, size in zip(given, shape, strict=False)]
        if None in spans:
            return cls(axes, whole, given)
        box = [*(span for span in spans if span is not None), *whole[len(spans) :]]
        if (place := cls._component_axis(axes)) is not None:
            box[place] = whole[place]
        shifted = tuple(_shifted(selector, span) for selector, span in zip(given, box, strict=False))
        return cls(axes, tuple(box), shifted)

    @property
    def box_shape(self) -> tuple[int, ...]:
        """The shape of what is decoded."""
        return tuple(map(len, self.box))

    @property
    def stack_shape(self) -> tuple[int, ...]:
        """How many planes are decoded, by leading axis."""
        return self.box_shape[: len(self.axes.stack)]

    @property
    def planes(self) -> list[int]:
        """The numbers of the planes that are decoded, in order."""
        numbers = np.arange(self.axes.planes).reshape(self.axes.stack)
        stack = self.box[: len(self.axes.stack)]
        return [int(number) for number in numbers[tuple(slice(part.start, part.stop) for part in stack)].flat]

    @property
    def region(self) -> Region | None:
        """The rectangle of each plane that is decoded; None: all of it."""
        place = len(self.axes.stack) + (self.axes.components == "first")
        rows, columns = self.box[place : place + 2]
        if (len(rows), len(columns)) == (self.axes.rows, self.axes.columns):
            return None
        return Region(rows.start, columns.start, len(rows), len(columns))

    def pick(self, decoded: NDArray[Any]) -> NDArray[Any]:
        """Return what was selected, from the box."""
        return np.asarray(decoded[self.selectors])

    @staticmethod
    def _component_axis(axes: PlaneAxes) -> int | None:
        return {None: None, "first": len(axes.stack), "last": len(axes.shape) - 1}[axes.components]


def _span(selector: Any, size: int) -> range | None:
    """Return the part of an axis that a selector reaches; None where only NumPy knows."""
    if isinstance(selector, slice):
        hit = range(*selector.indices(size))
        return range(hit[0], hit[-1] + 1) if hit and hit.step > 0 else None
    if isinstance(selector, bool) or not isinstance(selector, int | np.integer | np.ndarray):
        return None
    places = np.asarray(selector)
    if places.dtype.kind not in "iu" or not places.size or places.min() < 0 or places.max() >= size:
        return None
    return range(int(places.min()), int(places.max()) + 1)


def _shifted(selector: Any, span: range) -> Any:
    """Return a selector as it reads from the beginning of a span."""
    if isinstance(selector, slice):
        hit = range(*selector.indices(span.stop))
        return slice(hit.start - span.start, hit.stop - span.start, hit.step)
    return selector - span.start
