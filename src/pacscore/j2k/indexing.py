"""The index of a codestream: which bytes hold which tile, resolution, component, layer and precinct."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError
from pacscore.j2k.codestream.headers import Codestream, MainHeader
from pacscore.j2k.completeness import Completeness, completeness_of
from pacscore.j2k.index_file import StoredIndex, read_index, write_index
from pacscore.j2k.loaded_headers import load_codestream
from pacscore.j2k.needed import needed_precincts, precincts_up_to
from pacscore.j2k.packet_table import TilePlaces, tile_places
from pacscore.j2k.view import choose_view
from pacscore.limits import DEFAULT_LIMITS, Limits
from pacscore.region import Region
from pacscore.source import FileReader, LoadedBytes, Runs, as_reader, merge

__all__ = ["PACKET", "CodestreamIndex", "TilePartPlace", "index"]

PACKET = np.dtype(
    [
        ("tile", "u2"),
        ("component", "u2"),
        ("resolution", "u1"),
        ("precinct", "u4"),
        ("layer", "u2"),
        ("start", "i8"),
        ("stop", "i8"),
    ]
)
"""A packet: precincts are counted within their resolution; start and stop in bytes of the data, SOP included."""

ByteRange = tuple[int, int]
"""Where it starts and where it stops, in bytes."""


class TilePartPlace(NamedTuple):
    """A tile-part: its tile, its number, and in bytes where its header and its packets start, and where it stops."""

    tile: int
    number: int
    start: int
    body: int
    stop: int


class CodestreamIndex:
    """Where in its data every packet of a codestream is.

    Attributes
    ----------
    size : int, in bytes
        Of the data: the codestream, or the file that it is in.
    start, stop : int, in bytes
        The codestream in the data.
    main_header : tuple of (int, int)
        Where the main header starts and stops.
    tile_parts : tuple of TilePartPlace
        Tile and part number; where its header starts, its packets start, and it stops.
    packets : ndarray of `PACKET`, shape (packets,)
        Fields tile, component, resolution (0 the lowest), precinct, layer, start and stop, in the order of the tiles
        and of the packets in them. With PPM or PPT the headers of the packets are elsewhere.
    headers_sha256 : str
        Of the main header and the tile-part headers, by which an index knows its codestream.
    fetched : int, in bytes
        What was read to make it; 0 for one that was loaded.
    missing : str or None
        Why packets are missing, of a codestream that is not whole.
    tiles : sequence of TilePlaces
        Of each tile what its headers make of it, its tile-parts and its packets.
    """

    def __init__(self, stored: StoredIndex, tiles: Sequence[TilePlaces], fetched: int = 0) -> None:
        self._stored = stored
        self.tiles = tiles
        self.size, self.start, self.stop = stored.size, stored.start, stored.stop
        self.main_header = (stored.start, stored.main_stop)
        self.tile_parts = tuple(
            TilePartPlace(part.sot.isot, part.sot.tpsot, part.offset, part.body_start, part.body_stop)
            for tile in tiles
            for part in tile.parts
        )
        self.packets = _table(tiles)
        self.headers_sha256 = stored.headers_sha256
        self.missing = stored.missing
        self.fetched = fetched
        levels = [len(component.geometry.resolutions) - 1 for tile in tiles for component in tile.plan.components]
        self._least_levels = min(levels, default=0)

    @property
    def main(self) -> MainHeader:
        """The marker segments of the main header."""
        return self._stored.main

    def ranges(
        self, *, reduce: int = 0, region: Region | None = None, layers: int | None = None, gap: int = 0
    ) -> tuple[ByteRange, ...]:
        """Return the byte ranges that a view needs: headers, and the packets of its precincts.

        Parameters
        ----------
        reduce : int
            Highest resolutions to leave out.
        region : Region, optional
            In full-resolution pixels. Headers of tiles that it does not touch are left out.
        layers : int, optional
            Quality layers to use, from the first.
        gap : int, in bytes
            Ranges no further apart than this are joined: less requests, some more bytes.

        Returns
        -------
        tuple of (int, int)
            Start and stop, in order, none touching another.

        Raises
        ------
        OptionError
            If the region leaves the image, or ``reduce`` is more than the levels that there are.
        """
        wanted = self.packets[self._needed(reduce, region, layers)]
        tiles = set(choose_view(self.main.siz, reduce, region).tiles)
        headers = [(part.start, part.body) for part in self.tile_parts if part.tile in tiles]
        packets = zip(wanted["start"].tolist(), wanted["stop"].tolist(), strict=True)
        return merge([self.main_header, *headers, *packets], gap)

    def completeness(self, ranges: Iterable[ByteRange]) -> Completeness:
        """Return how much of the codestream is in some byte ranges, that may overlap and be in any order."""
        held = Runs(ranges)
        places = [(self.start, self.main_header[1]), *((part.start, part.body) for part in self.tile_parts)]
        headers = held.hold(*np.array(places, np.int64).T)
        present = [tile.places[held.hold(tile.places["start"], tile.places["stop"])] for tile in self.tiles]
        tiles = [(tile.plan, packets) for tile, packets in zip(self.tiles, present, strict=True)]
        return completeness_of(self.main.siz, tiles, headers=bool(headers.all()))

    def save(self, path: str | os.PathLike[str]) -> int:
        """Write the index to a file of its own, and return its size in bytes; the format is in the documentation."""
        data = write_index(self._stored, self.tiles)
        Path(path).write_bytes(data)
        return len(data)

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, limits: Limits | None = None) -> CodestreamIndex:
        """Return an index that was saved.

        Raises
        ------
        DataError
            If the file is no index, of a version that is not known, or damaged.
        """
        return cls(*read_index(Path(path).read_bytes(), (limits or DEFAULT_LIMITS).code_blocks))

    def __repr__(self) -> str:
        whole = "" if self.missing is None else ", not whole"
        return f"<CodestreamIndex: {len(self.packets):,} packets in {len(self.tile_parts):,} tile-parts{whole}>"

    def _needed(self, reduce: int, region: Region | None, layers: int | None) -> NDArray[np.bool_]:
        if layers is not None and layers < 1:
            raise OptionError(f"layers={layers} must be at least 1")
        if reduce > self._least_levels:
            raise OptionError(f"reduce={reduce}, but there are only {self._least_levels} decomposition levels")
        view = choose_view(self.main.siz, reduce, region)
        each = []
        for tile in self.tiles:
            seen = precincts_up_to(tile.plan, reduce) if region is None else needed_precincts(tile.plan, view)
            each.append(seen[tile.places["precinct"]] & (tile.plan.index in view.tiles))
        needed: NDArray[np.bool_] = np.concatenate([np.zeros(0, bool), *each])
        return needed if layers is None else needed & (self.packets["layer"] < layers)


def index(source: Any, *, believe_lengths: bool = True, limits: Limits | None = None) -> CodestreamIndex:
    """Index a codestream, or the one in a JP2 or JPH file: headers are parsed, no code-block is decoded.

    Where the codestream tells the lengths of its packets (PLT), only its own headers are fetched; otherwise those of
    the packets too, and some bytes around them.

    Source: T.800 A.7, B.9, B.10, B.12.

    Parameters
    ----------
    source : bytes-like, path, binary file object or reader
        A reader has ``read_range(start, length)`` and ``size``.
    believe_lengths : bool
        Whether PLT is believed where it adds up. Otherwise packet headers are read.
    limits : Limits, optional
        Sizes to refuse.

    Returns
    -------
    CodestreamIndex
        Of as much as there is; ``missing`` says why it is not all.

    Raises
    ------
    CodestreamError
        If the headers are wrong, or the data ends in the main header (TruncatedError).
    LimitError
        If a tile has too many code-blocks.
    OSError
        What the source says.
    """
    reader = as_reader(source)
    try:
        data = LoadedBytes(reader)
        wrapper, stream = load_codestream(data)
        tiles = tile_places(data, stream, (limits or DEFAULT_LIMITS).code_blocks, believe_lengths=believe_lengths)
    finally:
        if isinstance(reader, FileReader) and reader is not source:
            reader.close()
    stored = StoredIndex(
        size=len(data),
        start=wrapper.start,
        stop=wrapper.stop,
        main=stream.main,
        main_stop=stream.main.stop,
        headers_sha256=_headers_sha256(data, wrapper.start, stream),
        missing=_missing(tiles, stream),
    )
    return CodestreamIndex(stored, tiles, data.fetched)


def _headers_sha256(data: LoadedBytes, start: int, stream: Codestream) -> str:
    digest = hashlib.sha256(data.view[start : stream.main.stop])
    for part in stream.tile_parts:
        digest.update(data.view[part.offset : part.body_start])
    return digest.hexdigest()


def _missing(tiles: Sequence[TilePlaces], stream: Codestream) -> str | None:
    told = [damage.what for damage in stream.damages]
    told += [f"tile {tile.plan.index}: {tile.what}" for tile in tiles if tile.what is not None]
    absent = stream.main.siz.tiles_wide * stream.main.siz.tiles_high - len(tiles)
    if absent:
        told.append(f"{absent:,} tiles have no tile-part")
    return told[0] if told else None


def _table(tiles: Sequence[TilePlaces]) -> NDArray[Any]:
    """Return the packets of all tiles, as `PACKET` has them."""
    packets = np.zeros(sum(len(tile.places) for tile in tiles), PACKET)
    first = 0
    for tile in tiles:
        here = packets[first : first + len(tile.places)]
        number = tile.places["precinct"]
        here["tile"] = tile.plan.index
        for name in ("component", "resolution"):
            here[name] = getattr(tile.plan.precincts, name)[number]
        here["precinct"] = tile.plan.precincts.number[number]
        for name in ("layer", "start", "stop"):
            here[name] = tile.places[name]
        first += len(here)
    return packets
