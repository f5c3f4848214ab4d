"""JPEG of all DICOM processes: baseline, extended, progressive and lossless."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pacscore.codecs.frame_header import FrameHeader, missing_end, read_frame_header
from pacscore.codecs.jpeg_scans import check_segments, read_predictor
from pacscore.codecs.jpeg_segments import SOS, segments
from pacscore.codecs.protocol import Buffer, EncodedFrame
from pacscore.codecs.samples import interpret, of_precision
from pacscore.codecs.whole_frame import WholeFrameCodec, as_integers, check_encodable, check_options, foreign_errors
from pacscore.errors import OptionError, UnsupportedError
from pacscore.pixel_format import PixelFormat
from pacscore.report import Damage

__all__ = ["BASELINE", "EXTENDED", "FULL_PROGRESSION", "JPEG", "LOSSLESS", "LOSSLESS_SV1", "SPECTRAL_SELECTION"]
__all__ += ["JPEGCodec", "JPEGOptions"]

_SOF0, _SOF1, _SOF2, _SOF3, _APP14 = 0xC0, 0xC1, 0xC2, 0xC3, 0xEE
_PROCESSES = frozenset({_SOF0, _SOF1, _SOF2, _SOF3})
_PREFIX = "1.2.840.10008.1.2.4."
_BASELINE, _EXTENDED, _LOSSLESS, _LOSSLESS_SV1 = (f"{_PREFIX}{number}" for number in (50, 51, 57, 70))


@dataclass(frozen=True, slots=True)
class JPEGOptions:
    """Choices of a JPEG encoder; None for the usual.

    Attributes
    ----------
    quality : int or None
        1 to 100, of the lossy processes; usually 90.
    predictor : int or None
        Selection value 1 to 7 of the lossless process; usually 1, and nothing else for 1.2.840.10008.1.2.4.70.
    subsampling : "444" or "422"
        Whether two columns of YBR_FULL share their chroma, in the lossy processes.
    """

    quality: int | None = None
    predictor: int | None = None
    subsampling: Literal["444", "422"] = "444"

    def __post_init__(self) -> None:
        if self.quality is not None and not 1 <= self.quality <= 100:
            raise OptionError(f"JPEG quality {self.quality}: 1 to 100")
        if self.predictor is not None and not 1 <= self.predictor <= 7:
            raise OptionError(f"JPEG predictor {self.predictor}: 1 to 7 (T.81 H.1.2.1)")
        if self.subsampling not in ("444", "422"):
            raise OptionError(f"JPEG subsampling {self.subsampling!r}: 444 or 422 (PS3.3 C.7.6.3.1.2)")


class JPEGCodec(WholeFrameCodec):
    """JPEG through libjpeg-turbo. Components stay as they are coded: YCbCr is not converted.

    A frame of another process than the transfer syntax names is read all the same, and reported.

    Source: T.81; PS3.5 8.2.1.
    """

    name = "JPEG"
    third_party = True

    def __init__(self, transfer_syntaxes: frozenset[str], encodes: frozenset[str], processes: frozenset[int]) -> None:
        self.transfer_syntaxes = transfer_syntaxes
        self.encodes = encodes
        self._processes = processes

    def decoded_format(self, data: Buffer, stored: PixelFormat) -> PixelFormat:
        """Return the format with the precision of the frame header."""
        return of_precision(stored, self._header(data, stored).precision)

    def _header(self, data: Buffer, stored: PixelFormat) -> FrameHeader:
        header = read_frame_header(data, _PROCESSES, self.name)
        header.check(stored, self.name)
        return header

    def disagreements(self, data: Buffer, stored: PixelFormat) -> tuple[str, ...]:
        """Say where precision, process, predictor or colour are not what transfer syntax and attributes promise."""
        header = read_frame_header(data, _PROCESSES, self.name)
        told = list(precision_disagreement(self.name, header.precision, stored))
        if header.marker not in self._processes:
            (uid,) = self.transfer_syntaxes
            told.append(f"the JPEG frame is of process FF{header.marker:02X}, which {uid} does not hold (PS3.5 A.4.1)")
        if self.transfer_syntaxes == {_LOSSLESS_SV1} and header.marker == _SOF3:
            predictor = read_predictor(data, self.name)
            if predictor != 1:
                told.append(f"the JPEG frame uses predictor {predictor}; {_LOSSLESS_SV1} holds 1 (PS3.5 A.4.1)")
        photometric = stored.photometric_interpretation
        if header.colour and photometric.startswith(("RGB", "YBR")) and not photometric.startswith(header.colour):
            told.append(f"the JPEG frame says that it is {header.colour}; Photometric Interpretation is {photometric}")
        return tuple(told)

    def _damages(self, data: Buffer) -> tuple[Damage, ...]:
        return missing_end(data, self.name)  # libjpeg fills up what is missing, and says nothing

    def _samples(self, data: Buffer, stored: PixelFormat, decoded: PixelFormat) -> NDArray[Any]:
        check_segments(data, self._header(data, stored), self.name)
        import imagecodecs  # noqa: PLC0415 - only where JPEG is met

        colour = "YCBCR" if stored.samples_per_pixel == 3 else None
        with foreign_errors(self.name):
            values = as_integers(imagecodecs.jpeg8_decode(bytes(data), colorspace=colour, outcolorspace=colour))
            values = values.reshape(decoded.shape)
        return interpret(values, decoded.bits_stored, bool(decoded.pixel_representation), decoded.dtype)

    def encode(
        self,
        frame: NDArray[Any],
        pixel_format: PixelFormat,
        transfer_syntax: str,
        options: JPEGOptions | None = None,
        *,
        threads: int = 1,
    ) -> EncodedFrame:
        """Return the frame as JPEG: baseline of 8 bits, extended of 8 or 12, or lossless of 2 to 16 bits.

        Lossy processes have no precision between: frames of fewer bits are coded as of 8, or as of 12.
        """
        del threads
        uid = str(transfer_syntax)
        check_encodable(self, frame, pixel_format, uid)
        check_options(self, options, JPEGOptions)
        _check_holds(pixel_format, uid)
        import imagecodecs  # noqa: PLC0415 - only where JPEG is met

        bits = pixel_format.bits_stored
        lossless = uid in (_LOSSLESS, _LOSSLESS_SV1)
        photometric = pixel_format.photometric_interpretation
        choices, photometric = _choices(
            options or JPEGOptions(), uid, bits, pixel_format.samples_per_pixel, photometric
        )
        with foreign_errors(self.name):
            data = bytes(imagecodecs.jpeg8_encode(unsigned_pattern(frame, bits), **choices))
        if uid == _EXTENDED and bits <= 8:
            data = _as_extended(data)
        if lossless and photometric.startswith("YBR"):
            data = _as_ycbcr(data)
        return EncodedFrame(data, photometric, lossless, None if lossless else "ISO_10918_1")


def _check_holds(pixel_format: PixelFormat, uid: str) -> None:
    """Raise unless a JPEG transfer syntax holds such samples (PS3.5 8.2.1)."""
    bits, signed = pixel_format.bits_stored, pixel_format.pixel_representation
    lossy = {_BASELINE: range(2, 9), _EXTENDED: range(2, 13)}.get(uid)
    if bits not in (lossy or range(2, 17)) or (lossy and signed) or pixel_format.is_float:
        kind = "float" if pixel_format.is_float else "signed" if signed else "unsigned"
        raise OptionError(f"{uid} does not hold {kind} samples of {bits} bits (PS3.5 8.2.1)")
    samples = pixel_format.samples_per_pixel
    if samples not in (1, 3):
        raise UnsupportedError(f"JPEG of {samples} samples a pixel", feature=f"{samples} samples a pixel")


def _choices(options: JPEGOptions, uid: str, bits: int, samples: int, photometric: str) -> tuple[dict[str, Any], str]:
    """Return the encoder's choices, and the photometric interpretation of what it makes."""
    lossless = uid in (_LOSSLESS, _LOSSLESS_SV1)
    if lossless and (options.quality is not None or options.subsampling != "444"):
        raise OptionError(f"{options} asks for loss; {uid} is lossless")
    if options.predictor is not None and not lossless:
        raise OptionError(f"a predictor is for the lossless process, not for {uid}")
    if uid == _LOSSLESS_SV1 and options.predictor not in (None, 1):
        raise OptionError(f"{uid} holds predictor 1, not {options.predictor} (PS3.5 A.4.1)")
    if options.subsampling != "444" and photometric != "YBR_FULL":
        raise OptionError(f"only the chroma of YBR_FULL can be shared, not {photometric}")
    # named so that nothing is converted; the lossless process would convert YCbCr all the same
    names_ycbcr = photometric.startswith("YBR") and not lossless
    colour = None if samples == 1 else "YCBCR" if names_ycbcr else "RGB"
    choices: dict[str, Any] = {"colorspace": colour, "outcolorspace": colour, "subsampling": options.subsampling}
    if lossless:
        choices |= {"lossless": True, "predictor": options.predictor or 1, "bitspersample": bits}
    else:
        choices |= {"level": options.quality or 90}
    return choices, "YBR_FULL_422" if options.subsampling == "422" else photometric


