"""The recipe: what, with a recoded codestream, gives the original back.

Four bytes name the format, one tells its version and in its top bit how the rest is packed; the SHA-256 of the
original follows, and the first four bytes of that of the recoded codestream. Then come the size of what is packed, as a
number of seven bits a byte, and that: deflated with a preset dictionary, or by LZMA. It consists of byte strings: how
many there are, and their sizes, as such numbers in front. One alone is the whole original. Else they are: where SOC is,
and whether MQ codewords are guessed to end as FLUSH ends them; the frame; runs of packets and what is between them; and
columns of how code-blocks differ, the bytes of those last.

The dictionary is the main header that the recoded codestream would have if it were recoded again, and behind it that of
a sole tile-part of no length, and EOC.
"""

from __future__ import annotations

import hashlib
import zlib
from typing import Any, NamedTuple

from pacscore.errors import RecipeError
from pacscore.j2k.codestream.capabilities import PCAP15
from pacscore.j2k.codestream.header_reader import read_main_header
from pacscore.j2k.codestream.writer import write_main_header
from pacscore.j2k.number_columns import write_numbers
from pacscore.j2k.recoded_headers import Rewriting, rewrite_main_header
from pacscore.limits import Limits

__all__ = ["Recipe", "dictionary_for", "read_recipe", "sha256", "write_recipe"]

_FORMAT = b"\x89PRC"
_VERSION = 1
_MOST_PARTS = 32
_HASH, _BEGINNING = 32, 4
_HEAD = len(_FORMAT) + 1 + _HASH + _BEGINNING
_DEFLATE, _LZMA = 0, 1
_TAIL = bytes.fromhex("ff90000a0000000000000001ff93ffd9")


class Recipe(NamedTuple):
    """What a recipe says.

    Attributes
    ----------
    original, recoded : bytes
        The SHA-256 of the one, and the beginning of that of the other.
    parts : tuple of bytes
        What is packed.
    """

    original: bytes
    recoded: bytes
    parts: tuple[bytes, ...]


def sha256(data: bytes | memoryview) -> bytes:
    """Return the SHA-256 of data, 32 bytes."""
    return hashlib.sha256(data).digest()


def _lzma_filters() -> list[dict[str, Any]]:
    import lzma  # noqa: PLC0415 - only recipes need it

    return [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 23, "lc": 0, "lp": 0, "pb": 0}]


def _squeeze(data: bytes) -> bytes:
    import lzma  # noqa: PLC0415

    return lzma.compress(data, lzma.FORMAT_RAW, filters=_lzma_filters())


def _expand(packed: bytes, method: int, size: int, dictionary: bytes) -> bytes:
    """Return what was packed; ValueError or the compressor's own error if it is damaged."""
    import lzma  # noqa: PLC0415

    expander = (
        lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=_lzma_filters())
        if method == _LZMA
        else zlib.decompressobj(-15, zdict=dictionary)
    )
    try:
        data = expander.decompress(packed, size + 1)
    except lzma.LZMAError as error:
        raise ValueError(str(error)) from None
    if len(data) != size or not expander.eof or expander.unused_data:
        raise ValueError("it does not hold as much as it says")
    return data


def dictionary_for(recoded: bytes) -> bytes:
    """Return what a recipe is deflated with.

    Raises
    ------
    PacscoreError
        If the codestream has no main header.
    """
    main = read_main_header(recoded)
    is_ht = main.cap is not None and main.cap.pcap & PCAP15 != 0
    other = Rewriting(not is_ht, 0, None, False, False)
    return write_main_header(rewrite_main_header(main, other, [], [])) + _TAIL


def write_recipe(recipe: Recipe, dictionary: bytes) -> bytes:
    """Return the recipe as bytes, deflated with what `dictionary_for` returns, or not."""
    sizes = write_numbers([len(recipe.parts), *map(len, recipe.parts)])
    data = b"".join([sizes, *recipe.parts])
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=dictionary)
    packed = [deflater.compress(data) + deflater.flush(), _squeeze(data)]
    method = _LZMA if len(packed[_LZMA]) < len(packed[_DEFLATE]) else _DEFLATE
    head = _FORMAT + bytes((_VERSION | method << 7,)) + recipe.original + recipe.recoded[:_BEGINNING]
    return head + write_numbers([len(data)]) + packed[method]


def _number(data: bytes, position: int) -> tuple[int, int]:
    """Return a number and what is behind it."""
    value = shift = 0
    for stop in range(position, min(position + 8, len(data))):
        value |= (data[stop] & 0x7F) << shift
        shift += 7
        if data[stop] < 0x80:
            return value, stop + 1
    raise ValueError("a number does not end")


def _split(data: bytes) -> tuple[bytes, ...]:
    count, position = _number(data, 0)
    if count > _MOST_PARTS:
        raise ValueError(f"it has {count} parts")
    sizes = []
    for _ in range(count):
        size, position = _number(data, position)
        sizes.append(size)
    parts = []
    for size in sizes:
        parts.append(data[position : position + size])
        position += size
    if position != len(data):
        raise ValueError("its last part is not whole")
    return tuple(parts)


def read_recipe(data: bytes, recoded: bytes, dictionary: bytes, limits: Limits) -> Recipe:
    """Return what `write_recipe` was given.

    Raises
    ------
    RecipeError
        If it is no recipe, of a version that is not known, damaged, or that of another codestream than ``recoded``.
    LimitError
        If it is larger than the limits allow.
    """
    if len(data) < _HEAD or not data.startswith(_FORMAT):
        raise RecipeError("no recipe of pacscore: it begins with other bytes", offset=0)
    version, method = data[len(_FORMAT)] & 0x7F, data[len(_FORMAT)] >> 7
    if version != _VERSION:
        raise RecipeError(f"a recipe of version {version}; version {_VERSION} can be read", offset=len(_FORMAT))
    hashes = data[len(_FORMAT) + 1 : _HEAD]
    if hashes[_HASH:] != sha256(recoded)[:_BEGINNING]:
        raise RecipeError("the recipe is that of another codestream: the SHA-256 differs")
    try:
        size, start = _number(data, _HEAD)
        limits.check_output(size, len(data) + len(recoded), what="what the recipe holds")
        parts = _split(_expand(data[start:], method, size, dictionary))
    except (ValueError, zlib.error) as error:
        raise RecipeError(f"the recipe is damaged: {error}", offset=_HEAD) from error
    return Recipe(hashes[:_HASH], hashes[_HASH:], parts)
