"""The frames of a DICOM object, as a sequence."""

from __future__ import annotations

import dataclasses
import itertools
import operator
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast, overload

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import UID

from pacscore.codecs.protocol import OnDamage
from pacscore.codecs.registry import codec_for
from pacscore.dicom.encapsulated_frames import EncapsulatedFrames
from pacscore.dicom.header import Header, header_of_dataset, read_header, read_trailing
from pacscore.dicom.image_pixel import frame_count, pixel_format, value
from pacscore.dicom.native_frames import NativeFrames
from pacscore.dicom.offsets import ExtendedOffsetTable
from pacscore.errors import DicomError, PacscoreError
from pacscore.limits import DEFAULT_LIMITS, Limits
from pacscore.pixel_format import PixelFormat
from pacscore.region import Region
from pacscore.report import Partial
from pacscore.source import FileReader, as_reader
from pacscore.support.scheduler import run_in_threads

if TYPE_CHECKING:
    from pacscore.pixels.pipeline import Pipeline

__all__ = ["FrameSource", "open"]

_BIG_ENDIAN = "1.2.840.10008.1.2.2"
_NATIVE = frozenset({"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99", _BIG_ENDIAN})


def open(source: Any, *, limits: Limits | None = None) -> FrameSource:
    """Open the frames of a DICOM object.

    Parameters
    ----------
    source : path, bytes-like, binary file object, pydicom Dataset, or reader
        A reader has ``read_range(start, length)`` and ``size``. Only headers are read now; frames when asked for.
    limits : Limits, optional
        Sizes beyond which it refuses.

    Returns
    -------
    FrameSource
        A sequence of frames, and a context manager that closes what was opened here.

    Raises
    ------
    DicomError
        If this is no DICOM image, or its attributes make no sense; ``tag`` names the element.
    UnsupportedError
        If the pixels lie elsewhere (JPIP), or no codec serves the transfer syntax (NoCodecError).
    OSError
        What the operating system says.

    Source: PS3.10 7; PS3.5 8 and A.4; PS3.3 C.7.6.3.
    """
    limits = limits or DEFAULT_LIMITS
    if isinstance(source, Dataset):
        return FrameSource(header_of_dataset(source), limits)
    reader = as_reader(source)
    opened = reader if isinstance(reader, FileReader) and reader is not source else None
    try:
        return FrameSource(read_header(reader, limits), limits, opened)
    except BaseException:
        if opened is not None:
            opened.close()
        raise


