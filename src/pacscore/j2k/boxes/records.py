"""The boxes of JP2 and JPH files as frozen dataclasses; fields bear the standard's names, in lower case.

Source: T.800 Annex I; T.814 Annex D.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Box:
    """Where a box is.

    Attributes
    ----------
    kind : str
        TBox, four Latin-1 characters, as in ``"jp2c"``.
    start, payload_start, stop : int, in bytes
        The box from its LBox on, and its payload, in the data.
    """

    kind: str
    start: int
    payload_start: int
    stop: int


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """ihdr. ``bpc`` is 255 where components differ and bpcc tells."""

    height: int
    width: int
    nc: int
    bpc: int
    c: int
    unkc: int
    ipr: int


@dataclass(frozen=True, slots=True)
class ColourSpecification:
    """colr. By ``meth``: 1 ``enumcs``, 2 and 3 an ICC ``profile``, 5 code points of H.273 in ``cicp``.

    Attributes
    ----------
    meth, prec, approx : int
    enumcs : int or None
        16 sRGB, 17 greyscale, 18 sYCC.
    profile : bytes or None
    cicp : (int, int, int, bool) or None
        Primaries, transfer characteristics, matrix coefficients, full range.
    """

    meth: int
    prec: int
    approx: int
    enumcs: int | None = None
    profile: bytes | None = None
    cicp: tuple[int, int, int, bool] | None = None


@dataclass(frozen=True, slots=True)
class Palette:
    """pclr.

    Attributes
    ----------
    b : tuple of int
        Of each column: depth - 1, bit 7 set where values are signed.
    entries : tuple of tuple of int
        One tuple an entry, with a value for each column.
    """

    b: tuple[int, ...]
    entries: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class ChannelMapping:
    """One channel in cmap: component, 0 for direct use or 1 for the palette, column of the palette."""

    cmp: int
    mtyp: int
    pcol: int


@dataclass(frozen=True, slots=True)
class ChannelDefinition:
    """One channel in cdef.

    Attributes
    ----------
    cn : int
        The channel.
    typ : int
        0 colour, 1 opacity, 2 premultiplied opacity, 65535 unspecified.
    asoc : int
        0 the whole image, 1 and up a colour, 65535 none.
    """

    cn: int
    typ: int
    asoc: int


@dataclass(frozen=True, slots=True)
class Resolution:
    """res: samples a metre as (vertical, horizontal), of the capture and for display; None where not told."""

    capture: tuple[float, float] | None = None
    display: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Uuid:
    """uuid: whose it is, and what only they can read."""

    uuid: UUID
    data: bytes


@dataclass(frozen=True, slots=True)
class UuidInformation:
    """uinf: where more is told about some uuid boxes; ``url`` is None where there is none."""

    uuids: tuple[UUID, ...] = ()
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Wrapper:
    """What a codestream came in.

    Attributes
    ----------
    file_format : "codestream", "jp2" or "jph"
    start, stop : int, in bytes
        The codestream in the data.
    boxes : tuple of Box
        All boxes of the file, those inside jp2h too, in the order of the file; empty for a bare codestream.
    image_header : ImageHeader or None
    bits_per_component : tuple of int
        bpcc: of each component depth - 1, bit 7 set where samples are signed; empty where there is no such box.
    colours : tuple of ColourSpecification
    palette : Palette or None
    mapping : tuple of ChannelMapping
        Empty where there is no cmap.
    channels : tuple of ChannelDefinition
        Empty where there is no cdef.
    resolution : Resolution or None
    xml : tuple of bytes
        The documents of the xml boxes, in the encoding that each declares.
    uuids : tuple of Uuid
    uuid_information : tuple of UuidInformation
    intellectual_property : tuple of bytes
        The payloads of the jp2i boxes.
    notes : tuple of str
        Oddities that do not hinder decoding.
    """

    file_format: Literal["codestream", "jp2", "jph"]
    start: int
    stop: int
    boxes: tuple[Box, ...] = ()
    image_header: ImageHeader | None = None
    bits_per_component: tuple[int, ...] = ()
    colours: tuple[ColourSpecification, ...] = ()
    palette: Palette | None = None
    mapping: tuple[ChannelMapping, ...] = ()
    channels: tuple[ChannelDefinition, ...] = ()
    resolution: Resolution | None = None
    xml: tuple[bytes, ...] = ()
    uuids: tuple[Uuid, ...] = ()
    uuid_information: tuple[UuidInformation, ...] = ()
    intellectual_property: tuple[bytes, ...] = ()
    notes: tuple[str, ...] = ()
