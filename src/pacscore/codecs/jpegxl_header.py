"""What stands before the image of a JPEG XL file: boxes, and the size of the image."""

from __future__ import annotations

from collections.abc import Iterator

from pacscore.codecs.protocol import Buffer
from pacscore.errors import DataError

__all__ = ["boxes", "has_jpeg", "read_size"]

_CODESTREAM = b"\xff\x0a"
_CONTAINER = b"\x00\x00\x00\x0cJXL \r\n\x87\n"
_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))


def boxes(data: Buffer) -> Iterator[tuple[bytes, memoryview]]:
    """Yield the type and the content of each box of a container; nothing for a bare codestream.

    Source: ISO/IEC 18181-2 clause 9.
    """
    view = memoryview(data)
    if bytes(view[: len(_CONTAINER)]) != _CONTAINER:
        return
    position = 0
    while position + 8 <= view.nbytes:
        length = int.from_bytes(view[position : position + 4], "big")
        kind = bytes(view[position + 4 : position + 8])
        header = 8
        if length == 1:
            header, length = 16, int.from_bytes(view[position + 8 : position + 16], "big")
        end = position + length if length else view.nbytes
        if length and length < header:
            break
        yield kind, view[position + header : min(end, view.nbytes)]
        position = end


def has_jpeg(data: Buffer) -> bool:
    """Say whether a JPEG can be rebuilt from the file."""
    return any(kind == b"jbrd" for kind, _ in boxes(data))


def read_size(data: Buffer) -> tuple[int, int]:
    """Return rows and columns of the image.

    Source: ISO/IEC 18181-1 D.2 (SizeHeader).

    Raises
    ------
    DataError
        If this is not JPEG XL, or ends before the size.
    """
    codestream = _first_bytes(data)
    if codestream[:2] != _CODESTREAM or len(codestream) < 12:
        raise DataError("the frame does not begin as JPEG XL does", offset=0, clause="ISO/IEC 18181-1 D.1")
    bits = _Bits(int.from_bytes(codestream[2:12], "little"))
    small = bits.take(1)
    rows = _dimension(bits, small)
    ratio = bits.take(3)
    if not ratio:
        return rows, _dimension(bits, small)
    numerator, denominator = _RATIOS[ratio - 1]
    return rows, rows * numerator // denominator


def _first_bytes(data: Buffer) -> bytes:
    """Return the first 12 bytes of the codestream, which a container may hold in several boxes."""
    head = bytes(memoryview(data)[: len(_CONTAINER)])
    if head != _CONTAINER:
        return head
    parts = b""
    for kind, content in boxes(data):
        skipped = {b"jxlc": 0, b"jxlp": 4}.get(kind)  # a part begins with its number
        if skipped is not None:
            parts += bytes(content[skipped : skipped + 12])
        if len(parts) >= 12:
            break
    return parts[:12]


class _Bits:
    """Bits of a number, the least significant first."""

    def __init__(self, number: int) -> None:
        self._number = number

    def take(self, count: int) -> int:
        taken = self._number & ((1 << count) - 1)
        self._number >>= count
        return taken


def _dimension(bits: _Bits, small: int) -> int:
    if small:
        return 8 * (1 + bits.take(5))
    return 1 + bits.take((9, 13, 18, 30)[bits.take(2)])
