"""Colours that DICOM writes as CIELab."""

from __future__ import annotations

__all__ = ["srgb_of_cielab"]

_WHITE = (0.9642, 1.0, 0.8249)
"""D50, the illuminant of the profile connection space."""
_TO_SRGB = (
    (3.1338561, -1.6168667, -0.4906146),
    (-0.9787684, 1.9161415, 0.0334540),
    (0.0719453, -0.2289914, 1.4052427),
)
"""XYZ relative to D50 to linear sRGB: the matrix of IEC 61966-2-1 after a Bradford adaptation."""


def srgb_of_cielab(lightness: int, a: int, b: int) -> tuple[int, int, int]:
    """Return red, green and blue of 0 to 255, clamped to what sRGB holds.

    Source: PS3.3 C.10.7.1.1 (encoding of CIELab values); ISO 11664-4 (CIELab); IEC 61966-2-1 (sRGB).

    Parameters
    ----------
    lightness, a, b : int
        Words as DICOM has them: 0 to 65,535 stand for L* of 0 to 100, and for a* and b* of -128 to 127.
    """
    middle = (lightness / 65535 * 100 + 16) / 116
    roots = (middle + (a / 65535 * 255 - 128) / 500, middle, middle - (b / 65535 * 255 - 128) / 200)
    xyz = [white * _cubed(root) for white, root in zip(_WHITE, roots, strict=True)]
    red, green, blue = (_gamma(sum(factor * one for factor, one in zip(row, xyz, strict=True))) for row in _TO_SRGB)
    return red, green, blue


def _cubed(root: float) -> float:
    return root**3 if root > 6 / 29 else 3 * (6 / 29) ** 2 * (root - 4 / 29)


def _gamma(linear: float) -> int:
    linear = min(max(linear, 0.0), 1.0)
    level = 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055
    return int(level * 255 + 0.5)
