"""Pictures of a codestream while its bytes arrive, each made from the last one and what is new."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pacscore.errors import CodestreamError, OptionError, TruncatedError
from pacscore.j2k.affected_areas import block_area, touches
from pacscore.j2k.arriving_headers import ArrivingHeaders, IndexedHeaders, WalkedHeaders
from pacscore.j2k.arriving_packets import Arrival, PacketsArriving, segments_of
from pacscore.j2k.block_damages import MOST, block_damages
from pacscore.j2k.codestream.headers import Codestream, MainHeader, TilePart
from pacscore.j2k.codestream.packed_headers import packed_headers
from pacscore.j2k.completeness import Completeness, completeness_of
from pacscore.j2k.damage_log import DamageLog
from pacscore.j2k.missing_packets import missing_packets, missing_tiles
from pacscore.j2k.plan import plan_tile
from pacscore.j2k.view import View, choose_view
from pacscore.limits import DEFAULT_LIMITS, Limits
from pacscore.report import Damage, DecodeReport, Image, Partial
from pacscore.source import ArrivedBytes
from pacscore.support.scheduler import run_each, useful_threads

if TYPE_CHECKING:  # annotations alone
    from pacscore.j2k.indexing import CodestreamIndex
    from pacscore.region import Region

__all__ = ["ProgressiveDecoder"]


class ProgressiveDecoder:
    """Decodes a codestream, or the one in a JP2 or JPH file, while its bytes arrive.

    Feed it what has come, in order or by range, and ask for a picture at any time. It holds what `decode` would show of
    the same bytes with ``on_damage="conceal"``, and says whether it is whole. Code-blocks are decoded again only when
    more of their bytes have come, and resolutions are made again only from the lowest one that has changed. For that
    it keeps the bytes, and up to one and a third coefficients of 2, 4 or 8 bytes for each sample of the largest
    picture that was asked for.

    Samples come as they are stored, as with ``color="stored"``.

    Several threads may use it: one makes a picture while others feed; pictures are made one after another.

    Source: T.800 Annex B; T.814.

    Parameters
    ----------
    size : int, in bytes, optional
        Of all the data, if it is known, as from a Content-Length.
    index : CodestreamIndex, optional
        Of the same data, as from a side-car. Then packets are used wherever they come from; without it, and without
        PLT, only those that follow one another from the first.
    limits : Limits, optional
        Sizes to refuse; the default is `DEFAULT_LIMITS`.
    """

    def __init__(
        self, *, size: int | None = None, index: CodestreamIndex | None = None, limits: Limits | None = None
    ) -> None:
        if index is not None and size is not None and size != index.size:
            raise OptionError(f"size={size}, but the index is of {index.size:,} bytes")
        self._limits = limits or DEFAULT_LIMITS
        self._index = index
        self._data = ArrivedBytes(size if index is None else index.size)
        self._headers: ArrivingHeaders = WalkedHeaders() if index is None else IndexedHeaders(index)
        self._indexed = {} if index is None else {tile.plan.index: tile.places for tile in index.tiles}
        self._tiles: dict[int, PacketsArriving] = {}
        self._stream: Codestream | None = None
        self._wrong: list[Damage] = []
        self._finished = False
        self._fresh = False
        self._end = 0
        self._feeding = threading.Lock()
        self._making = threading.Lock()

    def feed(self, data: bytes | bytearray | memoryview, offset: int | None = None) -> None:
        """Take bytes that have come. Those that are there already are not replaced.

        Parameters
        ----------
        data : bytes-like
        offset : int, in bytes, optional
            Where in the whole data they belong; None: behind those of the last call.

        Raises
        ------
        OptionError
            If they lie outside the data.
        LimitError
            If they lie too far off to be addressed.
        """
        with self._feeding:
            self._data.put(data, offset)
            self._fresh = self._finished = False

    def finish(self) -> None:
        """Say that nothing more comes: what is missing is missing, as in data that ends where it ends now.

        Feeding more takes that back.
        """
        with self._feeding:
            self._finished = True
            self._fresh = False

    @property
    def bytes_arrived(self) -> int:
        """How many bytes have come."""
        with self._feeding:
            return self._data.runs.total

    @property
    def report(self) -> DecodeReport:
        """How complete the whole image is by now; code-blocks count as damaged as far as they have been decoded.

        Raises
        ------
        CodestreamError, UnsupportedError
            If the main header is wrong; TruncatedError while it has not come.
        """
        with self._making:
            stream = self._refresh()
            return self._report(stream, choose_view(stream.main.siz, 0, None), None)

    @property
    def completeness(self) -> Completeness:
        """How many packets of each resolution and layer have come, and at which ``reduce`` the picture is whole.

        Raises
        ------
        CodestreamError, UnsupportedError
            If the main header is wrong; TruncatedError while it has not come.
        """
        with self._making:
            stream = self._refresh()
            tiles = [(tile.plan, tile.packets) for _, tile in sorted(self._tiles.items())]
            found = completeness_of(stream.main.siz, tiles, headers=self._headers.done)
            return found if found.reduce != 0 else replace(found, headers=True)  # nothing can follow

    def image(
        self, reduce: int = 0, region: Region | None = None, out: Image | None = None, *, threads: int = 1
    ) -> Partial:
        """Return the picture as far as its bytes have come.

        Parameters
        ----------
        reduce : int
            Highest resolutions to leave out; ``completeness.reduce`` is the least at which the picture is whole.
        region : Region, optional
            In full-resolution pixels, also with ``reduce``.
        out : ndarray, or list of ndarray, optional
            Where to put the picture; of its shape and dtype, C-contiguous in its last axes.
        threads : int
            How many may work at once; 1 is the calling thread alone.

        Returns
        -------
        Partial
            Its report says whether everything that this view needs was there; then no byte to come will change it.

        Raises
        ------
        TruncatedError
            While the main header has not come.
        CodestreamError, UnsupportedError
            If the main header is wrong.
        OptionError
            If the choices do not fit the image.
        LimitError
            If the picture would be larger than the limits allow.
        """
        if threads < 1:
            raise OptionError(f"threads={threads} must be at least 1")
        with self._making:
            stream = self._refresh()
            view = choose_view(stream.main.siz, reduce, region)
            known = self._data.size if self._data.size is not None else self.bytes_arrived
            self._limits.check_output(view.output_bytes, known)
            if region is not None:
                self._check_kept(view, known)
            arrays = view.allocate(out)
            planes = view.planes(arrays)
            present = [tile for tile in view.tiles if tile in self._tiles]
            if len(present) < len(view.tiles):
                view.fill_background(planes)
            run_each(
                present,
                lambda tile, inner: self._tiles[tile].decode(view, planes, inner),
                useful_threads(threads, view.samples),
            )
            return Partial(arrays[0] if view.stacked else arrays, self._report(stream, view, region))

    def _check_kept(self, view: View, known: int) -> None:
        """Raise LimitError if the tiles that a region touches are larger than a picture may be: they are kept whole."""
        samples = sum(self._tiles[tile].samples(view.reduce) for tile in view.tiles if tile in self._tiles)
        self._limits.check_output(samples * view.dtype.itemsize, known, what="each touched tile together")

    def _refresh(self) -> Codestream:
        """Read the headers that have come since the last time."""
        with self._feeding:
            fresh, finished = self._fresh, self._finished
            self._fresh = True
            data = self._data.snapshot()
            self._end = data.runs.stop
        if not fresh:
            try:
                self._advance(data, finished)
            except BaseException:
                with self._feeding:
                    self._fresh = False
                raise
        if self._stream is None:
            raise TruncatedError(f"the main header has not come yet, in {data.runs.total:,} bytes")
        return self._stream

    def _advance(self, data: ArrivedBytes, finished: bool) -> None:
        self._headers.advance(data)
        stream = self._headers.codestream()
        if stream is not None:
            self._stream = stream
            self._advance_tiles(data, stream, last=False)
        if finished and (last := self._headers.last_word(data)) is not None:
            self._stream = last
            self._advance_tiles(data, last, last=True)

    def _advance_tiles(self, data: ArrivedBytes, stream: Codestream, *, last: bool) -> None:
        packed = packed_headers(stream)
        parts_of = stream.by_tile()
        self._wrong = []
        for index in self._tiles.keys() - parts_of.keys():
            del self._tiles[index]
        for index, parts in parts_of.items():
            tile = self._tile(stream.main, index, parts)
            if tile is None:
                continue
            arrival = Arrival(data.view, data.runs, parts, packed.get(index), not (last or self._headers.done))
            (tile.end if last else tile.advance)(arrival)

    def _tile(self, main: MainHeader, index: int, parts: Sequence[TilePart]) -> PacketsArriving | None:
        """Return the tile as it was read so far, or a new one; None if its headers contradict each other."""
        segments = segments_of(parts)
        tile = self._tiles.get(index)
        if tile is not None and tile.segments == segments:
            return tile
        try:
            plan = plan_tile(main, segments, index, self._limits.code_blocks)
        except CodestreamError as error:
            self._wrong.append(Damage("syntax", f"tile {index}: {error}", error.offset, index))
            self._tiles.pop(index, None)
            return None
        if tile is None or tile.plan is not plan:
            tile = PacketsArriving(plan, segments, self._indexed.get(index), self._limits.code_blocks)
        tile.segments = segments
        self._tiles[index] = tile
        return tile

    def _report(self, stream: Codestream, view: View, region: Region | None) -> DecodeReport:
        log = DamageLog("conceal")
        wanted = set(view.tiles)
        log.notes += stream.notes
        for damage in [*stream.damages, *self._wrong]:
            if damage.kind == "truncated" or (damage.tile is not None and damage.tile not in wanted):
                log.notes.append(damage.what)
            else:
                log.add(damage)
        for index in view.tiles:
            if index in self._tiles:
                self._report_tile(log, view, region, self._tiles[index])
        if any(index not in self._tiles for index in view.tiles):
            log.add(missing_tiles(view, self._tiles, self._end))
        return log.report()

    def _report_tile(self, log: DamageLog, view: View, region: Region | None, tile: PacketsArriving) -> None:
        loss, lacking = tile.loss(view, region)
        log.count_packets(loss.expected, loss.read)
        if loss.read < loss.expected:
            log.add(missing_packets(view.siz, tile.plan, loss, lacking))
        damaged = tile.damaged_blocks(view)
        if region is not None:
            damaged = [block for block in damaged if touches(block_area(view.siz, tile.plan, block[:7]), region)]
        log.count_blocks(len(damaged))
        for damage in block_damages(view.siz, tile.plan, damaged[:MOST]):
            log.add(damage)
