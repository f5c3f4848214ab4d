"""What is compared of recoding: from one block coder to the other, against decoding and encoding again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

import pacscore
from benchmarks.cases import Case, require_near
from benchmarks.images import Picture
from benchmarks.peers import OpenJPEG, OpenJPH, Peer

__all__ = ["RECODING_OPERATIONS"]

PART_1 = "1.2.840.10008.1.2.4.90"
HT = "1.2.840.10008.1.2.4.201"


def _again(data: bytes, picture: Picture, transfer_syntax: str, threads: int) -> bytes:
    pixels = np.asarray(pacscore.decode(data, threads=threads))
    return pacscore.encode(pixels, transfer_syntax, bits_stored=picture.bits_stored, threads=threads)


def _by_peers(data: bytes, picture: Picture, reader: Peer, writer: Peer, threads: int) -> Callable[[], bytes]:
    """Return what decodes with one library and encodes with another; both take the picture as it is."""
    decode = reader.decoder(data, picture, threads)
    assert decode is not None

    def again() -> bytes:
        pixels = picture._replace(array=decode())
        encode = writer.encoder if isinstance(writer, OpenJPH) else writer.part1_encoder
        made = encode(pixels, threads)
        assert made is not None
        return made()

    return again


def _recoding(picture: Picture, peers: list[Peer], threads: int, target: str) -> Iterator[Case]:
    """Recode without loss, what pacscore wrote."""
    source, operation = (PART_1, "recode to HT") if target == HT else (HT, "recode to J2K")
    data = pacscore.encode(picture.array, source, bits_stored=picture.bits_stored)

    def ours() -> bytes:
        return pacscore.recode(data, target, threads=threads).data

    others: dict[str, Callable[[], bytes]] = {"pacscore, both ways": partial(_again, data, picture, target, threads)}
    jpeg, jph = (next((peer for peer in peers if isinstance(peer, kind)), None) for kind in (OpenJPEG, OpenJPH))
    if jpeg and jph:
        reader, writer = (jpeg, jph) if target == HT else (jph, jpeg)
        others[f"{reader.name}, {writer.name}"] = _by_peers(data, picture, reader, writer, threads)
    for name, theirs in others.items():
        recoded, peer_data = ours(), theirs()
        for made, who in ((recoded, "pacscore"), (peer_data, name)):
            require_near(np.asarray(pacscore.decode(made)), picture.array, 0, f"{picture.name} {operation} by {who}")
        yield Case(picture, operation, name, ours, theirs, len(recoded), len(peer_data))


def _usual(picture: Picture) -> Picture:
    """Return the picture as all of them take it: unsigned, and as OpenJPH takes it, all bits of the dtype in use."""
    picture = picture.unsigned()
    return picture._replace(bits_stored=picture.bits_allocated)


def to_ht(picture: Picture, peers: list[Peer], threads: int) -> Iterator[Case]:
    """Recode Part 1 to HT."""
    yield from _recoding(_usual(picture), peers, threads, HT)


def to_part_1(picture: Picture, peers: list[Peer], threads: int) -> Iterator[Case]:
    """Recode HT to Part 1."""
    yield from _recoding(_usual(picture), peers, threads, PART_1)


RECODING_OPERATIONS = {"recode-to-ht": to_ht, "recode-to-j2k": to_part_1}
"""By name; each yields the cases of one picture."""
