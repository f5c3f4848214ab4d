"""The writer of wrappers: a JP2 or JPH file around a codestream, or the boxes of a file around another codestream.

Source: T.800 I.4, I.5; T.814 Annex D.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final, Literal

from pacscore.j2k.boxes.records import Box, Wrapper
from pacscore.j2k.codestream.header_reader import read_main_header
from pacscore.j2k.codestream.segments import Siz

__all__ = ["COLOR_SPACES", "file_around", "rewrapped", "write_box"]

COLOR_SPACES: Final = {"greyscale": (17, 1), "srgb": (16, 3), "sycc": (18, 3)}
"""EnumCS, and number of colours."""

_SIGNATURE: Final = b"\r\n\x87\n"
_COMPRESSION_TYPE: Final = 7
_DIFFERENT: Final = 255
_COLOUR, _UNSPECIFIED, _NONE = 0, 65535, 65535
_MOST_CELLS: Final = 65535


def write_box(kind: str, payload: bytes) -> bytes:
    """Return a box; its length takes 64 bits where it needs them."""
    length, name = len(payload) + 8, kind.encode("latin-1")
    if length < 1 << 32:
        return struct.pack(">I4s", length, name) + payload
    return struct.pack(">I4sQ", 1, name, length + 8) + payload


def _file_type(file_format: str) -> bytes:
    brand = f"{file_format:<4}".encode()
    return write_box("ftyp", brand + bytes(4) + brand)


def _image_header(siz: Siz) -> bytes:
    depths = {component.ssiz for component in siz.components}
    bpc = depths.pop() if len(depths) == 1 else _DIFFERENT
    rows, columns = siz.ysiz - siz.yosiz, siz.xsiz - siz.xosiz
    return write_box("ihdr", struct.pack(">IIHBBBB", rows, columns, siz.csiz, bpc, _COMPRESSION_TYPE, 0, 0))


def _definitions(channels: int, colours: int) -> bytes:
    """Return a cdef: the first channels are the colours, of the others nothing is known."""
    told = [
        (channel, _COLOUR, channel + 1) if channel < colours else (channel, _UNSPECIFIED, _NONE)
        for channel in range(channels)
    ]
    return write_box("cdef", struct.pack(">H", channels) + b"".join(struct.pack(">HHH", *each) for each in told))


def file_around(
    codestream: bytes, file_format: Literal["jp2", "jph"], color_space: Literal["greyscale", "srgb", "sycc"]
) -> bytes:
    """Return a file with nothing but what it must have.

    Source: T.800 I.5.1 to I.5.4; T.814 Annex D.
    """
    siz = read_main_header(codestream).siz
    depths = bytes(component.ssiz for component in siz.components)
    number, colours = COLOR_SPACES[color_space]
    header = _image_header(siz)
    if len(set(depths)) > 1:
        header += write_box("bpcc", depths)
    header += write_box("colr", struct.pack(">BbBI", 1, 0, 0, number))
    if siz.csiz > colours:
        header += _definitions(siz.csiz, colours)
    boxes = [write_box("jP  ", _SIGNATURE), _file_type(file_format), write_box("jp2h", header)]
    return b"".join([*boxes, write_box("jp2c", codestream)])


def _scaled(payload: bytes, scale: int) -> bytes:
    """Return resc or resd with so many times fewer samples a metre, as near as its fields tell it."""
    vr_n, vr_d, hr_n, hr_d, vr_e, hr_e = struct.unpack(">HHHHbb", payload)
    vertical, horizontal = (
        Fraction(n, d * scale).limit_denominator(_MOST_CELLS) for n, d in ((vr_n, vr_d), (hr_n, hr_d))
    )
    ratios = (*vertical.as_integer_ratio(), *horizontal.as_integer_ratio())
    return struct.pack(">HHHHbb", *ratios, vr_e, hr_e)


def _top(boxes: Sequence[Box]) -> Iterator[tuple[Box, list[Box]]]:
    """Yield the boxes that are in no other, each with those within it."""
    outer: Box | None = None
    inner: list[Box] = []
    for box in boxes:
        if outer is not None and box.start < outer.stop:
            inner.append(box)
            continue
        if outer is not None:
            yield outer, inner
        outer, inner = box, []
    if outer is not None:
        yield outer, inner


def _header(view: memoryview, inner: Sequence[Box], siz: Siz, scale: int) -> bytes:
    """Return jp2h for an image of another size; everything else in it stays."""
    written = []
    for box, within in _top(inner):
        payload = bytes(view[box.payload_start : box.stop])
        if box.kind == "ihdr":
            payload = struct.pack(">II", siz.ysiz - siz.yosiz, siz.xsiz - siz.xosiz) + payload[8:]
        if box.kind == "res " and scale > 1:
            resolutions = ((each.kind, bytes(view[each.payload_start : each.stop])) for each in within)
            payload = b"".join(write_box(kind, _scaled(value, scale)) for kind, value in resolutions)
        written.append(write_box(box.kind, payload))
    return write_box("jp2h", b"".join(written))


def rewrapped(
    view: memoryview, wrapper: Wrapper, codestream: bytes, file_format: Literal["jp2", "jph"], scale: int
) -> bytes:
    """Return the boxes of a file around another codestream of the same image, or of that at a lower resolution.

    Parameters
    ----------
    view : memoryview
        The file.
    wrapper : Wrapper
        What was found in it.
    codestream : bytes
    file_format : "jp2" or "jph"
    scale : int
        How many times fewer rows and columns there are.

    Source: T.800 I.4, I.5; T.814 Annex D.
    """
    siz = read_main_header(codestream).siz
    written = []
    for box, inner in _top(wrapper.boxes):
        if box.kind == "ftyp" and file_format != wrapper.file_format:
            written.append(_file_type(file_format))
        elif box.kind == "jp2h":
            written.append(_header(view, inner, siz, scale))
        elif box.kind == "jp2c" and box.payload_start == wrapper.start:
            written.append(write_box("jp2c", codestream))
        else:
            written.append(write_box(box.kind, bytes(view[box.payload_start : box.stop])))
    return b"".join(written)
