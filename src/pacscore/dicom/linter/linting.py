"""From an object to the findings of all rules."""

from __future__ import annotations

import dataclasses
from typing import Any

from pacscore.codecs.video import VIDEO_FORMATS
from pacscore.dicom.linter.file_rules import UNREADABLE
from pacscore.dicom.linter.finding import Finding
from pacscore.dicom.linter.registry import CHECKS
from pacscore.dicom.linter.subject import Subject, subject_of
from pacscore.dicom.parser_warnings import noted_warnings
from pacscore.dicom.part10 import BIG_ENDIAN
from pacscore.errors import PacscoreError
from pacscore.limits import DEFAULT_LIMITS, Limits

__all__ = ["findings_of", "lint"]

_NOT_WHOLE = frozenset(f"PAC{number}" for number in ("001", 305, 306, 307, 308, 309, 312, 313, 401, 410))
"""Where one of these is found nothing is mended: a copy would pass for whole, or lose what nobody understood."""

_NOT_MENDED = frozenset({BIG_ENDIAN, *VIDEO_FORMATS})
"""Transfer syntaxes of which no copy is written: retired, or streams that cannot be compared frame by frame."""

_ORDER = {"error": 0, "warning": 1, "note": 2}


def lint(source: Any, *, limits: Limits | None = None) -> list[Finding]:
    """Return what is wrong with the pixels of an object, and with what it says about them.

    Headers are read, of the data set and of frames; of objects of more than 256 frames, so many spread over them.
    Native pixels are looked at for bits without meaning. No frame is decoded.

    Source: PS3.5 8.2, 10.18, A.4; PS3.10 7.1; PS3.3 C.7.6.3, C.7.6.1.1.5, C.11.

    Parameters
    ----------
    source : path, bytes-like, binary file object, pydicom Dataset, or reader
        As `pacscore.open` takes it.
    limits : Limits, optional
        Sizes beyond which a deflated data set is not inflated.

    Returns
    -------
    list of Finding
        Errors first, then warnings and notes; each rule once, or once for each element that breaks it. Empty where
        nothing is wrong. What cannot be read at all is a finding too, of severity error.

    Raises
    ------
    OSError
        What the operating system says.
    """
    with noted_warnings(), subject_of(source, limits or DEFAULT_LIMITS) as subject:
        return findings_of(subject)


def findings_of(subject: Subject) -> list[Finding]:
    """Return the findings of all rules in an object."""
    found: list[Finding] = []
    for check in CHECKS:
        try:
            found.extend(check(subject))
        except PacscoreError as error:
            tag, offset = (getattr(error, name, None) for name in ("tag", "offset"))
            found.append(UNREADABLE.found(str(error), tag=tag, offset=offset))
    merged = _merged(found)
    if subject.transfer_syntax in _NOT_MENDED or any(each.rule in _NOT_WHOLE for each in merged):
        merged = [dataclasses.replace(each, fixable=False) for each in merged]
    return sorted(merged, key=lambda each: (_ORDER[each.severity], each.rule))


def _merged(found: list[Finding]) -> list[Finding]:
    """Return one finding for all frames that break a rule, and none twice."""
    merged: dict[tuple[str, str], Finding] = {}
    for each in found:
        key = (each.rule, each.what if each.frame is None else "")
        known = merged.get(key)
        if known is None:
            merged[key] = each
        elif each.frame is not None:
            fixable = known.fixable and each.fixable
            merged[key] = dataclasses.replace(known, frames=known.frames + 1, fixable=fixable)
    return list(merged.values())
