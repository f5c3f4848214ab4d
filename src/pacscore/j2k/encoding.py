"""Encoding: samples to coefficients, to code-blocks, to packets, to tile-parts."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError
from pacscore.j2k._tile_encoder import TileEncoder
from pacscore.j2k.encoding_plan import EncodingPlan, plan_encoding, plan_pilot
from pacscore.j2k.goals import EVERYTHING
from pacscore.j2k.lossy import Original, allocate_layers, encode_by_step
from pacscore.j2k.options import J2KOptions, PictureFormat
from pacscore.j2k.packets.geometry import Rect
from pacscore.j2k.pilot import pilot_of
from pacscore.j2k.plan import TilePlan, image_rect
from pacscore.j2k.rate import Allocation, band_weights, likely_slope
from pacscore.j2k.roi import regions_of_bands
from pacscore.j2k.tile_parts import TilePackets, assemble, layer_sizes
from pacscore.j2k.view import SAMPLE_TYPES
from pacscore.support.scheduler import run_in_threads, useful_threads
from pacscore.support.targets import active_target

__all__ = ["encode"]

_MOST_COMPONENTS = 16384
_MOST_BITS = 38
_USUAL = J2KOptions()
_FLOOR_MARGIN = 3.0
"""Blocks are coded down to this part of the slope that they will probably be cut at."""


class _Picture:
    """The array to encode, as a 2-D view a component, with its precision and sign."""

    def __init__(self, array: NDArray[Any], bits_stored: int | None) -> None:
        array = np.asarray(array)
        if array.ndim not in (2, 3) or not array.size:
            raise OptionError(f"the array must be (rows, columns[, components]) and not empty, not {array.shape}")
        native = array.dtype.newbyteorder("=")
        if native not in SAMPLE_TYPES:
            raise OptionError(f"samples must be integers of 8, 16, 32 or 64 bits, not {array.dtype}")
        array = array.astype(native, copy=False)
        width = native.itemsize * 8
        self.precision = width if bits_stored is None else bits_stored
        if not 1 <= self.precision <= min(width, _MOST_BITS):
            raise OptionError(f"bits_stored={self.precision} must be 1 to {min(width, _MOST_BITS)} for {native}")
        self.array = array
        self.signed = native.kind == "i"
        self.sample_type = SAMPLE_TYPES[native]
        self.rows, self.columns = array.shape[:2]
        self.planes = [array] if array.ndim == 2 else [array[:, :, c] for c in range(array.shape[2])]
        if len(self.planes) > _MOST_COMPONENTS:
            raise OptionError(f"{len(self.planes):,} components are more than {_MOST_COMPONENTS:,} (T.800 A.5.1)")

    @property
    def about(self) -> PictureFormat:
        return PictureFormat(self.rows, self.columns, len(self.planes), self.precision, self.signed)

    def check_range(self, least: int, greatest: int) -> None:
        """Raise OptionError unless all samples fit the precision."""
        low = -(1 << (self.precision - 1)) if self.signed else 0
        high = low + (1 << self.precision) - 1
        if least < low or greatest > high:
            raise OptionError(
                f"samples from {least} to {greatest} do not fit {self.precision} bits, {low} to {high}; "
                "clear unused bits, or say how many are used by bits_stored"
            )


def _regions(plan: EncodingPlan, tile: TilePlan) -> list[list[Rect]]:
    """Return the rectangles of interest of each band of a tile, three bands to a resolution."""
    bands: list[list[Rect]] = []
    image = image_rect(plan.main.siz)
    for component in tile.components:
        lowest, *others = regions_of_bands(component.geometry, component.reversible, image, plan.options.roi)
        bands += [lowest, [], [], *others]
    return bands


def _encode_tile(picture: _Picture, plan: EncodingPlan, index: int, threads: int, floor: float) -> TileEncoder:
    tile, options = plan.tile(index), plan.options
    encoder = TileEncoder(tile.compiled, active_target(), 1 << 31, threads)
    x0, y0, x1, y1 = tile.rect
    for plane in picture.planes:
        encoder.add_source(plane[y0:y1, x0:x1], picture.sample_type, picture.precision, picture.signed)
    if options.roi:
        encoder.set_regions_of_interest(_regions(plan, tile))
    if options.goals != (EVERYTHING,):
        encoder.want_gains(band_weights(tile), floor)
    run_in_threads(threads, encoder.encode)
    for extent in encoder.extents():
        picture.check_range(*extent)
    return encoder


def _encode_tiles(picture: _Picture, plan: EncodingPlan, threads: int, floor: float = 0.0) -> list[TileEncoder]:
    """Encode several tiles at a time where there are many, else one after another with threads inside."""
    if plan.tiles < 2 * threads:
        return [_encode_tile(picture, plan, tile, threads, floor) for tile in range(plan.tiles)]
    queue = itertools.count()
    done: dict[int, TileEncoder] = {}

    def work() -> None:
        while (tile := next(queue)) < plan.tiles:
            done[tile] = _encode_tile(picture, plan, tile, 1, floor)

    run_in_threads(threads, work)
    return [done[tile] for tile in range(plan.tiles)]


class _Coded:
    """The code-blocks of all tiles, and the packets that they make as long as their layers are what they are."""

    def __init__(self, picture: _Picture, plan: EncodingPlan, threads: int, floor: float = 0.0) -> None:
        self._plan, self._threads = plan, threads
        encoders = _encode_tiles(picture, plan, threads, floor)
        self.tiles = [(plan.tile(number), encoder) for number, encoder in enumerate(encoders)]

    def _packets(self) -> list[TilePackets]:
        sop, eph, packed = (options := self._plan.options).sop, options.eph, options.packed_headers is not None
        return [
            TilePackets(tile, self._plan.divide(tile), encoder, encoder.finish(sop, eph, packed))
            for tile, encoder in self.tiles
        ]

    def layer_sizes(self) -> NDArray[np.int64]:
        return layer_sizes(self._plan.header, self._packets(), self._plan.options)

    def codestream(self) -> bytes:
        return assemble(self._plan.header, self._packets(), self._plan.options, self._threads)


def _slope_floor(picture: _Picture, plan: EncodingPlan, threads: int) -> float:
    """Return a slope below which passes are most likely not sent, as a part of the picture tells."""
    *_, goal = plan.options.goals
    pilot = None if goal == EVERYTHING or plan.options.roi else pilot_of(picture.array)
    if pilot is None:
        return 0.0
    original = Original(picture.array, picture.precision)
    share = pilot.size / picture.array.size
    part = _Picture(pilot, picture.precision)
    tiles = _Coded(part, plan_pilot(plan.options, part.about), threads).tiles
    size = None if goal.rate is None else share * original.size(goal.rate)
    error = None if goal.psnr is None else share * original.error(goal.psnr)
    return likely_slope(tiles, size, error) / _FLOOR_MARGIN


def _encode_planned(picture: _Picture, plan: EncodingPlan, threads: int) -> bytes:
    goals = plan.options.goals
    if goals == (EVERYTHING,):
        return _Coded(picture, plan, threads).codestream()
    original = Original(picture.array, picture.precision)
    for floor in (_slope_floor(picture, plan, threads), 0.0):
        coded = _Coded(picture, plan, threads, floor)
        allocation = Allocation(coded.tiles, coded.layer_sizes)
        allocate_layers(goals, original, allocation, coded.codestream, threads)
        if not floor or allocation.cut >= floor:
            break
    return coded.codestream()


def encode(
    array: NDArray[Any],
    transfer_syntax: str,
    options: J2KOptions | None = None,
    *,
    bits_stored: int | None = None,
    threads: int = 1,
) -> bytes:
    """Encode an image as a bare codestream.

    Source: T.800 Annexes A to G; T.814; PS3.5 10.18.

    Parameters
    ----------
    array : ndarray of integers, shape (rows, columns) or (rows, columns, components)
        Samples; signed if the dtype is. Any strides and byte order.
    transfer_syntax : str
        UID: JPEG 2000 Lossless (.90), JPEG 2000 (.91), HTJ2K Lossless (.201), HTJ2K Lossless RPCL (.202) or HTJ2K
        (.203). JPEG 2000 and HTJ2K are lossless too unless options say otherwise: a rate, a PSNR, a step or 9-7.
    options : J2KOptions, optional
    bits_stored : int, optional
        Precision of the samples, in bits, up to 38; None: the width of the dtype.
    threads : int
        How many may work at once; 1 is the calling thread alone.

    Returns
    -------
    bytes

    Raises
    ------
    OptionError
        If the options contradict the transfer syntax or each other, or a sample does not fit ``bits_stored``.
    UnsupportedError
        If the options ask for what is not implemented; NoCodecError if the transfer syntax is.
    """
    if threads < 1:
        raise OptionError(f"threads={threads} must be at least 1")
    options = options or _USUAL
    picture = _Picture(array, bits_stored)
    about = picture.about
    threads = useful_threads(threads, picture.rows * picture.columns * len(picture.planes))
    plan = plan_encoding(str(transfer_syntax), options, about)
    if not plan.options.high_throughput or plan.options.goals == (EVERYTHING,):
        return _encode_planned(picture, plan, threads)

    def by_step(step: float) -> bytes:
        stepped = replace(options, rate=None, psnr=None, quantization_step=step)
        return _encode_planned(picture, plan_encoding(str(transfer_syntax), stepped, about), threads)

    return encode_by_step(by_step, Original(picture.array, picture.precision), plan.options.goals[0], threads)
