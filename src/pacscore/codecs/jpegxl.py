"""JPEG XL, and JPEGs recompressed with it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, cast

from numpy.typing import NDArray

from pacscore.codecs.jpeg import JPEG, precision_disagreement, unsigned_pattern
from pacscore.codecs.jpegxl_header import ImageHeader, has_jpeg, read_image_header
from pacscore.codecs.protocol import Buffer, EncodedFrame
from pacscore.codecs.samples import interpret, of_precision
from pacscore.codecs.whole_frame import WholeFrameCodec, as_integers, check_encodable, check_options, foreign_errors
from pacscore.errors import DataError, OptionError, UnsupportedError
from pacscore.pixel_format import PixelFormat

__all__ = ["JPEG_XL", "JPEGXLCodec", "JPEGXLOptions"]

_LOSSLESS, _RECOMPRESSION, _ANY = (f"1.2.840.10008.1.2.4.{number}" for number in (110, 111, 112))


@dataclass(frozen=True, slots=True)
class JPEGXLOptions:
    """Choices of a JPEG XL encoder.

    Attributes
    ----------
    distance : float
        Butteraugli distance: 0 is lossless, 1 is said to be visually so.
    effort : int
        1 to 9.
    """

    distance: float = 0.0
    effort: int = 5

    def __post_init__(self) -> None:
        if not 0 <= self.distance <= 25 or not 1 <= self.effort <= 9:
            raise OptionError(f"{self}: distance 0 to 25, effort 1 to 9")


class JPEGXLCodec(WholeFrameCodec):
    """JPEG XL through libjxl. A recompressed JPEG is rebuilt and decoded as the JPEG that it was.

    Source: ISO/IEC 18181-1 and -2; PS3.5 8.2.
    """

    name = "JPEG XL"
    third_party = True
    transfer_syntaxes = frozenset({_LOSSLESS, _RECOMPRESSION, _ANY})
    encodes = frozenset({_LOSSLESS, _ANY})

    def decoded_format(self, data: Buffer, stored: PixelFormat) -> PixelFormat:
        """Return the format of the samples, of the precision of the image header, or of the rebuilt JPEG."""
        if has_jpeg(data):
            return JPEG.decoded_format(self.jpeg(data, stored), stored)
        decoded = of_precision(stored, _checked_header(data, stored).bits)
        if stored.photometric_interpretation == "XYB":
            decoded = dataclasses.replace(decoded, photometric_interpretation="RGB")
        return decoded

    def disagreements(self, data: Buffer, stored: PixelFormat) -> tuple[str, ...]:
        """Say where precision or, of a recompressed JPEG, colour are not what the attributes say."""
        if has_jpeg(data):
            return JPEG.disagreements(self.jpeg(data, stored), stored)
        return precision_disagreement(self.name, read_image_header(data).bits, stored)

    def jpeg(self, data: Buffer, stored: PixelFormat) -> bytes:
        """Return the JPEG, byte for byte, that was recompressed."""
        import imagecodecs  # noqa: PLC0415 - only where JPEG XL is met

        _checked_header(data, stored)
        with foreign_errors(self.name):
            return bytes(imagecodecs.jpegxl_decode_jpeg(bytes(data), numthreads=1))

    def _samples(self, data: Buffer, stored: PixelFormat, decoded: PixelFormat) -> NDArray[Any]:
        if has_jpeg(data):
            return cast("NDArray[Any]", JPEG.decode(self.jpeg(data, stored), stored))
        import imagecodecs  # noqa: PLC0415 - only where JPEG XL is met

        with foreign_errors(self.name):
            values = as_integers(imagecodecs.jpegxl_decode(bytes(data), numthreads=1, keeporientation=True))
            values = values.reshape(decoded.shape)
        return interpret(values, decoded.bits_stored, bool(decoded.pixel_representation), decoded.dtype)

    def encode(
        self,
        frame: NDArray[Any],
        pixel_format: PixelFormat,
        transfer_syntax: str,
        options: JPEGXLOptions | None = None,
        *,
        threads: int = 1,
    ) -> EncodedFrame:
        """Return the frame as JPEG XL, without loss unless ``options`` ask for a distance."""
        check_encodable(self, frame, pixel_format, transfer_syntax)
        check_options(self, options, JPEGXLOptions)
        choices = options or JPEGXLOptions()
        lossless = choices.distance == 0
        if not lossless and (str(transfer_syntax) == _LOSSLESS or pixel_format.pixel_representation):
            raise OptionError(f"a distance of {choices.distance} needs {_ANY} and unsigned samples")
        bits, samples = pixel_format.bits_stored, pixel_format.samples_per_pixel
        if not 1 <= bits <= 16 or samples not in (1, 3):
            raise UnsupportedError(f"JPEG XL of {samples} samples a pixel of {bits} bits", feature="JPEG XL")
        import imagecodecs  # noqa: PLC0415 - only where JPEG XL is met

        quality = {"lossless": True} if lossless else {"distance": choices.distance}
        with foreign_errors(self.name):
            data = imagecodecs.jpegxl_encode(
                unsigned_pattern(frame, bits),
                effort=choices.effort,
                bitspersample=bits,
                usecontainer=False,
                numthreads=threads,
                **quality,
            )
        method = None if lossless else "ISO_18181_1"
        return EncodedFrame(bytes(data), pixel_format.photometric_interpretation, lossless, method)


def _checked_header(data: Buffer, stored: PixelFormat) -> ImageHeader:
    header = read_image_header(data)
    mine = (header.rows, header.columns, header.samples)
    theirs = (stored.rows, stored.columns, stored.samples_per_pixel)
    if mine != theirs:
        raise DataError(
            f"the JPEG XL header says {mine[0]} x {mine[1]} pixels of {mine[2]} samples; "
            f"the data set says {theirs[0]} x {theirs[1]} of {theirs[2]}",
            clause="ISO/IEC 18181-1 D.2",
        )
    if header.bits > 16:
        raise UnsupportedError(f"JPEG XL of {header.bits} bits a sample", feature=f"{header.bits} bits a sample")
    return header


JPEG_XL = JPEGXLCodec()
"""The JPEG XL transfer syntaxes."""
