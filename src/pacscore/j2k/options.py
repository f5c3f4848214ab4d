"""What a caller may choose when encoding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pacscore.errors import OptionError
from pacscore.j2k.packets.progression import PROGRESSIONS
from pacscore.region import Region

__all__ = ["J2KOptions", "PackedHeaders", "Progression", "ProgressionChange", "TileParts", "check_choice"]

Progression = Literal["LRCP", "RLCP", "RPCL", "PCRL", "CPRL"]
TileParts = Literal["single", "resolution", "component", "layer"]
PackedHeaders = Literal["main", "tile"]

_STYLES = ("bypass", "reset", "termall", "causal", "predictable", "segsym")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressionChange:
    """One of several progressions that follow each other: which packets it has, and in what order.

    A packet that an earlier one has sent is left out. Ends are exclusive; None: all there are.

    Source: T.800 A.6.6, B.12.2.

    Attributes
    ----------
    progression : {"LRCP", "RLCP", "RPCL", "PCRL", "CPRL"}
    resolution_start : int
    resolution_end : int, optional
    component_start : int
    component_end : int, optional
    layer_end : int, optional

    Raises
    ------
    OptionError
        If the bounds are impossible.
    """

    progression: Progression
    resolution_start: int = 0
    resolution_end: int | None = None
    component_start: int = 0
    component_end: int | None = None
    layer_end: int | None = None

    def __post_init__(self) -> None:
        check_choice("progression", self.progression, PROGRESSIONS)
        _check_range("resolution_start", self.resolution_start, 0, 32)
        _check_range("resolution_end", self.resolution_end, self.resolution_start + 1, 33)
        _check_range("component_start", self.component_start, 0, 16383)
        _check_range("component_end", self.component_end, self.component_start + 1, 16384)
        _check_range("layer_end", self.layer_end, 1, 65535)


@dataclass(frozen=True, slots=True, kw_only=True)
class J2KOptions:
    """Choices for encoding JPEG 2000; None stands for what the transfer syntax asks for, else for what is usual.

    Attributes
    ----------
    decomposition_levels : int, optional
        0 to 32. Usual: 5, fewer for tiny images; for .202 enough to bring both sides of the lowest resolution to 64.
    code_block_rows, code_block_columns : int
        Powers of two from 4 to 1024, with a product of at most 4096.
    progression : {"LRCP", "RLCP", "RPCL", "PCRL", "CPRL"}, optional
        Usual: RPCL.
    progression_changes : tuple of ProgressionChange
        Instead of one progression for all packets; together they must have all of them.
    precincts : tuple of (rows, columns), optional
        Powers of two, in samples, highest resolution first; the last one repeats. Usual: the largest there are.
    tile_rows, tile_columns : int, optional
        Size of a tile, on the reference grid. Usual: the image is one tile.
    image_offset : (int, int)
        Where the image's upper-left corner lies on the reference grid, as (row, column).
    tile_offset : (int, int), optional
        In the same way that of the first tile, which must reach into the image. Usual: that of the image.
    subsampling : tuple of (rows, columns), optional
        How many rows and columns of the reference grid lie between the samples of each component, 1 to 255. Usual: 1,
        and for the smaller ones of components that differ in size what makes them that small, if only one number does.
    reversible : bool, optional
        5-3 wavelet without quantisation, so lossless; else 9-7.
    quantization_step : float, optional
        For 9-7: relative to the full range of samples, that of each component. Usual: one grey level, finer for a rate
        or a PSNR.
    derived_quantization : bool
        For 9-7: only the step of the lowest band is written, and all others follow from it.
    guard_bits : int, optional
        0 to 7. Usual: as many as no image can exceed.
    color_transform : bool, optional
        RCT or ICT on the first three components, which are alike. Usual: for three alike and unsigned components.
    layers : int
        Quality layers. Usual: as many as `rate` or `psnr` has values, and one more where the transfer syntax is
        lossless. One more than there are values: the last layer has everything, so that reversible coding ends without
        loss.
    rate : float or tuple of float, optional
        At most so many bits a pixel of the whole picture, headers included: a value for each layer with those before
        it, or one for the last lossy layer, which earlier ones are derived from. 9-7 is usual then.
    psnr : float or tuple of float, optional
        In the same way, at least so many dB; the peak is 2^bits_stored - 1, that of each component.
    tile_parts : {"single", "resolution", "component", "layer"}, optional
        At what changes a new tile-part begins. "resolution" also puts the lowest resolution of all tiles first.
    tlm, plt : bool, optional
        Whether to write tile-part lengths into the main header, packet lengths into tile-part headers.
    sop, eph : bool
        Whether to frame packet headers by these markers.
    packed_headers : {"main", "tile"}, optional
        Put all packet headers into the main header (PPM), or into those of the tile-parts (PPT). With "main",
        tile-parts lie tile by tile whatever they begin at, and .202, which promises otherwise, is refused.
    styles : tuple of str
        Code-block styles: "bypass", "reset", "termall", "causal", "predictable", "segsym" (T.800 Table A.19); for HT
        only "causal".
    roi : Region or tuple of Region
        Regions of interest, in pixels: what their reconstruction needs comes before everything else (maxshift).
    comment : str or bytes, optional
        For a COM segment.

    Raises
    ------
    OptionError
        If a value is impossible by itself.
    """

    decomposition_levels: int | None = None
    code_block_rows: int = 64
    code_block_columns: int = 64
    progression: Progression | None = None
    progression_changes: tuple[ProgressionChange, ...] = ()
    precincts: tuple[tuple[int, int], ...] | None = None
    tile_rows: int | None = None
    tile_columns: int | None = None
    image_offset: tuple[int, int] = (0, 0)
    tile_offset: tuple[int, int] | None = None
    subsampling: tuple[tuple[int, int], ...] | None = None
    reversible: bool | None = None
    quantization_step: float | None = None
    derived_quantization: bool = False
    guard_bits: int | None = None
    color_transform: bool | None = None
    layers: int = 1
    rate: float | tuple[float, ...] | None = None
    psnr: float | tuple[float, ...] | None = None
    tile_parts: TileParts | None = None
    tlm: bool | None = None
    plt: bool | None = None
    sop: bool = False
    eph: bool = False
    packed_headers: PackedHeaders | None = None
    styles: tuple[str, ...] = ()
    roi: Region | tuple[Region, ...] = ()
    comment: str | bytes | None = None

    def __post_init__(self) -> None:
        _check_range("decomposition_levels", self.decomposition_levels, 0, 32)
        _check_range("guard_bits", self.guard_bits, 0, 7)
        _check_range("layers", self.layers, 1, 65535)
        _check_range("tile_rows", self.tile_rows, 1, 2**32 - 1)
        _check_range("tile_columns", self.tile_columns, 1, 2**32 - 1)
        for offset in (*self.image_offset, *(self.tile_offset or ())):
            _check_range("image_offset and tile_offset", offset, 0, 2**32 - 2)
        for step in (step for steps in self.subsampling or () for step in steps):
            _check_range("subsampling", step, 1, 255)
        check_choice("progression", self.progression, PROGRESSIONS)
        check_choice("packed_headers", self.packed_headers, ("main", "tile"))
        check_choice("tile_parts", self.tile_parts, ("single", "resolution", "component", "layer"))
        for side in (self.code_block_rows, self.code_block_columns):
            _check_power("code_block_rows and code_block_columns", side, 4, 1024)
        if self.code_block_rows * self.code_block_columns > 4096:
            raise OptionError("a code-block has at most 4096 samples (T.800 A.6.1)")
        for precinct in self.precincts or ():
            for side in precinct:
                _check_power("precincts", side, 1, 32768)
        if self.precincts is not None and not self.precincts:
            raise OptionError("precincts must name at least one size")
        for style in self.styles:
            check_choice("styles", style, _STYLES)
        if self.quantization_step is not None and not 0 < self.quantization_step <= 1:
            raise OptionError(f"quantization_step={self.quantization_step} must be above 0 and at most 1")


def _check_range(name: str, value: int | None, least: int, most: int) -> None:
    if value is not None and not least <= value <= most:
        raise OptionError(f"{name}={value} must be {least} to {most}")


def _check_power(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most or value & (value - 1):
        raise OptionError(f"{name}: {value} is not a power of two from {least} to {most}")


def check_choice(name: str, value: str | None, choices: tuple[str, ...]) -> None:
    """Raise OptionError unless a value is None or one of the choices."""
    if value is not None and value not in choices:
        raise OptionError(f"{name}={value!r} must be one of {', '.join(choices)}")
