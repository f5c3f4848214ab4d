"""Every stream of the test data decodes to the same pixels when its code-blocks have gone over to the other coder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
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
            slow = [pytest.mark.slow] if path.stat().st_size > QUICK_BYTES else []
            found.append(pytest.param(path, id=f"{folder}/{path.name}", marks=slow))
    return found


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, list):
        return all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    return np.array_equal(one, other)


@pytest.mark.parametrize("syntax", [HT, PART_1])
@pytest.mark.parametrize("path", _streams())
def test_recoded_decodes_to_the_same_pixels(path: Path, syntax: str) -> None:
    """At every second resolution; tiles that are missing stay missing, and are told of."""
    data = path.read_bytes()
    whole = pacscore.decode(data, on_damage="conceal").report.complete
    recoded = pacscore.recode(data, syntax)
    assert recoded.report.exact == whole
    info = pacscore.inspect(recoded.data)
    assert info.block_coder == ("ht" if syntax == HT else "part1")
    for reduce in range(0, info.max_reduce + 1, 2):
        before = pacscore.decode(data, reduce=reduce, on_damage="conceal")
        after = pacscore.decode(recoded.data, reduce=reduce, on_damage="conceal")
        assert _same(after.image, before.image)
        assert after.report.complete == whole
