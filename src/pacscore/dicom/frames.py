"""The frames of a DICOM object, as a sequence."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import UID

from pacscore.codecs.protocol import Buffer, Codec, OnDamage
from pacscore.codecs.registry import codec_for
from pacscore.codecs.samples import of_precision
from pacscore.codecs.video import VIDEO_FORMATS
from pacscore.dicom.encapsulated_frames import EncapsulatedFrames
from pacscore.dicom.frame_sequence import FrameSequence
from pacscore.dicom.header import Header, header_of_dataset, read_header, read_trailing
from pacscore.dicom.image_pixel import Attributes, frame_count, pixel_format, value
from pacscore.dicom.native_frames import NativeFrames
from pacscore.dicom.native_rows import LARGE, decode_rows
from pacscore.dicom.offsets import ExtendedOffsetTable
from pacscore.dicom.parser_warnings import noted_warnings
from pacscore.errors import DataError, DicomError, OptionError, PacscoreError, UnsupportedError
from pacscore.limits import DEFAULT_LIMITS, Limits
from pacscore.pixel_format import PixelFormat
from pacscore.region import Region
from pacscore.report import Damage, DecodeReport, Partial
from pacscore.source import FileReader, as_reader
from pacscore.support._row_conversion import RowConversion

if TYPE_CHECKING:
    from pacscore.codecs.isolation import Isolation
    from pacscore.dicom.frame_rendering import Display
    from pacscore.dicom.presentation_state import PresentationState
    from pacscore.pixels.overlay import Overlay
    from pacscore.pixels.pipeline import Pipeline
    from pacscore.pixels.real_world import RealWorldMap
    from pacscore.pixels.value_pass import ValuePass

__all__ = ["FrameSource", "open"]

_BIG_ENDIAN = "1.2.840.10008.1.2.2"
_NATIVE = frozenset({"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99", _BIG_ENDIAN})


def open(source: Any, *, limits: Limits | None = None, isolate: bool | Isolation = False) -> FrameSource:
    """Open the frames of a DICOM object.

    Parameters
    ----------
    source : path, bytes-like, binary file object, pydicom Dataset, or reader
        A reader has ``read_range(start, length)`` and ``size``. Only headers are read now; frames when asked for.
    limits : Limits, optional
        Sizes beyond which it refuses.
    isolate : bool or Isolation
        Whether codecs of other libraries run in a child process, so that this one survives them; an `Isolation` says
        how much time and memory they may take.

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
    with noted_warnings() as warned:
        frames = _opened(source, limits, isolate)
    frames._notes += tuple(warned)
    return frames


def _opened(source: Any, limits: Limits, isolate: bool | Isolation) -> FrameSource:
    if isinstance(source, Dataset):
        return FrameSource(header_of_dataset(source), limits, isolate=isolate)
    reader = as_reader(source)
    opened = [reader] if isinstance(reader, FileReader) and reader is not source else []
    try:
        header = read_header(reader, limits)
        if isinstance(header.reader, FileReader) and header.reader is not reader:
            opened.append(header.reader)  # what was inflated
        return FrameSource(header, limits, tuple(opened), isolate=isolate)
    except BaseException:
        for each in opened:
            each.close()
        raise


