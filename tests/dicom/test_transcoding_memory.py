"""A large object takes the memory of a few frames."""

import importlib.util
import sys
from pathlib import Path

import pytest

PATH = Path(__file__).parents[2] / "tools" / "measure_transcoding.py"


RLE, IMPLICIT, EXPLICIT, DEFLATED = (f"1.2.840.10008.1.2{tail}" for tail in (".5", "", ".1", ".1.99"))


@pytest.fixture(name="tool", scope="module")
def tool_fixture():
    spec = importlib.util.spec_from_file_location("measure_transcoding", PATH)
    tool = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = tool  # dataclasses look for their module
    spec.loader.exec_module(tool)
    return tool


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (EXPLICIT, RLE),
        (EXPLICIT, IMPLICIT),
        pytest.param(EXPLICIT, DEFLATED, marks=pytest.mark.slow),
        pytest.param(DEFLATED, EXPLICIT, marks=pytest.mark.slow),
    ],
)
def test_memory_below_eight_frames_and_100_megabytes(tool, tmp_path, before, after):
    large = tool.Large(250, transfer_syntax=before)
    peak = tool.measured(tmp_path, large, after)
    assert large.count * large.frame > 2 * large.allowed
    assert 0 < peak < large.allowed


@pytest.mark.slow
@pytest.mark.parametrize("after", [RLE, "1.2.840.10008.1.2.4.202"])
def test_memory_of_frames_that_are_large_and_do_not_compress(tool, tmp_path, after):
    large = tool.Large(900, side=6000, noise=True)
    assert 0 < tool.measured(tmp_path, large, after) < large.allowed
