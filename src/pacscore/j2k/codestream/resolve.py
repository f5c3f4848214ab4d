"""Which segment counts for a tile and for each of its components: tile before main, COC before COD, QCC before QCD.

Source: T.800 A.6 (order of precedence of the marker segments).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pacscore.errors import CodestreamError
from pacscore.j2k.codestream.headers import MainHeader, join_progressions
from pacscore.j2k.codestream.segments import Coc, Cod, CodingStyle, PocEntry, Qcc, Qcd, Quantization, Rgn, Segment


class ComponentCoding(NamedTuple):
    """How one tile-component is coded.

    Attributes
    ----------
    coding : CodingStyle
    quantization : Quantization
        With a value for each of the component's bands.
    roi_shift : int
        s of the maxshift method, 0 without a region of interest.
    """

    coding: CodingStyle
    quantization: Quantization
    roi_shift: int


class TileCoding(NamedTuple):
    """How the packets of one tile are ordered and framed.

    Attributes
    ----------
    progression : int
        0 LRCP, 1 RLCP, 2 RPCL, 3 PCRL, 4 CPRL; without meaning where ``poc`` has entries.
    layers : int
    mct : int
        1 where the first three components are transformed together.
    sop, eph : bool
        Whether SOP may, and EPH must, frame packet headers.
    poc : tuple of PocEntry
        The progressions one after another, their ends clipped to what can exist; empty without POC.
    """

    progression: int
    layers: int
    mct: int
    sop: bool
    eph: bool
    poc: tuple[PocEntry, ...]


def component_coding(main: MainHeader, tile_header_segments: Sequence[Segment], component: int) -> ComponentCoding:
    """Return how a component is coded in a tile; for all components at once use `component_codings`."""
    return component_codings(main, tile_header_segments, range(component, component + 1))[0]


def component_codings(
    main: MainHeader, tile_header_segments: Sequence[Segment], components: range | None = None
) -> tuple[ComponentCoding, ...]:
    """Return how each component is coded in a tile.

    Parameters
    ----------
    main : MainHeader
    tile_header_segments : sequence of Segment
        Of all the tile's tile-part headers, in the order of TPsot.
    components : range, optional
        Those asked for, instead of all.

    Raises
    ------
    CodestreamError
        If the bands of a component are more than its quantization has values for.
    """
    tile = _TileHeader(tile_header_segments)
    return tuple(
        _checked(tile.coding(main, component), tile.quantization(main, component), tile.roi_shift(main, component))
        for component in components or range(main.siz.csiz)
    )


def tile_coding(main: MainHeader, tile_header_segments: Sequence[Segment]) -> TileCoding:
    """Return how a tile's packets are ordered; a tile's POC stands in for the main one, and either for COD's order.

    Parameters
    ----------
    main : MainHeader
    tile_header_segments : sequence of Segment
        Of all the tile's tile-part headers, in the order of TPsot.
    """
    cod = next((segment for segment in reversed(tile_header_segments) if isinstance(segment, Cod)), main.cod)
    csiz = main.siz.csiz
    poc = join_progressions(tile_header_segments) or main.poc
    return TileCoding(
        cod.sgcod_progression,
        cod.sgcod_layers,
        cod.sgcod_mct if csiz >= 3 else 0,
        bool(cod.scod & 2),
        bool(cod.scod & 4),
        tuple(_clipped(entry, csiz, cod.sgcod_layers) for entry in poc.entries) if poc else (),
    )


class _TileHeader:
    """The parameters in a tile's headers, by kind and component."""

    __slots__ = ("_coc", "_cod", "_qcc", "_qcd", "_rgn")

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._cod: CodingStyle | None = None
        self._qcd: Quantization | None = None
        self._coc: dict[int, CodingStyle] = {}
        self._qcc: dict[int, Quantization] = {}
        self._rgn: dict[int, int] = {}
        for segment in segments:
            match segment:
                case Cod():
                    self._cod = segment.spcod
                case Coc():
                    self._coc[segment.ccoc] = segment.spcoc
                case Qcd():
                    self._qcd = segment
                case Qcc():
                    self._qcc[segment.cqcc] = segment.quantization
                case Rgn():
                    self._rgn[segment.crgn] = segment.sprgn

    def coding(self, main: MainHeader, component: int) -> CodingStyle:
        own = self._coc.get(component) or self._cod
        if own is not None:
            return own
        coc = main.cocs.get(component)
        return main.cod.spcod if coc is None else coc.spcoc

    def quantization(self, main: MainHeader, component: int) -> Quantization:
        own = self._qcc.get(component) or self._qcd
        if own is not None:
            return own
        qcc = main.qccs.get(component)
        return main.qcd if qcc is None else qcc.quantization

    def roi_shift(self, main: MainHeader, component: int) -> int:
        own = self._rgn.get(component)
        if own is not None:
            return own
        rgn = main.rgns.get(component)
        return 0 if rgn is None else rgn.sprgn


def _checked(coding: CodingStyle, quantization: Quantization, roi_shift: int) -> ComponentCoding:
    bands = 3 * coding.decomposition_levels + 1
    if quantization.style != 1 and len(quantization.spqcd) < bands:
        raise CodestreamError(
            f"quantization has {len(quantization.spqcd)} values for {bands} bands (T.800 A.6.4)",
            marker="QCD",
            clause="T.800 A.6.4",
        )
    return ComponentCoding(coding, quantization, roi_shift)


def _clipped(entry: PocEntry, csiz: int, layers: int) -> PocEntry:
    return entry._replace(
        lyepoc=min(entry.lyepoc, layers),
        repoc=min(entry.repoc, 33),
        cepoc=min(entry.cepoc or csiz, csiz),
    )
