"""Transcoding: pixels by other readers, attributes rule by rule, files that appear whole or not at all."""

import dataclasses
import hashlib
import json
import struct

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate, generate_frames, parse_basic_offsets
from pydicom.uid import (
    HTJ2K,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    RLELossless,
    generate_uid,
)

import pacscore as pc
from pacscore.codecs import codec_for, register
from pacscore.codecs import registry as registry_module
from pacscore.dicom.part10 import IMPLEMENTATION_VERSION_NAME

RANDOM = np.random.default_rng(7)


def pixels(frames, *shape, bits=12, signed=False, dtype=np.uint16):
    low, high = (-(1 << (bits - 1)), 1 << (bits - 1)) if signed else (0, 1 << bits)
    return RANDOM.integers(low, high, (frames, *shape)).astype(dtype)


def made(stack, *, bits=None, photometric=None, planar=0, syntax=ExplicitVRLittleEndian, **attributes):
    """A data set around native frames, shape (frames, rows, columns[, samples])."""
    big = syntax == ExplicitVRBigEndian
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", generate_uid(prefix=None)
    ds.ImageType, ds.Modality, ds.PatientName = ["ORIGINAL", "PRIMARY", "AXIAL"], "OT", "Doe^Jane"
    samples = stack.shape[3] if stack.ndim == 4 else 1
    ds.Rows, ds.Columns = stack.shape[1:3]
    ds.SamplesPerPixel = samples
    ds.PhotometricInterpretation = photometric or ("RGB" if samples == 3 else "MONOCHROME2")
    ds.NumberOfFrames = len(stack)
    one_bit = bits == 1
    ds.BitsAllocated = 1 if one_bit else 8 * stack.dtype.itemsize
    ds.BitsStored = bits or ds.BitsAllocated
    ds.HighBit, ds.PixelRepresentation = ds.BitsStored - 1, int(stack.dtype.kind == "i")
    for keyword, value in attributes.items():
        setattr(ds, keyword, value)
    if samples == 3:
        ds.PlanarConfiguration = planar
        stack = np.moveaxis(stack, 3, 1) if planar else stack
    if one_bit:
        value = np.packbits(stack.ravel(), bitorder="little").tobytes()
    else:
        value = stack.astype(stack.dtype.newbyteorder(">" if big else "<")).tobytes()
    ds.add_new("PixelData", "OB" if ds.BitsAllocated <= 8 else "OW", value + b"\0" * (len(value) % 2))
    return ds


def saved(ds, path):
    syntax = ds.file_meta.TransferSyntaxUID
    ds.save_as(path, enforce_file_format=True, implicit_vr=syntax.is_implicit_VR, little_endian=syntax.is_little_endian)
    return path


def read_by_others(path):
    """The frames of a file through pydicom and, for HTJ2K, OpenJPH."""
    ds = pydicom.dcmread(path)
    if ds.file_meta.TransferSyntaxUID not in (HTJ2K, HTJ2KLossless, HTJ2KLosslessRPCL):
        array = ds.pixel_array
        return array if ds.get("NumberOfFrames", 1) > 1 else array[None]
    frames = generate_frames(ds.PixelData, number_of_frames=ds.get("NumberOfFrames", 1))
    return np.stack([imagecodecs.htj2k_decode(frame) for frame in frames])


CASES = {
    "uint8": (pixels(1, 33, 17, bits=8, dtype=np.uint8), {}),
    "12 of 16": (pixels(3, 20, 31), {"bits": 12}),
    "8 of 16": (pixels(1, 20, 31, bits=8), {"bits": 8}),
    "int16": (pixels(2, 25, 40, bits=16, signed=True, dtype=np.int16), {}),
    "signed 12 of 16": (pixels(2, 25, 40, bits=12, signed=True, dtype=np.int16), {"bits": 12}),
    "RGB": (pixels(2, 19, 23, 3, bits=8, dtype=np.uint8), {}),
    "RGB by plane": (pixels(2, 19, 23, 3, bits=8, dtype=np.uint8), {"planar": 1}),
    "YBR_FULL": (pixels(1, 19, 23, 3, bits=8, dtype=np.uint8), {"photometric": "YBR_FULL"}),
    "one bit": (pixels(3, 5, 7, bits=1, dtype=np.uint8), {"bits": 1}),
    "one row": (pixels(1, 1, 9), {"bits": 12}),
}
TARGETS = [
    HTJ2KLosslessRPCL,
    HTJ2KLossless,
    HTJ2K,
    RLELossless,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    DeflatedExplicitVRLittleEndian,
]


