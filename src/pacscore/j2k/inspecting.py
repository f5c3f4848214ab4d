"""What a codestream is, from its headers alone.

Source: T.800 Annexes A, B and I; T.814 Annex A.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Literal, TypeAlias

import numpy as np

from pacscore.j2k.boxes.channels import Channel
from pacscore.j2k.boxes.colour import choose_colour_space
from pacscore.j2k.boxes.reader import find_codestream
from pacscore.j2k.boxes.records import Wrapper
from pacscore.j2k.codestream.headers import Codestream, MainHeader
from pacscore.j2k.codestream.reader import read_codestream
from pacscore.j2k.codestream.resolve import tile_coding
from pacscore.j2k.codestream.segments import Coc, Cod, CodingStyle, Plt, Poc, Ppm, Ppt, Rgn, Siz, Tlm
from pacscore.limits import Limits
from pacscore.pixel_format import container_dtype
from pacscore.report import Damage

__all__ = ["CodestreamInfo", "ComponentInfo", "describe", "inspect"]

BytesLike: TypeAlias = bytes | bytearray | memoryview

_PROGRESSIONS: Final = ("LRCP", "RLCP", "RPCL", "PCRL", "CPRL")


@dataclass(frozen=True, slots=True)
class ComponentInfo:
    """One component.

    Attributes
    ----------
    precision : int
        Bits of a sample, 1 to 38.
    signed : bool
    xrsiz, yrsiz : int
        How far samples are apart on the reference grid.
    rows, columns : int
        Its size, in samples.
    """

    precision: int
    signed: bool
    xrsiz: int
    yrsiz: int
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class CodestreamInfo:
    """What the headers of a codestream say.

    Where tiles or components differ, the fields about coding are those of the main header's COD; but ``max_reduce``,
    ``layers``, ``reversible``, ``block_coder``, ``packed_headers`` and ``roi`` look at all of them.

    Attributes
    ----------
    rows, columns : int, in samples
        The size of the largest component; that of the array where components have one size.
    components : tuple of ComponentInfo
    tile_rows, tile_columns : int, on the reference grid
        The size of a tile that is whole.
    tiles_high, tiles_wide : int
        The tile grid.
    decomposition_levels : int
        N_L of the main header's COD.
    max_reduce : int
        The largest ``reduce`` that decoding takes: the smallest number of levels of any tile-component.
    layers : int
        The most that a tile has.
    progression : str
        "LRCP", "RLCP", "RPCL", "PCRL" or "CPRL".
    reversible : bool
        Whether every tile-component uses the 5-3 filter. The image is lossless if it was coded down to the last layer.
    color_transform : "rct", "ict" or None
        How the first three components were transformed.
    block_coder : "part1", "ht" or "mixed"
        "mixed" wherever both kinds of code-blocks may occur.
    code_block_rows, code_block_columns : int
    precincts : tuple of (int, int)
        (rows, columns) in samples, the highest resolution first; 32768 where precincts are not limited.
    file_format : "codestream", "jp2" or "jph"
    has_tlm, has_plt : bool
        Whether lengths of tile-parts, of packets, are told.
    packed_headers : bool
        Whether packet headers are apart from their packets, in PPM or PPT.
    roi : bool
        Whether a component has a region of interest.
    progression_changes : bool
        Whether there is a POC; ``progression`` then tells only part.
    comments : tuple of str
        The comments that are text.
    tile_parts : int
    damages : tuple of Damage
        What is wrong with the tile-parts; packets are not looked at.
    notes : tuple of str
        Oddities that do not hinder decoding.
    file : Wrapper or None
        All boxes of a JP2 or JPH file; None for a bare codestream.
    """

    schema: ClassVar[int] = 1
    rows: int
    columns: int
    components: tuple[ComponentInfo, ...]
    tile_rows: int
    tile_columns: int
    tiles_high: int
    tiles_wide: int
    decomposition_levels: int
    max_reduce: int
    layers: int
    progression: str
    reversible: bool
    color_transform: Literal["rct", "ict"] | None
    block_coder: Literal["part1", "ht", "mixed"]
    code_block_rows: int
    code_block_columns: int
    precincts: tuple[tuple[int, int], ...]
    file_format: Literal["codestream", "jp2", "jph"]
    has_tlm: bool
    has_plt: bool
    packed_headers: bool
    roi: bool
    progression_changes: bool
    comments: tuple[str, ...]
    tile_parts: int
    damages: tuple[Damage, ...]
    notes: tuple[str, ...]
    file: Wrapper | None = None

    @property
    def precision(self) -> int:
        """The most bits that a component's samples have."""
        return max(component.precision for component in self.components)

    @property
    def signed(self) -> bool:
        """Whether a component has signed samples."""
        return any(component.signed for component in self.components)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The dtype that decoding gives: the smallest that holds the samples of every component."""
        return container_dtype(max(c.precision + (self.signed and not c.signed) for c in self.components), self.signed)

    @property
    def shape(self) -> tuple[int, ...] | None:
        """The shape that decoding gives, ``(rows, columns[, components])``; None where components differ in size."""
        if len({(component.rows, component.columns) for component in self.components}) > 1:
            return None
        many = len(self.components) > 1
        return (self.rows, self.columns, len(self.components)) if many else (self.rows, self.columns)

    @property
    def tiles(self) -> int:
        """Number of tiles."""
        return self.tiles_high * self.tiles_wide

    @property
    def color_space(self) -> str | None:
        """The colour space that a file's samples are in, as in ``"sYCC"`` or ``"ICC profile"``; None if bare.

        Raises
        ------
        UnsupportedError
            If it is none that ``decode(color="rendered")`` can handle.
        """
        return None if self.file is None else choose_colour_space(self.file.colours).name

    @property
    def rendered_channels(self) -> tuple[Channel, ...]:
        """What each channel of ``decode(color="rendered")`` is: kind, precision, sign, and where it comes from.

        Raises
        ------
        CodestreamError, UnsupportedError
            As that call does.
        """
        from pacscore.j2k.rendering import rendered_channels  # noqa: PLC0415 - few need it

        return rendered_channels(self.file, [(c.precision, c.signed) for c in self.components])

    def to_json(self) -> str:
        """Return all fields as a JSON object, with its schema number and the dtype's name; of bytes only how many."""
        fields = {"schema": self.schema, "dtype": self.dtype.name, **dataclasses.asdict(self)}
        return json.dumps(
            fields, default=lambda value: {"bytes": len(value)} if isinstance(value, bytes) else str(value)
        )


