from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from typing_extensions import disjoint_base

from pacscore.support._row_conversion import RowConversion

VALUE_TYPES: dict[np.dtype[Any], int]
RAMP_KINDS: dict[str, int]
RESULTS: tuple[np.dtype[Any], ...]

@disjoint_base
class Table(RowConversion):
    def __init__(self, values: np.dtype[Any], entries: NDArray[Any], target: int | None = None) -> None: ...

@disjoint_base
class Ramp(RowConversion):
    def __init__(
        self,
        values: np.dtype[Any],
        kind: Literal["double", "thresholds", "fraction"],
        line: tuple[float, float],
        largest: int,
        inverse: bool,
        thresholds: NDArray[np.float64] | None = None,
        target: int | None = None,
    ) -> None: ...

@disjoint_base
class FixedRamp(RowConversion):
    def __init__(
        self,
        values: np.dtype[Any],
        ends: tuple[int, int],
        origin: int,
        slope: int,
        offset: int,
        shift: int,
        less: int,
        inverse: bool,
        target: int | None = None,
    ) -> None: ...

def value_range(array: NDArray[Any], first: float, last: float, target: int | None = None) -> tuple[float, float]: ...
