"""What each quality layer is to reach, from what a caller asks for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from pacscore.errors import OptionError

__all__ = ["EVERYTHING", "Goal", "count_layers", "layer_goals"]

Asked = float | Sequence[float] | None

_SMALLEST_SHARE = 64
"""The first of layers that nobody asked sizes for is not below this part of the whole."""
_PSNR_STEP = 3.0
"""dB between layers of which only the last was asked for."""
_REPEATED_SHARE = 1 / 4
"""What layers that the last one repeats take of it at most, where nobody asked for more."""


class Goal(NamedTuple):
    """How much of the codestream a layer, with those before it, may be; all None: everything there is.

    Attributes
    ----------
    rate : float, optional
        At most so many bits a pixel of the whole picture.
    psnr : float, optional
        At least so many dB.
    share : float, optional
        At most this part of the size of everything.
    """

    rate: float | None = None
    psnr: float | None = None
    share: float | None = None


EVERYTHING = Goal()


def _values(name: str, asked: Asked) -> tuple[float, ...]:
    values = () if asked is None else tuple(asked) if isinstance(asked, Sequence) else (asked,)
    if any(not 0 < value < float("inf") for value in values):
        raise OptionError(f"{name}={asked!r} must be positive numbers")
    if any(a >= b for a, b in pairwise(values)):
        raise OptionError(f"{name}={asked!r} must rise from layer to layer")
    return values


def _asked(rate: Asked, psnr: Asked) -> tuple[float, ...]:
    rates, psnrs = _values("rate", rate), _values("psnr", psnr)
    if rates and psnrs:
        raise OptionError("rate and psnr contradict each other: ask for one of them")
    return rates or psnrs


def count_layers(layers: int, rate: Asked, psnr: Asked, *, lossless: bool) -> int:
    """Return how many layers there are: as many as values were asked for, where one layer is the rule.

    Where the last layer must be lossless, it comes after those that values were asked for.
    """
    asked = len(_asked(rate, psnr))
    return max(asked + lossless, 1) if layers == 1 else layers


def _spread(last: float, count: int, rule: str) -> list[float]:
    """Return values that rise to the last: sizes double where that leaves enough to the first."""
    if rule == "psnr":
        return [last - _PSNR_STEP * (count - 1 - i) for i in range(count)]
    ratio = min(2.0, _SMALLEST_SHARE ** (1 / max(count - 1, 1)))
    return [last / ratio ** (count - 1 - i) for i in range(count)]


def _shares(count: int, repeats: bool) -> list[float]:
    """Return parts of everything for all layers but the last."""
    if not repeats:
        return _spread(1.0, count, "share")[:-1]
    return [_REPEATED_SHARE * share for share in _spread(1.0, count - 1, "share")] if count > 1 else []


def layer_goals(layers: int, rate: Asked, psnr: Asked, *, lossless: bool, repeats: bool = False) -> tuple[Goal, ...]:
    """Return what each layer is to reach.

    A value alone is that of the last lossy layer, the layers before it get less. One layer more than a sequence has
    values: it gets everything, so that reversible coding ends without loss.

    Parameters
    ----------
    layers : int
        As `count_layers` says.
    rate, psnr : float or sequence of float, optional
    lossless : bool
        The last layer must be lossless.
    repeats : bool
        What a layer has of a code-block may be repeated by the next one, as HT sets are.

    Raises
    ------
    OptionError
        If the values do not rise, are not one a layer, or contradict each other.
    """
    asked = _asked(rate, psnr)
    if not asked:
        return (*(Goal(share=share) for share in _shares(layers, repeats)), EVERYTHING)
    name, values = ("psnr", psnr) if rate is None else ("rate", rate)
    whole = lossless or (isinstance(values, Sequence) and layers == len(asked) + 1)
    lossy = layers - whole
    if len(asked) == 1 and lossy > 1:
        asked = tuple(_spread(asked[0], lossy, name))
    if len(asked) != lossy:
        rule = "the last layer is lossless" if whole else "one a layer"
        raise OptionError(f"{name} has {len(asked)} values for {layers} layers ({rule})")
    goals = tuple(Goal(rate=value) if name == "rate" else Goal(psnr=value) for value in asked)
    return (*goals, EVERYTHING) if whole else goals