def _as_extended(data: bytes) -> bytes:
    """Return a baseline JPEG under the extended process's frame header: what is legal there is legal here."""
    at = next(segment.offset for segment in segments(data, "JPEG") if segment.marker == _SOF0)
    return data[:at] + bytes((0xFF, _SOF1)) + data[at + 2 :]


def _as_ycbcr(data: bytes) -> bytes:
    """Return a JPEG of three samples that was made as RGB, its components numbered as those of YCbCr are.

    Source: T.81 B.2.2, B.2.3; T.871 6.1.
    """
    made = bytearray(data)
    found = {segment.marker: segment for segment in segments(data, "JPEG")}
    for marker, first, step in ((_SOF3, 6, 3), (SOS, 1, 2)):
        start = found[marker].offset + 4 + first
        made[start : start + 3 * step : step] = bytes((1, 2, 3))
    if (adobe := found.get(_APP14)) is not None:  # it says RGB
        del made[adobe.offset : adobe.offset + 4 + len(adobe.body)]
    return bytes(made)


def precision_disagreement(name: str, precision: int, stored: PixelFormat) -> tuple[str, ...]:
    """Return a sentence where a frame header's precision is not Bits Stored."""
    if precision == stored.bits_stored:
        return ()
    return (f"the {name} frame header says {precision} bits a sample; Bits Stored says {stored.bits_stored}",)


