"""Slides that were built: pixels by other decoders, attributes by a validator, all of it by wsidicom."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import generate_frames

import pacscore as pc
from pacscore.pixels.srgb_profile import srgb_profile
from reference.reduction import mean_of_four

DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
LAYOUT = pc.SlideLayout((0.0005, 0.00025))


def picture(*shape, dtype=np.uint8):
    rng = np.random.default_rng(shape[0])
    return (np.indices(shape).sum(0) // 4 % 200 + rng.integers(0, 20, shape)).astype(dtype)


def put_together(ds):
    """Return the Total Pixel Matrix of a TILED_FULL instance, its HTJ2K frames decoded by OpenJPH."""
    frames = [imagecodecs.htj2k_decode(f) for f in generate_frames(ds.PixelData, number_of_frames=ds.NumberOfFrames)]
    if ds.PhotometricInterpretation == "YBR_FULL":  # without a component transform imagecodecs gives planes
        frames = [np.moveaxis(frame, 0, -1) for frame in frames]
    wide = -(-ds.TotalPixelMatrixColumns // ds.Columns)
    rows = [np.concatenate(frames[first : first + wide], 1) for first in range(0, len(frames), wide)]
    return np.concatenate(rows, 0)[: ds.TotalPixelMatrixRows, : ds.TotalPixelMatrixColumns]


@pytest.mark.parametrize("shape", [(150, 170, 3), (150, 170), (40, 50, 3)])
def test_levels_are_reductions_by_other_decoders(shape, tmp_path):
    image = picture(*shape)
    report = pc.build_pyramid(image, tmp_path / "slide", LAYOUT, tile=64, threads=2)
    expected = image
    for level, size in enumerate(report.levels):
        ds = pydicom.dcmread(tmp_path / "slide" / f"level-{level}.dcm")
        assert ds.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.4.201"
        assert (ds.TotalPixelMatrixRows, ds.TotalPixelMatrixColumns) == size == expected.shape[:2]
        np.testing.assert_array_equal(put_together(ds), expected)
        expected = mean_of_four(expected)
    assert max(report.levels[-1]) <= 64


def test_the_same_through_open_pyramid_and_16_bits(tmp_path):
    image = picture(150, 170, dtype=np.uint16) * 256
    pc.build_pyramid(image, tmp_path / "slide", LAYOUT, tile=64)
    with pc.open_pyramid(tmp_path / "slide") as pyramid:
        for level in pyramid.levels:
            found = level.region(pc.Region(0, 0, level.rows, level.columns))
            np.testing.assert_array_equal(found, image)
            image = mean_of_four(image)
        assert [level.downsample for level in pyramid.levels] == [1, 2, 4]


def test_frames_have_an_extended_offset_table(tmp_path):
    pc.build_pyramid(picture(150, 170, 3), tmp_path / "slide", LAYOUT, tile=64)
    path = tmp_path / "slide" / "level-0.dcm"
    ds, data = pydicom.dcmread(path), path.read_bytes()
    offsets, lengths = (
        np.frombuffer(table, "<u8") for table in (ds.ExtendedOffsetTable, ds.ExtendedOffsetTableLengths)
    )
    assert len(offsets) == len(lengths) == ds.NumberOfFrames == 9
    first = data.index(b"\xfe\xff\x00\xe0", data.index(b"\xe0\x7f\x10\x00OB")) + 8
    for offset, length in zip(offsets.tolist(), lengths.tolist(), strict=True):
        start = first + offset
        assert data[start : start + 4] == b"\xfe\xff\x00\xe0"
        assert int.from_bytes(data[start + 4 : start + 8], "little") == length
        assert data[start + 8 : start + 12] == b"\xff\x4f\xff\x51"


def test_instances_are_one_pyramid(tmp_path):
    pc.build_pyramid(picture(150, 170, 3), tmp_path / "slide", LAYOUT, tile=64)
    levels = [pydicom.dcmread(path) for path in sorted((tmp_path / "slide").iterdir())]
    assert [ds.InstanceNumber for ds in levels] == [1, 2, 3]
    for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID", "PyramidUID"):
        assert len({ds[keyword].value for ds in levels}) == 1
    assert len({ds.SOPInstanceUID for ds in levels}) == 3
    for level, ds in enumerate(levels):
        spacing = ds.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].PixelSpacing
        assert list(spacing) == pytest.approx([0.0005 * 2**level, 0.00025 * 2**level])
        assert ds.PhotometricInterpretation == "YBR_RCT"
        assert ds.LossyImageCompression == "00"


def test_what_is_known_of_the_patient_is_taken_over(tmp_path):
    known = Dataset()
    known.PatientName, known.PatientID, known.StudyInstanceUID = "Doe^Jane", "17", "1.2.3"
    known.Rows, known.BitsStored, known.TotalPixelMatrixRows = 5, 3, 7
    path = Dataset()
    path.OpticalPathIdentifier = "violet"
    known.OpticalPathSequence = [path]
    layout = pc.SlideLayout((0.001, 0.001), known)
    pc.build_pyramid(picture(50, 60, 3), tmp_path / "slide", layout, tile=64)
    ds = pydicom.dcmread(tmp_path / "slide" / "level-0.dcm")
    assert (ds.PatientName, ds.PatientID, ds.StudyInstanceUID) == ("Doe^Jane", "17", "1.2.3")
    assert (ds.Rows, ds.BitsStored, ds.TotalPixelMatrixRows) == (64, 8, 50)
    assert pc.open_pyramid(ds).optical_paths == ("violet",)
    assert known.Rows == 5
    assert "ICCProfile" not in known.OpticalPathSequence[0]


def test_a_lossy_slide_says_so(tmp_path):
    layout = pc.SlideLayout(
        (0.001, 0.001), None, "1.2.840.10008.1.2.4.203", pc.J2KOptions(reversible=False, quantization_step=1 / 64)
    )
    image = picture(100, 100, 3)
    pc.build_pyramid(image, tmp_path / "slide", layout, tile=64)
    ds = pydicom.dcmread(tmp_path / "slide" / "level-0.dcm")
    assert (ds.LossyImageCompression, ds.LossyImageCompressionMethod) == ("01", "ISO_15444_15")
    assert float(ds.LossyImageCompressionRatio) > 2
    assert ds.PhotometricInterpretation == "YBR_ICT"
    assert np.abs(put_together(ds).astype(int) - image).mean() < 8


def test_from_a_slide_in_ybr(tmp_path):
    path = DATA / "dicom" / "ez-wsi-dicomweb" / "test.dcm"
    pc.build_pyramid(path, tmp_path / "slide", LAYOUT, tile=64)
    ds = pydicom.dcmread(tmp_path / "slide" / "level-0.dcm")
    assert ds.PhotometricInterpretation == "YBR_FULL"
    with pc.open(path) as frames:
        np.testing.assert_array_equal(put_together(ds), frames[0])


@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dciodvfy of dicom3tools is not installed")
@pytest.mark.parametrize("shape", [(150, 170, 3), (150, 170)])
def test_dciodvfy_finds_no_error(shape, tmp_path):
    """It knows neither HTJ2K nor the Extended Offset Table: it gets a copy called JPEG 2000, without the table."""
    pc.build_pyramid(picture(*shape), tmp_path / "slide", LAYOUT, tile=64)
    for path in (tmp_path / "slide").iterdir():
        ds = pydicom.dcmread(path)
        ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.90"
        del ds.ExtendedOffsetTable, ds.ExtendedOffsetTableLengths
        ds.save_as(tmp_path / "copy.dcm")
        told = subprocess.run(["dciodvfy", tmp_path / "copy.dcm"], capture_output=True, text=True, check=False)
        assert "VLWholeSlideMicroscopyImage" in told.stderr
        assert "Error" not in told.stderr


def test_wsidicom_reads_it(tmp_path):
    wsidicom = pytest.importorskip("wsidicom")
    image = picture(150, 170, 3)
    pc.build_pyramid(image, tmp_path / "slide", LAYOUT, tile=64)
    with wsidicom.WsiDicom.open(tmp_path / "slide") as slide:
        assert (slide.size.width, slide.size.height) == (170, 150)
        assert len(slide.levels) == 3
        for level, size in ((0, (100, 120)), (1, (60, 50))):
            found = np.asarray(slide.read_region((11, 7), level, size).convert("RGB"))
            np.testing.assert_array_equal(found, image[7 : 7 + size[1], 11 : 11 + size[0]])
            image = mean_of_four(image)


def test_the_profile_is_that_of_srgb():
    image_cms = pytest.importorskip("PIL.ImageCms")
    from PIL import Image

    profile = image_cms.ImageCmsProfile(io.BytesIO(srgb_profile()))
    colours = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    found = image_cms.profileToProfile(Image.fromarray(colours), profile, image_cms.createProfile("sRGB"))
    assert np.abs(np.asarray(found).astype(int) - colours).max() <= 1


@pytest.mark.parametrize(
    ("layout", "image"),
    [
        (pc.SlideLayout((0, 1)), picture(20, 20)),
        (pc.SlideLayout((0.1, 0.1), transfer_syntax="1.2.840.10008.1.2.1"), picture(20, 20)),
        (LAYOUT, picture(20, 20, 2)),
        (LAYOUT, picture(20, 20).astype(np.int16)),
        (LAYOUT, picture(20, 20).astype(np.uint32)),
    ],
)
def test_what_a_slide_cannot_be(layout, image, tmp_path):
    with pytest.raises((pc.OptionError, pc.UnsupportedError)):
        pc.build_pyramid(image, tmp_path / "slide", layout, tile=64)
    assert list(tmp_path.iterdir()) == []
