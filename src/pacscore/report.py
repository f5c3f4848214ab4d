"""What a decoder says about the data that it read: complete or not, and what was wrong with it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NoReturn

import numpy as np
from numpy.typing import NDArray

__all__ = ["Area", "Damage", "DecodeReport", "Image", "Partial"]

Image = NDArray[Any] | list[NDArray[Any]]
"""An array ``(rows, columns[, samples])``, or one 2-D array a component where their sizes differ."""


Area = tuple[int, int, int, int]
"""A rectangle as (row, column, rows, columns), in full-resolution pixels from the image's upper-left corner."""


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that is wrong with the data.

    Attributes
    ----------
    kind : "truncated", "syntax" or "block"
        The data ended early; a marker segment, packet header or length is wrong; a code-block does not decode whole.
    what : str
        A sentence for a reader: what, where, which rule.
    offset : int or None, in bytes
        Where in the data.
    tile, component, resolution : int or None
        What it spoils, as far as it is known.
    area : (int, int, int, int) or None
        The pixels that it may touch, as (row, column, rows, columns) at full resolution; None: perhaps all.
    """

    kind: Literal["truncated", "syntax", "block"]
    what: str
    offset: int | None = None
    tile: int | None = None
    component: int | None = None
    resolution: int | None = None
    area: Area | None = None


@dataclass(frozen=True, slots=True)
class DecodeReport:
    """How complete a decoded image is, with respect to the view that was asked for.

    Attributes
    ----------
    packets_expected, packets_read : int
        Packets that the view needs, and those of them that were read whole.
    blocks_damaged : int
        Code-blocks that did not decode whole: Part 1 keeps the bit-planes before the error, all else is taken as zero.
    damages : tuple of Damage
        In the order they were met; at most the first hundred.
    notes : tuple of str
        Oddities without effect on the image: a missing EOC, trailing bytes, a disagreement of headers.
    """

    schema: ClassVar[int] = 1
    packets_expected: int
    packets_read: int
    blocks_damaged: int = 0
    damages: tuple[Damage, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether everything that the view needs was there and decoded without a complaint."""
        return self.packets_read == self.packets_expected and not self.blocks_damaged and not self.damages

    def to_json(self) -> str:
        """Return the report as a JSON object, with its schema number and ``complete``."""
        import json  # noqa: PLC0415 - decoding does not need it

        return json.dumps({"schema": self.schema, "complete": self.complete, **dataclasses.asdict(self)})


@dataclass(frozen=True, slots=True, eq=False)
class Partial:
    """An image that may be incomplete. It never turns into an array by itself: see the report, then take ``image``.

    Attributes
    ----------
    image : ndarray, or list of ndarray
        What could be decoded; samples that did not come are what zero coefficients give.
    report : DecodeReport
        Whether it is whole, and if not, what is missing.
    """

    image: Image
    report: DecodeReport

    def __array__(self, dtype: np.dtype[Any] | None = None, copy: bool | None = None) -> NoReturn:
        """Refuse: an incomplete image must never pass for a whole one."""
        del dtype, copy
        raise TypeError("a Partial is not an array: check .report.complete, then use .image")
