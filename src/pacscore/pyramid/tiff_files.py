"""TIFF and BigTIFF files as pictures that are read from top to bottom, by tifffile.

Source: TIFF 6.0 (strips, sections 3 to 6; tiles, section 15); BigTIFF.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import DataError, LimitError, PacscoreError, UnsupportedError
from pacscore.limits import Limits
from pacscore.pyramid.row_sources import RowSource
from pacscore.source import Reader

__all__ = ["TIFF_SIGNATURES", "open_tiff", "whole_tiff"]

TIFF_SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_GREY, _RGB, _YCBCR = 1, 2, 6
_JPEG = 7
_AHEAD = 1 << 22
"""Bytes that are read at once."""


class _ReaderFile(io.RawIOBase):
    """A file over a reader."""

    def __init__(self, reader: Reader) -> None:
        super().__init__()
        self._reader, self._position = reader, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._position = max(0, (0, self._position, self._reader.size)[whence] + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        data = self._reader.read_range(self._position, len(buffer))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)


@contextlib.contextmanager
def _told_as_ours() -> Iterator[None]:
    """Turn what tifffile and its codecs raise over the bytes into DataError."""
    try:
        yield
    except PacscoreError:
        raise
    except OSError as error:
        if error.errno is not None:
            raise
        raise DataError(f"the TIFF file cannot be read: {error}") from error
    except MemoryError as error:
        raise LimitError(f"the TIFF file asks for too much memory: {error}") from error
    except Exception as error:
        raise DataError(f"the TIFF file cannot be read: {error or type(error).__name__}") from error


def open_tiff(reader: Reader, limits: Limits, threads: int = 1) -> RowSource:
    """Return the first picture of a file, in bands of its rows of tiles or of its strips.

    Raises
    ------
    DataError
        If the file is broken; also while bands are taken.
    UnsupportedError
        If it is not grey, RGB or YCbCr by JPEG, has planes apart, or more than two dimensions; or if tifffile is not
        installed.
    LimitError
        If one band is larger than one output may be.
    """
    try:
        import tifffile  # noqa: PLC0415 - only for those who read such files
    except ImportError as error:
        raise UnsupportedError(
            "TIFF files are read by tifffile: pip install pacscore[tiff]", feature="TIFF files without tifffile"
        ) from error
    with _told_as_ours():
        page: Any = tifffile.TiffFile(cast("Any", _ReaderFile(reader))).pages[0]  # holds nothing open
        _check_kind(page)
        _check_sizes(page, limits)
        return RowSource(page.shape, page.dtype, _bands(page, threads))


def _check_kind(page: Any) -> None:
    photometric = int(page.photometric)
    apart = int(page.planarconfig) != 1 and len(page.shape) > 2
    if photometric not in (_GREY, _RGB, _YCBCR) or page.axes not in ("YX", "YXS") or apart or page.dtype is None:
        raise UnsupportedError(
            f"a TIFF picture of axes {page.axes}, photometric interpretation {photometric}"
            f"{', planes apart' if apart else ''}",
            feature="TIFF pictures other than interleaved grey, RGB and YCbCr",
        )
    if photometric == _YCBCR and int(page.compression) != _JPEG:
        raise UnsupportedError("a TIFF picture in YCbCr without JPEG", feature="TIFF pictures in YCbCr")


def _check_sizes(page: Any, limits: Limits) -> None:
    """Raise unless rows of tiles or strips are there, and of a size that may be."""
    rows, columns = page.shape[:2]
    samples = int(np.prod(page.shape[2:]))
    high, wide = (page.tilelength, page.tilewidth) if page.is_tiled else (min(page.rowsperstrip, rows), columns)
    if min(rows, columns, samples, high, wide) < 1:
        raise DataError(f"a TIFF picture of {rows} x {columns} pixels in pieces of {high} x {wide}")
    size = high * max(wide, columns) * samples * page.dtype.itemsize
    if size > limits.output_bytes:
        raise LimitError(f"a row of tiles or a strip takes {size:,} bytes, more than {limits.output_bytes:,}")
    pieces = -(-rows // high) * -(-columns // wide)
    if len(page.dataoffsets) != pieces or len(page.databytecounts) != pieces:
        raise DataError(f"a TIFF picture of {pieces:,} tiles or strips tells of {len(page.dataoffsets):,}")


def _bands(page: Any, threads: int) -> Iterator[NDArray[Any]]:
    rows, columns = page.shape[:2]
    band: NDArray[Any] | None = None
    top = 0
    with _told_as_ours():
        for segment, (_, _, row, column, *_), (_, high, wide, _) in page.segments(
            maxworkers=threads, buffersize=_AHEAD
        ):
            if band is None or row != top:
                if band is not None:
                    yield band
                top = row
                band = np.zeros((min(high, rows - row), *page.shape[1:]), page.dtype)
            if segment is not None:
                right = min(column + wide, columns)
                samples = segment[0, : len(band), : right - column]
                band[:, column:right] = samples.reshape(*samples.shape[:2], *page.shape[2:])
    if band is not None:
        yield band


def whole_tiff(reader: Reader, limits: Limits) -> NDArray[Any]:
    """Return the first picture of a file; raises as `open_tiff` does, and LimitError if it is too large."""
    source = open_tiff(reader, limits)
    size = int(np.prod(source.shape, dtype=object)) * np.dtype(source.dtype).itemsize
    limits.check_output(size, reader.size)
    _, bands = source.checked()
    image = np.empty(source.shape, source.dtype)
    row = 0
    for band in bands:
        image[row : row + len(band)] = band
        row += len(band)
    return image
