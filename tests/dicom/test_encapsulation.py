"""Encapsulation: frames in are frames out, whatever points at them; and what is wrong is repaired or refused."""

from __future__ import annotations

import dataclasses
import struct

import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import generate_frames

import pacscore
from pacscore.dicom.encapsulated_frames import EncapsulatedFrames
from pacscore.dicom.encapsulation import encapsulate, walk
from pacscore.dicom.offsets import ExtendedOffsetTable
from pacscore.source import MemoryReader

JPEG = "1.2.840.10008.1.2.4.50"
RLE = "1.2.840.10008.1.2.5"
DELIMITER = b"\xfe\xff\xdd\xe0\0\0\0\0"
START, END = b"\xff\xd8\xff", b"\xff\xd9"

payloads = st.lists(st.binary(max_size=40).map(lambda middle: START + middle.replace(b"\xff", b"") + END), min_size=1)


def located(encapsulated, count, *, transfer_syntax=JPEG, end=DELIMITER):
    table = None
    if encapsulated.extended_offset_table is not None:
        table = ExtendedOffsetTable.parse(
            encapsulated.extended_offset_table, encapsulated.extended_offset_table_lengths
        )
    return EncapsulatedFrames(MemoryReader(encapsulated.pixel_data + end), 0, count, transfer_syntax, table)


def item(data):
    return struct.pack("<HHL", 0xFFFE, 0xE000, len(data)) + data


@given(payloads, st.sampled_from(["basic", "extended", "none"]))
def test_frames_in_are_frames_out(frames, offset_table):
    found = located(encapsulate(frames, offset_table=offset_table), len(frames))
    assert [found.encoded(index) for index in range(len(frames))] == frames
    assert found.notes == ()


@given(payloads, st.sampled_from(["basic", "none"]), st.integers(2, 20).map(lambda half: 2 * half))
def test_frames_of_several_fragments_come_back_whole(frames, offset_table, length):
    found = located(encapsulate(frames, offset_table=offset_table, fragment_length=length), len(frames))
    assert [found.encoded(index) for index in range(len(frames))] == frames


@given(payloads, st.sampled_from(["basic", "extended", "none"]))
def test_pydicom_reads_the_same_frames(frames, offset_table):
    written = encapsulate(frames, offset_table=offset_table)
    table = None
    if written.extended_offset_table is not None:
        table = written.extended_offset_table, written.extended_offset_table_lengths
    theirs = generate_frames(written.pixel_data, number_of_frames=len(frames), extended_offsets=table)
    assert [frame[: len(mine)] for frame, mine in zip(theirs, frames, strict=True)] == frames


@given(payloads, st.randoms())
def test_a_wrong_table_is_repaired(frames, random):
    written = bytearray(encapsulate(frames, fragment_length=4).pixel_data)
    for entry in range(len(frames)):
        struct.pack_into("<L", written, 8 + 4 * entry, random.randrange(1 << random.randrange(1, 32)))
    data = bytes(written) + DELIMITER
    found = EncapsulatedFrames(MemoryReader(data), 0, len(frames), JPEG)
    assert [found.encoded(index) for index in range(len(frames))] == frames


def test_a_table_of_fragments_instead_of_frames_is_noticed():
    frames = [START + bytes(6) + b"\x01" + END, START + bytes(6) + b"\x02" + END]
    table = struct.pack("<2L", 0, 12)  # the second entry points at the second fragment of the first frame
    pieces = [frame[at : at + 4] for frame in frames for at in range(0, 12, 4)]
    data = item(table) + b"".join(map(item, pieces)) + DELIMITER
    found = EncapsulatedFrames(MemoryReader(data), 0, 2, JPEG)
    assert [found.encoded(0), found.encoded(1)] == frames
    assert "does not lead" in found.notes[0]


@pytest.mark.parametrize("pad", [0, 1])
def test_lengths_with_and_without_the_pad_byte(pad):
    frame = b"\x01" * 65
    written = encapsulate([frame], offset_table="extended")
    table = ExtendedOffsetTable.parse(written.extended_offset_table, struct.pack("<Q", 65 + pad))
    found = EncapsulatedFrames(MemoryReader(written.pixel_data), 0, 1, RLE, table)
    assert found.encoded(0) == frame + bytes(pad)


