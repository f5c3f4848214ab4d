"""Encoding to a size or to a quality: by the quantisation step, or by what is sent of each code-block.

Source: T.800 J.14 (informative).
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence

from pacscore.errors import OptionError
from pacscore.j2k.goals import Goal
from pacscore.j2k.picture import Picture
from pacscore.j2k.rate import Allocation
from pacscore.j2k.step_search import Trial, search_step

__all__ = ["allocate_layers", "encode_by_step"]

_SHORT = 0.998
"""A size is near enough from this part of it on."""
_NEAR = 0.02
"""dB by which a PSNR may be better than asked for, where that can be had."""
_FINEST = -4.0
"""Octaves from a grey level to the finest step that is tried: finer ones describe what rounding takes away."""
_CUT_SHORT = -0.4
"""Octaves from the step that meets a size to a finer one, with which some code-blocks must be cut short: parts of a
plane may be worth more for their bytes than one step for all."""
_TINY = 1e-4
"""Mean squared errors below are as good as none."""


def _decoded_error(picture: Picture, data: bytes, layers: int, threads: int) -> float:
    """Return the squared error of a codestream, decoded up to some layer."""
    from pacscore.j2k.decoding import decode  # noqa: PLC0415 - encoding to a quality alone decodes

    return picture.error_of(decode(data, layers=layers, threads=threads))


def encode_by_step(
    encode: Callable[[float], bytes],
    truncate: Callable[[float], bytes],
    picture: Picture,
    goal: Goal,
    threads: int,
) -> bytes:
    """Return the codestream of the quantisation step that meets a goal.

    Parameters
    ----------
    encode : callable
        Encode by a step relative to the full range of samples.
    truncate : callable
        Encode by such a step, and cut code-blocks short to meet the goal: another try where that is a rate.
    picture : Picture
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

    def by_size(step: float) -> Trial[tuple[float, bytes]]:
        data = encode(2.0**step)
        sizes.append(len(data))
        return Trial(math.log2(len(data)), (step, data))

    def by_error(step: float) -> Trial[bytes]:
        data = encode(2.0**step)
        error = _decoded_error(picture, data, 1, threads) / picture.samples
        return Trial(-math.log2(max(error, _TINY)) / 2, data)

    grey = -float(picture.precision)
    if goal.rate is not None:
        most = max(picture.size(goal.rate), 1)
        bounds = (grey + _FINEST, 0.0)
        sized = search_step(by_size, grey + 2, bounds, (math.log2(most), math.log2(most * _SHORT)))
        if sized is None:
            raise OptionError(
                f"rate={goal.rate:g} is {most:,} bytes for the whole codestream, {min(sizes):,} are the fewest possible"
            )
        step, data = sized
        if step + _CUT_SHORT < bounds[0]:
            return data
        tried = (data, truncate(2.0 ** (step + _CUT_SHORT)))
        return min(tried, key=lambda data: _decoded_error(picture, data, 1, threads))
    psnr = goal.psnr or 0.0
    must = max(-math.log2(max(picture.error(psnr) / picture.samples, sys.float_info.min)) / 2, -64.0)
    bounds = (min(grey + _FINEST, grey - must + _FINEST), 0.0)
    start = math.log2(12) / 2 - must + grey
    found = search_step(by_error, start, bounds, (must, must + _NEAR / 20 * math.log2(10)))
    if found is None:
        raise OptionError(f"psnr={psnr:g} is more than a 9-7 wavelet can reach: reversible coding can")
    return found


def allocate_layers(
    goals: Sequence[Goal],
    picture: Picture,
    allocation: Allocation,
    assemble: Callable[[], bytes],
    threads: int,
) -> None:
    """Choose what is sent of each code-block in each layer.

    Parameters
    ----------
    goals : sequence of Goal
        One a layer.
    picture : Picture
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
            most = picture.error(goal.psnr)
            error = allocation.fit_error(
                layer, most, lambda number: _decoded_error(picture, assemble(), number + 1, threads)
            )
            if error > most and last:
                raise OptionError(f"psnr={goal.psnr:g} needs a finer quantization_step")
        elif goal.rate is not None or goal.share is not None:
            most = int(whole * goal.share) if goal.share is not None else picture.size(goal.rate or 0.0)
            size = allocation.fit_size(layer, most)
            if size > most and last:
                raise OptionError(
                    f"rate={goal.rate:g} is {most:,} bytes for the whole codestream, {size:,} are the fewest possible"
                )
        else:
            allocation.send_all(layer)
