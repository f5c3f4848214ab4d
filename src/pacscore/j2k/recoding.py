"""Recoding: from the code-blocks of Part 1 to those of HT and back; no wavelet transform is undone."""

from __future__ import annotations

from typing import Literal, NamedTuple

from pacscore.errors import CodestreamError, NoCodecError, OptionError
from pacscore.j2k._tile_recoder import TileRecoder
from pacscore.j2k.block_damages import MOST, block_damages
from pacscore.j2k.codestream.headers import Codestream, MainHeader, TilePart
from pacscore.j2k.codestream.packed_headers import packed_headers
from pacscore.j2k.codestream.reader import read_codestream
from pacscore.j2k.codestream.segments import Segment
from pacscore.j2k.codestream.writer import write_main_header, write_segment
from pacscore.j2k.damage_log import DamageLog
from pacscore.j2k.lowest_resolution import add_levels, levels_added, levels_of, lowest_bands, put_lowest_bands
from pacscore.j2k.options import J2KOptions, PackedHeaders, TileParts
from pacscore.j2k.packets.progression import PROGRESSIONS
from pacscore.j2k.plan import TilePlan, plan_tile
from pacscore.j2k.recode_report import Recoded, RecodeReport
from pacscore.j2k.recoded_headers import Rewriting, rewrite_main_header, rewrite_tile_header
from pacscore.j2k.tile_parts import TilePackets, assemble, divide
from pacscore.j2k.wrapping import find_wrapper
from pacscore.limits import DEFAULT_LIMITS, Limits
from pacscore.report import Damage
from pacscore.support.scheduler import run_each, run_in_threads
from pacscore.support.targets import active_target

__all__ = ["Source", "Target", "Written", "read_source", "recode", "recode_tiles", "target_of"]

_UID = "1.2.840.10008.1.2.4."
_HT = (_UID + "201", _UID + "202", _UID + "203")
_PART_1 = (_UID + "90", _UID + "91")
_RPCL = _UID + "202"
_MAY_BE_LOSSY = (_UID + "91", _UID + "203")
_LOWEST_SIDE = 64
_STYLES = {"bypass": 0x01, "reset": 0x02, "termall": 0x04, "predictable": 0x10, "segsym": 0x20}
_TERMALL = 0x04
_KEPT = ("progression", "tile_parts", "tlm", "plt", "sop", "eph", "packed_headers", "styles")
"""The options that recoding takes; all others say what the image is, and that is what it was."""
_USUAL = J2KOptions()


class Source(NamedTuple):
    """A codestream to recode."""

    data: memoryview
    stream: Codestream
    parts: dict[int, tuple[TilePart, ...]]
    plans: dict[int, TilePlan]


class Written(NamedTuple):
    """What tiles are recoded to.

    Attributes
    ----------
    plans : dict of int to TilePlan
        Of each tile that is recoded.
    flush : bool
        MQ codewords end as FLUSH of T.800 C.2.9 ends them, rather than as soon as possible.
    """

    plans: dict[int, TilePlan]
    flush: bool = False


class Target(NamedTuple):
    """How the recoded codestream is laid out."""

    rewriting: Rewriting
    lossless_only: bool
    tile_parts: TileParts
    tlm: bool
    plt: bool
    packed_headers: PackedHeaders | None


def _check_options(options: J2KOptions, high_throughput: bool) -> int:
    """Return the code-block styles asked for."""
    for name in J2KOptions.__slots__:
        if name not in _KEPT and getattr(options, name) != getattr(_USUAL, name):
            raise OptionError(f"{name}: recode keeps it as it is, and takes only {', '.join(_KEPT)}")
    if options.styles and high_throughput:
        raise OptionError("styles: HT code-blocks have none but 'causal', and recode keeps that as it is (T.814 A.4)")
    if "causal" in options.styles:
        raise OptionError("styles: recode keeps 'causal' as it is: the passes depend on it (T.800 D.7)")
    if "predictable" in options.styles and "termall" not in options.styles:
        raise OptionError("styles: recode ends passes in a predictable way only where it ends each of them: 'termall'")
    return sum(_STYLES[style] for style in set(options.styles))