def inspect(data: BytesLike, *, limits: Limits | None = None) -> CodestreamInfo:
    """Return what a codestream is: size, components, tiles, coding; nothing is decoded.

    Source: T.800 Annex A, B.2, I.5.

    Parameters
    ----------
    data : bytes-like
        A bare codestream, or a JP2 or JPH file. One that is cut short behind its main header will do.
    limits : Limits, optional
        As every entry takes them. Headers cost memory in proportion to the data, so there is nothing to refuse here.

    Returns
    -------
    CodestreamInfo

    Raises
    ------
    TruncatedError
        If the data ends inside the main header.
    CodestreamError
        If the main header, or a box in front of it, is wrong.
    UnsupportedError
        If extensions of T.801 are needed.
    """
    del limits
    wrapper = find_codestream(data)
    return describe(wrapper, read_codestream(data, wrapper.start, wrapper.stop))


def describe(wrapper: Wrapper, codestream: Codestream) -> CodestreamInfo:
    """Return what the headers say that were read, of a codestream and of what it is wrapped in."""
    main = codestream.main
    tile = tile_coding(main, ())
    components = _components(main.siz)
    in_use, layers = _coding_in_use(codestream)
    segments = [*main.segments, *(segment for part in codestream.tile_parts for segment in part.segments)]
    kinds = {type(segment) for segment in segments}
    default = main.cod.spcod
    return CodestreamInfo(
        rows=max(component.rows for component in components),
        columns=max(component.columns for component in components),
        components=components,
        tile_rows=main.siz.ytsiz,
        tile_columns=main.siz.xtsiz,
        tiles_high=main.siz.tiles_high,
        tiles_wide=main.siz.tiles_wide,
        decomposition_levels=default.decomposition_levels,
        max_reduce=min(style.decomposition_levels for style in in_use),
        layers=layers,
        progression=_PROGRESSIONS[tile.progression],
        reversible=all(style.reversible for style in in_use),
        color_transform=_color_transform(main, tile.mct),
        block_coder=_block_coder(in_use),
        code_block_rows=1 << default.ycb,
        code_block_columns=1 << default.xcb,
        precincts=tuple((1 << ppy, 1 << ppx) for ppx, ppy in reversed(default.precincts)),
        file_format=wrapper.file_format,
        has_tlm=Tlm in kinds,
        has_plt=Plt in kinds,
        packed_headers=not kinds.isdisjoint((Ppm, Ppt)),
        roi=Rgn in kinds,
        progression_changes=Poc in kinds,
        comments=tuple(comment.text for comment in main.comments if comment.text is not None),
        tile_parts=len(codestream.tile_parts),
        damages=codestream.damages,
        notes=(*wrapper.notes, *_disagreements(wrapper, main.siz), *codestream.notes),
        file=None if wrapper.file_format == "codestream" else wrapper,
    )


