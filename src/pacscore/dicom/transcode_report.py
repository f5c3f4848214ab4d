"""What a transcoding did, for people and for machines."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import ClassVar, Literal

__all__ = ["TranscodeReport"]


@dataclass(frozen=True, slots=True)
class TranscodeReport:
    """What `transcode` read, wrote and proved.

    Attributes
    ----------
    destination : str
        The file that was written.
    frames : int
        How many.
    bytes_before, bytes_after : int
        Size of the source and of the destination; of a data set in memory, that of its encoded frames.
    pixel_bytes : int
        Size of all frames as arrays: what a megabyte per second is counted in.
    transfer_syntax_before, transfer_syntax_after : str
        UIDs.
    lossless : bool
        Proven: every frame was read back from the destination and has exactly the source's values.
    verified : bool
        Whether every frame was read back. A lossy transcoding can be verified to decode, not to be equal.
    pixel_sha256 : tuple of str
        SHA-256 of each frame's values, little endian, rows then columns then samples: those of the destination, which
        are the source's too where ``lossless``. Without verification, those of the source.
    sop_instance_uid_before, sop_instance_uid_after : str
        Another one only where pixels changed.
    route : "bytes", "recode" or "pixels"
        The frames were carried over as they are; their quantiser indices were; they were decoded and encoded.
    changes : tuple of str
        Attributes that were set or removed, with the values before and after.
    warnings : tuple of str
        What a reader should know: disagreeing headers, damaged frames, digital signatures that hold no longer.
    seconds : float
        Wall-clock time.
    """

    schema: ClassVar[int] = 1
    destination: str
    frames: int
    bytes_before: int
    bytes_after: int
    pixel_bytes: int
    transfer_syntax_before: str
    transfer_syntax_after: str
    lossless: bool
    verified: bool
    pixel_sha256: tuple[str, ...]
    sop_instance_uid_before: str
    sop_instance_uid_after: str
    route: Literal["bytes", "recode", "pixels"]
    changes: tuple[str, ...]
    warnings: tuple[str, ...]
    seconds: float

    def to_json(self) -> str:
        """Return the report as a JSON object, with its schema number."""
        return json.dumps({"schema": self.schema, **dataclasses.asdict(self)})