def _check_rpcl(options: J2KOptions) -> None:
    """Hold what HTJ2K Lossless RPCL demands. Source: PS3.5 10.18."""
    for name, value, demanded in (
        ("progression", options.progression, "RPCL"),
        ("tlm", options.tlm, True),
        ("tile_parts", options.tile_parts, "resolution"),
        ("packed_headers", options.packed_headers, "tile"),
    ):
        if value not in (None, demanded):
            raise OptionError(f"{name}={value!r} contradicts HTJ2K Lossless RPCL, which is written with {demanded!r}")


def target_of(transfer_syntax: str, options: J2KOptions) -> Target:
    """Return how to lay out the recoded codestream.

    Raises
    ------
    OptionError
        If the options contradict the transfer syntax, or ask for what recoding does not change.
    NoCodecError
        If it is none of .90, .91, .201, .202 and .203.
    """
    if transfer_syntax not in _HT + _PART_1:
        hint = "recode writes JPEG 2000 Part 1 and HTJ2K"
        raise NoCodecError(
            f"recode does not write transfer syntax {transfer_syntax}: {hint}",
            transfer_syntax=transfer_syntax,
            hint=hint,
        )
    high_throughput, rpcl = transfer_syntax in _HT, transfer_syntax == _RPCL
    styles = _check_options(options, high_throughput)
    if rpcl:
        _check_rpcl(options)
    progression = "RPCL" if rpcl else options.progression
    order = None if progression is None else PROGRESSIONS.index(progression)
    return Target(
        Rewriting(high_throughput, styles, order, options.sop, options.eph),
        transfer_syntax not in _MAY_BE_LOSSY,
        options.tile_parts or ("resolution" if rpcl else "single"),
        rpcl if options.tlm is None else options.tlm,
        bool(options.plt),
        options.packed_headers,
    )


def _segments_of(parts: tuple[TilePart, ...]) -> tuple[Segment, ...]:
    return tuple(segment for part in parts for segment in part.segments)


def read_source(data: bytes | bytearray | memoryview, log: DamageLog, limits: Limits) -> Source:
    """Read headers and tile-parts; a tile whose headers contradict each other is damage."""
    view = memoryview(data).cast("B")
    wrapper = find_wrapper(view)
    start, stop = (0, len(view)) if wrapper is None else (wrapper.start, wrapper.stop)
    stream = read_codestream(view, start, stop)
    parts = stream.by_tile()
    plans = {}
    for tile in sorted(parts):
        try:
            plans[tile] = plan_tile(stream.main, _segments_of(parts[tile]), tile, limits.code_blocks)
        except CodestreamError as error:
            log.add(Damage("syntax", f"tile {tile}: {error}", error.offset, tile))
    tiles = stream.main.siz.tiles_wide * stream.main.siz.tiles_high
    log.notes += stream.notes
    for damage in stream.damages:
        if damage.kind == "truncated":  # whether a packet is missing is found when they are read
            log.notes.append(damage.what)
        else:
            log.add(damage)
    if len(parts) < tiles:
        what = f"{tiles - len(parts):,} of {tiles:,} tiles have no tile-part (T.800 A.3)"
        log.add(Damage("truncated", what, stream.end))
    if not plans:
        raise CodestreamError("no tile can be read (T.800 A.4)", clause="T.800 A.4")
    return Source(view, stream, parts, plans)


