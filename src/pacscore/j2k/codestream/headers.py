"""What a codestream consists of: the main header, and its tile-parts.

Source: T.800 A.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from pacscore.errors import CodestreamError
from pacscore.j2k.codestream.segments import Cap, Coc, Cod, Com, Poc, Ppm, Qcc, Qcd, Rgn, Segment, Siz, Sot, Tlm
from pacscore.report import Damage

_S = TypeVar("_S", bound=Segment)


@dataclass(frozen=True, slots=True, eq=False)
class MainHeader:
    """The marker segments from SOC to the first SOT, both left out; a key of caches by its identity.

    Attributes
    ----------
    segments : tuple of Segment
        In the order of the stream.
    stop : int, in bytes
        Offset of the first SOT in the data; 0 for a header that was not read from data.
    notes : tuple of str
        Oddities that do not hinder decoding.
    siz, cod, qcd, cap
        Those segments; ``cap`` may be None. Where one is repeated, the last counts.
    poc : Poc or None
        The progressions, None for the one that COD names.
    cocs, qccs, rgns : dict
        Segments of single components, by component.
    tlms, ppms : tuple
        In the order of their Ztlm and Zppm.
    comments : tuple of Com

    Raises
    ------
    CodestreamError
        If there is no SIZ, COD or QCD.
    """

    segments: tuple[Segment, ...]
    stop: int = 0
    notes: tuple[str, ...] = ()
    siz: Siz = field(init=False, repr=False)
    cod: Cod = field(init=False, repr=False)
    qcd: Qcd = field(init=False, repr=False)
    cap: Cap | None = field(init=False, repr=False)
    poc: Poc | None = field(init=False, repr=False)
    cocs: dict[int, Coc] = field(init=False, repr=False)
    qccs: dict[int, Qcc] = field(init=False, repr=False)
    rgns: dict[int, Rgn] = field(init=False, repr=False)
    tlms: tuple[Tlm, ...] = field(init=False, repr=False)
    ppms: tuple[Ppm, ...] = field(init=False, repr=False)
    comments: tuple[Com, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        sorted_out = {
            "siz": _required(self.segments, Siz),
            "cod": _required(self.segments, Cod),
            "qcd": _required(self.segments, Qcd),
            "cap": next(reversed(_every(self.segments, Cap)), None),
            "poc": join_progressions(self.segments),
            "cocs": {coc.ccoc: coc for coc in _every(self.segments, Coc)},
            "qccs": {qcc.cqcc: qcc for qcc in _every(self.segments, Qcc)},
            "rgns": {rgn.crgn: rgn for rgn in _every(self.segments, Rgn)},
            "tlms": tuple(sorted(_every(self.segments, Tlm), key=lambda tlm: tlm.ztlm)),
            "ppms": tuple(sorted(_every(self.segments, Ppm), key=lambda ppm: ppm.zppm)),
            "comments": tuple(_every(self.segments, Com)),
        }
        for name, value in sorted_out.items():
            object.__setattr__(self, name, value)


class TilePart(NamedTuple):
    """A tile-part: where it is, and the segments of its header.

    Attributes
    ----------
    sot : Sot
        As stored.
    offset : int, in bytes
        Where its SOT is in the data.
    segments : tuple of Segment
        Between SOT and SOD. Segments that may only stand in a tile's first part are left out of later ones.
    body_start, body_stop : int, in bytes
        The packets, clipped to the data.
    number : int
        Which tile-part of the stream it is, from 0; those that could not be read are counted too.
    """

    sot: Sot
    offset: int
    segments: tuple[Segment, ...]
    body_start: int
    body_stop: int
    number: int = 0


class Codestream(NamedTuple):
    """A codestream, read down to its tile-parts.

    Attributes
    ----------
    main : MainHeader
    tile_parts : tuple of TilePart
        In the order of the stream, but that the parts of one tile are always in the order of TPsot.
    start, end : int, in bytes
        The codestream in the data: from SOC to behind EOC, or to the end of the data where there is no EOC.
    eoc : bool
        Whether EOC was found.
    damages : tuple of Damage
        What is wrong with tile-parts; at most the first hundred.
    notes : tuple of str
        Oddities that do not hinder decoding, those of the main header first.
    """

    main: MainHeader
    tile_parts: tuple[TilePart, ...]
    start: int
    end: int
    eoc: bool
    damages: tuple[Damage, ...] = ()
    notes: tuple[str, ...] = ()

    def by_tile(self) -> dict[int, tuple[TilePart, ...]]:
        """Return the parts of each tile that has any, in the order of TPsot."""
        if len(self.tile_parts) == 1:
            return {self.tile_parts[0].sot.isot: self.tile_parts}
        parts: dict[int, list[TilePart]] = {}
        for part in self.tile_parts:
            parts.setdefault(part.sot.isot, []).append(part)
        return {tile: tuple(found) for tile, found in parts.items()}


def join_progressions(segments: Sequence[Segment]) -> Poc | None:
    """Return the entries of all POC segments as one, None where there is no POC."""
    pocs = _every(segments, Poc)
    if len(pocs) < 2:
        return pocs[0] if pocs else None
    return Poc(tuple(entry for poc in pocs for entry in poc.entries))


def _every(segments: Sequence[Segment], kind: type[_S]) -> list[_S]:
    return [segment for segment in segments if isinstance(segment, kind)]


def _required(segments: Sequence[Segment], kind: type[_S]) -> _S:
    found = _every(segments, kind)
    if not found:
        name = kind.__name__.upper()
        raise CodestreamError(f"the main header has no {name} (T.800 A.3)", marker=name, clause="T.800 A.3")
    return found[-1]
