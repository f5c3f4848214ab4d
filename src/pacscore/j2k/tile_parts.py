"""From the packets of all tiles to a codestream: tile-parts, their lengths, the main header in front.

Source: T.800 A.3, A.4, A.7.1, A.7.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError
from pacscore.j2k._written_packets import Joining, WrittenPackets
from pacscore.j2k.codestream.segments import Plt, Ppm, Ppt, Segment, Sot, Tlm
from pacscore.j2k.codestream.writer import write_segment
from pacscore.j2k.options import PackedHeaders, TileParts
from pacscore.j2k.packets.progression import packet_sequence
from pacscore.j2k.plan import TilePlan
from pacscore.j2k.resolving import ResolvedOptions
from pacscore.support.scheduler import run_in_threads

__all__ = ["Division", "Layout", "TilePackets", "assemble", "divide", "layer_sizes"]

_SOD, _EOC = b"\xff\x93", b"\xff\xd9"
_SOT_SIZE = 12
_TLM_ENTRIES = 10_000
"""Of six bytes; as many fit one segment."""
_PLT_LENGTHS = 13_000
"""Of at most five bytes; as many fit one segment."""
_PACKED_BYTES = 65532
"""As many fit one PPM or PPT segment."""
_SHARED = 1 << 20
"""Bytes from which on several threads copy."""
_STLM = 0x60
"""Tile numbers of 16 bits, lengths of 32."""


class Division(NamedTuple):
    """How the packets of a tile are divided into tile-parts.

    Attributes
    ----------
    starts : list of int
        The first packet of each part, and the number of packets.
    ranks : list of int
        What the parts of all tiles are sorted by.
    """

    starts: list[int]
    ranks: list[int]


class TilePackets(NamedTuple):
    """The packets of a tile.

    Attributes
    ----------
    plan : TilePlan
    division : Division
    written : WrittenPackets
        It has their bytes.
    lengths : ndarray of uint32, shape (packets,)
        In bytes.
    header : bytes
        Marker segments for the header of the first tile-part.
    """

    plan: TilePlan
    division: Division
    written: WrittenPackets
    lengths: NDArray[np.uint32]
    header: bytes = b""


class Layout(Protocol):
    """What `assemble` must know: fields mean what they mean in `J2KOptions`."""

    @property
    def tlm(self) -> bool:
        """Whether the main header has the lengths of tile-parts."""

    @property
    def plt(self) -> bool:
        """Whether tile-part headers have the lengths of packets."""

    @property
    def packed_headers(self) -> PackedHeaders | None:
        """Where packet headers are, if not in their packets."""


class _Part(NamedTuple):
    tile: int
    rank: int
    """What the parts of all tiles are sorted by."""
    number: int
    parts: int
    header: bytes
    body: tuple[WrittenPackets, int, int]
    psot: int

    def pieces(self) -> list[bytes | tuple[WrittenPackets, int, int]]:
        sot = write_segment(Sot(self.tile, self.psot, self.number, self.parts))
        return [sot + self.header + _SOD, self.body]


def _ranks(plan: TilePlan, tile_parts: TileParts) -> NDArray[np.int32]:
    """Return, for each packet, the number that changes where a new tile-part begins."""
    order, layers = packet_sequence(plan.runs)
    if len(order) < len(plan.precincts.number) * plan.coding.layers:
        raise OptionError("the progression changes leave packets out (T.800 A.6.6)")
    ranks: NDArray[np.int32] = np.zeros(len(order), np.int32)
    if tile_parts == "resolution":
        ranks = plan.precincts.resolution[order]
    if tile_parts == "component":
        ranks = plan.precincts.component[order]
    if tile_parts == "layer":
        ranks = layers
    return ranks


def divide(plan: TilePlan, tile_parts: TileParts) -> Division:
    """Return where the tile-parts of a tile begin.

    Raises
    ------
    OptionError
        If there would be more than the standard allows, or the progression does not allow such a division.
    """
    ranks = _ranks(plan, tile_parts)
    starts = np.flatnonzero(np.diff(ranks, prepend=-1)).tolist() or [0]
    if len(starts) > max(len(np.unique(ranks)), 1):
        raise OptionError(
            f"tile_parts={tile_parts!r} needs a progression that finishes each {tile_parts} before the next"
        )
    if len(starts) > 255:
        raise OptionError(f"{len(starts)} tile-parts a tile are more than 255 (T.800 A.4.2)")
    ordered = tile_parts == "resolution" and len(ranks) > 0
    return Division([*starts, len(ranks)], ranks[starts].tolist() if ordered else [0] * len(starts))


def _packet_lengths(lengths: NDArray[np.uint32]) -> bytes:
    chunks = [lengths[i : i + _PLT_LENGTHS].tolist() for i in range(0, len(lengths), _PLT_LENGTHS)]
    if len(chunks) > 256:
        raise OptionError(f"{len(lengths):,} packets in a tile-part are more than PLT can tell (T.800 A.7.3)")
    return b"".join(write_segment(Plt(i, tuple(chunk))) for i, chunk in enumerate(chunks))


def _cut(data: bytes) -> list[bytes]:
    chunks = [data[i : i + _PACKED_BYTES] for i in range(0, len(data), _PACKED_BYTES)]
    if len(chunks) > 256:
        raise OptionError(f"{len(data):,} bytes of packet headers are more than PPM or PPT holds (T.800 A.7.4, A.7.5)")
    return chunks


def _split(packets: TilePackets, options: Layout) -> list[_Part]:
    parts = []
    starts, ranks = packets.division
    segments = 0
    for number, (start, stop, rank) in enumerate(zip(starts, starts[1:], ranks, strict=False)):
        lengths = packets.lengths[start:stop]
        header = packets.header if number == 0 else b""
        if options.plt:
            header += _packet_lengths(lengths)
        if options.packed_headers == "tile":
            chunks = _cut(packets.written.headers(start, stop))
            header += b"".join(write_segment(Ppt(segments + i, chunk)) for i, chunk in enumerate(chunks))
            segments += len(chunks)
        psot = _SOT_SIZE + len(header) + len(_SOD) + int(lengths.sum(dtype=np.int64))
        body = (packets.written, start, stop)
        parts.append(_Part(packets.plan.index, rank, number, len(starts) - 1, header, body, psot))
    return parts


def _packed_in_main(parts: Sequence[_Part]) -> list[Ppm]:
    headers = [written.headers(start, stop) for written, start, stop in (part.body for part in parts)]
    joined = b"".join(len(header).to_bytes(4, "big") + header for header in headers)
    return [Ppm(i, chunk) for i, chunk in enumerate(_cut(joined))]


def _tile_part_lengths(parts: Sequence[_Part]) -> list[Tlm]:
    entries = tuple((part.tile, part.psot) for part in parts)
    chunks = [entries[i : i + _TLM_ENTRIES] for i in range(0, len(entries), _TLM_ENTRIES)]
    if len(chunks) > 256:
        raise OptionError(f"{len(entries):,} tile-parts are more than TLM can tell (T.800 A.7.1)")
    return [Tlm(i, _STLM, chunk) for i, chunk in enumerate(chunks)]


def _lay_out(header: bytes, tiles: Sequence[TilePackets], options: Layout) -> tuple[bytes, list[_Part]]:
    """Return the whole main header, and all tile-parts in order."""
    parts = [part for packets in tiles for part in _split(packets, options)]
    if options.packed_headers != "main":  # OpenJPEG takes what PPM holds for the headers of one tile after another
        parts.sort(key=lambda part: part.rank)
    if any(part.psot >= 1 << 32 for part in parts):
        raise OptionError("a tile-part of 4 GiB or more: use tiles or tile_parts (T.800 A.4.2)")
    segments: list[Segment] = [*_tile_part_lengths(parts)] if options.tlm else []
    if options.packed_headers == "main":
        segments += _packed_in_main(parts)
    return header + b"".join(map(write_segment, segments)), parts


def layer_sizes(header: bytes, tiles: Sequence[TilePackets], options: ResolvedOptions) -> NDArray[np.int64]:
    """Return how long the codestream is without the packets of the layers above, for each layer, in bytes.

    Parameters are those of `assemble`.
    """
    whole, parts = _lay_out(header, tiles, options)
    size = len(whole) + sum(part.psot for part in parts) + len(_EOC)
    if options.layers == 1:
        return np.array([size])
    of_layers: NDArray[np.int64] = np.zeros(options.layers, np.int64)
    for packets in tiles:
        _, layers = packet_sequence(packets.plan.runs)
        of_layers += np.bincount(layers, packets.lengths, options.layers).astype(np.int64)
    return size - int(of_layers.sum()) + np.cumsum(of_layers)


def assemble(header: bytes, tiles: Sequence[TilePackets], options: Layout, threads: int) -> bytes:
    """Return the codestream.

    Tile-parts by resolution lie resolution by resolution, so that a beginning of the codestream holds the lower
    resolutions of the whole image; others, and those whose packet headers are in the main header, lie tile by tile.

    Parameters
    ----------
    header : bytes
        SOC and the main header without TLM.
    tiles : sequence of TilePackets
        In the order of their numbers.
    options : Layout
        Which lengths and packet headers are written where.
    threads : int
        How many may copy at once.

    Raises
    ------
    OptionError
        If there would be more tile-parts or packets than the standard allows.
    """
    header, parts = _lay_out(header, tiles, options)
    pieces = [header, *(piece for part in parts for piece in part.pieces()), _EOC]
    shares = threads if sum(part.psot for part in parts) >= _SHARED else 1
    joining = Joining(pieces, shares)
    run_in_threads(shares, joining.write)
    return joining.joined
