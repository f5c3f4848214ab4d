"""The ICC profile of sRGB, for pictures that must carry one.

Source: ICC.1:2010 (profile version 4.3), 7.2 to 10; IEC 61966-2-1.
"""

from __future__ import annotations

import struct

__all__ = ["srgb_profile"]

_D50 = (0.9642, 1.0, 0.8249)
_PRIMARIES = {
    b"rXYZ": (0.43607, 0.22249, 0.01392),
    b"gXYZ": (0.38515, 0.71687, 0.09708),
    b"bXYZ": (0.14307, 0.06061, 0.71410),
}
"""Colorants of sRGB, adapted to D50 by the Bradford transform."""
_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def srgb_profile() -> bytes:
    """Return the profile: colorants and one parametric curve for all three."""
    curve = b"para" + struct.pack(">IHH", 0, 3, 0) + b"".join(map(_fixed, _CURVE))
    tags = {
        b"desc": _text("sRGB"),
        b"cprt": _text("No copyright"),
        b"wtpt": _xyz(_D50),
        **{name: _xyz(value) for name, value in _PRIMARIES.items()},
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    position, directory, body = 128 + 4 + 12 * len(tags), b"", b""
    places: dict[bytes, int] = {}
    for name, value in tags.items():
        if value not in places:
            places[value] = position + len(body)
            body += value + b"\0" * (-len(value) % 4)
        directory += struct.pack(">4sII", name, places[value], len(value))
    size = position + len(body)
    return _header(size) + struct.pack(">I", len(tags)) + directory + body


def _header(size: int) -> bytes:
    """Return the header: version 4.3, a display device, RGB to XYZ, perceptual intent."""
    date = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
    header = struct.pack(">I4sI4s4s4s12s4s", size, b"", 0x04300000, b"mntr", b"RGB ", b"XYZ ", date, b"acsp")
    return (header + b"\0" * 28 + b"".join(map(_fixed, _D50))).ljust(128, b"\0")


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _xyz(value: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(map(_fixed, value))


def _text(text: str) -> bytes:
    """Return a text of one language."""
    coded = text.encode("utf-16-be")
    return b"mluc" + struct.pack(">III2s2sII", 0, 1, 12, b"en", b"US", len(coded), 28) + coded
