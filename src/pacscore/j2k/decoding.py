"""Decoding: bytes to headers and tile-parts, to tile plans, to code-blocks, to coefficients, to samples."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import CodestreamError, OptionError
from pacscore.j2k._tile_decoder import TileDecoder
from pacscore.j2k.block_damages import MOST, block_damages
from pacscore.j2k.codestream.headers import Codestream, MainHeader, TilePart
from pacscore.j2k.codestream.packed_headers import packed_headers
from pacscore.j2k.codestream.reader import read_codestream
from pacscore.j2k.codestream.segments import Segment, Siz
from pacscore.j2k.damage_log import DamageLog, OnDamage
from pacscore.j2k.missing_packets import Loss, missing_packets, missing_tiles
from pacscore.j2k.needed import precincts_up_to
from pacscore.j2k.plan import TilePlan, plan_tile
from pacscore.j2k.view import View, Window, check_out, choose_view
from pacscore.j2k.wrapping import find_wrapper
from pacscore.limits import DEFAULT_LIMITS, Limits
from pacscore.report import Damage, Image, Partial
from pacscore.support.scheduler import run_each, run_in_threads, useful_threads
from pacscore.support.targets import active_target

if TYPE_CHECKING:  # annotations alone
    from pacscore.j2k.boxes.records import Wrapper
    from pacscore.j2k.rendering import Rendering
    from pacscore.region import Region
    from pacscore.support._row_conversion import RowConversion

__all__ = ["decode", "decode_converted"]

_ALL_LAYERS = 65535


@lru_cache(maxsize=1024)
def _lay_out(
    main: MainHeader, segments: tuple[Segment, ...], tile: int, view: View, code_blocks: int
) -> tuple[TilePlan, tuple[Window, ...]]:
    """Return the plan of a tile and what a view sees of it: computed once for frames with one main header."""
    plan = plan_tile(main, segments, tile, code_blocks)
    levels = min(len(component.geometry.resolutions) for component in plan.components) - 1
    if view.reduce > levels:
        raise OptionError(f"reduce={view.reduce}, but tile {tile} has only {levels} decomposition levels")
    return plan, view.windows(plan)


class _Frame:
    """A codestream, the view of it that is wanted, and the means to make it."""

    def __init__(self, data: memoryview, stream: Codestream, view: View, log: DamageLog) -> None:
        self.data = data
        self.stream = stream
        self.view = view
        self.log = log
        self.layers = _ALL_LAYERS
        self.limits = DEFAULT_LIMITS
        self.target = active_target()
        self.parts = stream.by_tile()
        self.packed = packed_headers(stream)
        self.conversion: RowConversion | None = None

    def lay_out(self, tile: int) -> tuple[TilePlan, tuple[Window, ...]] | None:
        """Return the plan of a tile and what is seen of it, None if its headers contradict each other."""
        parts = self.parts[tile]
        segments = (
            parts[0].segments if len(parts) == 1 else tuple(segment for part in parts for segment in part.segments)
        )
        try:
            if segments:  # two kinds of them may be equal as tuples, so they are no keys
                return _lay_out.__wrapped__(self.stream.main, segments, tile, self.view, self.limits.code_blocks)
            return _lay_out(self.stream.main, segments, tile, self.view, self.limits.code_blocks)
        except CodestreamError as error:
            self.log.add(Damage("syntax", f"tile {tile}: {error}", error.offset, tile))
            return None

    def decode_tile(self, tile: int, planes: list[NDArray[Any]], threads: int) -> None:
        """Decode one tile into the planes of the image."""
        laid_out = self.lay_out(tile)
        if laid_out is None:
            return
        plan, windows = laid_out
        decoder = TileDecoder(plan.compiled, self.target, self.limits.code_blocks)
        self._read_packets(decoder, plan, self.parts[tile])
        cuts = [window.cut(plane) for window, plane in zip(windows, planes, strict=True)]
        decoder.prepare(windows, cuts, threads, self.conversion)
        run_in_threads(threads, decoder.decode)
        if decoder.blocks_damaged:
            self.log.count_blocks(decoder.blocks_damaged)
            for damage in block_damages(self.stream.main.siz, plan, decoder.damaged_blocks(MOST)):
                self.log.add(damage)

    def _read_packets(self, decoder: TileDecoder, plan: TilePlan, parts: Sequence[TilePart]) -> None:
        ranges = [(part.body_start, part.body_stop) for part in parts]
        expected, read, truncated, what, offset, precinct, left = decoder.read(
            self.data, ranges, self.packed.get(plan.index), self.view.reduce, self.layers
        )
        self.log.count_packets(expected, read)
        if what is not None:
            lost = Loss("truncated" if truncated else "syntax", what, offset, precinct, expected, read)
            lacking = (np.array(decoder.layers_read()) < min(plan.coding.layers, self.layers)) & precincts_up_to(
                plan, self.view.reduce
            )
            self.log.add(missing_packets(self.stream.main.siz, plan, lost, lacking))
        elif left and not self.view.reduce and self.layers >= plan.coding.layers:
            self.log.notes.append(f"tile {plan.index}: {left:,} bytes behind the last packet")

    def note_stream(self) -> None:
        """Take over what reading the headers found. A cut tile-part matters only if a packet is missing."""
        self.log.notes += self.stream.notes
        if not self.stream.damages:
            return
        wanted = set(self.view.tiles) if any(damage.tile is not None for damage in self.stream.damages) else set()
        for damage in self.stream.damages:
            if damage.kind == "truncated" or (damage.tile is not None and damage.tile not in wanted):
                self.log.notes.append(damage.what)
            else:
                self.log.add(damage)

    def decode_tiles(self, planes: list[NDArray[Any]], threads: int) -> None:
        """Decode all tiles of the view into the planes of the image."""
        tiles = self.tiles_present()
        threads = useful_threads(threads, self.view.samples)
        run_each(tiles, lambda tile, inner: self.decode_tile(tile, planes, inner), threads)

    def tiles_present(self) -> list[int]:
        """Return the tiles of the view that have data; if some have none, say so."""
        wanted = self.view.tiles
        present = [tile for tile in wanted if tile in self.parts]
        if len(present) < len(wanted):
            self.log.add(missing_tiles(self.view, self.parts, self.stream.end))
        return present


def _check_choices(layers: int | None, threads: int, color: str) -> None:
    if layers is not None and layers < 1:
        raise OptionError(f"layers={layers} must be at least 1")
    if threads < 1:
        raise OptionError(f"threads={threads} must be at least 1")
    if color not in ("stored", "rendered"):
        raise OptionError(f"color={color!r} is neither 'stored' nor 'rendered'")


def _choose_rendering(wrapper: Wrapper, siz: Siz, reduce: int, region: Region | None) -> Rendering | None:
    """Return how to make the picture, None where it is the stored image."""
    from pacscore.j2k.rendering import Rendering  # noqa: PLC0415 - few need it

    rendering = Rendering(wrapper, siz, reduce, region)
    return None if rendering.changes_nothing else rendering


@overload
def decode(
    data: bytes | bytearray | memoryview,
    *,
    reduce: int = 0,
    layers: int | None = None,
    region: Region | None = None,
    out: Image | None = None,
    threads: int = 1,
    on_damage: Literal["raise"] = "raise",
    limits: Limits | None = None,
    color: Literal["stored", "rendered"] = "stored",
) -> Image: ...
@overload
def decode(
    data: bytes | bytearray | memoryview,
    *,
    reduce: int = 0,
    layers: int | None = None,
    region: Region | None = None,
    out: Image | None = None,
    threads: int = 1,
    on_damage: Literal["conceal"],
    limits: Limits | None = None,
    color: Literal["stored", "rendered"] = "stored",
) -> Partial: ...
def decode(  # noqa: PLR0913 - the contract of the front door
    data: bytes | bytearray | memoryview,
    *,
    reduce: int = 0,
    layers: int | None = None,
    region: Region | None = None,
    out: Image | None = None,
    threads: int = 1,
    on_damage: OnDamage = "raise",
    limits: Limits | None = None,
    color: Literal["stored", "rendered"] = "stored",
) -> Image | Partial:
    """Decode a JPEG 2000 codestream, or the one in a JP2 or JPH file.

    Source: T.800 Annexes A to G and I; T.814.

    Parameters
    ----------
    data : bytes-like
        The whole of it; for ``reduce`` a beginning that holds the lower resolutions is enough.
    reduce : int
        Highest resolutions to leave out, each halving rows and columns.
    layers : int, optional
        Quality layers to use, from the first; None or more than there are: all.
    region : Region, optional
        In full-resolution pixels from the image's upper-left corner, also with ``reduce``.
    out : ndarray, or list of ndarray, optional
        Where to put the result; of its shape and dtype, C-contiguous in its last axes.
    threads : int
        How many may work at once; 1 is the calling thread alone.
    on_damage : "raise" or "conceal"
        Whether missing or damaged data is an error, or what can be seen is returned with a report.
    limits : Limits, optional
        Sizes to refuse; the default is `DEFAULT_LIMITS`.
    color : "stored" or "rendered"
        Whether to apply a file's palette, channel definitions and colour space. "rendered" gives the colours in their
        order, in sRGB or grey, then opacities, then channels of no told meaning, as
        `CodestreamInfo.rendered_channels` tells; subsampled components are repeated to the size of the largest.
        sYCC and restricted ICC profiles are converted at the precision of the first colour; samples in the space of
        any other ICC profile stay in it. Bare codestreams tell nothing of this, and come as they are stored.

    Returns
    -------
    ndarray, list of ndarray, or Partial
        ``(rows, columns)``, ``(rows, columns, components)``, or where components differ in size a list of 2-D arrays;
        in the smallest integer dtype that holds precision and sign. A `Partial` of that with ``on_damage="conceal"``.

    Raises
    ------
    TruncatedError
        If packets that the view needs are missing.
    CodestreamError
        If syntax, a length or a code-block is wrong; with ``color="rendered"`` also if boxes contradict themselves.
    UnsupportedError
        If the codestream is legal, and needs what pacscore lacks; as in a colour space that cannot be rendered.
    OptionError
        If the choices do not fit the image.
    LimitError
        If the result would be larger than the limits allow.
    """
    limits = limits or DEFAULT_LIMITS
    view_of_data = memoryview(data).cast("B")
    _check_choices(layers, threads, color)
    wrapper = find_wrapper(view_of_data)
    start, stop = (0, len(view_of_data)) if wrapper is None else (wrapper.start, wrapper.stop)
    stream = read_codestream(view_of_data, start, stop)
    siz = stream.main.siz
    rendered = None if wrapper is None or color == "stored" else _choose_rendering(wrapper, siz, reduce, region)
    view = choose_view(siz, reduce, region) if rendered is None else rendered.view
    for size in (view.output_bytes, 0 if rendered is None else rendered.output_bytes):
        limits.check_output(size, len(view_of_data))

    frame = _Frame(view_of_data, stream, view, DamageLog(on_damage))
    frame.layers = min(layers or _ALL_LAYERS, _ALL_LAYERS)
    frame.limits = limits
    frame.note_stream()
    picture = None if rendered is None else rendered.allocate(out)
    arrays = view.allocate(out if rendered is None else None)
    planes = view.planes(arrays)
    if on_damage == "conceal":
        view.fill_background(planes)
    frame.decode_tiles(planes, threads)

    image: Image = arrays[0] if view.stacked else arrays
    if rendered is not None and picture is not None:
        rendered.fill(picture, planes)
        image = picture
    return image if on_damage == "raise" else Partial(image, frame.log.report())


def decode_converted(  # noqa: PLR0913 - the choices of a view, all by keyword
    data: bytes | bytearray | memoryview,
    conversion: RowConversion,
    *,
    reduce: int = 0,
    region: Region | None = None,
    out: NDArray[Any] | None = None,
    threads: int = 1,
    limits: Limits | None = None,
) -> NDArray[Any]:
    """Decode a codestream of one component, and return what a conversion makes of its samples.

    Each row is converted as soon as it is made; the samples are nowhere together.

    Parameters
    ----------
    data : bytes-like
    conversion : RowConversion
        Of the dtype that `decode` would return.
    reduce, region, threads, limits
        As of `decode`.
    out : ndarray, optional
        Where to put the result; of its shape and dtype, C-contiguous in its last axes.

    Returns
    -------
    ndarray, shape (rows, columns) or (rows, columns, channels of the conversion)

    Raises
    ------
    CodestreamError, UnsupportedError, LimitError
        As of `decode`.
    OptionError
        If the choices do not fit the image, or the conversion not its samples.
    """
    limits = limits or DEFAULT_LIMITS
    view_of_data = memoryview(data).cast("B")
    _check_choices(None, threads, "stored")
    wrapper = find_wrapper(view_of_data)
    start, stop = (0, len(view_of_data)) if wrapper is None else (wrapper.start, wrapper.stop)
    stream = read_codestream(view_of_data, start, stop)
    view = choose_view(stream.main.siz, reduce, region)
    if len(view.rects) != 1 or view.dtype != conversion.values:
        raise OptionError(f"the conversion is of {conversion.values}; the image has {len(view.rects)} of {view.dtype}")
    shape = view.shapes[0] if conversion.channels == 1 else (*view.shapes[0], conversion.channels)
    limits.check_output(max(view.output_bytes, math.prod(shape) * conversion.results.itemsize), len(view_of_data))
    frame = _Frame(view_of_data, stream, view, DamageLog("raise"))
    frame.limits = limits
    frame.conversion = conversion
    frame.note_stream()
    image = np.empty(shape, conversion.results) if out is None else check_out(out, shape, conversion.results)
    frame.decode_tiles([image], threads)
    return image
