"""Rules about native pixel data: its length, and the bits of its cells.

Source: PS3.5 8.1.1, 8.2, annex D.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pacscore.dicom.linter.finding import Finding
from pacscore.dicom.linter.overlay_rules import overlays_in_cells
from pacscore.dicom.linter.rule import Rule
from pacscore.dicom.linter.subject import Subject
from pacscore.dicom.part10 import BIG_ENDIAN
from pacscore.pixel_format import PixelFormat

__all__ = ["CHECKS"]

_TAG = "(7FE0,0010)"
_PIECE = 1 << 24
"""Bytes of pixel data that are looked at at once."""

TOO_SHORT = Rule(
    "PAC410",
    "error",
    "PS3.5 8.1.1",
    "Pixel Data is shorter than its frames",
    "The last frame is not whole, or an attribute is wrong.",
)
TOO_LONG = Rule(
    "PAC411",
    "warning",
    "PS3.5 8.1.1",
    "Pixel Data is longer than its frames",
    "Padding of more than one byte confuses readers; what has the length of frames may be frames that nobody sees.",
    "What is less than a frame is cut off.",
)
FULL_CHROMA = Rule(
    "PAC412",
    "error",
    "PS3.3 C.7.6.3.1.2",
    "YBR_FULL_422, but Pixel Data has three samples for every pixel",
    "Readers that go by the label show stripes.",
    "Photometric Interpretation becomes YBR_FULL.",
)
ODD_COLUMNS = Rule(
    "PAC413",
    "error",
    "PS3.3 C.7.6.3.1.2",
    "YBR_FULL_422, and Columns is odd",
    "Two columns share their chroma: the last one has nobody to share with.",
)
JUNK_BITS = Rule(
    "PAC414",
    "warning",
    "PS3.5 8.1.1",
    "bits above High Bit or below the sample are set",
    "They mean nothing; readers that do not clear them show values that were never measured.",
    "They are cleared, or extend the sign. Where an overlay lives in them they are not looked at.",
)
EXTREMES = Rule(
    "PAC415",
    "warning",
    "PS3.3 C.7.6.3",
    "Smallest or Largest Image Pixel Value is not that of the pixels",
    "Viewers that derive a window from it show the picture too dark or too bright.",
    "It is set to what the pixels have.",
)
ODD_LENGTH = Rule(
    "PAC416",
    "error",
    "PS3.5 7.1, 8.1.1",
    "Pixel Data is of odd length",
    "Readers that trust lengths to be even lose their place.",
    "It is padded with a zero.",
)


@dataclass(frozen=True, slots=True)
class Extremes:
    """What was seen in all cells of native pixel data.

    Attributes
    ----------
    smallest, largest : int
        Sample values, without bits that are not theirs.
    junk : int
        Cells that have such bits.
    """

    smallest: int
    largest: int
    junk: int


def check_length(subject: Subject) -> Iterator[Finding]:
    """Check the length of native pixel data against the attributes."""
    stored = subject.stored
    if stored is None or subject.encapsulated or not subject.claims_native:
        return
    length = subject.element.length or 0
    there = max(0, min(length, subject.header.reader.size - subject.element.start))
    shares = stored.photometric_interpretation == "YBR_FULL_422"
    full = -(-stored.rows * stored.columns * 3 * stored.bits_allocated * subject.frame_count // 8)
    needed = -(-stored.native_bits * subject.frame_count // 8)
    at = subject.element.start
    if length % 2:
        yield ODD_LENGTH.found(f"it has {length:,} bytes", tag=_TAG, offset=at)
    if there < needed or there < length:
        yield TOO_SHORT.found(f"{there:,} bytes are there; its frames take {needed:,}", tag=_TAG, offset=at)
    elif shares and there >= full:
        yield FULL_CHROMA.found(f"it has {there:,} bytes; shared chroma takes {needed:,}", tag=_TAG, offset=at)
    elif length > needed + needed % 2:
        less_than_a_frame = 8 * (length - needed) < stored.native_bits
        what = f"it has {length:,} bytes; its frames take {needed:,}"
        yield TOO_LONG.found(what, tag=_TAG, offset=at, fixable=less_than_a_frame)
    if shares and stored.columns % 2:
        yield ODD_COLUMNS.found(f"Columns is {stored.columns}", tag="(0028,0011)")


def check_cells(subject: Subject) -> Iterator[Finding]:
    """Check the bits of native cells, and what the attributes say of the values."""
    stored = subject.stored
    if stored is None or subject.encapsulated or not subject.claims_native or not has_plain_cells(stored):
        return
    seen = extremes(subject, stored)
    if seen is None:
        return
    if seen.junk and not overlays_in_cells(subject.dataset):
        what = f"{seen.junk:,} cells have bits that Bits Stored {stored.bits_stored} leaves no meaning"
        fixable = not stored.photometric_interpretation.endswith(("_422", "_420"))
        yield JUNK_BITS.found(what, tag=_TAG, offset=subject.element.start, fixable=fixable)
    if subject.get("PixelPaddingValue") is not None:
        return  # whether padding counts among the pixels is told nowhere
    for keyword, tag, true in (
        ("SmallestImagePixelValue", "(0028,0106)", seen.smallest),
        ("LargestImagePixelValue", "(0028,0107)", seen.largest),
    ):
        told = subject.get(keyword)
        if isinstance(told, int) and not same_value(told, true, stored):
            fixable = -(1 << 15) <= true < 1 << 16
            yield EXTREMES.found(f"{keyword} is {told}, the pixels have {true}", tag=tag, fixable=fixable)


def same_value(told: int, true: int, stored: PixelFormat) -> bool:
    """Return whether an attribute tells a pixel value, read in either sign: its VR is another rule's."""
    mask = (1 << max(16, stored.bits_allocated)) - 1
    return told & mask == true & mask or told & 0xFFFF == true & 0xFFFF


