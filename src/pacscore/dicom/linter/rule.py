"""What a rule of the linter is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pacscore.dicom.linter.finding import Finding, Severity

__all__ = ["Rule"]


class _Place(Protocol):
    """A frame: which, and where it begins."""

    @property
    def index(self) -> int: ...

    @property
    def offset(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes
    ----------
    id : str
        Its number, which stays for ever.
    severity : "error", "warning" or "note"
    clause : str
        Where the standard says so.
    title : str
        What is wrong, in a few words.
    why : str
        What comes of it.
    mend : str or None
        What `fix` does about it; None where only somebody who knows the object can mend it.
    """

    id: str
    severity: Severity
    clause: str
    title: str
    why: str
    mend: str | None = None

    def found(
        self,
        what: str,
        *,
        tag: str | None = None,
        frame: int | None = None,
        offset: int | None = None,
        fixable: bool = True,
    ) -> Finding:
        """Return a finding of this rule; ``fixable`` says whether this case of it can be mended, if any can."""
        return Finding(
            self.id,
            self.severity,
            self.clause,
            what,
            fixable and self.mend is not None,
            tag,
            frame,
            0 if frame is None else 1,
            offset,
        )

    def found_in(self, frame: _Place, what: str, *, tag: str | None = None, fixable: bool = True) -> Finding:
        """Return a finding of this rule in a frame."""
        return self.found(what, tag=tag, frame=frame.index, offset=frame.offset, fixable=fixable)
