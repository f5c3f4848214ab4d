"""Which colour space the samples of a file are in, and the way to the one that screens are in.

Source: T.800 I.5.3.3; T.814 Annex D; IEC 61966-2-1 and its Amendment 1 (sYCC).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import UnsupportedError
from pacscore.j2k.boxes.icc import profile_colours, read_profile
from pacscore.j2k.boxes.records import ColourSpecification

__all__ = ["ColourSpace", "choose_colour_space", "sycc_to_srgb"]

_NAMES: Final = {
    0: "bi-level", 1: "YCbCr(1)", 3: "YCbCr(2)", 4: "YCbCr(3)", 9: "PhotoYCC", 11: "CMY", 12: "CMYK", 13: "YCCK",
    14: "CIELab", 15: "bi-level", 16: "sRGB", 17: "greyscale", 18: "sYCC", 19: "CIEJab", 20: "e-sRGB", 21: "ROMM-RGB",
    24: "e-sYCC",
}  # fmt: skip
_BT_601: Final = (5, 6)

Converter = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""From device values to sRGB or grey values, all 0 to 1, shape (colours, n)."""


@dataclass(frozen=True, slots=True)
class ColourSpace:
    """A colour space that a file's colour channels are in.

    Attributes
    ----------
    name : str
        As in ``"sRGB"``, or ``"ICC profile"``.
    colours : int or None
        How many colours it has; None if that is not known.
    to_screen : callable or None
        The way to sRGB, or to grey with its tone curve; None where samples stay as they are.
    differences : tuple of int
        Which colours, from 0 on, have their 0 in the middle of the range.
    profile : bytes or None
        The ICC profile that the samples stay in.
    """

    name: str
    colours: int | None
    to_screen: Converter | None = None
    differences: tuple[int, ...] = ()
    profile: bytes | None = None


def choose_colour_space(specifications: Sequence[ColourSpecification]) -> ColourSpace:
    """Return the colour space that the colr boxes tell: the first that can be shown, by precedence.

    One that stays in an ICC profile's space comes after those that can be shown.

    Parameters
    ----------
    specifications : sequence of ColourSpecification
        In the order of the file. Without any, samples are what they are.

    Raises
    ------
    UnsupportedError
        If none is understood.
    """
    if not specifications:
        return ColourSpace("not told", None)
    by_precedence = sorted(specifications, key=lambda specification: -specification.prec)
    spaces = [space for space in map(_colour_space, by_precedence) if space is not None]
    if not spaces:
        names = ", ".join(dict.fromkeys(_describe(specification) for specification in by_precedence))
        raise UnsupportedError(
            f"box 'colr': {names} cannot be rendered; color='stored' gives the samples (T.800 I.5.3.3)",
            feature=names,
            clause="T.800 I.5.3.3",
        )
    return next((space for space in spaces if space.profile is None), spaces[0])


def sycc_to_srgb(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the sRGB values of sYCC values: the inverse of BT.601's matrix, full range, chroma around 0.

    Source: IEC 61966-2-1 Amendment 1, Annex F.
    """
    luma, blue, red = values[0], values[1], values[2]
    return np.stack([luma + 1.402 * red, luma - 0.344136 * blue - 0.714136 * red, luma + 1.772 * blue])


def _colour_space(told: ColourSpecification) -> ColourSpace | None:
    if told.enumcs is not None:
        return _ENUMERATED.get(told.enumcs)
    if told.profile is not None:
        profile = read_profile(told.profile)
        colours = profile_colours(told.profile)
        if profile is None:
            return ColourSpace("ICC profile", colours, profile=told.profile)
        return ColourSpace("ICC profile", colours, profile.to_srgb)
    if told.cicp is not None and told.cicp[:2] == (1, 13) and told.cicp[3]:
        return _ENUMERATED[16] if told.cicp[2] == 0 else _ENUMERATED[18] if told.cicp[2] in _BT_601 else None
    return None


def _describe(told: ColourSpecification) -> str:
    if told.enumcs is not None:
        return f"enumerated colour space {told.enumcs} ({_NAMES.get(told.enumcs, 'unknown')})"
    if told.cicp is not None:
        return f"code points {told.cicp} of H.273"
    return f"method {told.meth}"


_ENUMERATED: Final = {
    16: ColourSpace("sRGB", 3),
    17: ColourSpace("greyscale", 1),
    18: ColourSpace("sYCC", 3, sycc_to_srgb, (1, 2)),
}
