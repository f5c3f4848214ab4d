"""Readers of byte ranges over memory, paths and file objects."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import IO, Any, Protocol, Self, runtime_checkable

from pacscore.errors import OptionError

__all__ = ["FileObjectReader", "FileReader", "MemoryReader", "Reader", "as_reader"]

_LARGEST_LENT = 8 << 20
"""Bytes: memory for more is not kept."""


@runtime_checkable
class Reader(Protocol):
    """Gives the bytes of something by range; several threads may ask at once.

    Attributes
    ----------
    size : int, in bytes
        Of the whole.
    """

    @property
    def size(self) -> int: ...  # noqa: D102 - documented with the class

    def read_range(self, start: int, length: int) -> bytes | memoryview:
        """Return ``length`` bytes from ``start`` on, or fewer where the source ends before."""
        ...


class MemoryReader:
    """Reads from a bytes-like object, without copying."""

    def __init__(self, data: Any) -> None:
        view = memoryview(data)
        self._view = view.cast("B") if view.contiguous else memoryview(view.tobytes())

    @property
    def size(self) -> int:
        """Number of bytes."""
        return self._view.nbytes

    def read_range(self, start: int, length: int) -> memoryview:
        """Return the bytes as a view, fewer where the data ends before."""
        _check_range(start, length)
        return self._view[start : start + length]


class _Lent(threading.local):
    """A buffer of each thread."""

    def __init__(self) -> None:
        self.buffer = bytearray()


class FileReader:
    """Reads a file by position, so that threads do not disturb each other; closes it in the end.

    Raises
    ------
    OSError
        What the operating system says.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._descriptor = -1
        self._lent = _Lent()
        self._descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        self._size = os.fstat(self._descriptor).st_size

    @classmethod
    def of_descriptor(cls, descriptor: int) -> Self:
        """Return a reader of a file that is open already; it closes the descriptor in the end."""
        reader = cls.__new__(cls)
        reader._lent = _Lent()
        reader._descriptor = descriptor
        reader._size = os.fstat(descriptor).st_size
        return reader

    @property
    def size(self) -> int:
        """Size of the file when it was opened, in bytes."""
        return self._size

    def read_range(self, start: int, length: int) -> bytes:
        """Return the bytes, fewer where the file ends before."""
        _check_range(start, length)
        if self._descriptor < 0:
            raise ValueError("read from a closed file")
        wanted = max(0, min(length, self._size - start))
        pieces = []
        while wanted:
            piece = os.pread(self._descriptor, wanted, start)
            if not piece:
                break
            pieces.append(piece)
            start += len(piece)
            wanted -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def borrow_range(self, start: int, length: int) -> bytes | memoryview:
        """Return the bytes as ``read_range`` does, good until this thread asks for the next: memory is used again."""
        _check_range(start, length)
        wanted = max(0, min(length, self._size - start))
        if self._descriptor < 0 or not 0 < wanted <= _LARGEST_LENT:
            return self.read_range(start, length)
        if len(self._lent.buffer) < wanted:
            self._lent.buffer = bytearray(wanted + wanted // 4)
        view = memoryview(self._lent.buffer)[:wanted]
        if os.preadv(self._descriptor, [view], start) < wanted:
            return self.read_range(start, length)
        return view.toreadonly()

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()


class FileObjectReader:
    """Reads a seekable binary file object of the caller, who also closes it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._size = file.seek(0, os.SEEK_END)

    @property
    def size(self) -> int:
        """Size when the reader was made, in bytes."""
        return self._size

    def read_range(self, start: int, length: int) -> bytes:
        """Return the bytes, fewer where the file ends before."""
        _check_range(start, length)
        wanted = max(0, min(length, self._size - start))
        pieces = []
        with self._lock:
            self._file.seek(start)
            while wanted:
                piece = self._file.read(wanted)
                if not piece:
                    break
                pieces.append(piece)
                wanted -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def as_reader(source: Any, storage: Mapping[str, Any] | None = None) -> Reader:
    """Return a reader over a path, a URL, a bytes-like object or a file object; a reader is returned as it is.

    Parameters
    ----------
    source : object
    storage : mapping, optional
        Options for the store that a URL names; see `reader_of_url`.

    Raises
    ------
    TypeError
        If it is none of them.
    OSError
        If a path cannot be opened, or a store does not give the object.
    OptionError
        If there are options for a store, but no URL.
    """
    if isinstance(source, str) and "://" in source:
        from pacscore.source.locations import is_url, reader_of_url  # noqa: PLC0415 - only for those who read from afar

        if is_url(source):
            return reader_of_url(source, storage)
    if storage is not None:
        raise OptionError("storage= says how to reach what a URL names; the source is none")
    if isinstance(source, str | os.PathLike):
        return FileReader(source)
    if isinstance(source, Reader):
        return source
    if hasattr(source, "seek") and hasattr(source, "read"):
        return FileObjectReader(source)
    try:
        return MemoryReader(source)
    except TypeError:
        raise TypeError(
            f"cannot read from a {type(source).__name__}: give a path, a URL, bytes, a binary file object or a reader"
        ) from None


def _check_range(start: int, length: int) -> None:
    if start < 0 or length < 0:
        raise ValueError(f"range of {length} bytes from {start}: neither may be negative")