@pytest.mark.parametrize("target", TARGETS, ids=lambda uid: uid.keyword)
@pytest.mark.parametrize("case", CASES)
def test_other_readers_see_the_same_pixels(tmp_path, case, target):
    stack, options = CASES[case]
    source = saved(made(stack, **options), tmp_path / "in.dcm")
    report = pc.transcode(source, tmp_path / "out.dcm", target)
    assert report.lossless
    assert report.verified
    assert report.frames == len(stack)
    assert (report.transfer_syntax_before, report.transfer_syntax_after) == (ExplicitVRLittleEndian, target)
    assert report.sop_instance_uid_before == report.sop_instance_uid_after
    assert (report.bytes_before, report.bytes_after) == (source.stat().st_size, (tmp_path / "out.dcm").stat().st_size)
    if not (target == RLELossless and case == "one bit"):  # pydicom packs these otherwise
        got = read_by_others(tmp_path / "out.dcm")
        assert np.array_equal(got, stack)
    with pc.open(tmp_path / "out.dcm") as frames:
        assert np.array_equal(np.stack(list(frames)), stack)


@pytest.mark.parametrize("planar", [0, 1])
def test_rgb_becomes_ybr_rct_by_pixel(tmp_path, planar):
    stack = CASES["RGB"][0]
    pc.transcode(saved(made(stack, planar=planar), tmp_path / "in.dcm"), tmp_path / "out.dcm", HTJ2KLosslessRPCL)
    ds = pydicom.dcmread(tmp_path / "out.dcm")
    assert (ds.PhotometricInterpretation, ds.PlanarConfiguration, ds.SamplesPerPixel) == ("YBR_RCT", 0, 3)
    back = pc.transcode(tmp_path / "out.dcm", tmp_path / "back.dcm", ExplicitVRLittleEndian)
    ds = pydicom.dcmread(tmp_path / "back.dcm")
    assert (ds.PhotometricInterpretation, ds.PlanarConfiguration) == ("RGB", 0)
    assert np.array_equal(ds.pixel_array, stack)
    assert back.lossless


def test_ybr_full_gets_no_component_transform(tmp_path):
    stack, options = CASES["YBR_FULL"]
    pc.transcode(saved(made(stack, **options), tmp_path / "in.dcm"), tmp_path / "out.dcm", HTJ2KLossless)
    ds = pydicom.dcmread(tmp_path / "out.dcm")
    assert ds.PhotometricInterpretation == "YBR_FULL"
    assert pc.inspect(next(generate_frames(ds.PixelData, number_of_frames=1))).color_transform is False


def test_shared_chroma_is_expanded_and_called_ybr_full(tmp_path):
    stack = pixels(1, 4, 6, 3, bits=8, dtype=np.uint8)
    stack[:, :, 1::2, 1:] = stack[:, :, ::2, 1:]
    ds = made(stack, photometric="YBR_FULL_422")
    pairs = stack.reshape(4, 3, 2, 3)
    ds.PixelData = np.concatenate([pairs[:, :, 0, :1], pairs[:, :, 1, :1], pairs[:, :, 0, 1:]], axis=-1).tobytes()
    pc.transcode(saved(ds, tmp_path / "in.dcm"), tmp_path / "out.dcm", RLELossless)
    ds = pydicom.dcmread(tmp_path / "out.dcm")
    assert ds.PhotometricInterpretation == "YBR_FULL"
    assert np.array_equal(ds.pixel_array, stack[0])


