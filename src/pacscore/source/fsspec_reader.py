"""Files of a file system of fsspec."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

from pacscore.errors import PacscoreError, UnsupportedError
from pacscore.source.remote import BEGINNING, RemoteReader, connection_error

__all__ = ["FsspecReader"]

_STAMPS = ("ETag", "etag", "md5Hash", "Content-MD5", "mtime", "LastModified", "Last-Modified", "updated", "created")
"""What file systems of fsspec call what changes with a file, the best first."""
_RECHECK = 1.0
"""Seconds."""


class FsspecReader(RemoteReader):
    """Reads a file of an fsspec file system.

    fsspec knows no conditional requests. So the file is described again when the last time lies a second back, and a
    change is noticed up to a second late; `ObstoreReader` is strict.

    Parameters
    ----------
    filesystem : fsspec file system
    path : str
        In the file system.
    name, location : str, optional
        As of `RemoteReader`.
    attempts : int
        How often a request is tried.

    Raises
    ------
    FileNotFoundError, PermissionError, ConnectionError
        As of `RemoteReader`.
    UnsupportedError
        If the size cannot be known.
    """

    def __init__(
        self,
        filesystem: Any,
        path: str,
        *,
        name: str | None = None,
        location: str | None = None,
        attempts: int = 4,
    ) -> None:
        self._filesystem = filesystem
        self._path = path
        self._checked = time.monotonic()
        self._checking = threading.Lock()
        super().__init__(name or filesystem.unstrip_protocol(path), location=location, attempts=attempts)

    def _begin(self) -> tuple[int, str, bytes]:
        size, stamp = self._described()
        return size, stamp, self._read(0, min(size, BEGINNING)) if size else b""

    def _pieces(self, start: int, stop: int) -> Iterator[bytes]:
        data = self._read(start, stop)
        with self._checking:
            due = time.monotonic() - self._checked > _RECHECK
            if due:
                self._checked = time.monotonic()
        if due or len(data) != stop - start:
            self._check(*self._described())
        yield data

    def _read(self, start: int, stop: int) -> bytes:
        try:
            return bytes(self._filesystem.cat_file(self._path, start=start, end=stop))
        except Exception as error:
            raise self._translated(error) from error

    def _described(self) -> tuple[int, str]:
        try:
            self._filesystem.invalidate_cache()
            told = self._filesystem.info(self._path)
            if told.get("size") is None:
                raise UnsupportedError(f"{self.name}: nobody tells its size", feature="a source of unknown size")
            stamp = next((str(told[key]) for key in _STAMPS if told.get(key) is not None), "")
            return int(told["size"]), stamp
        except Exception as error:
            raise self._translated(error) from error

    def _translated(self, error: Exception) -> Exception:
        if isinstance(error, PacscoreError | FileNotFoundError | PermissionError | IsADirectoryError | ConnectionError):
            return error
        return connection_error(self.name, error or type(error).__name__)
