"""The headers of a codestream that is read by ranges: main header and tile-part headers, nothing of the packets.

Source: T.800 A.3, A.4.2, I.4.
"""

from __future__ import annotations

import struct

from pacscore.errors import TruncatedError
from pacscore.j2k.boxes.reader import find_codestream
from pacscore.j2k.boxes.records import Wrapper
from pacscore.j2k.codestream import markers
from pacscore.j2k.codestream.header_reader import read_main_header
from pacscore.j2k.codestream.headers import Codestream
from pacscore.j2k.codestream.reader import read_codestream
from pacscore.source import LoadedBytes

__all__ = ["load_codestream"]

_SOT = struct.Struct(">HHHIBB")
_SOC = b"\xff\x4f"
_SIGNATURE = b"\x00\x00\x00\x0cjP  "
_BEGINNING = 1 << 16


def load_codestream(data: LoadedBytes) -> tuple[Wrapper, Codestream]:
    """Return what the data is wrapped in, and the codestream down to its tile-parts; only headers are fetched.

    Raises
    ------
    DataError, UnsupportedError
        As `read_codestream` says.
    OSError
        What the source says.
    """
    data.load(0, _BEGINNING)
    if bytes(data.view[:8]) == _SIGNATURE:
        _load_boxes(data)
    wrapper = find_codestream(data.view)
    start, stop = wrapper.start, wrapper.stop
    _load_tile_part_headers(data, _load_main_header(data, start, stop), stop)
    return wrapper, read_codestream(data.view, start, stop)


def _load_boxes(data: LoadedBytes) -> None:
    """Load every box but the codestream, of which the header is enough."""
    position = 0
    while position + 8 <= len(data):
        data.load(position, position + 16)
        length, kind = struct.unpack_from(">I4s", data.view, position)
        if length == 1 and position + 16 <= len(data):
            (length,) = struct.unpack_from(">Q", data.view, position + 8)
        if length < 8:
            return  # to the end of the file, or wrong: the reader of boxes says so
        if kind != b"jp2c":
            data.load(position, position + length)
        position += length


def _load_main_header(data: LoadedBytes, start: int, stop: int) -> int:
    """Load up to the first SOT, and return where that is."""
    size = _BEGINNING
    while True:
        data.load(start, start + size)
        _, loaded = data.present(start)
        try:
            return read_main_header(data.view[: min(loaded, stop)], start).stop
        except TruncatedError:
            if loaded >= stop:
                raise
        size *= 2


def _load_tile_part_headers(data: LoadedBytes, position: int, stop: int) -> None:
    """Load each tile-part's header, from one Psot to the next."""
    if bytes(data.view[stop - 2 : stop]) == b"\0\0":
        data.load(stop - 2, stop)
    while position + _SOT.size <= stop:
        data.load(position, position + _SOT.size)
        marker, _, _, psot, _, _ = _SOT.unpack_from(data.view, position)
        if marker != markers.SOT:
            return
        _load_segments(data, position + _SOT.size, stop)
        if psot < _SOT.size:
            return  # the last one, or wrong
        position += psot
    data.load(position, stop)


def _load_segments(data: LoadedBytes, position: int, stop: int) -> None:
    """Load marker segments up to SOD."""
    while position + 4 <= stop:
        data.load(position, position + 4)
        marker, length = struct.unpack_from(">HH", data.view, position)
        if marker == markers.SOD or marker < 0xFF00:
            return
        data.load(position, position + 2 + length)
        position += 2 + length
