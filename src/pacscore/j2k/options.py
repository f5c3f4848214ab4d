"""What a caller may choose when encoding, and what a transfer syntax makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from pacscore.errors import NoCodecError, OptionError, UnsupportedError
from pacscore.j2k.goals import EVERYTHING, Goal, count_layers, layer_goals
from pacscore.j2k.packets.progression import PROGRESSIONS
from pacscore.region import Region

__all__ = ["J2KOptions", "PictureFormat", "ProgressionChange", "ResolvedOptions", "resolve_options"]

Progression = Literal["LRCP", "RLCP", "RPCL", "PCRL", "CPRL"]
TileParts = Literal["single", "resolution", "component", "layer"]
PackedHeaders = Literal["main", "tile"]

_UID = "1.2.840.10008.1.2.4."
_HT_LOSSLESS, _HT_LOSSLESS_RPCL, _HT = _UID + "201", _UID + "202", _UID + "203"
_PART_1_LOSSLESS, _PART_1 = _UID + "90", _UID + "91"
_KNOWN = (_PART_1_LOSSLESS, _PART_1, _HT_LOSSLESS, _HT_LOSSLESS_RPCL, _HT)
_MAY_BE_LOSSY = (_PART_1, _HT)
_STYLES = ("bypass", "reset", "termall", "causal", "predictable", "segsym")
_USUAL_LEVELS = 5
_FINEST = 1 / 16
"""Of a grey level: the quantisation step where a rate decides."""
_STEP_TO_ERROR = 1.0
"""A step of so many times the root mean square error to reach makes a twelfth of the squared error."""
_LOWEST_SIDE = 64
"""Both sides of the lowest resolution of a .202 stream stay within this. PS3.5 10.18 asks it of one of them."""


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
        _check_choice("progression", self.progression, PROGRESSIONS)
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
        Size of a tile. Usual: the image is one tile.
    reversible : bool, optional
        5-3 wavelet without quantisation, so lossless; else 9-7.
    quantization_step : float, optional
        For 9-7: relative to the full range of samples. Usual: one grey level, finer for a rate or a PSNR.
    derived_quantization : bool
        For 9-7: only the step of the lowest band is written, and all others follow from it.
    guard_bits : int, optional
        0 to 7. Usual: as many as no image can exceed.
    color_transform : bool, optional
        RCT or ICT on the first three components. Usual: for three unsigned components.
    layers : int
        Quality layers. Usual: as many as `rate` or `psnr` has values, and one more where the transfer syntax is
        lossless. One more than there are values: the last layer has everything, so that reversible coding ends without
        loss.
    rate : float or tuple of float, optional
        At most so many bits a pixel of the whole picture, headers included: a value for each layer with those before
        it, or one for the last lossy layer, which earlier ones are derived from. 9-7 is usual then.
    psnr : float or tuple of float, optional
        In the same way, at least so many dB; the peak is 2^bits_stored - 1.
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
        _check_choice("progression", self.progression, PROGRESSIONS)
        _check_choice("packed_headers", self.packed_headers, ("main", "tile"))
        _check_choice("tile_parts", self.tile_parts, ("single", "resolution", "component", "layer"))
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
            _check_choice("styles", style, _STYLES)
        if self.quantization_step is not None and not 0 < self.quantization_step <= 1:
            raise OptionError(f"quantization_step={self.quantization_step} must be above 0 and at most 1")


def _check_range(name: str, value: int | None, least: int, most: int) -> None:
    if value is not None and not least <= value <= most:
        raise OptionError(f"{name}={value} must be {least} to {most}")


def _check_power(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most or value & (value - 1):
        raise OptionError(f"{name}: {value} is not a power of two from {least} to {most}")


def _check_choice(name: str, value: str | None, choices: tuple[str, ...]) -> None:
    if value is not None and value not in choices:
        raise OptionError(f"{name}={value!r} must be one of {', '.join(choices)}")


class PictureFormat(NamedTuple):
    """What is to be encoded: ``precision`` in bits, all components alike."""

    rows: int
    columns: int
    components: int
    precision: int
    signed: bool


@dataclass(frozen=True, slots=True)
class ResolvedOptions:
    """`J2KOptions` with every choice made; the fields mean the same."""

    high_throughput: bool
    decomposition_levels: int
    code_block_rows: int
    code_block_columns: int
    progression: Progression
    progression_changes: tuple[ProgressionChange, ...]
    precincts: tuple[tuple[int, int], ...] | None
    tile_rows: int
    tile_columns: int
    reversible: bool
    quantization_step: float
    derived_quantization: bool
    guard_bits: int | None
    color_transform: bool
    goals: tuple[Goal, ...]
    tile_parts: TileParts
    tlm: bool
    plt: bool
    sop: bool
    eph: bool
    packed_headers: PackedHeaders | None
    styles: tuple[str, ...]
    roi: tuple[Region, ...]
    comment: str | bytes | None

    @property
    def layers(self) -> int:
        """How many quality layers there are."""
        return len(self.goals)


def _levels_to_reach(side: int, goal: int) -> int:
    levels = 0
    while -(-side >> levels) > goal:
        levels += 1
    return levels


def _levels(options: J2KOptions, rows: int, columns: int, needed: int) -> int:
    if options.decomposition_levels is not None:
        return options.decomposition_levels
    return max(needed, min(_USUAL_LEVELS, min(rows, columns).bit_length() - 1))


def _check_styles(options: J2KOptions, high_throughput: bool) -> None:
    for style in options.styles if high_throughput else ():
        if style != "causal":
            raise OptionError(f"style {style!r} does not go with HT code-blocks, only 'causal' does (T.814 A.4)")


def _check_rpcl(options: J2KOptions, levels: int, needed: int) -> None:
    """Hold what HTJ2K Lossless RPCL demands. Source: PS3.5 10.18."""
    for name, value, demanded in (
        ("progression", options.progression, "RPCL"),
        ("tlm", options.tlm, True),
        ("tile_parts", options.tile_parts, "resolution"),
        ("progression_changes", options.progression_changes or None, None),
        ("packed_headers", options.packed_headers, "tile"),
    ):
        if value not in (None, demanded):
            raise OptionError(f"{name}={value!r} contradicts HTJ2K Lossless RPCL, which is written with {demanded!r}")
    if levels < needed:
        raise OptionError(
            f"HTJ2K Lossless RPCL is written with a lowest resolution of at most {_LOWEST_SIDE} rows and columns: "
            f"that takes {needed} decomposition levels, not {levels} (PS3.5 10.18)"
        )


def _check_reversible(options: J2KOptions, lossless_only: bool) -> bool:
    lossy = (options.quantization_step, options.rate, options.psnr) != (None, None, None)
    reversible = lossless_only if options.reversible is None and lossy else options.reversible is not False
    if lossless_only and not (reversible and options.quantization_step is None):
        raise OptionError("the transfer syntax is lossless: no 9-7 wavelet and no quantization_step (PS3.5 10.18)")
    if reversible and options.derived_quantization:
        raise OptionError("derived_quantization needs reversible=False: 5-3 has no steps to derive (T.800 E.1)")
    if reversible and options.quantization_step is not None:
        raise OptionError("reversible=True and quantization_step contradict each other (T.800 E.1)")
    return reversible


def _goals(options: J2KOptions, high_throughput: bool, lossless: bool) -> tuple[Goal, ...]:
    layers = count_layers(options.layers, options.rate, options.psnr, lossless=lossless)
    goals = layer_goals(layers, options.rate, options.psnr, lossless=lossless)
    if high_throughput and (len(goals) > 1 or (goals[0] != EVERYTHING and options.reversible)):
        name = "several quality layers" if len(goals) > 1 else "a rate or a PSNR of reversible coding"
        raise UnsupportedError(f"HTJ2K encoding with {name} is not implemented", feature=name, clause="T.814 B")
    return goals


def _usual_step(goals: tuple[Goal, ...], precision: int) -> float:
    """Return one grey level, or what leaves rate control enough planes to cut."""
    *_, last = goals
    grey = 2.0**-precision
    if last.rate is not None:
        return grey * _FINEST
    if last.psnr is not None:
        return min(grey, 10 ** (-last.psnr / 20) * _STEP_TO_ERROR)
    return grey


def resolve_options(transfer_syntax: str, options: J2KOptions, picture: PictureFormat) -> ResolvedOptions:
    """Return the options with all choices made, for a transfer syntax and an image.

    Source: PS3.5 10.18, A.4.4.

    Parameters
    ----------
    transfer_syntax : str
        1.2.840.10008.1.2.4.90, .91, .201, .202 or .203.
    options : J2KOptions
    picture : PictureFormat

    Raises
    ------
    OptionError
        If the options contradict the transfer syntax or each other.
    UnsupportedError
        If they ask for what is not implemented; NoCodecError if the transfer syntax is.
    """
    if transfer_syntax not in _KNOWN:
        hint = "encode writes JPEG 2000 Part 1 and HTJ2K"
        raise NoCodecError(
            f"encode does not write transfer syntax {transfer_syntax}: {hint}",
            transfer_syntax=transfer_syntax,
            hint=hint,
        )
    high_throughput = transfer_syntax in (_HT_LOSSLESS, _HT_LOSSLESS_RPCL, _HT)
    _check_styles(options, high_throughput)
    rows, columns, components, precision, signed = picture
    rpcl = transfer_syntax == _HT_LOSSLESS_RPCL
    needed = _levels_to_reach(max(rows, columns), _LOWEST_SIDE) if rpcl else 0
    tile_rows = min(options.tile_rows or rows, rows)
    tile_columns = min(options.tile_columns or columns, columns)
    levels = _levels(options, tile_rows, tile_columns, needed)
    if rpcl:
        _check_rpcl(options, levels, needed)
    if options.color_transform and components < 3:
        raise OptionError(f"a component transform needs three components, not {components} (T.800 G.1)")
    usual_color = components == 3 and not signed
    choose: Callable[[Any, Any], Any] = lambda chosen, usual: usual if chosen is None else chosen  # noqa: E731
    goals = _goals(options, high_throughput, transfer_syntax not in _MAY_BE_LOSSY)
    return ResolvedOptions(
        high_throughput=high_throughput,
        decomposition_levels=levels,
        code_block_rows=options.code_block_rows,
        code_block_columns=options.code_block_columns,
        progression=options.progression or "RPCL",
        progression_changes=options.progression_changes,
        precincts=options.precincts,
        tile_rows=tile_rows,
        tile_columns=tile_columns,
        reversible=_check_reversible(options, transfer_syntax not in _MAY_BE_LOSSY),
        quantization_step=choose(options.quantization_step, _usual_step(goals, precision)),
        derived_quantization=options.derived_quantization,
        guard_bits=options.guard_bits,
        color_transform=choose(options.color_transform, usual_color),
        goals=goals,
        tile_parts=options.tile_parts or ("resolution" if rpcl else "single"),
        tlm=choose(options.tlm, rpcl),
        plt=choose(options.plt, False),
        sop=options.sop,
        eph=options.eph,
        packed_headers=options.packed_headers,
        styles=options.styles,
        roi=(options.roi,) if isinstance(options.roi, Region) else tuple(options.roi),
        comment=options.comment,
    )
