"""Stages of the user's own, compiled by numba: for wide and floating-point values, where no table can serve."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import UnsupportedError

__all__ = ["JitStage", "jit_stage"]


def jit_stage(function: Callable[[float], Any]) -> JitStage:
    """Return a function of one value as one of arrays, compiled when it is first used.

    The result goes where a function of arrays goes: into ``Pipeline.with_stage`` and ``Pipeline.with_colors``. It may
    be written as a decorator. Only at its first use numba is imported, and compiles the function in a second or two.
    Values of up to 16 bits go through a table in any case: for them a function of NumPy arrays is as fast.

    Parameters
    ----------
    function : callable
        Of one float to a float, or to a tuple of three: red, green and blue, from 0.0 to 1.0. It is written in what
        numba compiles, which includes the functions of `math` and NumPy's of numbers.

    Returns
    -------
    JitStage
        Takes an ndarray of float64 of any shape; returns one, or a tuple of three.
    """
    return JitStage(function)


class JitStage:
    """A function of arrays that numba compiles; made by `jit_stage`.

    Raises
    ------
    UnsupportedError
        At its first use, if numba is not installed.
    """

    def __init__(self, function: Callable[[float], Any]) -> None:
        self.__wrapped__ = function
        self._lock = threading.Lock()
        self._compiled: tuple[Callable[..., None], int] | None = None

    def __call__(self, values: NDArray[np.float64]) -> Any:
        """Return what the function makes of each value: an array, or three."""
        with self._lock:
            if self._compiled is None:
                self._compiled = _compiled(self.__wrapped__)
        loop, channels = self._compiled
        results = np.empty((channels, values.size))
        loop(np.ascontiguousarray(values, np.float64).reshape(-1), results)
        planes = tuple(plane.reshape(values.shape) for plane in results)
        return planes if channels > 1 else planes[0]


def _compiled(function: Callable[[float], Any]) -> tuple[Callable[..., None], int]:
    """Return a compiled loop over values, and how many results it has for each."""
    try:
        import numba  # noqa: PLC0415 - an extra, and slow to import
    except ImportError as error:
        raise UnsupportedError(
            "numba compiles stages and is not installed: pip install 'pacscore[jit]'", feature="compiled stages"
        ) from error
    of_one: Any = numba.njit(nogil=True)(function)

    def grey(values: NDArray[np.float64], results: NDArray[np.float64]) -> None:
        for i in range(values.size):
            results[0, i] = of_one(values[i])

    def colors(values: NDArray[np.float64], results: NDArray[np.float64]) -> None:
        for i in range(values.size):
            red, green, blue = of_one(values[i])
            results[0, i], results[1, i], results[2, i] = red, green, blue

    makes_colors = isinstance(of_one(0.5), tuple)
    return numba.njit(nogil=True)(colors if makes_colors else grey), 3 if makes_colors else 1
