"""From one transfer syntax to another: every frame carried over, every attribute right, and proof of it."""

from __future__ import annotations

import copy
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset

from pacscore.codecs import codec_for
from pacscore.codecs.protocol import Codec, EncodedFrame, OnDamage
from pacscore.dicom.attributes import AttributeEditor, Coding, check_transcodable, derive, update_attributes
from pacscore.dicom.frames import FrameSource
from pacscore.dicom.frames import open as open_frames
from pacscore.dicom.part10 import BIG_ENDIAN, IMPLICIT, NATIVE, swap_words, write_part10
from pacscore.dicom.pixel_data_writer import FrameSpool, OneBitPacker, write_encapsulated, write_native
from pacscore.dicom.pixel_hash import pixel_sha256
from pacscore.dicom.transcode_report import TranscodeReport
from pacscore.errors import DataError, OptionError, UnsupportedError, VerificationError
from pacscore.pixel_format import PixelFormat
from pacscore.report import Partial

__all__ = ["transcode"]

_ALSO_LEGAL_AS = {
    "1.2.840.10008.1.2.4.202": {"1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.203"},
    "1.2.840.10008.1.2.4.201": {"1.2.840.10008.1.2.4.203"},
    "1.2.840.10008.1.2.4.90": {"1.2.840.10008.1.2.4.91"},
    "1.2.840.10008.1.2.4.70": {"1.2.840.10008.1.2.4.57"},
}
"""Transfer syntaxes whose every frame another one allows as it is (PS3.5 A.4.1, A.4.4, A.4.10)."""


@dataclass(slots=True)
class _Written:
    """What is known once all frames are in the spool."""

    hashes: list[str] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)
    codings: set[tuple[str, int, bool, str | None]] = field(default_factory=set)
    pixel_bytes: int = 0


def transcode(  # noqa: PLR0913 - the choices of a transcoding, all by keyword
    source: Any,
    destination: str | os.PathLike[str],
    transfer_syntax: str,
    *,
    options: Any = None,
    threads: int = 1,
    verify: bool = True,
    overwrite: bool = False,
    on_damage: OnDamage = "raise",
    extended_offset_table: bool | None = None,
) -> TranscodeReport:
    """Write a DICOM file in another transfer syntax.

    Frames go over one at a time; nothing appears at the destination before the whole file was written and, with
    ``verify``, read back: a lossless coding whose pixels differ is an error, and leaves nothing behind. Where the
    transfer syntax stays, or the new one allows the frames as they are, their bytes are carried over.

    Pixels keep the precision that the source's frames have. Bits Allocated stays, but for one bit a pixel, which an
    encapsulated form stores in eight: Bits Stored stays 1. YBR_FULL pixels stay so and get no component transform.

    Source: PS3.5 8.2, A.4; PS3.3 C.7.6.3, C.7.6.1.1.5; PS3.10 7.1.

    Parameters
    ----------
    source : path, file object, bytes, pydicom Dataset or reader
        As `pacscore.open` takes it.
    destination : path
        May be the source's own path, with ``overwrite``.
    transfer_syntax : str
        The UID to write.
    options : object, optional
        For the codec, as `J2KOptions`; None for what the transfer syntax asks for, lossless where it may be.
    threads : int
        1: the calling thread alone.
    verify : bool
        Read every written frame back and compare.
    overwrite : bool
        Whether an existing file may be replaced.
    on_damage : "raise" or "conceal"
        "conceal" writes what there is of damaged frames, as a derived object under a new SOP Instance UID.
    extended_offset_table : bool or None
        Whether to write one instead of a Basic Offset Table; None: only where offsets need 64 bits.

    Returns
    -------
    TranscodeReport
        What was read, written and proved.

    Raises
    ------
    FileExistsError
        If the destination exists, and ``overwrite`` is false.
    VerificationError
        If a frame that was written does not give back the pixels that it was made from.
    UnsupportedError
        If the object holds floating-point pixels, overlays in unused bits, or more than a native form can hold; or if
        no codec writes the transfer syntax.
    DataError, LimitError, OptionError
        If the source is wrong or too large, or the options contradict the transfer syntax.
    """
    started = time.perf_counter()
    target = Path(destination)
    syntax = str(transfer_syntax)
    if target.exists() and not overwrite:
        raise FileExistsError(f"{target} exists; pass overwrite=True to replace it")
    with open_frames(source) as frames, FrameSpool(target.parent) as spool:
        before = str(frames.transfer_syntax)
        verbatim = _is_verbatim(frames, syntax, options)
        editor = AttributeEditor(_own_dataset(frames))
        uid_before = str(editor.dataset.get("SOPInstanceUID", ""))
        if verbatim:
            written, pixel_format = _carry_over(frames, spool, threads)
        else:
            written, pixel_format = _encode_all(frames, spool, syntax, options, threads, on_damage)
        editor.warnings.extend(frames.notes)
        lossless = _describe(editor, written, pixel_format, spool, before, verbatim=verbatim)
        with _replacing(target, overwrite) as (stream, temporary):
            write_part10(
                stream, editor.dataset, syntax, _pixel_data_writer(spool, syntax, pixel_format, extended_offset_table)
            )
            stream.flush()
            if verify:
                written.hashes = _verify(temporary, written.hashes, lossless=lossless, threads=threads)
            bytes_after = stream.tell()
        return TranscodeReport(
            destination=str(target),
            frames=len(written.hashes),
            bytes_before=_size(source, frames),
            bytes_after=bytes_after,
            pixel_bytes=written.pixel_bytes,
            transfer_syntax_before=before,
            transfer_syntax_after=syntax,
            lossless=verify and lossless and not written.damaged,
            verified=verify,
            pixel_sha256=tuple(written.hashes),
            sop_instance_uid_before=uid_before,
            sop_instance_uid_after=str(editor.dataset.SOPInstanceUID),
            route="bytes" if verbatim else "pixels",
            changes=tuple(editor.changes),
            warnings=tuple(editor.warnings),
            seconds=time.perf_counter() - started,
        )


