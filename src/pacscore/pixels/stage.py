"""Stages of the user's own: any elementwise function of the values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError

__all__ = ["Stage"]


@dataclass(frozen=True, slots=True)
class Stage:
    """An elementwise function in a pipeline; two stages are equal if their functions are.

    Attributes
    ----------
    function : callable
        Takes an ndarray of float64 of any shape. In the grey scale it returns an array of that shape; into colours it
        returns three, red, green and blue, from 0.0 to 1.0. It has no other effect, and each result depends on its own
        value alone: of integers it may see every value of the dtype, and never the frame.
    """

    function: Callable[[NDArray[np.float64]], Any]

    def grey(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the values that the function makes of others.

        Raises
        ------
        OptionError
            If the function returns anything else than as many numbers.
        """
        return self._checked(self.function(values), values.shape)

    def colors(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return red, green and blue from 0.0 to 1.0 in a last axis of 3; not a number is 0.0.

        Raises
        ------
        OptionError
            If the function returns anything else than three times as many numbers.
        """
        found = self.function(values)
        if not isinstance(found, (tuple, list)) or len(found) != 3:
            raise OptionError("a stage into colours returns three arrays: red, green and blue")
        planes = [self._checked(plane, values.shape) for plane in found]
        return np.clip(np.nan_to_num(np.stack(planes, axis=-1)), 0.0, 1.0)

    def _checked(self, found: Any, shape: tuple[int, ...]) -> NDArray[np.float64]:
        if not isinstance(found, np.ndarray) or found.dtype.kind not in "iufb" or found.shape != shape:
            made = f"{found.dtype} {found.shape}" if isinstance(found, np.ndarray) else type(found).__name__
            raise OptionError(f"a stage made {made} of an array of float64 {shape}: it must be elementwise")
        return found.astype(np.float64, copy=False)
