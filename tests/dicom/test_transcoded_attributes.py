"""What a transcoded data set says, rule by rule."""

import struct

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import (
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    JPEGBaseline8Bit,
    RLELossless,
)

import pacscore as pc
from pacscore.dicom.part10 import IMPLEMENTATION_VERSION_NAME


@pytest.mark.parametrize("planar", [0, 1])
def test_rgb_becomes_ybr_rct_by_pixel(tmp_path, planar, made, saved, example):
    stack = example("RGB")[0]
    pc.transcode(saved(made(stack, planar=planar), tmp_path / "in.dcm"), tmp_path / "out.dcm", HTJ2KLosslessRPCL)
    ds = pydicom.dcmread(tmp_path / "out.dcm")
    assert (ds.PhotometricInterpretation, ds.PlanarConfiguration, ds.SamplesPerPixel) == ("YBR_RCT", 0, 3)
    back = pc.transcode(tmp_path / "out.dcm", tmp_path / "back.dcm", ExplicitVRLittleEndian)
    ds = pydicom.dcmread(tmp_path / "back.dcm")
    assert (ds.PhotometricInterpretation, ds.PlanarConfiguration) == ("RGB", 0)
    assert np.array_equal(ds.pixel_array, stack)
    assert back.lossless


def test_ybr_full_gets_no_component_transform(tmp_path, made, saved, example):
    stack, options = example("YBR_FULL")
    pc.transcode(saved(made(stack, **options), tmp_path / "in.dcm"), tmp_path / "out.dcm", HTJ2KLossless)
    ds = pydicom.dcmread(tmp_path / "out.dcm")
    assert ds.PhotometricInterpretation == "YBR_FULL"
    assert pc.inspect(next(generate_frames(ds.PixelData, number_of_frames=1))).color_transform is None


def test_monochrome_has_no_planar_configuration_and_bits_follow_the_codestream(tmp_path, made, saved, example):
    stack = example("12 of 16")[0]
    ds = made(stack, bits=12, PlanarConfiguration=0)
    report = pc.transcode(saved(ds, tmp_path / "in.dcm"), tmp_path / "out.dcm", HTJ2KLosslessRPCL)
    ds = pydicom.dcmread(tmp_path / "out.dcm")
    assert "PlanarConfiguration" not in ds
    assert (ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation) == (16, 12, 11, 0)
    assert any("Planar Configuration: removed" in change for change in report.changes)
    frame = next(generate_frames(ds.PixelData, number_of_frames=3))
    assert [component.precision for component in pc.inspect(frame).components] == [12]


def test_one_bit_is_stored_in_eight_when_encapsulated(tmp_path, made, saved, example):
    stack, options = example("one bit")
    pc.transcode(saved(made(stack, **options), tmp_path / "in.dcm"), tmp_path / "out.dcm", HTJ2KLosslessRPCL)
    ds = pydicom.dcmread(tmp_path / "out.dcm")
    assert (ds.BitsAllocated, ds.BitsStored, ds.HighBit) == (8, 1, 0)


def test_file_meta_is_made_new_and_the_rest_kept(tmp_path, made, saved, example):
    ds = made(example("uint8")[0])
    ds.file_meta.MediaStorageSOPInstanceUID = "1.2.3"
    ds.file_meta.SourceApplicationEntityTitle = "ELSEWHERE"
    ds.add_new(0x00091001, "UN", b"private!")
    ds.add_new(0xFFFCFFFC, "OB", b"\0\0\0\0")
    saved(ds, tmp_path / "in.dcm")
    pc.transcode(tmp_path / "in.dcm", tmp_path / "out.dcm", HTJ2KLosslessRPCL)
    out = pydicom.dcmread(tmp_path / "out.dcm")
    assert out.file_meta.MediaStorageSOPInstanceUID == out.SOPInstanceUID == ds.SOPInstanceUID
    assert out.file_meta.TransferSyntaxUID == HTJ2KLosslessRPCL
    assert out.file_meta.ImplementationClassUID.startswith("2.25.")
    assert out.file_meta.ImplementationVersionName == IMPLEMENTATION_VERSION_NAME
    assert "PACSCORE_" + "_".join(pc.__version__.split(".")[:2]) == IMPLEMENTATION_VERSION_NAME
    assert "SourceApplicationEntityTitle" not in out.file_meta
    assert out.ImageType == ["ORIGINAL", "PRIMARY", "AXIAL"]
    assert "LossyImageCompression" not in out
    assert out[0x00091001].value == b"private!"
    assert out[0xFFFCFFFC].value == b"\0\0\0\0"
    raw = (tmp_path / "out.dcm").read_bytes()
    (length,) = struct.unpack_from("<I", raw, 140)
    assert raw[144 + length : 144 + length + 2] == b"\x08\x00"


