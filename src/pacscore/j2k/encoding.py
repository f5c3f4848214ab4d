"""Encoding: samples to coefficients, to code-blocks, to packets, to tile-parts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError
from pacscore.j2k._tile_encoder import TileEncoder
from pacscore.j2k.encoding_plan import EncodingPlan, plan_encoding, plan_pilot
from pacscore.j2k.goals import EVERYTHING
from pacscore.j2k.ht_allocation import SetAllocation, points_of_sets
from pacscore.j2k.lossy import allocate_layers, encode_by_step
from pacscore.j2k.options import J2KOptions
from pacscore.j2k.packets.geometry import Rect
from pacscore.j2k.picture import Picture, Precisions
from pacscore.j2k.pilot import pilot_of
from pacscore.j2k.plan import TilePlan
from pacscore.j2k.rate import Allocation, band_weights, coded_passes, likely_slope, surveyed_slope
from pacscore.j2k.resolving import ResolvedOptions
from pacscore.j2k.roi import regions_of_bands
from pacscore.j2k.tile_parts import TilePackets, assemble, layer_sizes
from pacscore.j2k.view import SAMPLE_TYPES, region_area
from pacscore.report import Image
from pacscore.support.scheduler import run_each, run_in_threads, useful_threads
from pacscore.support.targets import active_target

__all__ = ["encode"]

_USUAL = J2KOptions()
_MORE_SURVEYED, _MORE_PILOTED, _LESS_ERROR = 1.05, 1.35, 2.0
"""What a survey and a pilot say is off by less, most likely: by so much they are asked for more than will be sent."""
_MORE_A_SAMPLE = 0.03 / 8
"""Bytes that a survey is asked for, besides: where little is sent, a larger part of it."""
_NEARLY = 0.9
"""Blocks that are cut at this part of the slope that they were coded down to lack next to nothing."""
_FAR_LOWER = 1 / 8
"""Where everything that was coded is not enough, blocks are coded down to this part of the slope."""

_FEW_PLANES = 3
"""The lowest planes of HT code-blocks, for a step that is a little finer than what a size takes."""


def _step_comes_first(options: ResolvedOptions) -> bool:
    """Return whether a goal is met by the quantisation step; what is cut short then has little more than it needs."""
    return options.high_throughput and not options.reversible and options.layers == 1


def _regions(plan: EncodingPlan, tile: TilePlan) -> list[list[Rect]]:
    """Return the rectangles of interest of each band of a tile, three bands to a resolution."""
    bands: list[list[Rect]] = []
    areas = [region_area(plan.main.siz, region) for region in plan.options.roi]
    for component in tile.components:
        lowest, *others = regions_of_bands(component.geometry, component.reversible, areas)
        bands += [lowest, [], [], *others]
    return bands


def _encode_tile(
    picture: Picture, plan: EncodingPlan, index: int, threads: int, floor: float | None
) -> tuple[TilePlan, TileEncoder]:
    tile, options = plan.tile(index), plan.options
    encoder = TileEncoder(tile.compiled, active_target(), 1 << 31, threads)
    for number, (component, part) in enumerate(zip(picture.about.components, tile.components, strict=True)):
        samples = picture.cut(number, part.geometry.rect)
        encoder.add_source(samples, SAMPLE_TYPES[samples.dtype], component.precision, component.signed)
    if options.roi:
        encoder.set_regions_of_interest(_regions(plan, tile))
    if options.goals != (EVERYTHING,):
        planes = _FEW_PLANES if _step_comes_first(options) else 0
        encoder.want_gains(band_weights(tile), floor or 0.0, planes, floor is None)
    run_in_threads(threads, encoder.encode)
    for number, extent in enumerate(encoder.extents()):
        picture.check_range(number, *extent)
    return tile, encoder


class _Coded:
    """The code-blocks of all tiles, and the packets that they make as long as their layers are what they are.

    With None for a floor, they are only surveyed: lengths and gains of passes are estimates until `encode_surveyed`.
    """

    def __init__(self, picture: Picture, plan: EncodingPlan, threads: int, floor: float | None = 0.0) -> None:
        self._plan, self._threads = plan, threads
        self.tiles = run_each(
            range(plan.tiles), lambda tile, inner: _encode_tile(picture, plan, tile, inner, floor), threads
        )

    def encode_surveyed(self, floor: float) -> None:
        """Encode down to a slope, instead of what was encoded before."""

        def encode(tile: tuple[TilePlan, TileEncoder], inner: int) -> None:
            tile[1].encode_again(floor)
            run_in_threads(inner, tile[1].encode_surveyed)

        run_each(self.tiles, encode, self._threads)

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


def _piloted_floor(picture: Picture, plan: EncodingPlan, threads: int) -> float:
    """Return a slope below which HT sets are most likely not sent, as a part of the picture tells."""
    *_, goal = plan.options.goals
    pilot = None if picture.array is None or plan.options.roi else pilot_of(picture.array)
    if goal == EVERYTHING or pilot is None or _step_comes_first(plan.options):
        return 0.0
    part = Picture(pilot, [component.precision for component in picture.about.components])
    tiles = _Coded(part, plan_pilot(plan.options, part.about), threads).tiles
    share = pilot.size / picture.samples
    size = None if goal.rate is None else _MORE_PILOTED * share * picture.size(goal.rate)
    error = None if goal.psnr is None else share * picture.error(goal.psnr) / _LESS_ERROR
    return likely_slope(points_of_sets(coded_passes(tiles)[0]), size, error)


def _surveyed_floor(picture: Picture, plan: EncodingPlan, surveyed: _Coded) -> float:
    """Return a slope below which passes of Part 1 blocks are most likely not sent."""
    *_, goal = plan.options.goals
    if goal == EVERYTHING or plan.options.roi:
        return 0.0
    size = None if goal.rate is None else _MORE_SURVEYED * picture.size(goal.rate) + _MORE_A_SAMPLE * picture.samples
    error = None if goal.psnr is None else picture.error(goal.psnr) / _LESS_ERROR
    return surveyed_slope([encoder for _, encoder in surveyed.tiles], size, error)


def _encode_planned(picture: Picture, plan: EncodingPlan, threads: int) -> bytes:
    goals = plan.options.goals
    if goals == (EVERYTHING,):
        return _Coded(picture, plan, threads).codestream()
    ht = plan.options.high_throughput
    surveyed = None if ht else _Coded(picture, plan, threads, None)
    floor = _surveyed_floor(picture, plan, surveyed) if surveyed else _piloted_floor(picture, plan, threads)
    for lower, lowest in ((_NEARLY**2, _FAR_LOWER * floor), (0.0, 0.0), (0.0, 0.0)):
        if surveyed:
            surveyed.encode_surveyed(floor)
        coded = surveyed or _Coded(picture, plan, threads, floor)
        allocation = (SetAllocation if ht else Allocation)(coded.tiles, coded.layer_sizes)
        try:
            allocate_layers(goals, picture, allocation, coded.codestream, threads)
        except OptionError:
            if allocation.cut >= floor * _NEARLY:  # what was not encoded would not help
                raise
        if allocation.cut >= floor * _NEARLY:
            break
        floor = lower * allocation.cut or lowest
    return coded.codestream()


def encode(
    array: Image,
    transfer_syntax: str,
    options: J2KOptions | None = None,
    *,
    bits_stored: Precisions = None,
    threads: int = 1,
) -> bytes:
    """Encode an image as a bare codestream.

    Source: T.800 Annexes A to G; T.814; PS3.5 10.18.

    Parameters
    ----------
    array : ndarray of integers, shape (rows, columns) or (rows, columns, components), or list of 2-D ndarray
        Samples; signed if the dtype is. Any strides and byte order. A list has an array for each component: they may
        differ in size, dtype and so in sign.
    transfer_syntax : str
        UID: JPEG 2000 Lossless (.90), JPEG 2000 (.91), HTJ2K Lossless (.201), HTJ2K Lossless RPCL (.202) or HTJ2K
        (.203). JPEG 2000 and HTJ2K are lossless too unless options say otherwise: a rate, a PSNR, a step or 9-7.
    options : J2KOptions, optional
    bits_stored : int or sequence of int, optional
        Precision of the samples, in bits, up to 38, or that of each component; None: the width of the dtype.
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
    picture = Picture(array, bits_stored, options)
    about = picture.about
    threads = useful_threads(threads, picture.samples)
    plan = plan_encoding(str(transfer_syntax), options, about)
    if plan.options.goals == (EVERYTHING,) or not _step_comes_first(plan.options):
        return _encode_planned(picture, plan, threads)

    def by_step(step: float) -> bytes:
        stepped = replace(options, rate=None, psnr=None, quantization_step=step)
        return _encode_planned(picture, plan_encoding(str(transfer_syntax), stepped, about), threads)

    def cut_short(step: float) -> bytes:
        stepped = replace(options, quantization_step=step)
        return _encode_planned(picture, plan_encoding(str(transfer_syntax), stepped, about), threads)

    return encode_by_step(by_step, cut_short, picture, plan.options.goals[0], threads)
