"""The reader: from bytes to a `MainHeader`, or to a whole `Codestream` down to its tile-parts.

Source: T.800 Annex A.
"""

from __future__ import annotations

import struct
from typing import Final

from pacscore.j2k.codestream import markers
from pacscore.j2k.codestream.header_reader import BytesLike, read_main_header
from pacscore.j2k.codestream.headers import Codestream, MainHeader, TilePart
from pacscore.j2k.codestream.segments import Sot
from pacscore.j2k.codestream.tile_part_reader import TilePartWalk

__all__ = ["read_codestream", "read_main_header"]

_MOST_NOTES: Final = 100
_SOT_AND_SOD: Final = struct.Struct(">HHHIBBH")
_EOC: Final = b"\xff\xd9"


def read_codestream(data: BytesLike, start: int = 0, stop: int | None = None) -> Codestream:
    """Return the headers and tile-parts of the codestream that begins at ``start``.

    A bad main header is an error. What is wrong with tile-parts is told in ``damages``, and those behind it are still
    found where their place is known. No packet is looked at: whether all are there is not known here.

    Source: T.800 A.3, A.4.

    Parameters
    ----------
    data : bytes-like
    start, stop : int, in bytes
        Where SOC is, and where the codestream ends at the latest; None for the end of the data.

    Raises
    ------
    TruncatedError, CodestreamError, UnsupportedError
        As `read_main_header`.
    """
    view = memoryview(data).cast("B")[:stop]
    main = read_main_header(view, start)
    if sole := _sole_tile_part(view, main):
        return Codestream(main, (sole,), start, len(view), True, (), main.notes[:_MOST_NOTES])
    walk = TilePartWalk(view, main, len(view)).go()
    notes = main.notes + tuple(walk.notes)
    return Codestream(main, tuple(walk.parts), start, walk.end, walk.eoc, tuple(walk.damages), notes[:_MOST_NOTES])


def _sole_tile_part(view: memoryview, main: MainHeader) -> TilePart | None:
    """Return the tile-part of the commonest codestream, None for others.

    It has one tile-part without segments of its own, and EOC ends the data: a walk would find just this, but slower.
    """
    position, stop = main.stop, len(view) - 2
    if stop - position < _SOT_AND_SOD.size or bytes(view[stop:]) != _EOC:
        return None
    sot, length, isot, psot, tpsot, tnsot, sod = _SOT_AND_SOD.unpack_from(view, position)
    if (sot, length, sod) != (markers.SOT, 10, markers.SOD) or psot != stop - position:
        return None
    if isot >= main.siz.tiles_wide * main.siz.tiles_high:
        return None
    return TilePart(Sot(isot, psot, tpsot, tnsot), position, (), position + _SOT_AND_SOD.size, stop)
