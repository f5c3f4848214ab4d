"""The way back from a recoded codestream to the bytes of the original.

Recoding loses nothing of what code-blocks mean, but an encoder is free in many ways that do not change it. The original
is guessed: the recoded code-blocks are recoded again, to the coding of the original. A recipe has what the guess gets
wrong: the frame around the packets, code-blocks that differ, packets that are written in another way.

Source: T.800 Annexes A, B; T.814 Annex B.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError, PacscoreError, RecipeError
from pacscore.j2k._packet_places import PacketPlaces
from pacscore.j2k._tile_recoder import TileRecoder
from pacscore.j2k.block_differences import (
    CodedBlock,
    DifferenceReader,
    DifferenceWriter,
    Share,
    block_arrays,
    guessed_blocks,
)
from pacscore.j2k.codestream import markers
from pacscore.j2k.codestream.headers import Codestream, TilePart
from pacscore.j2k.codestream.packed_headers import packed_headers
from pacscore.j2k.codestream.segments import Ppt
from pacscore.j2k.codestream.writer import write_packet_length
from pacscore.j2k.damage_log import DamageLog
from pacscore.j2k.number_columns import read_numbers, write_numbers
from pacscore.j2k.plan import TilePlan, plan_tile
from pacscore.j2k.recipe import Recipe, dictionary_for, read_recipe, sha256, write_recipe
from pacscore.j2k.recipe_bodies import BodyReader, BodyWriter, MadeTile
from pacscore.j2k.recipe_frame import Told, cut_frame, exclusive_or, read_frame, told_places
from pacscore.j2k.recoding import Source, Written, read_source, recode_tiles
from pacscore.limits import DEFAULT_LIMITS, Limits

__all__ = ["make_recipe", "restore"]

_LOST = 0
"""The kind of a piece of a code-block that is not there."""
_PARTS = 4 + DifferenceReader.COUNT
"""Of a recipe: where SOC is, the frame, two columns of bodies, and those of code-blocks. A recipe of one has it all."""


class _Framed(NamedTuple):
    """An original as far as its frame tells.

    Attributes
    ----------
    frame : bytes
    stream : Codestream
        Its offsets are those in the frame.
    parts : dict of int to tuple of TilePart
        By tile.
    plans : dict of int to TilePlan
    """

    frame: bytes
    stream: Codestream
    parts: dict[int, tuple[TilePart, ...]]
    plans: dict[int, TilePlan]

    @property
    def layered(self) -> bool:
        """Whether there are several layers."""
        return any(plan.coding.layers > 1 for plan in self.plans.values())

    def made(self, plan: TilePlan, recoder: TileRecoder) -> MadeTile:
        """Make the packets of a tile."""
        segments = (segment for part in self.parts[plan.index] for segment in part.segments)
        packed = bool(self.stream.main.ppms) or any(isinstance(segment, Ppt) for segment in segments)
        coding = plan.coding
        return MadeTile(recoder, recoder.finish(coding.sop, coding.eph, packed).tolist(), coding.sop, packed)


class _PartOfPackets(NamedTuple):
    """A tile-part, the lengths of its packets and all bytes of its body."""

    made: MadeTile
    first: int
    lengths: list[int]
    body_length: int

    def headers(self) -> bytes:
        """Return the packet headers as PPM and PPT have them."""
        return self.made.tile.headers(self.first, self.first + len(self.lengths)) if self.made.packed else b""


def _framed(frame: bytes, start: int, limits: Limits) -> _Framed:
    stream = read_frame(frame, start)
    parts = dict(sorted(stream.by_tile().items()))
    plans = {
        tile: plan_tile(stream.main, (segment for part in own for segment in part.segments), tile, limits.code_blocks)
        for tile, own in parts.items()
    }
    return _Framed(frame, stream, parts, plans)


def _guess(original: _Framed, recoded: bytes, limits: Limits, threads: int, *, flush: bool) -> dict[int, TileRecoder]:
    """Return the tiles of the recoded codestream, recoded to the coding of the original."""
    log = DamageLog("conceal")
    source = read_source(recoded, log, limits)
    if list(original.plans) != list(source.plans):
        raise RecipeError("the recoded codestream does not have the tiles of the original")
    return recode_tiles(source, Written(original.plans, flush), log, limits, threads)


def _said(original: _Framed, parts: Sequence[_PartOfPackets]) -> dict[Told, bytes]:
    """Return what headers tell of packets, for each place in the frame where they do; parts are in its order."""
    stream = original.stream
    sizes = [
        part.body_start - part.offset + packets.body_length
        for part, packets in zip(stream.tile_parts, parts, strict=True)
    ]
    order = sorted(range(len(sizes)), key=lambda number: stream.tile_parts[number].offset)
    of_tlm = iter([sizes[number] for number in order])
    of_ppm = b"".join(
        len(headers).to_bytes(4, "big") + headers for headers in (parts[number].headers() for number in order)
    ) if stream.main.ppms else b""  # fmt: skip
    rest: dict[tuple[int, int], bytes] = {(markers.PPM, -1): of_ppm}
    said = {}
    for told in told_places(original.frame, stream):
        size = max(told.stop - told.start, 0)
        key = told.marker, told.part
        if told.marker == markers.SOT:
            said[told] = (sizes[told.part] & 0xFFFFFFFF).to_bytes(4, "big")
        elif told.marker == markers.TLM:
            said[told] = (next(of_tlm, 0) % (1 << 8 * size)).to_bytes(size, "big")
        else:
            if key not in rest:
                part = parts[told.part]
                rest[key] = (
                    part.headers() if told.marker == markers.PPT else b"".join(map(write_packet_length, part.lengths))
                )
            said[told], rest[key] = rest[key][:size], rest[key][size:]
    return said


# ---- Making ----


def _placed(pieces: NDArray[Any], places: NDArray[Any]) -> tuple[list[int], NDArray[np.bool_]]:
    """Return the layer of each piece of a code-block, and whether its packet is whole."""
    if not len(places):
        return [0] * len(pieces), np.zeros(len(pieces), bool)
    packets = np.maximum(np.searchsorted(places["first_piece"], pieces["number"], side="right") - 1, 0)
    stops = pieces["offset"] + pieces["length"]
    placed = (pieces["offset"] >= places["start"][packets]) & (stops <= places["stop"][packets])
    return places["layer"][packets].tolist(), placed


def _coded_blocks(
    blocks: NDArray[Any], pieces: NDArray[Any], places: NDArray[Any], data: memoryview
) -> list[CodedBlock]:
    """Return the code-blocks as the packets have them."""
    layers, placed = _placed(pieces, places)
    pieces["kind"][~placed] = _LOST
    columns = [pieces[name].tolist() for name in ("offset", "length", "first_pass", "passes", "kind")]
    listed = iter(zip(layers, *columns, strict=True))
    found = []
    for count, missing in zip(blocks["pieces"].tolist(), blocks["missing_bitplanes"].tolist(), strict=True):
        shares, own = [], []
        passes = 0
        for layer, offset, length, first, more, kind in islice(listed, count):
            if kind == _LOST:
                continue
            shares.append(Share(layer, first + more - passes, length))  # placeholders in front of a pass count with it
            own.append(data[offset : offset + length])
            passes = first + more
        found.append(CodedBlock(passes, missing, shares, b"".join(own)))
    return found


def _read_tile(
    source: Source, plan: TilePlan, packed: bytes | None, limits: Limits
) -> tuple[list[CodedBlock], NDArray[Any]]:
    """Return the code-blocks of a tile, and where its packets are."""
    ranges = [(part.body_start, part.body_stop) for part in source.parts[plan.index]]
    reader = PacketPlaces(plan.compiled, source.data, ranges, packed, limits.code_blocks, True)
    reader.resume((0, len(source.data)))
    places = reader.places()
    return _coded_blocks(*reader.blocks(), places, source.data), places


def _add_bodies(
    bodies: BodyWriter, made: MadeTile, parts: Sequence[TilePart], places: NDArray[Any], data: memoryview
) -> list[_PartOfPackets]:
    """Add the bodies of a tile's parts."""
    borders = np.searchsorted(places["part"], np.arange(len(parts) + 1)).tolist()
    added = []
    for number, part in enumerate(parts):
        first, last = borders[number], borders[number + 1]
        stops = (places["stop"][first:last] - np.uint64(part.body_start)).tolist()
        lengths = bodies.add(made, first, stops, bytes(data[part.body_start : part.body_stop]))
        added.append(_PartOfPackets(made, first, lengths, part.body_stop - part.body_start))
    return added


