"""One encoded frame, told by its own headers, whatever the transfer syntax calls it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from pacscore.codecs import jpeg_scans, jpegls_scans
from pacscore.codecs.frame_header import FrameHeader, read_frame_header
from pacscore.codecs.jpeg_segments import EOI, JPEG_LS_FRAME, SOF_MARKERS, SOS, segments
from pacscore.codecs.jpegxl_header import ImageHeader, has_jpeg, read_image_header
from pacscore.dicom.linter.codestream_facts import CodestreamFacts, read_codestream_facts
from pacscore.errors import DataError, LimitError, PacscoreError

__all__ = ["CodedFrame", "JpegFacts", "Kind", "begins_frame", "kind_of", "read_coded_frame"]

Kind = Literal["JPEG 2000", "JPEG", "JPEG-LS", "JPEG XL", "RLE", "unknown"]

_DCT, _LOSSLESS = frozenset({0xC0, 0xC1, 0xC2}), 0xC3
_MOST_SEGMENTS = 10_000
"""Marker segments that a frame may have: more are there to cost time."""
_RLE_HEADER = struct.Struct("<16L")


@dataclass(frozen=True, slots=True)
class JpegFacts:
    """What a JPEG or JPEG-LS frame is.

    Attributes
    ----------
    header : FrameHeader
    predictor : int or None
        Of a lossless JPEG.
    near : int
        Of a JPEG-LS frame; 0 where nothing is lost.
    fault : str or None
        What is wrong with its tables or scans.
    stop : int or None, in bytes
        First byte behind EOI; None where there is no EOI.
    behind : bytes
        What follows, at most the first 16 bytes; zeros that pad an item are left out.
    segments : int
        Marker segments.
    """

    header: FrameHeader
    predictor: int | None = None
    near: int = 0
    fault: str | None = None
    stop: int | None = None
    behind: bytes = b""
    segments: int = 0


@dataclass(frozen=True, slots=True)
class CodedFrame:
    """An encoded frame.

    Attributes
    ----------
    index : int
        From 0.
    offset : int, in bytes
        Where its first fragment's value begins.
    fragments : int
        How many it is in.
    length : int, in bytes
        With padding.
    kind : str
        The format it begins as.
    facts : CodestreamFacts, JpegFacts, ImageHeader, tuple of int, or None
        Of a JPEG 2000, JPEG or JPEG-LS, JPEG XL, or RLE frame; the tuple is the RLE header.
    recompressed : bool
        Whether a JPEG XL frame was made of a JPEG.
    problem : PacscoreError or None
        Why the headers could not be read.
    """

    index: int
    offset: int
    fragments: int
    length: int
    kind: Kind
    facts: CodestreamFacts | JpegFacts | ImageHeader | tuple[int, ...] | None = None
    recompressed: bool = False
    problem: PacscoreError | None = None

    @property
    def codestream(self) -> CodestreamFacts | None:
        """What a JPEG 2000 frame is, None for others."""
        return self.facts if isinstance(self.facts, CodestreamFacts) else None

    @property
    def jpeg(self) -> JpegFacts | None:
        """What a JPEG or JPEG-LS frame is, None for others."""
        return self.facts if isinstance(self.facts, JpegFacts) else None

    @property
    def precision(self) -> int:
        """Bits of a sample; 0 where the frame does not tell."""
        if isinstance(self.facts, ImageHeader):
            return self.facts.bits
        if self.codestream is not None:
            return max(self.codestream.precisions)
        return 0 if self.jpeg is None else self.jpeg.header.precision

    @property
    def parts(self) -> int:
        """Tile-parts or marker segments: what looking at the frame took time for."""
        if self.codestream is not None:
            return self.codestream.tile_parts + self.codestream.segments
        return 1 if self.jpeg is None else self.jpeg.segments

    @property
    def lossy_method(self) -> str | None:
        """What Lossy Image Compression Method (0028,2114) calls the coding, None where nothing proves a loss.

        Source: PS3.3 C.7.6.1.1.5.
        """
        codestream, jpeg = self.codestream, self.jpeg
        if codestream is not None and not codestream.reversible:
            return "ISO_15444_15" if codestream.high_throughput else "ISO_15444_1"
        if jpeg is not None:
            return "ISO_10918_1" if jpeg.header.marker in _DCT else "ISO_14495_1" if jpeg.near else None
        return "ISO_10918_1" if self.recompressed else None


def kind_of(data: bytes) -> Kind:
    """Return the format that a frame begins as."""
    if data.startswith((b"\xff\x4f\xff\x51", b"\x00\x00\x00\x0cjP  ")):
        return "JPEG 2000"
    if data.startswith((b"\xff\x0a", b"\x00\x00\x00\x0cJXL \r\n\x87\n")):
        return "JPEG XL"
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG-LS" if _first_frame_header(data) == JPEG_LS_FRAME else "JPEG"
    if len(data) >= _RLE_HEADER.size:
        count, first, *rest = _RLE_HEADER.unpack_from(data)
        if 1 <= count <= 15 and first == _RLE_HEADER.size and not any(rest[count - 1 :]):
            return "RLE"
    return "unknown"


def _first_frame_header(data: bytes) -> int | None:
    """Return the first SOF marker, None where there is none among the first segments."""
    try:
        found = (segment.marker for segment in islice(segments(data, "JPEG"), _MOST_SEGMENTS))
        return next((marker for marker in found if marker in SOF_MARKERS), None)
    except PacscoreError:
        return None


def begins_frame(behind: bytes) -> bool:
    """Return whether what follows a frame begins another one, of JPEG or JPEG 2000."""
    return behind.startswith((b"\xff\x4f\xff\x51", b"\xff\xd8\xff"))


def read_coded_frame(index: int, offset: int, fragments: int, data: bytes) -> CodedFrame:
    """Return what the headers of a frame say; errors are kept, not raised."""
    kind = kind_of(data)
    place = index, offset, fragments, len(data), kind
    try:
        if kind == "JPEG 2000":
            return CodedFrame(*place, read_codestream_facts(data))
        if kind in ("JPEG", "JPEG-LS"):
            return CodedFrame(*place, _jpeg(data, kind))
        if kind == "JPEG XL":
            return CodedFrame(*place, read_image_header(data), has_jpeg(data))
        if kind == "RLE":
            return CodedFrame(*place, _RLE_HEADER.unpack_from(data))
    except PacscoreError as error:
        return CodedFrame(*place, problem=error)
    return CodedFrame(*place)


def _jpeg(data: bytes, kind: str) -> JpegFacts:
    count, stop = _segments_and_end(data, kind)
    header = read_frame_header(data, SOF_MARKERS, kind)
    near, fault = 0, None
    try:
        if kind == "JPEG-LS":
            near = jpegls_scans.check_segments(data, header, kind)
        else:
            jpeg_scans.check_segments(data, header, kind)
    except PacscoreError as error:
        fault = str(error)
    predictor = jpeg_scans.read_predictor(data, kind) if header.marker == _LOSSLESS else None
    behind = b"" if stop is None else data[stop:].lstrip(b"\0")[:16]
    return JpegFacts(header, predictor, near, fault, stop, behind, count)


def _segments_and_end(data: bytes, kind: str) -> tuple[int, int | None]:
    """Return the number of segments, and the first byte behind EOI, which cannot occur in coded data (T.81 B.1.1.5).

    Raises
    ------
    LimitError
        If there are so many segments that only an attack has them.
    """
    last = count = 0
    try:
        for count, segment in enumerate(segments(data, kind), 1):
            if segment.marker == SOS:
                last = segment.offset + len(segment.body)
            if count > _MOST_SEGMENTS:
                raise LimitError(f"the {kind} frame has more than {_MOST_SEGMENTS:,} marker segments")
    except DataError:
        return count, None
    found = data.find(bytes((0xFF, EOI)), last)
    return count, None if found < 0 else found + 2
