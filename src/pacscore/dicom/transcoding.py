"""From one transfer syntax to another: every frame carried over, every attribute right, and proof of it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pacscore.codecs.earlier_loss import lossy_method
from pacscore.codecs.protocol import OnDamage
from pacscore.dicom.attributes import (
    AttributeEditor,
    derive,
    identify,
    remember_loss,
    report_signatures,
    update_attributes,
)
from pacscore.dicom.frame_coding import Choices, Written, is_native, whole
from pacscore.dicom.frames import FrameSource
from pacscore.dicom.in_order import in_order
from pacscore.dicom.opening import open as open_frames
from pacscore.dicom.own_dataset import own_dataset
from pacscore.dicom.part10 import IMPLICIT, NATIVE, write_part10
from pacscore.dicom.pixel_data_writer import FrameSpool, Sink, write_encapsulated, write_native
from pacscore.dicom.pixel_hash import pixel_sha256
from pacscore.dicom.replacing import replacing
from pacscore.dicom.routes import choose_route
from pacscore.dicom.transcode_report import TranscodeReport
from pacscore.errors import DataError, OptionError, VerificationError
from pacscore.limits import Limits
from pacscore.pixel_format import PixelFormat

if TYPE_CHECKING:
    from pacscore.codecs.isolation import Isolation

__all__ = ["transcode"]


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
    limits: Limits | None = None,
    isolate: bool | Isolation = False,
) -> TranscodeReport:
    """Write a DICOM file in another transfer syntax.

    Frames go over one at a time; nothing appears at the destination before the whole file was written and, with
    ``verify``, read back: a lossless coding whose pixels differ is an error, and leaves nothing behind. Where the
    transfer syntax stays, or the new one allows the frames as they are, their bytes are carried over; so are native
    frames to another native syntax, and JPEGs into JPEG XL JPEG Recompression and out of it. JPEG 2000 and HTJ2K go
    over to each other by `recode`, unless the options ask for other pixels, or a frame cannot be carried over so.

    Pixels keep the precision that the source's frames have. Bits Allocated stays, but for one bit a pixel, which most
    encapsulated forms store in eight: Bits Stored stays 1. YBR_FULL pixels stay so and get no component transform.

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
    limits : Limits, optional
        Sizes beyond which it refuses.
    isolate : bool or Isolation
        Whether codecs of other libraries run in a child process, as `pacscore.open` has it.

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
        If the transfer syntax cannot hold the pixels (floating point, a palette where there may be loss, more than
        4 GiB without compression, anything but JPEG as recompressed JPEG), or no codec writes it.
    DataError, LimitError, OptionError
        If the source is wrong or too large, or the options contradict the transfer syntax.
    """
    started = time.perf_counter()
    target = Path(destination)
    choices = Choices(str(transfer_syntax), options, threads, on_damage, isolate)
    if target.exists() and not overwrite:
        raise FileExistsError(f"{target} exists; pass overwrite=True to replace it")
    with open_frames(source, limits=limits, isolate=isolate) as frames, FrameSpool(target.parent) as spool:
        route = choose_route(frames, choices)
        editor = AttributeEditor(own_dataset(frames.dataset, frames.trailing, str(frames.transfer_syntax)))
        uid_before = identify(editor, frames.dataset)
        written = route.write(frames, spool, choices)
        _describe(editor, written, frames, choices)
        pixel_format = written.coding.pixel_format if written.coding else frames.encoded_format
        write_pixel_data = _pixel_data_writer(spool, choices.transfer_syntax, pixel_format, extended_offset_table)
        with replacing(target, overwrite=overwrite) as (stream, temporary):
            write_part10(stream, editor.dataset, choices.transfer_syntax, write_pixel_data)
            stream.flush()
            bytes_after = stream.tell()
            if verify:
                written.hashes = _verify(temporary, written, choices, limits)
        return TranscodeReport(
            destination=str(target),
            frames=len(written.hashes),
            bytes_before=_size(source, frames),
            bytes_after=bytes_after,
            pixel_bytes=written.pixel_bytes,
            transfer_syntax_before=str(frames.transfer_syntax),
            transfer_syntax_after=choices.transfer_syntax,
            lossless=verify and written.lossless and not written.damaged,
            verified=verify,
            pixel_sha256=tuple(written.hashes),
            sop_instance_uid_before=uid_before,
            sop_instance_uid_after=str(editor.dataset.SOPInstanceUID),
            route=written.route or route.name,
            changes=tuple(editor.changes),
            warnings=tuple(editor.warnings),
            seconds=time.perf_counter() - started,
        )


def _describe(editor: AttributeEditor, written: Written, frames: FrameSource, choices: Choices) -> None:
    """Bring the attributes in line with the frames."""
    editor.warnings.extend(frames.notes)
    before = str(frames.transfer_syntax)
    if not is_native(before):
        first = frames.encoded(0)
        method = lossy_method(before, first)
        if method:
            remember_loss(editor, method, frames.encoded_format.native_bits / 8 / max(len(first), 1))
    if written.coding is not None:
        update_attributes(editor, written.coding)
    for overlay, packed in written.overlays:
        overlay.store(editor.dataset, packed, len(written.hashes))
        editor.changes.append(f"({overlay.group:04X},3000) Overlay Data: taken from bit {overlay.bit} of the pixels")
    if written.damaged:
        numbers = ", ".join(str(index + 1) for index in written.damaged)
        derive(editor, f"Decoded from damaged data; not whole: frame {numbers}")
        editor.warnings.append(f"damaged frames were written as far as they could be decoded: {numbers}")
    for keyword in ("ExtendedOffsetTable", "ExtendedOffsetTableLengths"):
        editor.remove(keyword)
    if editor.changes or not (is_native(before) and choices.transfer_syntax in NATIVE):
        report_signatures(editor)


def _pixel_data_writer(
    spool: FrameSpool, syntax: str, pixel_format: PixelFormat, extended_offset_table: bool | None
) -> Callable[[Sink], None]:
    if syntax not in NATIVE:
        return lambda sink: write_encapsulated(sink, spool, extended_offset_table)
    if extended_offset_table:
        raise OptionError(f"native pixel data ({syntax}) has no offset table")
    return lambda sink: write_native(sink, spool, pixel_format, implicit=syntax == IMPLICIT)


def _verify(path: Path, written: Written, choices: Choices, limits: Limits | None) -> list[str]:
    """Read every frame of the file back, and return the hashes of what it gives."""
    count, threads = len(written.hashes), choices.threads
    inner = threads if count == 1 else 1
    with open_frames(path, limits=limits, isolate=choices.isolate) as frames:
        if len(frames) != count:
            raise VerificationError(f"{count} frames were written, {len(frames)} can be read back")

        def read_back(index: int) -> str:
            try:
                return pixel_sha256(whole(frames.frame(index, threads=inner)))
            except DataError as error:
                raise VerificationError(f"frame {index} was written but does not decode: {error}") from error

        found = []
        for index, sha256 in enumerate(in_order(read_back, count, threads)):
            if written.lossless and sha256 != written.hashes[index]:
                raise VerificationError(f"frame {index} was written without loss, but decodes to other pixels")
            found.append(sha256)
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