def _read_packets(recoder: TileRecoder, source: Source, plan: TilePlan, packed: bytes | None, log: DamageLog) -> None:
    ranges = [(part.body_start, part.body_stop) for part in source.parts[plan.index]]
    expected, read, truncated, what, offset, _, left = recoder.read(source.data, ranges, packed)
    log.count_packets(expected, read)
    if what is not None:
        kind: Literal["truncated", "syntax"] = "truncated" if truncated else "syntax"
        missing = f"{expected - read:,} of {expected:,} packets are missing"
        log.add(Damage(kind, f"tile {plan.index}, at byte {offset:,}: {what}; {missing}", offset, plan.index))
    elif left:
        log.notes.append(f"tile {plan.index}: {left:,} bytes behind the last packet")


def recode_tiles(
    source: Source, written: Written, log: DamageLog, limits: Limits, threads: int
) -> dict[int, TileRecoder]:
    """Recode every tile to the plan that is given for it: several at a time where there are many.

    Where that has more decomposition levels or fewer, the lowest resolutions are transformed.
    """
    packed = packed_headers(source.stream)
    target = active_target()

    def recode_tile(tile: int, inner: int) -> TileRecoder:
        plan, to = source.plans[tile], written.plans[tile]
        added = levels_added(plan, to)
        recoder = TileRecoder(plan.compiled, to.compiled, target, limits.code_blocks, inner, written.flush, added)
        _read_packets(recoder, source, plan, packed.get(tile), log)
        recoder.prepare()
        run_in_threads(inner, recoder.recode)
        if added:
            kept = min(levels_of(plan), levels_of(to))
            bands = lowest_bands(plan, source.data, source.parts[tile], packed.get(tile), kept)
            put_lowest_bands(recoder, to, levels_of(to) - kept, bands)
        if recoder.blocks_damaged:
            log.count_blocks(recoder.blocks_damaged)
            for damage in block_damages(source.stream.main.siz, plan, recoder.damaged_blocks(MOST)):
                log.add(damage)
        return recoder

    return dict(zip(written.plans, run_each(list(written.plans), recode_tile, threads), strict=True))


def _levels_lacking(main: MainHeader, plans: dict[int, TilePlan]) -> int:
    """Return how many decomposition levels HTJ2K Lossless RPCL asks for beyond those there are.

    Source: PS3.5 10.18.
    """
    siz = main.siz
    levels = min(len(c.geometry.resolutions) - 1 for plan in plans.values() for c in plan.components)
    longest = max(siz.xsiz - siz.xosiz, siz.ysiz - siz.yosiz)
    lacking = 0
    while -(-longest >> levels + lacking) > _LOWEST_SIDE:
        lacking += 1
    return lacking


def _deeper(source: Source, limits: Limits) -> Source:
    """Return the original with headers that have as many levels as HTJ2K Lossless RPCL asks for."""
    stream = source.stream
    more = _levels_lacking(stream.main, source.plans)
    if not more:
        return source
    try:
        for plan in source.plans.values():
            levels_of(plan)
        main = MainHeader(add_levels(stream.main.segments, more))
        parts = {
            tile: tuple(part._replace(segments=add_levels(part.segments, more)) for part in own)
            for tile, own in source.parts.items()
        }
    except OptionError as error:
        raise OptionError(
            f"HTJ2K Lossless RPCL is written with a lowest resolution of at most {_LOWEST_SIDE} rows and columns, and "
            f"the codestream lacks {more} decomposition levels for that; {error}: recode to .201 or .203 (PS3.5 10.18)"
        ) from error
    plans = {tile: plan_tile(main, _segments_of(parts[tile]), tile, limits.code_blocks) for tile in source.plans}
    return Source(source.data, stream._replace(main=main), parts, plans)


def _is_reversible(plans: dict[int, TilePlan]) -> bool:
    return all(component.reversible for plan in plans.values() for component in plan.components)


