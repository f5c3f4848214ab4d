"""Packet headers that stand apart from their packets, in PPM or PPT, put together by tile.

Source: T.800 A.7.4, A.7.5.
"""

from __future__ import annotations

from collections.abc import Sequence

from pacscore.j2k.codestream.headers import Codestream
from pacscore.j2k.codestream.segments import Ppm, Ppt


def packed_headers(codestream: Codestream) -> dict[int, bytes]:
    """Return the packet headers of each tile that has packed ones, in the order of its packets.

    What PPM or PPT lack is missing here too: whoever reads the headers finds out.

    Source: T.800 A.7.4, A.7.5.
    """
    return {tile: b"".join(found) for tile, found in packed_by_part(codestream).items()}


def packed_by_part(codestream: Codestream) -> dict[int, list[bytes]]:
    """Return the same by tile-parts; those of a tile that have none are left out.

    Source: T.800 A.7.4, A.7.5.
    """
    if not codestream.main.ppms and not any(part.segments for part in codestream.tile_parts):
        return {}
    headers: dict[int, list[bytes]] = {}
    by_part = _by_tile_part(codestream.main.ppms)
    for part in codestream.tile_parts:
        ppts = [segment for segment in part.segments if isinstance(segment, Ppt)]
        if ppts:
            own = b"".join(ppt.data for ppt in sorted(ppts, key=lambda ppt: ppt.zppt))
        elif codestream.main.ppms:
            own = by_part[part.number] if part.number < len(by_part) else b""
        else:
            continue
        headers.setdefault(part.sot.isot, []).append(own)
    return headers


def _by_tile_part(ppms: Sequence[Ppm]) -> list[bytes]:
    """Return one block of headers a tile-part, in the order of the stream; blocks may straddle segments."""
    data = b"".join(ppm.data for ppm in ppms)
    blocks = []
    position = 0
    while position + 4 <= len(data):
        start = position + 4
        position = start + int.from_bytes(data[position:start], "big")
        blocks.append(data[start:position])
    return blocks
