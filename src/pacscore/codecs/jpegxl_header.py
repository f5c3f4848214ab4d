"""What stands before the image of a JPEG XL file: boxes, and what the image is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pacscore.codecs.protocol import Buffer
from pacscore.errors import DataError, UnsupportedError

__all__ = ["ImageHeader", "boxes", "has_jpeg", "read_image_header"]

_CODESTREAM = b"\xff\x0a"
_CONTAINER = b"\x00\x00\x00\x0cJXL \r\n\x87\n"
_HEADER = 64  # bytes: more than the longest of what is read
_GREY = 1
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


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """What a JPEG XL codestream says about its image before the first frame.

    Attributes
    ----------
    rows, columns : int
    samples : int
        1 for grey, 3 for colour; without extra channels.
    bits : int
        Precision of a sample.
    """

    rows: int
    columns: int
    samples: int
    bits: int


def read_image_header(data: Buffer) -> ImageHeader:
    """Return size, samples and precision of the image.

    Source: ISO/IEC 18181-1 D.2 (SizeHeader), D.3 (ImageMetadata).

    Raises
    ------
    DataError
        If this is not JPEG XL, or ends before the header does.
    UnsupportedError
        If the image has extra channels, a preview, several frames in time, or floating-point samples.
    """
    codestream = _first_bytes(data)
    if codestream[:2] != _CODESTREAM:
        raise DataError("the frame does not begin as JPEG XL does", offset=0, clause="ISO/IEC 18181-1 D.1")
    bits = _Bits(codestream[2:])
    rows, columns = _size(bits)
    if bits.take(1):  # all as usual
        return ImageHeader(rows, columns, 3, 8)
    if bits.take(1):
        _skip_extra_fields(bits)
    if bits.take(1):
        raise _beyond("floating-point samples")
    precision = bits.number(8, 10, 12, (1, 6))
    bits.take(1)  # modular 16-bit buffers
    if bits.number(0, 1, (2, 4), (1, 12)):
        raise _beyond("extra channels")
    bits.take(1)  # XYB
    colour_as_usual = bits.take(1)
    grey = not colour_as_usual and (bits.take(1), bits.number(0, 1, (2, 4), (18, 6)))[1] == _GREY
    return ImageHeader(rows, columns, 1 if grey else 3, precision)


def _skip_extra_fields(bits: _Bits) -> None:
    bits.take(3)  # orientation: samples are taken as they are coded
    if bits.take(1):
        _size(bits)
    if bits.take(1):
        raise _beyond("a preview")
    if bits.take(1):
        raise _beyond("an animation")


def _beyond(feature: str) -> UnsupportedError:
    return UnsupportedError(f"JPEG XL with {feature} in a frame", feature=feature, clause="ISO/IEC 18181-1 D.3")


def _first_bytes(data: Buffer) -> bytes:
    """Return the first bytes of the codestream, which a container may hold in several boxes."""
    head = bytes(memoryview(data)[:_HEADER])
    if head[: len(_CONTAINER)] != _CONTAINER:
        return head
    parts = b""
    for kind, content in boxes(data):
        skipped = {b"jxlc": 0, b"jxlp": 4}.get(kind)  # a part begins with its number
        if skipped is not None:
            parts += bytes(content[skipped : skipped + _HEADER])
        if len(parts) >= _HEADER:
            break
    return parts[:_HEADER]


class _Bits:
    """Bits of some bytes, the least significant first."""

    def __init__(self, data: bytes) -> None:
        self._number = int.from_bytes(data, "little")
        self._left = 8 * len(data)

    def take(self, count: int) -> int:
        if count > self._left:
            raise DataError("the JPEG XL frame ends within its image header", clause="ISO/IEC 18181-1 D.3")
        taken = self._number & ((1 << count) - 1)
        self._number >>= count
        self._left -= count
        return taken

    def number(self, *choices: int | tuple[int, int]) -> int:
        """Return one of four: a number, or a base and how many bits to add (ISO/IEC 18181-1 B.2.2, U32)."""
        choice = choices[self.take(2)]
        return choice if isinstance(choice, int) else choice[0] + self.take(choice[1])


def _size(bits: _Bits) -> tuple[int, int]:
    small = bits.take(1)
    rows = _dimension(bits, small)
    ratio = bits.take(3)
    if not ratio:
        return rows, _dimension(bits, small)
    numerator, denominator = _RATIOS[ratio - 1]
    return rows, rows * numerator // denominator


def _dimension(bits: _Bits, small: int) -> int:
    if small:
        return 8 * (1 + bits.take(5))
    return bits.number((1, 9), (1, 13), (1, 18), (1, 30))
