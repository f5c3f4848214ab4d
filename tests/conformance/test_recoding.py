"""Every stream of the test data decodes to the same pixels when its code-blocks have gone over to the other coder."""

from __future__ import annotations

from pathlib import Path

import pytest

import pacscore
from conformance.streams import same, streams

PART_1, HT = "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.203"


@pytest.mark.parametrize("syntax", [HT, PART_1])
@pytest.mark.parametrize("path", streams())
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
        assert same(after.image, before.image)
        assert after.report.complete == whole
