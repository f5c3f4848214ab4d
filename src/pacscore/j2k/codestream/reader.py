"""The reader: from bytes to a `MainHeader`, or to a whole `Codestream` down to its tile-parts.

Source: T.800 Annex A.
"""

from __future__ import annotations

from pacscore.j2k.codestream.header_reader import BytesLike, read_main_header
from pacscore.j2k.codestream.headers import Codestream
from pacscore.j2k.codestream.tile_part_reader import TilePartWalk

__all__ = ["read_codestream", "read_main_header"]

_MOST_NOTES = 100


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
    walk = TilePartWalk(view, main, len(view))
    notes = main.notes + tuple(walk.notes)
    return Codestream(main, tuple(walk.parts), start, walk.end, walk.eoc, tuple(walk.damages), notes[:_MOST_NOTES])
