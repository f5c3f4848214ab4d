"""What is compared: pairs of calls that do equal work, checked to give equal results before they are timed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

import pacscore
from benchmarks.compiled import compiled_entry
from benchmarks.images import Picture
from benchmarks.peers import Decoder, Peer
from pacscore import J2KOptions, Region

__all__ = [
    "BITS_A_SAMPLE",
    "OPERATIONS",
    "REDUCED",
    "SIDE",
    "Case",
    "DifferentError",
    "decoding_cases",
    "picture_for",
    "require_alike",
    "require_near",
]

HTJ2K_LOSSLESS = "1.2.840.10008.1.2.4.201"
HTJ2K = "1.2.840.10008.1.2.4.203"
BITS_A_SAMPLE = 2.0
"""About so many are left by a lossy encoder."""
REDUCED = ("CT", "large")
SIDE = 256
"""Of regions and tiles."""


@dataclass(frozen=True)
class Case:
    """One comparison; ``our_size`` and ``peer_size`` are those of the codestreams that both make or read, in bytes."""

    picture: Picture
    operation: str
    peer: str
    ours: Callable[[], Any]
    theirs: Callable[[], Any]
    our_size: int
    peer_size: int


class DifferentError(Exception):
    """Results that ought to be equal are not."""


def require_near(got: NDArray[Any], want: NDArray[Any], most: int, what: str) -> None:
    """Raise unless shapes are equal and samples differ by no more than `most`."""
    if got.shape != want.shape:
        raise DifferentError(f"{what}: {got.shape}, not {want.shape}")
    if (difference := int(np.abs(got.astype(np.int64) - want).max())) > most:
        raise DifferentError(f"{what}: differs by up to {difference}")


def require_alike(got: NDArray[Any], want: NDArray[Any], most: int, bits: int, what: str) -> None:
    """Compare where our samples lie within their range: OpenJPH does not clamp, and imagecodecs wraps."""
    highest = (1 << bits) - 1 if want.dtype.kind == "u" else (1 << (bits - 1)) - 1
    lowest = 0 if want.dtype.kind == "u" else -highest - 1
    inside = (want > lowest) & (want < highest)
    require_near(np.where(inside, got, 0), np.where(inside, want, 0), most, what)


def picture_for(peer: Peer, picture: Picture) -> Picture:
    """Return the picture as the peer takes it."""
    picture = picture if peer.takes_signed else picture.unsigned()
    return picture if peer.takes_any_precision else picture._replace(bits_stored=picture.bits_allocated)


def _encoder(picture: Picture, threads: int, step: float | None = None) -> Callable[[], bytes]:
    """Return our call. Steps are relative to the precision, which peers take from the dtype: there we do so too."""
    if step is None:
        return partial(pacscore.encode, picture.array, HTJ2K_LOSSLESS, bits_stored=picture.bits_stored, threads=threads)
    options = J2KOptions(reversible=False, quantization_step=step)
    return partial(pacscore.encode, picture.array, HTJ2K, options, bits_stored=picture.bits_allocated, threads=threads)


def _step_for(picture: Picture) -> float:
    """Return the power of two, or one and a half times it, whose codestream comes next to `BITS_A_SAMPLE`."""
    steps = [factor / (1 << power) for power in range(6, picture.bits_allocated + 1) for factor in (1, 1.5)]

    def miss(step: float) -> float:
        return abs(len(_encoder(picture, 1, step)()) * 8 / picture.array.size - BITS_A_SAMPLE)

    return min(steps, key=miss)


def encoding(whole: Picture, peers: list[Peer], threads: int) -> Iterator[Case]:
    """Encode without loss."""
    for peer in peers:
        picture = picture_for(peer, whole)
        if (theirs := peer.encoder(picture, threads)) is None:
            continue
        ours = _encoder(picture, threads)
        our_data, peer_data = ours(), theirs()
        require_near(np.asarray(pacscore.decode(our_data)), picture.array, 0, f"{whole.name} encoded by pacscore")
        require_near(np.asarray(pacscore.decode(peer_data)), picture.array, 0, f"{whole.name} encoded by {peer.name}")
        yield Case(whole, "encode", peer.name, ours, theirs, len(our_data), len(peer_data))


def decoding_cases(picture: Picture, peer: Peer, streams: dict[str, bytes], threads: int, most: int) -> Iterator[Case]:
    """Decode codestreams, by operation; results may differ by `most`."""
    for operation, data in streams.items():
        if (theirs := peer.decoder(data, picture, threads)) is None:
            continue
        ours = partial(pacscore.decode, data, threads=threads)
        what = f"{picture.name} {operation} by pacscore and by {peer.name}"
        if most:
            require_alike(theirs(), np.asarray(ours()), most, picture.bits_allocated, what)
        else:
            require_near(theirs(), np.asarray(ours()), 0, what)
        yield Case(picture, operation, peer.name, ours, theirs, len(data), len(data))


def decoding(whole: Picture, peers: list[Peer], threads: int) -> Iterator[Case]:
    """Decode what was encoded without loss, by us and by the peer."""
    for peer in peers:
        picture = picture_for(peer, whole)
        streams = {"decode ours": _encoder(picture, 1)()}
        if encode := peer.encoder(picture, 1):
            streams["decode theirs"] = encode()
        for data in streams.values():
            require_near(np.asarray(pacscore.decode(data)), picture.array, 0, f"{whole.name} decoded by pacscore")
        yield from decoding_cases(picture, peer, streams, threads, 0)


def lossy_encoding(whole: Picture, peers: list[Peer], threads: int) -> Iterator[Case]:
    """Encode by the 9-7 filter; the same step for all."""
    step = _step_for(whole)
    for peer in peers:
        picture = picture_for(peer, whole)
        if (theirs := peer.encoder(picture, threads, step)) is None:
            continue
        ours = _encoder(picture, threads, step)
        our_data, peer_data = ours(), theirs()
        if abs(len(our_data) / len(peer_data) - 1) > 0.02:
            raise DifferentError(
                f"{whole.name}, step {step}: {len(our_data)} bytes, {peer.name} writes {len(peer_data)}"
            )
        yield Case(whole, "9-7 encode", peer.name, ours, theirs, len(our_data), len(peer_data))


def lossy_decoding(whole: Picture, peers: list[Peer], threads: int) -> Iterator[Case]:
    """Decode what was encoded by the 9-7 filter; results may differ by one, since each rounds in its own way."""
    step = _step_for(whole)
    for peer in peers:
        if peer.lossy_differs:
            print(f"{whole.name} 9-7 decode: {peer.name} LEFT OUT, {peer.lossy_differs}", file=sys.stderr)
            continue
        picture = picture_for(peer, whole)
        streams = {"9-7 decode ours": _encoder(picture, 1, step)()}
        if encode := peer.encoder(picture, 1, step):
            streams["9-7 decode theirs"] = encode()
        yield from decoding_cases(picture, peer, streams, threads, 1)


def reducing(whole: Picture, peers: list[Peer], threads: int) -> Iterator[Case]:
    """Decode lower resolutions."""
    if whole.name not in REDUCED:
        return
    data = _encoder(whole, 1)()
    for peer in peers:
        for reduce in (1, 2, 3):
            theirs: Decoder | None = peer.decoder(data, whole, threads, reduce)
            if theirs is None:
                continue
            ours = partial(pacscore.decode, data, reduce=reduce, threads=threads)
            what = f"{whole.name} reduced {reduce} times by {peer.name}"
            require_alike(theirs(), np.asarray(ours()), 0, whole.bits_stored, what)
            yield Case(whole, f"reduce={reduce}", peer.name, ours, theirs, len(data), len(data))


def cutting(whole: Picture, peers: list[Peer], threads: int) -> Iterator[Case]:
    """Decode a region of the large frame, and all of it."""
    del peers
    if whole.name != "large":
        return
    data = _encoder(whole, 1)()
    rows, columns = whole.array.shape[:2]
    for place, row, column in (
        ("corner", 0, 0),
        ("middle", (rows - SIDE) // 2 + 5, (columns - SIDE) // 2 - 3),
        ("end", rows - SIDE, columns - SIDE),
    ):
        region = Region(row=row, column=column, rows=SIDE, columns=SIDE)
        part = partial(pacscore.decode, data, region=region, threads=threads)
        expected = whole.array[row : row + SIDE, column : column + SIDE]
        require_near(np.asarray(part()), expected, 0, f"region at the {place}")
        everything = partial(pacscore.decode, data, threads=threads)
        yield Case(whole, f"region, {place}", "pacscore, all of it", part, everything, len(data), len(data))


def threading(whole: Picture, peers: list[Peer], threads: int) -> Iterator[Case]:
    """Do the large frame by several threads, and by one."""
    del peers
    if whole.name != "large" or threads == 1:
        return
    data = _encoder(whole, threads)()
    if data != _encoder(whole, 1)():
        raise DifferentError("other bytes by several threads")
    decode = partial(pacscore.decode, data)
    yield Case(
        whole,
        "threads, decode",
        "pacscore, 1 thread",
        partial(decode, threads=threads),
        decode,
        len(data),
        len(data),
    )
    encode, alone = _encoder(whole, threads), _encoder(whole, 1)
    yield Case(whole, "threads, encode", "pacscore, 1 thread", encode, alone, len(data), len(data))


def tiling(whole: Picture, peers: list[Peer], threads: int) -> Iterator[Case]:
    """Decode one tile of a slide as users do, and by the compiled entry alone."""
    del peers
    if whole.name != "tissue" or threads > 1:
        return
    tile = Picture(np.ascontiguousarray(whole.array[:SIDE, :SIDE]), whole.bits_stored, "tile")
    data = _encoder(tile, 1)()
    out = np.empty_like(tile.array)
    compiled = compiled_entry(data, out)
    compiled()
    require_near(out, tile.array, 0, "a tile by the compiled entry")
    require_near(np.asarray(pacscore.decode(data)), tile.array, 0, "a tile")
    yield Case(
        tile, "tile, decode", "pacscore, compiled", partial(pacscore.decode, data), compiled, len(data), len(data)
    )


OPERATIONS: dict[str, Callable[[Picture, list[Peer], int], Iterator[Case]]] = {
    "encode": encoding,
    "decode": decoding,
    "lossy-encode": lossy_encoding,
    "lossy-decode": lossy_decoding,
    "reduce": reducing,
    "region": cutting,
    "threads": threading,
    "tile": tiling,
}
"""By the name that the command line has for them."""
