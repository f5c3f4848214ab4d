"""The headers of a codestream whose bytes arrive by and by: as many as are there.

Source: T.800 A.3, A.4.2, I.4.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Protocol

from pacscore.errors import OptionError, TruncatedError
from pacscore.j2k.boxes.reader import find_codestream
from pacscore.j2k.boxes.records import Wrapper
from pacscore.j2k.codestream.arriving_parts import ENDLESS, ArrivingTileParts
from pacscore.j2k.codestream.header_reader import read_main_header, read_tile_part_header
from pacscore.j2k.codestream.headers import Codestream, MainHeader, TilePart
from pacscore.j2k.codestream.reader import read_codestream
from pacscore.j2k.codestream.segments import Ppt, Sot
from pacscore.j2k.index_file import kept_segments
from pacscore.source import ArrivedBytes

if TYPE_CHECKING:  # annotations alone
    from pacscore.j2k.indexing import CodestreamIndex

__all__ = ["ArrivingHeaders", "IndexedHeaders", "WalkedHeaders"]

_SOT_SIZE = 12
_BOX = struct.Struct(">I4sQ")


class ArrivingHeaders(Protocol):
    """Where the headers come from."""

    @property
    def done(self) -> bool:
        """Whether no tile-part can follow."""

    def advance(self, data: ArrivedBytes) -> None:
        """Read what has come."""

    def codestream(self) -> Codestream | None:
        """Return the tile-parts so far; ``body_stop`` is where their packets end once all have come.

        None until the main header has come.
        """

    def last_word(self, data: ArrivedBytes) -> Codestream | None:
        """Return the codestream if nothing more comes; None if it is as `codestream` says."""


def _codestream_box(wrapper: Wrapper, view: memoryview) -> tuple[int, int]:
    """Return where the codestream starts, and where it stops at the latest, whether that has come or not."""
    for box in wrapper.boxes:
        if box.kind == "jp2c" and box.payload_start == wrapper.start:
            length, _, long_length = struct.unpack_from(
                ">IIQ", bytes(view[box.start : box.start + 16]).ljust(16, b"\0")
            )
            length = long_length if length == 1 else length
            return wrapper.start, box.start + length if length else ENDLESS
    return wrapper.start, ENDLESS


class WalkedHeaders:
    """Headers that are found from the beginning on, tile-part by tile-part."""

    def __init__(self) -> None:
        self._main: MainHeader | None = None
        self._parts: ArrivingTileParts | None = None
        self._place = (-1, ENDLESS)

    @property
    def done(self) -> bool:
        """Whether no tile-part can follow."""
        return self._parts is not None and self._parts.done

    def advance(self, data: ArrivedBytes) -> None:
        """Read what has come.

        Raises
        ------
        CodestreamError, UnsupportedError
            If the main header, or a box in front of it, is wrong.
        """
        if self._parts is None:
            self._read_main(data)
        if self._parts is not None:
            self._parts.advance(data.view, data.runs.present)

    def _read_main(self, data: ArrivedBytes) -> None:
        _, there = data.runs.present(0)
        try:
            if self._place[0] < 0:
                self._place = _codestream_box(find_codestream(data.view[:there]), data.view)
            start, stop = self._place
            self._main = read_main_header(data.view[: min(stop, there)], start)
        except TruncatedError:
            return
        self._parts = ArrivingTileParts(self._main, min(stop, data.size or ENDLESS))

    def codestream(self) -> Codestream | None:
        """Return the tile-parts so far, None until the main header has come."""
        main, walk = self._main, self._parts
        if main is None or walk is None:
            return None
        damages, start = tuple(walk.damages), self._place[0]
        return Codestream(main, tuple(walk.parts), start, walk.end, walk.eoc, damages, main.notes)

    def last_word(self, data: ArrivedBytes) -> Codestream | None:
        """Return the codestream that the data is if nothing more comes."""
        view = data.view[: data.runs.stop]
        wrapper = find_codestream(view)
        return read_codestream(view, wrapper.start, wrapper.stop)


class IndexedHeaders:
    """Headers whose places an index tells; they may come in any order.

    A tile is there as soon as the header of its first tile-part is: what a decoder must know of the others, but packed
    packet headers, the index knows itself.
    """

    def __init__(self, index: CodestreamIndex) -> None:
        self._main: MainHeader | None = None
        self._index = index
        self._numbers = {part.start: n for n, part in enumerate(sorted(index.tile_parts, key=lambda part: part.start))}
        self._read: dict[int, TilePart] = {}

    @property
    def done(self) -> bool:
        """Whether the header of every tile-part has come."""
        return len(self._read) == len(self._numbers)

    def advance(self, data: ArrivedBytes) -> None:
        """Read what has come.

        Raises
        ------
        CodestreamError, UnsupportedError
            If the main header is wrong.
        OptionError
            If it is not the one that the index belongs to.
        """
        if self._main is None:
            self._read_main(data)
        if self._main is None or self.done:
            return
        for tile in self._index.tiles:
            for part in tile.parts:
                if part.offset not in self._read and data.runs.hold(part.offset, part.body_start):
                    self._read[part.offset] = self._read_part(data.view, self._main, part)

    def _read_main(self, data: ArrivedBytes) -> None:
        start, stop = self._index.main_header
        if not data.runs.hold(start, stop):
            return
        main = read_main_header(bytes(data.view[start:stop]) + b"\xff\x90")
        if kept_segments(main.segments) != kept_segments(self._index.main.segments):
            raise OptionError("the index belongs to another codestream: its main header is different")
        self._main = main

    def _read_part(self, view: memoryview, main: MainHeader, part: TilePart) -> TilePart:
        sot = Sot(*struct.unpack_from(">HIBB", view, part.offset + 4))
        segments, body = read_tile_part_header(view, part.offset + _SOT_SIZE, part.body_start, main.siz, [])
        if (sot.isot, sot.tpsot, body) != (part.sot.isot, part.sot.tpsot, part.body_start):
            raise OptionError(f"the index belongs to another codestream: the tile-part at {part.offset:,} is different")
        return part._replace(segments=segments, number=self._numbers[part.offset])

    def codestream(self) -> Codestream | None:
        """Return the tile-parts of those tiles that are there, None until the main header has come."""
        if self._main is None:
            return None
        found: list[TilePart] = []
        for tile in self._index.tiles:
            own = [self._read.get(part.offset, part) for part in tile.parts]
            if tile.parts[0].offset not in self._read:
                continue
            if self._main.ppms or any(isinstance(segment, Ppt) for segment in own[0].segments):
                missing = [i for i, part in enumerate(tile.parts) if part.offset not in self._read]
                own = own[: missing[0]] if missing else own
            found += own
        index = self._index
        return Codestream(self._main, tuple(found), index.start, index.stop, eoc=False)

    def last_word(self, data: ArrivedBytes) -> Codestream | None:
        """Return None: the index has said all."""
        del data
        return None
