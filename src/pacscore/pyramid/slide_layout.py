"""A pyramid as whole slide instances, one a level, of encapsulated tiles.

Source: PS3.3 A.32.8, C.7.6.17.3; PS3.5 A.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from pacscore.codecs.protocol import EncodedFrame
from pacscore.codecs.registry import codec_for
from pacscore.dicom.part10 import write_part10
from pacscore.dicom.pixel_data_writer import FrameSpool, Sink, write_encapsulated
from pacscore.errors import OptionError, UnsupportedError
from pacscore.j2k.options import J2KOptions
from pacscore.pixel_format import PixelFormat
from pacscore.pyramid.array_pyramid import halvings
from pacscore.pyramid.encoded_tiles import HTJ2K_LOSSLESS
from pacscore.pyramid.slide_attributes import LevelFacts, level_attributes, slide_attributes
from pacscore.support.scheduler import run_each

__all__ = ["SlideLayout"]

_J2K_SYNTAXES = frozenset(f"1.2.840.10008.1.2.4.{number}" for number in (90, 91, 201, 202, 203))
_SHOWN = ("MONOCHROME2", "RGB", "YBR_FULL")


class SlideSink:
    """Encodes rows of tiles and keeps them, in memory while they are small, else in nameless files."""

    def __init__(self, layout: SlideLayout, folder: Path, frame: PixelFormat, levels: int, threads: int) -> None:
        self.frame = frame
        self._layout, self._threads = layout, threads
        self._codec = codec_for(layout.transfer_syntax)
        self._opened = ExitStack()
        self.spools = [self._opened.enter_context(FrameSpool(folder)) for _ in range(levels)]
        self.photometric = ""
        self.lossy_method: str | None = None

    def take(self, level: int, row: int, band: NDArray[Any]) -> None:
        """Encode the tiles of a row; those at the edges are filled up with what is nearest."""
        del row

        side = self.frame.rows

        def encode(column: int, _threads: int) -> EncodedFrame:
            tile = band[:, column * side : (column + 1) * side]
            missing = [(0, side - tile.shape[0]), (0, side - tile.shape[1]), (0, 0)][: tile.ndim]
            filled = np.pad(tile, missing, "edge") if tile.shape[:2] != (side, side) else np.ascontiguousarray(tile)
            return self._codec.encode(filled, self.frame, self._layout.transfer_syntax, self._layout.options)

        for frame in run_each(range(-(-band.shape[1] // side)), encode, self._threads):
            # lengths in the Extended Offset Table count the pad byte: readers of slides take no odd ones
            self.spools[level].append(frame.data + b"\0" * (len(frame.data) % 2))
            self.photometric = frame.photometric_interpretation
            self.lossy_method = frame.method

    def close(self) -> None:
        """Forget all frames."""
        self._opened.close()


@dataclass(frozen=True, slots=True)
class SlideLayout:
    """DICOM VL Whole Slide Microscopy instances, TILED_FULL: ``level-0.dcm`` and so on, down to a level of one tile.

    Frames are HTJ2K or JPEG 2000, one fragment each, behind an Extended Offset Table. The instances are one pyramid of
    one new series.

    Attributes
    ----------
    pixel_spacing : (float, float), in millimetres
        From row to row and from column to column of the largest level.
    dataset : pydicom Dataset, optional
        Attributes of the patient, the study, the specimen, the equipment and the optical path, which are taken over;
        where those are missing that an instance must have, they are empty or "unknown". What describes pixels, frames
        and their places is made anew.
    transfer_syntax : str
        Of JPEG 2000 or HTJ2K.
    options : J2KOptions, optional
        How tiles are encoded; None is what the transfer syntax asks for, lossless where it may be.
    """

    pixel_spacing: tuple[float, float]
    dataset: Dataset | None = None
    transfer_syntax: str = HTJ2K_LOSSLESS
    options: J2KOptions | None = None

    def sizes(self, rows: int, columns: int, side: int) -> Sequence[tuple[int, int]]:
        """Return rows and columns of each level, the last of one tile."""
        return halvings(rows, columns, (side, side))

    def sink(
        self, folder: Path, pixel_format: PixelFormat, sizes: Sequence[tuple[int, int]], side: int, threads: int
    ) -> SlideSink:
        """Return what takes the rows of tiles."""
        if self.transfer_syntax not in _J2K_SYNTAXES:
            raise OptionError(f"transfer syntax {self.transfer_syntax} is none of JPEG 2000 or HTJ2K")
        if len(self.pixel_spacing) != 2 or not all(0 < spacing < 1000 for spacing in self.pixel_spacing):
            raise OptionError(f"pixel_spacing={self.pixel_spacing!r} must be two numbers of millimetres")
        told = pixel_format.photometric_interpretation, pixel_format.bits_allocated, pixel_format.samples_per_pixel
        wrong = pixel_format.pixel_representation or pixel_format.is_float
        if told[0] not in _SHOWN or told[1:] not in ((8, 1), (16, 1), (8, 3)) or wrong:
            raise UnsupportedError(
                f"a slide of {told[0]}, {pixel_format.samples_per_pixel} samples of {pixel_format.dtype}",
                feature="such pixels in a whole slide instance",
                clause="PS3.3 C.8.12.4.1.5",
            )
        return SlideSink(self, folder, pixel_format.resized(side, side), len(sizes), threads)

    def finish(self, folder: Path, sink: SlideSink, sizes: Sequence[tuple[int, int]], side: int) -> None:
        """Write an instance for each level."""
        slide = slide_attributes(self.dataset, sink.frame)
        for level, (size, spool) in enumerate(zip(sizes, sink.spools, strict=True)):
            facts = LevelFacts(
                level,
                len(spool.sizes),
                (self.pixel_spacing[0] * 2**level, self.pixel_spacing[1] * 2**level),
                sink.photometric,
                sink.lossy_method,
                sink.frame.nbytes * len(spool.sizes) / spool.total,
            )
            dataset = level_attributes(slide, sink.frame.resized(*size), facts)
            dataset.Rows = dataset.Columns = side
            with (folder / f"level-{level}.dcm").open("xb") as file:
                write_part10(file, dataset, self.transfer_syntax, partial(_write_frames, spool=spool))


def _write_frames(sink: Sink, spool: FrameSpool) -> None:
    write_encapsulated(sink, spool, extended_offset_table=True)
