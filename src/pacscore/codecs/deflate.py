"""Deflated Image Frame Compression: an uncompressed frame in a raw deflate stream."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from pacscore.codecs.native import from_bytes, to_bytes
from pacscore.codecs.protocol import Buffer, EncodedFrame
from pacscore.codecs.whole_frame import WholeFrameCodec, check_encodable, check_options
from pacscore.errors import DataError, OptionError
from pacscore.pixel_format import PixelFormat

__all__ = ["DEFLATE", "DeflateCodec", "DeflateOptions"]


@dataclass(frozen=True, slots=True)
class DeflateOptions:
    """Choices of the deflate encoder.

    Attributes
    ----------
    level : int
        0 (not compressed) to 9 (smallest).
    """

    level: int = 6

    def __post_init__(self) -> None:
        if self.level not in range(10):
            raise OptionError(f"deflate takes a level of 0 to 9, not {self.level!r}")


class DeflateCodec(WholeFrameCodec):
    """Raw deflate (RFC 1951) around the bytes of a native little endian frame.

    Source: PS3.5 A.4.12.
    """

    name = "deflate"
    third_party = False
    transfer_syntaxes = encodes = frozenset({"1.2.840.10008.1.2.8.1"})

    def _samples(self, data: Buffer, stored: PixelFormat, decoded: PixelFormat) -> NDArray[Any]:
        del decoded
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        needed = -(-stored.native_bits // 8)
        try:
            frame = inflater.decompress(data, needed)
        except zlib.error as error:
            raise DataError(f"the deflate frame does not decode: {error}", clause="RFC 1951") from error
        if len(frame) < needed:
            raise DataError(f"the deflate frame ends after {len(frame):,} of {needed:,} bytes", clause="PS3.5 A.4.12")
        return from_bytes(frame, stored)

    def encode(
        self,
        frame: NDArray[Any],
        pixel_format: PixelFormat,
        transfer_syntax: str,
        options: DeflateOptions | None = None,
        *,
        threads: int = 1,
    ) -> EncodedFrame:
        """Return the frame deflated."""
        del threads
        check_encodable(self, frame, pixel_format, transfer_syntax)
        check_options(self, options, DeflateOptions)
        deflater = zlib.compressobj((options or DeflateOptions()).level, wbits=-zlib.MAX_WBITS)
        data = deflater.compress(to_bytes(frame, pixel_format)) + deflater.flush()
        return EncodedFrame(data, pixel_format.photometric_interpretation, lossless=True)


DEFLATE = DeflateCodec()
"""Deflated Image Frame Compression."""
