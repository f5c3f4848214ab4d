"""JPEG-LS, lossless and near-lossless."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from pacscore.codecs.frame_header import missing_end, read_frame_header
from pacscore.codecs.jpeg import precision_disagreement, unsigned_pattern
from pacscore.codecs.jpegls_scans import check_segments
from pacscore.codecs.protocol import Buffer, EncodedFrame
from pacscore.codecs.samples import interpret, of_precision
from pacscore.codecs.whole_frame import WholeFrameCodec, as_integers, check_encodable, check_options, foreign_errors
from pacscore.errors import DataError, OptionError, UnsupportedError
from pacscore.pixel_format import PixelFormat

__all__ = ["LOSSLESS", "NEAR_LOSSLESS", "JPEGLSCodec", "JPEGLSOptions"]

_SOF55 = frozenset({0xF7})
_LOSSLESS, _NEAR_LOSSLESS = "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81"


@dataclass(frozen=True, slots=True)
class JPEGLSOptions:
    """Choices of a JPEG-LS encoder.

    Attributes
    ----------
    near : int
        Largest difference of a decoded sample; 0 is lossless.
    """

    near: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.near <= 255:
            raise OptionError(f"JPEG-LS near {self.near}: 0 to 255")


class JPEGLSCodec(WholeFrameCodec):
    """JPEG-LS through CharLS.

    Source: T.87; PS3.5 8.2.3.
    """

    name = "JPEG-LS"
    third_party = True

    def __init__(self, transfer_syntax: str) -> None:
        self.transfer_syntaxes = self.encodes = frozenset({transfer_syntax})

    def decoded_format(self, data: Buffer, stored: PixelFormat) -> PixelFormat:
        """Return the format with the precision of the frame header."""
        header = read_frame_header(data, _SOF55, self.name)
        header.check(stored, self.name)
        return of_precision(stored, header.precision)

    def disagreements(self, data: Buffer, stored: PixelFormat) -> tuple[str, ...]:
        """Say where the precision is not Bits Stored, and where the lossless syntax holds a near-lossless scan."""
        header = read_frame_header(data, _SOF55, self.name)
        told = precision_disagreement(self.name, header.precision, stored)
        near = check_segments(data, header, self.name)
        if near and self.transfer_syntaxes == {_LOSSLESS}:
            told += (f"the JPEG-LS frame was coded with NEAR {near}; {_LOSSLESS} is lossless (PS3.5 A.4.3)",)
        return told

    def _samples(self, data: Buffer, stored: PixelFormat, decoded: PixelFormat) -> NDArray[Any]:
        header = read_frame_header(data, _SOF55, self.name)
        header.check(stored, self.name)
        check_segments(data, header, self.name)
        for damage in missing_end(data, self.name):  # CharLS would take seconds to find out
            raise DataError(damage.what, offset=damage.offset)
        import imagecodecs  # noqa: PLC0415 - only where JPEG-LS is met

        with foreign_errors(self.name):
            values = as_integers(imagecodecs.jpegls_decode(bytes(data))).reshape(decoded.shape)
        return interpret(values, decoded.bits_stored, bool(decoded.pixel_representation), decoded.dtype)

    def encode(
        self,
        frame: NDArray[Any],
        pixel_format: PixelFormat,
        transfer_syntax: str,
        options: JPEGLSOptions | None = None,
        *,
        threads: int = 1,
    ) -> EncodedFrame:
        """Return the frame as JPEG-LS; signed samples go in as bit patterns, which only lossless coding survives."""
        del threads
        check_encodable(self, frame, pixel_format, transfer_syntax)
        check_options(self, options, JPEGLSOptions)
        near = (options or JPEGLSOptions()).near
        if near and str(transfer_syntax) == _LOSSLESS:
            raise OptionError(f"near={near} contradicts the lossless transfer syntax {transfer_syntax}")
        if near and pixel_format.pixel_representation:
            raise OptionError(f"near={near} with signed samples: differences would leap across the sign")
        bits, samples = pixel_format.bits_stored, pixel_format.samples_per_pixel
        if not 2 <= bits <= 16 or samples not in (1, 3):
            raise UnsupportedError(f"JPEG-LS of {samples} samples a pixel of {bits} bits", feature="JPEG-LS")
        import imagecodecs  # noqa: PLC0415 - only where JPEG-LS is met

        # the encoder writes the container's width as the precision, so signs must reach up to there
        width = 8 if bits <= 8 else 16
        with foreign_errors(self.name):
            data = bytes(imagecodecs.jpegls_encode(unsigned_pattern(frame, width), level=near))
        return EncodedFrame(
            data, pixel_format.photometric_interpretation, lossless=not near, method="ISO_14495_1" if near else None
        )


LOSSLESS = JPEGLSCodec(_LOSSLESS)
"""JPEG-LS lossless."""

NEAR_LOSSLESS = JPEGLSCodec(_NEAR_LOSSLESS)
"""JPEG-LS near-lossless, or lossless."""
