"""Quantisation sample by sample, in exact arithmetic. T.800 Annex E and H.1."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor


@dataclass(frozen=True)
class Index:
    """A quantiser index as a block decoder leaves it: bits of the magnitude below `lowest_plane` are not decoded."""

    negative: bool
    magnitude: int
    lowest_plane: int

    def word(self, bits: int) -> int:
        half = 1 << self.lowest_plane if self.magnitude else 0
        return self.negative << (bits - 1) | 2 * self.magnitude + half


def out_of_region(index: Index, roi_shift: int) -> Index:
    """H.1.1: what has bits above the shift belongs to the region, and comes down."""
    if index.magnitude >> roi_shift == 0:
        return index
    return Index(index.negative, index.magnitude >> roi_shift, max(0, index.lowest_plane - roi_shift))


def reconstructed(index: Index) -> Fraction:
    """E.1.1.2 and E.1.2 with r = 1/2: the middle of the interval, in units of the step size."""
    if index.magnitude == 0:
        return Fraction(0)
    value = index.magnitude + Fraction(1 << index.lowest_plane, 2)
    return -value if index.negative else value


def reversible(index: Index) -> int:
    """E.1.2: an integer; with all planes decoded the index itself."""
    value = floor(abs(reconstructed(index)))
    return -value if index.negative else value


def quantized(coefficient: float, inverse_step: Fraction) -> int:
    """E.2 (equation E-6): the magnitude."""
    return floor(abs(Fraction(coefficient)) * inverse_step)
