"""Where an attribute of one frame is: its own functional groups, those that all frames share, or the data set."""

from __future__ import annotations

from collections.abc import Iterator

from pydicom.dataset import Dataset

from pacscore.dicom.attribute_values import items

__all__ = ["group_items", "places"]


def group_items(dataset: Dataset, frame: int, sequence: str) -> list[Dataset]:
    """Return the items of a functional group of a frame: its own, else the shared ones.

    Source: PS3.3 C.7.6.16 (Multi-frame Functional Groups).

    Parameters
    ----------
    dataset : pydicom.Dataset
    frame : int
        Counted from 0.
    sequence : str
        Keyword of the group, as in "FrameVOILUTSequence".
    """
    for group in _groups(dataset, frame):
        found = items(group, sequence)
        if found:
            return found
    return []


def places(dataset: Dataset, frame: int, sequence: str) -> Iterator[Dataset]:
    """Yield where an attribute of a functional group may be: per frame, shared, the data set itself."""
    for group in _groups(dataset, frame):
        yield from items(group, sequence)[:1]
    yield dataset


def _groups(dataset: Dataset, frame: int) -> Iterator[Dataset]:
    yield from items(dataset, "PerFrameFunctionalGroupsSequence", slice(frame, frame + 1))
    yield from items(dataset, "SharedFunctionalGroupsSequence", slice(1))
