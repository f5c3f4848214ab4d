"""A caching reader: the same bytes, asked for once, kept by frame."""

from __future__ import annotations

import asyncio
import random

import numpy as np
import pytest

import pacscore as pc
from pacscore import aio
from pacscore.cache import ByteCache, CachingReader
from pacscore.source import MemoryReader
from reference.coded_objects import RPCL, dicom_file, picture
from reference.range_server import RangeServer

STORAGE = {"client_options": {"allow_http": True}}
COUNT = 30


@pytest.fixture(scope="module")
def stack():
    return [picture(number, 96) for number in range(COUNT)]


@pytest.fixture(scope="module")
def content(stack):
    return dicom_file(stack, syntax=RPCL, table="extended")[0]


@pytest.fixture
def server(content):
    serving = RangeServer(series=content)
    yield serving
    serving.close()


@pytest.fixture
def cache(tmp_path):
    with ByteCache(folder=tmp_path) as made:
        yield made


def test_a_second_look_asks_for_nothing_but_the_size_and_stamp(server, stack, tmp_path):
    with ByteCache(folder=tmp_path) as cache:
        frames = pc.open(cache.reader(server.url("series"), storage=STORAGE))
        assert np.array_equal(list(pc.stream_frames(frames)), stack)
    before = len(server.asked)
    with ByteCache(folder=tmp_path) as cache:
        frames = pc.open(cache.reader(server.url("series"), storage=STORAGE))
        assert np.array_equal(list(pc.stream_frames(frames)), stack)
        assert cache.statistics.hit_rate == 1.0
    assert server.asked[before:] == [(0, 65_536)]


def test_a_changed_object_is_another_object(server, stack, cache):
    frames = pc.open(cache.reader(server.url("series"), storage=STORAGE))
    assert np.array_equal(frames[29], stack[29])
    server.contents["series"] = dicom_file(stack[::-1], syntax=RPCL, table="extended")[0]
    frames = pc.open(cache.reader(server.url("series"), storage=STORAGE))
    assert np.array_equal(frames[29], stack[0])


def test_views_keep_beginnings_that_grow(server, stack, cache):
    url = server.url("series")
    with pc.stream_frames(pc.open(cache.reader(url, storage=STORAGE)), [28], progressive=True, ahead=1) as views:
        assert next(views).reduce == 3
    frames = pc.open(cache.reader(url, storage=STORAGE))
    assert [view.whole for view in pc.stream_frames(frames, [28], progressive=True)] == [False, True]
    assert np.array_equal(frames[28], stack[28])
    borders = [border for asked in sorted(set(server.asked)) for border in asked]
    assert borders == sorted(borders)


def test_asyncio_reads_through_it(server, stack, cache):
    async def main():
        frames = await aio.open_frames(cache.reader(server.url("series"), storage=STORAGE))
        return [frame async for frame in aio.stream_frames(frames)]

    assert np.array_equal(asyncio.run(main()), stack)
    assert cache.statistics.misses > 0


class Recording:
    def __init__(self, data, breaks_at=None):
        self.data, self.size, self.asked, self.breaks_at = data, len(data), [], breaks_at

    def read_range(self, start, length):
        return b"".join(self.pieces(start, length))

    def pieces(self, start, length, cancelled=None):
        self.asked.append((start, start + length))
        for first in range(start, start + length, 100):
            if self.breaks_at is not None and first >= self.breaks_at:
                raise ConnectionError("gone")
            yield self.data[first : min(first + 100, start + length)]


def test_random_ranges_are_right_and_no_byte_is_asked_for_twice():
    chance = random.Random(4)
    data = chance.randbytes(30_000)
    recording = Recording(data)
    reader = CachingReader(recording, ByteCache(), identity="random")
    reader.divide(np.array([1000, 5000, 5001, 29_000], np.uint64))
    for _ in range(200):
        start, stop = sorted(chance.sample(range(30_001), 2))
        assert reader.read_range(start, stop - start) == data[start:stop]
    assert reader.read_range(29_990, 100) == data[29_990:]
    assert reader.read_range(40_000, 100) == b""
    assert reader.read_range(0, 30_000) == data
    borders = [border for asked in sorted(recording.asked) for border in asked]
    assert borders == sorted(borders)
    assert (borders[0], borders[-1]) == (0, 30_000)


def test_what_came_before_the_line_broke_is_kept():
    data = random.Random(5).randbytes(10_000)
    cache = ByteCache()
    reader = CachingReader(Recording(data, breaks_at=5_000), cache, identity="broken")
    with pytest.raises(ConnectionError):
        reader.read_range(0, 10_000)
    recording = Recording(data)
    again = CachingReader(recording, cache, identity="broken")
    assert again.read_range(0, 5_000) == data[:5_000]
    assert recording.asked == []
    assert again.read_range(0, 10_000) == data


def test_what_was_fetched_before_somebody_gave_up_is_kept():
    data = random.Random(6).randbytes(10_000)
    cache = ByteCache()
    reader = CachingReader(Recording(data), cache, identity="given up")
    pieces = reader.pieces(0, 10_000)
    next(pieces)
    next(pieces)
    pieces.close()
    recording = Recording(data)
    assert CachingReader(recording, cache, identity="given up").read_range(0, 200) == data[:200]
    assert recording.asked == []


def test_the_caller_must_tell_what_nobody_knows():
    with pytest.raises(pc.OptionError, match="identity"):
        ByteCache().reader(b"some bytes")
    reader = ByteCache().reader(MemoryReader(b"some bytes"), identity="mine")
    assert [reader.read_range(2, 3), reader.read_range(2, 3)] == [b"me ", b"me "]
    with pytest.raises(ValueError, match="negative"):
        reader.read_range(-1, 3)


def test_wrong_borders_do_no_harm():
    data = random.Random(7).randbytes(5_000)
    reader = CachingReader(MemoryReader(data), ByteCache(), identity="borders")
    reader.divide(np.array([(1 << 64) - 1, 7, 7, 0, 9_999], np.uint64))
    for _ in range(2):
        assert reader.read_range(3, 4_000) == data[3:4_003]