def _parts_of(
    original: bytes, recoded: bytes, limits: Limits, threads: int, *, flush: bool = False
) -> tuple[bytes, ...]:
    """Return the parts of a recipe that makes use of the recoded codestream."""
    source = read_source(original, DamageLog("conceal"), limits)
    start = source.stream.start
    framed = _framed(cut_frame(source.data, source.stream.tile_parts), start, limits)
    if [part.sot[:1] for part in framed.stream.tile_parts] != [part.sot[:1] for part in source.stream.tile_parts]:
        raise OptionError("the frame does not have the tile-parts of the codestream")
    recoders = _guess(framed, recoded, limits, threads, flush=flush)
    packed = packed_headers(source.stream)
    differences, bodies = DifferenceWriter(framed.layered), BodyWriter()
    by_tile: dict[int, list[_PartOfPackets]] = {}
    for tile, plan in framed.plans.items():
        blocks, places = _read_tile(source, plan, packed.get(tile), limits)
        guess, passes, coded = recoders[tile].coded_blocks()
        for block, guessed in zip(blocks, guessed_blocks(guess, passes, coded), strict=True):
            differences.add(block, guessed)
        recoders[tile].replace_blocks(*block_arrays(blocks, guess))
        by_tile[tile] = _add_bodies(bodies, framed.made(plan, recoders[tile]), source.parts[tile], places, source.data)
    frame = exclusive_or(framed.frame, _said(framed, _in_order(framed.stream, by_tile)))
    return (write_numbers([start, flush]), frame, *bodies.columns(), *differences.columns())


