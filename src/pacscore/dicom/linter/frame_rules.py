"""Rules about frames of JPEG, JPEG-LS, RLE and JPEG XL, and about the format that a transfer syntax names."""

from __future__ import annotations

from collections.abc import Iterator

from pacscore.codecs.jpegxl_header import ImageHeader
from pacscore.dicom.linter.coded_frame import CodedFrame, JpegFacts, begins_frame
from pacscore.dicom.linter.codestream_rules import MULTI_COMPONENT, NO_ROOM, PART_2
from pacscore.dicom.linter.file_rules import UNCHECKED, UNREADABLE_FRAME
from pacscore.dicom.linter.finding import Finding
from pacscore.dicom.linter.rule import Rule
from pacscore.dicom.linter.subject import Subject
from pacscore.dicom.linter.true_syntax import KINDS
from pacscore.errors import UnsupportedError
from pacscore.pixel_format import PixelFormat

__all__ = ["CHECKS"]

_PREFIX = "1.2.840.10008.1.2.4."
_PROCESSES = {
    f"{_PREFIX}50": {0xC0},
    f"{_PREFIX}51": {0xC0, 0xC1},
    f"{_PREFIX}53": {0xC2},
    f"{_PREFIX}55": {0xC2},
    f"{_PREFIX}57": {0xC3},
    f"{_PREFIX}70": {0xC3},
}
_MOST_BITS = 16
_DCT = frozenset({0xC0, 0xC1, 0xC2})
_JPEG_LS_LOSSLESS, _SV1, _RECOMPRESSION = f"{_PREFIX}80", f"{_PREFIX}70", f"{_PREFIX}111"
_RELABEL = "The transfer syntax is named that the frames are of; their bytes stay."

OTHER_FORMAT = Rule(
    "PAC101",
    "error",
    "PS3.5 A.4",
    "frames are of another format than the transfer syntax names",
    "Decoders are chosen by the transfer syntax: the one chosen cannot read the frame.",
    _RELABEL,
)
PROCESS = Rule(
    "PAC201",
    "error",
    "PS3.5 A.4.1",
    "a JPEG frame of another process than the transfer syntax names",
    "Decoders of the process named refuse it.",
    _RELABEL,
)
PREDICTOR = Rule(
    "PAC202",
    "error",
    "PS3.5 A.4.1",
    "a predictor other than 1 under JPEG Lossless, First-Order Prediction",
    "Decoders that know the first predictor alone show noise.",
    _RELABEL,
)
SIZE = Rule(
    "PAC203",
    "error",
    "PS3.5 8.2.1",
    "the frame header is of another size, or has other components, than the attributes say",
    "Readers that go by the attributes take too little or too much memory, and may write beyond it.",
)
PRECISION = Rule(
    "PAC204",
    "warning",
    "PS3.5 8.2.1",
    "the frame header's precision is not Bits Stored",
    "Readers that mask or shift by Bits Stored show other values than those that go by the frame header.",
    "Bits Stored and High Bit are set to the frame header's precision.",
)
COLOUR = Rule(
    "PAC205",
    "error",
    "PS3.3 C.7.6.3.1.2",
    "the frame itself says that it is of another colour space than Photometric Interpretation",
    "Readers that go by the one show right colours, those that go by the other pink and green.",
    "Photometric Interpretation becomes what the frame says.",
)
TABLES = Rule(
    "PAC206",
    "error",
    "T.81 B.2",
    "tables or scans of a frame contradict the standard",
    "Decoders of others may fail over it, and some do so badly.",
)
NO_EOI = Rule(
    "PAC207",
    "warning",
    "T.81 B.2.1",
    "the frame has no EOI",
    "It may have been cut short; nothing in the format tells how much is missing.",
)
BEHIND_EOI = Rule(
    "PAC208",
    "warning",
    "PS3.5 A.4",
    "bytes behind EOI that are no padding",
    "They belong to no frame; some decoders refuse them.",
    "They are cut off.",
)
NEAR = Rule(
    "PAC209",
    "error",
    "PS3.5 A.4.3",
    "a near-lossless JPEG-LS frame under the lossless transfer syntax",
    "The object passes for lossless, and its pixels are not those that were acquired.",
    _RELABEL + " The loss is written down (PAC501).",
)
RLE_HEADER = Rule(
    "PAC210",
    "error",
    "PS3.5 G.5",
    "the RLE header does not fit the frame",
    "It must name one segment for each byte of a pixel, each behind the one before it and inside the frame.",
)
RLE_ODD = Rule(
    "PAC211",
    "note",
    "PS3.5 G.3.1",
    "an RLE segment of odd length",
    "Each segment is padded to an even length; few readers mind.",
)
SHARED_CHROMA = Rule(
    "PAC212",
    "note",
    "PS3.3 C.7.6.3.1.2",
    "YBR_FULL, but columns share their chroma in the frame",
    "YBR_FULL_422 says so; most decoders go by the frame.",
    "Photometric Interpretation becomes YBR_FULL_422.",
)
RAW_LENGTH = Rule(
    "PAC213",
    "error",
    "PS3.5 A.4.11",
    "an uncompressed frame in an item is not as long as the attributes say",
    "Readers show it shifted from row to row, or fail.",
)
NO_JPEG = Rule(
    "PAC214",
    "error",
    "PS3.5 A.4",
    "JPEG XL JPEG Recompression without a JPEG inside",
    "Readers that rebuild the JPEG find none.",
    _RELABEL,
)


