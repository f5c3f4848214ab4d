"""Values of attributes as numbers, texts and items, whatever a data set has in their place.

A value that is not what its attribute should be is a DicomError that names the tag; an absent or empty one is none.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, MutableSequence
from typing import Any

from pydicom.dataset import Dataset

from pacscore.dicom.image_pixel import tag_of, value
from pacscore.errors import DicomError

__all__ = ["items", "number", "numbers", "text", "texts", "whole"]


def numbers(dataset: Dataset, keyword: str) -> list[float]:
    """Return the values of a numeric attribute; none if it is absent or empty.

    Raises
    ------
    DicomError
        If one of them is no finite number.
    """
    found = value(dataset, keyword)
    if found is None:
        return []
    if isinstance(found, bytes):
        raise DicomError(f"{keyword} {tag_of(keyword)} is {len(found)} bytes of no known VR", tag=tag_of(keyword))
    several = isinstance(found, Iterable) and not isinstance(found, str)
    try:
        converted = [float(one) for one in (found if several else [found])]
    except (TypeError, ValueError, OverflowError) as error:
        raise DicomError(f"{keyword} {tag_of(keyword)} is no number: {error}", tag=tag_of(keyword)) from error
    if not all(map(math.isfinite, converted)):
        raise DicomError(f"{keyword} {tag_of(keyword)} is not finite", tag=tag_of(keyword))
    return converted


def number(dataset: Dataset, keyword: str) -> float | None:
    """Return the first value of a numeric attribute, None if it is absent or empty."""
    found = numbers(dataset, keyword)
    return found[0] if found else None


def whole(dataset: Dataset, keyword: str, default: int) -> int:
    """Return the first value of an attribute as a whole number, fractions dropped."""
    found = number(dataset, keyword)
    return default if found is None else int(found)


def texts(dataset: Dataset, keyword: str) -> list[str]:
    """Return the values of an attribute as texts, without the spaces around them; none if it is absent or empty."""
    found = value(dataset, keyword)
    if found is None:
        return []
    several = isinstance(found, Iterable) and not isinstance(found, str | bytes)
    return [_decoded(one).strip(" \0") for one in (found if several else [found])]


def text(dataset: Dataset, keyword: str) -> str:
    """Return the first value of an attribute as a text, "" if there is none."""
    found = texts(dataset, keyword)
    return found[0] if found else ""


def items(dataset: Dataset, keyword: str, part: slice = slice(None)) -> list[Dataset]:
    """Return the items of a sequence, or a part of them; none if it is absent or empty.

    Raises
    ------
    DicomError
        If it is no sequence of items.
    """
    found = value(dataset, keyword)
    if found is None:
        return []
    listed: list[Any] = list(found[part]) if isinstance(found, MutableSequence) else [found]
    if not all(isinstance(item, Dataset) for item in listed):
        raise DicomError(f"{keyword} {tag_of(keyword)} is no sequence", tag=tag_of(keyword))
    return listed


def _decoded(one: Any) -> str:
    return one.decode("latin-1") if isinstance(one, bytes) else str(one)
