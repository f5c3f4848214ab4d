"""Objects with damage: what is whole is given, what is not is named, and nothing passes for whole that is not."""

from __future__ import annotations

import json

import numpy as np
import pytest
from pydicom.uid import HTJ2KLossless, RLELossless

import pacscore
from pacscore.codecs import codec_for
from pacscore.dicom.encapsulation import encapsulate


@pytest.fixture(name="stack")
def stack_fixture(pixels):
    return pixels(5, 40, 30, bits=12)


@pytest.fixture(name="encapsulated")
def encapsulated_fixture(made, saved, tmp_path, stack):
    """Gives the bytes of a file whose encoded frames were changed by a function."""

    def build(change=lambda frames: frames, syntax=RLELossless, offset_table="basic", count=5):
        dataset = made(stack, bits=12)
        stored = pacscore.open(dataset).pixel_format
        codec = codec_for(syntax)
        frames = [codec.encode(frame, stored, syntax).data for frame in stack]
        written = encapsulate(change(frames), offset_table=offset_table)
        dataset.add_new("PixelData", "OB", written.pixel_data)
        dataset["PixelData"].is_undefined_length = True
        if offset_table == "extended":
            dataset.ExtendedOffsetTable = written.extended_offset_table
            dataset.ExtendedOffsetTableLengths = written.extended_offset_table_lengths
        dataset.file_meta.TransferSyntaxUID = syntax
        dataset.NumberOfFrames = count
        return saved(dataset, tmp_path / "made.dcm").read_bytes()

    return build


def spoilt(index, how):
    return lambda frames: [how(frame) if number == index else frame for number, frame in enumerate(frames)]


@pytest.mark.parametrize("offset_table", ["basic", "extended", "none"])
@pytest.mark.parametrize(
    ("syntax", "how"),
    [(RLELossless, lambda frame: frame[: len(frame) // 2]), (HTJ2KLossless, lambda frame: frame[: len(frame) // 2]),
     (HTJ2KLossless, lambda frame: b"\0" * 8 + frame[8:])],
    ids=["cut RLE", "cut HTJ2K", "HTJ2K without its beginning"],
)  # fmt: skip
def test_one_damaged_frame_spoils_no_other(encapsulated, stack, offset_table, syntax, how):
    frames = pacscore.open(encapsulated(spoilt(2, how), syntax, offset_table))
    report = frames.check(threads=2)
    assert report.damaged == (2,)
    assert report.whole == (0, 1, 3, 4)
    assert not report.missing
    assert not report.complete
    assert report.frames[2].reasons
    whole = dict(frames.each(on_damage="skip"))
    assert sorted(whole) == [0, 1, 3, 4]
    assert all(np.array_equal(whole[index], stack[index]) for index in whole)
    concealed = dict(frames.each(threads=2, on_damage="conceal"))
    assert [partial.report.complete for partial in concealed.values()] == [True, True, False, True, True]
    assert concealed[2].image.shape == stack[2].shape
    assert concealed[2].image.dtype == stack.dtype
    with pytest.raises(pacscore.DataError):
        frames[2]
    with pytest.raises(pacscore.DataError):
        frames.as_array(threads=2)
    with pytest.raises(pacscore.DataError):
        list(frames.each())


@pytest.mark.parametrize("offset_table", ["basic", "extended", "none"])
def test_a_whole_object_is_whole(encapsulated, offset_table):
    report = pacscore.open(encapsulated(offset_table=offset_table)).check()
    assert report.complete
    assert report.notes == ()
    assert json.loads(report.to_json())["schema"] == report.schema


@pytest.mark.parametrize("offset_table", ["basic", "extended", "none"])
@pytest.mark.parametrize("syntax", [RLELossless, HTJ2KLossless])
def test_frames_before_a_cut_are_whole_and_those_behind_it_missing(encapsulated, stack, syntax, offset_table):
    data = encapsulated(syntax=syntax, offset_table=offset_table)
    third = pacscore.open(data).encoded(2)
    frames = pacscore.open(data[: data.index(third) + len(third) // 2])
    report = frames.check()
    assert report.whole == (0, 1)
    assert report.damaged == (2,)
    assert report.missing == (range(3, 5),)
    assert report.reason_missing
    assert json.loads(report.to_json())["missing"] == [[3, 5]]
    assert np.array_equal(frames[1], stack[1])
    assert [index for index, _ in frames.each(on_damage="conceal")] == [0, 1, 2]
    for on_damage in ("raise", "conceal"):
        with pytest.raises(pacscore.DicomError):
            frames.frame(3, on_damage=on_damage)


def test_fewer_frames_than_announced_are_told(encapsulated):
    report = pacscore.open(encapsulated(count=9)).check()
    assert report.whole == (0, 1, 2, 3, 4)
    assert report.missing == (range(5, 9),)
    assert "9 frames announced" in report.reason_missing


def test_a_missing_end_of_codestream_is_noted_and_harmless(encapsulated, stack):
    frames = pacscore.open(encapsulated(lambda frames: [frame[:-2] for frame in frames], HTJ2KLossless))
    report = frames.check()
    assert report.complete
    assert all(any("EOC" in note for note in frame.notes) for frame in report.frames)
    assert np.array_equal(frames.as_array(), stack)


def test_trailing_bytes_are_harmless(encapsulated, stack):
    frames = pacscore.open(encapsulated(lambda frames: [frame + b"\1\2\3\4" for frame in frames], HTJ2KLossless))
    assert np.array_equal(frames.as_array(), stack)
    assert frames.check().complete


def test_of_a_cut_native_frame_the_rest_is_concealed(made, saved, tmp_path, stack):
    data = saved(made(stack, bits=12), tmp_path / "made.dcm").read_bytes()
    frames = pacscore.open(data[: -stack[0].nbytes - 600])
    partial = frames.frame(3, on_damage="conceal")
    assert not partial.report.complete
    assert np.array_equal(partial.image[:30], stack[3, :30])
    assert not partial.image[30:].any()
    report = frames.check()
    assert (report.whole, report.damaged, report.missing) == ((0, 1, 2), (3,), (range(4, 5),))
    with pytest.raises(pacscore.DicomError):
        frames[3]


def test_what_is_beyond_the_limits_is_refused_not_damaged(encapsulated):
    frames = pacscore.open(encapsulated(), limits=pacscore.Limits(output_bytes=100))
    assert frames.check().refused == (0, 1, 2, 3, 4)
    with pytest.raises(pacscore.LimitError):
        list(frames.each(on_damage="skip"))


def test_concealed_into_out_and_a_region(encapsulated, stack):
    frames = pacscore.open(encapsulated(spoilt(0, lambda frame: frame[:70])))
    out = np.full((4, 6), 7, stack.dtype)
    partial = frames.frame(0, region=pacscore.Region(1, 2, 4, 6), out=out, on_damage="conceal")
    assert partial.image is out
    assert not out.any()
    with pytest.raises(pacscore.OptionError):
        frames.frame(0, region=pacscore.Region(38, 0, 4, 6), on_damage="conceal")
    with pytest.raises(pacscore.OptionError):
        frames.frame(0, out=out, on_damage="conceal")
