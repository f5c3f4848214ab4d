"""What happens to a frame between its stored values and the screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError
from pacscore.pixels.finishing import Finishing
from pacscore.pixels.lookup import LookupTable
from pacscore.pixels.modality import IDENTITY, Rescale
from pacscore.pixels.overlay import Overlay
from pacscore.pixels.palette import Palette
from pacscore.pixels.stage import Stage
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
        None: MONOCHROME1 is inverse, unless there is a Presentation LUT; everything else is not.
    palette : Palette or None
        For PALETTE COLOR; and for MONOCHROME2 a supplemental palette (PS3.3 C.7.6.19): stored values from the first one
        that it maps are shown in its colours, the others in grey.
    padding : (float, float) or None
        First and last stored value that stand for no pixel (PS3.3 C.7.5.1.1.2): shown like any other value, and left
        out when a range is searched.
    presentation_lut : LookupTable or None
        From the output range of VOI to P-Values, before the shape (PS3.3 C.11.6). Its first entry answers the smallest
        output, its last one the largest; in between the nearest entry counts.
    voi_choices : tuple of Window or LookupTable
        All that the data set offers, windows first; `with_voi` takes one by its place or its explanation.
    icc_profile : bytes or None
        The colours' profile (PS3.3 C.11.15); counts only where ``is_color_managed``.
    is_color_managed : bool
        Whether colours are converted from the profile to sRGB.
    finishing : Finishing
        Shutter, overlays, area, rotation and flip.
    stages : tuple of Stage
        Functions of the user's own: one after the other, between modality and VOI.
    into_colors : Stage or None
        The last of them, which makes colours in place of VOI and presentation; see `with_colors`.
    """

    bits_stored: int = 16
    pixel_representation: int = 0
    photometric_interpretation: str = "MONOCHROME2"
    modality: Rescale | LookupTable = IDENTITY
    voi: Window | LookupTable | None = None
    presentation_lut_shape: Literal["IDENTITY", "INVERSE"] | None = None
    palette: Palette | None = None
    padding: tuple[float, float] | None = None
    presentation_lut: LookupTable | None = None
    voi_choices: tuple[Window | LookupTable, ...] = field(default=(), compare=False)
    icc_profile: bytes | None = field(default=None, repr=False)
    is_color_managed: bool = False
    finishing: Finishing = Finishing()  # noqa: RUF009 - frozen
    stages: tuple[Stage, ...] = ()
    into_colors: Stage | None = None

    def __hash__(self) -> int:
        """Return a hash of what differs most from pipeline to pipeline: it is asked for with every frame."""
        return hash((self.modality, self.voi))

    @property
    def is_inverse(self) -> bool:
        """Whether the largest value of interest is shown darkest."""
        if self.presentation_lut_shape is None:
            return self.photometric_interpretation == "MONOCHROME1" and self.presentation_lut is None
        return self.presentation_lut_shape == "INVERSE"

    @property
    def gives_color(self) -> bool:
        """Whether display values are red, green and blue, before finishing."""
        if self.into_colors is not None:
            return True
        return self.palette is not None or not self.photometric_interpretation.startswith("MONOCHROME")

    def with_window(self, window: Window) -> Pipeline:
        """Return this pipeline with another window, in modality values."""
        return replace(self, voi=window)

    def with_stage(self, function: Callable[[NDArray[np.float64]], Any]) -> Pipeline:
        """Return this pipeline with a function of the user's own behind the modality stage, and behind others of his.

        Parameters
        ----------
        function : callable
            Elementwise: of an ndarray of modality values, float64 of any shape, it makes an array of that shape. For
            integers of up to 16 bits it is called once, with every value that there can be, and becomes part of the
            table; for wider and floating-point values with parts of each frame (see `jit_stage`).
        """
        return replace(self, stages=(*self.stages, Stage(function)))

    def with_colors(self, function: Callable[[NDArray[np.float64]], Any]) -> Pipeline:
        """Return this pipeline with a function of the user's own in place of VOI and presentation: false colours.

        Parameters
        ----------
        function : callable
            As of `with_stage`, but it returns three arrays, red, green and blue, from 0.0 to 1.0. For monochrome.

        Raises
        ------
        OptionError
            If the pipeline's values are colours already.
        """
        if not self.photometric_interpretation.startswith("MONOCHROME"):
            raise OptionError(f"false colours are for monochrome, not for {self.photometric_interpretation}")
        return replace(self, into_colors=Stage(function))

    def with_voi(self, choice: int | str) -> Pipeline:
        """Return this pipeline with one of the windows and tables that the data set offers.

        Parameters
        ----------
        choice : int or str
            Its place in ``voi_choices``, or its explanation; upper and lower case are the same.

        Raises
        ------
        OptionError
            If there is no such choice; the message lists those that are there.
        """
        if isinstance(choice, int):
            found = self.voi_choices[choice : choice + 1] if choice >= 0 else ()
        else:
            wanted = choice.strip().casefold()
            found = tuple(one for one in self.voi_choices if one.explanation.casefold() == wanted)
        if not found:
            offered = ", ".join(f"{place} {one.explanation!r}" for place, one in enumerate(self.voi_choices))
            raise OptionError(f"no VOI choice {choice!r}; there are: {offered or 'none'}")
        return replace(self, voi=found[0])

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

    def with_full_range(self) -> Pipeline:
        """Return this pipeline showing all that the modality stage can give: the VOI stage is the identity."""
        lowest = -(1 << (self.bits_stored - 1)) if self.pixel_representation else 0
        ends: list[float] = [lowest, lowest + (1 << self.bits_stored) - 1]
        if isinstance(self.modality, LookupTable):
            ends = [0, (1 << self.modality.bits) - 1]
        else:
            ends = sorted(end * self.modality.slope + self.modality.intercept for end in ends)
        return self.with_range(ends[0], max(ends[1], ends[0] + 1))

    def inverted(self) -> Pipeline:
        """Return this pipeline with black and white exchanged."""
        return replace(self, presentation_lut_shape="IDENTITY" if self.is_inverse else "INVERSE")

    def color_managed(self) -> Pipeline:
        """Return this pipeline converting its colours to sRGB, where there is an ICC profile; grey stays grey."""
        return replace(self, is_color_managed=True)

    def with_overlays(self, *overlays: Overlay) -> Pipeline:
        """Return this pipeline drawing these overlays, over those that it draws already."""
        return replace(self, finishing=replace(self.finishing, overlays=(*self.finishing.overlays, *overlays)))