def test_monochrome_has_no_planar_configuration_and_bits_follow_the_codestream(tmp_path):
    stack = CASES["12 of 16"][0]
    ds = made(stack, bits=12, PlanarConfiguration=0)
    report = pc.transcode(saved(ds, tmp_path / "in.dcm"), tmp_path / "out.dcm", HTJ2KLosslessRPCL)
    ds = pydicom.dcmread(tmp_path / "out.dcm")
    assert "PlanarConfiguration" not in ds
    assert (ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation) == (16, 12, 11, 0)
    assert any("Planar Configuration: removed" in change for change in report.changes)
    frame = next(generate_frames(ds.PixelData, number_of_frames=3))
    assert [component.precision for component in pc.inspect(frame).components] == [12]


def test_one_bit_is_stored_in_eight_when_encapsulated(tmp_path):
    stack, options = CASES["one bit"]
    pc.transcode(saved(made(stack, **options), tmp_path / "in.dcm"), tmp_path / "out.dcm", HTJ2KLosslessRPCL)
    ds = pydicom.dcmread(tmp_path / "out.dcm")
    assert (ds.BitsAllocated, ds.BitsStored, ds.HighBit) == (8, 1, 0)


def test_file_meta_is_made_new_and_the_rest_kept(tmp_path):
    ds = made(CASES["uint8"][0])
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


def test_encapsulated_frames_have_padded_items_and_a_basic_offset_table(tmp_path):
    stack = CASES["12 of 16"][0]
    pc.transcode(saved(made(stack, bits=12), tmp_path / "in.dcm"), tmp_path / "out.dcm", HTJ2KLosslessRPCL)
    ds = pydicom.dcmread(tmp_path / "out.dcm")
    assert ds["PixelData"].VR == "OB"
    assert ds["PixelData"].is_undefined_length
    offsets = parse_basic_offsets(ds.PixelData)
    assert len(offsets) == 3
    assert offsets[0] == 0
    first_item = 8 + 4 * len(offsets)
    for offset in offsets:
        tag, length = struct.unpack_from("<II", ds.PixelData, first_item + offset)
        assert tag == 0xE000FFFE
        assert length % 2 == 0
        assert ds.PixelData[first_item + offset + 8 :][:2] == b"\xff\x4f"


def test_extended_offset_table_leaves_the_basic_one_empty(tmp_path):
    stack = CASES["12 of 16"][0]
    saved(made(stack, bits=12), tmp_path / "in.dcm")
    report = pc.transcode(tmp_path / "in.dcm", tmp_path / "out.dcm", HTJ2KLosslessRPCL, extended_offset_table=True)
    assert report.lossless
    ds = pydicom.dcmread(tmp_path / "out.dcm")
    assert parse_basic_offsets(ds.PixelData) == []
    offsets, lengths = (np.frombuffer(ds[tag].value, "<u8") for tag in (0x7FE00001, 0x7FE00002))
    tables = ds.ExtendedOffsetTable, ds.ExtendedOffsetTableLengths
    expected = list(generate_frames(ds.PixelData, number_of_frames=3, extended_offsets=tables))
    for offset, length, frame in zip(offsets, lengths, expected, strict=True):
        assert ds.PixelData[8 + offset + 8 : 8 + offset + 8 + length] == frame[:length]
    again = pc.transcode(tmp_path / "out.dcm", tmp_path / "again.dcm", HTJ2KLosslessRPCL)
    assert again.lossless
    assert "ExtendedOffsetTable" not in pydicom.dcmread(tmp_path / "again.dcm")
    with pytest.raises(pc.OptionError):
        pc.transcode(tmp_path / "in.dcm", tmp_path / "native.dcm", ExplicitVRLittleEndian, extended_offset_table=True)


def test_same_transfer_syntax_carries_the_bytes_over(tmp_path):
    stack = CASES["int16"][0]
    saved(made(stack), tmp_path / "in.dcm")
    first = pc.transcode(tmp_path / "in.dcm", tmp_path / "rle.dcm", RLELossless)
    second = pc.transcode(tmp_path / "rle.dcm", tmp_path / "again.dcm", RLELossless)
    assert (first.route, second.route) == ("pixels", "bytes")
    assert first.pixel_sha256 == second.pixel_sha256
    assert pydicom.dcmread(tmp_path / "rle.dcm").PixelData == pydicom.dcmread(tmp_path / "again.dcm").PixelData


