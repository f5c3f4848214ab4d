"""Frames that go over by their bytes, and what is refused or remembered."""

import struct

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import (
    JPEG2000,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

import pacscore as pc

RECOMPRESSED = "1.2.840.10008.1.2.4.111"
PROGRESSIVE = "1.2.840.10008.1.2.4.55"


def encapsulated(ds, frames, syntax):
    ds.file_meta.TransferSyntaxUID = syntax
    ds.PixelData = encapsulate(frames)
    ds["PixelData"].VR, ds["PixelData"].is_undefined_length = "OB", True
    return ds


@pytest.fixture
def jpeg_file(tmp_path, made, saved, pixels):
    """Gives a file of two JPEG frames, and the frames."""

    def jpeg_file(*shape, photometric, **choices):
        stack = pixels(2, *shape, bits=8, dtype=np.uint8)
        frames = [imagecodecs.jpeg8_encode(frame, level=80, **choices) for frame in stack]
        ds = made(stack, photometric=photometric, LossyImageCompression="01", LossyImageCompressionRatio="3")
        return saved(encapsulated(ds, frames, JPEGBaseline8Bit), tmp_path / "jpeg.dcm"), frames

    return jpeg_file


@pytest.mark.parametrize(
    ("shape", "photometric", "choices"),
    [
        ((33, 17), "MONOCHROME2", {}),
        ((33, 17, 3), "YBR_FULL_422", {"subsampling": "422"}),
        ((32, 32, 3), "RGB", {"colorspace": "RGB", "outcolorspace": "RGB"}),
    ],
)
def test_a_jpeg_comes_back_from_jpeg_xl_byte_for_byte(*, tmp_path, jpeg_file, shape, photometric, choices):
    path, frames = jpeg_file(*shape, photometric=photometric, **choices)
    there = pc.transcode(path, tmp_path / "jxl.dcm", RECOMPRESSED)
    back = pc.transcode(tmp_path / "jxl.dcm", tmp_path / "back.dcm", JPEGBaseline8Bit)
    assert (there.route, back.route) == ("bytes", "bytes")
    assert there.lossless
    assert back.lossless
    assert there.pixel_sha256 == back.pixel_sha256
    ds, between = pydicom.dcmread(tmp_path / "back.dcm"), pydicom.dcmread(tmp_path / "jxl.dcm")
    got = list(generate_frames(ds.PixelData, number_of_frames=2))
    assert [frame[: len(given)] for frame, given in zip(got, frames, strict=True)] == frames
    assert between.PhotometricInterpretation == ds.PhotometricInterpretation == photometric
    assert between.LossyImageCompression == ds.LossyImageCompression == "01"
    assert between.SOPInstanceUID == ds.SOPInstanceUID == pydicom.dcmread(path).SOPInstanceUID


def test_only_jpeg_can_be_recompressed(tmp_path, made, saved, example, jpeg_file):
    saved(made(example("uint8")[0]), tmp_path / "in.dcm")
    with pytest.raises(pc.UnsupportedError, match="bytes of lossy JPEG"):
        pc.transcode(tmp_path / "in.dcm", tmp_path / "out.dcm", RECOMPRESSED)
    path, _ = jpeg_file(16, 16, photometric="MONOCHROME2")
    pc.transcode(path, tmp_path / "jxl.dcm", RECOMPRESSED)
    with pytest.raises(pc.UnsupportedError, match="SOF"):
        pc.transcode(tmp_path / "jxl.dcm", tmp_path / "out.dcm", PROGRESSIVE)
    assert not (tmp_path / "out.dcm").exists()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("target", [ImplicitVRLittleEndian, ExplicitVRLittleEndian, "1.2.840.10008.1.2.1.99"])
def test_floats_keep_their_bits(*, tmp_path, made, saved, dtype, target):
    stack = np.frombuffer(np.random.default_rng(7).bytes(5 * 7 * 8), dtype)[:35].reshape(1, 5, 7)
    ds = made(np.zeros((1, 5, 7), np.uint16))
    keyword = "FloatPixelData" if dtype is np.float32 else "DoubleFloatPixelData"
    del ds.PixelData, ds.BitsStored, ds.HighBit, ds.PixelRepresentation
    ds.BitsAllocated = 8 * np.dtype(dtype).itemsize
    setattr(ds, keyword, stack.tobytes())
    report = pc.transcode(saved(ds, tmp_path / "in.dcm"), tmp_path / "out.dcm", target)
    out = pydicom.dcmread(tmp_path / "out.dcm")
    assert report.lossless
    assert out[keyword].value == stack.tobytes() + b"\0" * (stack.nbytes % 2)
    assert "PixelData" not in out
    with pytest.raises(pc.UnsupportedError, match="Float"):
        pc.transcode(tmp_path / "in.dcm", tmp_path / "j2k.dcm", JPEG2000Lossless)


def test_native_pixels_stay_where_they_are(tmp_path, made, saved, pixels):
    stack = pixels(2, 6, 4, 3, bits=8, dtype=np.uint8)
    ds = made(stack, planar=1)
    report = pc.transcode(saved(ds, tmp_path / "in.dcm"), tmp_path / "out.dcm", ImplicitVRLittleEndian)
    out = pydicom.dcmread(tmp_path / "out.dcm")
    assert (report.route, report.changes) == ("bytes", ())
    assert out.PixelData == ds.PixelData
    assert out.PlanarConfiguration == 1
    words = made(pixels(1, 5, 7, bits=16), bits=12)
    pc.transcode(saved(words, tmp_path / "in.dcm"), tmp_path / "out.dcm", ImplicitVRLittleEndian, overwrite=True)
    assert pydicom.dcmread(tmp_path / "out.dcm").PixelData == words.PixelData


def test_big_endian_words_are_swapped(tmp_path, made, saved, pixels):
    stack = pixels(2, 5, 7, bits=16)
    saved(made(stack, syntax=ExplicitVRBigEndian), tmp_path / "in.dcm")
    pc.transcode(tmp_path / "in.dcm", tmp_path / "out.dcm", ExplicitVRLittleEndian)
    assert pydicom.dcmread(tmp_path / "out.dcm").PixelData == stack.astype("<u2").tobytes()


@pytest.mark.parametrize("target", [JPEG2000, "1.2.840.10008.1.2.4.112", JPEGLSNearLossless, JPEGBaseline8Bit])
def test_a_palette_is_not_put_where_there_may_be_loss(tmp_path, made, saved, pixels, target):
    ds = made(pixels(1, 8, 8, bits=8, dtype=np.uint8), photometric="PALETTE COLOR")
    for name in ("Red", "Green", "Blue"):
        setattr(ds, f"{name}PaletteColorLookupTableDescriptor", [256, 0, 16])
        setattr(ds, f"{name}PaletteColorLookupTableData", struct.pack("<256H", *range(256)))
    with pytest.raises(pc.UnsupportedError, match="palette"):
        pc.transcode(saved(ds, tmp_path / "in.dcm"), tmp_path / "out.dcm", target)
    assert pc.transcode(tmp_path / "in.dcm", tmp_path / "out.dcm", HTJ2KLossless).lossless


def lossy_frames(kind, frame):
    if kind == JPEGLSLossless:  # near-lossless frames under the lossless name: the frame tells
        return imagecodecs.jpegls_encode(frame, level=3), "ISO_14495_1"
    return pc.encode(frame, JPEG2000, pc.J2KOptions(reversible=False)), "ISO_15444_1"


@pytest.mark.parametrize("kind", [JPEGLSLossless, JPEG2000])
def test_loss_that_the_frames_tell_is_remembered(tmp_path, made, saved, pixels, kind):
    stack = pixels(1, 32, 32, bits=8, dtype=np.uint8)
    data, method = lossy_frames(kind, stack[0])
    saved(encapsulated(made(stack), [data], kind), tmp_path / "in.dcm")
    report = pc.transcode(tmp_path / "in.dcm", tmp_path / "out.dcm", RLELossless)
    out = pydicom.dcmread(tmp_path / "out.dcm")
    assert report.lossless
    assert (out.LossyImageCompression, out.LossyImageCompressionMethod) == ("01", method)
    assert float(out.LossyImageCompressionRatio) == pytest.approx(1024 / len(data), rel=1e-4)
    assert out.SOPInstanceUID == report.sop_instance_uid_before


def test_what_native_pixel_data_cannot_hold_is_refused_at_once(tmp_path, made, saved, example):
    ds = made(example("uint8")[0], NumberOfFrames=2**31 - 1)
    pc.transcode(saved(made(example("uint8")[0]), tmp_path / "in.dcm"), tmp_path / "rle.dcm", RLELossless)
    rle = pydicom.dcmread(tmp_path / "rle.dcm")
    rle.NumberOfFrames = ds.NumberOfFrames
    rle.save_as(tmp_path / "many.dcm")
    with pytest.raises(pc.UnsupportedError, match="32 bits"):
        pc.transcode(tmp_path / "many.dcm", tmp_path / "out.dcm", ExplicitVRLittleEndian)
