"""Who gives bytes by range: memory, files, readers of the caller."""

from __future__ import annotations

from pacscore.source.loaded import LoadedBytes
from pacscore.source.readers import FileObjectReader, FileReader, MemoryReader, Reader, as_reader

__all__ = ["FileObjectReader", "FileReader", "LoadedBytes", "MemoryReader", "Reader", "as_reader"]
