"""A tile of which the packets arrive by and by: which of them are there, and how far they go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError
from pacscore.j2k._arriving_tile import ArrivingTile, ByteRuns
from pacscore.j2k.codestream.headers import TilePart
from pacscore.j2k.codestream.segments import Segment
from pacscore.j2k.missing_packets import Loss
from pacscore.j2k.needed import needed_precincts, precincts_up_to
from pacscore.j2k.packet_table import told_places
from pacscore.j2k.plan import TilePlan
from pacscore.j2k.view import View
from pacscore.region import Region
from pacscore.source import Runs
from pacscore.support.scheduler import run_in_threads
from pacscore.support.targets import active_target

__all__ = ["Arrival", "PacketsArriving", "segments_of"]

_ALL = 1 << 62


@dataclass(frozen=True, slots=True)
class Arrival:
    """What has arrived for a tile.

    Attributes
    ----------
    view : memoryview of bytes
    runs : Runs
        Of bytes of the view that are there.
    parts : sequence of TilePart
        In order; with ``body_stop`` where their packets end once all have come.
    packed : bytes or None
        Packet headers that stand apart.
    more_parts : bool
        Whether tile-parts may follow.
    """

    view: memoryview
    runs: Runs
    parts: Sequence[TilePart]
    packed: bytes | None
    more_parts: bool

    @property
    def places(self) -> list[tuple[int, int]]:
        """Where the packets of each tile-part are."""
        return [(part.body_start, part.body_stop) for part in self.parts]


def segments_of(parts: Sequence[TilePart]) -> tuple[Segment, ...]:
    """Return the segments of a tile's headers."""
    return tuple(segment for part in parts for segment in part.segments)


