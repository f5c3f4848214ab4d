"""What inspect says of each stream of the test data, against the manifest that other decoders filled in."""

from __future__ import annotations

import csv
import json
import os
import re
from pathlib import Path

import pytest

import pacscore as pc

DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))


def rows_of_the_manifest() -> list[dict[str, str]]:
    manifest = DATA / "manifest.csv"
    if not manifest.exists():
        return []
    with manifest.open(newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["kind"] and row["rows"] and "j2k/" in row["path"][:6]]


ROWS = [row for row in rows_of_the_manifest() if row["exercises"]]

pytestmark = pytest.mark.skipif(not ROWS, reason=f"no test data in {DATA}: set PACSCORE_TEST_DATA")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["path"])
def test_what_inspect_says(row: dict[str, str]) -> None:
    info = pc.inspect((DATA / row["path"]).read_bytes())
    told = row["exercises"]
    words = set(re.split(r"[;\s]+", told))
    first = info.components[0]
    assert abs(first.rows * first.yrsiz - int(row["rows"])) < first.yrsiz
    assert abs(first.columns * first.xrsiz - int(row["cols"])) < first.xrsiz
    assert (info.rows, info.columns) == max((each.rows, each.columns) for each in info.components)
    assert len(info.components) == int(row["samples"])
    assert info.precision == int(row["bits_stored"])
    assert info.signed == (row["signed"] == "yes")
    assert f"{info.tiles} tile(s)/{info.tile_parts} tile-part(s)" in told
    assert f" {info.layers} layer(s)" in told
    assert info.progression in re.split(r"[\s+]+", told)
    if "5/3+9/7" not in told:  # where the main COD names the one and COC the other, only what is used counts
        assert info.reversible == ("5/3" in told)
    assert (info.color_transform is not None) == ("MCT" in words)
    kind = "mixed" if "HTmixed" in told else "ht" if "style HT" in told else "part1"
    assert info.block_coder == kind
    assert f"{info.code_block_columns}x{info.code_block_rows}" in words
    assert info.roi == ("RGN" in re.split(r"[;\s+]+", told))
    assert info.has_tlm == ("TLM" in words)
    assert info.packed_headers == bool({"PPM", "PPT"} & words)
    assert info.progression_changes == ("POC" in words)
    assert str(info.max_reduce) in re.search(r"([\d/]+) levels", told).group(1).split("/")
    assert info.file_format == {".jp2": "jp2", ".jph": "jph"}.get(Path(row["path"]).suffix, "codestream")
    assert (info.damages, info.notes) == ((), ())
    assert json.loads(info.to_json())["rows"] == info.rows
