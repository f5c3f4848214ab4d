"""Every stream of the test data comes back from its recoded codestream, byte for byte, by a recipe."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

import pacscore

DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared/data"))
if not (DATA / "j2k").exists():
    pytest.skip(f"no test data at {DATA}: set PACSCORE_TEST_DATA", allow_module_level=True)

PART_1, HT = "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.203"
QUICK_BYTES = 200_000


def _streams() -> list[Any]:
    found = []
    for folder in ("j2k/conformance", "j2k/features", "j2k/derived", "htj2k/conformance", "htj2k/features"):
        for path in sorted((DATA / folder).glob("*.j*")):
            slow = [pytest.mark.slow] if path.stat().st_size > QUICK_BYTES or "33" in path.name else []
            found.append(pytest.param(path, id=f"{folder}/{path.name}", marks=slow))
    return found


@pytest.mark.parametrize("syntax", [HT, PART_1])
@pytest.mark.parametrize("path", _streams())
def test_original_comes_back(path: Path, syntax: str) -> None:
    """Files, tile-parts, layers and markers of any encoder; a recipe takes less than half of the original."""
    data = path.read_bytes()
    recoded = pacscore.recode(data, syntax)
    recipe = recoded.recipe
    assert pacscore.restore(recoded.data, recipe) == data
    assert len(recipe) < max(len(data) // 2, 200)
