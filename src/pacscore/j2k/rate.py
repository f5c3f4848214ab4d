"""Rate control: which passes of all tiles' code-blocks are sent in which quality layer.

Every code-block may end where its convex hull of bytes and error has a corner. The corners of all blocks are sorted by
the error that a byte takes away, and a layer gets as many as make the codestream as long, or the image as good, as was
asked for. Packet headers count: they are really written, a few times, until the size is right.

Source: T.800 J.14 (informative), E.1, G.2, G.3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pacscore.j2k._tile_encoder import TileEncoder, slope_of_class
from pacscore.j2k.plan import TilePlan
from pacscore.j2k.quantization.steps import band_norm
from pacscore.j2k.truncation import CodedPasses, TruncationPoints, affordable, points_and_passes

__all__ = [
    "BLOCK_HEADER",
    "NO_LAYER",
    "Allocation",
    "PassesOfTile",
    "band_weights",
    "coded_passes",
    "likely_slope",
    "surveyed_slope",
]

NO_LAYER = 0xFFFF
_CLOSE = 1 << 10
"""A size is met when it is short by less than this part of it."""
_MOST_TRIALS = 24
_SECANTS = 6
"""So many trials go by what the headers took before; then the interval is halved."""
_FILL_TRIALS = 4
BLOCK_HEADER = 4
"""Bytes that packet headers most likely have for a block in a layer."""
_NEARLY = 10 ** (-0.02 / 10)
"""A PSNR is met when it is better by less than 0.02 dB."""

_COMPONENT_WEIGHTS = {True: (3.0, 11 / 16, 11 / 16), False: (3.0, 0.344136**2 + 1.772**2, 1.402**2 + 0.714136**2)}
"""Squared norms of what one unit of a transformed component adds to all samples: RCT, ICT."""


class PassesOfTile(Protocol):
    """The encoder of a tile, once its code-blocks are coded."""

    def coded_passes(
        self,
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint32], NDArray[np.float32]]:
        """Return the band and the number of passes of each block, the length and the gain of each pass."""

    def set_layers(self, layers: NDArray[np.uint16]) -> None:
        """Set the quality layer that each pass is sent in, or NO_LAYER."""


@lru_cache(maxsize=256)
def _component_weights(bands: tuple[tuple[int, float], ...], reversible: bool, scale: float) -> tuple[float, ...]:
    """Return the weights of the bands of a component, which come with M_b and Delta_b, three to a resolution."""
    levels = len(bands) // 3
    weights = [1.0, 1.0]  # of bands that the lowest resolution does not have
    for number, (_, step) in enumerate(bands):
        level = levels if number == 0 else levels - (number - 1) // 3
        orientation = 0 if number == 0 else (number - 1) % 3 + 1
        norm = band_norm(level, bool(orientation & 1), reversible=reversible)
        norm *= band_norm(level, bool(orientation & 2), reversible=reversible)
        weights.append(scale * (step * norm) ** 2)
    return (weights[2], *weights[:2], *weights[3:])


def band_weights(plan: TilePlan) -> NDArray[np.float64]:
    """Return the squared error of the image that an error of one quantiser step makes in each band of a tile.

    Three values a resolution of each component, in the order of the plan. Errors count relative to the peak of their
    component, in units of the highest peak.

    Source: T.800 E.1 (Delta_b), F.3 (synthesis), G.2, G.3.
    """
    weights: list[float] = []
    peaks = [float((1 << component.precision) - 1) for component in plan.components]
    for number, (component, peak) in enumerate(zip(plan.components, peaks, strict=True)):
        joined = bool(plan.coding.mct) and number < 3
        scale = _COMPONENT_WEIGHTS[component.reversible][number] if joined else 1.0
        scale *= (max(peaks) / peak) ** 2
        weights += _component_weights(component.bands, component.reversible, scale)
    return np.array(weights)


def coded_passes(tiles: Sequence[tuple[TilePlan, PassesOfTile]]) -> tuple[CodedPasses, NDArray[np.int64]]:
    """Return the passes of all tiles' blocks, their gains as the squared error of the image; how many each tile has."""
    coded = [(band_weights(plan), *encoder.coded_passes()) for plan, encoder in tiles]
    counts = np.concatenate([counts for _, _, counts, _, _ in coded]).astype(np.int64)
    weights = np.concatenate([weights[bands] for weights, bands, _, _, _ in coded])
    lengths = np.concatenate([lengths for _, _, _, lengths, _ in coded])
    gains = np.concatenate([gains for _, _, _, _, gains in coded]) * np.repeat(weights, counts)
    return CodedPasses(counts, lengths, gains), np.array([len(lengths) for _, _, _, lengths, _ in coded])


def likely_slope(points: TruncationPoints, size: float | None, error: float | None) -> float:
    """Return the slope at which code-blocks are cut to reach a size in bytes, or a squared error; 0: not at all."""
    if size is not None:
        sent = np.cumsum(points.bytes)
        if not len(sent) or size > sent[-1]:
            return 0.0
        count = int(np.searchsorted(sent, size, "right"))
    else:
        left = np.cumsum(points.errors[::-1])
        count = len(left) - int(np.searchsorted(left, error or 0.0, "right"))
    return points.slope(count)


def surveyed_slope(encoders: Sequence[TileEncoder], size: float | None, error: float | None) -> float:
    """Return about the slope that `likely_slope` does, for blocks that have been surveyed, in less time."""
    by_size, by_error = np.sum([encoder.slopes() for encoder in encoders], axis=0)
    if size is not None:
        sent = np.cumsum(by_size[::-1])
        if size >= sent[-1]:
            return 0.0
        return slope_of_class(len(sent) - 1 - int(np.searchsorted(sent, size, "right")))
    dropped = int(np.searchsorted(np.cumsum(by_error), error or 0.0, "right"))
    return slope_of_class(dropped - 1) if dropped else 0.0