def test_lossy_coding_makes_another_object(tmp_path, altered_rle, made, saved, example):
    altered_rle(lambda frame: frame & ~np.uint16(3), "ISO_15444_15")
    source = made(
        example("12 of 16")[0],
        bits=12,
        LossyImageCompression="00",
        SmallestImagePixelValue=0,
        DerivationDescription="cropped",
    )
    report = pc.transcode(saved(source, tmp_path / "in.dcm"), tmp_path / "out.dcm", RLELossless)
    ds = pydicom.dcmread(tmp_path / "out.dcm")
    assert not report.lossless
    assert report.verified
    assert (
        ds.SOPInstanceUID
        == ds.file_meta.MediaStorageSOPInstanceUID
        == report.sop_instance_uid_after
        != source.SOPInstanceUID
    )
    assert report.sop_instance_uid_before == source.SOPInstanceUID
    assert ds.ImageType == ["DERIVED", "PRIMARY", "AXIAL"]
    assert r"(0008,0008) Image Type: ORIGINAL\PRIMARY\AXIAL -> DERIVED\PRIMARY\AXIAL" in report.changes
    assert ds.LossyImageCompression == "01"
    assert ds.LossyImageCompressionMethod == "ISO_15444_15"
    encoded = sum(len(frame) for frame in generate_frames(ds.PixelData, number_of_frames=3))
    assert float(ds.LossyImageCompressionRatio) == pytest.approx(3 * 20 * 31 * 2 / encoded, rel=0.01)
    assert ds.DerivationDescription.startswith("cropped; Lossy compression ISO_15444_15")
    assert ds.SourceImageSequence[0].ReferencedSOPInstanceUID == source.SOPInstanceUID
    assert "SmallestImagePixelValue" not in ds
    again = made(
        example("uint8")[0],
        LossyImageCompression="01",
        LossyImageCompressionRatio="9",
        LossyImageCompressionMethod="ISO_10918_1",
    )
    altered_rle(lambda frame: frame & ~np.uint8(3), "ISO_15444_15")
    pc.transcode(saved(again, tmp_path / "in2.dcm"), tmp_path / "out2.dcm", RLELossless)
    ds = pydicom.dcmread(tmp_path / "out2.dcm")
    assert ds.LossyImageCompressionMethod == ["ISO_10918_1", "ISO_15444_15"]
    assert len(ds.LossyImageCompressionRatio) == 2


def test_earlier_loss_is_never_forgotten(tmp_path, made, saved, example):
    ds = made(
        example("uint8")[0],
        LossyImageCompression="01",
        LossyImageCompressionRatio="9",
        LossyImageCompressionMethod="ISO_10918_1",
    )
    pc.transcode(saved(ds, tmp_path / "in.dcm"), tmp_path / "out.dcm", HTJ2KLossless)
    out = pydicom.dcmread(tmp_path / "out.dcm")
    assert (out.LossyImageCompression, out.LossyImageCompressionMethod, out.LossyImageCompressionRatio) == (
        "01",
        "ISO_10918_1",
        9,
    )
    assert out.SOPInstanceUID == ds.SOPInstanceUID


def test_a_jpeg_source_that_hides_its_loss_is_found_out(tmp_path, made, saved, example):
    stack = example("uint8")[0]
    ds = made(stack)
    ds.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    ds.PixelData = encapsulate([imagecodecs.jpeg8_encode(stack[0], level=90)])
    ds["PixelData"].is_undefined_length = True
    report = pc.transcode(saved(ds, tmp_path / "in.dcm"), tmp_path / "out.dcm", HTJ2KLossless)
    out = pydicom.dcmread(tmp_path / "out.dcm")
    assert (out.LossyImageCompression, out.LossyImageCompressionMethod) == ("01", "ISO_10918_1")
    assert out.SOPInstanceUID == ds.SOPInstanceUID
    assert any("loss" in warning for warning in report.warnings)


def test_identifiers_come_from_the_file_meta_or_are_made(tmp_path, made, saved, example):
    source = saved(made(example("uint8")[0]), tmp_path / "in.dcm")
    name = pydicom.dcmread(source).SOPInstanceUID
    ds = pydicom.dcmread(source)
    del ds.SOPInstanceUID, ds.SOPClassUID
    report = pc.transcode(ds, tmp_path / "meta.dcm", RLELossless)
    assert (report.sop_instance_uid_before, report.sop_instance_uid_after) == (name, name)
    assert pydicom.dcmread(tmp_path / "meta.dcm").SOPInstanceUID == name
    del ds.file_meta.MediaStorageSOPInstanceUID
    report = pc.transcode(ds, tmp_path / "named.dcm", RLELossless)
    assert report.sop_instance_uid_before == ""
    assert pydicom.dcmread(tmp_path / "named.dcm").SOPInstanceUID == report.sop_instance_uid_after != ""
    del ds.file_meta.MediaStorageSOPClassUID
    with pytest.raises(pc.DicomError, match="SOP Class UID"):
        pc.transcode(ds, tmp_path / "nothing.dcm", RLELossless)
    assert not (tmp_path / "nothing.dcm").exists()


def test_words_of_a_big_endian_source_are_swapped(tmp_path, made, saved, example):
    stack = example("int16")[0]
    ds = made(stack, syntax=ExplicitVRBigEndian)
    table = Dataset()
    table.add_new("LUTDescriptor", "US", [3, 0, 16])
    table.add_new("LUTData", "OW", struct.pack(">3H", 1, 2, 3))
    ds.VOILUTSequence = [table]
    pc.transcode(saved(ds, tmp_path / "in.dcm"), tmp_path / "out.dcm", ExplicitVRLittleEndian)
    out = pydicom.dcmread(tmp_path / "out.dcm")
    assert out.VOILUTSequence[0].LUTData == struct.pack("<3H", 1, 2, 3)
    assert np.array_equal(out.pixel_array, stack)


def test_signatures_are_reported(tmp_path, made, saved, example):
    ds = made(example("uint8")[0])
    ds.DigitalSignaturesSequence = [Dataset()]
    report = pc.transcode(saved(ds, tmp_path / "in.dcm"), tmp_path / "out.dcm", RLELossless)
    assert any("signature" in warning for warning in report.warnings)
