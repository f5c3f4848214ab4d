"""Bytes of remote objects, kept near the reader."""

from __future__ import annotations

from pacscore.cache.caching import ByteCache
from pacscore.cache.caching_reader import CachingReader
from pacscore.cache.statistics import CacheStatistics

__all__ = ["ByteCache", "CacheStatistics", "CachingReader"]
