"""Choices taken from the bytes of a fuzz input: each byte decides something near it, and no bytes decide nothing."""

from __future__ import annotations

import dataclasses
import types
import zlib
from collections.abc import Sequence
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

__all__ = ["Choices"]

T = TypeVar("T")

FLOATS = (0.0, -1.0, float("nan"), float("inf"), 1e-9, 1 / 4096, 1 / 256, 1 / 16, 0.5, 1.0, 2.0, 4.0, 30.0, 60.0, 1e30)


PLACES = 16
"""Of each field, on the ring of 65,536 that two bytes choose from: so many that all fields are about equally likely."""

_hints_of = cache(get_type_hints)


class Choices:
    """Bytes, read from the front; zeros follow the last."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        """Return the next bytes."""
        taken = self._data[self._at : self._at + count]
        self._at += count
        return taken + bytes(count - len(taken))

    def rest(self) -> bytes:
        """Return the bytes that nothing was taken from, which may be none."""
        return self._data[self._at :]

    def below(self, count: int) -> int:
        """Return a number from 0 to ``count - 1``."""
        return int.from_bytes(self.take(1 if count <= 256 else 4), "little") % count

    def one_of(self, values: Sequence[T]) -> T:
        """Return one of the values; the first if the bytes are over."""
        return values[self.below(len(values))]

    def whole(self) -> int:
        """Return a number, often a small one or a power of two."""
        kind = self.below(256)
        if kind < 16:
            return kind
        if kind < 48:
            return int(1 << (kind - 16))
        return self.below(1 << 32) if kind < 64 else kind - 64

    def value(self, hint: Any, words: Sequence[str] = ("",)) -> Any:
        """Return a value of a type, such as dataclasses have for their fields."""
        origin, arguments = get_origin(hint), get_args(hint)
        if origin in (Union, types.UnionType):
            return self.value(self.one_of([kind for kind in arguments if kind is not types.NoneType]), words)
        if origin is Literal:
            return self.one_of(arguments)
        if origin in (tuple, list):
            return self._items(arguments, words)
        if isinstance(hint, type) and dataclasses.is_dataclass(hint):
            return hint(**self.fields(hint))
        return self._plain(hint, words)

    def _items(self, hints: tuple[Any, ...], words: Sequence[str]) -> tuple[Any, ...]:
        if len(hints) == 2 and hints[1] is Ellipsis:
            hints = hints[:1] * self.below(5)
        return tuple(self.value(hint, words) for hint in hints)

    def _plain(self, hint: Any, words: Sequence[str]) -> Any:
        if hint is bool:
            return self.one_of((True, False))
        if hint is int:
            return self.whole()
        if hint is float:
            return self.one_of((*FLOATS, self.below(1 << 16) / 4096))
        if hint is str:
            return self.one_of(words)
        return self.take(self.below(8)) if hint is bytes else None

    def fields(self, kind: Any, words: Sequence[str] = ("",)) -> dict[str, Any]:
        """Return values for fields of a dataclass that have their types: for those that need one, and for some others.

        Two bytes name the field that has the next of places given by checksums of names; so an input hardly changes
        its meaning when a field is added to the class.
        """
        hints = _hints_of(kind)
        named = sorted(
            (zlib.crc32(f"{field.name}{number}".encode()) & 0xFFFF, field.name)
            for field in dataclasses.fields(kind)
            for number in range(PLACES)
            if field.default is not dataclasses.MISSING
        )
        needed = [field.name for field in dataclasses.fields(kind) if field.default is dataclasses.MISSING]
        values = {name: self.value(hints[name], words) for name in needed}
        for _ in range(self.below(12) if named else 0):
            at = int.from_bytes(self.take(2), "little")
            name = next((name for checksum, name in named if checksum >= at), named[0][1])
            values[name] = self.value(hints[name], words)
        return values
