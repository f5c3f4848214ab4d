"""Frames through a codec in a child process, and video, whose pixels nobody gives."""

from __future__ import annotations

import numpy as np
import pydicom
import pytest
from pydicom.encaps import encapsulate
from pydicom.uid import JPEGLSLossless, JPEGLSNearLossless

import pacscore as pc
from pacscore.codecs import JPEGLSOptions, register, registry
from reference.broken_codecs import Misbehaving


def multi_frame(syntax, fragments, frames):
    ds = pydicom.Dataset()
    ds.file_meta = pydicom.dataset.FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", "1.2.3"
    ds.Rows, ds.Columns, ds.SamplesPerPixel, ds.NumberOfFrames = 13, 10, 1, frames
    ds.BitsAllocated = ds.BitsStored = 8
    ds.HighBit, ds.PixelRepresentation, ds.PhotometricInterpretation = 7, 0, "MONOCHROME2"
    ds.PixelData = encapsulate(fragments, has_bot=False)
    ds["PixelData"].VR = "OB"
    return ds


@pytest.mark.parametrize(
    ("number", "named"),
    [("100", "MPEG-2"), ("102.1", "H.264"), ("105", "3D video"), ("107", "HEVC"), ("108", "Main 10")],
)
def test_video_opens_and_gives_its_stream(number, named):
    stream = bytes(range(200)) * 2
    with pc.open(multi_frame(f"1.2.840.10008.1.2.4.{number}", [stream[:100], stream[100:]], 25)) as frames:
        assert len(frames) == 25
        assert frames.encoded(0) == stream
        with pytest.raises(pc.UnsupportedError, match=named):
            frames[0]
        with pytest.raises(pc.UnsupportedError, match=named):
            _ = frames.pixel_format
        with pytest.raises(pc.UnsupportedError, match=r"encoded\(0\)"):
            frames.encoded(3)
        with pytest.raises(IndexError):
            frames.encoded(25)


def test_the_good_frames_of_an_object_survive_a_bad_one(monkeypatch):
    monkeypatch.setattr(registry, "_registered", {})
    register(Misbehaving())
    frames = pc.open(multi_frame("1.2.3.4", [b"good", b"exit", b"fine"], 3), isolate=True)
    assert frames[0].shape == frames[2].shape == (13, 10)
    with pytest.raises(pc.CodecCrashedError, match="exit status"):
        frames[1]
    assert not frames.frame(1, on_damage="conceal").report.complete


def test_transcoding_apart_writes_the_same(tmp_path):
    source = multi_frame(JPEGLSLossless, [], 1)
    pixels = np.random.default_rng(0).integers(0, 256, (13, 10)).astype(np.uint8)
    source.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    source.PixelData = pixels.tobytes()
    for isolate in (False, pc.Isolation(seconds=30)):
        report = pc.transcode(source, tmp_path / f"{bool(isolate)}.dcm", JPEGLSLossless, isolate=isolate)
        assert report.lossless
    alone, apart = (pc.open(tmp_path / f"{name}.dcm", isolate=True) for name in (False, True))
    assert alone.encoded(0) == apart.encoded(0)
    assert np.array_equal(alone[0], pixels)
    lossy = pc.transcode(
        tmp_path / "True.dcm", tmp_path / "near.dcm", JPEGLSNearLossless, options=JPEGLSOptions(2), isolate=True
    )
    assert not lossy.lossless
    with pc.open(tmp_path / "near.dcm") as near:
        assert np.abs(near[0].astype(int) - pixels).max() == 2


def test_a_jpeg_is_recompressed_and_rebuilt_apart(tmp_path, monkeypatch):
    """Nothing of it happens in this process."""
    import imagecodecs

    jpeg, recompressed, back = tmp_path / "jpeg.dcm", tmp_path / "xl.dcm", tmp_path / "back.dcm"
    source = multi_frame("1.2.840.10008.1.2.1", [], 1)
    source.PixelData = np.add.outer(np.arange(13), np.arange(10)).astype(np.uint8).tobytes()
    pc.transcode(source, jpeg, "1.2.840.10008.1.2.4.50")
    for name in ("jpegxl_encode_jpeg", "jpegxl_decode_jpeg", "jpeg8_decode"):
        monkeypatch.delattr(imagecodecs, name)
    assert pc.transcode(jpeg, recompressed, "1.2.840.10008.1.2.4.111", isolate=True).route == "bytes"
    assert pc.transcode(recompressed, back, "1.2.840.10008.1.2.4.50", isolate=True).lossless
    with pc.open(jpeg) as before, pc.open(back) as after:
        assert before.encoded(0) == after.encoded(0)
    with pytest.raises(pc.PacscoreError):
        pc.transcode(jpeg, tmp_path / "here.dcm", "1.2.840.10008.1.2.4.111")
