"""What an encoded frame tells of loss, whatever the data set around it says."""

from __future__ import annotations

from pacscore.codecs.jpegxl_header import has_jpeg
from pacscore.codecs.protocol import Buffer
from pacscore.errors import PacscoreError

__all__ = ["lossy_method"]

_SOS, _STANDALONE = 0xDA, frozenset({0x01, *range(0xD0, 0xD9)})
_DCT = frozenset(f"1.2.840.10008.1.2.4.{number}" for number in (50, 51, 53, 55))
_JPEG_LS = frozenset({"1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81"})
_JPEG_XL = frozenset(f"1.2.840.10008.1.2.4.{number}" for number in (110, 111, 112))
_JPEG_2000 = {
    **dict.fromkeys((f"1.2.840.10008.1.2.4.{number}" for number in (90, 91, 92, 93)), "ISO_15444_1"),
    **dict.fromkeys((f"1.2.840.10008.1.2.4.{number}" for number in (201, 202, 203)), "ISO_15444_15"),
}
_SOC_SIZ = b"\xff\x4f\xff\x51"


def lossy_method(transfer_syntax: str, data: Buffer) -> str | None:
    """Return what Lossy Image Compression Method (0028,2114) calls a coding that must have lost something.

    None does not prove that nothing was lost: a reversible codestream may have been cut, and pixels may have been
    lossy before. A transfer syntax alone proves little either way.

    Source: PS3.3 C.7.6.1.1.5; T.81; T.87 C.2.3 (NEAR); T.800 A.6.1; ISO/IEC 18181-2.
    """
    try:
        if transfer_syntax in _DCT:
            return "ISO_10918_1"
        if transfer_syntax in _JPEG_LS:
            return "ISO_14495_1" if _near(memoryview(data)) else None
        if transfer_syntax in _JPEG_XL:
            return "ISO_10918_1" if has_jpeg(data) else None
        if transfer_syntax in _JPEG_2000:
            return _JPEG_2000[transfer_syntax] if _is_irreversible(data) else None
    except PacscoreError:
        return None  # who decodes the frame will say what is wrong with it
    return None


def _near(view: memoryview) -> int:
    """Return NEAR of the first scan of a JPEG-LS frame; 0 where there is none."""
    position = 2
    while position + 4 <= view.nbytes and view[position] == 0xFF:
        marker = view[position + 1]
        if marker in _STANDALONE or marker == 0xFF:
            position += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(view[position + 2 : position + 4], "big")
        if marker == _SOS:
            near = position + 2 + length - 3
            return view[near] if near < view.nbytes else 0
        position += 2 + max(length, 2)
    return 0


def _is_irreversible(data: Buffer) -> bool:
    from pacscore.j2k.codestream.header_reader import read_main_header  # noqa: PLC0415 - only where a codestream is met

    start = bytes(memoryview(data)[: 1 << 16]).find(_SOC_SIZ)
    return start >= 0 and not read_main_header(data, start).cod.spcod.reversible
