"""A large object takes the memory of a few frames."""

import importlib.util
from pathlib import Path

import pytest

PATH = Path(__file__).parents[2] / "tools" / "measure_transcoding.py"


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.5", "1.2.840.10008.1.2"])
def test_memory_below_eight_frames_and_100_megabytes(tmp_path, syntax):
    spec = importlib.util.spec_from_file_location("measure_transcoding", PATH)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    frames, peak = tool.measured(tmp_path, 250, syntax)
    assert frames * tool.FRAME > 2 * (8 * tool.FRAME + 100_000_000)
    assert 0 < peak < 8 * tool.FRAME + 100_000_000
