"""An object that was stored in parts: the frames of all of them, in order."""

from __future__ import annotations

import contextlib
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from pacscore.codecs.protocol import OnDamage
from pacscore.dicom.frame_sequence import FrameSequence
from pacscore.dicom.frames import FrameSource
from pacscore.dicom.image_pixel import integer, tag_of, value
from pacscore.dicom.opening import open as open_frames
from pacscore.errors import DicomError, OptionError
from pacscore.limits import DEFAULT_LIMITS, Limits
from pacscore.pixel_format import PixelFormat
from pacscore.region import Region
from pacscore.report import Partial

if TYPE_CHECKING:
    from pacscore.dicom.frame_rendering import Display
    from pacscore.dicom.presentation_state import PresentationState
    from pacscore.pixels.overlay import Overlay
    from pacscore.pixels.pipeline import Pipeline
    from pacscore.pixels.real_world import RealWorldMap
    from pacscore.pixels.value_pass import ValuePass

__all__ = ["Concatenation", "concatenation_of", "open_concatenation"]

_CLAUSE = "PS3.3 C.7.6.16.2.2.4"
_MOST_PARTS = 65535
"""In-concatenation Number is of VR US."""


def open_concatenation(sources: Iterable[Any], *, limits: Limits | None = None) -> Concatenation:
    """Open the parts of a concatenation as one sequence of frames.

    Parameters
    ----------
    sources : iterable of path, bytes-like, binary file object, pydicom Dataset, or reader
        All parts, in any order.
    limits : Limits, optional
        Sizes beyond which it refuses.

    Returns
    -------
    Concatenation
        A sequence of frames, and a context manager that closes what was opened here.

    Raises
    ------
    OptionError
        If there are no sources.
    DicomError
        If a part is no DICOM image, belongs to no concatenation or to another one, is there twice, is missing, or does
        not fit the others; ``tag`` names the element.
    UnsupportedError, OSError
        As of `pacscore.open`.

    Source: PS3.3 C.7.6.16.1.2 and C.7.6.16.2.2.4.
    """
    with contextlib.ExitStack() as opened:
        parts = [opened.enter_context(open_frames(source, limits=limits)) for source in sources]
        if not parts:
            raise OptionError("a concatenation of no parts")
        concatenation = concatenation_of(parts, limits or DEFAULT_LIMITS)
        opened.pop_all()
        return concatenation


def concatenation_of(parts: list[FrameSource], limits: Limits) -> Concatenation:
    """Return opened parts, in any order, as one sequence of frames; raises as `open_concatenation` does."""
    return Concatenation(_in_order(parts), limits)