def _components(siz: Siz) -> tuple[ComponentInfo, ...]:
    """Return the components; their sizes are those of the image area, Equation B-2."""
    return tuple(
        ComponentInfo(
            component.precision,
            component.signed,
            component.xrsiz,
            component.yrsiz,
            _samples(siz.yosiz, siz.ysiz, component.yrsiz),
            _samples(siz.xosiz, siz.xsiz, component.xrsiz),
        )
        for component in siz.components
    )


def _samples(start: int, stop: int, spacing: int) -> int:
    return -(-stop // spacing) + (-start // spacing)


def _coding_in_use(codestream: Codestream) -> tuple[set[CodingStyle], int]:
    """Return the coding styles of all tile-components, and the most layers.

    This takes time in proportion to the segments, not to the tile-components.
    """
    main = codestream.main
    headers: list[tuple[Cod | None, dict[int, Coc]]] = []
    for parts in codestream.by_tile().values():
        segments = [segment for part in parts for segment in part.segments]
        cod = next((segment for segment in reversed(segments) if isinstance(segment, Cod)), None)
        headers.append((cod, {segment.ccoc: segment for segment in segments if isinstance(segment, Coc)}))
    if sum(cod is not None for cod, _ in headers) < main.siz.tiles_wide * main.siz.tiles_high:
        headers.append((main.cod, main.cocs))
    styles: set[CodingStyle] = set()
    for cod, cocs in headers:
        styles.update(coc.spcoc for coc in cocs.values())
        if cod is not None and len(cocs) < main.siz.csiz:
            styles.add(cod.spcod)
    return styles, max(cod.sgcod_layers for cod, _ in headers if cod is not None)


def _color_transform(main: MainHeader, mct: int) -> Literal["rct", "ict"] | None:
    if not mct:
        return None
    coc = main.cocs.get(0)
    style = main.cod.spcod if coc is None else coc.spcoc
    return "rct" if style.reversible else "ict"


def _block_coder(styles: set[CodingStyle]) -> Literal["part1", "ht", "mixed"]:
    if not any(style.high_throughput for style in styles):
        return "part1"
    return "ht" if all(style.high_throughput and not style.mixed for style in styles) else "mixed"


def _disagreements(wrapper: Wrapper, siz: Siz) -> tuple[str, ...]:
    """Return where boxes and SIZ differ. Source: T.800 I.5.3.1, I.5.3.2."""
    notes = []
    header = wrapper.image_header
    if header is not None:
        told = (header.height, header.width, header.nc)
        true = (siz.ysiz - siz.yosiz, siz.xsiz - siz.xosiz, siz.csiz)
        if told != true:
            notes.append(f"box 'ihdr' says height, width and components {told}, SIZ says {true}; SIZ counts")
    depths = tuple(component.precision - 1 | component.signed << 7 for component in siz.components)
    if wrapper.bits_per_component and wrapper.bits_per_component != depths:
        notes.append("box 'bpcc' and SIZ differ in the components' precisions or signs; SIZ counts")
    return tuple(notes)
