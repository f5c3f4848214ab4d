"""Several codestreams in one chunk of an array: a small table of their lengths, and they follow back to back.

A chunk of one codestream has no table: it is the codestream. A table is, little endian, the eight bytes ``pacs-j2k``,
the number of codestreams, and the length of each in bytes, all of 64 bits.
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Final

import numpy as np

from pacscore.errors import DataError

__all__ = ["join_planes", "plane_ranges", "split_planes", "table_size"]

_MAGIC: Final = b"pacs-j2k"
_LENGTH: Final = np.dtype("<u8")
_HEAD: Final = len(_MAGIC) + _LENGTH.itemsize


def table_size(planes: int) -> int:
    """Return how many bytes the table of so many codestreams takes; none for one."""
    return _HEAD + planes * _LENGTH.itemsize if planes > 1 else 0


def join_planes(codestreams: list[bytes]) -> bytes:
    """Return the chunk that holds these codestreams, one at least."""
    if len(codestreams) == 1:
        return codestreams[0]
    numbers = [len(codestreams), *map(len, codestreams)]
    return b"".join([_MAGIC, np.array(numbers, _LENGTH).tobytes(), *codestreams])


def plane_ranges(head: memoryview) -> list[tuple[int, int]]:
    """Return where each codestream lies in a chunk, as (start, stop) in bytes, from the chunk's table.

    Parameters
    ----------
    head : memoryview of uint8
        The beginning of a chunk, with the whole table.

    Raises
    ------
    DataError
        If there is no table, or not all of it.
    """
    if bytes(head[: len(_MAGIC)]) != _MAGIC or len(head) < _HEAD:
        raise DataError("the chunk does not begin with a table of codestreams", offset=0)
    count = int(np.frombuffer(head[len(_MAGIC) : _HEAD], _LENGTH)[0])
    if not 1 < count <= (len(head) - _HEAD) // _LENGTH.itemsize:
        raise DataError(f"a table of {count} codestreams does not go into {len(head):,} bytes", offset=len(_MAGIC))
    start = table_size(count)
    lengths = np.frombuffer(head[_HEAD:start], _LENGTH).tolist()
    return list(pairwise(accumulate(lengths, initial=start)))


def split_planes(chunk: memoryview) -> list[memoryview]:
    """Return the codestreams of a chunk.

    Raises
    ------
    DataError
        If the table contradicts the chunk's length.
    """
    if bytes(chunk[: len(_MAGIC)]) != _MAGIC:
        return [chunk]
    ranges = plane_ranges(chunk)
    if ranges[-1][1] != len(chunk):
        raise DataError(f"the table ends at byte {ranges[-1][1]:,} of a chunk of {len(chunk):,} bytes", offset=0)
    return [chunk[start:stop] for start, stop in ranges]
