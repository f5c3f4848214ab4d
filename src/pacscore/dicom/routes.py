"""How frames get from one transfer syntax to another, and whether the other may hold them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pacscore.codecs.jpeg2000_recoding import can_recode
from pacscore.codecs.jpeg_recompression import JPEG_SYNTAXES, JPEG_XL_RECOMPRESSION
from pacscore.dicom.frame_carrying import carry_native, carry_over, rebuild_jpegs, recompress_jpegs
from pacscore.dicom.frame_coding import Choices, Written, encode_all, is_native
from pacscore.dicom.frame_recoding import recode_all
from pacscore.dicom.frames import FrameSource
from pacscore.dicom.part10 import NATIVE
from pacscore.dicom.pixel_data_writer import FrameSpool, check_native_length
from pacscore.errors import UnsupportedError

__all__ = ["Route", "choose_route"]

_ALSO_LEGAL_AS = {
    "1.2.840.10008.1.2.4.202": {"1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.203"},
    "1.2.840.10008.1.2.4.201": {"1.2.840.10008.1.2.4.203"},
    "1.2.840.10008.1.2.4.90": {"1.2.840.10008.1.2.4.91"},
    "1.2.840.10008.1.2.4.70": {"1.2.840.10008.1.2.4.57"},
    "1.2.840.10008.1.2.4.80": {"1.2.840.10008.1.2.4.81"},
    "1.2.840.10008.1.2.4.110": {"1.2.840.10008.1.2.4.112"},
}
"""Transfer syntaxes whose every frame another one allows as it is (PS3.5 A.4.1, A.4.3, A.4.4, A.4.10)."""

_MAY_LOSE = frozenset(f"1.2.840.10008.1.2.4.{number}" for number in (50, 51, 53, 55, 81, 91, 93, 111, 112, 203))
"""Transfer syntaxes that no palette's indices may be stored in, lossless or not (PS3.5 8.2)."""


@dataclass(frozen=True, slots=True)
class Route:
    """One way for frames.

    Attributes
    ----------
    name : "bytes", "recode" or "pixels"
        As `TranscodeReport.route`.
    write : callable
        Puts all frames into the spool.
    """

    name: Literal["bytes", "recode", "pixels"]
    write: Callable[[FrameSource, FrameSpool, Choices], Written]


def choose_route(frames: FrameSource, choices: Choices) -> Route:
    """Return the way that loses the least and costs the least.

    Raises
    ------
    UnsupportedError
        If the transfer syntax cannot hold the pixels at all.
    """
    before, after = str(frames.transfer_syntax), choices.transfer_syntax
    _check_holds(frames, before, after)
    if after == JPEG_XL_RECOMPRESSION and before != after:
        return Route("bytes", recompress_jpegs)
    if choices.options is None:
        if is_native(before) and after in NATIVE:
            return Route("bytes", carry_native)
        if before == JPEG_XL_RECOMPRESSION and after in JPEG_SYNTAXES:
            return Route("bytes", rebuild_jpegs)
        legal = after == before or after in _ALSO_LEGAL_AS.get(before, ())
        if legal and not is_native(before) and choices.on_damage == "raise":
            return Route("bytes", carry_over)
    if choices.on_damage == "raise" and can_recode(before, after, choices.options):
        return Route("recode", recode_all)
    return Route("pixels", encode_all)


def _check_holds(frames: FrameSource, before: str, after: str) -> None:
    stored = frames.encoded_format
    if stored.is_float and after not in NATIVE:
        raise UnsupportedError(
            f"Float and Double Float Pixel Data have no encapsulated form, and {after} is none that is native",
            feature="encapsulated floating-point pixel data",
            clause="PS3.5 A.4",
        )
    if stored.photometric_interpretation == "PALETTE COLOR" and after in _MAY_LOSE and after != before:
        raise UnsupportedError(
            f"{after} may lose something, and so must not hold the indices of a palette; a lossless-only one may",
            feature="PALETTE COLOR in a lossy transfer syntax",
            clause="PS3.5 8.2",
        )
    if after in NATIVE:
        check_native_length(-(-stored.native_bits * len(frames) // 8))
