"""``pacscore compare``: files of every kind, tables, JSON, pictures and exit statuses."""

from __future__ import annotations

import os
from pathlib import Path

import imagecodecs
import numpy as np
import pytest

import pacscore

LOSSY = pacscore.J2KOptions(quantization_step=0.002)
DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
HTJ2K = "1.2.840.10008.1.2.4.203"


@pytest.fixture
def lossy(ct: Path, tmp_path: Path) -> Path:
    """Return the CT slice as a lossy codestream."""
    with pacscore.open(ct) as frames:
        path = tmp_path / "lossy.j2c"
        path.write_bytes(pacscore.encode(frames[0], HTJ2K, LOSSY))
    return path


def test_equal_files_of_different_kinds(run, run_json, codestream: Path, picture: np.ndarray, tmp_path: Path) -> None:
    array = tmp_path / "picture.npy"
    np.save(array, picture)
    status, out, _ = run("compare", codestream, array)
    assert status == 0
    assert out.splitlines()[-1] == "equal"
    assert out.splitlines()[1].split() == ["0", "stored", "0", "0.0000", "inf", "1.00000", "0.00%"]
    status, document = run_json("compare", codestream, array)
    (result,) = document["results"]
    assert (status, result["equal"]) == (0, True)
    assert result["frames"][0]["data_range"] == 4095


def test_images_that_differ_are_no_failure(run, run_json, ct: Path, lossy: Path, tmp_path: Path) -> None:
    png = tmp_path / "difference.png"
    status, out, err = run("compare", ct, lossy, "--window", 40, 400, "--picture", png)
    assert (status, err) == (0, "")
    assert [line.split()[1] for line in out.splitlines()[1:-1]] == ["stored", "windowed"]
    assert out.splitlines()[-1] == "not equal"
    assert imagecodecs.png_decode(png.read_bytes()).shape[1] == 4 * 12 + 3 * 3 * 128
    report = run_json("compare", ct, lossy, "--no-ssim")[1]["results"][0]["frames"][0]
    with pacscore.open(ct) as frames:
        gap = np.abs(frames[0].astype(int) - pacscore.decode(lossy.read_bytes()))
    assert report["stored"]["peak_error"] == gap.max()
    assert report["stored"]["mse"] == pytest.approx((gap**2).mean())
    assert (report["stored"]["ssim"], report["windowed"]) == (None, None)


def test_frame_by_frame(run, run_json, cine: Path, tmp_path: Path) -> None:
    with pacscore.open(cine) as frames:
        stack = frames.as_array()
    changed, array = stack.copy(), tmp_path / "cine.npy"
    changed[7, 0, 0, 2] ^= 0x80
    np.save(array, changed)
    document = run_json("compare", cine, array, "--no-ssim")[1]
    frames_found = document["results"][0]["frames"]
    assert [frame["frame"] for frame in frames_found if not frame["equal"]] == [7]
    assert len(frames_found) == 30
    status, out, _ = run("compare", cine, array, "--frame", 7, "--no-ssim")
    assert status == 0
    assert out.splitlines()[4].split()[:4] == ["7", "component", "2", "128"]
    assert run("compare", cine, array, "--frame", 30)[0] == 2
    assert run("compare", cine, array, "--no-ssim", "--picture", tmp_path / "all.png")[0] == 2


def test_the_range_can_be_told(run, run_json, tmp_path: Path) -> None:
    first, second = tmp_path / "first.npy", tmp_path / "second.npy"
    np.save(first, np.zeros((12, 12), np.uint16))
    np.save(second, np.ones((12, 12), np.uint16))
    for words, span in (((), 65535), (("--bits", 10), 1023), (("--data-range", 4), 4)):
        (frame,) = run_json("compare", first, second, *words)[1]["results"][0]["frames"]
        assert frame["stored"]["psnr"] == pytest.approx(20 * np.log10(span))
    assert run("compare", first, second, "--data-range", 2, "--bits", 8)[0] == 2


def test_floating_point(run) -> None:
    path = DATA / "dicom" / "pydicom-data" / "parametric_map_float.dcm"
    if not path.exists():
        pytest.skip(f"no {path.name} in {DATA}: set PACSCORE_TEST_DATA")
    status, _, err = run("compare", path, path, "--no-ssim")
    assert status == 2
    assert "data_range" in err
    assert run("compare", path, path, "--no-ssim", "--data-range", 1)[0] == 0


def test_wrong_use_and_failures(run, ct: Path, codestream: Path, cine: Path, tmp_path: Path) -> None:
    assert run("compare", ct, codestream)[0] == 2
    assert run("compare", ct, cine)[0] == 2
    assert run("compare", ct, ct, "--picture", tmp_path / "out.jpg")[0] == 2
    status, _, err = run("compare", ct, tmp_path / "missing.dcm")
    assert status == 1
    assert "FileNotFoundError" in err
    broken = tmp_path / "broken.j2c"
    broken.write_bytes(codestream.read_bytes()[:-100])
    assert run("compare", codestream, broken)[0] == 1
