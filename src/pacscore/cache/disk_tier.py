"""Pieces on disk, among processes, by diskcache: SQLite for the entries, files for the large ones."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import Any

import diskcache

from pacscore.cache.extents import Extents
from pacscore.cache.memory_tier import Entry
from pacscore.cache.sealing import Seal, SealError

__all__ = ["FAILURES", "DiskTier"]

FAILURES = (OSError, sqlite3.Error, diskcache.Timeout)
"""What may be wrong with a disk."""
_PICKLE = 4
"""How diskcache marks values that it would unpickle."""


_LARGEST = 16
"""Part of the limit that an entry may take: room is made by forgetting ten, which must not be all of them."""


class _BytesAlone(diskcache.Disk):  # type: ignore[misc]  # diskcache has no types
    """Values are bytes: a pickle in the folder is somebody else's, and running it would be dangerous."""

    def fetch(self, mode: int, filename: str | None, value: Any, read: bool) -> Any:
        if mode == _PICKLE:
            raise OSError("a pickle is no entry of this cache")
        return super().fetch(mode, filename, value, read)


class DiskTier:
    """Entries in a folder; threads and processes may share it, and any of them may die at any time.

    An entry is written as a whole, in a transaction, with its seal; so it is there as somebody wrote it, or not at all.

    Parameters
    ----------
    folder : path
        Made if it is not there; readable for this user alone.
    limit : int, in bytes
        Entries that were not used for longest make room, ten at a time. One of more than a sixteenth is not kept.
    seal : Seal
    """

    def __init__(self, folder: str | os.PathLike[str], limit: int, seal: Seal) -> None:
        self._folder = Path(folder)
        self._limit = limit
        self._seal = seal
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._cache = diskcache.Cache(
            str(self._folder / "entries"),
            disk=_BytesAlone,
            size_limit=limit,
            eviction_policy="least-recently-used",
        )
        self._marker = self._folder / f"open.{os.getpid()}"
        self._tidy()
        self._marker.touch()

    @property
    def nbytes(self) -> int:
        """What the folder takes, as diskcache counts it, in bytes."""
        return int(self._cache.volume())

    def get(self, entry: Entry) -> Extents | None:
        """Return what there is of an entry.

        Raises
        ------
        SealError
            If it is damaged; it was thrown away.
        OSError, sqlite3.Error, diskcache.Timeout
            If the disk cannot be read.
        """
        name = self._name(entry)
        sealed = self._cache.get(name, retry=True)
        if sealed is None:
            return None
        try:
            if not isinstance(sealed, bytes):
                raise SealError
            return Extents.from_bytes(self._seal.open(name, sealed))
        except (SealError, ValueError):
            self._cache.delete(name, retry=True)
            raise SealError from None

    def put(self, entry: Entry, more: Extents) -> None:
        """Add to an entry.

        Raises
        ------
        OSError, sqlite3.Error, diskcache.Timeout
            If the disk cannot be written.
        """
        name = self._name(entry)
        with self._cache.transact(retry=True):
            grown = None
            with contextlib.suppress(SealError):
                grown = self.get(entry)
            grown = grown or Extents()
            grown.update(more)
            if grown.nbytes <= self._limit // _LARGEST:
                self._cache.set(name, self._seal.close(name, grown.to_bytes()), retry=True)
        if self._cache.volume() > self._limit:  # ten others were less than this one
            self._cache.cull(retry=True)

    def clear(self) -> None:
        """Forget everything."""
        self._cache.clear(retry=True)

    def close(self) -> None:
        """Close the folder; what is there stays."""
        self._cache.close()
        self._marker.unlink(missing_ok=True)

    def _name(self, entry: Entry) -> str:
        return self._seal.name(f"{entry[0]}/{entry[1]}")

    def _tidy(self) -> None:
        """Remove files of entries that were never finished, if a process died with the folder open."""
        dead = [marker for marker in self._folder.glob("open.*") if not _lives(marker.suffix[1:])]
        if dead:
            self._cache.check(fix=True, retry=True)
        for marker in dead:
            marker.unlink(missing_ok=True)


def _lives(number: str) -> bool:
    if not number.isdigit():
        return True  # nothing of ours
    try:
        os.kill(int(number), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
