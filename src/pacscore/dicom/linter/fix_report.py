"""What mending did, for people and for machines."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any, ClassVar

from pacscore.dicom.linter.finding import Finding

__all__ = ["FixReport"]


@dataclass(frozen=True, slots=True)
class FixReport:
    """What `fix` found, changed and proved.

    Attributes
    ----------
    destination : str or None
        The file that was written; None where nothing could be mended, and nothing was written.
    mended : tuple of Finding
        What the source had, and the copy has not.
    left : tuple of Finding
        What is still found in the copy, or in the source where there is no copy.
    changes : tuple of str
        Attributes that were set or removed, with the values before and after.
    warnings : tuple of str
        What a reader should know: frames that could not be compared, digital signatures that hold no longer.
    frames : int
        How many.
    frames_compared : int
        Those that decode, in the source and in the copy, to the same values.
    transfer_syntax_before, transfer_syntax_after : str
        UIDs.
    """

    schema: ClassVar[int] = 1
    destination: str | None
    mended: tuple[Finding, ...]
    left: tuple[Finding, ...]
    changes: tuple[str, ...]
    warnings: tuple[str, ...]
    frames: int
    frames_compared: int
    transfer_syntax_before: str
    transfer_syntax_after: str

    def facts(self) -> dict[str, Any]:
        """Return the report as values for machines."""
        return {"schema": self.schema, **dataclasses.asdict(self)}

    def to_json(self) -> str:
        """Return the report as a JSON object, with its schema number."""
        return json.dumps(self.facts())
