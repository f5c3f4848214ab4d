"""Transcoding: pixels by other readers, and files that appear whole or not at all."""

import copy
import gc
import hashlib
import json
import struct

import numpy as np
import pydicom
import pytest
from pydicom.encaps import encapsulate, generate_frames, parse_basic_offsets
from pydicom.pixels import pixel_array
from pydicom.uid import (
    HTJ2K,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    RLELossless,
)

import pacscore as pc

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
def test_other_readers_see_the_same_pixels(*, tmp_path, example_name, target, example, made, saved, read_by_others):
    stack, options = example(example_name)
    source = saved(made(stack, **options), tmp_path / "in.dcm")
    report = pc.transcode(source, tmp_path / "out.dcm", target)
    assert report.lossless
    assert report.verified
    assert report.frames == len(stack)
    assert (report.transfer_syntax_before, report.transfer_syntax_after) == (ExplicitVRLittleEndian, target)
    assert report.sop_instance_uid_before == report.sop_instance_uid_after
    assert (report.bytes_before, report.bytes_after) == (source.stat().st_size, (tmp_path / "out.dcm").stat().st_size)
    if not (target == RLELossless and example_name == "one bit"):  # pydicom packs these otherwise
        got = read_by_others(tmp_path / "out.dcm")
        assert np.array_equal(got, stack)
    with pc.open(tmp_path / "out.dcm") as frames:
        assert np.array_equal(np.stack(list(frames)), stack)


def test_encapsulated_frames_have_padded_items_and_a_basic_offset_table(tmp_path, made, saved, example):
    stack = example("12 of 16")[0]
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


def test_extended_offset_table_leaves_the_basic_one_empty(tmp_path, made, saved, example):
    stack = example("12 of 16")[0]
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


def test_same_transfer_syntax_carries_the_bytes_over(tmp_path, made, saved, example):
    stack = example("int16")[0]
    saved(made(stack), tmp_path / "in.dcm")
    first = pc.transcode(tmp_path / "in.dcm", tmp_path / "rle.dcm", RLELossless)
    second = pc.transcode(tmp_path / "rle.dcm", tmp_path / "again.dcm", RLELossless)
    assert (first.route, second.route) == ("pixels", "bytes")
    assert first.pixel_sha256 == second.pixel_sha256
    assert pydicom.dcmread(tmp_path / "rle.dcm").PixelData == pydicom.dcmread(tmp_path / "again.dcm").PixelData


def test_lossless_rpcl_is_legal_as_any_htj2k(tmp_path, made, saved, example):
    saved(made(example("RGB")[0]), tmp_path / "in.dcm")
    pc.transcode(tmp_path / "in.dcm", tmp_path / "rpcl.dcm", HTJ2KLosslessRPCL)
    for target, route in ((HTJ2KLossless, "bytes"), (HTJ2K, "bytes")):
        assert pc.transcode(tmp_path / "rpcl.dcm", tmp_path / "out.dcm", target, overwrite=True).route == route
    pc.transcode(tmp_path / "in.dcm", tmp_path / "any.dcm", HTJ2K)
    assert pc.transcode(tmp_path / "any.dcm", tmp_path / "out.dcm", HTJ2KLosslessRPCL, overwrite=True).route == "recode"


def test_part_1_becomes_ht(tmp_path, made, saved, read_by_others, example):
    stack = example("signed 12 of 16")[0]
    saved(made(stack, bits=12), tmp_path / "in.dcm")
    pc.transcode(tmp_path / "in.dcm", tmp_path / "part1.dcm", JPEG2000Lossless)
    assert pc.transcode(tmp_path / "part1.dcm", tmp_path / "out.dcm", HTJ2KLosslessRPCL).lossless
    assert np.array_equal(read_by_others(tmp_path / "out.dcm"), stack)


def test_bits_above_bits_stored_are_cleared_before_coding(tmp_path, made, saved, read_by_others, example):
    stack = example("12 of 16")[0] | np.uint16(0xA000)
    report = pc.transcode(saved(made(stack, bits=12), tmp_path / "in.dcm"), tmp_path / "out.dcm", HTJ2KLosslessRPCL)
    assert report.lossless
    assert np.array_equal(read_by_others(tmp_path / "out.dcm"), stack & 0xFFF)


def test_shared_chroma_is_expanded_and_called_ybr_full(tmp_path, made, saved, pixels):
    stack = pixels(1, 4, 6, 3, bits=8, dtype=np.uint8)
    stack[:, :, 1::2, 1:] = stack[:, :, ::2, 1:]
    ds = made(stack, photometric="YBR_FULL_422")
    pairs = stack.reshape(4, 3, 2, 3)
    ds.PixelData = np.concatenate([pairs[:, :, 0, :1], pairs[:, :, 1, :1], pairs[:, :, 0, 1:]], axis=-1).tobytes()
    pc.transcode(saved(ds, tmp_path / "in.dcm"), tmp_path / "out.dcm", RLELossless)
    ds = pydicom.dcmread(tmp_path / "out.dcm")
    assert ds.PhotometricInterpretation == "YBR_FULL"
    assert np.array_equal(pixel_array(ds, raw=True), stack[0])


