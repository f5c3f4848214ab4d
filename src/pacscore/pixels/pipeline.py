"""What happens to a frame between its stored values and the screen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from pacscore.errors import OptionError
from pacscore.pixels.lookup import LookupTable
from pacscore.pixels.modality import IDENTITY, Rescale
from pacscore.pixels.palette import Palette
from pacscore.pixels.voi import Window

__all__ = ["Pipeline"]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The grey scale or colour pipeline of one frame: modality, then VOI, then presentation.

    Immutable and hashable: every method returns another pipeline, and `render` keeps the table of each.

    Source: PS3.3 C.11 (look-up tables and presentation states), C.7.6.3.1.2 (photometric interpretation).

    Attributes
    ----------
    bits_stored : int
        Precision of a stored value.
    pixel_representation : int
        0 unsigned, 1 two's complement.
    photometric_interpretation : str
        That of the array that `render` gets: YBR_RCT and YBR_ICT count as RGB, as a decoder returns them.
    modality : Rescale or LookupTable
        From stored values to modality values.
    voi : Window, LookupTable or None
        From modality values to the output range. None: see `render`.
    presentation_lut_shape : "IDENTITY", "INVERSE" or None
        None: MONOCHROME1 is inverse, everything else is not.
    palette : Palette or None
        For PALETTE COLOR.
    padding : (int, int) or None
        First and last stored value that stand for no pixel (PS3.3 C.7.5.1.1.2); left out when a range is searched.
    """

    bits_stored: int = 16
    pixel_representation: int = 0
    photometric_interpretation: str = "MONOCHROME2"
    modality: Rescale | LookupTable = IDENTITY
    voi: Window | LookupTable | None = None
    presentation_lut_shape: Literal["IDENTITY", "INVERSE"] | None = None
    palette: Palette | None = None
    padding: tuple[int, int] | None = None

    @property
    def is_inverse(self) -> bool:
        """Whether the largest value of interest is shown darkest."""
        if self.presentation_lut_shape is None:
            return self.photometric_interpretation == "MONOCHROME1"
        return self.presentation_lut_shape == "INVERSE"

    def with_window(self, window: Window) -> Pipeline:
        """Return this pipeline with another window, in modality values."""
        return replace(self, voi=window)

    def with_range(self, low: float, high: float) -> Pipeline:
        """Return this pipeline showing ``low`` as the first and ``high`` as the last output value, linearly between.

        Parameters
        ----------
        low, high : float, in modality values
            As in ``with_range(-160, 240)``; the same as a LINEAR_EXACT window over that range.

        Raises
        ------
        OptionError
            If ``high`` is not above ``low``.
        """
        if not low < high:
            raise OptionError(f"range {low} to {high} is empty")
        return replace(self, voi=Window((low + high) / 2, high - low, "LINEAR_EXACT"))

    def inverted(self) -> Pipeline:
        """Return this pipeline with black and white exchanged."""
        return replace(self, presentation_lut_shape="IDENTITY" if self.is_inverse else "INVERSE")
