"""Building a pyramid: from rows to rows of tiles of every level, to files."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from pacscore.dicom.frame_sequence import FrameSequence
from pacscore.errors import OptionError
from pacscore.limits import DEFAULT_LIMITS, Limits
from pacscore.pixel_format import PixelFormat
from pacscore.pyramid.cascade import Cascade
from pacscore.pyramid.levels import Pyramid
from pacscore.pyramid.opening import beginning_of, is_folder, open_pyramid, opened_reader
from pacscore.pyramid.row_sources import RowSource, bands_of_array, bands_of_level
from pacscore.pyramid.tiff_files import TIFF_SIGNATURES, open_tiff

__all__ = ["BuildReport", "PyramidLayout", "build_pyramid"]

_LARGEST_TILE = 1 << 14


class PyramidLayout(Protocol):
    """How a pyramid lies in a folder."""

    def sizes(self, rows: int, columns: int, side: int) -> Sequence[tuple[int, int]]:
        """Return rows and columns of each level."""

    def sink(
        self, folder: Path, pixel_format: PixelFormat, sizes: Sequence[tuple[int, int]], side: int, threads: int
    ) -> Any:
        """Return what takes the rows of tiles, and is closed in the end."""

    def finish(self, folder: Path, sink: Any, sizes: Sequence[tuple[int, int]], side: int) -> None:
        """Write what can be written once all tiles are there."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What was built.

    Attributes
    ----------
    destination : str
    levels : tuple of (int, int)
        Rows and columns of each, the largest first.
    files : int
    bytes : int
        Of all files.
    seconds : float
    """

    schema: ClassVar[int] = 1
    destination: str
    levels: tuple[tuple[int, int], ...]
    files: int
    bytes: int
    seconds: float

    def to_json(self) -> str:
        """Return the report as a JSON object, with its schema number."""
        return json.dumps({"schema": self.schema, **dataclasses.asdict(self)})


def build_pyramid(  # noqa: PLR0913 - what, where, how, and the usual choices by keyword
    source: Any,
    destination: str | os.PathLike[str],
    layout: PyramidLayout,
    *,
    tile: int = 256,
    threads: int = 1,
    limits: Limits | None = None,
) -> BuildReport:
    """Build all levels of a picture in one go from top to bottom.

    Each level is half of the one above it: means of 2 x 2 pixels, a half rounded up. Memory holds a few rows of tiles,
    and what the source itself takes.

    Parameters
    ----------
    source : ndarray or memmap, `RowSource`, `Pyramid`, or what `open_pyramid` takes
        ``(rows, columns[, samples])``. Of a pyramid the largest level is used; its other levels are made anew.
    destination : path
        A folder that is not there yet; it appears whole or not at all.
    layout : `DeepZoomLayout`, `IIIFLayout`, `SlideLayout`, or another `PyramidLayout`, as that of OME-Zarr
        What is written.
    tile : int, in pixels
        Rows and columns of a tile: an even number up to 16,384.
    threads : int
        How many tiles are encoded at once; 1 is the calling thread alone.
    limits : Limits, optional
        As `open_pyramid` takes it.

    Returns
    -------
    BuildReport

    Raises
    ------
    FileExistsError
        If the destination exists.
    OptionError
        If the choices contradict each other, or the layout does not hold such pixels.
    DataError
        If the source is wrong, or its bands do not fit.
    UnsupportedError
        If the pixels need what the layout lacks.
    OSError
        What the operating system says.

    Source: PS3.3 A.32.8, C.7.6.17.3 (slides); IIIF Image API 3.0.
    """
    started = time.perf_counter()
    if tile % 2 or not 2 <= tile <= _LARGEST_TILE:
        raise OptionError(f"tile={tile} must be an even number up to {_LARGEST_TILE:,}")
    if threads < 1:
        raise OptionError(f"threads={threads} must be at least 1")
    target = Path(destination)
    if target.exists():
        raise FileExistsError(f"{target} exists")
    folder = target.with_name(f".pacscore-{uuid.uuid4().hex}.part")
    with ExitStack() as opened:
        opened.callback(shutil.rmtree, folder, ignore_errors=True)
        pixel_format, bands = _bands(_rows_of(source, threads, limits, opened), tile, threads)
        sizes = layout.sizes(pixel_format.rows, pixel_format.columns, tile)
        folder.mkdir(parents=True)
        with closing(layout.sink(folder, pixel_format, sizes, tile, threads)) as sink:
            cascade = Cascade(sizes, tile, sink)
            for band in bands:
                cascade.take(band)
            layout.finish(folder, sink, sizes, tile)
        files = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
        folder.rename(target)
    return BuildReport(str(target), tuple(sizes), len(files), sum(files), time.perf_counter() - started)


def _rows_of(source: Any, threads: int, limits: Limits | None, opened: ExitStack) -> Any:
    """Return a source of rows, a pyramid or an array; what is opened for that is closed by ``opened``."""
    if isinstance(source, RowSource | Pyramid) or _is_array(source):
        return source
    if not isinstance(source, list | tuple | FrameSequence | Dataset) and not is_folder(source):
        beginning = beginning_of(source)
        if beginning is not None and beginning.startswith(TIFF_SIGNATURES):
            reader = opened.enter_context(opened_reader(source))
            return open_tiff(reader, limits or DEFAULT_LIMITS, threads)
    return opened.enter_context(open_pyramid(source, limits=limits))


def _is_array(source: Any) -> bool:
    return isinstance(source, np.ndarray) or all(hasattr(source, name) for name in ("shape", "dtype", "__getitem__"))


def _bands(source: Any, height: int, threads: int) -> tuple[PixelFormat, Iterator[NDArray[Any]]]:
    if isinstance(source, RowSource):
        return source.checked()
    if isinstance(source, Pyramid):
        return bands_of_level(source, height, threads)
    return bands_of_array(source, height)