class Allocation:
    """Which truncation points of all tiles are sent in which layer.

    Parameters
    ----------
    tiles : sequence of (TilePlan, TileEncoder)
        All code-blocks are coded.
    sizes : callable
        Return, for each layer, how long the codestream is up to it, as the passes' layers are now.

    Attributes
    ----------
    points : TruncationPoints
    cut : float
        The slope where the last layer that was fitted ends; 0 where it takes all points.
    """

    def __init__(self, tiles: Sequence[tuple[TilePlan, PassesOfTile]], sizes: Callable[[], NDArray[np.int64]]) -> None:
        self._encoders = [encoder for _, encoder in tiles]
        self._sizes = sizes
        coded, passes = coded_passes(tiles)
        self._splits = np.cumsum(passes)[:-1]
        self.points, self._point_of_pass = points_and_passes(coded)
        self.cut = 0.0
        self._fitted = 0  # bytes up to the last layer whose size was fitted
        self._header_bytes = BLOCK_HEADER * len(coded.counts)  # of a layer, about
        self._layers: NDArray[np.uint16] = np.full(len(self.points.passes) + 1, NO_LAYER, np.uint16)

    def _send(self, layers: NDArray[np.uint16]) -> None:
        of_passes = np.split(layers[self._point_of_pass], self._splits)
        for encoder, of_tile in zip(self._encoders, of_passes, strict=True):
            encoder.set_layers(of_tile)

    def _with(self, layer: int, count: int, further: Sequence[int] = ()) -> NDArray[np.uint16]:
        """Return the layers with the first `count` points, and further ones, in `layer` where not in an earlier one."""
        layers = self._layers.copy()
        layers[:count] = np.minimum(layers[:count], layer)
        layers[list(further)] = np.minimum(layers[list(further)], layer)
        return layers

    def _size(self, layer: int, layers: NDArray[np.uint16]) -> int:
        self._send(layers)
        return int(self._sizes()[layer])

    def send_all(self, layer: int) -> None:
        """Send everything that is left in one layer, which makes lossless coding lossless."""
        self._layers = np.minimum(self._layers, layer)
        self._send(self._layers)

    def fit_size(self, layer: int, most: int) -> int:
        """Fill a layer so that the codestream up to it is at most so long; return how long it is.

        Longer than `most` means that not even an empty layer fits.
        """
        fresh = np.where(self._layers[:-1] == NO_LAYER, self.points.bytes, 0)
        before = np.concatenate([[0], np.cumsum(fresh)])
        least, beyond, smallest = -1, len(before), 0
        overhead = self._fitted + self._header_bytes
        trial = size = 0
        while beyond - least > 1 and (least < 0 or most - smallest > most // _CLOSE) and trial < _MOST_TRIALS:
            count = int(np.searchsorted(before, most - overhead, "right")) - 1
            if trial >= _SECANTS:
                count = (least + beyond) // 2
            count = min(max(count, least + 1), beyond - 1)
            size = self._size(layer, self._with(layer, count))
            overhead = size - int(before[count])
            if size <= most:
                least, smallest = count, size
            else:
                beyond = count
            trial += 1
        if least < 0:
            least, smallest = 0, self._size(layer, self._with(layer, 0))
        self.cut = self.points.slope(least)
        return self._fill(layer, least, smallest, most)

    def _fill(self, layer: int, count: int, size: int, most: int) -> int:
        """Use what room is left for shorter points that come later; return how long the codestream is."""
        room = most - size
        for _ in range(_FILL_TRIALS):
            further = affordable(self.points, count, room)
            if not further:
                break
            layers = self._with(layer, count, further)
            filled = self._size(layer, layers)
            if filled <= most:
                self._layers, self._fitted = layers, filled
                return filled
            room -= filled - most + 1
        self._layers = self._with(layer, count)
        self._fitted = self._size(layer, self._layers)
        return self._fitted

    def fit_error(self, layer: int, most: float, measure: Callable[[int], float]) -> float:
        """Fill a layer so that the squared error of the image is at most so much; return it.

        The gains tell about how many points that takes; `measure`, the error of the really decoded image for the layer,
        decides. More than `most` means that everything sent does not suffice.
        """
        fresh = np.where(self._layers[:-1] == NO_LAYER, self.points.errors, 0.0)
        left = np.append(np.cumsum(fresh[::-1])[::-1], 0.0)  # by the gains, after so many points
        short, enough, best = -1, len(left), np.inf
        offset = 0.0  # what the gains do not know of
        for trial in range(_MOST_TRIALS):
            if enough - short <= 1 or most * _NEARLY <= best <= most:
                break
            count = len(left) - int(np.searchsorted(left[::-1], most - offset, "right"))
            if trial >= _SECANTS:
                count = (short + enough) // 2
            count = min(max(count, short + 1), enough - 1)
            self._send(self._with(layer, count))
            error = measure(layer)
            offset = error - float(left[count])
            if error > most:
                short = count
                best = min(best, error) if enough == len(left) else best
            else:
                enough, best = count, error
        self.cut = self.points.slope(enough)
        self._layers = self._with(layer, min(enough, len(left) - 1))
        self._send(self._layers)
        return float(best)

    def size_of_all(self) -> int:
        """Return how long the codestream is where everything is sent."""
        return self._size(0, np.zeros_like(self._layers))
