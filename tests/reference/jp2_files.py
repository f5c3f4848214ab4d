"""JP2 files put together box by box, and codestreams of components of different sizes put together from simple ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

import pacscore as pc
from pacscore.j2k.codestream.reader import read_codestream
from pacscore.j2k.codestream.writer import write_main_header

HTJ2K_LOSSLESS = "1.2.840.10008.1.2.4.201"


def box(kind: str, payload: bytes | str = b"") -> bytes:
    content = bytes.fromhex(payload) if isinstance(payload, str) else payload
    return (len(content) + 8).to_bytes(4, "big") + kind.encode("latin-1") + content


def jp2_file(codestream: bytes, *inner: bytes, rows: int = 0, columns: int = 0) -> bytes:
    """Return a file whose jp2h has the boxes ``inner`` behind ihdr."""
    info = pc.inspect(codestream)
    size = (rows or info.rows).to_bytes(4, "big") + (columns or info.columns).to_bytes(4, "big")
    header = box("ihdr", size + len(info.components).to_bytes(2, "big") + bytes([255, 7, 0, 0]))
    signature = box("jP  ", "0D0A870A") + box("ftyp", b"jp2 \x00\x00\x00\x00jp2 ")
    return signature + box("jp2h", header + b"".join(inner)) + box("jp2c", codestream)


def enumerated(number: int, prec: int = 0) -> bytes:
    return box("colr", bytes([1, prec & 0xFF, 0]) + number.to_bytes(4, "big"))


def profile(data: bytes, method: int = 2, prec: int = 0) -> bytes:
    return box("colr", bytes([method, prec & 0xFF, 0]) + data)


def lossless(array: np.ndarray, bits: int | None = None, *, levels: int = 1) -> bytes:
    options = pc.J2KOptions(decomposition_levels=levels, color_transform=False, progression="CPRL")
    return pc.encode(array, HTJ2K_LOSSLESS, options, bits_stored=bits)


def join_components(
    planes: Sequence[np.ndarray],
    spacings: Sequence[tuple[int, int]],
    size: tuple[int, int],
    origin: tuple[int, int] = (0, 0),
) -> bytes:
    """Return one codestream of components coded apart: in CPRL order their packets simply follow one another.

    Parameters
    ----------
    spacings : sequence of (int, int)
        (YRsiz, XRsiz) of each plane.
    size : (int, int)
        Rows and columns of the image area.
    origin : (int, int)
        Its (y, x) on the reference grid; elsewhere than at 0 without a wavelet, whose phase would depend on it.
    """
    streams = [lossless(plane, levels=int(origin == (0, 0))) for plane in planes]
    read = [read_codestream(stream) for stream in streams]
    bodies = b"".join(
        stream[part.body_start : part.body_stop]
        for stream, one in zip(streams, read, strict=True)
        for part in one.tile_parts
    )
    components = tuple(
        one.main.siz.components[0]._replace(yrsiz=y, xrsiz=x) for one, (y, x) in zip(read, spacings, strict=True)
    )
    first = read[0].main
    siz = first.siz._replace(
        ysiz=origin[0] + size[0],
        xsiz=origin[1] + size[1],
        yosiz=origin[0],
        xosiz=origin[1],
        ytsiz=origin[0] + size[0],
        xtsiz=origin[1] + size[1],
        components=components,
    )
    main = write_main_header((siz, *first.segments[1:]))
    tile_part = bytes.fromhex("FF90 000A 0000") + (14 + len(bodies)).to_bytes(4, "big") + bytes.fromhex("00 01 FF93")
    return main + tile_part + bodies + bytes.fromhex("FFD9")
