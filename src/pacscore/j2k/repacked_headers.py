"""The headers of a codestream whose packets are rearranged, or some of them left out.

Source: T.800 A.4 to A.9, B.2, B.5.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pacscore.j2k.codestream.headers import MainHeader
from pacscore.j2k.codestream.segments import (
    Coc,
    Cod,
    CodingStyle,
    Cpf,
    Crg,
    Poc,
    PocEntry,
    Prf,
    Qcc,
    Qcd,
    Segment,
    Siz,
)
from pacscore.j2k.progression_changes import clip_progressions
from pacscore.j2k.recoded_headers import ABOUT_PACKETS
from pacscore.j2k.reference_grid import reduce_grid

__all__ = ["Rearrangement", "rearrange_main_header", "rearrange_tile_header"]

_CAPABILITIES = 0xC000
"""The bits of Rsiz that tell of Part 2 and Part 15; the others number a profile."""
_DERIVED = 1


class Rearrangement(NamedTuple):
    """What becomes different.

    Attributes
    ----------
    progression : int or None
        One order for all packets; None keeps what there is.
    layers : int
        At most so many.
    reduce : int
        Resolutions that every tile-component loses.
    resolutions : int
        What is left of the tile-component that has the most.
    sop, eph : bool or None
        None keeps what COD says.
    keeps_profile : bool
        Whether the packets stay where a profile may want them.
    """

    progression: int | None
    layers: int
    reduce: int
    resolutions: int
    sop: bool | None
    eph: bool | None
    keeps_profile: bool


def _bit(byte: int, number: int, wanted: bool | None) -> int:
    return byte if wanted is None else byte & ~(1 << number) | wanted << number


def _style(coding: CodingStyle, reduce: int) -> CodingStyle:
    levels = max(coding.decomposition_levels - reduce, 0)
    return coding._replace(decomposition_levels=levels, precincts=coding.precincts[: levels + 1])


def _cod(cod: Cod, to: Rearrangement) -> Cod:
    return cod._replace(
        scod=_bit(_bit(cod.scod, 1, to.sop), 2, to.eph),
        sgcod_progression=cod.sgcod_progression if to.progression is None else to.progression,
        sgcod_layers=min(cod.sgcod_layers, to.layers),
        spcod=_style(cod.spcod, to.reduce),
    )


def _steps(style: int, steps: tuple[int, ...], reduce: int) -> tuple[int, ...]:
    """Return the values of the bands that stay; a derived one is that of the lowest band."""
    return steps if style == _DERIVED else steps[: max(len(steps) - 3 * reduce, 1)]


def _crg(crg: Crg, reduce: int) -> Crg:
    return Crg(tuple((x >> reduce, y >> reduce) for x, y in crg.entries))


def _rearrange(segments: Iterable[Segment], to: Rearrangement) -> list[Segment]:
    """Return the segments that do not tell of packets as they lie, changed where they tell of layers and levels."""
    rearranged: list[Segment] = []
    progressions: list[PocEntry] = []
    for segment in segments:
        match segment:
            case Cod():
                rearranged.append(_cod(segment, to))
            case Coc():
                rearranged.append(segment._replace(spcoc=_style(segment.spcoc, to.reduce)))
            case Qcd():
                rearranged.append(segment._replace(spqcd=_steps(segment.style, segment.spqcd, to.reduce)))
            case Qcc():
                style = segment.quantization.style
                rearranged.append(segment._replace(spqcc=_steps(style, segment.spqcc, to.reduce)))
            case Crg():
                rearranged.append(_crg(segment, to.reduce))
            case Poc():
                progressions += segment.entries
            case _ if not isinstance(segment, ABOUT_PACKETS):
                rearranged.append(segment)
    if progressions and to.progression is None:
        rearranged.append(clip_progressions(progressions, layers=to.layers, resolutions=to.resolutions))
    return rearranged


def rearrange_tile_header(segments: Iterable[Segment], to: Rearrangement) -> tuple[Segment, ...]:
    """Return what the header of a tile's first tile-part has, from all segments of its tile-part headers."""
    return tuple(_rearrange(segments, to))


def rearrange_main_header(main: MainHeader, to: Rearrangement) -> MainHeader:
    """Return the main header of the rearranged codestream, without TLM and PPM.

    Raises
    ------
    OptionError
        If the image cannot lie on any reference grid at the lower resolution.
    """
    siz = reduce_grid(main.siz, to.reduce)
    others: list[Segment] = [segment for segment in main.segments if not isinstance(segment, Siz)]
    if not to.keeps_profile:
        siz = siz._replace(rsiz=siz.rsiz & _CAPABILITIES)
        others = [segment for segment in others if not isinstance(segment, (Prf, Cpf))]
    return MainHeader((siz, *_rearrange(others, to)))
