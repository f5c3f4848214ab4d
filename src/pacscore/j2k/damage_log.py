"""Keeps account of what a decoder meets, or raises the first damage, as the caller asked."""

from __future__ import annotations

from typing import Literal

from pacscore.errors import CodestreamError, OptionError, TruncatedError
from pacscore.report import Damage, DecodeReport

__all__ = ["DamageLog", "OnDamage"]

OnDamage = Literal["raise", "conceal"]

_MOST = 100


class DamageLog:
    """The making of a `DecodeReport`; several threads may write to it.

    Parameters
    ----------
    on_damage : "raise" or "conceal"
        Whether `add` raises.
    """

    def __init__(self, on_damage: OnDamage) -> None:
        if on_damage not in ("raise", "conceal"):
            raise OptionError(f"on_damage={on_damage!r} is neither 'raise' nor 'conceal'")
        self.raises = on_damage == "raise"
        self.notes: list[str] = []
        self._damages: list[Damage] = []
        self._packets: list[tuple[int, int]] = []
        self._blocks: list[int] = []

    def add(self, damage: Damage) -> None:
        """Keep a damage, or raise it as TruncatedError or CodestreamError."""
        if self.raises:
            kind = TruncatedError if damage.kind == "truncated" else CodestreamError
            raise kind(damage.what, offset=damage.offset)
        self._damages.append(damage)

    def count_packets(self, expected: int, read: int) -> None:
        """Add the packets of one tile."""
        self._packets.append((expected, read))

    def count_blocks(self, damaged: int) -> None:
        """Add the code-blocks of one tile that did not decode."""
        self._blocks.append(damaged)

    def report(self) -> DecodeReport:
        """Return what was kept, tile by tile."""
        damages = sorted(self._damages, key=lambda damage: -1 if damage.tile is None else damage.tile)
        return DecodeReport(
            packets_expected=sum(expected for expected, _ in self._packets),
            packets_read=sum(read for _, read in self._packets),
            blocks_damaged=sum(self._blocks),
            damages=tuple(damages[:_MOST]),
            notes=tuple(self.notes[:_MOST]),
        )
