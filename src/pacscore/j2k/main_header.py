"""The main header that an encoder writes.

Source: T.800 A.5, A.6; T.814 A.3.
"""

from __future__ import annotations

from collections.abc import Sequence

from pacscore.errors import OptionError
from pacscore.j2k.codestream.capabilities import HtCapabilities
from pacscore.j2k.codestream.headers import MainHeader
from pacscore.j2k.codestream.segments import (
    Cod,
    CodingStyle,
    Com,
    Poc,
    PocEntry,
    Qcc,
    Qcd,
    Rgn,
    Segment,
    Siz,
    SizComponent,
)
from pacscore.j2k.packets.progression import PROGRESSIONS
from pacscore.j2k.quantization.steps import irreversible_steps, reversible_exponents
from pacscore.j2k.reference_grid import PictureFormat
from pacscore.j2k.resolving import ResolvedOptions

__all__ = ["build_main_header"]

_RSIZ_HT = 0x4000
_STYLE_HT = 0x40
_STYLES = {"bypass": 0x01, "reset": 0x02, "termall": 0x04, "causal": 0x08, "predictable": 0x10, "segsym": 0x20}
_MOST_BITPLANES = 55
"""A packet tells at most 164 coding passes of a code-block (T.800 Table B.4)."""
_LARGEST_PRECINCT = (15, 15)
_FINEST = (31, 0)
"""The exponent and the mantissa of the finest step, which is written for finer ones too."""


def _precinct_exponents(options: ResolvedOptions) -> tuple[tuple[int, int], ...]:
    """Return (PPx, PPy) of each resolution, lowest first, from sizes that begin with the highest."""
    levels = options.decomposition_levels
    if options.precincts is None:
        return (_LARGEST_PRECINCT,) * (levels + 1)
    sizes = [options.precincts[min(i, len(options.precincts) - 1)] for i in range(levels + 1)]
    exponents = tuple((columns.bit_length() - 1, rows.bit_length() - 1) for rows, columns in reversed(sizes))
    if any(0 in pair for pair in exponents[1:]):
        raise OptionError("a precinct of one sample is legal in the lowest resolution alone (T.800 B.6)")
    return exponents


def _coding(options: ResolvedOptions) -> Cod:
    style = CodingStyle(
        decomposition_levels=options.decomposition_levels,
        xcb=options.code_block_columns.bit_length() - 1,
        ycb=options.code_block_rows.bit_length() - 1,
        style=options.high_throughput * _STYLE_HT | sum(_STYLES[style] for style in set(options.styles)),
        transform=int(options.reversible),
        precincts=_precinct_exponents(options),
    )
    scod = (options.precincts is not None) | options.sop << 1 | options.eph << 2
    return Cod(scod, PROGRESSIONS.index(options.progression), options.layers, int(options.color_transform), style)


def _quantization(options: ResolvedOptions, precision: int, step: float) -> tuple[Qcd, int]:
    """Return QCD or the like, and the most magnitude bits that a cleanup pass can see (T.814 A.3, MAGB)."""
    levels = options.decomposition_levels
    if options.reversible:
        guard, exponents = reversible_exponents(precision, levels, options.color_transform)
        exponents = _shift_guard(exponents, guard, options.guard_bits)
        guard = guard if options.guard_bits is None else options.guard_bits
        return Qcd(guard << 5, tuple(e << 3 for e in exponents)), max(guard + e - 1 for e in exponents)
    guard, steps = irreversible_steps(step, precision, levels)
    guard = guard if options.guard_bits is None else options.guard_bits
    level_of = [levels, *(level for level in range(levels, 0, -1) for _ in range(3))]
    if options.derived_quantization:
        exponent, mantissa = steps[0]
        if exponent < levels or steps[0] == _FINEST:
            raise OptionError(f"derived_quantization: no step that small for all of {levels} levels (T.800 E.1.1)")
        steps = tuple((exponent - levels + level, mantissa) for level in level_of)
    bound = max(guard + e - level for (e, _), level in zip(steps, level_of, strict=True))
    style, told = (1, steps[:1]) if options.derived_quantization else (2, steps)
    return Qcd(guard << 5 | style, tuple(e << 11 | m for e, m in told)), bound