def _in_order(stream: Codestream, by_tile: dict[int, list[_PartOfPackets]]) -> list[_PartOfPackets]:
    """Return the parts of all tiles in the order of the stream."""
    remaining = {tile: iter(parts) for tile, parts in by_tile.items()}
    return [next(remaining[part.sot.isot]) for part in stream.tile_parts]


def make_recipe(original: bytes, recoded: bytes, *, threads: int = 1, limits: Limits | None = None) -> bytes:
    """Return what, with the recoded codestream, gives the original back; it has been tried."""
    limits = limits or DEFAULT_LIMITS
    dictionary = dictionary_for(recoded)
    hashes = sha256(original), sha256(recoded)
    recipe: bytes | None
    try:
        made = (
            write_recipe(Recipe(*hashes, _parts_of(original, recoded, limits, threads, flush=flush)), dictionary)
            for flush in (True, False)
        )
        recipe = min(made, key=len)
        restore(recoded, recipe, threads=threads, limits=limits)
    except PacscoreError:
        recipe = None
    if recipe is None or 2 * len(recipe) > len(original):
        whole = write_recipe(Recipe(*hashes, (original,)), dictionary)
        return whole if recipe is None else min(recipe, whole, key=len)
    return recipe


# ---- Restoring ----


def _restored(recoded: bytes, parts: Sequence[bytes], limits: Limits, threads: int) -> bytes:
    start, flush = read_numbers(parts[0]).tolist()
    framed = _framed(parts[1], start, limits)
    recoders = _guess(framed, recoded, limits, threads, flush=flush == 1)
    bodies, differences = BodyReader(*parts[2:4]), DifferenceReader(list(parts[4:]), framed.layered)
    by_tile: dict[int, list[_PartOfPackets]] = {}
    of_tile: dict[int, list[bytes]] = {}
    for tile, plan in framed.plans.items():
        guess, passes, coded = recoders[tile].coded_blocks()
        blocks = [differences.next(block) for block in guessed_blocks(guess, passes, coded)]
        recoders[tile].replace_blocks(*block_arrays(blocks, guess))
        made = framed.made(plan, recoders[tile])
        first = 0
        for _ in framed.parts[tile]:
            body, lengths = bodies.next(made, first)
            of_tile.setdefault(tile, []).append(body)
            by_tile.setdefault(tile, []).append(_PartOfPackets(made, first, lengths, len(body)))
            first += len(lengths)
    differences.check_ended()
    bodies.check_ended()
    frame = exclusive_or(framed.frame, _said(framed, _in_order(framed.stream, by_tile)))
    places = [(part.body_start, of_tile[part.sot.isot].pop(0)) for part in framed.stream.tile_parts]
    return _with_bodies(frame, sorted(places, key=lambda place: place[0]))


def _with_bodies(frame: bytes, bodies: Sequence[tuple[int, bytes]]) -> bytes:
    pieces, position = [], 0
    for place, body in bodies:
        pieces += [frame[position:place], body]
        position = place
    return b"".join([*pieces, frame[position:]])


def restore(
    data: bytes | bytearray | memoryview, recipe: bytes, *, threads: int = 1, limits: Limits | None = None
) -> bytes:
    """Return the original that a codestream was recoded from, byte for byte.

    Source: T.800 Annexes A to D; T.814.

    Parameters
    ----------
    data : bytes-like
        The recoded codestream, unchanged.
    recipe : bytes
        As `Recoded` has it.
    threads : int
        How many may work at once; 1 is the calling thread alone.
    limits : Limits, optional
        Sizes to refuse; the default is `DEFAULT_LIMITS`.

    Returns
    -------
    bytes
        The original; its SHA-256 is the one that the recipe has.

    Raises
    ------
    RecipeError
        If the recipe is damaged, or does not belong to the codestream.
    LimitError
        If it asks for more than the limits allow.
    """
    if threads < 1:
        raise OptionError(f"threads={threads} must be at least 1")
    limits = limits or DEFAULT_LIMITS
    recoded = bytes(data)
    read = read_recipe(recipe, recoded, dictionary_for(recoded), limits)
    if len(read.parts) == 1:
        original = read.parts[0]
    elif len(read.parts) == _PARTS:
        try:
            original = _restored(recoded, read.parts, limits, threads)
        except (ValueError, LookupError) as error:
            raise RecipeError(f"the recipe is damaged: {error}") from error
    else:
        raise RecipeError(f"the recipe has {len(read.parts)} parts")
    if sha256(original) != read.original:
        raise RecipeError("the restored bytes are not those of the original: the SHA-256 differs")
    return original
