"""ICC profiles of the two kinds that JP2 restricts itself to, and their way to sRGB.

Source: T.800 I.5.3.3 (restricted ICC profiles); ICC.1:2022 7.2, 7.3, 8.3, 10.6, 10.18; IEC 61966-2-1.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Profile", "ToneCurve", "profile_colours", "read_profile"]

_COLOURS: Final = {b"GRAY": 1, b"RGB ": 3, b"CMYK": 4, b"CMY ": 3, b"Lab ": 3, b"XYZ ": 3, b"YCbr": 3, b"Luv ": 3}
_MOST_TAGS: Final = 1000
_MOST_SAMPLES: Final = 65536
_PARAMETERS: Final = ("g", "gab", "gabc", "gabcd", "gabcdef")
_LINEAR_SRGB: Final = np.array(
    [[3.1338561, -1.6168667, -0.4906146], [-0.9787684, 1.9161415, 0.0334540], [0.0719453, -0.2289914, 1.4052427]]
)
"""From XYZ relative to D50, the space in which profiles connect, to linear sRGB (Bradford adaptation to D65)."""


@dataclass(frozen=True, slots=True)
class ToneCurve:
    """From device values to linear light, both 0 to 1: samples of the curve, or else a power with a linear foot.

    Attributes
    ----------
    table : tuple of float
        Equidistant samples of the curve; empty where the parameters count.
    g, a, b, c, d, e, f : float
        (a x + b)^g + e from d on, c x + f below it.
    """

    table: tuple[float, ...] = ()
    g: float = 1.0
    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 0.0
    e: float = 0.0
    f: float = 0.0

    def linear(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the linear light of device values."""
        if self.table:
            places = np.linspace(0.0, 1.0, len(self.table))
            return np.asarray(np.interp(values, places, self.table), np.float64)
        with np.errstate(all="ignore"):  # whatever the parameters, light ends up between 0 and 1
            power = np.maximum(self.a * values + self.b, 0.0) ** self.g + self.e
            light = np.where(values >= self.d, power, self.c * values + self.f)
            return np.asarray(np.clip(np.nan_to_num(light), 0.0, 1.0), np.float64)


@dataclass(frozen=True, slots=True)
class Profile:
    """A monochrome or a three-component matrix-based profile.

    Attributes
    ----------
    curves : tuple of ToneCurve
        One, or one for each of red, green and blue.
    matrix : tuple of tuple of float
        XYZ rows of red, green and blue columns; empty for a monochrome profile.
    """

    curves: tuple[ToneCurve, ...]
    matrix: tuple[tuple[float, ...], ...] = ()

    def to_srgb(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sRGB values, or the grey with the tone curve of sRGB, of device values.

        Parameters
        ----------
        values : ndarray of float64, shape (colours, n)
            From 0 to 1.
        """
        light = np.stack([curve.linear(row) for curve, row in zip(self.curves, values, strict=True)])
        if self.matrix:
            light = (_LINEAR_SRGB @ np.array(self.matrix)) @ light
        light = np.clip(light, 0.0, 1.0)
        return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def profile_colours(profile: bytes) -> int | None:
    """Return the number of colours that a profile describes; None if its header does not tell."""
    space = profile[16:20]
    if space[1:] == b"CLR" and space[:1] in b"23456789ABCDEF":
        return int(space[:1], 16)
    return _COLOURS.get(space)


def read_profile(profile: bytes) -> Profile | None:
    """Return a profile that is monochrome or matrix-based and connects in XYZ; None for any other, or a broken one."""
    space, connection = profile[16:20], profile[20:24]
    try:
        tags = _tags(profile)
        if connection != b"XYZ " or b"A2B0" in tags:
            return None
        if space == b"GRAY":
            return Profile((_curve(tags[b"kTRC"]),))
        if space == b"RGB ":
            columns = [_xyz(tags[name]) for name in (b"rXYZ", b"gXYZ", b"bXYZ")]
            curves = tuple(_curve(tags[name]) for name in (b"rTRC", b"gTRC", b"bTRC"))
            return Profile(curves, tuple(zip(*columns, strict=True)))
    except (KeyError, ValueError, struct.error):
        return None
    return None


def _tags(profile: bytes) -> dict[bytes, memoryview]:
    (count,) = struct.unpack_from(">I", profile, 128)
    if count > _MOST_TAGS:
        raise ValueError(f"{count} tags")
    tags, view = {}, memoryview(profile)
    for i in range(count):
        name, offset, size = struct.unpack_from(">4sII", profile, 132 + 12 * i)
        tags[name] = view[offset : offset + size]
    return tags


def _fixed(data: memoryview, offset: int, count: int) -> tuple[float, ...]:
    return tuple(number / 65536 for number in struct.unpack_from(f">{count}i", data, offset))


def _xyz(tag: memoryview) -> tuple[float, ...]:
    if bytes(tag[:4]) != b"XYZ ":
        raise ValueError("no XYZ")
    return _fixed(tag, 8, 3)


def _curve(tag: memoryview) -> ToneCurve:
    if bytes(tag[:4]) == b"curv":
        (count,) = struct.unpack_from(">I", tag, 8)
        if count > min((len(tag) - 12) // 2, _MOST_SAMPLES):
            raise ValueError(f"a curve of {count} samples in {len(tag)} bytes")
        numbers = struct.unpack_from(f">{count}H", tag, 12)
        if count < 2:
            return ToneCurve(g=numbers[0] / 256 if numbers else 1.0)
        return ToneCurve(tuple(number / 65535 for number in numbers))
    if bytes(tag[:4]) != b"para":
        raise ValueError("no curve")
    (kind,) = struct.unpack_from(">H", tag, 8)
    if kind >= len(_PARAMETERS):
        raise ValueError(f"parametric curve {kind}")
    names = _PARAMETERS[kind]
    return _parametric(kind, dict(zip(names, _fixed(tag, 12, len(names)), strict=True)))


def _parametric(kind: int, told: dict[str, Any]) -> ToneCurve:
    """Return one of the five functions of Table 68 in the one form that contains them all."""
    if kind in (1, 2):  # the foot is level, and ends where the power's base is 0
        if not told["a"]:
            raise ValueError("a parametric curve without slope")
        offset = told.pop("c", 0.0)
        return ToneCurve(**told, d=-told["b"] / told["a"], e=offset, f=offset)
    return ToneCurve(**told)
