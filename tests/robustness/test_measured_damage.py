"""Every stream of the test data, cut and changed as ``tools/measure_damage.py`` does: nothing dies, no cut is whole."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[2] / "tools"
DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
if not (DATA / "j2k").exists():
    pytest.skip(f"no test data at {DATA}: set PACSCORE_TEST_DATA", allow_module_level=True)


@pytest.fixture(scope="module")
def tool():
    sys.path.insert(0, str(TOOLS))
    yield importlib.import_module("measure_damage")
    sys.path.remove(str(TOOLS))


@pytest.mark.skipif("PACSCORE_SANITIZED" in os.environ, reason="sanitizers reserve more addresses than it may")
@pytest.mark.filterwarnings("ignore")  # of pydicom, about objects that are odd
@pytest.mark.parametrize(
    ("largest", "cuts", "changes"), [(6_000, 2, 4), pytest.param(12_000, 4, 12, marks=pytest.mark.slow)]
)
def test_every_cut_is_reported(tool, largest, cuts, changes):
    total = tool.Count()
    for stream in tool.streams(DATA, largest):
        count, wrong = tool.damage_in_a_child(stream, cuts, changes, budget=1)
        assert not wrong, f"{stream.name}: {wrong}"
        if count is not None:
            total.add(count)
    assert total.streams > 10
    assert total.cuts > total.streams
    assert total.cuts_reported >= total.cuts - total.cuts_behind
    assert total.noticed > total.changes / 20
