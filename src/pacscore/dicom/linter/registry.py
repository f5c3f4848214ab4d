"""All rules by their number, and the checks that find them broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pacscore.dicom.linter import (
    codestream_rules,
    display_rules,
    encapsulation_rules,
    file_rules,
    frame_rules,
    history_rules,
    native_rules,
    offset_rules,
    overlay_rules,
    pixel_rules,
    table_rules,
)
from pacscore.dicom.linter.finding import Finding
from pacscore.dicom.linter.rule import Rule
from pacscore.dicom.linter.subject import Subject

__all__ = ["CHECKS", "RULES", "SUBJECTS", "Check"]

Check = Callable[[Subject], Iterator[Finding]]

_MODULES = (
    (file_rules, "The file"),
    (codestream_rules, "Codestreams of JPEG 2000 and HTJ2K"),
    (frame_rules, "Other frames, and frames in general"),
    (encapsulation_rules, "Encapsulation"),
    (offset_rules, "Offset tables"),
    (pixel_rules, "Image Pixel attributes"),
    (native_rules, "Native pixel data"),
    (history_rules, "Lossy history"),
    (display_rules, "Display"),
    (table_rules, "Look-up tables"),
    (overlay_rules, "Overlays"),
)


def _by_subject() -> Iterator[tuple[str, tuple[Rule, ...]]]:
    """Yield the rules of each module; one that a module takes from another is the other's."""
    seen: set[str] = set()
    for module, title in _MODULES:
        rules = {each.id: each for each in vars(module).values() if isinstance(each, Rule) and each.id not in seen}
        seen |= rules.keys()
        yield title, tuple(rules[number] for number in sorted(rules))


SUBJECTS: dict[str, tuple[Rule, ...]] = dict(_by_subject())
"""The rules of each subject, by number."""

RULES: dict[str, Rule] = {rule.id: rule for rules in SUBJECTS.values() for rule in rules}
"""Every rule by its number."""

CHECKS: tuple[Check, ...] = tuple(check for module, _ in _MODULES for check in module.CHECKS)