class PacketsArriving:
    """The packets of one tile, its code-blocks, and what was decoded of them.

    Packets are read in their order. Where bytes are missing in between, those behind them can be used if PLT, or an
    index, tells where they are; if that turns out to be untrue, it is not believed any more.

    Attributes
    ----------
    plan : TilePlan
    segments : tuple of Segment
        From which the plan was made.
    """

    def __init__(
        self, plan: TilePlan, segments: tuple[Segment, ...], indexed: NDArray[Any] | None, code_blocks: int
    ) -> None:
        self.plan = plan
        self.segments = segments
        self._indexed = indexed
        self._believes = True
        self._code_blocks = code_blocks
        self.start_again()

    def start_again(self) -> None:
        """Forget everything that was read."""
        self._tile = ArrivingTile(self.plan.compiled, active_target(), self._code_blocks)
        self._places: list[tuple[int, int]] = []
        self._known: tuple[object, ...] | None = None
        self._ended = self._final = False
        self._scattered: NDArray[Any] | None = None
        self._done: NDArray[np.uint8] = np.zeros(0, np.uint8)
        self._listed: NDArray[Any] = self._tile.places()
        self._layers: NDArray[np.int64] = np.zeros(len(self.plan.precincts.number), np.int64)

    def advance(self, arrival: Arrival) -> None:
        """Read what has come. What came before may not have changed, but for tile-parts that follow."""
        if self._is_new(arrival):
            if self._final or not self._goes_on_with(arrival.places):
                self.start_again()
            self._read(arrival)

    def end(self, arrival: Arrival) -> None:
        """Read what has come to the end, the tile-parts being clipped to it: nothing more comes."""
        places, stop = arrival.places, arrival.runs.stop
        if self._is_whole(places):
            return
        if [(start, min(end, stop)) for start, end in self._places] == places:
            if places and self._tile.offset >= places[-1][1]:
                return  # no byte is left to be read
            self._places = places
        self._known = None
        self.advance(arrival)
        self._final = not self._is_whole(places)

    def _read(self, arrival: Arrival) -> None:
        self._extend(arrival)
        if self._scattered is None:
            self._read_in_order(arrival)
            if not self._ended and self._has_holes(arrival):
                self._scattered = self._places_told(arrival)
                self._done = np.zeros(0 if self._scattered is None else len(self._scattered), np.uint8)
        if self._scattered is not None and not self._tile.read_scattered(
            self._scattered, self._done, ByteRuns(list(arrival.runs))
        ):
            self._indexed = None
            self._believes = False
            self.start_again()
            self._extend(arrival)
            self._read_in_order(arrival)
        self._tile.arrive(ByteRuns(list(arrival.runs)))
        self._count(arrival.runs)

    def _is_whole(self, places: Sequence[tuple[int, int]]) -> bool:
        """Tell whether all packet headers were read, and none of them behind the last tile-part."""
        return self._ended and self.what is None and bool(places) and self._tile.offset <= places[-1][1]

    def _goes_on_with(self, places: list[tuple[int, int]]) -> bool:
        """Tell whether tile-parts are those that were read so far, and perhaps more."""
        return self._places == places[: len(self._places)] or self._is_whole(places)

    def _places_told(self, arrival: Arrival) -> NDArray[Any] | None:
        """Return where all packets are, None if nothing tells, or their headers are elsewhere."""
        if arrival.packed is not None:
            return None
        if self._indexed is not None or arrival.more_parts:
            return self._indexed
        return told_places(self.plan, arrival.parts)

    def _is_new(self, arrival: Arrival) -> bool:
        """Tell whether anything has come for this tile, or all data lies elsewhere now."""
        held = sum(arrival.runs.count(*place) for place in arrival.places)
        packed = len(arrival.packed or b"")
        known = (id(arrival.view), held, packed, arrival.places, arrival.more_parts)
        if known == self._known:
            return False
        self._known, self._view = known, arrival.view  # which stays, so that its number remains its own
        return True

    def _extend(self, arrival: Arrival) -> None:
        self._places = arrival.places
        no_sop = self._indexed is not None and not self.plan.coding.sop
        self._tile.extend(arrival.view, self._places, arrival.packed, arrival.more_parts, no_sop)

    def _read_in_order(self, arrival: Arrival) -> None:
        before: tuple[int, tuple[int, int]] | None = None
        while not self._ended:
            offset = self._tile.offset
            here = offset, arrival.runs.present(offset)
            if here == before:
                break
            before = here
            self._ended = self._tile.resume(here[1])

    def _has_holes(self, arrival: Arrival) -> bool:
        """Tell whether bytes of the tile have come behind some that have not, or an index says where to look."""
        if not self._believes or not self._places:
            return False
        if self._indexed is not None:
            return True
        _, stop = arrival.runs.present(self._tile.offset)
        return arrival.runs.next_start(stop, 1 << 62) < max(each[1] for each in self._places)

    def _count(self, runs: Runs) -> None:
        self._listed = self._tile.places()
        self._present = runs.hold(self._listed["start"], self._listed["stop"])
        whole = self._listed["precinct"][self._present]
        self._layers = np.bincount(whole, minlength=len(self.plan.precincts.number))

    @property
    def what(self) -> str | None:
        """Why no more packets can be read, None if they can or all were."""
        return self._tile.what if self._ended else None

    @property
    def packets(self) -> NDArray[Any]:
        """Those that are whole: their places."""
        return self._listed[self._present]

    def loss(self, view: View, region: Region | None) -> tuple[Loss, NDArray[np.bool_]]:
        """Return how many packets a view needs and has, and which precincts lack some."""
        needed = precincts_up_to(self.plan, view.reduce) if region is None else needed_precincts(self.plan, view)
        layers = self.plan.coding.layers
        there = self._layers[needed]
        what, precinct = self.what, self._tile.precinct
        kind: Literal["truncated", "syntax"] = "truncated" if what is None or self._tile.truncated else "syntax"
        if what is None:
            what, precinct = "more packets have not come", -1
        loss = Loss(kind, what, self._tile.offset, precinct, layers * len(there), int(there.sum()))
        return loss, needed & (self._layers < layers)

    def samples(self, reduce: int) -> int:
        """Return how many samples the tile has at a resolution."""
        scale = 1 << reduce
        rects = [component.geometry.rect.scaled_down(scale, scale) for component in self.plan.components]
        return sum(rect.width * rect.height for rect in rects)

    def decode(self, view: View, planes: Sequence[NDArray[Any]], threads: int) -> None:
        """Make the samples of a view from what has come; what was decoded before is not decoded again.

        Raises
        ------
        OptionError
            If the tile has not so many decomposition levels.
        """
        levels = min(len(component.geometry.resolutions) for component in self.plan.components) - 1
        if view.reduce > levels:
            raise OptionError(
                f"reduce={view.reduce}, but tile {self.plan.index} has only {levels} decomposition levels"
            )
        windows = view.windows(self.plan)
        self._tile.set_levels(view.reduce)
        cuts = [window.cut(plane) for window, plane in zip(windows, planes, strict=True)]
        self._tile.prepare(windows, cuts, threads)
        run_in_threads(threads, self._tile.decode)

    def damaged_blocks(self, view: View) -> list[tuple[int, ...]]:
        """Return the code-blocks that did not decode whole and that a view needs, as `TileDecoder` lists them."""
        counts = [len(component.geometry.resolutions) for component in self.plan.components]
        damaged = self._tile.damaged_blocks(_ALL)
        return [block for block in damaged if block[1] < counts[block[0]] - view.reduce]
