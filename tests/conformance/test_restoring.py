"""Every stream of the test data comes back from its recoded codestream, byte for byte, by a recipe."""

from __future__ import annotations

from pathlib import Path

import pytest

import pacscore
from conformance.streams import streams

PART_1, HT = "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.203"


@pytest.mark.parametrize("syntax", [HT, PART_1])
@pytest.mark.parametrize("path", streams(most_tiles=1000))  # of which the next one takes half a minute
def test_original_comes_back(path: Path, syntax: str) -> None:
    """Files, tile-parts, layers and markers of any encoder; a recipe takes less than half of the original."""
    data = path.read_bytes()
    recoded = pacscore.recode(data, syntax)
    recipe = recoded.recipe
    assert pacscore.restore(recoded.data, recipe) == data
    assert len(recipe) < max(len(data) // 2, 200)