def _own_dataset(frames: FrameSource) -> Dataset:
    """Return a copy of everything around the pixels, that may be changed."""
    read = frames.dataset
    dataset = Dataset({tag: copy.deepcopy(element) for tag, element in read.items()})
    # What pydicom says of a whole data set is what its transfer syntax promises; its elements know how they were read.
    raw = [element for element in read.values() if isinstance(element, RawDataElement)]
    encodings = {(element.is_implicit_VR, element.is_little_endian) for element in raw}
    implicit, little = encodings.pop() if len(encodings) == 1 else (None, None)
    dataset.set_original_encoding(implicit, little, read.original_character_set)
    dataset.update(frames.trailing)
    if frames.transfer_syntax == BIG_ENDIAN:
        swap_words(dataset)
    return dataset


def _is_verbatim(frames: FrameSource, syntax: str, options: Any) -> bool:
    """Return whether the encoded frames may go over as they are."""
    before = str(frames.transfer_syntax)
    encapsulated = before not in NATIVE and before != BIG_ENDIAN
    return encapsulated and options is None and syntax in {before, *_ALSO_LEGAL_AS.get(before, ())}


def _carry_over(frames: FrameSource, spool: FrameSpool, threads: int) -> tuple[_Written, PixelFormat]:
    """Spool the encoded frames; each is decoded once, so that what cannot be read is not passed on."""
    written = _Written()
    for index in range(len(frames)):
        frame = _whole(frames.frame(index, threads=threads))
        written.hashes.append(pixel_sha256(frame))
        written.pixel_bytes += frame.nbytes
        spool.append(bytes(frames.encoded(index)))
    return written, frames.pixel_format


def _encode_all(  # noqa: PLR0913, PLR0917
    frames: FrameSource, spool: FrameSpool, syntax: str, options: Any, threads: int, on_damage: OnDamage
) -> tuple[_Written, PixelFormat]:
    """Decode and encode each frame into the spool."""
    pixel_format = frames.pixel_format
    check_transcodable(frames.dataset, pixel_format)
    codec = _encoder(syntax)
    one_bit = OneBitPacker() if pixel_format.bits_allocated == 1 and syntax in NATIVE else None
    if pixel_format.bits_allocated == 1 and one_bit is None:
        pixel_format = replace(pixel_format, bits_allocated=8)
    written = _Written()
    for index in range(len(frames)):
        frame = _decode(frames, index, threads, on_damage, written)
        written.hashes.append(pixel_sha256(frame))
        written.pixel_bytes += frame.nbytes
        if one_bit is not None:
            spool.append(one_bit.pack(frame))
            written.codings.add((pixel_format.photometric_interpretation, 0, True, None))
            continue
        encoded = codec.encode(frame, pixel_format, syntax, options, threads=threads)
        written.codings.add(_coding(encoded))
        spool.append(encoded.data)
    if one_bit is not None:
        spool.append(one_bit.rest())
    return written, pixel_format


