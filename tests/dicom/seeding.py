"""Where seeded faults are collected: one fault a case."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

__all__ = ["FAULTS", "Fault", "Made", "seeds"]

Made = tuple[bytes, "np.ndarray | None"]
"""A file, and the frames that its mended copy must show: None where the fault cannot be mended."""


class Fault(NamedTuple):
    """A case: the rule that is broken, and what makes an object that breaks it."""

    rule: str
    make: Callable[[], Made]


FAULTS: dict[str, Fault] = {}
"""By the rule and a name in words."""


def seeds(rule: str) -> Callable[[Callable[[], Made]], Callable[[], Made]]:
    """Register a function that makes an object which breaks a rule."""

    def register(make: Callable[[], Made]) -> Callable[[], Made]:
        FAULTS[f"{rule} {make.__name__.replace('_', ' ')}"] = Fault(rule, make)
        return make

    return register
