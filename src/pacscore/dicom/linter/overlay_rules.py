"""Rules about overlays that live in the unused bits of pixel cells, as was once allowed.

Source: PS3.5 8.1.2; PS3.3 C.9.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydicom.dataset import Dataset
from pydicom.tag import Tag

from pacscore.dicom.linter.finding import Finding
from pacscore.dicom.linter.rule import Rule
from pacscore.dicom.linter.subject import Subject
from pacscore.dicom.overlays import overlay_groups, overlay_value
from pacscore.errors import DicomError

__all__ = ["CHECKS", "overlays_in_cells"]

IN_CELLS = Rule(
    "PAC701",
    "note",
    "PS3.5 8.1.2",
    "an overlay lives in unused bits of the pixel cells",
    "It is a retired form; a coding of the samples alone loses it. Transcoding by pacscore takes it out first.",
)
LOST = Rule(
    "PAC702",
    "error",
    "PS3.5 8.1.2",
    "an overlay claims to live in the pixel cells, and the frames are encoded",
    "Encoded frames have no unused bits: the overlay was lost when they were made.",
)


def overlays_in_cells(dataset: Dataset) -> list[int]:
    """Return the groups of overlays that have no Overlay Data, but a bit of the pixel cells."""
    groups = [group for group in overlay_groups(dataset) if Tag(group, 0x3000) not in dataset]
    return [group for group in groups if _bit(dataset, group)]


def _bit(dataset: Dataset, group: int) -> int:
    """Return Overlay Bit Position; 0 where it is absent or no number."""
    try:
        return int(overlay_value(dataset, group, 0x0102))
    except (DicomError, TypeError, ValueError):
        return 0


def check_overlays(subject: Subject) -> Iterator[Finding]:
    """Check for overlays in the cells."""
    if not subject.has_pixels:
        return
    rule = LOST if subject.encapsulated else IN_CELLS
    for group in overlays_in_cells(subject.dataset):
        yield rule.found(f"group {group:04X} has no Overlay Data", tag=f"({group:04X},0102)")


CHECKS = (check_overlays,)
