"""From the packets of all tiles to a codestream: tile-parts, their lengths, the main header in front.

Source: T.800 A.3, A.4, A.7.1, A.7.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError
from pacscore.j2k.codestream.headers import MainHeader
from pacscore.j2k.codestream.segments import Plt, Sot, Tlm
from pacscore.j2k.codestream.writer import write_main_header, write_segment
from pacscore.j2k.options import TileParts
from pacscore.j2k.plan import TilePlan

__all__ = ["TilePackets", "assemble"]

_SOD, _EOC = b"\xff\x93", b"\xff\xd9"
_SOT_SIZE = 12
_TLM_ENTRIES = 10_000
"""Of six bytes; as many fit one segment."""
_PLT_LENGTHS = 13_000
"""Of at most five bytes; as many fit one segment."""
_STLM = 0x60
"""Tile numbers of 16 bits, lengths of 32."""


class TilePackets(NamedTuple):
    """The packets of a tile.

    Attributes
    ----------
    plan : TilePlan
    data : bytes
        One after another.
    lengths : ndarray of uint32, shape (packets,)
        In bytes.
    """

    plan: TilePlan
    data: bytes
    lengths: NDArray[np.uint32]


class _Part(NamedTuple):
    tile: int
    rank: int
    """What the parts of all tiles are sorted by."""
    number: int
    parts: int
    header: bytes
    body: memoryview

    @property
    def psot(self) -> int:
        return _SOT_SIZE + len(self.header) + len(_SOD) + len(self.body)

    def write(self) -> list[bytes | memoryview]:
        sot = Sot(self.tile, self.psot, self.number, self.parts)
        return [write_segment(sot), self.header, _SOD, self.body]


def _ranks(packets: TilePackets, tile_parts: TileParts) -> NDArray[np.int32]:
    """Return, for each packet, the number that changes where a new tile-part begins."""
    order: NDArray[np.int32] = np.concatenate([run.precincts for run in packets.plan.runs])
    ranks: NDArray[np.int32] = np.zeros(len(order), np.int32)
    if tile_parts == "resolution":
        ranks = packets.plan.precincts.resolution[order]
    if tile_parts == "component":
        ranks = packets.plan.precincts.component[order]
    return ranks


def _packet_lengths(lengths: NDArray[np.uint32]) -> bytes:
    chunks = [lengths[i : i + _PLT_LENGTHS].tolist() for i in range(0, len(lengths), _PLT_LENGTHS)]
    if len(chunks) > 256:
        raise OptionError(f"{len(lengths):,} packets in a tile-part are more than PLT can tell (T.800 A.7.3)")
    return b"".join(write_segment(Plt(i, tuple(chunk))) for i, chunk in enumerate(chunks))


def _split(packets: TilePackets, tile_parts: TileParts, plt: bool) -> list[_Part]:
    ranks = _ranks(packets, tile_parts)
    starts = np.flatnonzero(np.diff(ranks, prepend=-1)).tolist() or [0]
    if len(starts) > max(len(np.unique(ranks)), 1):
        raise OptionError(
            f"tile_parts={tile_parts!r} needs a progression that finishes each {tile_parts} before the next"
        )
    if len(starts) > 255:
        raise OptionError(f"{len(starts)} tile-parts a tile are more than 255 (T.800 A.4.2)")
    offsets = np.concatenate([[0], np.cumsum(packets.lengths, dtype=np.int64)])
    parts = []
    for number, (start, stop) in enumerate(zip(starts, [*starts[1:], len(packets.lengths)], strict=True)):
        header = _packet_lengths(packets.lengths[start:stop]) if plt else b""
        body = memoryview(packets.data)[int(offsets[start]) : int(offsets[stop])]
        rank = int(ranks[start]) if tile_parts == "resolution" and len(ranks) else 0
        parts.append(_Part(packets.plan.index, rank, number, len(starts), header, body))
    return parts


def _tile_part_lengths(parts: Sequence[_Part]) -> list[Tlm]:
    entries = tuple((part.tile, part.psot) for part in parts)
    chunks = [entries[i : i + _TLM_ENTRIES] for i in range(0, len(entries), _TLM_ENTRIES)]
    if len(chunks) > 256:
        raise OptionError(f"{len(entries):,} tile-parts are more than TLM can tell (T.800 A.7.1)")
    return [Tlm(i, _STLM, chunk) for i, chunk in enumerate(chunks)]


def assemble(main: MainHeader, tiles: Sequence[TilePackets], tile_parts: TileParts, tlm: bool, plt: bool) -> bytes:
    """Return the codestream.

    Tile-parts by resolution lie resolution by resolution, so that a beginning of the codestream holds the lower
    resolutions of the whole image; others lie tile by tile.

    Parameters
    ----------
    main : MainHeader
        Without TLM.
    tiles : sequence of TilePackets
        In the order of their numbers.
    tile_parts : {"single", "resolution", "component", "layer"}
        At what changes a new tile-part begins.
    tlm, plt : bool
        Whether to write the lengths of tile-parts, of packets.

    Raises
    ------
    OptionError
        If there would be more tile-parts than the standard allows, or the progression does not allow such a division.
    """
    parts = [part for packets in tiles for part in _split(packets, tile_parts, plt)]
    parts.sort(key=lambda part: part.rank)
    if any(part.psot >= 1 << 32 for part in parts):
        raise OptionError("a tile-part of 4 GiB or more: use tiles or tile_parts (T.800 A.4.2)")
    segments = main.segments + tuple(_tile_part_lengths(parts) if tlm else ())
    return b"".join([write_main_header(segments), *(piece for part in parts for piece in part.write()), _EOC])