def has_plain_cells(stored: PixelFormat) -> bool:
    """Return whether each cell is one whole number of bytes that NumPy has."""
    return not stored.is_float and stored.bits_allocated in (8, 16, 32, 64)


def extremes(subject: Subject, stored: PixelFormat) -> Extremes | None:
    """Look at all cells, some at a time; None where there is none."""
    word = np.dtype(f"{'>' if subject.transfer_syntax == BIG_ENDIAN else '<'}u{stored.bits_allocated // 8}")
    position = subject.element.start
    needed = -(-stored.native_bits * subject.frame_count // 8)
    stop = min(position + min(needed, subject.element.length or 0), subject.header.reader.size)
    found: list[Extremes] = []
    while stop - position >= word.itemsize:
        data = subject.header.reader.read_range(position, min(_PIECE, stop - position))
        position += len(data)
        cells = np.frombuffer(data, word, len(data) // word.itemsize)
        if not cells.size:
            break
        found.append(_seen(cells.astype(word.newbyteorder("="), copy=False), stored))
    if not found:
        return None
    smallest, largest = min(one.smallest for one in found), max(one.largest for one in found)
    return Extremes(smallest, largest, sum(one.junk for one in found))


def _seen(cells: np.ndarray, stored: PixelFormat) -> Extremes:
    """Return what one piece has; cells are unsigned words."""
    width, bits = stored.bits_allocated, stored.bits_stored
    high = bits - 1 if stored.high_bit is None else stored.high_bit
    if bits == width:
        values = cells.view(f"i{cells.itemsize}") if stored.pixel_representation else cells
        return Extremes(int(values.min()), int(values.max()), 0)
    up = cells << cells.dtype.type(width - 1 - high)  # the sample's bits at the top of the cell
    if stored.pixel_representation:
        values = up.view(f"i{cells.itemsize}") >> (width - bits)
    else:
        values = up >> cells.dtype.type(width - bits)
    below = high + 1 - bits
    extended = (values << below).view(cells.dtype)
    mask = cells.dtype.type(((1 << bits) - 1) << below)
    junk = np.count_nonzero((cells != extended) & (cells != (cells & mask)))  # a sign may be extended, and need not
    return Extremes(int(values.min()), int(values.max()), int(junk))


CHECKS = (check_length, check_cells)
