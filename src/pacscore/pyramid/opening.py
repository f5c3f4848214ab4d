"""What a source is, and the pyramid that it makes."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from pydicom.dataset import Dataset

from pacscore.codecs.registry import codec_for
from pacscore.dicom.frame_sequence import FrameSequence
from pacscore.dicom.frames import FrameSource
from pacscore.dicom.opening import open as open_frames
from pacscore.errors import DicomError, OptionError
from pacscore.limits import DEFAULT_LIMITS, Limits
from pacscore.pyramid.array_pyramid import ArrayPyramid
from pacscore.pyramid.codestream_pyramid import CodestreamPyramid
from pacscore.pyramid.levels import Pyramid
from pacscore.pyramid.slide_pyramid import SlidePyramid
from pacscore.pyramid.slide_tiles import is_tiled
from pacscore.pyramid.tiff_files import TIFF_SIGNATURES, whole_tiff
from pacscore.source import FileReader, Reader, as_reader

__all__ = ["beginning_of", "is_folder", "open_pyramid", "opened_reader"]

_CODESTREAM = b"\xff\x4f\xff\x51"
_JP2_BOX = b"\x00\x00\x00\x0cjP  "
_J2K_SYNTAXES = frozenset(f"1.2.840.10008.1.2.4.{number}" for number in (90, 91, 201, 202, 203))
_LARGEST_TILE = 1 << 14


def open_pyramid(  # noqa: PLR0913 - which part of which source, all by keyword
    source: Any,
    *,
    frame: int = 0,
    optical_path: str | None = None,
    focal_plane: int = 0,
    tile_rows: int = 256,
    tile_columns: int = 256,
    limits: Limits | None = None,
) -> Pyramid:
    """Open a picture as levels of tiles.

    The resolutions of a JPEG 2000 or HTJ2K codestream are levels already: headers are read once, and then a tile of any
    of them costs the code-blocks that it needs. It may be bare, in a JP2 or JPH file, or a frame of a DICOM object.

    Tiled DICOM objects, as whole slide instances, are levels with the tiles that they store, TILED_FULL or
    TILED_SPARSE. Give the folder, or all instances and parts of concatenations, in any order; label and overview
    pictures among them are left out. Where a tile is absent, pixels are of the colour that the slide recommends, or
    white.

    Arrays ``(rows, columns[, samples])``, frames of DICOM objects in other transfer syntaxes, and the first picture of
    a TIFF file, read by tifffile, are in memory as a whole, and each level is made of the one above it when it is first
    asked for: the means of 2 x 2 pixels, a half rounded up, down to a level of one tile.

    Parameters
    ----------
    source : path, bytes-like, binary file object, reader, pydicom Dataset, `FrameSource`, sequence of these, or ndarray
        Of a codestream, of a TIFF file, of a DICOM object, or of a folder of tiled ones, with what lies below it. A
        reader has
        ``read_range(start, length)`` and ``size``. A `FrameSource` that is
        given stays open when the pyramid is closed.
    frame : int
        Which frame of a DICOM object that is not tiled.
    optical_path : str, optional
        Optical Path Identifier of a slide; None is the first.
    focal_plane : int
        Of a slide, counted from the lowest.
    tile_rows, tile_columns : int, in pixels
        Size of tiles, 1 to 16,384, where the source has none.
    limits : Limits, optional
        Sizes beyond which one call refuses.

    Returns
    -------
    Pyramid
        A context manager that closes what was opened here.

    Raises
    ------
    DataError
        If the source is wrong; `CodestreamError` and `DicomError` say of what kind it was.
    UnsupportedError
        If it is legal, but no source of levels.
    OptionError
        If tiles have no size, or too large a one, or there is no such optical path or focal plane.
    IndexError
        If there is no such frame.
    OSError
        What the operating system says.

    Source: T.800 B.5; PS3.3 C.7.6.17, C.8.12.4.
    """
    limits = limits or DEFAULT_LIMITS
    tile = tile_rows, tile_columns
    if not all(1 <= size <= _LARGEST_TILE for size in tile):
        raise OptionError(f"tiles of {tile_rows} x {tile_columns}: sides are 1 to {_LARGEST_TILE:,} pixels")
    if isinstance(source, np.ndarray):
        return ArrayPyramid(source, tile)
    with contextlib.ExitStack() as opened:
        if isinstance(source, list | tuple) or is_folder(source):
            tiled = _tiled(source, limits, opened)
            pyramid = SlidePyramid(tiled, optical_path, focal_plane, limits)
        elif not isinstance(source, FrameSequence | Dataset) and (beginning := beginning_of(source)) is not None:
            if beginning.startswith(TIFF_SIGNATURES):
                with opened_reader(source) as reader:
                    return ArrayPyramid(whole_tiff(reader, limits), tile)
            return CodestreamPyramid(source, tile, limits)
        else:
            frames = source
            if not isinstance(source, FrameSequence):
                frames = opened.enter_context(open_frames(source, limits=limits))
            if not (isinstance(frames, FrameSource) and is_tiled(frames.dataset)):
                return _of_frame(frames, frame, tile, limits)
            pyramid = SlidePyramid([frames], optical_path, focal_plane, limits)
        pyramid.opened = opened.pop_all()
        return pyramid


def is_folder(source: Any) -> bool:
    """Return whether a source is the path of a folder."""
    return isinstance(source, str | os.PathLike) and Path(source).is_dir()


@contextlib.contextmanager
def opened_reader(source: Any) -> Iterator[Reader]:
    """Give a reader of a source, which is closed if it was opened here."""
    reader = as_reader(source)
    try:
        yield reader
    finally:
        if isinstance(reader, FileReader) and reader is not source:
            reader.close()


def beginning_of(source: Any) -> bytes | None:
    """Return the first bytes of a codestream, a JP2 or JPH file or a TIFF file, None of anything else."""
    with opened_reader(source) as reader:
        beginning = bytes(reader.read_range(0, 132))
    if beginning[128:] == b"DICM":  # behind a preamble that may be the beginning of a TIFF file too (PS3.10 7.1)
        return None
    return beginning if beginning.startswith((_CODESTREAM, _JP2_BOX, *TIFF_SIGNATURES)) else None


def _of_frame(frames: FrameSequence, frame: int, tile: tuple[int, int], limits: Limits) -> Pyramid:
    """Return the levels of one frame, which is read now."""
    if str(frames.transfer_syntax) not in _J2K_SYNTAXES:
        image = frames.frame(frame)
        return ArrayPyramid(np.asarray(image), tile, frames.pixel_format)
    data = frames.encoded(frame)
    stored = codec_for(frames.transfer_syntax).decoded_format(data, frames.encoded_format)
    return CodestreamPyramid(data, tile, limits, stored)


def _tiled(source: Any, limits: Limits, opened: contextlib.ExitStack) -> list[FrameSource]:
    """Return the tiled objects of a sequence, or of a folder and those below it, where other files are passed over."""
    if isinstance(source, str | os.PathLike):
        tiled = _tiled_files(Path(source), limits, opened)
    else:
        tiled = [
            each if isinstance(each, FrameSource) else opened.enter_context(open_frames(each, limits=limits))
            for each in source
        ]
    for each in tiled:
        if not is_tiled(each.dataset):
            raise DicomError(
                f"{each!r} is not tiled: Total Pixel Matrix Columns (0048,0006) is missing", tag="(0048,0006)"
            )
    if not tiled:
        raise OptionError("there is no tiled object")
    return tiled


def _tiled_files(folder: Path, limits: Limits, opened: contextlib.ExitStack) -> list[FrameSource]:
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            if file.read(132)[128:] != b"DICM":
                continue
        try:
            frames = open_frames(path, limits=limits)
        except DicomError as error:
            if error.tag == "(7FE0,0010)":  # no picture, as of a DICOMDIR or a report
                continue
            raise
        opened.callback(frames.close)
        if is_tiled(frames.dataset):
            found.append(frames)
    return found
