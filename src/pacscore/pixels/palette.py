"""Palette colour: indices become red, green and blue."""

from __future__ import annotations

from dataclasses import dataclass

from pacscore.pixels.lookup import LookupTable

__all__ = ["Palette"]


@dataclass(frozen=True, slots=True)
class Palette:
    """The three tables of PALETTE COLOR, or of a supplemental palette.

    Source: PS3.3 C.7.6.3.1.5 and C.7.6.3.1.6; C.7.6.19 (supplemental). Segmented tables (C.7.9.2) are to be expanded
    before.
    """

    red: LookupTable
    green: LookupTable
    blue: LookupTable