def check_format(subject: Subject) -> Iterator[Finding]:
    """Check that frames are of the format named, and that their headers can be read."""
    expected = KINDS.get(subject.transfer_syntax)
    for frame in subject.coded_frames:
        if expected is not None and frame.kind not in (expected, "unknown"):
            what = f"the frame begins as {frame.kind} does; {subject.transfer_syntax} holds {expected}"
            yield OTHER_FORMAT.found_in(frame, what, tag="(0002,0010)", fixable=subject.true_syntax is not None)
        elif expected is not None and frame.kind == "unknown":
            rule = RLE_HEADER if expected == "RLE" else UNREADABLE_FRAME
            yield rule.found_in(frame, f"the frame does not begin as {expected} does")
        elif expected is not None and isinstance(frame.problem, UnsupportedError):
            beyond = frame.problem.feature == "T.801" and subject.transfer_syntax not in MULTI_COMPONENT
            yield (PART_2 if beyond else UNCHECKED).found_in(frame, str(frame.problem))
        elif expected is not None and frame.problem is not None:
            yield UNREADABLE_FRAME.found_in(frame, str(frame.problem))
        elif subject.transfer_syntax == _RECOMPRESSION and not frame.recompressed:
            yield NO_JPEG.found_in(frame, "there is no box of JPEG bitstream reconstruction data", tag="(0002,0010)")


def check_jpeg(subject: Subject) -> Iterator[Finding]:
    """Check JPEG and JPEG-LS frames by their own headers."""
    syntax = subject.transfer_syntax
    for frame in subject.coded_frames:
        facts = frame.jpeg
        if facts is None:
            continue
        marker, processes = facts.header.marker, _PROCESSES.get(syntax)
        if processes is not None and frame.kind == "JPEG" and marker not in processes:
            what = f"the frame header is FF{marker:02X}; {syntax} holds {_words(processes)}"
            yield PROCESS.found_in(frame, what, tag="(0002,0010)", fixable=subject.true_syntax is not None)
        elif syntax == _SV1 and facts.predictor not in (None, 1):
            yield PREDICTOR.found_in(frame, f"the predictor is {facts.predictor}", tag="(0002,0010)")
        if syntax == _JPEG_LS_LOSSLESS and facts.near:
            yield NEAR.found_in(frame, f"NEAR is {facts.near}: values may be off by so much", tag="(0002,0010)")
        if facts.fault is not None:
            yield TABLES.found_in(frame, facts.fault)
        if facts.stop is None:
            yield NO_EOI.found_in(frame, "the frame ends without the marker FFD9")
        elif facts.behind and not begins_frame(facts.behind):
            yield BEHIND_EOI.found_in(frame, f"{facts.behind.hex(' ')} follows")


def _words(processes: set[int]) -> str:
    return " or ".join(f"FF{marker:02X}" for marker in sorted(processes))


