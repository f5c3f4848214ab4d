"""What a transfer syntax and a picture make of the options that a caller chose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pacscore.errors import NoCodecError, OptionError
from pacscore.j2k.goals import Goal, count_layers, layer_goals
from pacscore.j2k.options import J2KOptions, PackedHeaders, Progression, ProgressionChange, TileParts
from pacscore.j2k.packets.geometry import Rect
from pacscore.j2k.reference_grid import ComponentFormat, PictureFormat
from pacscore.region import Region

__all__ = ["ResolvedOptions", "resolve_options"]

_UID = "1.2.840.10008.1.2.4."
_HT_LOSSLESS, _HT_LOSSLESS_RPCL, _HT = _UID + "201", _UID + "202", _UID + "203"
_PART_1_LOSSLESS, _PART_1 = _UID + "90", _UID + "91"
_KNOWN = (_PART_1_LOSSLESS, _PART_1, _HT_LOSSLESS, _HT_LOSSLESS_RPCL, _HT)
_MAY_BE_LOSSY = (_PART_1, _HT)
_USUAL_LEVELS = 5
_FINEST = 1 / 16
"""Of a grey level: the quantisation step where a rate decides."""
_STEP_TO_ERROR = 1.0
"""A step of so many times the root mean square error to reach makes a twelfth of the squared error."""
_LOWEST_SIDE = 64
"""Both sides of the lowest resolution of a .202 stream stay within this. PS3.5 10.18 asks it of one of them."""


@dataclass(frozen=True, slots=True)
class ResolvedOptions:
    """`J2KOptions` with every choice made; the fields mean the same. There is a quantisation step a component."""

    high_throughput: bool
    decomposition_levels: int
    code_block_rows: int
    code_block_columns: int
    progression: Progression
    progression_changes: tuple[ProgressionChange, ...]
    precincts: tuple[tuple[int, int], ...] | None
    tile_offset: tuple[int, int]
    tile_rows: int
    tile_columns: int
    reversible: bool
    quantization_steps: tuple[float, ...]
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


def _levels(options: J2KOptions, pixels: Rect, needed: int) -> int:
    if options.decomposition_levels is not None:
        return options.decomposition_levels
    rows, columns = (
        min(options.tile_rows or pixels.height, pixels.height),
        min(options.tile_columns or pixels.width, pixels.width),
    )
    return max(needed, min(_USUAL_LEVELS, min(rows, columns).bit_length() - 1))


def _tile_grid(options: J2KOptions, area: Rect) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the offset and the size of the first tile. Source: T.800 A.5.1, B.3 (equations B-3, B-4)."""
    offset = (area.y0, area.x0) if options.tile_offset is None else options.tile_offset
    rows, columns = area.y1 - offset[0], area.x1 - offset[1]
    size = min(options.tile_rows or rows, rows), min(options.tile_columns or columns, columns)
    for origin, start, length in zip((area.y0, area.x0), offset, size, strict=True):
        if not start <= origin < start + length:
            raise OptionError(
                f"a first tile from {start} to {start + length} does not have the image's corner at {origin}: "
                "tile_offset, tile_rows and tile_columns do not go with image_offset (T.800 A.5.1)"
            )
    return offset, size


def _color_transform(chosen: bool | None, components: tuple[ComponentFormat, ...]) -> bool:
    """Return whether there is a component transform. Source: T.800 G.1."""
    first = components[:3]
    possible = len(first) == 3 and len(set(first)) == 1
    if chosen and not possible:
        raise OptionError("a component transform needs three components of one size, precision and sign (T.800 G.1)")
    return possible and len(components) == 3 and not first[0].signed if chosen is None else chosen


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
    return layer_goals(layers, options.rate, options.psnr, lossless=lossless, repeats=high_throughput)


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
    rpcl = transfer_syntax == _HT_LOSSLESS_RPCL
    pixels = picture.pixels
    needed = _levels_to_reach(max(pixels.height, pixels.width), _LOWEST_SIDE) if rpcl else 0
    levels = _levels(options, pixels, needed)
    tile_offset, (tile_rows, tile_columns) = _tile_grid(options, picture.area)
    if rpcl:
        _check_rpcl(options, levels, needed)
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
        tile_offset=tile_offset,
        tile_rows=tile_rows,
        tile_columns=tile_columns,
        reversible=_check_reversible(options, transfer_syntax not in _MAY_BE_LOSSY),
        quantization_steps=tuple(
            choose(options.quantization_step, _usual_step(goals, component.precision))
            for component in picture.components
        ),
        derived_quantization=options.derived_quantization,
        guard_bits=options.guard_bits,
        color_transform=_color_transform(options.color_transform, picture.components),
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