def test_one_frame_joins_all_fragments():
    found = located(encapsulate([b"\0" * 10], offset_table="none", fragment_length=4), 1, transfer_syntax=RLE)
    assert found.encoded(0) == b"\0" * 10


@pytest.mark.parametrize("count", [2, 4])
def test_without_a_sign_of_where_frames_begin_it_never_guesses(count):
    found = located(encapsulate([b"\0" * 4] * 3, offset_table="none", fragment_length=2), count, transfer_syntax=RLE)
    with pytest.raises(pacscore.DicomError, match="Number of Frames") as caught:
        found.encoded(0)
    assert caught.value.tag == "(0028,0008)"


@pytest.mark.parametrize("offset_table", ["basic", "extended", "none"])
@pytest.mark.parametrize("count", [1, 2])
def test_frames_beyond_those_announced_are_noted(count, offset_table):
    frames = [START + bytes([number]) + END for number in range(4)]
    found = located(encapsulate(frames, offset_table=offset_table), count)
    assert [found.encoded(index) for index in range(count)] == frames[:count]
    assert any("beyond" in note for note in found.notes)


@pytest.mark.parametrize("offset_table", ["basic", "extended", "none"])
def test_fewer_frames_than_announced_are_noted_and_the_others_read(offset_table):
    frames = [START + bytes([number]) + END for number in range(4)]
    found = located(encapsulate(frames, offset_table=offset_table), 7)
    assert [found.encoded(index) for index in range(4)] == frames
    assert any("7 frames announced, 4 there" in note for note in found.notes)
    with pytest.raises(pacscore.DicomError, match="missing"):
        found.encoded(4)


def test_fewer_beginnings_than_frames_and_more_fragments_than_both_do_not_tell():
    frames = [START + bytes([number] * 5) + END for number in range(4)]
    data = bytearray(encapsulate(frames, offset_table="none", fragment_length=6).pixel_data)
    data[data.index(START + b"\2")] ^= 0x80  # the beginning of the third frame is lost
    found = EncapsulatedFrames(MemoryReader(bytes(data) + DELIMITER), 0, 4, JPEG)
    with pytest.raises(pacscore.DicomError, match="3 frames begin") as caught:
        found.encoded(0)
    assert caught.value.tag == "(0028,0008)"


@pytest.mark.parametrize("offset_table", ["basic", "extended"])
def test_a_frame_with_a_broken_beginning_leaves_the_others_where_the_table_says(offset_table):
    frames = [START + bytes([number] * 5) + END for number in range(4)]
    written = encapsulate(frames, offset_table=offset_table)
    data = bytearray(written.pixel_data)
    data[data.index(START + b"\2")] ^= 0x80
    found = located(dataclasses.replace(written, pixel_data=bytes(data)), 4)
    assert found.encoded(2) == b"\x7f" + frames[2][1:]
    assert [found.encoded(index) for index in (0, 1, 3)] == [frames[0], frames[1], frames[3]]
    assert found.notes == ()


def test_an_item_of_a_wrong_length_spoils_no_other_frame_of_a_table():
    frames = [START + bytes([number] * 5) + END for number in range(4)]
    data = bytearray(encapsulate(frames).pixel_data)
    data[data.index(START + b"\1") - 4] += 4
    found = EncapsulatedFrames(MemoryReader(bytes(data) + DELIMITER), 0, 4, JPEG)
    with pytest.raises(pacscore.DicomError, match="frame 1"):
        found.encoded(1)
    assert [found.encoded(index) for index in (0, 2, 3)] == [frames[0], *frames[2:]]


class Counting:
    """A reader that keeps what was asked for."""

    def __init__(self, data):
        self._data, self.size = data, len(data)
        self.ranges = []

    def read_range(self, start, length):
        self.ranges.append((start, min(length, self.size - start)))
        return self._data[start : start + length]

    @property
    def bytes_read(self):
        return sum(length for _, length in self.ranges)


