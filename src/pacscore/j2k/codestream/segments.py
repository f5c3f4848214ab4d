"""The marker segments as named tuples: fields in the standard's letters, in lower case, as they are stored.

Source: T.800 A.4 to A.9; T.814 Annex A.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from pacscore.errors import CodestreamError
from pacscore.j2k.codestream import markers


def _tiles(extent: int, tile_origin: int, tile_size: int) -> int:
    return -((tile_origin - extent) // tile_size)


class SizComponent(NamedTuple):
    """One component in SIZ: precision and sign in ``ssiz``, and how far its samples are apart on the reference grid."""

    ssiz: int
    xrsiz: int = 1
    yrsiz: int = 1

    @property
    def precision(self) -> int:
        """Bits of a sample, 1 to 38."""
        return (self.ssiz & 0x7F) + 1

    @property
    def signed(self) -> bool:
        """Whether samples are two's complement; unsigned ones are level shifted."""
        return self.ssiz >= 0x80


class Siz(NamedTuple):
    """Image and tile size, on the reference grid."""

    rsiz: int
    xsiz: int
    ysiz: int
    xosiz: int
    yosiz: int
    xtsiz: int
    ytsiz: int
    xtosiz: int
    ytosiz: int
    components: tuple[SizComponent, ...]

    @property
    def csiz(self) -> int:
        """Number of components."""
        return len(self.components)

    @property
    def tiles_wide(self) -> int:
        """Tiles in a row of the tile grid."""
        return _tiles(self.xsiz, self.xtosiz, self.xtsiz)

    @property
    def tiles_high(self) -> int:
        """Rows of the tile grid."""
        return _tiles(self.ysiz, self.ytosiz, self.ytsiz)


class Cap(NamedTuple):
    """Extended capabilities: one ``ccap`` for each set bit of ``pcap``, the most significant bit first."""

    pcap: int
    ccap: tuple[int, ...]

    @property
    def ccap15(self) -> int | None:
        """The field of Part 15 (HTJ2K), None where its bit is not set."""
        bit = 1 << (32 - 15)
        if not self.pcap & bit:
            return None
        return self.ccap[(self.pcap >> (32 - 15 + 1)).bit_count()]


class Prf(NamedTuple):
    """Profile, where Rsiz has no number for it."""

    pprf: tuple[int, ...]

    @property
    def number(self) -> int:
        """PRFnum, 4095 and above."""
        return 4095 + sum(part << (16 * i) for i, part in enumerate(self.pprf))


class Cpf(NamedTuple):
    """Corresponding profile: that of the stream with each HT block replaced by a Part 1 block."""

    pcpf: tuple[int, ...]

    @property
    def number(self) -> int:
        """CPFnum, as Rsiz would have it."""
        return sum(part << (16 * i) for i, part in enumerate(self.pcpf)) - 1


class CodingStyle(NamedTuple):
    """SPcod and SPcoc: levels, code-blocks, transform and precincts.

    Attributes
    ----------
    decomposition_levels : int
        N_L, 0 to 32.
    xcb, ycb : int
        Exponents of the code-block's width and height, 2 to 10, in sum at most 12.
    style : int
        Code-block style, bits as in Table A.19 and T.814.
    transform : int
        0 the irreversible 9-7 filter, 1 the reversible 5-3 filter.
    precincts : tuple of (int, int)
        (PPx, PPy) of each resolution, r = 0 first, ``decomposition_levels + 1`` of them; (15, 15) where not signalled.
    """

    decomposition_levels: int
    xcb: int
    ycb: int
    style: int
    transform: int
    precincts: tuple[tuple[int, int], ...]

    @property
    def reversible(self) -> bool:
        """Whether the 5-3 filter is used."""
        return self.transform == 1

    @property
    def high_throughput(self) -> bool:
        """Whether HT code-blocks may occur."""
        return bool(self.style & 0x40)

    @property
    def mixed(self) -> bool:
        """Whether HT and Part 1 code-blocks may occur together."""
        return self.style & 0xC0 == 0xC0

    @property
    def vertically_causal(self) -> bool:
        """Whether contexts do not look into the next stripe."""
        return bool(self.style & 0x08)


class Cod(NamedTuple):
    """Coding style, default. ``scod``: bit 0 precincts are signalled, bit 1 SOP may occur, bit 2 EPH occurs."""

    scod: int
    sgcod_progression: int
    sgcod_layers: int
    sgcod_mct: int
    spcod: CodingStyle


class Coc(NamedTuple):
    """Coding style of one component. ``scoc``: bit 0 precincts are signalled."""

    ccoc: int
    scoc: int
    spcoc: CodingStyle


