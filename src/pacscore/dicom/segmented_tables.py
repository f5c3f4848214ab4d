"""Segmented palettes: a few segments stand for a table.

Source: PS3.3 C.7.9.2 (Segmented Palette Color Lookup Table Data).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import DicomError

__all__ = ["expand_segments"]

_DISCRETE, _LINEAR, _INDIRECT = 0, 1, 2
_CLAUSE = "PS3.3 C.7.9.2"


def expand_segments(data: bytes, count: int, bits: int) -> NDArray[np.uint16]:
    """Return the entries that segments stand for.

    A linear segment's entries are rounded to the nearest integer, halves upwards; the standard leaves that open.

    Source: PS3.3 C.7.9.2.1 (discrete), C.7.9.2.2 (linear), C.7.9.2.3 (indirect).

    Parameters
    ----------
    data : bytes
        Segments, in words of ``bits``, little endian; what follows the last entry is left alone.
    count : int
        Entries that the descriptor announces.
    bits : int
        8 or 16.

    Returns
    -------
    ndarray of uint16, shape (count,)

    Raises
    ------
    DicomError
        If the segments are cut short, refer to what cannot be copied, or give fewer or more entries.
    """
    words = np.frombuffer(data[: len(data) // (bits // 8) * (bits // 8)], f"<u{bits // 8}")
    entries: list[int] = []
    at = 0
    while len(entries) < count:
        if _word(words, at) == _INDIRECT:
            at = _copy(words, at, bits, entries, count)
        else:
            at = _expand(words, at, entries, count)
    return np.array(entries, np.uint16)


def _copy(words: NDArray[np.unsignedinteger[Any]], at: int, bits: int, entries: list[int], count: int) -> int:
    """Expand once more the segments that an indirect one names; return where the next segment begins.

    The offset counts bytes from the beginning; its 32 bits are two 16-bit words, the lower one first.
    """
    size = bits // 8
    length = 4 // size
    pieces = [_word(words, at + 2 + place) for place in range(length)]
    offset = sum(piece << (bits * place) for place, piece in enumerate(pieces))
    source = offset // size
    for _ in range(_word(words, at + 1)):
        if _word(words, source) == _INDIRECT:
            raise _wrong("an indirect segment refers to an indirect one")
        source = _expand(words, source, entries, count)
    return at + 2 + length


def _expand(words: NDArray[np.unsignedinteger[Any]], at: int, entries: list[int], count: int) -> int:
    """Add the entries of a discrete or linear segment; return where the next one begins."""
    kind, length = _word(words, at), _word(words, at + 1)
    if length == 0 or len(entries) + length > count:
        raise _wrong(f"a segment of {length} entries after {len(entries)} of {count}")
    if kind == _DISCRETE:
        _word(words, at + 1 + length)
        entries += words[at + 2 : at + 2 + length].tolist()
        return at + 2 + length
    if kind != _LINEAR:
        raise _wrong(f"there is no segment type {kind}")
    if not entries:
        raise _wrong("a linear segment has nothing to begin from")
    begin, end = entries[-1], _word(words, at + 2)
    entries += [begin + (2 * (end - begin) * step + length) // (2 * length) for step in range(1, length + 1)]
    return at + 3


def _word(words: NDArray[np.unsignedinteger[Any]], at: int) -> int:
    if at >= len(words):
        raise _wrong("the segments end early")
    return int(words[at])


def _wrong(what: str) -> DicomError:
    return DicomError(f"segmented palette: {what} (PS3.3 C.7.9.2)", tag="(0028,1221)", clause=_CLAUSE)