def test_lossless_rpcl_is_legal_as_any_htj2k(tmp_path):
    saved(made(CASES["RGB"][0]), tmp_path / "in.dcm")
    pc.transcode(tmp_path / "in.dcm", tmp_path / "rpcl.dcm", HTJ2KLosslessRPCL)
    for target, route in ((HTJ2KLossless, "bytes"), (HTJ2K, "bytes")):
        assert pc.transcode(tmp_path / "rpcl.dcm", tmp_path / "out.dcm", target, overwrite=True).route == route
    pc.transcode(tmp_path / "in.dcm", tmp_path / "any.dcm", HTJ2K)
    assert pc.transcode(tmp_path / "any.dcm", tmp_path / "out.dcm", HTJ2KLosslessRPCL, overwrite=True).route == "pixels"


def test_an_existing_file_is_replaced_only_when_asked(tmp_path):
    source = saved(made(CASES["uint8"][0]), tmp_path / "in.dcm")
    before = source.read_bytes()
    with pytest.raises(FileExistsError):
        pc.transcode(source, source, RLELossless)
    assert source.read_bytes() == before
    pc.transcode(source, source, RLELossless, overwrite=True)
    assert pydicom.dcmread(source).file_meta.TransferSyntaxUID == RLELossless
    assert [path.name for path in tmp_path.iterdir()] == ["in.dcm"]


def test_destination_folder_must_exist(tmp_path):
    source = saved(made(CASES["uint8"][0]), tmp_path / "in.dcm")
    with pytest.raises(FileNotFoundError):
        pc.transcode(source, tmp_path / "nowhere" / "out.dcm", RLELossless)
    with pytest.raises(FileNotFoundError):
        pc.transcode(tmp_path / "absent.dcm", tmp_path / "out.dcm", RLELossless)


class Altered:
    """RLE that changes frames on the way in: a broken codec, or a lossy one."""

    name, provisional = "altered", True
    transfer_syntaxes = encodes = frozenset({RLELossless})

    def __init__(self, alter, method=None):
        self._alter, self._method, self._real = alter, method, codec_for(RLELossless)

    def __getattr__(self, name):
        return getattr(self._real, name)

    def encode(self, frame, pixel_format, transfer_syntax, options=None, *, threads=1):
        encoded = self._real.encode(self._alter(frame), pixel_format, transfer_syntax, options, threads=threads)
        return dataclasses.replace(encoded, lossless=self._method is None, method=self._method)


@pytest.fixture
def altered_rle(monkeypatch):
    """Lets an altered codec serve RLE for one test."""

    def use(alter, method=None):
        codec = Altered(alter, method)
        monkeypatch.setattr(registry_module, "_registered", {})
        register(codec)

    return use


def one_wrong(frame):
    wrong = frame.copy()
    wrong[-1, -1] ^= 1
    return wrong


@pytest.mark.parametrize("already_there", [False, True])
def test_other_pixels_leave_nothing_behind(tmp_path, altered_rle, already_there):
    altered_rle(one_wrong)
    source = saved(made(CASES["12 of 16"][0], bits=12), tmp_path / "in.dcm")
    target = tmp_path / "out.dcm"
    if already_there:
        target.write_bytes(b"as it was")
    with pytest.raises(pc.VerificationError, match="frame 0"):
        pc.transcode(source, target, RLELossless, overwrite=already_there)
    expected = {"in.dcm", "out.dcm"} if already_there else {"in.dcm"}
    assert {path.name for path in tmp_path.iterdir()} == expected
    if already_there:
        assert target.read_bytes() == b"as it was"
    unchecked = pc.transcode(source, target, RLELossless, overwrite=True, verify=False)
    assert not unchecked.lossless
    assert not unchecked.verified


