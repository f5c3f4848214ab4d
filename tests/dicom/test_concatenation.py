"""Concatenations: the frames of all parts as one sequence, and no part missing or strange."""

from __future__ import annotations

import copy
import io

import numpy as np
import pytest
from pydicom.dataset import Dataset

import pacscore


def _group(intercept):
    value = Dataset()
    value.RescaleIntercept, value.RescaleSlope, value.RescaleType = str(intercept), "1", "US"
    group = Dataset()
    group.PixelValueTransformationSequence = [value]
    return group


@pytest.fixture(name="stack")
def stack_fixture(pixels):
    return pixels(7, 6, 5, bits=12)


@pytest.fixture(name="parts")
def parts_fixture(made, stack):
    """Three parts of 3, 2 and 2 frames; frame i has a rescale intercept of i."""
    found = []
    for number, (start, stop) in enumerate(((0, 3), (3, 5), (5, 7)), 1):
        part = made(stack[start:stop], bits=12)
        part.ConcatenationUID, part.SOPInstanceUIDOfConcatenationSource = "2.25.7", "2.25.8"
        part.InConcatenationNumber, part.InConcatenationTotalNumber = number, 3
        part.ConcatenationFrameOffsetNumber = start
        part.PerFrameFunctionalGroupsSequence = [_group(frame) for frame in range(start, stop)]
        found.append(part)
    return found


def test_frames_of_all_parts_in_order(parts, stack):
    with pacscore.open_concatenation(reversed(parts)) as frames:
        assert len(frames) == 7
        assert all(np.array_equal(frame, want) for frame, want in zip(frames, stack, strict=True))
        assert np.array_equal(frames[-1], stack[-1])
        assert np.array_equal(frames[5:1:-2], stack[5:1:-2])
        assert np.array_equal(frames.as_array(threads=2), stack)
        assert np.array_equal(np.from_dlpack(frames), stack)
        assert frames.encoded(4) == stack[4].astype("<u2").tobytes()
        assert [index for index, _ in frames.each(threads=2)] == list(range(7))
        assert frames.check().complete
        assert frames.pixel_format.shape == stack[0].shape
        for index in (7, -8):
            with pytest.raises(IndexError):
                frames[index]


def test_functional_groups_are_those_of_the_part(parts):
    frames = pacscore.open_concatenation(parts)
    assert [frames.pipeline(index).modality.intercept for index in range(7)] == list(range(7))
    part, place = frames.locate(4)
    assert (part, place) == (frames.parts[1], 1)


def test_files_are_opened_and_closed(parts, stack, saved, tmp_path):
    paths = [saved(part, tmp_path / f"{number}.dcm") for number, part in enumerate(parts)]
    with pacscore.open_concatenation(paths) as frames:
        assert np.array_equal(frames.as_array(), stack)
    with pytest.raises(ValueError, match="closed"):
        frames[6]


def test_a_caller_s_file_stays_open_when_another_part_is_wrong(parts, saved, tmp_path):
    data = saved(parts[0], tmp_path / "first.dcm").read_bytes()
    file = io.BytesIO(data)
    with pytest.raises(pacscore.DicomError):
        pacscore.open_concatenation([file, b"nothing"])
    assert not file.closed


def test_the_total_number_may_be_absent(parts, stack):
    for part in parts:
        del part.InConcatenationTotalNumber
    assert np.array_equal(pacscore.open_concatenation(parts).as_array(), stack)


def _another(parts, keyword, value):
    setattr(parts[1], keyword, value)
    return parts


@pytest.mark.parametrize(
    ("change", "tag"),
    [
        (lambda parts: parts[:2], "(0020,9162)"),
        (lambda parts: parts[1:], "(0020,9162)"),
        (lambda parts: [*parts, copy.deepcopy(parts[0])], "(0020,9162)"),
        (lambda parts: _another(parts, "ConcatenationUID", "2.25.9"), "(0020,9161)"),
        (lambda parts: _another(parts, "ConcatenationUID", None), "(0020,9161)"),
        (lambda parts: _another(parts, "SOPInstanceUIDOfConcatenationSource", "2.25.9"), "(0020,0242)"),
        (lambda parts: _another(parts, "InConcatenationNumber", 0), "(0020,9162)"),
        (lambda parts: _another(parts, "InConcatenationTotalNumber", 4), "(0020,9163)"),
        (lambda parts: _another(parts, "ConcatenationFrameOffsetNumber", 4), "(0020,9228)"),
        (lambda parts: _another(parts, "BitsStored", 13), "(0028,0102)"),
        (lambda parts: _another(parts, "HighBit", 12), "(0028,0010)"),
    ],
    ids=["last missing", "first missing", "twice", "another's", "nobody's", "other source", "number 0", "other total",
         "wrong offset", "other bits", "other high bit"],
)  # fmt: skip
def test_what_does_not_belong_together_is_refused(parts, change, tag):
    with pytest.raises(pacscore.DicomError) as caught:
        pacscore.open_concatenation(change(parts))
    assert caught.value.tag == tag


def test_no_parts():
    with pytest.raises(pacscore.OptionError):
        pacscore.open_concatenation([])


def test_frames_missing_in_the_middle_are_told(parts, stack):
    parts[1].PixelData = parts[1].PixelData[: stack[0].nbytes]
    frames = pacscore.open_concatenation(parts)
    report = frames.check()
    assert report.whole == (0, 1, 2, 3, 5, 6)
    assert report.missing == (range(4, 5),)
    assert "part 2" in report.reason_missing
    assert [index for index, _ in frames.each(on_damage="skip")] == [0, 1, 2, 3, 5, 6]
    with pytest.raises(pacscore.DicomError):
        frames.as_array()