def check_attributes(subject: Subject) -> Iterator[Finding]:
    """Check frame headers against the Image Pixel attributes."""
    stored = subject.stored
    if stored is None:
        return
    for frame in subject.coded_frames:
        size = _size(frame)
        if size is None:
            continue
        theirs = (stored.rows, stored.columns, stored.samples_per_pixel)
        if size[:3] != theirs:
            mine = f"{size[0]} x {size[1]} of {size[2]} components"
            what = f"the frame header says {mine}, the data set {theirs[0]} x {theirs[1]} of {theirs[2]}"
            yield SIZE.found_in(frame, what, tag="(0028,0010)")
        bits = size[3]
        if bits > _MOST_BITS:
            yield TABLES.found_in(frame, f"the frame header says {bits} bits a sample")
        elif bits > stored.bits_allocated:
            what = f"the frame header says {bits} bits, Bits Allocated {stored.bits_allocated}"
            yield NO_ROOM.found_in(frame, what, tag="(0028,0100)")
        elif bits != stored.bits_stored and not _is_usual(frame.jpeg, bits, stored.bits_stored):
            what = f"the frame header says {bits} bits, Bits Stored {stored.bits_stored}"
            yield PRECISION.found_in(frame, what, tag="(0028,0101)")
        if frame.jpeg is not None and frame.kind == "JPEG":
            yield from _colour(frame, frame.jpeg, stored)


def _size(frame: CodedFrame) -> tuple[int, int, int, int] | None:
    """Return rows, columns, components and precision that a frame states."""
    if frame.jpeg is not None:
        header = frame.jpeg.header
        return header.rows, header.columns, header.components, header.precision
    if isinstance(frame.facts, ImageHeader):
        return frame.facts.rows, frame.facts.columns, frame.facts.samples, frame.facts.bits
    return None


def _is_usual(facts: JpegFacts | None, precision: int, bits_stored: int) -> bool:
    """Return whether a DCT frame has the least precision that there is for so many bits: 8 or 12."""
    return facts is not None and facts.header.marker in _DCT and precision == (8 if bits_stored <= 8 else 12)


def _colour(frame: CodedFrame, facts: JpegFacts, stored: PixelFormat) -> Iterator[Finding]:
    told, label, tag = facts.header.colour, stored.photometric_interpretation, "(0028,0004)"
    if told is None or not label.startswith(("RGB", "YBR")):
        return
    if not label.startswith(told):
        yield COLOUR.found_in(frame, f"the frame says {told}, Photometric Interpretation {label}", tag=tag)
    elif label == "YBR_FULL" and facts.header.sampling[0] == (2, 1):
        yield SHARED_CHROMA.found_in(frame, "the sampling factors are 2x1, 1x1, 1x1", tag=tag)


def check_rle(subject: Subject) -> Iterator[Finding]:
    """Check RLE headers (PS3.5 annex G)."""
    stored = subject.stored
    for frame in subject.coded_frames:
        if stored is None or frame.kind != "RLE" or not isinstance(frame.facts, tuple):
            continue
        count, *offsets = frame.facts
        expected = stored.samples_per_pixel * max(1, stored.bits_allocated // 8)
        ends = [*offsets[1:count], frame.length]
        sizes = [end - start for start, end in zip(offsets[:count], ends, strict=True)]
        if count != expected:
            yield RLE_HEADER.found_in(frame, f"it names {count} segments; a pixel has {expected} bytes")
        elif any(size < 0 for size in sizes):
            yield RLE_HEADER.found_in(frame, f"segments begin at {offsets[:count]} of {frame.length:,} bytes")
        elif any(size % 2 for size in sizes):
            yield RLE_ODD.found_in(frame, f"segments are of {sizes} bytes")


def check_raw(subject: Subject) -> Iterator[Finding]:
    """Check the length of frames of Encapsulated Uncompressed."""
    stored = subject.stored
    if stored is None or subject.transfer_syntax != "1.2.840.10008.1.2.1.98":
        return
    needed = -(-stored.native_bits // 8)
    for frame in subject.coded_frames:
        if frame.length != needed + needed % 2:
            yield RAW_LENGTH.found_in(frame, f"it has {frame.length:,} bytes; the attributes ask for {needed:,}")


CHECKS = (check_format, check_jpeg, check_attributes, check_rle, check_raw)
