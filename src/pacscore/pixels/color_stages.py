"""What a value goes through on its way to red, green and blue, whatever its place in the frame."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from pacscore.pixels._value_passes import Table
from pacscore.pixels.exact_levels import values_of
from pacscore.pixels.grey_stages import GreyStages
from pacscore.pixels.lookup import LookupTable
from pacscore.pixels.modality import Rescale
from pacscore.pixels.palette import Palette
from pacscore.pixels.stage import Stage
from pacscore.pixels.value_pass import ValuePass, by_bit_pattern, parts_of, result_dtype

__all__ = ["FalseColors", "PaletteColors", "SupplementedGrey", "color_pass"]


class ColorStages(Protocol):
    """Makes colours of values."""

    def fractions(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """Return red, green and blue, from 0.0 to 1.0, in a last axis of 3."""


class PaletteColors(NamedTuple):
    """The three tables of PALETTE COLOR; they have no ties, so float64 rounds them to the right levels."""

    palette: Palette
    is_inverse: bool

    def fractions(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """Return red, green and blue."""
        tables = (self.palette.red, self.palette.green, self.palette.blue)
        colors = np.stack([table.apply(values) / float((1 << table.bits) - 1) for table in tables], axis=-1)
        return 1.0 - colors if self.is_inverse else colors


class SupplementedGrey(NamedTuple):
    """Grey values, and from the first that a supplemental palette maps its colours. Source: PS3.3 C.7.6.19."""

    grey: GreyStages
    colors: PaletteColors

    def fractions(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """Return red, green and blue."""
        is_colored = values >= self.colors.palette.red.first_mapped
        return np.where(is_colored[..., None], self.colors.fractions(values), self.grey.fractions(values)[..., None])


class FalseColors(NamedTuple):
    """Modality, the user's own stages, and the last of them, which makes colours in place of VOI and presentation."""

    modality: Rescale | LookupTable
    stages: tuple[Stage, ...]
    into_colors: Stage

    def fractions(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """Return red, green and blue."""
        found: NDArray[Any] = self.modality.apply(values)
        for stage in self.stages:
            found = stage.grey(found)
        return self.into_colors.colors(found.astype(np.float64, copy=False))


class _ComputedColors:
    """Colours of values that are too wide for a table."""

    values = np.dtype(np.float64)
    channels = 3

    def __init__(self, stages: ColorStages, bits: int | None) -> None:
        self.results = result_dtype(bits)
        self._stages = stages
        self._bits = bits

    def apply(self, array: NDArray[Any], out: NDArray[Any]) -> None:
        for part in parts_of(array):
            out[part] = _display_values(self._stages, array[part], self._bits)


def color_pass(stages: ColorStages, dtype: np.dtype[Any], bits: int | None) -> ValuePass:
    """Return the pass for values of a dtype to colours of so many bits, or None for floating-point ones."""
    if dtype.kind == "f" or dtype.itemsize > 2:
        return _ComputedColors(stages, bits)
    rising = _display_values(stages, values_of(dtype), bits)
    if isinstance(stages, SupplementedGrey) and bits is not None:
        grey = values_of(dtype) < stages.colors.palette.red.first_mapped
        rising[grey] = stages.grey.table(dtype, (1 << bits) - 1)[grey, None]
    four = np.zeros((len(rising), 4), rising.dtype)
    four[:, :3] = rising
    return Table(dtype, by_bit_pattern(four, dtype))


def _display_values(stages: ColorStages, values: NDArray[Any], bits: int | None) -> NDArray[Any]:
    colors = stages.fractions(values)
    if bits is not None:
        colors = np.floor(colors * ((1 << bits) - 1) + 0.5)
    return colors.astype(result_dtype(bits))
