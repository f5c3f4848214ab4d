"""What is left of progression changes when there are fewer layers or resolutions.

Source: T.800 A.6.6, B.12.2.
"""

from __future__ import annotations

from collections.abc import Iterable

from pacscore.j2k.codestream.segments import Poc, PocEntry

__all__ = ["clip_progressions"]


def _contains(entry: PocEntry, other: PocEntry) -> bool:
    return (
        entry.rspoc <= other.rspoc
        and entry.repoc >= other.repoc
        and entry.cspoc <= other.cspoc
        and (entry.cepoc == 0 or 0 < other.cepoc <= entry.cepoc)
        and entry.lyepoc >= other.lyepoc
    )


def clip_progressions(entries: Iterable[PocEntry], *, layers: int, resolutions: int = 33) -> Poc:
    """Return the progressions up to some layer and some resolution, without those that would send nothing new."""
    kept: list[PocEntry] = []
    for entry in entries:
        clipped = entry._replace(lyepoc=min(entry.lyepoc, layers), repoc=min(entry.repoc, resolutions))
        if clipped.rspoc < clipped.repoc and not any(_contains(earlier, clipped) for earlier in kept):
            kept.append(clipped)
    return Poc(tuple(kept))
