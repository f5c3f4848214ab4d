"""JPEG of all DICOM processes: baseline, extended, progressive and lossless."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacscore.codecs.frame_header import missing_end, read_frame_header
from pacscore.codecs.protocol import Buffer, EncodedFrame
from pacscore.codecs.samples import interpret, of_precision
from pacscore.codecs.whole_frame import WholeFrameCodec, as_integers, check_encodable, check_options, foreign_errors
from pacscore.errors import OptionError, UnsupportedError
from pacscore.pixel_format import PixelFormat
from pacscore.report import Damage

__all__ = ["JPEG", "JPEGCodec", "JPEGOptions"]

_PROCESSES = frozenset({0xC0, 0xC1, 0xC2, 0xC3})
_BASELINE = "1.2.840.10008.1.2.4.50"
_LOSSLESS = frozenset({"1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70"})


@dataclass(frozen=True, slots=True)
class JPEGOptions:
    """Choices of a JPEG encoder.

    Attributes
    ----------
    quality : int
        1 to 100, of the lossy processes.
    """

    quality: int = 90

    def __post_init__(self) -> None:
        if not 1 <= self.quality <= 100:
            raise OptionError(f"JPEG quality {self.quality}: 1 to 100")


class JPEGCodec(WholeFrameCodec):
    """JPEG through libjpeg-turbo. Components stay as they are coded: YCbCr is not converted.

    Source: T.81; PS3.5 8.2.1.
    """

    name = "JPEG"
    provisional = True
    transfer_syntaxes = frozenset(f"1.2.840.10008.1.2.4.{number}" for number in (50, 51, 53, 55, 57, 70))
    encodes = frozenset({_BASELINE, *_LOSSLESS})

    def decoded_format(self, data: Buffer, stored: PixelFormat) -> PixelFormat:
        """Return the format with the precision of the frame header."""
        header = read_frame_header(data, _PROCESSES, self.name)
        header.check(stored, self.name)
        return of_precision(stored, header.precision)

    def disagreements(self, data: Buffer, stored: PixelFormat) -> tuple[str, ...]:
        """Say where the precision is not Bits Stored."""
        precision = read_frame_header(data, _PROCESSES, self.name).precision
        return precision_disagreement(self.name, precision, stored)

    def _damages(self, data: Buffer) -> tuple[Damage, ...]:
        return missing_end(data, self.name)  # libjpeg fills up what is missing, and says nothing

    def _samples(self, data: Buffer, stored: PixelFormat, decoded: PixelFormat) -> NDArray[Any]:
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
        """Return the frame as JPEG: baseline of 8 bits, or lossless of 2 to 16 bits with first-order prediction."""
        del threads
        check_encodable(self, frame, pixel_format, transfer_syntax)
        check_options(self, options, JPEGOptions)
        lossless = str(transfer_syntax) in _LOSSLESS
        bits, samples = pixel_format.bits_stored, pixel_format.samples_per_pixel
        if not 2 <= bits <= 16 or (not lossless and (bits > 8 or pixel_format.pixel_representation)):
            signed = "signed" if pixel_format.pixel_representation else "unsigned"
            raise OptionError(f"{transfer_syntax} does not hold {signed} samples of {bits} bits")
        if samples not in (1, 3):
            raise UnsupportedError(f"JPEG of {samples} samples a pixel", feature=f"{samples} samples a pixel")
        import imagecodecs  # noqa: PLC0415 - only where JPEG is met

        # named so that nothing is converted; the lossless process would convert YCbCr all the same
        names_ycbcr = pixel_format.photometric_interpretation.startswith("YBR") and not lossless
        colour = None if samples == 1 else "YCBCR" if names_ycbcr else "RGB"
        choices: dict[str, Any] = {"colorspace": colour, "outcolorspace": colour, "subsampling": "444"}
        if lossless:
            choices |= {"lossless": True, "predictor": 1, "bitspersample": bits}
        else:
            choices |= {"level": (options or JPEGOptions()).quality}
        with foreign_errors(self.name):
            data = bytes(imagecodecs.jpeg8_encode(unsigned_pattern(frame, bits), **choices))
        method = None if lossless else "ISO_10918_1"
        return EncodedFrame(data, pixel_format.photometric_interpretation, lossless, method)


def precision_disagreement(name: str, precision: int, stored: PixelFormat) -> tuple[str, ...]:
    """Return a sentence where a frame header's precision is not Bits Stored."""
    if precision == stored.bits_stored:
        return ()
    return (f"the {name} frame header says {precision} bits a sample; Bits Stored says {stored.bits_stored}",)


def unsigned_pattern(frame: NDArray[Any], bits: int) -> NDArray[Any]:
    """Return the frame as masked bit patterns in the smallest container, for encoders that refuse signed samples."""
    return np.ascontiguousarray(interpret(frame, bits, False, np.dtype("u1" if bits <= 8 else "u2")))


JPEG = JPEGCodec()
"""The JPEG transfer syntaxes."""
