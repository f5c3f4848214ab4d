"""Damaged codestreams and hostile recipes: a result that restores, or an error of our own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pacscore as pc
from pacscore.j2k.recipe import dictionary_for, read_recipe, write_recipe
from pacscore.limits import DEFAULT_LIMITS

DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
SMALL = sorted(path for path in DATA.glob("*j2k/[cd]*/*.j2k") if path.stat().st_size < 10_000)
HOSTILE = sorted(path for path in DATA.glob("hostile/[cd]*/*.j*") if path.stat().st_size < 30_000)
PART_1, HT = "1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.203"
RNG = np.random.default_rng(12)
IMAGE = (np.indices((60, 50, 3)).sum(0) * 2 + RNG.integers(0, 20, (60, 50, 3))).astype(np.uint8)
STREAMS = {
    "layers": pc.encode(IMAGE, PART_1, pc.J2KOptions(layers=3, rate=(1, 3, 6), sop=True, plt=True)),
    "tiles": pc.encode(IMAGE, PART_1, pc.J2KOptions(tile_rows=32, tile_columns=30, packed_headers="main", tlm=True)),
    "termall": pc.encode(IMAGE, PART_1, pc.J2KOptions(styles=("termall", "bypass"), code_block_rows=8)),
    "ht": pc.encode(IMAGE, HT, pc.J2KOptions(packed_headers="tile", eph=True, decomposition_levels=2)),
    "ht layers": pc.encode(IMAGE, HT, pc.J2KOptions(layers=2, rate=(2, 5))),
}


def check(data: bytes) -> bool:
    """Recode to both; what comes out restores to what went in. Return whether anything came out."""
    found = False
    for syntax in (HT, PART_1):
        try:
            recoded = pc.recode(data, syntax)
        except pc.PacscoreError:
            continue
        assert pc.restore(recoded.data, recoded.recipe) == data
        found = True
    return found


@pytest.mark.parametrize("name", STREAMS)
def test_cuts_restore(name: str) -> None:
    data = STREAMS[name]
    assert sum(check(data[:cut]) for cut in range(0, len(data), max(len(data) // 40, 1))) > 10


@pytest.mark.parametrize("name", STREAMS)
def test_changed_bytes_restore(name: str) -> None:
    data = STREAMS[name]
    rng = np.random.default_rng([1, len(data)])
    found = 0
    for place in rng.integers(0, len(data), 60).tolist():
        changed = bytearray(data)
        changed[place] ^= int(rng.integers(1, 256))
        found += check(bytes(changed))
    assert found > 20


@pytest.mark.parametrize("path", SMALL, ids=lambda path: path.name)
def test_changed_conformance_streams_restore(path: Path) -> None:
    data = path.read_bytes()
    rng = np.random.default_rng([2, len(data)])
    assert check(data)
    for place in rng.integers(0, len(data), 8).tolist():
        changed = bytearray(data)
        changed[place] ^= 1 << int(rng.integers(8))
        check(bytes(changed[: int(rng.integers(len(data) // 2, len(data) + 1))]))


@pytest.mark.parametrize("path", HOSTILE, ids=lambda path: path.name)
def test_hostile_streams_restore_or_are_refused(path: Path) -> None:
    data = path.read_bytes()
    limits: dict[str, Any] = {"limits": pc.Limits(output_bytes=1 << 24, code_blocks=1 << 14)}
    try:
        recoded = pc.recode(data, HT, **limits)
    except pc.PacscoreError:
        return
    assert pc.restore(recoded.data, recoded.recipe, **limits) == data


@pytest.mark.parametrize("name", [name for name in STREAMS if name != "ht layers"])
def test_hostile_recipes_are_refused(name: str) -> None:
    """Ones that are well packed, and say what cannot be; every part of them in turn."""
    data = STREAMS[name]
    recoded = pc.recode(data, PART_1 if name.startswith("ht") else HT)
    dictionary = dictionary_for(recoded.data)
    sound = read_recipe(recoded.recipe, recoded.data, dictionary, DEFAULT_LIMITS)
    assert len(sound.parts) > 1
    rng = np.random.default_rng([3, len(data)])
    for number, part in enumerate(sound.parts):
        for _ in range(12):
            changed = bytearray(part) or bytearray(rng.integers(0, 256, 9).astype(np.uint8).tobytes())
            place = int(rng.integers(len(changed)))
            changed[place : place + int(rng.integers(0, 3))] = rng.integers(0, 256, 2).astype(np.uint8).tobytes()
            parts = (*sound.parts[:number], bytes(changed), *sound.parts[number + 1 :])
            if parts == sound.parts:
                continue
            hostile = write_recipe(sound._replace(parts=parts), dictionary)
            try:
                restored = pc.restore(recoded.data, hostile)
            except (pc.RecipeError, pc.LimitError):
                continue
            assert restored == data  # it said the same in other words
