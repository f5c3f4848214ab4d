"""From bytes to tile-parts, going by Psot from one to the next; never by looking for a marker.

Source: T.800 A.4.2 to A.4.4.
"""

from __future__ import annotations

import struct
from typing import Final, Literal, Self

from pacscore.errors import CodestreamError, TruncatedError, UnsupportedError
from pacscore.j2k.codestream.header_reader import read_tile_part_header
from pacscore.j2k.codestream.headers import MainHeader, TilePart
from pacscore.j2k.codestream.segments import Coc, Cod, Qcc, Qcd, Rgn, Siz, Sot
from pacscore.report import Damage

_SOT: Final = struct.Struct(">HHHIBB")
_SOT_SIZE: Final = 12
_SOT_MARKER: Final = b"\xff\x90"
_EOC: Final = b"\xff\xd9"
_FIRST_PART_ONLY: Final = (Cod, Coc, Qcd, Qcc, Rgn)

_MOST: Final = 100


class TilePartWalk:
    """One way through the tile-parts of a codestream; what is wrong on the way is kept, not raised.

    Attributes
    ----------
    parts : list of TilePart
    damages : list of Damage
        At most the first hundred.
    notes : list of str
    end : int, in bytes
        Behind EOC, or ``limit``.
    eoc : bool
    """

    __slots__ = ("_limit", "_number", "_position", "_siz", "_tiles", "_view", "damages", "end", "eoc", "notes", "parts")

    def __init__(self, view: memoryview, main: MainHeader, limit: int) -> None:
        self._view = view
        self._limit = limit
        self._number = -1
        self._siz: Siz = main.siz
        self._tiles = main.siz.tiles_wide * main.siz.tiles_high
        self.parts: list[TilePart] = []
        self.damages: list[Damage] = []
        self.notes: list[str] = []
        self.end = limit
        self.eoc = False
        self._position: int | None = main.stop

    def go(self) -> Self:
        """Go all the way."""
        while self._position is not None:
            self._position = self._step(self._position)
        self._arrange()
        if self.eoc and self.end < self._limit:
            self.notes.append(f"bytes behind EOC: {self._limit - self.end:,}")
        return self

    def _arrange(self) -> None:
        if len(self.parts) > 1:
            self._sort()
            self._drop_repeated_parameters()

    def _step(self, position: int) -> int | None:
        """Read what is at ``position`` and return where the next tile-part should be, None at the end."""
        marker = bytes(self._view[position : min(position + 2, self._limit)])
        if marker != _SOT_MARKER:
            if marker == _EOC:
                self.eoc = True
                self.end = position + 2
            else:
                self._end_without_eoc(position)
            return None
        if position + _SOT_SIZE > self._limit:
            self._damage("truncated", f"the data ends in SOT at byte {position:,} (T.800 A.4.2)", position, None)
            return None
        _, length, *fields = _SOT.unpack_from(self._view, position)
        sot = Sot(*fields)
        stop = self._stop_of(sot, length, position)
        if stop is None:
            return None
        self._number += 1
        self._read_part(sot, position, stop)
        return stop

    def _stop_of(self, sot: Sot, length: int, position: int) -> int | None:
        """Return where the tile-part stops, clipped to the data; None where that is past telling."""
        if length != 10:
            flaw = f"Lsot is {length}, not 10"
        elif 0 < sot.psot < _SOT_SIZE or sot.psot == _SOT_SIZE + 1:
            flaw = f"Psot {sot.psot} is shorter than its header"
        else:
            return self._clipped_stop(sot, position)
        self._damage("syntax", f"{_name(sot, position)}: {flaw} (T.800 A.4.2)", position, sot.isot)
        return None

    def _clipped_stop(self, sot: Sot, position: int) -> int:
        stop = position + sot.psot
        if sot.psot and stop < self._limit:
            return stop
        if stop == self._limit and bytes(self._view[stop - 2 : stop]) != _EOC:
            return stop
        eoc = self._rfind_eoc(position + _SOT_SIZE)
        if stop == self._limit:
            self.notes.append(f"{_name(sot, position)}: Psot counts EOC in")
        elif sot.psot:
            what = f"{_name(sot, position)}: Psot {sot.psot:,} goes beyond the data's end at byte {self._limit:,}"
            self._damage("truncated" if eoc is None else "syntax", f"{what} (T.800 A.4.2)", position, sot.isot)
        return self._limit if eoc is None else eoc

    def _rfind_eoc(self, start: int) -> int | None:
        """Return where the last EOC is. Packets hold no two bytes above FF8F, so it can only be the real one."""
        found = bytes(self._view[start : self._limit]).rfind(_EOC)
        return None if found < 0 else start + found

    def _read_part(self, sot: Sot, position: int, stop: int) -> None:
        name = _name(sot, position)
        if sot.isot >= self._tiles:
            self._damage("syntax", f"{name}: tile {sot.isot} of {self._tiles} (T.800 A.4.2)", position, None)
            return
        start = position + _SOT_SIZE
        if stop == start and sot.psot == _SOT_SIZE:
            self.notes.append(f"{name}: Psot 12 leaves no room for SOD; taken as empty")
            self.parts.append(TilePart(sot, position, (), stop, stop, self._number))
            return
        notes: list[str] = []
        try:
            segments, start = read_tile_part_header(self._view, start, min(stop, self._limit), self._siz, notes)
        except (CodestreamError, UnsupportedError) as error:
            self._refuse(error, sot, position, stop)
            return
        self.notes += notes
        self.parts.append(TilePart(sot, position, segments, start, stop, self._number))

    def _refuse(self, error: CodestreamError | UnsupportedError, sot: Sot, position: int, stop: int) -> None:
        """Leave out a tile-part whose header cannot be read."""
        cut = isinstance(error, TruncatedError) and stop == self._limit and sot.psot != stop - position
        self._damage("truncated" if cut else "syntax", f"{_name(sot, position)}: {error}", position, sot.isot)

    def _end_without_eoc(self, position: int) -> None:
        rest = self._limit - position
        what = f"no EOC at byte {position:,}" + (f", other bytes: {rest:,}" if rest else "")
        if rest >= _SOT_SIZE and self._is_incomplete():
            self._damage("syntax", f"{what}, and tile-parts are missing (T.800 A.4.2)", position, None)
        else:
            self.notes.append(what)

    def _is_incomplete(self) -> bool:
        """Tell whether tile-parts must be missing: a tile without any, or fewer than a TNsot says."""
        counts: dict[int, int] = {}
        told: dict[int, int] = {}
        for part in self.parts:
            tile = part.sot.isot
            counts[tile] = counts.get(tile, 0) + 1
            told[tile] = max(told.get(tile, 0), part.sot.tnsot)
        return len(counts) < self._tiles or any(counts[tile] < told[tile] for tile in counts)

    def _sort(self) -> None:
        """Put the parts of each tile in the order of TPsot, in the places that the tile's parts have."""
        places: dict[int, list[int]] = {}
        for place, part in enumerate(self.parts):
            places.setdefault(part.sot.isot, []).append(place)
        for tile, own in places.items():
            numbers = [self.parts[place].sot.tpsot for place in own]
            if numbers == list(range(len(own))):
                continue
            self.notes.append(f"tile {tile}: TPsot goes {', '.join(map(str, numbers[:8]))}{' ...' * (len(own) > 8)}")
            parts = sorted((self.parts[place] for place in own), key=lambda part: part.sot.tpsot)
            for place, part in zip(own, parts, strict=True):
                self.parts[place] = part

    def _drop_repeated_parameters(self) -> None:
        seen: set[int] = set()
        for place, part in enumerate(self.parts):
            if part.sot.isot not in seen:
                seen.add(part.sot.isot)
                continue
            kept = tuple(segment for segment in part.segments if not isinstance(segment, _FIRST_PART_ONLY))
            if len(kept) < len(part.segments):
                self.notes.append(f"{_name(part.sot, part.offset)}: parameters in a later tile-part; ignored")
                self.parts[place] = part._replace(segments=kept)

    def _damage(self, kind: Literal["truncated", "syntax"], what: str, offset: int, tile: int | None) -> None:
        if len(self.damages) < _MOST:
            self.damages.append(Damage(kind, what, offset, tile))


def _name(sot: Sot, position: int) -> str:
    return f"tile-part {sot.tpsot} of tile {sot.isot} at byte {position:,}"
