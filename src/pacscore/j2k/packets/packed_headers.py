"""Packet headers that stand in PPM or PPT segments instead of before their packets.

Source: T.800 A.7.4, A.7.5.
"""

from __future__ import annotations

from pacscore.errors import TruncatedError
from pacscore.j2k.codestream.headers import Codestream
from pacscore.j2k.codestream.segments import Ppt

__all__ = ["packed_headers"]


def _split(joined: bytes, count: int) -> list[bytes]:
    """Return the headers of each tile-part: a length of four bytes and so many bytes, again and again."""
    blocks, position = [], 0
    for part in range(count):
        size = int.from_bytes(joined[position : position + 4], "big")
        block = joined[position + 4 : position + 4 + size]
        if position + 4 > len(joined) or len(block) < size:
            raise TruncatedError(
                f"PPM ends before the packet headers of tile-part {part} (T.800 A.7.4)",
                marker="PPM",
                clause="T.800 A.7.4",
            )
        blocks.append(block)
        position += 4 + size
    return blocks


def packed_headers(stream: Codestream) -> dict[int, bytes]:
    """Return the packet headers of each tile that has them packed, joined over its tile-parts.

    Raises
    ------
    TruncatedError
        If PPM has fewer than the tile-parts need.
    """
    packed: dict[int, bytes] = {}
    if stream.main.ppms:
        blocks = _split(b"".join(ppm.data for ppm in stream.main.ppms), len(stream.tile_parts))
        for part, block in zip(stream.tile_parts, blocks, strict=True):
            packed[part.sot.isot] = packed.get(part.sot.isot, b"") + block
    for tile, parts in stream.by_tile().items():
        segments = [segment for part in parts for segment in part.segments if isinstance(segment, Ppt)]
        if segments:
            packed[tile] = b"".join(ppt.data for ppt in sorted(segments, key=lambda ppt: ppt.zppt))
    return packed
