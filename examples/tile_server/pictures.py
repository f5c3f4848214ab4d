"""The pictures of a folder: what can be shown, found by name, and their tiles in 8 bits."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import pacscore as pc

KEPT_OPEN = 16
"""Pictures whose headers, and a few of whose bytes, stay in memory."""


@dataclass(frozen=True)
class Picture:
    """A picture that is shown: a codestream, a whole slide instance, or a frame of a DICOM object.

    Attributes
    ----------
    name : str
        What addresses call it: the file's name, and for further frames ``@2``, ``@3`` and so on.
    path : Path
    frame : int or None
        None: the file is one picture, not a sequence of frames.
    rows, columns : int
    """

    name: str
    path: Path
    frame: int | None
    rows: int
    columns: int

    @property
    def version(self) -> str:
        """What changes when the file does."""
        return _version(self.path)


@dataclass(frozen=True)
class Instance:
    """A DICOM object, for DICOMweb.

    Attributes
    ----------
    path : Path
    study, series, uid : str
        Its Study, Series and SOP Instance UID.
    """

    path: Path
    study: str
    series: str
    uid: str

    @property
    def version(self) -> str:
        """What changes when the file does."""
        return _version(self.path)


class OpenPicture:
    """The levels of a picture, as it is seen: grey or RGB, in 8 bits."""

    def __init__(self, picture: Picture) -> None:
        self._pipeline: pc.Pipeline | None = None
        if picture.frame is None:
            self.pyramid = pc.open_pyramid(picture.path)
        else:
            with pc.open(picture.path) as frames:
                self._pipeline = frames.pipeline(picture.frame)
                self.pyramid = pc.open_pyramid(frames, frame=picture.frame)
        largest = self.pyramid.level(0)
        self._levels = {0: largest}
        for level in self.pyramid.levels[1:]:
            reduce = round(math.log2(level.downsample))
            if (level.rows, level.columns) == (-(-largest.rows >> reduce), -(-largest.columns >> reduce)):
                self._levels[reduce] = level

    @property
    def sizes(self) -> dict[int, tuple[int, int]]:
        """(rows, columns) of the levels there are, by how often they were halved, rounding up."""
        return {reduce: (level.rows, level.columns) for reduce, level in self._levels.items()}

    def region(self, reduce: int, region: pc.Region) -> NDArray[np.uint8]:
        """Return a part of the picture, halved so often; where there is no such level, from the next larger one."""
        there = max(number for number in self._levels if number <= reduce)
        level, step = self._levels[there], 1 << (reduce - there)
        row, column = region.row * step, region.column * step
        rows = min((region.rows - 1) * step + 1, level.rows - row)
        columns = min((region.columns - 1) * step + 1, level.columns - column)
        return self._seen(level.region(pc.Region(row, column, rows, columns))[::step, ::step])

    def _seen(self, stored: NDArray[Any]) -> NDArray[np.uint8]:
        if self._pipeline is not None:
            return np.asarray(pc.render(np.ascontiguousarray(stored), self._pipeline), np.uint8)
        about = self.pyramid.pixel_format
        if about.bits_stored == 8 and not about.pixel_representation:
            return np.asarray(stored, np.uint8)
        lowest = -(1 << (about.bits_stored - 1)) if about.pixel_representation else 0
        return ((stored.astype(np.int64) - lowest) * 255 // ((1 << about.bits_stored) - 1)).astype(np.uint8)


class Pictures:
    """What a folder has; a name that is not in the list is never looked for on disk."""

    def __init__(self, folder: Path) -> None:
        self.listed: dict[str, Picture] = {}
        self.instances: dict[tuple[str, str, str], Instance] = {}
        self.left_out: dict[str, str] = {}
        self._open: OrderedDict[tuple[str, str], OpenPicture] = OrderedDict()
        self._lock = threading.Lock()
        for path in sorted(folder.iterdir()):
            if path.is_file() and not path.is_symlink():
                try:
                    self._add(path)
                except (pc.PacscoreError, OSError) as error:
                    self.left_out[path.name] = str(error)

    def _add(self, path: Path) -> None:
        with path.open("rb") as file:
            beginning = file.read(132)
        if beginning[128:] == b"DICM":
            self._add_object(path)
        else:
            self._list(Picture(path.name, path, None, 0, 0))

    def _add_object(self, path: Path) -> None:
        with pc.open(path) as frames:
            values = [str(frames.dataset.get(f"{name}InstanceUID", "")) for name in ("Study", "Series", "SOP")]
            self.instances[values[0], values[1], values[2]] = Instance(path, *values)
            tiled, count = "TotalPixelMatrixColumns" in frames.dataset, len(frames)
        if tiled:
            self._list(Picture(path.name, path, None, 0, 0))
            return
        for frame in range(count):
            self._list(Picture(path.name if frame == 0 else f"{path.name}@{frame + 1}", path, frame, 0, 0))

    def _list(self, picture: Picture) -> None:
        pyramid = OpenPicture(picture).pyramid
        if pyramid.pixel_format.samples_per_pixel not in (1, 3):
            raise pc.UnsupportedError("only grey and colour are shown", feature="samples per pixel")
        largest = pyramid.level(0)
        self.listed[picture.name] = Picture(picture.name, picture.path, picture.frame, largest.rows, largest.columns)

    def open(self, picture: Picture) -> OpenPicture:
        """Return a picture's levels, opened once and kept as long as others are not asked for more recently."""
        key = picture.name, picture.version
        with self._lock:
            found = self._open.get(key)
            if found is not None:
                self._open.move_to_end(key)
                return found
        opened = OpenPicture(picture)
        with self._lock:
            self._open[key] = opened
            while len(self._open) > KEPT_OPEN:
                self._open.popitem(last=False)
        return opened


def _version(path: Path) -> str:
    status = path.stat()
    return f"{status.st_mtime_ns:x}-{status.st_size:x}"