def test_an_existing_file_is_replaced_only_when_asked(tmp_path, made, saved, example):
    source = saved(made(example("uint8")[0]), tmp_path / "in.dcm")
    before = source.read_bytes()
    with pytest.raises(FileExistsError):
        pc.transcode(source, source, RLELossless)
    assert source.read_bytes() == before
    pc.transcode(source, source, RLELossless, overwrite=True)
    assert pydicom.dcmread(source).file_meta.TransferSyntaxUID == RLELossless
    assert [path.name for path in tmp_path.iterdir()] == ["in.dcm"]


def test_a_copy_of_the_data_set_does_not_share_the_open_file(tmp_path, made, saved, example):
    source = saved(made(example("uint8")[0]), tmp_path / "in.dcm")
    with pc.open(source) as frames:
        copied = copy.deepcopy(frames.dataset)
        del copied
        gc.collect()
        assert np.array_equal(frames[0], example("uint8")[0][0])


def test_destination_folder_must_exist(tmp_path, made, saved, example):
    source = saved(made(example("uint8")[0]), tmp_path / "in.dcm")
    with pytest.raises(FileNotFoundError):
        pc.transcode(source, tmp_path / "nowhere" / "out.dcm", RLELossless)
    with pytest.raises(FileNotFoundError):
        pc.transcode(tmp_path / "absent.dcm", tmp_path / "out.dcm", RLELossless)


def one_wrong(frame):
    wrong = frame.copy()
    wrong[-1, -1] ^= 1
    return wrong


@pytest.mark.parametrize("already_there", [False, True])
def test_other_pixels_leave_nothing_behind(*, tmp_path, altered_rle, already_there, made, saved, example):
    altered_rle(one_wrong)
    source = saved(made(example("12 of 16")[0], bits=12), tmp_path / "in.dcm")
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


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ExplicitVRBigEndian], ids=lambda uid: uid.keyword)
@pytest.mark.parametrize("frames", [1, 3])
def test_overlays_in_unused_bits_are_taken_out(*, tmp_path, syntax, frames, made, saved, pixels):
    stack = pixels(frames, 5, 7, bits=12)
    ones = pixels(frames, 5, 7, bits=1)
    ds = made(stack | ones << 13, bits=12, syntax=syntax)
    for element, vr, value in ((0x10, "US", 5), (0x11, "US", 7), (0x100, "US", 16), (0x102, "US", 13)):
        ds.add_new((0x6002, element), vr, value)
    report = pc.transcode(saved(ds, tmp_path / "in.dcm"), tmp_path / "out.dcm", RLELossless)
    out = pydicom.dcmread(tmp_path / "out.dcm")
    assert report.lossless
    assert np.array_equal(out.pixel_array.reshape(stack.shape), stack)
    assert (out[0x60020100].value, out[0x60020102].value) == (1, 0)
    assert np.array_equal(out.overlay_array(0x6002).reshape(stack.shape), ones)
    assert any("Overlay Data" in change for change in report.changes)
    ds[0x60020010].value = 4
    with pytest.raises(pc.UnsupportedError, match="overlay"):
        pc.transcode(ds, tmp_path / "out2.dcm", RLELossless)


def test_what_would_be_lost_is_refused(tmp_path, made, saved, example):
    ds = made(example("uint8")[0])
    with pytest.raises(pc.UnsupportedError):
        pc.transcode(saved(ds, tmp_path / "in.dcm"), tmp_path / "out.dcm", ExplicitVRBigEndian)
    del ds.PixelData
    ds.BitsAllocated = 32
    del ds.BitsStored, ds.HighBit, ds.PixelRepresentation
    ds.FloatPixelData = np.random.default_rng(7).random((33, 17), np.float32).tobytes()
    saved(ds, tmp_path / "in.dcm")
    with pytest.raises(pc.UnsupportedError, match="Float"):
        pc.transcode(tmp_path / "in.dcm", tmp_path / "out.dcm", HTJ2KLosslessRPCL)
    assert [path.name for path in tmp_path.iterdir()] == ["in.dcm"]
    with pytest.raises(pc.NoCodecError):
        pc.transcode(saved(made(example("uint8")[0]), tmp_path / "in.dcm"), tmp_path / "out.dcm", "1.2.3.4")


def test_hashes_and_report(tmp_path, made, saved, example):
    stack = example("signed 12 of 16")[0]
    report = pc.transcode(
        saved(made(stack, bits=12), tmp_path / "in.dcm"), tmp_path / "out.dcm", HTJ2KLosslessRPCL, threads=2
    )
    assert report.pixel_sha256 == tuple(hashlib.sha256(frame.astype("<i2").tobytes()).hexdigest() for frame in stack)
    told = json.loads(report.to_json())
    assert told["schema"] == report.schema == 1
    assert told["frames"] == 2
    assert told["lossless"] is True
    assert told["pixel_sha256"] == list(report.pixel_sha256)


def test_sources_in_memory(tmp_path, made, saved, example):
    stack = example("uint8")[0]
    path = saved(made(stack), tmp_path / "in.dcm")
    reports = []
    for number, source in enumerate((path.read_bytes(), path.open("rb"), pydicom.dcmread(path), str(path))):
        reports.append(pc.transcode(source, tmp_path / f"{number}.dcm", HTJ2KLossless))
        if hasattr(source, "close"):
            source.close()
    assert len({report.pixel_sha256 for report in reports}) == 1


def test_damaged_frames_are_refused_or_become_another_object(tmp_path, made, saved, pixels):
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