def unsigned_pattern(frame: NDArray[Any], bits: int) -> NDArray[Any]:
    """Return the frame as masked bit patterns in the smallest container, for encoders that refuse signed samples."""
    return np.ascontiguousarray(interpret(frame, bits, False, np.dtype("u1" if bits <= 8 else "u2")))


def _of(number: int, *processes: int, encodes: bool = False) -> JPEGCodec:
    uid = frozenset({f"{_PREFIX}{number}"})
    return JPEGCodec(uid, uid if encodes else frozenset(), frozenset(processes))


BASELINE = _of(50, _SOF0, encodes=True)
"""Process 1."""

EXTENDED = _of(51, _SOF0, _SOF1, encodes=True)
"""Processes 2 and 4; baseline is a part of them."""

SPECTRAL_SELECTION = _of(53, _SOF2)
"""Processes 6 and 8, retired."""

FULL_PROGRESSION = _of(55, _SOF2)
"""Processes 10 and 12, retired."""

LOSSLESS = _of(57, _SOF3, encodes=True)
"""Process 14."""

LOSSLESS_SV1 = _of(70, _SOF3, encodes=True)
"""Process 14, selection value 1."""

JPEG = JPEGCodec(frozenset(f"{_PREFIX}{number}" for number in (50, 51, 53, 55, 57, 70)), frozenset(), _PROCESSES)
"""Any of them, to read."""
