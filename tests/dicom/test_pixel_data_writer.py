"""Pixel Data elements that are too large to write for a test: what is decided before the frames follow."""

import struct
import threading
import time

import numpy as np
import pytest

import pacscore as pc
from pacscore.dicom.frame_coding import in_order
from pacscore.dicom.pixel_data_writer import FrameSpool, OneBitPacker, write_encapsulated, write_native
from pacscore.pixel_format import PixelFormat

GIB = 1 << 30


class EmptySpool(FrameSpool):
    """Claims sizes, and holds nothing."""

    def __init__(self, folder, sizes):
        super().__init__(folder)
        self.sizes = sizes

    def read(self, size):
        return b""


class Sink:
    def __init__(self):
        self.data = b""

    def write(self, data):
        self.data += data


def test_offsets_beyond_32_bits_take_an_extended_offset_table(tmp_path):
    sink, sizes = Sink(), [3 * GIB, 3 * GIB, 10]
    with EmptySpool(tmp_path, sizes) as spool:
        write_encapsulated(sink, spool, None)
    offsets = struct.pack("<HH2sHI3Q", 0x7FE0, 1, b"OV", 0, 24, 0, 3 * GIB + 8, 6 * GIB + 16)
    lengths = struct.pack("<HH2sHI3Q", 0x7FE0, 2, b"OV", 0, 24, *sizes)
    begin = struct.pack("<HH2sHI", 0x7FE0, 0x10, b"OB", 0, 0xFFFFFFFF)
    empty = struct.pack("<HHI", 0xFFFE, 0xE000, 0)
    assert sink.data.startswith(offsets + lengths + begin + empty + struct.pack("<HHI", 0xFFFE, 0xE000, 3 * GIB))
    with EmptySpool(tmp_path, sizes) as spool, pytest.raises(pc.OptionError, match="Extended Offset Table"):
        write_encapsulated(Sink(), spool, False)


def test_offsets_of_32_bits_go_into_the_basic_offset_table(tmp_path):
    sink = Sink()
    with EmptySpool(tmp_path, [GIB + 1, GIB, 10]) as spool:
        write_encapsulated(sink, spool, None)
    table = struct.pack("<HHI3I", 0xFFFE, 0xE000, 12, 0, GIB + 10, 2 * GIB + 18)
    assert sink.data[12:].startswith(table + struct.pack("<HHI", 0xFFFE, 0xE000, GIB + 2))
    assert sink.data.endswith(struct.pack("<HHI", 0xFFFE, 0xE0DD, 0))


def test_what_no_length_field_can_say_is_refused(tmp_path):
    with EmptySpool(tmp_path, [2 * GIB, 2 * GIB - 1]) as spool, pytest.raises(pc.UnsupportedError, match="32 bits"):
        write_native(Sink(), spool, PixelFormat(1, 1), implicit=False)
    with EmptySpool(tmp_path, [4 * GIB]) as spool, pytest.raises(pc.UnsupportedError, match="fragment"):
        write_encapsulated(Sink(), spool, None)
    sink = Sink()
    with EmptySpool(tmp_path, [2 * GIB, 2 * GIB - 2]) as spool:
        write_native(sink, spool, PixelFormat(1, 1), implicit=False)
    assert sink.data == struct.pack("<HH2sHI", 0x7FE0, 0x10, b"OW", 0, 0xFFFFFFFE)


@pytest.mark.parametrize("size", [1, 5, 8, 13])
def test_bits_follow_one_another(size):
    frames = np.random.default_rng(size).integers(0, 2, (7, size), dtype=np.uint8)
    packer = OneBitPacker()
    packed = b"".join(packer.pack(frame) for frame in frames) + packer.rest()
    expected = sum(int(bit) << place for place, bit in enumerate(frames.ravel()))
    assert int.from_bytes(packed, "little") == expected
    assert len(packed) == -(-7 * size // 8)


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("count", [0, 1, 2, 20])
def test_work_is_given_in_order(threads, count):
    def work(index):
        time.sleep(0.002 * (index % 3))
        return index * index

    assert list(in_order(work, count, threads)) == [index * index for index in range(count)]


def test_work_is_done_at_the_same_time():
    together = threading.Barrier(2, timeout=20)
    assert len(list(in_order(lambda _index: together.wait(), 4, 2))) == 4


def test_the_first_error_ends_the_work():
    started = []

    def work(index):
        started.append(index)
        if index == 4:
            raise ValueError("frame 4")
        return index

    given = []
    with pytest.raises(ValueError, match="frame 4"):
        given.extend(in_order(work, 100, 3))
    assert given == [0, 1, 2, 3]
    assert max(started) < 20
