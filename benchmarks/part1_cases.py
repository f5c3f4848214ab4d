"""What is compared of JPEG 2000 Part 1: decoding and encoding, without loss and to a size, reduced, and in part."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

import pacscore
from benchmarks.cases import (
    BITS_A_SAMPLE,
    REDUCED,
    SIDE,
    Case,
    DifferentError,
    decoding_cases,
    picture_for,
    require_alike,
    require_near,
)
from benchmarks.images import Picture
from benchmarks.peers import OpenJPEG, Peer
from pacscore import J2KOptions, Region, RepackOptions

__all__ = ["PART_1_OPERATIONS"]

LOSSLESS = "1.2.840.10008.1.2.4.90"
LOSSY = "1.2.840.10008.1.2.4.91"
_STOPPED = 0.97
"""A peer that makes less than this part of the size asked for has nothing more to send."""
_READS_PART_1 = ("OpenJPEG", "pylibjpeg", "glymur", "Grok")


def _encoder(picture: Picture, threads: int, bits: float | None = None) -> Callable[[], bytes]:
    if bits is None:
        return partial(pacscore.encode, picture.array, LOSSLESS, bits_stored=picture.bits_stored, threads=threads)
    samples = picture.array.shape[2] if picture.array.ndim == 3 else 1
    options = J2KOptions(rate=bits * samples)
    return partial(pacscore.encode, picture.array, LOSSY, options, bits_stored=picture.bits_stored, threads=threads)


def _streams(picture: Picture, peers: list[Peer], bits: float | None = None) -> dict[str, bytes]:
    """Return our codestream and that of the first peer that writes one: OpenJPEG, whichever way it is called."""
    streams = {"ours": _encoder(picture, 1, bits)()}
    writers = (peer.part1_encoder(picture, 1, bits) for peer in peers)
    if encode := next((encode for encode in writers if encode), None):
        streams["theirs"] = encode()
    return streams


def encoding(whole: Picture, peers: list[Peer], threads: int) -> Iterator[Case]:
    """Encode without loss."""
    picture = whole.unsigned()
    for peer in peers:
        if (theirs := peer.part1_encoder(picture, threads)) is None:
            continue
        ours = _encoder(picture, threads)
        our_data, peer_data = ours(), theirs()
        for data, who in ((our_data, "pacscore"), (peer_data, peer.name)):
            require_near(np.asarray(pacscore.decode(data)), picture.array, 0, f"{whole.name} encoded by {who}")
        yield Case(whole, "J2K encode", peer.name, ours, theirs, len(our_data), len(peer_data))


def decoding(whole: Picture, peers: list[Peer], threads: int) -> Iterator[Case]:
    """Decode what was encoded without loss, by us and by OpenJPEG."""
    for peer in peers:
        if peer.name in _READS_PART_1:
            picture = picture_for(peer, whole.unsigned())
            streams = {f"J2K decode {whose}": data for whose, data in _streams(picture, peers).items()}
            for what, data in streams.items():
                require_near(np.asarray(pacscore.decode(data)), picture.array, 0, f"{whole.name}, {what}")
            yield from decoding_cases(picture, peer, streams, threads, 0)


def _size_that_both_reach(picture: Picture, peer_size: int, most: float) -> float | None:
    """Return the bits a sample that a peer came to where it stopped growing long before the size asked for."""
    return peer_size * 8 / picture.array.size if peer_size < _STOPPED * most else None


def lossy_encoding(whole: Picture, peers: list[Peer], threads: int) -> Iterator[Case]:
    """Encode by the 9-7 filter to a size.

    OpenJPEG has nothing more to send from some size on. Then less is asked of it, and there is a second row: pacscore
    encodes to the size that OpenJPEG reached.
    """
    picture = whole.unsigned()
    most = BITS_A_SAMPLE * picture.array.size / 8
    for peer in peers:
        if (theirs := peer.part1_encoder(picture, threads, BITS_A_SAMPLE)) is None:
            continue
        ours = _encoder(picture, threads, BITS_A_SAMPLE)
        our_data, peer_data = ours(), theirs()
        if len(our_data) > most or len(peer_data) > 1.01 * most:
            raise DifferentError(f"{whole.name}: {len(our_data)} and {len(peer_data)} bytes, not {most:.0f}")
        yield Case(whole, "J2K lossy encode", peer.name, ours, theirs, len(our_data), len(peer_data))
        if bits := _size_that_both_reach(picture, len(peer_data), most):
            ours = _encoder(picture, threads, bits)
            yield Case(whole, "J2K lossy, equal size", peer.name, ours, theirs, len(ours()), len(peer_data))


def lossy_decoding(whole: Picture, peers: list[Peer], threads: int) -> Iterator[Case]:
    """Decode what was encoded by the 9-7 filter to a size; results may differ by one."""
    for peer in peers:
        if peer.name in _READS_PART_1:
            picture = picture_for(peer, whole.unsigned())
            found = _streams(picture, peers, BITS_A_SAMPLE)
            streams = {f"J2K 9-7 decode {whose}": data for whose, data in found.items()}
            yield from decoding_cases(picture, peer, streams, threads, 1)


def reducing(whole: Picture, peers: list[Peer], threads: int) -> Iterator[Case]:
    """Decode lower resolutions of what OpenJPEG encoded."""
    if whole.name not in REDUCED:
        return
    picture = whole.unsigned()
    if (encode := OpenJPEG().part1_encoder(picture, 1)) is None:
        return
    data = encode()
    for peer in (peer for peer in peers if peer.name in _READS_PART_1):
        for reduce in (1, 2, 3):
            if (theirs := peer.decoder(data, picture, threads, reduce)) is None:
                continue
            ours = partial(pacscore.decode, data, reduce=reduce, threads=threads)
            what = f"{whole.name} reduced {reduce} times by {peer.name}"
            require_alike(theirs(), np.asarray(ours()), 0, picture.bits_stored, what)
            yield Case(whole, f"J2K reduce={reduce}", peer.name, ours, theirs, len(data), len(data))


def cutting(whole: Picture, peers: list[Peer], threads: int) -> Iterator[Case]:
    """Decode a region of the large frame, as OpenJPEG encoded it."""
    if whole.name != "large":
        return
    picture = whole.unsigned()
    rows, columns = picture.array.shape[:2]
    encode = OpenJPEG().part1_encoder(picture, 1)
    data = encode() if encode else b""
    for place, row, column in (("corner", 0, 0), ("middle", (rows - SIDE) // 2 + 5, (columns - SIDE) // 2 - 3)):
        region = Region(row=row, column=column, rows=SIDE, columns=SIDE)
        ours = partial(pacscore.decode, data, region=region, threads=threads)
        for peer in peers:
            theirs = peer.region_decoder(data, slice(row, row + SIDE), slice(column, column + SIDE), threads)
            if theirs is None:
                continue
            require_near(theirs(), np.asarray(ours()), 0, f"region at the {place} by {peer.name}")
            yield Case(whole, f"J2K region, {place}", peer.name, ours, theirs, len(data), len(data))


def threading(whole: Picture, peers: list[Peer], threads: int) -> Iterator[Case]:
    """Decode and encode the large frame by several threads, and by one."""
    del peers
    if whole.name != "large" or threads == 1:
        return
    encode, alone = _encoder(whole, threads), _encoder(whole, 1)
    data = alone()
    if data != encode():
        raise DifferentError("other bytes by several threads")
    decode = partial(pacscore.decode, data)
    peer, size = "pacscore, 1 thread", len(data)
    yield Case(whole, "J2K threads, decode", peer, partial(decode, threads=threads), decode, size, size)
    yield Case(whole, "J2K threads, encode", peer, encode, alone, size, size)


def rearranging(whole: Picture, peers: list[Peer], threads: int) -> Iterator[Case]:
    """Bring a codestream into RPCL and tell its lengths, and do so by decoding and encoding it."""
    del peers
    options = J2KOptions(progression="RPCL", tile_parts="resolution", tlm=True, plt=True)
    bits = whole.bits_stored
    data = pacscore.encode(whole.array, LOSSLESS, J2KOptions(progression="LRCP"), bits_stored=bits, threads=threads)

    def by_pixels() -> bytes:
        array = pacscore.decode(data, threads=threads)
        return pacscore.encode(array, LOSSLESS, options, bits_stored=bits, threads=threads)

    choices = RepackOptions(progression="RPCL", tile_parts="resolution", tlm=True, plt=True)
    ours = partial(pacscore.repack, data, choices, threads=threads)
    if ours() != by_pixels():
        raise DifferentError(f"{whole.name} rearranged is not {whole.name} encoded so")
    peer = "pacscore, decode and encode"
    yield Case(whole, "J2K repack", peer, ours, by_pixels, len(data), len(data))


PART_1_OPERATIONS: dict[str, Callable[[Picture, list[Peer], int], Iterator[Case]]] = {
    "j2k-encode": encoding,
    "j2k-decode": decoding,
    "j2k-lossy-encode": lossy_encoding,
    "j2k-lossy-decode": lossy_decoding,
    "j2k-reduce": reducing,
    "j2k-region": cutting,
    "j2k-threads": threading,
    "j2k-repack": rearranging,
}
"""By the name that the command line has for them."""
