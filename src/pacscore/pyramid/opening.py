"""What a source is, and the pyramid that it makes."""

from __future__ import annotations

from typing import Any

from pydicom.dataset import Dataset

from pacscore.codecs.registry import codec_for
from pacscore.dicom.frame_sequence import FrameSequence
from pacscore.dicom.frames import open as open_frames
from pacscore.errors import OptionError, UnsupportedError
from pacscore.limits import DEFAULT_LIMITS, Limits
from pacscore.pyramid.codestream_pyramid import CodestreamPyramid
from pacscore.pyramid.levels import Pyramid
from pacscore.source import FileReader, as_reader

__all__ = ["open_pyramid"]

_CODESTREAM = b"\xff\x4f\xff\x51"
_JP2_BOX = b"\x00\x00\x00\x0cjP  "
_J2K_SYNTAXES = frozenset(f"1.2.840.10008.1.2.4.{number}" for number in (90, 91, 201, 202, 203))
_LARGEST_TILE = 1 << 14


def open_pyramid(
    source: Any, *, frame: int = 0, tile_rows: int = 256, tile_columns: int = 256, limits: Limits | None = None
) -> Pyramid:
    """Open a picture as levels of tiles.

    The resolutions of a JPEG 2000 or HTJ2K codestream are levels already: headers are read once, and then a tile of any
    of them costs the code-blocks that it needs. It may be bare, in a JP2 or JPH file, or a frame of a DICOM object.

    Parameters
    ----------
    source : path, bytes-like, binary file object, reader, pydicom Dataset, or sequence of frames
        Of a codestream, or of a DICOM object. A reader has ``read_range(start, length)`` and ``size``. A sequence of
        frames, as `pacscore.open` gives it, stays open when the pyramid is closed.
    frame : int
        Which frame of a DICOM object.
    tile_rows, tile_columns : int, in pixels
        Size of tiles, 1 to 16,384.
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
        If it is no source of levels.
    OptionError
        If tiles have no size, or too large a one.
    IndexError
        If there is no such frame.
    OSError
        What the operating system says.

    Source: T.800 B.5.
    """
    limits = limits or DEFAULT_LIMITS
    tile = tile_rows, tile_columns
    if not all(1 <= size <= _LARGEST_TILE for size in tile):
        raise OptionError(f"tiles of {tile_rows} x {tile_columns}: sides are 1 to {_LARGEST_TILE:,} pixels")
    if isinstance(source, FrameSequence):
        return _of_frame(source, frame, tile, limits)
    if isinstance(source, Dataset):
        with open_frames(source, limits=limits) as frames:
            return _of_frame(frames, frame, tile, limits)
    reader = as_reader(source)
    try:
        beginning = bytes(reader.read_range(0, 8))
    finally:
        if isinstance(reader, FileReader) and reader is not source:
            reader.close()
    if beginning.startswith((_CODESTREAM, _JP2_BOX)):
        return CodestreamPyramid(source, tile, limits)
    with open_frames(source, limits=limits) as frames:
        return _of_frame(frames, frame, tile, limits)


def _of_frame(frames: FrameSequence, frame: int, tile: tuple[int, int], limits: Limits) -> Pyramid:
    """Return the levels of one frame, of which the bytes are read now."""
    if str(frames.transfer_syntax) not in _J2K_SYNTAXES:
        raise UnsupportedError(
            f"frames of transfer syntax {frames.transfer_syntax} have no levels", feature="pyramids of single images"
        )
    data = frames.encoded(frame)
    stored = codec_for(frames.transfer_syntax).decoded_format(data, frames.encoded_format)
    return CodestreamPyramid(data, tile, limits, stored)