class FrameSource(FrameSequence):
    """The frames of one object: stored values, without any look-up table or window.

    ``source[i]`` and ``source[i:j]`` decode one frame, or a stack of them. Threads may share it. ``as_array``,
    ``numpy.asarray`` and ``numpy.from_dlpack`` decode all frames; a plain array is always whole.

    Attributes
    ----------
    transfer_syntax : pydicom UID
    encoded_format : PixelFormat
        What is stored.
    """

    def __init__(
        self, header: Header, limits: Limits, opened: tuple[FileReader, ...] = (), *, isolate: bool | Isolation = False
    ) -> None:
        self._header = header
        self._limits = limits
        self._opened = opened
        self._pixel_format: PixelFormat | None = None
        self._notes: tuple[str, ...] = ()
        self.transfer_syntax = UID(header.transfer_syntax)
        self.encoded_format = pixel_format(header.attributes, header.pixels.keyword)
        self._codec = _codec(header.transfer_syntax, isolate)
        self._lends = not getattr(self._codec, "third_party", True)  # ours keep nothing of what they are lent
        self._count = frame_count(header.attributes)
        if value(header.attributes, "NumberOfFrames") == 0:
            self._notes += ("Number of Frames is 0: read as 1 (PS3.3 C.7.6.6)",)
        self._frames = frames = self._located()
        self._rows = frames if isinstance(frames, NativeFrames) and frames.row_bytes is not None else None

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
            table = _extended_offset_table(header.attributes)
            streams = 1 if self.transfer_syntax in VIDEO_FORMATS else self._count
            return EncapsulatedFrames(header.reader, element.start, streams, self.transfer_syntax, table)
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
    def dataset(self) -> Dataset:
        """Everything before Pixel Data, with its File Meta Information; parsed when it is first asked for.

        Raises
        ------
        DicomError
            If pydicom cannot parse it.
        """
        return self._header.dataset

    @property
    def pixel_format(self) -> PixelFormat:
        """What decoding gives; the headers of the first frame that is read tell."""
        if self._pixel_format is None and isinstance(self._frames, NativeFrames):
            return self._learned(b"")  # such frames have no headers
        return self._pixel_format or self._learned(self._frames.encoded(0))

    def _learned(self, data: Buffer) -> PixelFormat:
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

    @property
    def _source_bytes(self) -> int:
        return self._header.reader.size

    def _frames_there(self) -> tuple[tuple[range, ...], str | None]:
        there, reason = self._frames.there()
        return (range(min(there, self._count)),), None if there >= self._count else reason

    def __len__(self) -> int:
        return self._count

    def frame(  # noqa: PLR0913, D102 - the choices of a view, all by keyword; documented with FrameSequence
        self,
        index: int,
        *,
        reduce: int = 0,
        region: Region | None = None,
        out: NDArray[Any] | None = None,
        threads: int = 1,
        on_damage: OnDamage = "raise",
    ) -> NDArray[Any] | Partial:
        index = self._checked(index)
        try:
            if self._rows is not None and on_damage == "raise" and not reduce:
                rows = self._by_rows(self._rows, index, region, out)
                if rows is not None:
                    return rows
            data, damages = self._encoded(index, on_damage)
            if not self._lends:
                data = bytes(data)
            if self._pixel_format is None:
                self._learned(data)
            decoded = self._codec.decode(
                data,
                self.encoded_format,
                reduce=reduce,
                region=region,
                out=out,
                threads=threads,
                on_damage=on_damage,
                limits=self._limits,
            )
        except DataError as error:
            if on_damage == "conceal" and index < self._frames.there()[0]:
                return Partial(self._blank(reduce, region, out), _nothing_decoded(error))
            error.add_note(f"in frame {index} of {self._count}")
            raise
        except PacscoreError as error:
            error.add_note(f"in frame {index} of {self._count}")
            raise
        if damages and isinstance(decoded, Partial):
            found = decoded.report
            whole = dataclasses.replace(found, packets_read=0, damages=(*damages, *found.damages))
            return Partial(decoded.image, whole)
        return decoded

    def _by_rows(
        self, frames: NativeFrames, index: int, region: Region | None, out: NDArray[Any] | None
    ) -> NDArray[Any] | None:
        """Return a native frame or a part of it, where that is better read by rows; else None."""
        stored = self.encoded_format
        if region is None and stored.native_bits <= 8 * LARGE:
            return None
        choices: Any = {"region": region, "out": out, "limits": self._limits}
        return decode_rows(frames, index, self._codec, stored, self.pixel_format, **choices)

    def _converted(
        self, index: int, one_pass: ValuePass, display: Display, out: NDArray[Any] | None
    ) -> NDArray[Any] | None:
        from pacscore.dicom.native_rows import convert_rows  # noqa: PLC0415 - only for those who display

        convert: Any = getattr(self._codec, "decode_converted", None)
        view: Any = {"region": display.region, "out": out, "limits": self._limits}
        try:
            if self._rows is not None and not display.reduce:
                return convert_rows(self._rows, index, self._codec, self.encoded_format, one_pass, **view)
            if convert is None or not isinstance(one_pass, RowConversion):
                return None
            data, _ = self._encoded(index, "raise")
            converted: NDArray[Any] | None = convert(
                data, self.encoded_format, one_pass, reduce=display.reduce, threads=display.threads, **view
            )
        except PacscoreError as error:
            error.add_note(f"in frame {index} of {self._count}")
            raise
        return converted

    def _encoded(self, index: int, on_damage: OnDamage) -> tuple[Buffer, tuple[Damage, ...]]:
        """Return the encoded frame; to conceal damage, as much of it as there is."""
        try:
            return self._frames.encoded(index), ()
        except DicomError as error:
            data = self._frames.salvaged(index) if on_damage == "conceal" else None
            if data is None:
                raise
            return data, (Damage("truncated", str(error), error.offset),)

    def _blank(self, reduce: int, region: Region | None, out: NDArray[Any] | None) -> NDArray[Any]:
        """Return zeros in the shape of a frame, for one that does not decode at all."""
        each = self._pixel_format or of_precision(self.encoded_format)
        rows, columns = each.shape[:2]
        if region is not None:
            region.check_inside(rows, columns)
            rows, columns = region.rows, region.columns
        shape = (-(-rows >> reduce), -(-columns >> reduce), *each.shape[2:])
        self._limits.check_output(each.nbytes, self._source_bytes, what="the frame")
        if out is None:
            return np.zeros(shape, each.dtype)
        if out.shape != shape or out.dtype != each.dtype:
            raise OptionError(f"out is {out.dtype}{out.shape}; the frame is {each.dtype}{shape}")
        out[...] = 0
        return out

    def encoded(self, index: int) -> bytes:  # noqa: D102 - documented with FrameSequence
        index = self._checked(index)
        if index and self.transfer_syntax in VIDEO_FORMATS:
            raise UnsupportedError(
                f"frame {index} of {VIDEO_FORMATS[self.transfer_syntax]} video is not coded by itself: "
                "the whole stream is encoded(0)",
                feature="frames of video",
                clause="PS3.5 8.2.5",
            )
        return bytes(self._frames.encoded(index))

    def pipeline(self, index: int = 0, *, presentation_state: PresentationState | None = None) -> Pipeline:
        """Return how a frame wants to be shown, for what decoding gives: its precision, sign and colour.

        Parameters
        ----------
        index : int
            Counted from 0; negative ones from the end.
        presentation_state : PresentationState, optional
            Decides instead of the data set.

        Raises
        ------
        DicomError
            If an attribute that counts makes no sense.
        OptionError
            If the presentation state is not about this frame.
        """
        from pacscore.dicom.display import pipeline  # noqa: PLC0415 - only for those who display

        index = self._checked(index)
        decoded = self.pixel_format
        made = dataclasses.replace(
            pipeline(self.dataset, index),
            bits_stored=decoded.bits_stored,
            pixel_representation=decoded.pixel_representation,
            photometric_interpretation=decoded.photometric_interpretation,
        )
        if presentation_state is None:
            return made
        return presentation_state.applied(made, self.dataset, index, lambda: self.overlays(index))

    def overlays(self, index: int = 0) -> tuple[Overlay, ...]:
        """Return the overlay planes of a frame, also those in unused bits of native pixels, by their groups.

        Raises
        ------
        DicomError
            If an overlay lacks its size, or has less data than it needs.
        UnsupportedError
            If one in unused bits cannot be taken out: it has another size than the frame, or was lost by compression.

        Source: PS3.3 C.9.2; PS3.5 8.1.2.
        """
        from pacscore.dicom.frame_overlays import frame_overlays  # noqa: PLC0415 - only for those who display

        big_endian = self.transfer_syntax == _BIG_ENDIAN if self.transfer_syntax in _NATIVE else None
        index = self._checked(index)
        return frame_overlays(self.dataset, index, self.encoded_format, self.encoded, big_endian=big_endian)

    def real_world_maps(self, index: int = 0) -> tuple[RealWorldMap, ...]:
        """Return how the stored values of a frame become real world values; see `real_world_maps`."""
        from pacscore.dicom.real_world import real_world_maps  # noqa: PLC0415 - only for those who measure

        return real_world_maps(self.dataset, self._checked(index))

    def close(self) -> None:
        """Close the files that ``open`` opened; frames cannot be read any more."""
        for opened in self._opened:
            opened.close()

    def __repr__(self) -> str:
        stored = self.encoded_format
        return (
            f"<FrameSource: {self._count} frames of {stored.rows} x {stored.columns} "
            f"{stored.photometric_interpretation}, transfer syntax {self.transfer_syntax}>"
        )


def _codec(transfer_syntax: str, isolate: bool | Isolation) -> Codec:
    codec = codec_for(transfer_syntax)
    if not isolate:
        return codec
    from pacscore.codecs.isolation import isolated  # noqa: PLC0415 - only for those who are wary

    return isolated(codec, isolate)


def _nothing_decoded(error: DataError) -> DecodeReport:
    return DecodeReport(1, 0, damages=(Damage("syntax", str(error), error.offset),))


def _extended_offset_table(attributes: Attributes) -> ExtendedOffsetTable | None:
    offsets, lengths = value(attributes, "ExtendedOffsetTable"), value(attributes, "ExtendedOffsetTableLengths")
    if not isinstance(offsets, bytes):
        return None
    return ExtendedOffsetTable.parse(offsets, lengths if isinstance(lengths, bytes) else None)
