"""Encoding to a size or to a quality: by the quantisation step, or by what is sent of each code-block.

Source: T.800 J.14 (informative).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError
from pacscore.j2k.goals import Goal
from pacscore.j2k.rate import Allocation
from pacscore.j2k.step_search import Trial, search_step

__all__ = ["Original", "allocate_layers", "encode_by_step"]

_SHORT = 0.998
"""A size is near enough from this part of it on."""
_NEAR = 0.02
"""dB by which a PSNR may be better than asked for, where that can be had."""
_FINEST = -4.0
"""Octaves from a grey level to the finest step that is tried: finer ones describe what rounding takes away."""
_TINY = 1e-4
"""Mean squared errors below are as good as none."""


class Original(NamedTuple):
    """What was given to be encoded: the samples, and their precision in bits."""

    array: NDArray[Any]
    precision: int

    def size(self, rate: float) -> int:
        """Return how many bytes so many bits a pixel are."""
        return int(rate * self.array.shape[0] * self.array.shape[1]) // 8

    def error(self, psnr: float) -> float:
        """Return the squared error of the whole image at so many dB."""
        peak = float((1 << self.precision) - 1)
        return float(peak**2 / 10 ** (psnr / 10) * self.array.size)

    def error_of(self, data: bytes, layers: int, threads: int) -> float:
        """Return the squared error of a codestream, decoded up to some layer."""
        from pacscore.j2k.decoding import decode  # noqa: PLC0415 - encoding to a quality alone decodes

        decoded = decode(data, layers=layers, threads=threads)
        difference = np.subtract(decoded, self.array, dtype=np.float64).ravel()
        return float(np.dot(difference, difference))


def encode_by_step(encode: Callable[[float], bytes], original: Original, goal: Goal, threads: int) -> bytes:
    """Return the codestream of the quantisation step that meets a goal.

    Parameters
    ----------
    encode : callable
        Encode by a step relative to the full range of samples.
    original : Original
    goal : Goal
        A rate or a PSNR.
    threads : int
        That may decode at once.

    Raises
    ------
    OptionError
        If the size is too small for any step, or no step that is not absurdly fine gives such quality.
    """
    sizes: list[int] = []

    def by_size(step: float) -> Trial[bytes]:
        data = encode(2.0**step)
        sizes.append(len(data))
        return Trial(math.log2(len(data)), data)

    def by_error(step: float) -> Trial[bytes]:
        data = encode(2.0**step)
        error = original.error_of(data, 1, threads) / original.array.size
        return Trial(-math.log2(max(error, _TINY)) / 2, data)

    grey = -float(original.precision)
    if goal.rate is not None:
        most = max(original.size(goal.rate), 1)
        bounds = (grey + _FINEST, 0.0)
        found = search_step(by_size, grey + 2, bounds, (math.log2(most), math.log2(most * _SHORT)))
        if found is None:
            raise OptionError(
                f"rate={goal.rate:g} is {most:,} bytes for the whole codestream, {min(sizes):,} are the fewest possible"
            )
        return found
    psnr = goal.psnr or 0.0
    must = max(-math.log2(original.error(psnr) / original.array.size) / 2, -64.0)
    bounds = (min(grey + _FINEST, grey - must + _FINEST), 0.0)
    start = math.log2(12) / 2 - must + grey
    found = search_step(by_error, start, bounds, (must, must + _NEAR / 20 * math.log2(10)))
    if found is None:
        raise OptionError(f"psnr={psnr:g} is more than a 9-7 wavelet can reach: reversible coding can")
    return found


def allocate_layers(
    goals: Sequence[Goal],
    original: Original,
    allocation: Allocation,
    assemble: Callable[[], bytes],
    threads: int,
) -> None:
    """Choose what is sent of each code-block in each layer.

    Parameters
    ----------
    goals : sequence of Goal
        One a layer.
    original : Original
    allocation : Allocation
        Of all tiles' code-blocks.
    assemble : callable
        Return the codestream as the layers of all passes are now.
    threads : int
        That may decode at once.

    Raises
    ------
    OptionError
        If the last layer's goal cannot be met.
    """
    whole = allocation.size_of_all() if any(goal.share is not None for goal in goals) else 0
    for layer, goal in enumerate(goals):
        last = layer == len(goals) - 1
        if goal.psnr is not None:
            most = original.error(goal.psnr)
            error = allocation.fit_error(layer, most, lambda number: original.error_of(assemble(), number + 1, threads))
            if error > most and last:
                raise OptionError(f"psnr={goal.psnr:g} needs a finer quantization_step")
        elif goal.rate is not None or goal.share is not None:
            most = int(whole * goal.share) if goal.share is not None else original.size(goal.rate or 0.0)
            size = allocation.fit_size(layer, most)
            if size > most and last:
                raise OptionError(
                    f"rate={goal.rate:g} is {most:,} bytes for the whole codestream, {size:,} are the fewest possible"
                )
        else:
            allocation.send_all(layer)
