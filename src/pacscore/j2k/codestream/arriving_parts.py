"""The tile-parts of a codestream whose bytes arrive by and by: as many as there are headers of.

Source: T.800 A.4.2 to A.4.4.
"""

from __future__ import annotations

from collections.abc import Callable

from pacscore.errors import CodestreamError, TruncatedError, UnsupportedError
from pacscore.j2k.codestream.headers import MainHeader
from pacscore.j2k.codestream.segments import Sot
from pacscore.j2k.codestream.tile_part_reader import TilePartWalk

__all__ = ["ENDLESS", "ArrivingTileParts"]

ENDLESS = 1 << 62
"""Where data ends of which the size is not known."""
_SOT_MARKER = b"\xff\x90"
_SOT_SIZE = 12


class _NotYetError(Exception):
    """A tile-part header goes on in bytes that have not arrived."""


class ArrivingTileParts(TilePartWalk):
    """A way through the tile-parts that goes on when more bytes have come.

    ``body_stop`` of a tile-part is what its header says, whether its packets have come or not.

    Parameters
    ----------
    main : MainHeader
    stop : int, in bytes
        Where the codestream ends at the latest.
    """

    __slots__ = ("_stop",)

    def __init__(self, main: MainHeader, stop: int = ENDLESS) -> None:
        super().__init__(memoryview(b""), main, 0)
        self._stop = stop

    @property
    def done(self) -> bool:
        """Whether no tile-part can follow."""
        return self._position is None

    def advance(self, view: memoryview, present: Callable[[int], tuple[int, int]]) -> None:
        """Read what has come; ``present`` tells the run of bytes around an offset in the view."""
        self._view = view
        found = len(self.parts)
        while self._position is not None and self._is_ready(self._position, present):
            number = self._number
            try:
                self._position = self._step(self._position)
            except _NotYetError:
                self._number = number
                break
        if len(self.parts) > found:
            self._arrange()
        self.notes.clear()  # the whole codestream is looked at again at the end

    def _is_ready(self, position: int, present: Callable[[int], tuple[int, int]]) -> bool:
        self._limit = min(present(position)[1], self._stop)
        there = self._limit - position
        return there >= (_SOT_SIZE if bytes(self._view[position : position + 2]) == _SOT_MARKER else 2)

    def _clipped_stop(self, sot: Sot, position: int) -> int:
        return position + sot.psot if sot.psot else self._stop

    def _refuse(self, error: CodestreamError | UnsupportedError, sot: Sot, position: int, stop: int) -> None:
        if isinstance(error, TruncatedError) and self._limit < stop:
            raise _NotYetError
        super()._refuse(error, sot, position, stop)
