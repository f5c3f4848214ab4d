"""What a check of all frames found: which are whole, damaged, refused or missing, and why."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import ClassVar, Literal

__all__ = ["FrameCondition", "FramesReport"]


@dataclass(frozen=True, slots=True)
class FrameCondition:
    """How one frame is.

    Attributes
    ----------
    index : int
        Counted from 0.
    state : "whole", "damaged" or "refused"
        Decoded without a complaint; not, or not wholly; or too large, or nothing here decodes it.
    reasons : tuple of str
        Why it is not whole; empty for a whole frame.
    notes : tuple of str
        Oddities without effect on the pixels: a missing end marker, trailing bytes.
    """

    index: int
    state: Literal["whole", "damaged", "refused"]
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FramesReport:
    """How the frames of an object are, one by one.

    Attributes
    ----------
    announced : int
        Number of Frames.
    frames : tuple of FrameCondition
        Of each frame that is there, at least in part.
    missing : tuple of range
        Indices of the frames that were announced and are not there.
    reason_missing : str or None
        Why frames are missing.
    notes : tuple of str
        What is odd about the object as a whole.
    """

    schema: ClassVar[int] = 1
    announced: int
    frames: tuple[FrameCondition, ...]
    missing: tuple[range, ...] = ()
    reason_missing: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether all frames that were announced are there and whole."""
        return not self.missing and all(frame.state == "whole" for frame in self.frames)

    @property
    def whole(self) -> tuple[int, ...]:
        """Indices of the frames that decode without a complaint."""
        return tuple(frame.index for frame in self.frames if frame.state == "whole")

    @property
    def damaged(self) -> tuple[int, ...]:
        """Indices of the frames that are there, but not wholly, or do not decode."""
        return tuple(frame.index for frame in self.frames if frame.state == "damaged")

    @property
    def refused(self) -> tuple[int, ...]:
        """Indices of the frames that are too large, or that no codec here decodes."""
        return tuple(frame.index for frame in self.frames if frame.state == "refused")

    def to_json(self) -> str:
        """Return the report as a JSON object, with its schema number; ``missing`` as pairs of first and one behind."""
        import json  # noqa: PLC0415 - reading frames does not need it

        told = dataclasses.asdict(self) | {"missing": [(run.start, run.stop) for run in self.missing]}
        return json.dumps({"schema": self.schema, "complete": self.complete, **told})
