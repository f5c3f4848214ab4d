"""The values-of-interest stage: which modality values the eye gets to see."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError

__all__ = ["Window"]


@dataclass(frozen=True, slots=True)
class Window:
    """A window: centre, width, and the function that maps it to the output range.

    Source: PS3.3 C.11.2.1.2 (window centre and width), C.11.2.1.3 (VOI LUT Function).

    Attributes
    ----------
    center, width : float
        In modality values. LINEAR wants a width of at least 1 (exactly 1 is a threshold at ``center - 0.5``), the
        others a positive one.
    function : "LINEAR", "LINEAR_EXACT" or "SIGMOID"
        LINEAR is the standard's default, made for integers: its ramp runs over ``width - 1`` around ``center - 0.5``.
    explanation : str
        What the window is for, as in "LUNG"; windows that differ in this alone are equal.

    Raises
    ------
    OptionError
        If the width is too small for the function, a number is not finite, or the function is none of the three.
    """

    center: float
    width: float
    function: Literal["LINEAR", "LINEAR_EXACT", "SIGMOID"] = "LINEAR"
    explanation: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if self.function not in _FUNCTIONS:
            raise OptionError(
                f"VOI LUT function {self.function!r} is none of {', '.join(_FUNCTIONS)} (PS3.3 C.11.2.1.3)"
            )
        if not (math.isfinite(self.center) and math.isfinite(self.width)):
            raise OptionError(f"{self}: centre and width must be finite")
        if self.function == "LINEAR" and self.width < 1:
            raise OptionError(f"{self}: a LINEAR window is at least 1 wide (PS3.3 C.11.2.1.2.1)")
        if self.width <= 0:
            raise OptionError(f"{self}: a {self.function} window has a positive width (PS3.3 C.11.2.1.3)")

    def apply(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """Return where each modality value lies between black (0.0) and white (1.0)."""
        with np.errstate(over="ignore", invalid="ignore"):  # far from the window infinity is near enough
            return _FUNCTIONS[self.function](values.astype(np.float64), float(self.center), float(self.width))


def _linear(x: NDArray[np.float64], center: float, width: float) -> NDArray[np.float64]:
    """Source: PS3.3 C.11.2.1.2.1, equations for LINEAR."""
    middle, ramp = center - 0.5, width - 1
    if ramp == 0:
        return np.where(x > middle, 1.0, 0.0)
    return np.clip((x - middle) / ramp + 0.5, 0.0, 1.0)


def _linear_exact(x: NDArray[np.float64], center: float, width: float) -> NDArray[np.float64]:
    """Source: PS3.3 C.11.2.1.3.2."""
    return np.clip((x - center) / width + 0.5, 0.0, 1.0)


def _sigmoid(x: NDArray[np.float64], center: float, width: float) -> NDArray[np.float64]:
    """Source: PS3.3 C.11.2.1.3.1."""
    return 1.0 / (1.0 + np.exp(-4.0 * (x - center) / width))  # exp grows to infinity where the answer is 0


_FUNCTIONS = {"LINEAR": _linear, "LINEAR_EXACT": _linear_exact, "SIGMOID": _sigmoid}