def test_lossy_coding_makes_another_object(tmp_path, altered_rle):
    altered_rle(lambda frame: frame & ~np.uint16(3), "ISO_15444_15")
    source = made(
        CASES["12 of 16"][0],
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
    assert ds.LossyImageCompression == "01"
    assert ds.LossyImageCompressionMethod == "ISO_15444_15"
    encoded = sum(len(frame) for frame in generate_frames(ds.PixelData, number_of_frames=3))
    assert float(ds.LossyImageCompressionRatio) == pytest.approx(3 * 20 * 31 * 2 / encoded, rel=0.01)
    assert ds.DerivationDescription.startswith("cropped; Lossy compression ISO_15444_15")
    assert ds.SourceImageSequence[0].ReferencedSOPInstanceUID == source.SOPInstanceUID
    assert "SmallestImagePixelValue" not in ds
    again = made(
        CASES["uint8"][0],
        LossyImageCompression="01",
        LossyImageCompressionRatio="9",
        LossyImageCompressionMethod="ISO_10918_1",
    )
    altered_rle(lambda frame: frame & ~np.uint8(3), "ISO_15444_15")
    pc.transcode(saved(again, tmp_path / "in2.dcm"), tmp_path / "out2.dcm", RLELossless)
    ds = pydicom.dcmread(tmp_path / "out2.dcm")
    assert ds.LossyImageCompressionMethod == ["ISO_10918_1", "ISO_15444_15"]
    assert len(ds.LossyImageCompressionRatio) == 2


def test_earlier_loss_is_never_forgotten(tmp_path):
    ds = made(
        CASES["uint8"][0],
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


def test_a_jpeg_source_that_hides_its_loss_is_found_out(tmp_path):
    stack = CASES["uint8"][0]
    ds = made(stack)
    ds.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
    ds.PixelData = encapsulate([imagecodecs.jpeg8_encode(stack[0], level=90)])
    ds["PixelData"].is_undefined_length = True
    report = pc.transcode(saved(ds, tmp_path / "in.dcm"), tmp_path / "out.dcm", HTJ2KLossless)
    out = pydicom.dcmread(tmp_path / "out.dcm")
    assert (out.LossyImageCompression, out.LossyImageCompressionMethod) == ("01", "ISO_10918_1")
    assert out.SOPInstanceUID == ds.SOPInstanceUID
    assert any("loss" in warning for warning in report.warnings)


def test_bits_above_bits_stored_are_cleared_before_coding(tmp_path):
    stack = CASES["12 of 16"][0] | np.uint16(0xA000)
    report = pc.transcode(saved(made(stack, bits=12), tmp_path / "in.dcm"), tmp_path / "out.dcm", HTJ2KLosslessRPCL)
    assert report.lossless
    assert np.array_equal(read_by_others(tmp_path / "out.dcm"), stack & 0xFFF)


def test_what_would_be_lost_is_refused(tmp_path):
    ds = made(CASES["12 of 16"][0], bits=12)
    ds.add_new(0x60000010, "US", 20)
    ds.add_new(0x60000100, "US", 16)
    ds.add_new(0x60000102, "US", 15)
    saved(ds, tmp_path / "in.dcm")
    with pytest.raises(pc.UnsupportedError, match="overlay"):
        pc.transcode(tmp_path / "in.dcm", tmp_path / "out.dcm", HTJ2KLosslessRPCL)
    ds = made(CASES["uint8"][0])
    with pytest.raises(pc.UnsupportedError):
        pc.transcode(saved(ds, tmp_path / "in.dcm"), tmp_path / "out.dcm", ExplicitVRBigEndian)
    del ds.PixelData
    ds.BitsAllocated = 32
    del ds.BitsStored, ds.HighBit, ds.PixelRepresentation
    ds.FloatPixelData = RANDOM.random((33, 17), np.float32).tobytes()
    saved(ds, tmp_path / "in.dcm")
    with pytest.raises(pc.UnsupportedError, match="Float"):
        pc.transcode(tmp_path / "in.dcm", tmp_path / "out.dcm", HTJ2KLosslessRPCL)
    assert [path.name for path in tmp_path.iterdir()] == ["in.dcm"]
    with pytest.raises(pc.NoCodecError):
        pc.transcode(saved(made(CASES["uint8"][0]), tmp_path / "in.dcm"), tmp_path / "out.dcm", "1.2.3.4")


def test_identifiers_are_demanded(tmp_path):
    source = saved(made(CASES["uint8"][0]), tmp_path / "in.dcm")
    ds = pydicom.dcmread(source)
    del ds.SOPInstanceUID
    with pytest.raises(pc.DicomError, match="SOPInstanceUID"):
        pc.transcode(ds, tmp_path / "out.dcm", RLELossless)


def test_words_of_a_big_endian_source_are_swapped(tmp_path):
    stack = CASES["int16"][0]
    ds = made(stack, syntax=ExplicitVRBigEndian)
    table = Dataset()
    table.add_new("LUTDescriptor", "US", [3, 0, 16])
    table.add_new("LUTData", "OW", struct.pack(">3H", 1, 2, 3))
    ds.VOILUTSequence = [table]
    pc.transcode(saved(ds, tmp_path / "in.dcm"), tmp_path / "out.dcm", ExplicitVRLittleEndian)
    out = pydicom.dcmread(tmp_path / "out.dcm")
    assert out.VOILUTSequence[0].LUTData == struct.pack("<3H", 1, 2, 3)
    assert np.array_equal(out.pixel_array, stack)


def test_signatures_are_reported(tmp_path):
    ds = made(CASES["uint8"][0])
    ds.DigitalSignaturesSequence = [Dataset()]
    report = pc.transcode(saved(ds, tmp_path / "in.dcm"), tmp_path / "out.dcm", RLELossless)
    assert any("signature" in warning for warning in report.warnings)


def test_hashes_and_report(tmp_path):
    stack = CASES["signed 12 of 16"][0]
    report = pc.transcode(
        saved(made(stack, bits=12), tmp_path / "in.dcm"), tmp_path / "out.dcm", HTJ2KLosslessRPCL, threads=2
    )
    assert report.pixel_sha256 == tuple(hashlib.sha256(frame.astype("<i2").tobytes()).hexdigest() for frame in stack)
    told = json.loads(report.to_json())
    assert told["schema"] == report.schema == 1
    assert told["frames"] == 2
    assert told["lossless"] is True
    assert told["pixel_sha256"] == list(report.pixel_sha256)


def test_sources_in_memory(tmp_path):
    stack = CASES["uint8"][0]
    path = saved(made(stack), tmp_path / "in.dcm")
    reports = []
    for number, source in enumerate((path.read_bytes(), path.open("rb"), pydicom.dcmread(path), str(path))):
        reports.append(pc.transcode(source, tmp_path / f"{number}.dcm", HTJ2KLossless))
        if hasattr(source, "close"):
            source.close()
    assert len({report.pixel_sha256 for report in reports}) == 1


def test_damaged_frames_are_refused_or_become_another_object(tmp_path):
    stack = pixels(2, 64, 64, bits=12)
    saved(made(stack, bits=12), tmp_path / "in.dcm")
    pc.transcode(tmp_path / "in.dcm", tmp_path / "whole.dcm", HTJ2KLosslessRPCL)
    ds = pydicom.dcmread(tmp_path / "whole.dcm")
    frames = list(generate_frames(ds.PixelData, number_of_frames=2))
    ds.PixelData = encapsulate([frames[0], frames[1][: len(frames[1]) * 2 // 3]])
    ds.save_as(tmp_path / "cut.dcm")
    with pytest.raises(pc.DataError):
        pc.transcode(tmp_path / "cut.dcm", tmp_path / "out.dcm", RLELossless)
    assert not (tmp_path / "out.dcm").exists()
    report = pc.transcode(tmp_path / "cut.dcm", tmp_path / "out.dcm", RLELossless, on_damage="conceal")
    out = pydicom.dcmread(tmp_path / "out.dcm")
    assert not report.lossless
    assert out.SOPInstanceUID != ds.SOPInstanceUID
    assert out.ImageType[0] == "DERIVED"
    assert "damaged" in out.DerivationDescription
    assert np.array_equal(out.pixel_array[0], stack[0])
    assert "frame" in " ".join(report.warnings)


def test_part_1_becomes_ht(tmp_path):
    stack = CASES["signed 12 of 16"][0]
    saved(made(stack, bits=12), tmp_path / "in.dcm")
    pc.transcode(tmp_path / "in.dcm", tmp_path / "part1.dcm", JPEG2000Lossless)
    assert pc.transcode(tmp_path / "part1.dcm", tmp_path / "out.dcm", HTJ2KLosslessRPCL).lossless
    assert np.array_equal(read_by_others(tmp_path / "out.dcm"), stack)