class Quantization(NamedTuple):
    """What QCD and QCC have in common.

    Attributes
    ----------
    sqcd : int
        Style in the low five bits, guard bits in the high three.
    spqcd : tuple of int
        The fields as stored, LL first: a byte each without quantization, else 16 bits each.
    """

    sqcd: int
    spqcd: tuple[int, ...]

    @property
    def style(self) -> int:
        """0 no quantization, 1 scalar derived, 2 scalar expounded."""
        return self.sqcd & 0x1F

    @property
    def guard_bits(self) -> int:
        """G, 0 to 7."""
        return self.sqcd >> 5

    def exponent_mantissa(self, band_index: int, decomposition_levels: int) -> tuple[int, int]:
        """Return (epsilon_b, mu_b) of a band, counted LL, HL, LH, HH of the coarsest level and so on.

        Source: T.800 A.6.4, E.1.1 (Equation E-5 for the derived style).

        Raises
        ------
        CodestreamError
            If there is no value for the band.
        """
        if band_index > 3 * decomposition_levels:
            raise CodestreamError(f"band {band_index} does not exist with {decomposition_levels} decomposition levels")
        derived = self.style == 1
        if (0 if derived else band_index) >= len(self.spqcd):
            raise CodestreamError(
                f"quantization has {len(self.spqcd)} values, none for band {band_index} (T.800 A.6.4)",
                marker="QCD",
                clause="T.800 A.6.4",
            )
        if self.style == 0:
            return self.spqcd[band_index] >> 3, 0
        value = self.spqcd[0 if derived else band_index]
        finer = (band_index - 1) // 3 if derived and band_index else 0
        return max((value >> 11) - finer, 0), value & 0x7FF


class Qcd(Quantization):
    """Quantization, default."""

    __slots__ = ()


class Qcc(NamedTuple):
    """Quantization of one component; ``quantization`` has the values."""

    cqcc: int
    sqcc: int
    spqcc: tuple[int, ...]

    @property
    def quantization(self) -> Quantization:
        """The same without the component."""
        return Quantization(self.sqcc, self.spqcc)


class Rgn(NamedTuple):
    """Region of interest of one component; ``sprgn`` is the implicit shift s of the maxshift method."""

    crgn: int
    srgn: int
    sprgn: int


class PocEntry(NamedTuple):
    """One progression: starts inclusive, ends exclusive. As stored, ``cepoc`` 0 stands for all components."""

    rspoc: int
    cspoc: int
    lyepoc: int
    repoc: int
    cepoc: int
    ppoc: int


class Poc(NamedTuple):
    """Progression order changes."""

    entries: tuple[PocEntry, ...]


class Tlm(NamedTuple):
    """Tile-part lengths: (Ttlm or None, Ptlm) of successive tile-parts; ``stlm`` tells the field widths."""

    ztlm: int
    stlm: int
    entries: tuple[tuple[int | None, int], ...]


class Plm(NamedTuple):
    """Packet lengths in the main header, joined over segments before they can be read."""

    zplm: int
    data: bytes


class Plt(NamedTuple):
    """Packet lengths of a tile-part, in bytes."""

    zplt: int
    lengths: tuple[int, ...]


class Ppm(NamedTuple):
    """Packed packet headers in the main header, joined over segments before they can be read."""

    zppm: int
    data: bytes


class Ppt(NamedTuple):
    """Packed packet headers of a tile-part."""

    zppt: int
    data: bytes


class Crg(NamedTuple):
    """Component registration: (Xcrg, Ycrg) of each component, in 65536ths of its sample spacing."""

    entries: tuple[tuple[int, int], ...]


class Com(NamedTuple):
    """A comment; ``rcom`` 0 is binary, 1 is text."""

    rcom: int
    data: bytes

    @property
    def text(self) -> str | None:
        """The text, None where the comment is binary."""
        return self.data.decode("iso8859-15") if self.rcom == 1 else None


class Sot(NamedTuple):
    """Start of a tile-part: tile, length from this marker on (0: up to EOC), part, number of parts (0: not told)."""

    isot: int
    psot: int
    tpsot: int
    tnsot: int


class Unknown(NamedTuple):
    """A segment that is kept and not understood; ``data`` is None for a marker that has no segment."""

    marker: int
    data: bytes | None = None


Segment = (
    Siz | Cap | Prf | Cpf | Cod | Coc | Qcd | Qcc | Rgn | Poc | Tlm | Plm | Plt | Ppm | Ppt | Crg | Com | Sot | Unknown
)

_MARKERS: Final[dict[type[Segment], int]] = {
    Siz: markers.SIZ,
    Cap: markers.CAP,
    Prf: markers.PRF,
    Cpf: markers.CPF,
    Cod: markers.COD,
    Coc: markers.COC,
    Qcd: markers.QCD,
    Qcc: markers.QCC,
    Rgn: markers.RGN,
    Poc: markers.POC,
    Tlm: markers.TLM,
    Plm: markers.PLM,
    Plt: markers.PLT,
    Ppm: markers.PPM,
    Ppt: markers.PPT,
    Crg: markers.CRG,
    Com: markers.COM,
    Sot: markers.SOT,
}


def marker_of(segment: Segment) -> int:
    """Return the marker code of a segment."""
    return segment.marker if isinstance(segment, Unknown) else _MARKERS[type(segment)]