class Concatenation(FrameSequence):
    """The frames of all parts of a concatenation; used as a `FrameSource`.

    Attributes
    ----------
    parts : tuple of FrameSource
        By In-concatenation Number.
    dataset : pydicom Dataset
        That of the first part. Functional groups of a frame are in its own part: see ``locate``.
    transfer_syntax : pydicom UID
    encoded_format : PixelFormat
        What is stored.
    """

    def __init__(self, parts: tuple[FrameSource, ...], limits: Limits) -> None:
        self.parts = parts
        self._limits = limits
        self._firsts = [0, *accumulate(map(len, parts))]
        self.dataset = parts[0].dataset
        self.transfer_syntax = parts[0].transfer_syntax
        self.encoded_format = parts[0].encoded_format

    def locate(self, index: int) -> tuple[FrameSource, int]:
        """Return the part that holds a frame, and the frame's index there.

        Raises
        ------
        IndexError
            If there is no such frame.
        """
        index = self._checked(index)
        number = bisect_right(self._firsts, index) - 1
        return self.parts[number], index - self._firsts[number]

    @property
    def pixel_format(self) -> PixelFormat:
        """What decoding gives; the headers of the first frame that is read tell."""
        return self.parts[0].pixel_format

    @property
    def notes(self) -> tuple[str, ...]:
        """What was found odd so far, in sentences, part by part."""
        return tuple(f"part {number}: {note}" for number, part in enumerate(self.parts, 1) for note in part.notes)

    @property
    def _source_bytes(self) -> int:
        return sum(part._source_bytes for part in self.parts)

    def _frames_there(self) -> tuple[tuple[range, ...], str | None]:
        there: list[range] = []
        reasons = []
        for number, (first, part) in enumerate(zip(self._firsts, self.parts, strict=False), 1):
            runs, reason = part._frames_there()
            there.extend(range(first + run.start, first + run.stop) for run in runs)
            if reason is not None:
                reasons.append(f"part {number}: {reason}")
        return tuple(there), "; ".join(reasons) or None

    def __len__(self) -> int:
        return self._firsts[-1]

    def encoded(self, index: int) -> bytes:  # noqa: D102 - documented with FrameSequence
        part, place = self.locate(index)
        return part.encoded(place)

    def frame(  # noqa: PLR0913, D102 - the choices of a view, all by keyword; documented with FrameSequence
        self,
        index: int,
        *,
        reduce: int = 0,
        region: Region | None = None,
        out: NDArray[Any] | None = None,
        threads: int = 1,
        on_damage: OnDamage = "raise",
    ) -> NDArray[Any] | Partial:
        part, place = self.locate(index)
        return part.frame(place, reduce=reduce, region=region, out=out, threads=threads, on_damage=on_damage)

    def pipeline(self, index: int = 0, *, presentation_state: PresentationState | None = None) -> Pipeline:
        """Return how a frame wants to be shown, by the functional groups of its part, or by a presentation state."""
        part, place = self.locate(index)
        return part.pipeline(place, presentation_state=presentation_state)

    def overlays(self, index: int = 0) -> tuple[Overlay, ...]:
        """Return the overlay planes of a frame, as `FrameSource.overlays` has them."""
        part, place = self.locate(index)
        return part.overlays(place)

    def real_world_maps(self, index: int = 0) -> tuple[RealWorldMap, ...]:
        """Return how the stored values of a frame become real world values."""
        part, place = self.locate(index)
        return part.real_world_maps(place)

    def _converted(
        self, index: int, one_pass: ValuePass, display: Display, out: NDArray[Any] | None
    ) -> NDArray[Any] | None:
        part, place = self.locate(index)
        return part._converted(place, one_pass, display, out)

    def close(self) -> None:
        """Close the files that were opened here; frames cannot be read any more."""
        for part in self.parts:
            part.close()

    def __repr__(self) -> str:
        stored = self.encoded_format
        return (
            f"<Concatenation: {len(self)} frames of {stored.rows} x {stored.columns} in {len(self.parts)} parts, "
            f"transfer syntax {self.transfer_syntax}>"
        )


def _in_order(parts: list[FrameSource]) -> tuple[FrameSource, ...]:
    """Return the parts by their numbers, after all were found to be there and to belong together."""
    by_number: dict[int, FrameSource] = {}
    for part in parts:
        _check_alike(parts[0], part)
        number = integer(part.dataset, "InConcatenationNumber", 1, _MOST_PARTS)
        if number in by_number:
            raise _wrong("InConcatenationNumber", f"part {number} is there twice")
        by_number[number] = part
    total = integer(parts[0].dataset, "InConcatenationTotalNumber", 1, _MOST_PARTS, default=max(by_number))
    last = max(total, *by_number)
    missing = [number for number in range(1, last + 1) if number not in by_number]
    if missing:
        raise _wrong("InConcatenationNumber", f"{len(missing)} of {last} parts are missing, as number {missing[0]}")
    if max(by_number) > total:
        raise _wrong("InConcatenationTotalNumber", f"{total} parts are announced, and there is part {max(by_number)}")
    ordered = tuple(by_number[number] for number in sorted(by_number))
    first = 0
    for number, part in enumerate(ordered, 1):
        offset = integer(part.dataset, "ConcatenationFrameOffsetNumber", 0, 1 << 32, default=first)
        if offset != first:
            raise _wrong(
                "ConcatenationFrameOffsetNumber",
                f"part {number} says that {offset} frames precede it; the parts before it have {first}",
            )
        first += len(part)
    return ordered


def _check_alike(first: FrameSource, part: FrameSource) -> None:
    if not value(part.dataset, "ConcatenationUID"):
        raise _wrong("ConcatenationUID", f"{part!r} belongs to no concatenation")
    for keyword in ("ConcatenationUID", "SOPInstanceUIDOfConcatenationSource", "InConcatenationTotalNumber"):
        ours, others = (value(each.dataset, keyword) for each in (first, part))
        if ours != others:
            raise _wrong(keyword, f"parts disagree: {ours} and {others}")
    if part.encoded_format != first.encoded_format:
        raise _wrong("Rows", f"parts differ in what they store: {first.encoded_format} and {part.encoded_format}")
    if part.transfer_syntax != first.transfer_syntax:
        raise DicomError(
            f"parts are in different transfer syntaxes: {first.transfer_syntax} and {part.transfer_syntax}",
            tag="(0002,0010)",
        )


def _wrong(keyword: str, what: str) -> DicomError:
    return DicomError(f"{keyword} {tag_of(keyword)}: {what} ({_CLAUSE})", tag=tag_of(keyword), clause=_CLAUSE)
