"""Malformed codestreams and files: an answer or a clear error, soon, whatever the bytes."""

from __future__ import annotations

import csv
import os
import random
import time
from pathlib import Path

import pytest

import pacscore as pc
from pacscore.j2k.boxes.reader import find_codestream
from pacscore.j2k.codestream.reader import read_codestream, read_main_header
from pacscore.j2k.codestream.resolve import component_codings
from pacscore.j2k.codestream.segments import Coc, Cod, CodingStyle, Poc, PocEntry, Qcd, Siz, SizComponent
from pacscore.j2k.codestream.writer import write_main_header, write_segment

DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))


def hostile_streams() -> dict[str, str]:
    manifest = DATA / "manifest.csv"
    if not manifest.exists():
        return {}
    with manifest.open(newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["path"].startswith("hostile/")]
    return {row["path"]: row["expect"] for row in rows if not row["path"].endswith((".dcm", ".DCM"))}


HOSTILE = hostile_streams()
needs_data = pytest.mark.skipif(not HOSTILE, reason=f"no test data in {DATA}: set PACSCORE_TEST_DATA")


@needs_data
@pytest.mark.parametrize("path", HOSTILE)
def test_hostile_headers(path: str) -> None:
    data = (DATA / path).read_bytes()
    start = time.perf_counter()
    answer = pc.inspect(data) if HOSTILE[path] == "decode" else inspected_or_refused(data)
    assert time.perf_counter() - start < 0.5
    assert answer is None or answer.tile_parts or answer.damages


def inspected_or_refused(data: bytes) -> pc.CodestreamInfo | None:
    try:
        return pc.inspect(data)
    except pc.PacscoreError:
        return None


@needs_data
@pytest.mark.parametrize(
    "path", ["j2k/conformance/p0_03.j2k", "htj2k/conformance/ds0_ht_03_b11.j2k", "j2k/conformance/file9.jp2"]
)
def test_changed_bytes(path: str) -> None:
    sound = (DATA / path).read_bytes()
    reach = find_codestream(sound).start + 400
    rng = random.Random(path)
    answers = 0
    for _ in range(1000):
        data = bytearray(sound)
        for _ in range(rng.randint(1, 3)):
            data[rng.randrange(reach)] = rng.choice((0, 0xFF, 0x7F, rng.randrange(256)))
        try:
            answers += pc.inspect(data).rows > 0
        except pc.PacscoreError:
            continue
    assert answers > 100


STYLE = CodingStyle(1, 6, 6, 0, 1, ((15, 15), (15, 15)))


def main_header(csiz: int, tiles: int, *more) -> bytes:
    siz = Siz(0, tiles, 1, 0, 0, 1, 1, 0, 0, (SizComponent(7),) * csiz)
    return write_main_header((siz, Cod(0, 0, 1, 0, STYLE), Qcd(0x40, (64, 72, 72, 80)), *more))


def quickly(read) -> float:
    start = time.perf_counter()
    read()
    return time.perf_counter() - start


def test_many_segments_and_components_take_linear_time() -> None:
    cocs = tuple(Coc(component, 0, STYLE) for component in range(16384))
    data = main_header(16384, 1, *cocs)
    body = b"".join(write_segment(coc, 16384) for coc in cocs)
    data += b"\xff\x90\x00\x0a\x00\x00" + (14 + len(body)).to_bytes(4, "big") + b"\x00\x01" + body + b"\xff\x93"
    found = read_codestream(data)
    assert len(found.tile_parts[0].segments) == 16384
    assert quickly(lambda: component_codings(found.main, found.tile_parts[0].segments)) < 10
    assert quickly(lambda: pc.inspect(data)) < 10


def test_the_most_tile_parts() -> None:
    part = b"\xff\x90\x00\x0a%b\x00\x00\x00\x0e\x00\x01\xff\x93"
    data = main_header(1, 65535) + b"".join(part % tile.to_bytes(2, "big") for tile in range(65535)) + b"\xff\xd9"
    assert pc.inspect(data).tile_parts == 65535
    assert quickly(lambda: read_codestream(data)) < 20


def test_the_most_progressions() -> None:
    poc = Poc((PocEntry(0, 0, 65535, 33, 255, 0),) * 9000)
    data = main_header(1, 1, *(poc,) * 20) + b"\xff\x90"
    main = read_main_header(data)
    assert main.poc is not None
    assert len(main.poc.entries) == 180_000
