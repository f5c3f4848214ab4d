"""Who gives bytes by range: memory, files, stores, readers of the caller."""

from __future__ import annotations

from pacscore.source.arrived import ArrivedBytes
from pacscore.source.loaded import LoadedBytes
from pacscore.source.readers import FileObjectReader, FileReader, MemoryReader, Reader, as_reader
from pacscore.source.runs import Runs, merge

__all__ = [
    "ArrivedBytes",
    "FileObjectReader",
    "FileReader",
    "LoadedBytes",
    "MemoryReader",
    "Reader",
    "Runs",
    "as_reader",
    "merge",
]
