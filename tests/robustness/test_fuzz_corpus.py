"""What fuzzing found, and what it starts from: each input still ends as it must, in the plain build as well.

Each file in ``corpus/TARGET`` is an input of the target of ``tools/fuzz.py`` by that name.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
from pathlib import Path

import pytest

import pacscore as pc

CORPUS = Path(__file__).with_name("corpus")
TOOLS = Path(__file__).parents[2] / "tools"
TARGETS = ("decoding", "encoding", "converting")
INPUTS = sorted(path for target in TARGETS for path in CORPUS.joinpath(target).iterdir())
MOST_SECONDS = 30 if "PACSCORE_SANITIZED" in os.environ else 3


@pytest.fixture(scope="module")
def check():
    """Return a function that checks an input of a target; it raises what is wrong."""
    sys.path.insert(0, str(TOOLS))
    modules = {target: importlib.import_module(f"fuzz_{target}") for target in TARGETS}
    sys.path.remove(str(TOOLS))
    return lambda target, data: modules[target].check(data)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", INPUTS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_replay(path, check):
    started = time.process_time()
    check(path.parent.name, path.read_bytes())
    assert time.process_time() - started < MOST_SECONDS


@pytest.mark.parametrize(
    "worse",
    [
        lambda encode, array, *how, **more: encode(array ^ 1, *how, **more),
        lambda encode, array, *how, **more: encode(array, *how, **more)[:-3],
        lambda encode, array, *how, **more: encode(array.astype(f"i{array.itemsize}"), *how, **more),
    ],
    ids=["another sample", "a byte too few", "signed"],
)
def test_a_wrong_codestream_is_noticed(check, monkeypatch, worse):
    real = pc.encode
    monkeypatch.setattr(pc, "encode", lambda array, *how, **more: worse(real, array, *how, **more))
    with pytest.raises((AssertionError, pc.CodestreamError)):
        check("encoding", b"")
