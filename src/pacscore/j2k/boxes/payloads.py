"""From the payload of one box to its dataclass.

Source: T.800 I.5 to I.7.
"""

from __future__ import annotations

import struct
from typing import Final
from uuid import UUID

from pacscore.errors import CodestreamError
from pacscore.j2k.boxes.records import (
    ChannelDefinition,
    ChannelMapping,
    ColourSpecification,
    ImageHeader,
    Palette,
    Uuid,
)

CLAUSES: Final = {
    "ftyp": "T.800 I.5.2",
    "ihdr": "T.800 I.5.3.1",
    "bpcc": "T.800 I.5.3.2",
    "colr": "T.800 I.5.3.3",
    "pclr": "T.800 I.5.3.4",
    "cmap": "T.800 I.5.3.5",
    "cdef": "T.800 I.5.3.6",
    "resc": "T.800 I.5.3.7.1",
    "resd": "T.800 I.5.3.7.2",
    "uuid": "T.800 I.7.2",
    "ulst": "T.800 I.7.3.1",
    "url ": "T.800 I.7.3.2",
}


_MOST_COMPONENTS: Final = 16384


def box_error(kind: str, offset: int, what: str) -> CodestreamError:
    """Return the error that says what is wrong with a box."""
    clause = CLAUSES.get(kind, "T.800 I.4")
    return CodestreamError(f"box {kind!r} at byte {offset:,}: {what} ({clause})", offset=offset, clause=clause)


def read_brands(payload: bytes) -> tuple[str, tuple[str, ...]]:
    """Return brand and compatibility list of ftyp."""
    if len(payload) < 8:
        raise ValueError(f"{len(payload)} bytes, 8 are the least")
    brands = [payload[i : i + 4].decode("latin-1") for i in range(0, len(payload) - 3, 4)]
    return brands[0], tuple(brands[2:])


def read_image_header(payload: bytes) -> ImageHeader:
    """Return ihdr."""
    header = ImageHeader(*struct.unpack(">IIHBBBB", payload))
    if not (header.height and header.width and header.nc):
        raise ValueError(f"{header.nc} components of {header.height} rows and {header.width} columns")
    return header


def read_depths(payload: bytes) -> tuple[int, ...]:
    """Return bpcc."""
    if len(payload) > _MOST_COMPONENTS:
        raise ValueError(f"{len(payload):,} components, {_MOST_COMPONENTS:,} are the most")
    return tuple(payload)


def read_colour(payload: bytes) -> ColourSpecification:
    """Return colr. A method that is not known keeps neither profile nor number."""
    meth, prec, approx = struct.unpack_from(">BbB", payload)
    if meth == 1:
        return ColourSpecification(meth, prec, approx, enumcs=struct.unpack_from(">I", payload, 3)[0])
    if meth in (2, 3):
        return ColourSpecification(meth, prec, approx, profile=payload[3:])
    if meth == 5:
        primaries, transfer, matrix, full_range = struct.unpack_from(">HHHB", payload, 3)
        return ColourSpecification(meth, prec, approx, cicp=(primaries, transfer, matrix, full_range >= 0x80))
    return ColourSpecification(meth, prec, approx)


def read_palette(payload: bytes) -> Palette:
    """Return pclr."""
    ne, npc = struct.unpack_from(">HB", payload)
    if not 1 <= ne <= 1024 or not npc:
        raise ValueError(f"{ne} entries of {npc} columns")
    b = tuple(payload[3 : 3 + npc])
    widths = [((depth & 0x7F) + 8) // 8 for depth in b]
    if max(depth & 0x7F for depth in b) > 37 or len(payload) != 3 + npc + ne * sum(widths):
        raise ValueError(f"{len(payload)} bytes do not hold {ne} entries of {npc} columns")
    position = 3 + npc
    entries = []
    for _ in range(ne):
        values = []
        for depth, width in zip(b, widths, strict=True):
            values.append(int.from_bytes(payload[position : position + width], "big", signed=depth >= 0x80))
            position += width
        entries.append(tuple(values))
    return Palette(b, tuple(entries))


def read_mapping(payload: bytes) -> tuple[ChannelMapping, ...]:
    """Return the channels of cmap."""
    if len(payload) > 4 * _MOST_COMPONENTS:
        raise ValueError(f"{len(payload) // 4:,} channels, {_MOST_COMPONENTS:,} are the most")
    channels = tuple(ChannelMapping(*fields) for fields in struct.iter_unpack(">HBB", payload))
    if any(channel.mtyp > 1 for channel in channels):
        raise ValueError("a mapping type that is neither 0 nor 1")
    return channels


def read_channels(payload: bytes) -> tuple[ChannelDefinition, ...]:
    """Return the channels of cdef."""
    (count,) = struct.unpack_from(">H", payload)
    if len(payload) != 2 + 6 * count or not count:
        raise ValueError(f"{len(payload)} bytes do not hold {count} channels")
    return tuple(ChannelDefinition(*fields) for fields in struct.iter_unpack(">HHH", payload[2:]))


def read_resolution(payload: bytes) -> tuple[float, float]:
    """Return vertical and horizontal samples a metre of resc or resd."""
    vr_n, vr_d, hr_n, hr_d, vr_e, hr_e = struct.unpack(">HHHHbb", payload)
    if not (vr_d and hr_d):
        raise ValueError("a denominator of 0")
    return vr_n / vr_d * 10.0**vr_e, hr_n / hr_d * 10.0**hr_e


def read_uuid(payload: bytes) -> Uuid:
    """Return uuid."""
    return Uuid(UUID(bytes=payload[:16]), payload[16:])


def read_uuid_list(payload: bytes) -> tuple[UUID, ...]:
    """Return the identifiers of ulst."""
    (count,) = struct.unpack_from(">H", payload)
    if len(payload) != 2 + 16 * count:
        raise ValueError(f"{len(payload)} bytes do not hold {count} identifiers")
    return tuple(UUID(bytes=payload[i : i + 16]) for i in range(2, len(payload), 16))


def read_url(payload: bytes) -> str:
    """Return where url points."""
    if len(payload) < 4:
        raise ValueError(f"{len(payload)} bytes, 4 are the least")
    return payload[4:].split(b"\0", 1)[0].decode("utf-8", "replace")
