"""The side-car of an index: what cannot be computed from the headers, and the headers themselves.

Eight bytes name the format, two tell its version, four are a CRC-32 of what follows; that is deflated, and holds the
length of a JSON object in four bytes, the object, and the lengths of all packets as 32-bit numbers: first the lowest
bytes of all of them, then the next. Numbers are little endian. The object has the members of `StoredIndex`; each part
is told as tile, part number, offset of SOT, of its packets and of its end, number of its packets, and the marker
segments of its header that a decoder needs, in hexadecimal.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import DataError, LimitError, PacscoreError
from pacscore.j2k.codestream import markers
from pacscore.j2k.codestream.header_reader import read_main_header, read_tile_part_header
from pacscore.j2k.codestream.headers import MainHeader, TilePart
from pacscore.j2k.codestream.segments import Cap, Coc, Cod, Poc, Qcc, Qcd, Rgn, Segment, Siz, Sot
from pacscore.j2k.codestream.writer import write_main_header, write_segment
from pacscore.j2k.packet_table import TilePlaces, places_in_order
from pacscore.j2k.plan import plan_tile

__all__ = ["StoredIndex", "kept_segments", "read_index", "write_index"]

_FORMAT = b"\x89PACIDX\n"
_VERSION = 1
_START = struct.Struct("<8sHI")
_LARGEST = 1 << 30
"""Bytes that a side-car may inflate to."""
_KEPT = (Siz, Cap, Cod, Coc, Qcd, Qcc, Rgn, Poc)


class StoredIndex(NamedTuple):
    """An index apart from its tiles.

    Attributes
    ----------
    size : int, in bytes
        Of the data.
    start, stop : int, in bytes
        The codestream in the data.
    main : MainHeader
    main_stop : int, in bytes
        Where the first SOT is.
    headers_sha256 : str
    missing : str or None
    """

    size: int
    start: int
    stop: int
    main: MainHeader
    main_stop: int
    headers_sha256: str
    missing: str | None


def write_index(stored: StoredIndex, tiles: Sequence[TilePlaces]) -> bytes:
    """Return the side-car."""
    csiz = stored.main.siz.csiz
    parts = []
    lengths = [np.zeros(0, np.uint32)]
    for tile in tiles:
        counts = np.bincount(tile.places["part"], minlength=len(tile.parts)).tolist()
        lengths.append((tile.places["stop"] - tile.places["start"]).astype("<u4"))
        for part, count in zip(tile.parts, counts, strict=True):
            segments = b"".join(write_segment(segment, csiz) for segment in kept_segments(part.segments))
            place = part.sot.isot, part.sot.tpsot, part.offset, part.body_start, part.body_stop
            parts.append((*place, count, segments.hex()))
    main = write_main_header(kept_segments(stored.main.segments)).hex()
    text = json.dumps({**stored._asdict(), "main": main, "parts": parts}, separators=(",", ":")).encode()
    planes = np.concatenate(lengths).view(np.uint8).reshape(-1, 4).T.tobytes()
    packed = zlib.compress(struct.pack("<I", len(text)) + text + planes)
    return _START.pack(_FORMAT, _VERSION, zlib.crc32(packed)) + packed


def kept_segments(segments: Sequence[Segment]) -> list[Segment]:
    """Return those that a decoder needs, but packed packet headers."""
    return [segment for segment in segments if isinstance(segment, _KEPT)]


def read_index(data: bytes, code_blocks: int) -> tuple[StoredIndex, list[TilePlaces]]:
    """Return what `write_index` was given.

    Raises
    ------
    DataError
        If the data is no such file, of a version that is not known, or damaged.
    LimitError
        If it would inflate to more than a gibibyte.
    """
    if len(data) < _START.size or not data.startswith(_FORMAT):
        raise DataError("no index of pacscore: it begins with other bytes", offset=0)
    _, version, crc = _START.unpack_from(data)
    if version != _VERSION:
        raise DataError(f"an index of version {version}; version {_VERSION} can be read", offset=8)
    packed = data[_START.size :]
    if zlib.crc32(packed) != crc:
        raise DataError("the index is damaged: its checksum differs", offset=10)
    try:
        return _parse(_inflated(packed), code_blocks)
    except PacscoreError:
        raise
    except (ArithmeticError, LookupError, TypeError, ValueError, struct.error, zlib.error) as error:
        raise DataError(f"the index is not as its version says: {error}") from error


def _inflated(packed: bytes) -> bytes:
    inflater = zlib.decompressobj()
    data = inflater.decompress(packed, _LARGEST)
    if inflater.unconsumed_tail:
        raise LimitError(f"the index inflates to more than {_LARGEST:,} bytes")
    return data


def _parse(data: bytes, code_blocks: int) -> tuple[StoredIndex, list[TilePlaces]]:
    (length,) = struct.unpack_from("<I", data)
    told: dict[str, Any] = json.loads(data[4 : 4 + length])
    lengths = np.frombuffer(data, np.uint8, offset=4 + length).reshape(4, -1).T.copy().view("<u4")[:, 0]
    parts = told.pop("parts")
    main = read_main_header(bytes.fromhex(told["main"]) + markers.SOT.to_bytes(2, "big"))
    stored = StoredIndex(**{**told, "main": main})
    tiles: dict[int, list[tuple[TilePart, NDArray[np.int64]]]] = {}
    first = 0
    for tile, number, offset, body, stop, count, segments in parts:
        header = bytes.fromhex(segments) + markers.SOD.to_bytes(2, "big")
        read, _ = read_tile_part_header(memoryview(header), 0, len(header), main.siz, [])
        part = TilePart(Sot(tile, stop - offset, number, 0), offset, read, body, stop)
        tiles.setdefault(tile, []).append((part, lengths[first : first + count].astype(np.int64)))
        first += count
    return stored, [_tile(main, tile, found, code_blocks) for tile, found in tiles.items()]


def _tile(
    main: MainHeader, tile: int, found: Sequence[tuple[TilePart, NDArray[np.int64]]], code_blocks: int
) -> TilePlaces:
    parts = [part for part, _ in found]
    plan = plan_tile(main, (segment for part in parts for segment in part.segments), tile, code_blocks)
    places = places_in_order(plan, [lengths for _, lengths in found], [part.body_start for part in parts])
    return TilePlaces(plan, parts, places, None)
