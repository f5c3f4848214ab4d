"""JPEG 2000 objects become HTJ2K and back by their quantiser indices, or by their pixels where that cannot be."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.encaps import generate_frames

import pacscore as pc
from pacscore import J2KOptions

DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
LOSSLESS, ANY, HT_LOSSLESS, HT_RPCL, HT = (f"1.2.840.10008.1.2.4.{number}" for number in (90, 91, 201, 202, 203))
LOSSY = J2KOptions(quantization_step=1 / 200)


@pytest.fixture
def source(tmp_path, made, saved, example):
    """Gives a file of some example in some transfer syntax."""

    def source(name, syntax, options=None):
        array, choices = example(name)
        saved(made(array, **choices), tmp_path / "native.dcm")
        pc.transcode(tmp_path / "native.dcm", tmp_path / "in.dcm", syntax, options=options, overwrite=True)
        return tmp_path / "in.dcm"

    return source


def coding(path):
    """Return COD of the first frame of a file."""
    from pacscore.j2k.codestream.header_reader import read_main_header

    with pc.open(path) as frames:
        return read_main_header(frames.encoded(0)).cod


@pytest.mark.parametrize("name", ["uint8", "signed 12 of 16", "RGB", "YBR_FULL", "one bit"])
@pytest.mark.parametrize(("before", "after"), [(LOSSLESS, HT_LOSSLESS), (ANY, HT), (HT, LOSSLESS), (HT, ANY)])
def test_lossless_frames_are_recoded(tmp_path, source, name, before, after):
    path = source(name, before)
    report = pc.transcode(path, tmp_path / "out.dcm", after)
    assert (report.route, report.lossless) == ("recode", True)
    one, other = pydicom.dcmread(path), pydicom.dcmread(tmp_path / "out.dcm")
    assert one.SOPInstanceUID == other.SOPInstanceUID
    assert one.PhotometricInterpretation == other.PhotometricInterpretation
    assert "LossyImageCompression" not in other
    with pc.open(path) as given, pc.open(tmp_path / "out.dcm") as got:
        assert all(np.array_equal(a, b) for a, b in zip(given, got, strict=True))
        assert got.pixel_format == given.pixel_format
    back = pc.transcode(tmp_path / "out.dcm", tmp_path / "back.dcm", before)
    assert (back.route, back.pixel_sha256) == ("recode", report.pixel_sha256)


def test_a_lossy_history_stays_as_it_was(tmp_path, source):
    """Nothing more is lost, so nothing is added: neither a ratio, nor a method, nor another object."""
    path = source("RGB", ANY, LOSSY)
    before = pydicom.dcmread(path)
    assert before.LossyImageCompression == "01"
    report = pc.transcode(path, tmp_path / "out.dcm", HT)
    after = pydicom.dcmread(tmp_path / "out.dcm")
    assert (report.route, report.lossless) == ("recode", True)
    assert after.PhotometricInterpretation == before.PhotometricInterpretation == "YBR_ICT"
    for keyword in ("LossyImageCompression", "LossyImageCompressionRatio", "LossyImageCompressionMethod"):
        assert after[keyword].value == before[keyword].value
    assert after.SOPInstanceUID == before.SOPInstanceUID


@pytest.mark.parametrize("target", [HT_LOSSLESS, HT_RPCL, LOSSLESS])
def test_what_is_lossy_becomes_lossless_only_by_its_pixels(tmp_path, source, target):
    path = source("uint8", ANY, LOSSY)
    report = pc.transcode(path, tmp_path / "out.dcm", target)
    assert (report.route, report.lossless) == ("pixels", True)
    assert coding(tmp_path / "out.dcm").spcod.reversible
    assert pydicom.dcmread(tmp_path / "out.dcm").LossyImageCompression == "01"


def test_too_few_levels_for_lossless_rpcl(tmp_path, made, saved, pixels):
    """The lowest resolution is 100 rows high, and .202 is written with at most 64: it is decomposed further."""
    samples = pixels(2, 200, 90, bits=8, dtype=np.uint8)
    saved(made(samples), tmp_path / "native.dcm")
    pc.transcode(tmp_path / "native.dcm", tmp_path / "in.dcm", LOSSLESS, options=J2KOptions(decomposition_levels=1))
    report = pc.transcode(tmp_path / "in.dcm", tmp_path / "out.dcm", HT_RPCL)
    assert (report.route, report.lossless, report.frames) == ("recode", True, 2)
    assert coding(tmp_path / "out.dcm").spcod.decomposition_levels >= 2
    with pc.open(tmp_path / "out.dcm") as frames:
        np.testing.assert_array_equal(frames.as_array(), samples)


@pytest.mark.parametrize(
    ("options", "route"),
    [
        (J2KOptions(progression="LRCP", plt=True), "recode"),
        (J2KOptions(decomposition_levels=2), "pixels"),
        (J2KOptions(rate=8.0), "pixels"),
        (J2KOptions(color_transform=False), "pixels"),
    ],
)
def test_options_decide_whether_pixels_are_encoded_anew(tmp_path, source, options, route):
    path = source("RGB", ANY)
    report = pc.transcode(path, tmp_path / "out.dcm", HT, options=options)
    assert report.route == route
    if options.progression:
        assert coding(tmp_path / "out.dcm").sgcod_progression == 0


def test_damaged_frames_go_by_their_pixels(tmp_path, source):
    path = source("uint8", ANY)
    ds = pydicom.dcmread(path)
    (frame,) = generate_frames(ds.PixelData, number_of_frames=1)
    ds.PixelData = pydicom.encaps.encapsulate([frame[: len(frame) // 2]])
    ds.save_as(tmp_path / "cut.dcm")
    with pytest.raises(pc.TruncatedError):
        pc.transcode(tmp_path / "cut.dcm", tmp_path / "out.dcm", HT)
    report = pc.transcode(tmp_path / "cut.dcm", tmp_path / "out.dcm", HT, on_damage="conceal")
    assert report.route == "pixels"
    assert any("damaged frames" in warning for warning in report.warnings)


@pytest.mark.skipif(not DATA.exists(), reason=f"no test data at {DATA}: set PACSCORE_TEST_DATA")
def test_real_files_are_recoded(tmp_path):
    """Every JPEG 2000 object of the test data that decodes becomes HTJ2K with the same pixels, and comes back."""
    routes = {"recode": 0, "pixels": 0}
    for path in sorted(DATA.glob("dicom/**/*.dcm")):
        if path.stat().st_size > 600_000:
            continue
        try:
            with pc.open(path) as frames:
                syntax, count = str(frames.transfer_syntax), len(frames)
            if syntax not in (LOSSLESS, ANY) or count > 10:
                continue
            there = pc.transcode(path, tmp_path / "ht.dcm", HT, overwrite=True)
        except pc.PacscoreError:
            continue
        back = pc.transcode(tmp_path / "ht.dcm", tmp_path / "back.dcm", ANY, overwrite=True)
        assert there.lossless
        assert back.lossless
        assert there.pixel_sha256 == back.pixel_sha256
        routes[there.route] += 1
    assert routes["recode"] > 5


def test_signs_of_codestream_and_data_set_must_agree(tmp_path, source):
    """Recoding would carry the contradiction on, to readers that believe the codestream."""
    path = source("signed 12 of 16", LOSSLESS)
    ds = pydicom.dcmread(path)
    ds.PixelRepresentation = 1 - ds.PixelRepresentation
    ds.save_as(tmp_path / "contradicting.dcm")
    report = pc.transcode(tmp_path / "contradicting.dcm", tmp_path / "out.dcm", HT)
    assert (report.route, report.lossless) == ("pixels", True)
    with pc.open(tmp_path / "contradicting.dcm") as before, pc.open(tmp_path / "out.dcm") as after:
        np.testing.assert_array_equal(after.as_array(), before.as_array())
        assert pc.inspect(after.encoded(0)).components[0].signed == bool(ds.PixelRepresentation)
