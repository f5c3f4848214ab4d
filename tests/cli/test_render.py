"""``pacscore render``: its choices, each against the library doing the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

import pacscore


@pytest.fixture
def rendered(run, tmp_path: Path) -> Callable[..., np.ndarray]:
    """Return a function that renders a file with options and returns the picture."""

    def rendered(path: Path, *words: object) -> np.ndarray:
        output = tmp_path / "out.png"
        status, _, err = run("render", path, output, *words)
        assert status == 0, err
        return imagecodecs.png_decode(output.read_bytes())

    return rendered


@pytest.fixture
def windows(ct: Path) -> Path:
    """Return the CT slice with two windows and an overlay."""
    ds = pydicom.dcmread(ct)
    ds.WindowCenter, ds.WindowWidth, ds.WindowCenterWidthExplanation = [40, -600], [400, 1500], ["SOFT", "LUNG"]
    for element, vr, value in (
        (0x10, "US", 128),
        (0x11, "US", 128),
        (0x50, "SS", [1, 1]),
        (0x3000, "OB", bytes([1] * 2048)),
    ):
        ds.add_new((0x6000, element), vr, value)
    ds.save_as(ct)
    return ct


@pytest.fixture
def state(ct: Path, tmp_path: Path) -> Path:
    """Return a presentation state about the CT slice: turned, and with an arrow that is not drawn."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.11.1", "1.2.3"
    image, series = Dataset(), Dataset()
    image.ReferencedSOPInstanceUID = pydicom.dcmread(ct).SOPInstanceUID
    series.ReferencedImageSequence = [image]
    ds.ReferencedSeriesSequence, ds.GraphicAnnotationSequence = [series], [Dataset()]
    ds.ImageRotation, ds.PresentationLUTShape = 90, "INVERSE"
    ds.save_as(tmp_path / "state.dcm", enforce_file_format=True)
    return tmp_path / "state.dcm"


def test_windows(rendered, windows: Path) -> None:
    with pacscore.open(windows) as frames:
        frame, pipeline = frames[0], frames.pipeline(0)
    soft = pacscore.render(frame, pipeline.with_window(pacscore.Window(40, 400)))
    lung = pacscore.render(frame, pipeline.with_window(pacscore.Window(-600, 1500)))
    assert not np.array_equal(soft, lung)
    assert np.array_equal(rendered(windows), soft)
    assert np.array_equal(rendered(windows, "--window", 40, 400, "--invert"), 255 - soft)
    assert np.array_equal(rendered(windows, "--voi", 1), lung)
    assert np.array_equal(rendered(windows, "--voi", "lung"), lung)
    sigmoid = pipeline.with_window(pacscore.Window(1, 50, "SIGMOID"))
    assert np.array_equal(
        rendered(windows, "--window", 1, 50, "--function", "SIGMOID"), pacscore.render(frame, sigmoid)
    )
    found = pipeline.with_window(pacscore.automatic_window(frame, pipeline, method="entropy"))
    assert np.array_equal(rendered(windows, "--auto", "entropy"), pacscore.render(frame, found))
    assert np.array_equal(rendered(windows, "--bits", 16), pacscore.render(frame, pipeline, bits=16))


def test_info_tells_what_there_is_to_choose(run, run_json, windows: Path) -> None:
    (facts,) = run_json("info", windows)[1]["results"]
    assert facts["windows"] == ["SOFT: 40 400 LINEAR", "LUNG: -600 1500 LINEAR"]
    assert facts["overlays"] == ["6000"]
    assert "LUNG: -600 1500 LINEAR" in run("info", windows)[1]


def test_overlays(rendered, windows: Path) -> None:
    plain, drawn = rendered(windows), rendered(windows, "--overlays")
    assert (drawn[:, ::8] == 255).all()
    assert np.array_equal(np.delete(drawn, np.s_[::8], 1), np.delete(plain, np.s_[::8], 1))


def test_a_presentation_state(rendered, run_json, ct: Path, state: Path, tmp_path: Path) -> None:
    with pacscore.open(ct) as frames:
        frame = frames[0].astype(np.int64) + 32768
    levels = 255 - (frame * 255 * 2 + 65535) // (2 * 65535)
    assert np.array_equal(rendered(ct, "--presentation-state", state), np.rot90(levels, -1))
    status, document = run_json("render", ct, tmp_path / "out.png", "--presentation-state", state)
    assert status == 0
    assert document["results"][0]["notes"] == ["graphic annotations are not drawn (PS3.3 C.10.5)"]


def test_colour_by_its_profile(rendered, run, cine: Path, tmp_path: Path) -> None:
    plain = rendered(cine)
    assert np.array_equal(rendered(cine, "--color-managed"), plain)  # it has none
    ds = pydicom.dcmread(cine)
    ds.ICCProfile = b"no profile"
    ds.save_as(cine)
    assert np.array_equal(rendered(cine), plain)
    assert run("render", cine, tmp_path / "out.png", "--color-managed")[0] == 1


def test_a_codestream(rendered, codestream: Path) -> None:
    assert rendered(codestream).shape == (60, 80)
    assert rendered(codestream, "--reduce", 1, "--auto").shape == (30, 40)


def test_a_lower_resolution(rendered, run, ct: Path, tmp_path: Path) -> None:
    small = tmp_path / "small.dcm"
    pacscore.transcode(ct, small, "1.2.840.10008.1.2.4.202")
    with pacscore.open(small) as frames:
        expected = frames.render(0, reduce=1)
    assert np.array_equal(rendered(small, "--reduce", 1), expected)
    assert expected.shape == (64, 64)
    assert run("render", ct, tmp_path / "out.png", "--reduce", 1)[0] == 2


@pytest.mark.parametrize(
    "words",
    [("--frame", 1), ("--voi", "BRAIN"), ("--voi", 0), ("--window", 40, 0)],
)
def test_wrong_use(run, ct: Path, tmp_path: Path, words: tuple[object, ...]) -> None:
    assert run("render", ct, tmp_path / "out.png", *words)[0] == 2


def test_wrong_names_and_states(run, ct: Path, codestream: Path, state: Path, tmp_path: Path) -> None:
    assert run("render", ct, tmp_path / "out.jpg")[0] == 2
    assert run("render", codestream, tmp_path / "out.png", "--presentation-state", state)[0] == 2
    assert run("render", ct, tmp_path / "out.png", "--presentation-state", ct)[0] == 1
    assert run("render", state, tmp_path / "out.png")[0] == 1
