"""The demo of the README, on the files that pydicom ships."""

import importlib.util
import sys
from pathlib import Path

import imagecodecs
import numpy as np
import pytest

SCRIPT = Path(__file__).parents[1] / "tools" / "demo.py"


@pytest.fixture(scope="module")
def demo():
    spec = importlib.util.spec_from_file_location("demo", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules["demo"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["demo"]


@pytest.mark.filterwarnings("ignore:::pydicom")
def test_a_few_files(demo, tmp_path, capsys):
    shipped = {path.name: path for path in demo.shipped_files()}
    names = ["CT_small.dcm", "MR_small_RLE.dcm", "examples_rgb_color.dcm", "rtdose.dcm", "MR_truncated.dcm"]
    assert demo.main([*(str(shipped[name]) for name in names), "--output", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "4 files, 18 frames verified bit-exact; 1 named with the reason; 0 failed" in " ".join(told.split())
    assert "MR_truncated: DicomError" in told
    for name in names[:4]:
        stem = name.removesuffix(".dcm")
        before, after = (
            imagecodecs.png_decode((tmp_path / "previews" / f"{stem}.{when}.png").read_bytes())
            for when in ("before", "after")
        )
        assert np.array_equal(before, after)
        assert before.min() < before.max()


def test_a_failed_verification_is_told_by_the_exit_code(demo, tmp_path, monkeypatch):
    def broken(*_arguments, **_options):
        raise demo.pc.VerificationError("frame 0 decodes to other pixels")

    monkeypatch.setattr(demo.pc, "transcode", broken)
    assert demo.main([str(demo.shipped_files()[0]), "--output", str(tmp_path)]) == 1


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:::pydicom")
def test_every_file_is_verified_or_named(demo, tmp_path, capsys):
    assert demo.main(["--output", str(tmp_path)]) == 0
    assert "0 failed" in capsys.readouterr().out
    assert len(list(tmp_path.glob("*.dcm"))) > 90
    assert len(list((tmp_path / "previews").glob("*.png"))) > 180
