"""Objects of a store that obstore speaks to: S3, Google, Azure, HTTP."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pacscore.errors import UnsupportedError
from pacscore.source.remote import BEGINNING, RemoteReader

if TYPE_CHECKING:
    from obstore.store import ObjectStore

__all__ = ["ObstoreReader"]

_PIECE = 1 << 15
"""Bytes, at least: cancelling takes effect between two pieces."""
_EPOCH = datetime.fromtimestamp(0, UTC)
"""What obstore says of a server that does not tell Last-Modified."""


class ObstoreReader(RemoteReader):
    """Reads an object of an obstore store. Requests are conditional (If-Match) where the store has strong ETags.

    Parameters
    ----------
    store : obstore store
    path : str
        In the store.
    name, location : str, optional
        As of `RemoteReader`.
    attempts : int
        How often a request is tried, on top of what the store itself does.

    Raises
    ------
    FileNotFoundError, PermissionError, ConnectionError
        As of `RemoteReader`.
    UnsupportedError
        If the server gives no ranges.
    """

    def __init__(
        self,
        store: ObjectStore,
        path: str,
        *,
        name: str | None = None,
        location: str | None = None,
        attempts: int = 4,
    ) -> None:
        import obstore  # noqa: PLC0415 - an extra, for those who read from stores

        self._obstore = obstore
        self._store = store
        self._path = path
        self._condition: dict[str, str] = {}
        super().__init__(name or f"{store!r}/{path}", location=location, attempts=attempts)
        if self.stamp.startswith('"'):  # others are weak, or no ETag: they match nothing (RFC 9110 13.1.1)
            self._condition = {"if_match": self.stamp}

    def _begin(self) -> tuple[int, str, bytes]:
        try:
            got = self._obstore.get(self._store, self._path, options={"range": (0, BEGINNING)})
            size, stamp = _described(got.meta)
            return size, stamp, bytes(got.bytes())
        except Exception as error:
            if (empty := self._described_if_empty(error)) is not None:
                return empty
            raise self._translated(error) from error

    def _described_if_empty(self, error: Exception) -> tuple[int, str, bytes] | None:
        """Return the description of an object without any byte: no range of it can be asked for."""
        if not isinstance(error, self._obstore.exceptions.GenericError):
            return None
        try:
            size, stamp = _described(self._obstore.head(self._store, self._path))
        except Exception:
            return None  # what the first request said counts
        return None if size else (size, stamp, b"")

    def _pieces(self, start: int, stop: int) -> Iterator[bytes]:
        try:
            options: Any = {"range": (start, stop), **self._condition}
            got = self._obstore.get(self._store, self._path, options=options)
            self._check(*_described(got.meta))
            for piece in got.stream(min_chunk_size=_PIECE):
                yield bytes(piece)
        except Exception as error:
            raise self._translated(error) from error

    def _translated(self, error: Exception) -> Exception:
        """Return what an error of obstore means here."""
        kinds = self._obstore.exceptions
        what = f"{self.name}: {str(error).splitlines()[0]}"
        if isinstance(error, kinds.PreconditionError):
            return self._changed("the store has another one in its place")
        if isinstance(error, kinds.NotSupportedError):
            return UnsupportedError(f"no byte ranges from {what}", feature="a source without ranges")
        numbers = {
            errno.EACCES: (kinds.PermissionDeniedError, kinds.UnauthenticatedError),
            errno.ENOENT: (FileNotFoundError, kinds.NotFoundError),
            errno.EINVAL: (kinds.InvalidPathError,),
            errno.ECONNABORTED: (kinds.BaseError,),
        }
        number = next((number for number, classes in numbers.items() if isinstance(error, classes)), None)
        return error if number is None else OSError(number, what)


def _described(meta: Mapping[str, Any]) -> tuple[int, str]:
    """Return size and stamp of an object."""
    if meta.get("e_tag"):
        return meta["size"], meta["e_tag"]
    modified = meta.get("last_modified")
    return meta["size"], "" if modified in (None, _EPOCH) else str(modified)
