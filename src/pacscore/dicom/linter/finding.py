"""What the linter found: one thing that is wrong with an object, and where."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

__all__ = ["Finding", "Severity"]

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or odd about the pixels of an object.

    Attributes
    ----------
    rule : str
        Number of the rule, as in ``"PAC102"``: it never changes its meaning.
    severity : "error", "warning" or "note"
        Against the standard, so that readers differ or fail; asking for trouble; worth knowing.
    clause : str
        Where the standard says so.
    what : str
        A sentence: what is found, what was expected.
    fixable : bool
        Whether `fix` mends it in this object.
    tag : str or None
        The element concerned, as in ``"(0028,0101)"``.
    frame : int or None
        The first frame concerned, from 0; None where it is not about frames.
    frames : int
        How many of the frames that were looked at have it.
    offset : int or None, in bytes
        Where in the file; of a deflated data set in what it inflates to, of a Dataset in the value of its Pixel Data.
    """

    schema: ClassVar[int] = 1
    rule: str
    severity: Severity
    clause: str
    what: str
    fixable: bool
    tag: str | None = None
    frame: int | None = None
    frames: int = 0
    offset: int | None = None

    def facts(self) -> dict[str, Any]:
        """Return the finding as values for machines."""
        return {"schema": self.schema, **dataclasses.asdict(self)}

    def to_json(self) -> str:
        """Return the finding as a JSON object, with its schema number."""
        return json.dumps(self.facts())