@pytest.mark.parametrize("offset_table", ["basic", "extended"])
@pytest.mark.parametrize("index", [0, 3, 9])
def test_with_a_table_one_frame_is_read_and_no_other(offset_table, index):
    frames = [START + bytes([number]) * 1001 + END for number in range(10)]
    written = encapsulate(frames, offset_table=offset_table)
    reader = Counting(written.pixel_data + DELIMITER)
    table = None
    if offset_table == "extended":
        table = ExtendedOffsetTable.parse(written.extended_offset_table, written.extended_offset_table_lengths)
    found = EncapsulatedFrames(reader, 0, 10, JPEG, table)
    assert found.encoded(index) == frames[index]
    header, last = 8, 8 * (index == 9)  # behind the last frame only the delimiter tells that it ends
    basic = header + 4 * len(frames) * (offset_table == "basic")
    pad = offset_table == "basic"
    assert reader.bytes_read <= basic + header + len(frames[index]) + pad + 2 * last
    first, last = reader.ranges[-1][0], sum(reader.ranges[-1])
    assert first >= basic + index * 1014
    assert last <= basic + (index + 1) * 1014 + 8


def test_without_a_table_the_headers_of_items_are_read_once():
    frames = [START + bytes([number]) * 1001 + END for number in range(10)]
    reader = Counting(encapsulate(frames, offset_table="none").pixel_data + DELIMITER)
    found = EncapsulatedFrames(reader, 0, 10, JPEG)
    assert found.encoded(7) == frames[7]
    headers = 8 + 10 * 8 + 8
    assert reader.bytes_read == headers + 1006
    assert found.encoded(2) == frames[2]
    assert reader.bytes_read == headers + 2 * 1006


def test_frames_before_the_cut_are_there():
    frames = [START + bytes([number]) * 9 + END for number in range(4)]
    data = encapsulate(frames, offset_table="none").pixel_data
    found = EncapsulatedFrames(MemoryReader(data[: len(data) // 2]), 0, 4, JPEG)
    assert found.encoded(0) == frames[0]
    with pytest.raises(pacscore.DicomError, match="missing"):
        found.encoded(3)


def test_a_lost_delimiter_is_told():
    found = located(encapsulate([START + END], offset_table="none"), 1, end=b"")
    assert found.encoded(0) == START + END
    assert "delimiter" in found.notes[0]


@pytest.mark.parametrize(
    "bad",
    [b"", b"\xfe\xff\x00\xe0", b"\x10\0\x20\0\0\0\0\0", b"\xfe\xff\x00\xe0\xff\xff\xff\xff", DELIMITER],
    ids=["nothing", "half a tag", "another tag", "undefined length", "only the end"],
)
def test_no_first_item(bad):
    with pytest.raises(pacscore.DicomError) as caught:
        EncapsulatedFrames(MemoryReader(bad), 0, 1, JPEG)
    assert caught.value.tag == "(7FE0,0010)"


@given(st.binary(max_size=200))
def test_any_bytes_walk(data):
    items = walk(MemoryReader(data), 0)
    assert sum(fragment.length for fragment in items.fragments) <= len(data)


@given(st.binary(max_size=120), st.integers(1, 5))
def test_any_bytes_give_frames_or_an_error(data, count):
    try:
        found = EncapsulatedFrames(MemoryReader(item(b"") + data), 0, count, JPEG)
        frames = b"".join(found.encoded(index) for index in range(count))
    except pacscore.DicomError:
        frames = b""
    assert len(frames) <= len(data)


def test_fragments_contradict_an_extended_offset_table():
    with pytest.raises(pacscore.OptionError):
        encapsulate([b"12"], offset_table="extended", fragment_length=2)
    with pytest.raises(pacscore.OptionError):
        encapsulate([b"12"], fragment_length=3)


def test_a_written_object_opens_with_pydicom_and_with_pacscore(tmp_path):
    pixels = np.random.default_rng(3).integers(0, 4096, (3, 8, 9), dtype="u2")
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = RLE
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = "2.25.1"
    dataset.NumberOfFrames, dataset.Rows, dataset.Columns = pixels.shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
    stored = pacscore.PixelFormat(8, 9, bits_stored=12)
    codec = pacscore.codecs.codec_for(RLE)
    frames = [codec.encode(frame, stored, RLE).data for frame in pixels]
    dataset.PixelData = encapsulate(frames).pixel_data
    dataset["PixelData"].is_undefined_length = True
    path = tmp_path / "written.dcm"
    dataset.save_as(path, enforce_file_format=True)
    with pacscore.open(path) as opened:
        assert np.array_equal(opened.as_array(), pixels)
        assert "DataSetTrailingPadding" not in opened.trailing
    assert np.array_equal(pydicom.dcmread(path).pixel_array, pixels)
    assert np.array_equal(pacscore.open(pydicom.dcmread(path)).as_array(), pixels)