class FrameSource:
    """A sequence of frames: stored values, without any look-up table or window.

    ``source[i]`` and ``source[i:j]`` decode one frame, or a stack of them. Threads may share it.

    Attributes
    ----------
    dataset : pydicom Dataset
        Everything before Pixel Data, with its File Meta Information.
    transfer_syntax : pydicom UID
    encoded_format : PixelFormat
        What is stored.
    """

    def __init__(self, header: Header, limits: Limits, opened: FileReader | None = None) -> None:
        self._header = header
        self._limits = limits
        self._opened = opened
        self._pixel_format: PixelFormat | None = None
        self._notes: tuple[str, ...] = ()
        self.dataset = header.dataset
        self.transfer_syntax = UID(header.transfer_syntax)
        self.encoded_format = pixel_format(header.dataset, header.pixels.keyword)
        self._codec = codec_for(header.transfer_syntax)
        self._count = frame_count(header.dataset)
        self._frames = self._located()

    def _located(self) -> NativeFrames | EncapsulatedFrames:
        header, element = self._header, self._header.pixels
        encapsulated = self.transfer_syntax not in _NATIVE
        if encapsulated != (element.length is None):
            kind = "defined" if encapsulated else "undefined"
            raise DicomError(
                f"{element.keyword} is of {kind} length under transfer syntax {self.transfer_syntax} (PS3.5 A.4)",
                tag="(7FE0,0010)",
            )
        if encapsulated:
            table = _extended_offset_table(header.dataset)
            return EncapsulatedFrames(header.reader, element.start, self._count, self.transfer_syntax, table)
        self._expand_mislabelled_chroma(element.length or 0)
        big_endian = self.transfer_syntax == _BIG_ENDIAN
        return NativeFrames(header.reader, element, self.encoded_format, self._count, big_endian=big_endian)

    def _expand_mislabelled_chroma(self, length: int) -> None:
        """Take full samples for what they are, where they are labelled as shared chroma."""
        full = dataclasses.replace(self.encoded_format, photometric_interpretation="YBR_FULL")
        if self.encoded_format.photometric_interpretation == "YBR_FULL_422":
            bits = full.native_bits * self._count
            if length >= -(-bits // 8):
                self._notes += ("YBR_FULL_422, but there are three samples a pixel: read as YBR_FULL",)
                self.encoded_format = full

    @property
    def pixel_format(self) -> PixelFormat:
        """What decoding gives; the headers of the first frame that is read tell."""
        return self._pixel_format or self._learned(self.encoded(0))

    def _learned(self, data: bytes) -> PixelFormat:
        decoded = self._codec.decoded_format(data, self.encoded_format)
        if self._pixel_format is None:
            self._notes += self._codec.disagreements(data, self.encoded_format)
            self._pixel_format = decoded
        return decoded

    @property
    def notes(self) -> tuple[str, ...]:
        """What was found odd so far, in sentences: wrong tables, lost delimiters, headers that disagree."""
        return (*self._header.notes, *self._frames.notes, *self._notes)

    @property
    def trailing(self) -> Dataset:
        """Elements behind Pixel Data, as Digital Signatures; of a Dataset that was opened they are in ``dataset``."""
        return read_trailing(self._header, self._frames.stop)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[NDArray[Any]]:
        for index in range(self._count):
            yield self[index]

    @overload
    def __getitem__(self, index: int) -> NDArray[Any]: ...
    @overload
    def __getitem__(self, index: slice) -> NDArray[Any]: ...
    def __getitem__(self, index: int | slice) -> NDArray[Any]:
        """Return a frame ``(rows, columns[, samples])``, or a stack of frames."""
        if isinstance(index, slice):
            return self._stack(range(self._count)[index], 1)
        return cast("NDArray[Any]", self.frame(index))

    def frame(  # noqa: PLR0913 - the choices of a view, all by keyword
        self,
        index: int,
        *,
        reduce: int = 0,
        region: Region | None = None,
        out: NDArray[Any] | None = None,
        threads: int = 1,
        on_damage: OnDamage = "raise",
    ) -> NDArray[Any] | Partial:
        """Return a frame, at a lower resolution or a part of it if so wished.

        Parameters
        ----------
        index : int
            Counted from 0; negative ones from the end.
        reduce : int
            Resolution levels to leave out; only JPEG 2000 has them.
        region : Region, optional
            In full-resolution pixels.
        out : ndarray, optional
            Filled and returned; its shape and dtype must be those of the result.
        threads : int
            1: the calling thread alone.
        on_damage : "raise" or "conceal"
            "conceal" always returns a Partial.

        Returns
        -------
        ndarray, shape (rows, columns[, samples]), or Partial

        Raises
        ------
        IndexError
            If there is no such frame.
        OptionError
            If the region leaves the frame, ``out`` does not fit, or the codec has no levels to leave out.
        DataError, UnsupportedError, LimitError
            If the frame cannot be decoded.
        """
        index = self._checked(index)
        data = self.encoded(index)
        try:
            if self._pixel_format is None:
                self._learned(data)
            return self._codec.decode(
                data,
                self.encoded_format,
                reduce=reduce,
                region=region,
                out=out,
                threads=threads,
                on_damage=on_damage,
                limits=self._limits,
            )
        except PacscoreError as error:
            error.add_note(f"in frame {index} of {self._count}")
            raise

    def encoded(self, index: int) -> bytes:
        """Return a frame as it is stored, its fragments joined; padding is removed where the format tells.

        Native frames of one bit a sample begin with the first bit of a byte.

        Raises
        ------
        IndexError
            If there is no such frame.
        DicomError
            If the frame is not there, or nothing says where it begins.
        """
        return self._frames.encoded(self._checked(index))

    def as_array(self, threads: int = 1) -> NDArray[Any]:
        """Return all frames as ``(frames, rows, columns[, samples])``; threads share them out."""
        return self._stack(range(self._count), threads)

    def _stack(self, indices: range, threads: int) -> NDArray[Any]:
        each = self.pixel_format
        self._limits.check_output(len(indices) * each.nbytes, self._header.reader.size, what="the stack of frames")
        stack = np.empty((len(indices), *each.shape), each.dtype)

        places = itertools.count()

        def work() -> None:
            while (place := next(places)) < len(indices):
                self.frame(indices[place], out=stack[place])

        run_in_threads(min(threads, len(indices)), work)
        return stack

    def pipeline(self, index: int = 0) -> Pipeline:
        """Return how a frame wants to be shown, for what decoding gives: its precision, sign and colour."""
        from pacscore.dicom.display import pipeline  # noqa: PLC0415 - only for those who display

        index = self._checked(index)
        decoded = self.pixel_format
        return dataclasses.replace(
            pipeline(self.dataset, index),
            bits_stored=decoded.bits_stored,
            pixel_representation=decoded.pixel_representation,
            photometric_interpretation=decoded.photometric_interpretation,
        )

    def _checked(self, index: int) -> int:
        number = operator.index(index)
        if not -self._count <= number < self._count:
            raise IndexError(f"frame {number} of {self._count}")
        return number % self._count

    def close(self) -> None:
        """Close the file that ``open`` opened; frames cannot be read any more."""
        if self._opened is not None:
            self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        stored = self.encoded_format
        return (
            f"<FrameSource: {self._count} frames of {stored.rows} x {stored.columns} "
            f"{stored.photometric_interpretation}, transfer syntax {self.transfer_syntax}>"
        )


def _extended_offset_table(dataset: Dataset) -> ExtendedOffsetTable | None:
    offsets, lengths = value(dataset, "ExtendedOffsetTable"), value(dataset, "ExtendedOffsetTableLengths")
    if not isinstance(offsets, bytes):
        return None
    return ExtendedOffsetTable.parse(offsets, lengths if isinstance(lengths, bytes) else None)
