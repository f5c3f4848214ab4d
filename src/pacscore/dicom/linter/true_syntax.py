"""The transfer syntax that frames are of, by their own headers."""

from __future__ import annotations

from collections.abc import Iterable

from pacscore.dicom.linter.coded_frame import CodedFrame, JpegFacts, Kind
from pacscore.dicom.linter.codestream_facts import CodestreamFacts

__all__ = ["KINDS", "LARGEST_BASE", "RPCL", "true_syntax"]

_PREFIX = "1.2.840.10008.1.2.4."
_RLE = "1.2.840.10008.1.2.5"
RPCL = f"{_PREFIX}202"
LARGEST_BASE = 64
"""Rows or columns of the lowest resolution under HTJ2K Lossless RPCL (PS3.5 10.18)."""

KINDS: dict[str, Kind] = {
    **dict.fromkeys((f"{_PREFIX}{number}" for number in (50, 51, 53, 55, 57, 70)), "JPEG"),
    **dict.fromkeys((f"{_PREFIX}{number}" for number in (80, 81)), "JPEG-LS"),
    **dict.fromkeys((f"{_PREFIX}{number}" for number in (90, 91, 92, 93, 201, 202, 203)), "JPEG 2000"),
    **dict.fromkeys((f"{_PREFIX}{number}" for number in (110, 111, 112)), "JPEG XL"),
    _RLE: "RLE",
}
"""The format that each transfer syntax names."""


def true_syntax(claimed: str, frames: Iterable[CodedFrame]) -> str | None:
    """Return the transfer syntax that holds all frames, the claimed one if it does.

    None where they are of several formats, of one that is not known, or not readable.

    Source: PS3.5 A.4.1 to A.4.4, 10.18.
    """
    votes: set[str] = set()
    for frame in frames:
        number = _number(claimed.removeprefix(_PREFIX), frame)
        if number is None:
            return None
        votes.add(_RLE if number == "RLE" else f"{_PREFIX}{number}")
        if len(votes) > 3:
            return None
    return _common(votes)


def _common(votes: set[str]) -> str | None:
    """Return what holds all frames where they differ: lossless and lossy ones of one family may stand together."""
    for wider, narrower in (("91", "90"), ("203", "201"), ("203", "202"), ("201", "202"), ("81", "80"), ("57", "70")):
        if f"{_PREFIX}{wider}" in votes:
            votes = votes - {f"{_PREFIX}{narrower}"}
    return votes.pop() if len(votes) == 1 else None


def _number(claimed: str, frame: CodedFrame) -> str | None:
    """Return the last part of the UID for one frame, "RLE" for that, None where nothing fits."""
    if frame.problem is not None:
        return None
    if frame.kind == "RLE":
        return "RLE"
    if frame.kind == "JPEG XL":
        return claimed if claimed == "110" or (claimed == "111" and frame.recompressed) else "112"
    if frame.codestream is not None:
        return _number_of_codestream(claimed, frame.codestream)
    return None if frame.jpeg is None else _number_of_jpeg(claimed, frame.kind, frame.jpeg)


def _number_of_codestream(claimed: str, facts: CodestreamFacts) -> str:
    if not facts.high_throughput:
        if facts.reversible:
            return claimed if claimed in ("90", "91", "92", "93") else "91" if claimed == "203" else "90"
        return "93" if claimed in ("92", "93") else "91"
    if not facts.reversible or claimed in ("91", "203"):
        return "203"
    fits = facts.rpcl and facts.tlm != "none" and min(facts.lowest_resolution) <= LARGEST_BASE
    return "202" if claimed == "202" and fits else "201"


def _number_of_jpeg(claimed: str, kind: Kind, facts: JpegFacts) -> str | None:
    marker = facts.header.marker
    if kind == "JPEG-LS":
        return "81" if facts.near or claimed == "81" else "80"
    if marker == 0xC0:
        return "51" if claimed == "51" else "50"
    if marker == 0xC3:
        return "70" if facts.predictor == 1 and claimed != "57" else "57"
    return {0xC1: "51", 0xC2: "53" if claimed == "53" else "55"}.get(marker)
