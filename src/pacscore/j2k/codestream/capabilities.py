"""Ccap15: what kinds of HT code-blocks a codestream may hold, and how many magnitude bits.

Source: T.814 A.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from pacscore.errors import CodestreamError, OptionError
from pacscore.j2k.codestream.segments import Cap

PCAP15: Final = 1 << (32 - 15)
"""The bit of Pcap that stands for Part 15."""

_BLOCKS: Final[dict[int, Literal["ht", "declared", "mixed"]]] = {0b00: "ht", 0b10: "declared", 0b11: "mixed"}
_FLAGS: Final = (0x2000, 0x1000, 0x0800, 0x0020)
_BITS: Final = {name: bits for bits, name in _BLOCKS.items()}


@dataclass(frozen=True, slots=True)
class HtCapabilities:
    """The meaning of Ccap15.

    Attributes
    ----------
    blocks : "ht", "declared" or "mixed"
        All code-blocks are HT; each tile-component is wholly HT or wholly Part 1; both may occur in a tile-component.
    several_sets : bool
        A code-block may have more than one HT set.
    regions_of_interest : bool
        RGN may occur.
    heterogeneous : bool
        Tile-part headers may change how code-blocks are coded.
    irreversible : bool
        The 9-7 filter may occur.
    magnitude_bound : int
        B: 8 to 27, 31 to 71 in steps of 4, or 74.
    """

    blocks: Literal["ht", "declared", "mixed"] = "ht"
    several_sets: bool = False
    regions_of_interest: bool = False
    heterogeneous: bool = False
    irreversible: bool = False
    magnitude_bound: int = 8

    @classmethod
    def from_ccap15(cls, ccap15: int) -> HtCapabilities:
        """Return what a Ccap15 says; CodestreamError if its kind of blocks is reserved."""
        blocks = _BLOCKS.get(ccap15 >> 14)
        if blocks is None:
            raise CodestreamError(
                f"Ccap15 0x{ccap15:04X}: kind of code-blocks 01 is reserved (T.814 A.3)",
                marker="CAP",
                clause="T.814 A.3",
            )
        sets, regions, heterogeneous, irreversible = (bool(ccap15 & bit) for bit in _FLAGS)
        return cls(blocks, sets, regions, heterogeneous, irreversible, magnitude_bound(ccap15 & 0x1F))

    @property
    def ccap15(self) -> int:
        """The field, with the smallest P that covers ``magnitude_bound``."""
        flags = (self.several_sets, self.regions_of_interest, self.heterogeneous, self.irreversible)
        bits = sum(bit for bit, flag in zip(_FLAGS, flags, strict=True) if flag)
        return _BITS[self.blocks] << 14 | bits | bound_parameter(self.magnitude_bound)

    def cap(self) -> Cap:
        """Return a CAP segment that holds this and no other part's capabilities."""
        return Cap(PCAP15, (self.ccap15,))


def magnitude_bound(parameter: int) -> int:
    """Return B, the bound on magnitude bits, from P, the low five bits of Ccap15.

    Source: T.814 A.3 (MAGB).
    """
    if parameter == 0:
        return 8
    if parameter < 20:
        return parameter + 8
    return 4 * (parameter - 19) + 27 if parameter < 31 else 74


def bound_parameter(bound: int) -> int:
    """Return the smallest P whose bound is at least ``bound``; OptionError above 74.

    Source: T.814 A.3 (MAGB).
    """
    for parameter in range(32):
        if magnitude_bound(parameter) >= bound:
            return parameter
    raise OptionError(f"{bound} magnitude bits are beyond what Ccap15 can tell, 74 (T.814 A.3)")
