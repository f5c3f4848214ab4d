"""Deflated data sets, inflated piece by piece: in memory while they are small, else into a nameless file."""

from __future__ import annotations

import os
import tempfile
import zlib

from pacscore.errors import DicomError
from pacscore.limits import Limits
from pacscore.source import FileReader, MemoryReader, Reader

__all__ = ["inflate"]

_IN_MEMORY = 16 << 20
_PIECE = 1 << 20


def inflate(reader: Reader, start: int, limits: Limits) -> tuple[Reader, bool]:
    """Return a reader of the data set that was deflated, and whether all of it was there.

    Source: PS3.5 A.5; RFC 1951.

    Parameters
    ----------
    reader : Reader
    start : int, in bytes
        Where the deflated data set begins.
    limits : Limits
        A nameless file, in the folder for temporary ones, takes no more than they allow.

    Raises
    ------
    DicomError
        If it does not inflate.
    LimitError
        If it inflates beyond the limits.
    """
    packed, inflater = max(0, reader.size - start), zlib.decompressobj(-zlib.MAX_WBITS)
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
        position, data = start, b""
        try:
            while not inflater.eof:
                if not data:
                    data = bytes(reader.read_range(position, _PIECE))
                    position += len(data)
                piece = inflater.decompress(data, _PIECE)
                if not piece and not data:
                    break
                data = inflater.unconsumed_tail
                limits.check_output(file.tell() + len(piece), packed, what="the inflated data set")
                file.write(piece)
        except zlib.error as error:
            raise DicomError(f"the deflated data set does not inflate: {error} (PS3.5 A.5)") from error
        if file.tell() > _IN_MEMORY:
            file.flush()
            return FileReader.of_descriptor(os.dup(file.fileno())), inflater.eof
        file.seek(0)
        return MemoryReader(file.read()), inflater.eof
