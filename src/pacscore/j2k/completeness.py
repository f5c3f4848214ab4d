"""How much of a codestream is there, by resolution and by layer."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from pacscore.j2k.codestream.segments import Siz
from pacscore.j2k.needed import precincts_up_to
from pacscore.j2k.plan import TilePlan

__all__ = ["Completeness", "completeness_of"]


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of a codestream is there.

    Attributes
    ----------
    headers : bool
        Whether the main header and all tile-part headers are there.
    packets_expected, packets_present : int
        Of the whole codestream, as far as its headers are known; a packet is present if all of it is.
    by_resolution, by_layer : tuple of (int, int)
        Packets present and expected of each resolution, lowest first, and of each quality layer.
    reduce : int or None
        The least ``reduce`` at which the picture is whole in all layers; None if it is at no resolution.
    """

    schema: ClassVar[int] = 1
    headers: bool
    packets_expected: int
    packets_present: int
    by_resolution: tuple[tuple[int, int], ...]
    by_layer: tuple[tuple[int, int], ...]
    reduce: int | None

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return self.headers and self.packets_present == self.packets_expected

    def to_json(self) -> str:
        """Return it as a JSON object, with its schema number and ``complete``."""
        return json.dumps({"schema": self.schema, "complete": self.complete, **dataclasses.asdict(self)})


Tiles = Sequence[tuple[TilePlan, NDArray[Any]]]
"""The plan of each tile that is known, and its packets that are there, with fields ``precinct`` and ``layer``."""


def completeness_of(siz: Siz, tiles: Tiles, *, headers: bool) -> Completeness:
    """Return how much of a codestream some packets are.

    Parameters
    ----------
    siz : Siz
    tiles : sequence of (TilePlan, ndarray)
        Each tile that is known, and its packets that are there, with fields ``precinct`` and ``layer``.
    headers : bool
        Whether all headers are there.
    """
    resolutions = max((int(plan.precincts.resolution.max(initial=0)) + 1 for plan, _ in tiles), default=0)
    layers = max((plan.coding.layers for plan, _ in tiles), default=0)
    by_resolution = np.zeros((2, resolutions), np.int64)
    by_layer = np.zeros((2, layers), np.int64)
    for plan, packets in tiles:
        of = plan.precincts.resolution
        by_resolution[0] += np.bincount(of[packets["precinct"]], minlength=resolutions)
        by_resolution[1] += np.bincount(of, minlength=resolutions) * plan.coding.layers
        by_layer[0] += np.bincount(packets["layer"], minlength=layers)
        by_layer[1, : plan.coding.layers] += len(of)
    return Completeness(
        headers,
        packets_expected=int(by_layer[1].sum()),
        packets_present=int(by_layer[0].sum()),
        by_resolution=tuple(zip(*by_resolution.tolist(), strict=True)),
        by_layer=tuple(zip(*by_layer.tolist(), strict=True)),
        reduce=_whole_from(siz, tiles),
    )


def _whole_from(siz: Siz, tiles: Tiles) -> int | None:
    if len(tiles) < siz.tiles_wide * siz.tiles_high:
        return None
    levels = min(len(component.geometry.resolutions) - 1 for plan, _ in tiles for component in plan.components)
    for reduce in range(levels + 1):
        if all(_is_whole(plan, packets, reduce) for plan, packets in tiles):
            return reduce
    return None


def _is_whole(plan: TilePlan, packets: NDArray[Any], reduce: int) -> bool:
    needed = precincts_up_to(plan, reduce)
    return int(needed[packets["precinct"]].sum()) == int(needed.sum()) * plan.coding.layers
