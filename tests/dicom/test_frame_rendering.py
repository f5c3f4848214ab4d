"""Rendering while decoding gives what rendering of the decoded frame gives, whatever the frame is stored as."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset

import pacscore as pc
from pacscore.dicom.frames import FrameSource
from pacscore.pixels.modality import Rescale

HTJ2K, J2K, RLE = "1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.5"
FILES = ["CT_small.dcm", "MR_small.dcm", "SC_rgb_small_odd.dcm", "examples_palette.dcm", "examples_ybr_color.dcm"]


def transcoded(tmp_path, name, transfer_syntax, **options):
    path = get_testdata_file(name, download=False)
    if transfer_syntax is None:
        return path
    pc.transcode(path, tmp_path / "made.dcm", transfer_syntax, **options)
    return tmp_path / "made.dcm"


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("transfer_syntax", [None, HTJ2K, J2K, RLE])
def test_equal_to_decoding_first(tmp_path, name, transfer_syntax):
    with pc.open(transcoded(tmp_path, name, transfer_syntax)) as frames:
        pipeline = frames.pipeline()
        windowed = pipeline
        if pipeline.photometric_interpretation.startswith("MONOCHROME"):
            windowed = pipeline.with_window(pc.Window(300, 700))
        region = pc.Region(1, 1, frames.pixel_format.rows - 2, frames.pixel_format.columns - 1)
        for each in (pipeline, windowed, windowed.inverted()):
            for bits in (8, 12, None):
                assert np.array_equal(frames.render(0, each, bits=bits), pc.render(frames[0], each, bits=bits))
            part = frames.frame(0, region=region)
            assert np.array_equal(frames.render(0, each, region=region), pc.render(part, each))
        assert np.array_equal(frames.render(-1), pc.render(frames[-1], frames.pipeline(len(frames) - 1)))


@pytest.mark.parametrize("transfer_syntax", [HTJ2K, J2K])
@pytest.mark.parametrize("options", [None, pc.J2KOptions(tile_rows=50, tile_columns=70)])
def test_lower_resolutions_tiles_and_threads(tmp_path, transfer_syntax, options):
    with pc.open(transcoded(tmp_path, "CT_small.dcm", transfer_syntax, options=options)) as frames:
        pipeline = frames.pipeline().with_window(pc.Window(40, 400))
        for reduce in (0, 1, 2):
            expected = pc.render(frames.frame(0, reduce=reduce), pipeline)
            out = np.empty_like(expected)
            assert frames.render(0, pipeline, reduce=reduce, out=out, threads=2) is out
            assert np.array_equal(out, expected)


def test_colours_of_indices_and_functions(tmp_path):
    def warm(values):
        return values / 2000, np.sqrt(np.abs(values)) / 50, 1 - values / 2000

    with pc.open(transcoded(tmp_path, "CT_small.dcm", HTJ2K)) as frames:
        pipeline = frames.pipeline().with_colors(warm)
        shown = frames.render(0, pipeline)
        assert shown.shape == (128, 128, 3)
        assert np.array_equal(shown, pc.render(frames[0], pipeline))


def test_what_is_left_to_do_to_the_picture(tmp_path):
    with pc.open(transcoded(tmp_path, "CT_small.dcm", HTJ2K)) as frames:
        turned = dataclasses.replace(
            frames.pipeline().with_window(pc.Window(40, 400)),
            finishing=dataclasses.replace(frames.pipeline().finishing, rotation=90),
        )
        assert np.array_equal(frames.render(0, turned), pc.render(frames[0], turned))
        out = np.empty((128, 128), np.uint8)
        assert frames.render(0, turned, out=out) is out
        with pytest.raises(pc.OptionError, match="region"):
            frames.render(0, turned, region=pc.Region(0, 0, 8, 8))


def mono(pixels, **attributes):
    made = Dataset()
    made.Rows, made.Columns = pixels.shape[-2:]
    made.SamplesPerPixel, made.PhotometricInterpretation = 1, "MONOCHROME2"
    made.BitsAllocated = made.BitsStored = 8 * pixels.itemsize
    made.HighBit, made.PixelRepresentation = made.BitsStored - 1, int(pixels.dtype.kind == "i")
    made.NumberOfFrames = 1 if pixels.ndim == 2 else len(pixels)
    made.PixelData = pixels.tobytes()
    made.file_meta = Dataset()
    made.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    return made


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint32])
def test_native_frames_in_strips(dtype):
    pixels = np.random.default_rng(1).integers(0, 120, (2, 900, 700)).astype(dtype)
    with pc.open(mono(pixels, WindowCenter="50", WindowWidth="90")) as frames:
        assert np.array_equal(frames.render(1), pc.render(pixels[1], frames.pipeline(1)))
        region = pc.Region(3, 5, 890, 600)
        assert np.array_equal(frames.render(1, region=region), pc.render(pixels[1, 3:893, 5:605], frames.pipeline(1)))


def test_a_codestream_of_the_other_sign_is_decoded_first():
    pixels = np.random.default_rng(2).integers(0, 30000, (40, 50)).astype(np.uint16)
    made = mono(pixels.astype(np.int16), WindowCenter="9000", WindowWidth="20000")
    with pc.open(made) as frames:
        assert frames.render(0).dtype == np.uint8
    from pydicom.encaps import encapsulate

    made.PixelData = encapsulate([pc.encode(pixels, HTJ2K)])
    made["PixelData"].VR = "OB"
    made["PixelData"].is_undefined_length = True
    made.file_meta.TransferSyntaxUID = HTJ2K
    with pc.open(made) as frames:
        assert frames.pixel_format.pixel_representation == 1
        assert np.array_equal(frames.render(0), pc.render(frames[0], frames.pipeline()))


def test_damage_is_raised_or_concealed_as_of_a_frame():
    pixels = np.random.default_rng(3).integers(0, 30000, (128, 128)).astype(np.uint16)
    from pydicom.encaps import encapsulate

    made = mono(pixels, WindowCenter="9000", WindowWidth="20000")
    made.PixelData = encapsulate([pc.encode(pixels, HTJ2K)[:9000]])
    made["PixelData"].VR = "OB"
    made["PixelData"].is_undefined_length = True
    made.file_meta.TransferSyntaxUID = HTJ2K
    with pc.open(made) as frames:
        with pytest.raises(pc.DataError) as raised:
            frames.render(0)
        assert "in frame 0 of 1" in raised.value.__notes__
        shown, decoded = frames.render(0, on_damage="conceal"), frames.frame(0, on_damage="conceal")
        assert isinstance(shown, pc.Partial)
        assert shown.report == decoded.report
        assert np.array_equal(shown.image, pc.render(decoded.image, frames.pipeline()))
        with pytest.raises(IndexError):
            frames.render(1)


def test_nothing_is_decoded_apart_from_what_is_shown(tmp_path, monkeypatch):
    with pc.open(transcoded(tmp_path, "CT_small.dcm", HTJ2K)) as frames:
        pipeline = frames.pipeline().with_window(pc.Window(40, 400))
        expected = pc.render(frames[0], pipeline)
        monkeypatch.setattr(FrameSource, "frame", None)
        assert np.array_equal(frames.render(0, pipeline), expected)
        assert pipeline.modality == Rescale(1, -1024)
