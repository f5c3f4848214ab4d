"""A codestream that is looked at again and again: headers are read once, code-blocks where a view needs them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError, TruncatedError
from pacscore.j2k._tile_decoder import TileDecoder
from pacscore.j2k.block_damages import block_damages
from pacscore.j2k.codestream.headers import TilePart
from pacscore.j2k.codestream.packed_headers import packed_headers
from pacscore.j2k.damage_log import DamageLog
from pacscore.j2k.inspecting import CodestreamInfo, describe
from pacscore.j2k.loaded_headers import load_codestream
from pacscore.j2k.missing_packets import Loss, missing_packets, missing_tiles
from pacscore.j2k.needed import precincts_up_to
from pacscore.j2k.packet_table import read_places
from pacscore.j2k.plan import TilePlan, plan_tile
from pacscore.j2k.view import View, choose_view, full_region, level_size
from pacscore.limits import DEFAULT_LIMITS, Limits
from pacscore.region import Region
from pacscore.report import Image
from pacscore.source import FileReader, LoadedBytes, as_reader
from pacscore.support.scheduler import run_each, run_in_threads, useful_threads
from pacscore.support.targets import active_target

__all__ = ["OpenedCodestream"]

_ALL_LAYERS = 65535
_KEPT_BLOCKS = 1 << 18
"""Code-blocks of tiles whose packet headers are kept; each takes about 150 bytes."""
_KEPT_BYTES = 48 << 20
"""Of what was fetched of a file, before it is given back."""
_WINDOW = 1 << 14
"""Bytes that are fetched at once, at least: code-blocks that are needed together lie near each other."""


class OpenedTile:
    """A tile of which the packet headers were read."""

    def __init__(
        self, data: LoadedBytes, plan: TilePlan, parts: Sequence[TilePart], packed: bytes | None, code_blocks: int
    ) -> None:
        self.plan = plan
        self.lock = threading.Lock()
        self.levels = min(len(component.geometry.resolutions) for component in plan.components) - 1
        unread = None if data.is_whole else read_places(data, plan, parts, packed, code_blocks)[1]
        self._decoder = TileDecoder(plan.compiled, active_target(), code_blocks)
        ranges = [(part.body_start, part.body_stop) for part in parts]
        expected, read, truncated, what, offset, precinct, _ = self._decoder.read(
            data.view, ranges, packed, 0, _ALL_LAYERS
        )
        self._lacking = np.array(self._decoder.layers_read()) < plan.coding.layers
        self._loss = None
        if what is not None:
            self._loss = Loss("truncated" if truncated else "syntax", what, offset, precinct, expected, read)
        elif unread is not None:  # what could not be fetched is taken for zeros, and they for packets without a body
            self._loss = Loss("truncated", unread, parts[-1].body_stop, -1, expected, 0)
            self._lacking[:] = True

    @property
    def blocks(self) -> int:
        """How many code-blocks the tile has, nearly."""
        return sum(
            (-(-band.rect.width >> resolution.block_exponents[0]) + 1)
            * (-(-band.rect.height >> resolution.block_exponents[1]) + 1)
            for component in self.plan.components
            for resolution in component.geometry.resolutions
            for band in resolution.bands
        )

    def decode(self, data: LoadedBytes, view: View, planes: list[NDArray[Any]], threads: int) -> None:
        """Decode what a view sees of the tile into the planes of the image; `lock` is held."""
        if self._loss is not None:
            lacking = self._lacking & precincts_up_to(self.plan, view.reduce)
            if lacking.any():
                DamageLog("raise").add(missing_packets(view.siz, self.plan, self._loss, lacking))
        windows = view.windows(self.plan)
        self._decoder.set_levels(view.reduce)
        cuts = [window.cut(plane) for window, plane in zip(windows, planes, strict=True)]
        self._decoder.prepare(windows, cuts, threads)
        needed = self._decoder.needed_bytes()
        if not data.is_whole:
            _load(data, needed)
        run_in_threads(threads, self._decoder.decode)
        if self._decoder.blocks_damaged:
            for damage in block_damages(view.siz, self.plan, self._decoder.damaged_blocks(1)):
                DamageLog("raise").add(damage)


def _load(data: LoadedBytes, needed: NDArray[np.uint64]) -> None:
    """Fetch the bytes of code-blocks."""
    for start, stop in sorted(map(tuple, needed.tolist())):
        data.load(start, stop)
        if data.present(start)[1] < stop:
            raise TruncatedError(f"the source ends before byte {stop:,}, where a code-block ends", offset=start)


class OpenedCodestream:
    """A codestream, or the one in a JP2 or JPH file, of which parts are decoded again and again.

    Headers of the codestream are read when it is opened, packet headers of a tile when a view first touches it; after
    that a view costs the code-blocks that it needs, and of a file only their bytes are fetched. Packet headers of about
    260,000 code-blocks and 48 MiB of fetched bytes are kept.

    Threads may share it; they decode different tiles at once, and views of one tile one after another.

    Source: T.800 Annex B.

    Parameters
    ----------
    source : bytes-like, path, binary file object or reader
        A reader has ``read_range(start, length)`` and ``size``.
    limits : Limits, optional
        Sizes to refuse; the default is `DEFAULT_LIMITS`.

    Attributes
    ----------
    info : CodestreamInfo

    Raises
    ------
    CodestreamError, UnsupportedError
        If the headers are wrong, or need what pacscore lacks.
    OSError
        What the source says.
    """

    def __init__(self, source: Any, *, limits: Limits | None = None) -> None:
        self._limits = limits or DEFAULT_LIMITS
        reader = as_reader(source)
        self._opened = reader if isinstance(reader, FileReader) and reader is not source else None
        try:
            self._data = LoadedBytes(reader, _WINDOW)
            wrapper, self._stream = load_codestream(self._data)
            self.info: CodestreamInfo = describe(wrapper, self._stream)
        except BaseException:
            self.close()
            raise
        self._in_memory = self._data.is_whole
        self._parts = self._stream.by_tile()
        self._packed = packed_headers(self._stream)
        self._tiles: OrderedDict[int, OpenedTile] = OrderedDict()
        self._blocks = 0
        self._lock = threading.Lock()
        self._reading = threading.Lock()

    def size(self, reduce: int) -> tuple[int, int]:
        """Return rows and columns at a lower resolution."""
        return level_size(self._stream.main.siz, reduce)

    def decode(
        self, *, reduce: int = 0, region: Region | None = None, out: Image | None = None, threads: int = 1
    ) -> Image:
        """Return a part of the image at one resolution: the same samples as decoding all of it gives.

        Parameters
        ----------
        reduce : int
            Highest resolutions to leave out, each halving rows and columns.
        region : Region, optional
            In pixels of that resolution, unlike `pacscore.decode`.
        out : ndarray, or list of ndarray, optional
            Where to put the result; of its shape and dtype, C-contiguous in its last axes.
        threads : int
            How many may work at once; 1 is the calling thread alone.

        Returns
        -------
        ndarray or list of ndarray
            As `pacscore.decode` gives it.

        Raises
        ------
        TruncatedError
            If packets up to this resolution are missing in a tile that is touched, or the source ends early.
        CodestreamError
            If syntax, a length or a code-block is wrong.
        OptionError
            If the choices do not fit the image.
        LimitError
            If the result would be larger than the limits allow, or a tile has too many code-blocks.
        """
        siz = self._stream.main.siz
        if threads < 1:
            raise OptionError(f"threads={threads} must be at least 1")
        if not 0 <= reduce <= self.info.max_reduce:
            raise OptionError(f"reduce={reduce}, but there are only {self.info.max_reduce} decomposition levels")
        view = choose_view(siz, reduce, None if region is None else full_region(siz, reduce, region))
        self._limits.check_output(view.output_bytes, len(self._data))
        log = DamageLog("raise")
        for damage in self._stream.damages:
            if damage.kind != "truncated" and (damage.tile is None or damage.tile in view.tiles):
                log.add(damage)
        if any(tile not in self._parts for tile in view.tiles):
            log.add(missing_tiles(view, self._parts, self._stream.end))
        arrays = view.allocate(out)
        planes = view.planes(arrays)
        run_each(
            view.tiles,
            lambda tile, inner: self._decode_tile(tile, view, planes, inner),
            useful_threads(threads, view.samples),
        )
        return arrays[0] if view.stacked else arrays

    def _decode_tile(self, index: int, view: View, planes: list[NDArray[Any]], threads: int) -> None:
        if self._in_memory:
            tile = self._tile(index)
            with tile.lock:
                tile.decode(self._data, view, planes, threads)
            return
        with self._reading:  # what others need must not be given back
            if self._data.held > _KEPT_BYTES:
                self._data.forget()
            tile = self._tile(index)
            tile.decode(self._data, view, planes, threads)

    def _tile(self, index: int) -> OpenedTile:
        """Return a tile whose packet headers are read; those that were not looked at for long are forgotten."""
        with self._lock:
            tile = self._tiles.get(index)
            if tile is not None:
                self._tiles.move_to_end(index)
                return tile
        parts = self._parts[index]
        segments = (segment for part in parts for segment in part.segments)
        plan = plan_tile(self._stream.main, segments, index, self._limits.code_blocks)
        tile = OpenedTile(self._data, plan, parts, self._packed.get(index), self._limits.code_blocks)
        with self._lock:
            if index not in self._tiles:
                self._tiles[index] = tile
                self._blocks += tile.blocks
            while self._blocks > _KEPT_BLOCKS and len(self._tiles) > 1:
                self._blocks -= self._tiles.popitem(last=False)[1].blocks
            return self._tiles.get(index, tile)

    def close(self) -> None:
        """Close the file that was opened here; nothing can be decoded any more."""
        if self._opened is not None:
            self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
