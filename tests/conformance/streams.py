"""The codestreams of the test data, and how pictures of them are compared."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pacscore
from pacscore.report import Image

DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared/data"))
FOLDERS = ("j2k/conformance", "j2k/features", "j2k/derived", "htj2k/conformance", "htj2k/features")
QUICK_BYTES, QUICK_TILES = 200_000, 100
"""Larger streams, and those of more tiles, are tested among the slow ones."""


def streams(most_tiles: int | None = None) -> list[Any]:
    """Return the paths as parameters of a test; without test data the module is skipped."""
    if not (DATA / "j2k").exists():
        pytest.skip(f"no test data at {DATA}: set PACSCORE_TEST_DATA", allow_module_level=True)
    found = []
    for folder in FOLDERS:
        for path in sorted((DATA / folder).glob("*.j*")):
            data = path.read_bytes()
            tiles = pacscore.inspect(data).tiles
            if most_tiles is not None and tiles > most_tiles:
                continue
            large = len(data) > QUICK_BYTES or tiles > QUICK_TILES
            found.append(pytest.param(path, id=f"{folder}/{path.name}", marks=[pytest.mark.slow] * large))
    return found


def same(one: Image, other: Image) -> bool:
    """Return whether two pictures have the same samples."""
    if isinstance(one, list):
        return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    return np.array_equal(one, other)
