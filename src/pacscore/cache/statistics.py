"""What a cache was good for."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import ClassVar

__all__ = ["CacheStatistics"]


@dataclass(frozen=True, slots=True)
class CacheStatistics:
    """How often a cache had what it was asked for, since it was opened.

    Attributes
    ----------
    memory_hits, disk_hits, misses : int
        Ranges that were found whole in memory, whole on disk, and not whole.
    bytes_found, bytes_missed : int
        Of those ranges; a range that is there in part counts in both.
    rejected : int
        Entries on disk that were damaged, or sealed with another key, and were thrown away.
    failures : int
        Times that the disk could not be read or written; the cache does without it then.
    """

    schema: ClassVar[int] = 1
    memory_hits: int = 0
    disk_hits: int = 0
    misses: int = 0
    bytes_found: int = 0
    bytes_missed: int = 0
    rejected: int = 0
    failures: int = 0

    @property
    def hit_rate(self) -> float:
        """Share of ranges that were found whole, 0 to 1; 0 if none was asked for."""
        asked = self.memory_hits + self.disk_hits + self.misses
        return (asked - self.misses) / asked if asked else 0.0

    def to_json(self) -> str:
        """Return it as a JSON object, with its schema number and ``hit_rate``."""
        return json.dumps({"schema": self.schema, "hit_rate": self.hit_rate, **dataclasses.asdict(self)})