def _encoder(syntax: str) -> Codec:
    codec = codec_for(syntax)
    if syntax not in codec.encodes or syntax == BIG_ENDIAN:
        raise UnsupportedError(
            f"codec {codec.name!r} reads {syntax} but does not write it", feature=f"encoding {syntax}"
        )
    return codec


def _decode(frames: FrameSource, index: int, threads: int, on_damage: OnDamage, written: _Written) -> NDArray[Any]:
    decoded = frames.frame(index, threads=threads, on_damage=on_damage)
    if isinstance(decoded, Partial):
        if not decoded.report.complete:
            written.damaged.append(index)
        decoded = decoded.image  # type: ignore[assignment]
    return _whole(decoded)


def _whole(decoded: Any) -> NDArray[Any]:
    """Return an array that may be pixel data."""
    if not isinstance(decoded, np.ndarray):
        raise UnsupportedError("components of different sizes cannot be pixel data", feature="sub-sampled components")
    return decoded


def _coding(encoded: EncodedFrame) -> tuple[str, int, bool, str | None]:
    return encoded.photometric_interpretation, encoded.planar_configuration, encoded.lossless, encoded.method


def _describe(  # noqa: PLR0913
    editor: AttributeEditor,
    written: _Written,
    pixel_format: PixelFormat,
    spool: FrameSpool,
    before: str,
    *,
    verbatim: bool,
) -> bool:
    """Bring the attributes in line with the frames, and return whether their coding is lossless."""
    if verbatim:
        return True
    if len({coding[:2] for coding in written.codings}) > 1:
        raise DataError(f"frames came out in different photometric interpretations: {sorted(written.codings, key=str)}")
    photometric, planar, _, _ = next(iter(written.codings))
    lossless = all(coding[2] for coding in written.codings)
    method = next((coding[3] for coding in written.codings if coding[3]), None)
    ratio = written.pixel_bytes / max(spool.total, 1)
    update_attributes(editor, Coding(pixel_format, photometric, planar, lossless, method, ratio), before)
    if written.damaged:
        numbers = ", ".join(str(index + 1) for index in written.damaged)
        derive(editor, f"Decoded from damaged data; not whole: frame {numbers}")
        editor.warnings.append(f"damaged frames were written as far as they could be decoded: {numbers}")
    return lossless


def _pixel_data_writer(
    spool: FrameSpool, syntax: str, pixel_format: PixelFormat, extended_offset_table: bool | None
) -> Any:
    if syntax not in NATIVE:
        return lambda sink: write_encapsulated(sink, spool, extended_offset_table)
    if extended_offset_table:
        raise OptionError(f"native pixel data ({syntax}) has no offset table")
    return lambda sink: write_native(sink, spool, pixel_format.bits_allocated, implicit=syntax == IMPLICIT)


@contextmanager
def _replacing(target: Path, overwrite: bool) -> Iterator[tuple[BinaryIO, Path]]:
    """Give a file beside the target, and put it in the target's place if nothing was raised."""
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
    try:
        with temporary.open("xb") as stream:
            yield stream, temporary
            stream.flush()
            os.fsync(stream.fileno())
        if target.exists() and not overwrite:
            raise FileExistsError(f"{target} came into being meanwhile; pass overwrite=True to replace it")
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _verify(path: Path, hashes: list[str], *, lossless: bool, threads: int) -> list[str]:
    """Read every frame of the file back, and return the hashes of what it gives."""
    with open_frames(path) as frames:
        if len(frames) != len(hashes):
            raise VerificationError(f"{len(hashes)} frames were written, {len(frames)} can be read back")
        found = []
        for index, expected in enumerate(hashes):
            try:
                frame = _whole(frames.frame(index, threads=threads))
            except DataError as error:
                raise VerificationError(f"frame {index} was written but does not decode: {error}") from error
            found.append(pixel_sha256(frame))
            if lossless and found[-1] != expected:
                raise VerificationError(f"frame {index} was written without loss, but decodes to other pixels")
    return found


def _size(source: Any, frames: FrameSource) -> int:
    """Return the bytes of the source."""
    if isinstance(source, str | os.PathLike):
        return Path(source).stat().st_size
    if isinstance(source, bytes | bytearray | memoryview):
        return len(source)
    size = getattr(source, "size", None)
    if isinstance(size, int):
        return size
    return sum(len(frames.encoded(index)) for index in range(len(frames)))
