"""Where every packet of a codestream is: from packet lengths in the headers, or from the packets' own headers.

Source: T.800 A.7.2, A.7.3, B.9, B.12.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pacscore.j2k._packet_places import PLACE, PacketPlaces
from pacscore.j2k.codestream.headers import Codestream, TilePart
from pacscore.j2k.codestream.packed_headers import packed_headers
from pacscore.j2k.codestream.segments import Plt
from pacscore.j2k.packets.progression import packet_sequence
from pacscore.j2k.plan import TilePlan, plan_tile
from pacscore.source import LoadedBytes

__all__ = ["TilePlaces", "places_in_order", "read_places", "tile_places", "told_places"]

_FIRST_LOAD = 1 << 16


class TilePlaces(NamedTuple):
    """The packets of one tile.

    Attributes
    ----------
    plan : TilePlan
    parts : list of TilePart
        In order.
    places : ndarray of `PLACE`, shape (packets,)
        In the order of the tile: start and stop in bytes of the data, precinct, layer, part within ``parts``.
    what : str or None
        Why there are not more of them.
    """

    plan: TilePlan
    parts: Sequence[TilePart]
    places: NDArray[Any]
    what: str | None


def tile_places(
    data: LoadedBytes, stream: Codestream, code_blocks: int, *, believe_lengths: bool
) -> tuple[TilePlaces, ...]:
    """Return the packets of every tile that has tile-parts.

    Parameters
    ----------
    data : LoadedBytes
        Has the headers; what else is needed is loaded.
    stream : Codestream
    code_blocks : int
        Most code-blocks a tile may have.
    believe_lengths : bool
        Whether PLT is enough to know where packets are. It is not, where it does not add up.

    Raises
    ------
    CodestreamError, LimitError
        If a tile's headers contradict each other, or it is too large.
    """
    packed = packed_headers(stream)
    tiles = []
    for tile, parts in sorted(stream.by_tile().items()):
        plan = plan_tile(stream.main, (segment for part in parts for segment in part.segments), tile, code_blocks)
        places = told_places(plan, parts) if believe_lengths and tile not in packed else None
        what = None
        if places is None:
            places, what = read_places(data, plan, parts, packed.get(tile), code_blocks)
        tiles.append(TilePlaces(plan, parts, places, what))
    return tuple(tiles)


def places_in_order(plan: TilePlan, lengths: Sequence[NDArray[np.int64]], starts: Sequence[int]) -> NDArray[Any]:
    """Return the places of packets that follow one another, the lengths of each tile-part given."""
    joined = np.concatenate([*lengths, np.zeros(0, np.int64)])
    places = np.zeros(len(joined), PLACE)
    precincts, layers = packet_sequence(plan.runs)
    places["precinct"], places["layer"] = precincts[: len(joined)], layers[: len(joined)]
    places["part"] = np.repeat(np.arange(len(lengths)), [len(each) for each in lengths])
    stops = [start + np.cumsum(each) for each, start in zip(lengths, starts, strict=True)]
    places["stop"] = np.concatenate([*stops, np.zeros(0, np.int64)])
    places["start"] = places["stop"] - joined
    return places


def told_places(plan: TilePlan, parts: Sequence[TilePart]) -> NDArray[Any] | None:
    """Return the places that PLT tells, None unless its lengths make up all packets and all bytes."""
    lengths = []
    for part in parts:
        plts = sorted((segment for segment in part.segments if isinstance(segment, Plt)), key=lambda plt: plt.zplt)
        here = np.fromiter((length for plt in plts for length in plt.lengths), np.int64)
        if here.sum() != part.body_stop - part.body_start:
            return None
        lengths.append(here)
    if sum(map(len, lengths)) != len(plan.precincts.number) * plan.coding.layers:
        return None
    return places_in_order(plan, lengths, [part.body_start for part in parts])


def read_places(
    data: LoadedBytes, plan: TilePlan, parts: Sequence[TilePart], packed: bytes | None, code_blocks: int
) -> tuple[NDArray[Any], str | None]:
    """Read the packet headers, loading what they need and no more than a little of the bodies.

    Returns
    -------
    places : ndarray of `PLACE`
    what : str or None
        Why there are not more of them.
    """
    ranges = [(part.body_start, part.body_stop) for part in parts]
    reader = PacketPlaces(plan.compiled, data.view, ranges, packed, code_blocks)
    waiting_at, size = -1, _FIRST_LOAD
    while not reader.resume(data.present(reader.offset)):
        size = 2 * size if reader.offset == waiting_at else _FIRST_LOAD
        waiting_at = reader.offset
        before = data.present(waiting_at)
        data.load(waiting_at, waiting_at + size)
        if data.present(waiting_at) == before:
            break  # the source ends here, whatever its size is said to be
    return reader.places(), reader.what
