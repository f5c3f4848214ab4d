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
from pacscore.dicom.header import Header, read_trailing
from pacscore.dicom.image_pixel import Attributes, frame_count, pixel_format, value
from pacscore.dicom.native_frames import NativeFrames
from pacscore.dicom.native_rows import LARGE, convert_rows, decode_rows
from pacscore.dicom.offsets import ExtendedOffsetTable, Numbers
from pacscore.errors import DataError, DicomError, OptionError, PacscoreError, UnsupportedError
from pacscore.limits import Limits
from pacscore.pixel_format import PixelFormat
from pacscore.region import Region
from pacscore.report import Damage, DecodeReport, Partial
from pacscore.source import FileReader, Reader
from pacscore.support._row_conversion import RowConversion

if TYPE_CHECKING:
    from pacscore.codecs.isolation import Isolation
    from pacscore.dicom.frame_rendering import Display
    from pacscore.dicom.presentation_state import PresentationState
    from pacscore.pixels.overlay import Overlay
    from pacscore.pixels.pipeline import Pipeline
    from pacscore.pixels.real_world import RealWorldMap
    from pacscore.pixels.value_pass import ValuePass

__all__ = ["FrameSource"]

_BIG_ENDIAN = "1.2.840.10008.1.2.2"
_NATIVE = frozenset({"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99", _BIG_ENDIAN})


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
            decoded = self.decode(data, reduce=reduce, region=region, out=out, threads=threads, on_damage=on_damage)
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

    def decode(  # noqa: PLR0913 - the choices of a view, all by keyword
        self,
        data: Buffer,
        *,
        reduce: int = 0,
        region: Region | None = None,
        out: NDArray[Any] | None = None,
        threads: int = 1,
        on_damage: OnDamage = "raise",
    ) -> NDArray[Any] | Partial:
        """Return the picture of an encoded frame whose bytes are at hand, or of their beginning.

        Parameters
        ----------
        data : bytes-like
            As ``encoded`` gives it; with "conceal" it may be cut short.
        reduce, region, out, threads, on_damage
            As of ``frame``.

        Returns
        -------
        ndarray, shape (rows, columns[, samples]), or Partial

        Raises
        ------
        DataError, OptionError, UnsupportedError, LimitError
            As of ``frame``; with "conceal" too, where nothing can be decoded.
        """
        if not self._lends:
            data = bytes(data)
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

    def locate(self, index: int) -> tuple[FrameSource, int]:
        """Return this object, and the index counted from 0, as `Concatenation.locate` does."""
        return self, self._checked(index)

    def byte_range(self, index: int) -> tuple[int, int] | None:
        """Return where a frame lies in ``reader``, with the headers of its items, as (start, stop) in bytes.

        Nothing is read for it. None where only the items themselves would tell. It is what offset tables say: reading
        the frame is right where they are wrong, too.
        """
        return self._frames.byte_range(self._checked(index))

    @property
    def borders(self) -> Numbers:
        """Where each frame begins in ``reader``, in bytes, with its first item's header; empty if no table tells."""
        return self._frames.borders(self._count)

    @property
    def reader(self) -> Reader:
        """Where frames are read from: the source, or what was inflated of it."""
        return self._header.reader

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