def recode(
    data: bytes | bytearray | memoryview,
    transfer_syntax: str,
    options: J2KOptions | None = None,
    *,
    threads: int = 1,
    limits: Limits | None = None,
) -> Recoded:
    """Carry a JPEG 2000 codestream over to HTJ2K, or back: the same quantiser indices by the other block coder.

    Pixels are not decoded, so nothing is lost and nothing rounded: the recoded codestream decodes to what the original
    decodes to, at every resolution. Several quality layers become one.

    Source: T.800 Annexes A to D; T.814; PS3.5 10.18.

    Parameters
    ----------
    data : bytes-like
        A codestream, or a JP2 or JPH file.
    transfer_syntax : str
        UID: .201, .202 or .203 for HTJ2K, .90 or .91 for Part 1.
    options : J2KOptions, optional
        Of these only progression, tile_parts, tlm, plt, sop, eph, packed_headers and, to Part 1, styles. Without
        them the progression is kept; lengths, SOP, EPH and packed headers are left out, but where .202 asks for TLM.
    threads : int
        How many may work at once; 1 is the calling thread alone.
    limits : Limits, optional
        Sizes to refuse; the default is `DEFAULT_LIMITS`.

    Returns
    -------
    Recoded
        The codestream without a file around it, a report, and a recipe for the way back.

    Raises
    ------
    TruncatedError, CodestreamError
        If the original is damaged and the transfer syntax is lossless, or nothing of it can be read; else the report
        tells of damage.
    OptionError
        If a lossy codestream would come under a lossless transfer syntax, or the options do not fit.
    NoCodecError
        If the transfer syntax is none of these.
    UnsupportedError
        If the codestream needs what pacscore lacks.
    LimitError
        If a tile has more code-blocks than the limits allow.
    """
    if threads < 1:
        raise OptionError(f"threads={threads} must be at least 1")
    limits = limits or DEFAULT_LIMITS
    target = target_of(str(transfer_syntax), options or _USUAL)
    log = DamageLog("raise" if target.lossless_only else "conceal")
    source = read_source(data, log, limits)
    reversible = _is_reversible(source.plans)
    _check_lossless(target, reversible)
    shape = _deeper(source, limits) if transfer_syntax == _RPCL else source
    main = shape.stream.main
    headers = {tile: rewrite_tile_header(_segments_of(shape.parts[tile]), target.rewriting) for tile in shape.plans}
    written = rewrite_main_header(main, target.rewriting, list(shape.plans.values()), list(headers.values()))
    plans = {tile: plan_tile(written, headers[tile], tile, limits.code_blocks) for tile in source.plans}
    recoders = recode_tiles(source, Written(plans), log, limits, threads)
    whole = not any(recoder.blocks_cut for recoder in recoders.values())
    _check_lossless(target, whole)
    rewriting = target.rewriting
    csiz = main.siz.csiz
    tiles = [
        TilePackets(
            plan,
            divide(plan, target.tile_parts),
            recoders[tile],
            recoders[tile].finish(rewriting.sop, rewriting.eph, target.packed_headers is not None),
            b"".join(write_segment(segment, csiz) for segment in headers[tile]),
        )
        for tile, plan in plans.items()
    ]
    recoded = assemble(write_main_header(written), tiles, target, threads)
    report = RecodeReport(
        transfer_syntax=str(transfer_syntax),
        bytes_before=len(source.data),
        bytes_after=len(recoded),
        blocks=sum(recoder.blocks for recoder in recoders.values()),
        lossless=reversible and whole,
        decoding=log.report(),
    )

    def recipe() -> bytes:
        from pacscore.j2k.restoring import make_recipe  # noqa: PLC0415 - it recodes in turn, and not everybody asks

        return make_recipe(bytes(data), recoded, threads=threads, limits=limits)

    return Recoded(recoded, report, recipe)


def _check_lossless(target: Target, lossless: bool) -> None:
    if target.lossless_only and not lossless:
        other = ".203" if target.rewriting.high_throughput else ".91"
        raise OptionError(f"the codestream is not lossless, the transfer syntax is: recode it to {other} (PS3.5 10.18)")
