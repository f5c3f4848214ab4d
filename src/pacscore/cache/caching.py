"""A cache of bytes in two tiers."""

from __future__ import annotations

import dataclasses
import os
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from pacscore.cache.caching_reader import CachingReader
from pacscore.cache.extents import Extents
from pacscore.cache.memory_tier import MemoryTier
from pacscore.cache.sealing import Digest, Encryption, SealError
from pacscore.cache.statistics import CacheStatistics
from pacscore.errors import OptionError, UnsupportedError
from pacscore.source import as_reader

if TYPE_CHECKING:
    from pacscore.cache.disk_tier import DiskTier

__all__ = ["ByteCache"]


class ByteCache:
    """Keeps bytes of objects by the hash of the object, the frame, and the range in it: in memory, and in a folder.

    Ranges are put together as they come, and a range is given only if all of it is there. Threads may share a cache,
    and processes a folder; any of them may be killed. The cache never is the reason that reading fails: where the disk
    does not work, it does without, and ``statistics`` tell.

    Parameters
    ----------
    memory_bytes : int
        Bytes in memory, at most; 0 keeps none there.
    folder : path, optional
        Keep bytes on disk, too.
    disk_bytes : int
        Bytes in the folder, about: room is made after they are more. A frame of over a sixteenth of it is not
        kept there.
    key : bytes, optional
        16, 24 or 32: what lies in the folder is encrypted with it, by AES-GCM, and the names of entries are hidden.
        Entries of another key are not found.

    Raises
    ------
    OptionError
        If a size is negative, the key has another length, or there is a key but no folder.
    UnsupportedError
        If diskcache or cryptography is needed and not installed.
    OSError
        If the folder cannot be made.
    """

    def __init__(
        self,
        *,
        memory_bytes: int = 256 << 20,
        folder: str | os.PathLike[str] | None = None,
        disk_bytes: int = 8 << 30,
        key: bytes | None = None,
    ) -> None:
        if memory_bytes < 0 or disk_bytes < 0:
            raise OptionError(f"memory_bytes={memory_bytes} and disk_bytes={disk_bytes} may not be negative")
        if key is not None and folder is None:
            raise OptionError("key= encrypts what lies on disk, and there is no folder=")
        self._memory = MemoryTier(memory_bytes)
        self._disk = None if folder is None else _disk_tier(folder, disk_bytes, key)
        self._counting = threading.Lock()
        self._statistics = CacheStatistics()

    @property
    def statistics(self) -> CacheStatistics:
        """How often the cache had what it was asked for."""
        with self._counting:
            return self._statistics

    @property
    def memory_bytes(self) -> int:
        """Bytes in memory now."""
        return self._memory.nbytes

    @property
    def disk_bytes(self) -> int:
        """Bytes that the folder takes now; 0 if there is none."""
        return 0 if self._disk is None else self._disk.nbytes

    def get(self, object_hash: str, frame: int, start: int, stop: int) -> bytes | None:
        """Return a range of a frame; None unless all of it is there.

        Parameters
        ----------
        object_hash : str
            Equal only for equal objects.
        frame : int
            Negative numbers are for what is no frame, as the header.
        start, stop : int, in bytes
            In the frame.
        """
        found = self.within(object_hash, frame, start, stop)
        if start == stop:
            return b""
        return found[0][1] if len(found) == 1 and len(found[0][1]) == stop - start else None

    def within(self, object_hash: str, frame: int, start: int, stop: int) -> list[tuple[int, bytes]]:
        """Return what is there of a range of a frame: where each piece begins, and its bytes, in order.

        Parameters
        ----------
        object_hash, frame, start, stop
            As of ``get``.
        """
        entry = (object_hash, frame)
        found = self._memory.within(entry, start, stop)
        from_disk = False
        if _bytes_of(found) < stop - start and (extents := self._from_disk(entry)) is not None:
            self._memory.put(entry, extents)
            on_disk = extents.within(start, stop)
            from_disk = _bytes_of(on_disk) > _bytes_of(found)
            found = on_disk if from_disk else found
        there = _bytes_of(found)
        how = "misses" if there < stop - start else "disk_hits" if from_disk else "memory_hits"
        self._count(**{how: 1}, bytes_found=there, bytes_missed=stop - start - there)
        return found

    def put(self, object_hash: str, frame: int, start: int, data: bytes) -> None:
        """Add bytes of a frame, that begin at ``start`` in it."""
        more = Extents()
        more.put(start, data)
        self._memory.put((object_hash, frame), more)
        if self._disk is None:
            return
        try:
            self._disk.put((object_hash, frame), more)
        except _failures():
            self._count(failures=1)

    def reader(
        self, source: Any, *, storage: Mapping[str, Any] | None = None, identity: str | None = None
    ) -> CachingReader:
        """Return a reader that asks the cache first, for `pacscore.open`.

        Parameters
        ----------
        source : URL, reader, or what else `pacscore.open` reads from
        storage : mapping, optional
            Options of the store, as of `pacscore.open`.
        identity : str, optional
            Equal only for equal bytes. Readers of stores know it: location, size and ETag.

        Raises
        ------
        OptionError
            If nobody tells what tells this object from others.
        PacscoreError, OSError
            As of `pacscore.open`.
        """
        return CachingReader(as_reader(source, storage), self, identity=identity)

    def clear(self) -> None:
        """Forget everything, in the folder too."""
        self._memory.clear()
        if self._disk is not None:
            self._disk.clear()

    def close(self) -> None:
        """Close the folder; what is there stays."""
        if self._disk is not None:
            self._disk.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _from_disk(self, entry: tuple[str, int]) -> Extents | None:
        if self._disk is None:
            return None
        try:
            return self._disk.get(entry)
        except SealError:
            self._count(rejected=1)
        except _failures():
            self._count(failures=1)
        return None

    def _count(self, **more: int) -> None:
        with self._counting:
            counted = {name: getattr(self._statistics, name) + number for name, number in more.items()}
            self._statistics = dataclasses.replace(self._statistics, **counted)


def _disk_tier(folder: str | os.PathLike[str], limit: int, key: bytes | None) -> DiskTier:
    seal = Digest() if key is None else Encryption(key)
    try:
        from pacscore.cache.disk_tier import DiskTier  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise UnsupportedError(
            "a cache on disk needs diskcache: pip install 'pacscore[cache]'", feature="a cache on disk"
        ) from error
    return DiskTier(folder, limit, seal)


def _bytes_of(pieces: list[tuple[int, bytes]]) -> int:
    return sum(len(piece) for _, piece in pieces)


def _failures() -> tuple[type[Exception], ...]:
    from pacscore.cache.disk_tier import FAILURES  # noqa: PLC0415 - there is a disk tier

    return FAILURES
