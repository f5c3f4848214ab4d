"""Frames on their way between JPEG 2000 and HTJ2K by their quantiser indices."""

from __future__ import annotations

from dataclasses import replace

from pacscore.codecs import codec_for
from pacscore.codecs.jpeg2000_recoding import recode_frame
from pacscore.codecs.protocol import EncodedFrame
from pacscore.dicom.frame_coding import Choices, Written, allocated, coding_of, encode_all, whole
from pacscore.dicom.frames import FrameSource
from pacscore.dicom.in_order import in_order
from pacscore.dicom.pixel_data_writer import FrameSpool
from pacscore.dicom.pixel_hash import pixel_sha256
from pacscore.errors import OptionError

__all__ = ["recode_all"]


def recode_all(frames: FrameSource, spool: FrameSpool, choices: Choices) -> Written:
    """Recode each frame into the spool; all of them go by their pixels, where one cannot be recoded.

    Each is decoded once, for the hash, so that what cannot be read is not passed on.
    """
    try:
        return _recoded(frames, spool, choices)
    except (
        OptionError
    ):  # lossy under a lossless transfer syntax, 9-7 with too few levels, or signs that contradict the data set
        spool.clear()
        written = encode_all(frames, spool, choices)
        written.route = "pixels"
        return written


def _recoded(frames: FrameSource, spool: FrameSpool, choices: Choices) -> Written:
    syntax = choices.transfer_syntax
    pixel_format = allocated(frames.pixel_format, frames.dataset, syntax)
    inner = choices.threads if len(frames) == 1 else 1

    def work(index: int) -> tuple[str, int, EncodedFrame]:
        pixels = whole(frames.frame(index, threads=inner))
        recoded = recode_frame(frames.encoded(index), pixel_format, syntax, choices.options, inner)
        return pixel_sha256(pixels), pixels.nbytes, recoded

    written = Written()
    codings: list[EncodedFrame] = []
    for sha256, nbytes, recoded in in_order(work, len(frames), choices.threads):
        written.hashes.append(sha256)
        written.pixel_bytes += nbytes
        spool.append(recoded.data)
        codings.append(replace(recoded, data=b"") if codings else recoded)
    written.coding = coding_of(codec_for(syntax), codings, pixel_format, written.pixel_bytes / max(spool.total, 1))
    return written