def _quantizations(options: ResolvedOptions, picture: PictureFormat) -> tuple[list[Qcd], int]:
    """Return the quantisation of each component, and the most magnitude bits of all (T.814 A.3, MAGB)."""
    kinds = list(zip((c.precision for c in picture.components), options.quantization_steps, strict=True))
    made = {kind: _quantization(options, *kind) for kind in dict.fromkeys(kinds)}
    return [made[kind][0] for kind in kinds], max(bound for _, bound in made.values())


def _roi_shift(options: ResolvedOptions, quantizations: Sequence[Qcd], picture: PictureFormat) -> int:
    """Return s, which lifts every coefficient of a region above all others. Source: T.800 H.2.2.

    It is one more than necessary, since OpenJPEG compares with a fraction bit in place.
    """
    pixels = picture.pixels
    for region in options.roi:
        region.check_inside(pixels.height, pixels.width)
    scale = 3 if options.reversible else 11
    shift = max((max(each.spqcd) >> scale) + each.guard_bits for each in quantizations)
    if 2 * shift > _MOST_BITPLANES:
        raise OptionError(f"regions of interest make {2 * shift} bit-planes, more than {_MOST_BITPLANES}")
    return shift


def _progression_changes(options: ResolvedOptions, components: int) -> Poc:
    return Poc(
        tuple(
            PocEntry(
                change.resolution_start,
                change.component_start,
                min(change.layer_end or options.layers, options.layers),
                change.resolution_end or options.decomposition_levels + 1,
                (change.component_end or components) % 256 if components < 257 else change.component_end or components,
                PROGRESSIONS.index(change.progression),
            )
            for change in options.progression_changes
        )
    )


def _shift_guard(exponents: tuple[int, ...], usual: int, chosen: int | None) -> tuple[int, ...]:
    """Keep M_b = G + eps_b - 1 whatever the number of guard bits."""
    shifted = tuple(e + usual - (usual if chosen is None else chosen) for e in exponents)
    if min(shifted) < 0 or max(shifted) > 31:
        raise OptionError(f"guard_bits={chosen} leaves no exponent from 0 to 31 for some band (T.800 E.1)")
    return shifted


def build_main_header(options: ResolvedOptions, picture: PictureFormat) -> MainHeader:
    """Return the main header, without TLM.

    Raises
    ------
    OptionError
        If the options are impossible for this image.
    """
    area, (tile_row, tile_column) = picture.area, options.tile_offset
    siz = Siz(
        rsiz=options.high_throughput * _RSIZ_HT,
        xsiz=area.x1,
        ysiz=area.y1,
        xosiz=area.x0,
        yosiz=area.y0,
        xtsiz=options.tile_columns,
        ytsiz=options.tile_rows,
        xtosiz=tile_column,
        ytosiz=tile_row,
        components=tuple(
            SizComponent((precision - 1) | signed << 7, columns, rows)
            for precision, signed, (rows, columns) in picture.components
        ),
    )
    if siz.tiles_wide * siz.tiles_high > 65535:
        raise OptionError(f"{siz.tiles_wide * siz.tiles_high:,} tiles are more than 65,535 (T.800 A.4.2)")
    quantizations, bound = _quantizations(options, picture)
    segments: list[Segment] = [siz, _coding(options), quantizations[0]]
    segments += [Qcc(c, *own) for c, own in enumerate(quantizations) if own != quantizations[0]]
    shift = _roi_shift(options, quantizations, picture) if options.roi else 0
    if options.high_throughput:
        capabilities = HtCapabilities(
            several_sets=options.layers > 1,
            regions_of_interest=bool(options.roi),
            irreversible=not options.reversible,
            magnitude_bound=max(bound + shift, 8),
        )
        segments.insert(1, capabilities.cap())
    if options.roi:
        segments += [Rgn(component, 0, shift) for component in range(siz.csiz)]
    if options.progression_changes:
        segments.append(_progression_changes(options, siz.csiz))
    if options.comment is not None:
        text = isinstance(options.comment, str)
        try:
            data = options.comment.encode("iso8859-15") if isinstance(options.comment, str) else options.comment
        except UnicodeEncodeError as error:
            raise OptionError("a comment in text is Latin-9; give bytes for anything else (T.800 A.9.2)") from error
        segments.append(Com(int(text), data))
    return MainHeader(tuple(segments))
