"""Rearranging: the packets of a codestream in another order, framed and divided in another way, or fewer of them.

A packet is the same bytes wherever it lies, but for SOP and EPH. So its header is parsed to know where it ends, and no
code-block is decoded.

Source: T.800 A.4, A.7, A.8, B.9, B.10, B.12.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import CodestreamError, OptionError, TruncatedError
from pacscore.j2k._carried_tile import CARRIED, CarriedTile
from pacscore.j2k._packet_places import PacketPlaces
from pacscore.j2k.codestream.headers import Codestream, MainHeader, TilePart
from pacscore.j2k.codestream.packed_headers import packed_by_part
from pacscore.j2k.codestream.segments import Plm, Plt, Ppt, Segment, Siz
from pacscore.j2k.codestream.writer import write_main_header, write_segment
from pacscore.j2k.damage_log import DamageLog
from pacscore.j2k.needed import precincts_up_to
from pacscore.j2k.options import PackedHeaders
from pacscore.j2k.packets.progression import PROGRESSIONS, packet_sequence
from pacscore.j2k.plan import TilePlan, plan_tile, reordered
from pacscore.j2k.recoding import Source, read_source
from pacscore.j2k.repack_options import ColorSpace, RepackOptions
from pacscore.j2k.repacked_headers import Rearrangement, rearrange_main_header, rearrange_tile_header
from pacscore.j2k.tile_parts import Division, TilePackets, assemble, divide
from pacscore.j2k.wrapping import find_wrapper
from pacscore.limits import DEFAULT_LIMITS, Limits
from pacscore.support.scheduler import run_each

__all__ = ["repack"]

_ALL_LAYERS = 65535
_SOP_SIZE, _EPH_SIZE = 6, 2
_LARGEST_PACKET = (1 << 32) - 1


class _Layout(NamedTuple):
    """As `tile_parts.Layout` has it."""

    tlm: bool
    plt: bool
    packed_headers: PackedHeaders | None


def _layout(stream: Codestream, options: RepackOptions) -> _Layout:
    segments = [*stream.main.segments, *(segment for part in stream.tile_parts for segment in part.segments)]
    packed: PackedHeaders | None = None
    if options.packed_headers is None:
        has_ppt = any(isinstance(segment, Ppt) for segment in segments)
        packed = "main" if stream.main.ppms else "tile" if has_ppt else None
    elif options.packed_headers != "packets":
        packed = options.packed_headers
    had_plt = any(isinstance(segment, (Plt, Plm)) for segment in segments)
    return _Layout(
        bool(stream.main.tlms) if options.tlm is None else options.tlm,
        had_plt if options.plt is None else options.plt,
        packed,
    )


def _rearrangement(source: Source, options: RepackOptions) -> Rearrangement:
    counts = [len(c.geometry.resolutions) for plan in source.plans.values() for c in plan.components]
    if options.reduce >= min(counts):
        raise OptionError(f"reduce={options.reduce}, but there are only {min(counts) - 1} decomposition levels")
    return Rearrangement(
        None if options.progression is None else PROGRESSIONS.index(options.progression),
        min(options.layers or _ALL_LAYERS, _ALL_LAYERS),
        options.reduce,
        max(counts) - options.reduce,
        options.sop,
        options.eph,
        options.keeps_arrangement,
    )


def _segments_of(parts: Sequence[TilePart]) -> tuple[Segment, ...]:
    return tuple(segment for part in parts for segment in part.segments)


def _read_places(
    source: Source, plan: TilePlan, packed: bytes | None, to: Rearrangement, code_blocks: int
) -> NDArray[Any]:
    """Return where the packets are; those that are wanted must all be there."""
    ranges = [(part.body_start, part.body_stop) for part in source.parts[plan.index]]
    reader = PacketPlaces(plan.compiled, source.data, ranges, packed, code_blocks, False, to.reduce, to.layers)
    reader.resume((0, len(source.data)))
    if reader.missing:
        kind = TruncatedError if reader.truncated else CodestreamError
        raise kind(
            f"tile {plan.index}, at byte {reader.offset:,}: {reader.what}; {reader.missing:,} packets are missing, "
            "and only what is whole can be rearranged",
            offset=reader.offset,
        )
    return reader.places()


def _in_order(places: NDArray[Any], before: TilePlan, after: TilePlan, reduce: int) -> NDArray[Any]:
    """Return the places of the packets that stay, in the order of the new plan.

    Resolutions are dropped from the top, so precincts keep their order; only their numbers close up.
    """
    layers = after.coding.layers
    kept = precincts_up_to(before, reduce)
    numbers = np.cumsum(kept, dtype=np.int64) - 1
    wanted = np.flatnonzero(kept[places["precinct"]] & (places["layer"] < layers))
    here = places[wanted]
    at: NDArray[np.int64] = np.zeros(len(after.precincts.number) * layers, np.int64)
    at[numbers[here["precinct"]] * layers + here["layer"]] = wanted
    precincts, of_layer = packet_sequence(after.runs)
    if len(precincts) < len(at):
        raise CodestreamError("the progression order changes leave packets out (T.800 A.6.6)", clause="T.800 A.6.6")
    ordered: NDArray[Any] = places[at[precincts.astype(np.int64) * layers + of_layer]]
    return ordered


def _kept_division(parts: NDArray[np.int32], numbers: Sequence[int]) -> Division:
    """Return where tile-parts begin if they begin where they did; one, where packets have left their order."""
    starts = np.flatnonzero(np.diff(parts, prepend=-1)).tolist()
    if not starts or np.any(np.diff(parts) < 0):
        return Division([0, len(parts)], [numbers[0]])
    return Division([*starts, len(parts)], [numbers[part] for part in parts[starts].tolist()])


def _carried(
    source: Source, places: NDArray[Any], plan: TilePlan, packed: bytes | None, *, packing: bool
) -> tuple[CarriedTile, NDArray[np.uint32]]:
    """Return the packets for writing, and how long each will be."""
    sop, eph = plan.coding.sop, plan.coding.eph
    carried = np.zeros(len(places), CARRIED)
    bodies = places["stop"] - places["body"]
    lengths = bodies + (_SOP_SIZE * sop) + (0 if packing else places["header_length"] + _EPH_SIZE * eph)
    if len(lengths) and int(lengths.max()) > _LARGEST_PACKET:
        raise OptionError("a packet of 4 GiB or more cannot be told the length of (T.800 A.4.2)")
    for name in ("header", "body", "header_length"):
        carried[name] = places[name]
    carried["body_length"] = bodies
    return CarriedTile(source.data, packed, carried, sop, eph, packing), lengths.astype(np.uint32)


def _rearranged(source: Source, options: RepackOptions, limits: Limits, threads: int) -> tuple[MainHeader, bytes]:
    to, layout = _rearrangement(source, options), _layout(source.stream, options)
    main = rearrange_main_header(source.stream.main, to)
    packed = packed_by_part(source.stream)

    def rearrange(tile: int, _: int) -> TilePackets:
        before, parts = source.plans[tile], source.parts[tile]
        header = rearrange_tile_header(_segments_of(parts), to)
        headers = packed.get(tile)
        joined = None if headers is None else b"".join(headers)
        places = _read_places(source, before, joined, to, limits.code_blocks)
        if headers is not None:  # an empty body may be in either of two parts
            places["part"] = np.searchsorted(np.cumsum([len(each) for each in headers]), places["header"], "right")
        after = plan_tile(main, header, tile, limits.code_blocks) if to.reduce else reordered(before, main, header)
        places = _in_order(places, before, after, to.reduce)
        if options.tile_parts is None:
            division = _kept_division(places["part"], [part.number for part in parts])
        else:
            division = divide(after, options.tile_parts)
        carried, lengths = _carried(source, places, after, joined, packing=layout.packed_headers is not None)
        written = b"".join(write_segment(segment, main.siz.csiz) for segment in header)
        return TilePackets(after, division, carried, lengths, written)

    tiles = run_each(sorted(source.plans), rearrange, threads)
    return main, assemble(write_main_header(main), tiles, layout, threads)


def _color_space(siz: Siz, asked: ColorSpace | None) -> ColorSpace:
    """Return the colour space of a file around what was a bare codestream, which does not tell one."""
    steps = {(component.xrsiz, component.yrsiz) for component in siz.components}
    usual: ColorSpace | None = "greyscale" if siz.csiz == 1 else "srgb" if siz.csiz == 3 and len(steps) == 1 else None
    chosen = asked or usual
    if chosen is None:
        raise OptionError(
            f"color_space: nothing says what the {siz.csiz} components are, and a file must (T.800 I.5.3.3)"
        )
    if chosen != "greyscale" and siz.csiz < 3:
        raise OptionError(f"color_space={chosen!r} has three colours, and there are {siz.csiz} components")
    return chosen


def _wrapped(view: memoryview, codestream: bytes, main: MainHeader, options: RepackOptions) -> bytes:
    """Return the codestream in a file, if the original was in one or one is asked for."""
    wrapper = find_wrapper(view)
    file_format = options.file_format or ("codestream" if wrapper is None else wrapper.file_format)
    if options.color_space is not None and (wrapper is not None or file_format == "codestream"):
        raise OptionError("color_space is for a file around what was a bare codestream: others keep their boxes")
    if file_format == "codestream":
        return codestream
    high_throughput = main.cod.spcod.high_throughput or bool(main.siz.rsiz & 0x4000)
    if options.file_format is not None and high_throughput != (file_format == "jph"):
        raise OptionError("JPH is for HTJ2K, and JP2 for JPEG 2000 Part 1 (T.814 Annex D)")
    from pacscore.j2k.boxes.writer import file_around, rewrapped  # noqa: PLC0415 - only files need it

    if wrapper is None:
        return file_around(codestream, file_format, _color_space(main.siz, options.color_space))
    return rewrapped(view, wrapper, codestream, file_format, 1 << options.reduce)


def repack(
    data: bytes | bytearray | memoryview,
    options: RepackOptions | None = None,
    *,
    threads: int = 1,
    limits: Limits | None = None,
) -> bytes:
    """Rearrange a codestream, or the one in a JP2 or JPH file: no code-block is decoded, and no sample changes.

    What it gives decodes to what the original decodes to, or with ``layers`` and ``reduce`` to what `decode` gives for
    these. Without options it gives the same packets in the same order. A profile that the codestream claims, and what
    follows its last packet, are dropped where packets move.

    Source: T.800 A.4, A.5.1, A.7, A.8, B.9, B.10, B.12, Annex I; T.814 Annex D.

    Parameters
    ----------
    data : bytes-like
        A codestream, or a JP2 or JPH file. Packets that are dropped need not be there.
    options : RepackOptions, optional
        What becomes different.
    threads : int
        How many may work at once; 1 is the calling thread alone.
    limits : Limits, optional
        Sizes to refuse; the default is `DEFAULT_LIMITS`.

    Returns
    -------
    bytes
        A codestream, or a file around it.

    Raises
    ------
    TruncatedError, CodestreamError
        If a packet to be kept is missing, or the headers are wrong. Damage within code-blocks is not looked for.
    OptionError
        If the options do not fit the codestream, or ask for more tile-parts or packet lengths than can be told.
    UnsupportedError
        If the codestream needs what pacscore lacks.
    LimitError
        If a tile has more code-blocks than the limits allow.
    """
    if threads < 1:
        raise OptionError(f"threads={threads} must be at least 1")
    limits, options = limits or DEFAULT_LIMITS, options or RepackOptions()
    source = read_source(data, DamageLog("raise"), limits)
    main, codestream = _rearranged(source, options, limits, threads)
    return _wrapped(source.data, codestream, main, options)
