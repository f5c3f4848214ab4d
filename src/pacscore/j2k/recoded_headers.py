"""The headers of a codestream whose code-blocks go over to the other block coder.

Source: T.800 A.4 to A.8; T.814 A.2 to A.4.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pacscore.j2k.codestream.capabilities import PCAP15, HtCapabilities
from pacscore.j2k.codestream.headers import MainHeader
from pacscore.j2k.codestream.segments import (
    Cap,
    Coc,
    Cod,
    CodingStyle,
    Cpf,
    Plm,
    Plt,
    Poc,
    PocEntry,
    Ppm,
    Ppt,
    Qcc,
    Qcd,
    Rgn,
    Segment,
    Siz,
    Tlm,
)
from pacscore.j2k.plan import TilePlan
from pacscore.j2k.progression_changes import clip_progressions

__all__ = ["ABOUT_PACKETS", "Rewriting", "magnitude_bound", "rewrite_main_header", "rewrite_tile_header"]

_RSIZ_HT = 0x4000
_STYLE_HT, _STYLE_CAUSAL = 0x40, 0x08
_ABOUT_BLOCKS = (Cod, Coc, Qcd, Qcc, Rgn, Poc)

ABOUT_PACKETS = (Tlm, Plm, Plt, Ppm, Ppt)
"""Marker segments that tell of packets and tile-parts as they lie."""


class Rewriting(NamedTuple):
    """What becomes different.

    Attributes
    ----------
    high_throughput : bool
        HT code-blocks rather than those of Part 1.
    styles : int
        Code-block style bits beside those for HT and vertically causal contexts.
    progression : int or None
        One order for all packets; None keeps what there is.
    sop, eph : bool
    """

    high_throughput: bool
    styles: int
    progression: int | None
    sop: bool
    eph: bool


def _rewrite_style(coding: CodingStyle, to: Rewriting) -> CodingStyle:
    return coding._replace(style=coding.style & _STYLE_CAUSAL | to.styles | to.high_throughput * _STYLE_HT)


def _rewrite_cod(cod: Cod, to: Rewriting) -> Cod:
    return cod._replace(
        scod=cod.scod & ~6 | to.sop << 1 | to.eph << 2,
        sgcod_progression=cod.sgcod_progression if to.progression is None else to.progression,
        sgcod_layers=1,
        spcod=_rewrite_style(cod.spcod, to),
    )


def _rewrite(segments: Iterable[Segment], to: Rewriting) -> list[Segment]:
    """Return the segments that do not tell of packets, changed where they tell of code-blocks."""
    rewritten: list[Segment] = []
    progressions: list[PocEntry] = []
    for segment in segments:
        match segment:
            case Cod():
                rewritten.append(_rewrite_cod(segment, to))
            case Coc():
                rewritten.append(segment._replace(spcoc=_rewrite_style(segment.spcoc, to)))
            case Poc():
                progressions += segment.entries
            case _ if not isinstance(segment, ABOUT_PACKETS):
                rewritten.append(segment)
    if progressions and to.progression is None:
        rewritten.append(clip_progressions(progressions, layers=1))
    return rewritten


def rewrite_tile_header(segments: Iterable[Segment], to: Rewriting) -> tuple[Segment, ...]:
    """Return what the header of a tile's first tile-part has, from all segments of its tile-part headers."""
    return tuple(_rewrite(segments, to))


def _without_part_15(cap: Cap) -> Cap | None:
    """Return the capabilities of other parts, None if there are none."""
    if not cap.pcap & PCAP15:
        return cap
    place = (cap.pcap >> (32 - 15 + 1)).bit_count()
    rest = Cap(cap.pcap & ~PCAP15, cap.ccap[:place] + cap.ccap[place + 1 :])
    return rest if rest.pcap else None


def _with_part_15(cap: Cap | None, own: Cap) -> Cap:
    if cap is None:
        return own
    place = (cap.pcap >> (32 - 15 + 1)).bit_count()
    return Cap(cap.pcap | PCAP15, cap.ccap[:place] + own.ccap + cap.ccap[place:])


def magnitude_bound(plans: Iterable[TilePlan]) -> int:
    """Return the most magnitude bits that a cleanup pass of any block can see (T.814 A.3, MAGB)."""
    bound = 8
    for plan in plans:
        for component in plan.components:
            levels = len(component.geometry.resolutions) - 1
            for number, (bitplanes, _) in enumerate(component.bands):
                level = levels if number == 0 else levels - (number - 1) // 3
                bound = max(bound, bitplanes if component.reversible else bitplanes + 1 - level)
    return bound


def rewrite_main_header(
    main: MainHeader, to: Rewriting, plans: Sequence[TilePlan], tile_headers: Sequence[tuple[Segment, ...]]
) -> MainHeader:
    """Return the main header of the recoded codestream, without TLM.

    Parameters
    ----------
    main : MainHeader
        Of the original.
    to : Rewriting
    plans : sequence of TilePlan
        Of all tiles of the original.
    tile_headers : sequence of tuple of Segment
        What their tile-part headers will have.
    """
    siz, others = main.siz, [s for s in main.segments if not isinstance(s, (Siz, Cap, Cpf))]
    cap = None if main.cap is None else _without_part_15(main.cap)
    if to.high_throughput:
        flat = [segment for header in tile_headers for segment in header]
        own = HtCapabilities(
            regions_of_interest=any(isinstance(segment, Rgn) for segment in [*main.segments, *flat]),
            heterogeneous=any(isinstance(segment, _ABOUT_BLOCKS) for segment in flat),
            irreversible=any(not component.reversible for plan in plans for component in plan.components),
            magnitude_bound=magnitude_bound(plans),
        )
        cap = _with_part_15(cap, own.cap())
        siz = siz._replace(rsiz=_RSIZ_HT)
    else:
        profile = next((s.number for s in main.segments if isinstance(s, Cpf)), 0)
        siz = siz._replace(rsiz=profile if 0 <= profile < _RSIZ_HT else 0)
    head: list[Segment] = [siz] if cap is None else [siz, cap]
    return MainHeader((*head, *_rewrite(others, to)))
