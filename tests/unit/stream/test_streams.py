"""Streams: all frames, in order, ahead, bounded, by few requests, and nothing left behind."""

from __future__ import annotations

import gc
import io
import threading
import time

import numpy as np
import pytest
from pydicom import examples

import pacscore as pc
from pacscore.stream.makers import Fetching
from reference.coded_objects import HTJ2K, RPCL, dicom_file, picture


def wait_until(holds, seconds=5.0):
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.005)
    return holds()


def workers():
    return [thread for thread in threading.enumerate() if thread.name.startswith("pacscore")]


@pytest.mark.parametrize("table", ["basic", "extended", "none"])
@pytest.mark.parametrize("ahead", [1, 3, 8, 100])
def test_frames_come_in_order_and_are_right(files, stack, table, ahead):
    with pc.stream_frames(files[table], ahead=ahead) as frames:
        got = list(frames)
    assert np.array_equal(got, stack)


@pytest.mark.parametrize("table", ["basic", "extended", "none"])
def test_from_a_store(remote, stack, table):
    frames = remote(table)
    assert np.array_equal(list(pc.stream_frames(frames)), stack)
    assert frames.reader.held == 0


def test_chosen_frames_in_a_chosen_order(remote, stack):
    chosen = [7, 3, 3, -1, 20]
    assert np.array_equal(list(pc.stream_frames(remote(), chosen)), [stack[index] for index in chosen])


def test_encoded_frames(remote, files):
    whole = pc.open(files["basic"])
    assert list(pc.stream_frames(remote(), decoded=False)) == [whole.encoded(index) for index in range(len(whole))]


def test_native_frames_and_other_codecs():
    for name in ("ct", "rgb_color", "ybr_color"):
        whole = pc.open(examples.get_path(name))
        assert np.array_equal(list(pc.stream_frames(examples.get_path(name))), whole.as_array())


def test_a_file_object_and_a_concatenation_like_sequence(files, stack):
    with pc.open(io.BytesIO(files["none"])) as frames:
        assert np.array_equal(list(pc.stream_frames(frames, range(5, 9))), stack[5:9])


def test_neighbours_share_requests(server, remote):
    frames = remote("extended")
    opening = len(server.asked)
    assert opening == 1
    for _ in pc.stream_frames(frames, range(12, 40), ahead=8):
        pass
    assert len(server.asked) - opening <= 28 / 4 + 2
    fetched = sum(stop - start for start, stop in server.asked[opening:])
    needed = sum(stop - start for start, stop in map(frames.byte_range, range(12, 40)))
    assert fetched <= needed + 4096


def test_frames_that_lie_apart_are_fetched_alone(server, remote):
    frames = remote("extended")
    for _ in pc.stream_frames(frames, [30, 38, 34], ahead=8):
        pass
    assert sorted(server.asked[1:]) == sorted(frames.byte_range(index) for index in (30, 34, 38))


@pytest.fixture(scope="module")
def large():
    stack = [picture(number, 256) for number in range(12)]
    return stack, dicom_file(stack, table="extended")[0]


def test_no_more_is_ahead_than_allowed(server, remote, large, monkeypatch):
    stack, server.contents["large"] = large[0], large[1]
    server.dribble = 0.001
    frames = remote("large")
    hold, held = frames.reader.hold, []

    def noting(start, data):
        key = hold(start, data)
        held.append(frames.reader.held)
        return key

    monkeypatch.setattr(frames.reader, "hold", noting)
    allowed = 700_000
    with pc.stream_frames(frames, ahead_bytes=allowed) as stream:
        for number, frame in enumerate(stream):
            assert np.array_equal(frame, stack[number])
            time.sleep(0.01)
    assert 0 < max(held) <= allowed
    assert server.most_open < 8


def test_a_frame_larger_than_the_bound_comes_all_the_same(files, stack):
    assert np.array_equal(list(pc.stream_frames(files["basic"], ahead_bytes=1)), stack)


def test_several_are_in_flight(server, remote, large):
    server.contents["large"] = large[1]
    server.dribble = 0.005
    for _ in pc.stream_frames(remote("large"), range(11, 3, -1), ahead=8):
        pass
    assert 4 <= server.most_open <= 8


def test_closing_breaks_off_and_leaves_nothing(server, remote, large):
    server.contents["large"] = large[1]
    server.dribble = 0.05
    frames = remote("large")
    stream = pc.stream_frames(frames, range(4, 12))
    assert wait_until(lambda: server.open_requests == 0)
    next(stream)
    before = time.monotonic()
    stream.close()
    assert time.monotonic() - before < 5
    assert workers() == []
    assert frames.reader.held == 0
    assert wait_until(lambda: server.open_requests == 0)
    assert list(stream) == []


def test_a_closed_stream_gives_nothing_that_is_ready(files):
    stream = pc.stream_frames(files["basic"])
    next(stream)
    time.sleep(0.05)
    stream.close()
    assert list(stream) == []
    stream.close()


def test_leaving_the_loop_leaves_nothing(server, remote):
    frames = remote()
    for _ in pc.stream_frames(frames):
        break
    gc.collect()
    assert wait_until(lambda: not workers() and frames.reader.held == 0 and server.open_requests == 0)


def test_closing_wakes_who_waits(server, remote, large):
    server.contents["large"] = large[1]
    server.dribble = 0.05
    stream = pc.stream_frames(remote("large"), range(6, 12))
    got = []
    waiting = threading.Thread(target=lambda: got.append(list(stream)))
    waiting.start()
    time.sleep(0.05)
    stream.close()
    waiting.join(5)
    assert got == [[]]


def test_a_damaged_frame_raises_at_its_place_and_the_others_follow(stack):
    _, coded = dicom_file(stack[:6])
    coded[2] = coded[2][: len(coded[2]) // 2]
    data, _ = dicom_file(stack[:6], coded=coded)
    stream = pc.stream_frames(data)
    assert np.array_equal([next(stream), next(stream)], stack[:2])
    with pytest.raises(pc.DataError) as failed:
        next(stream)
    assert "frame 2 of the stream" in failed.value.__notes__
    assert np.array_equal(list(stream), stack[3:6])
    concealed = [partial.report.complete for partial in pc.stream_frames(data, on_damage="conceal")]
    assert concealed == [True, True, False, True, True, True]


def test_a_source_that_changes_is_noticed(server, remote):
    frames = remote()
    stream = pc.stream_frames(frames, range(20, 40), ahead=2)
    next(stream)
    server.contents["basic"] = server.contents["basic"][:-2] + b"\1\1"
    with pytest.raises(pc.SourceChangedError):
        list(stream)
    stream.close()


def test_the_urgent_stream_overtakes(server, remote, large):
    server.contents["large"] = large[1]
    server.dribble = 0.01
    scheduler = pc.Scheduler(requests=2, threads=1)
    order = []
    calm, urgent = remote("large"), remote("large")

    def run(name, frames, indices, priority):
        with pc.stream_frames(frames, indices, priority=priority, scheduler=scheduler) as stream:
            order.extend(name for _ in stream)

    prefetch = threading.Thread(target=run, args=("prefetch", calm, range(11, -1, -1), 0))
    prefetch.start()
    assert wait_until(lambda: server.open_requests > 1)
    before = len(order)
    run("emergency", urgent, range(11, 7, -1), 10)
    meanwhile = order[before:]
    prefetch.join()
    assert order.count("prefetch") == 12
    assert meanwhile.count("emergency") == 4
    assert meanwhile.count("prefetch") <= 3  # what was on its way


def test_one_request_for_a_less_urgent_stream_waits_in_the_middle():
    scheduler = pc.Scheduler(requests=1)
    scheduler.enter()
    calm, urgent = Fetching(scheduler, 0), Fetching(scheduler, 5)
    went, release = threading.Event(), threading.Event()
    scheduler.fetching.submit(urgent, 5, release.wait)
    waiter = threading.Thread(target=lambda: (scheduler.fetching.give_way(0, calm.cancelled), went.set()))
    waiter.start()
    assert not went.wait(0.05)
    release.set()
    assert went.wait(5)
    waiter.join()
    scheduler.leave()
    scheduler.join()


@pytest.mark.parametrize(
    ("choices", "what"),
    [
        ({"ahead": 0}, "at least 1"),
        ({"ahead_bytes": 0}, "at least 1"),
        ({"threads": 0}, "at least 1"),
        ({"progressive": (3, 1)}, "fall to 0"),
        ({"progressive": (1, 3, 0)}, "fall to 0"),
        ({"progressive": ()}, "fall to 0"),
        ({"progressive": True, "decoded": False}, "encoded"),
    ],
)
def test_choices_that_make_no_sense(files, choices, what):
    with pytest.raises(pc.OptionError, match=what):
        pc.stream_frames(files["basic"], **choices)


def test_a_frame_that_is_not_there(files):
    with pytest.raises(IndexError):
        pc.stream_frames(files["basic"], [40])


@pytest.mark.parametrize("place", ["here", "there"])
@pytest.mark.parametrize("table", ["basic", "extended", "none"])
def test_views_come_low_first_and_say_whether_they_are_whole(files, remote, stack, place, table):
    frames = pc.open(files[table]) if place == "here" else remote(table)
    views = list(pc.stream_frames(frames, range(10), progressive=(3, 1, 0)))
    assert [(view.index, view.reduce) for view in views] == [(i, r) for r in (3, 1, 0) for i in range(10)]
    for view in views:
        assert view.view.report.complete
        assert view.whole == (view.reduce == 0)
        assert np.array_equal(view.view.image, frames.frame(view.index, reduce=view.reduce))
    assert np.array_equal([view.view.image for view in views[20:]], stack[:10])
    assert getattr(frames.reader, "held", 0) == 0


def test_frames_without_resolutions_come_in_the_last_round_alone():
    whole = pc.open(examples.get_path("ybr_color"))
    views = list(pc.stream_frames(whole, range(3), progressive=True))
    assert [(view.index, view.reduce, view.whole) for view in views] == [(0, 0, True), (1, 0, True), (2, 0, True)]


def test_frames_of_fewer_resolutions_are_reduced_as_far_as_they_go(stack):
    levels = [pc.J2KOptions(decomposition_levels=count) for count in range(3)]
    coded = [pc.encode(*each, bits_stored=12) for each in zip(stack, [HTJ2K] * 3, levels, strict=False)]
    data, _ = dicom_file(stack[:3], coded=coded)
    views = [(view.index, view.reduce) for view in pc.stream_frames(data, progressive=True)]
    assert views == [(1, 1), (2, 2), (0, 0), (1, 0), (2, 0)]


@pytest.fixture(scope="module")
def radiographs():
    stack = [picture(number, 1024) for number in range(2)]
    return stack, dicom_file(stack, syntax=RPCL, table="extended")[0]


def test_the_first_views_take_few_bytes_and_the_rest_is_fetched_once(server, remote, radiographs):
    server.contents["large"] = radiographs[1]
    frames = remote("large")
    views = pc.stream_frames(frames, progressive=True, ahead=1)
    first = [next(views), next(views)]
    spans = [frames.byte_range(index) for index in range(2)]
    length = sum(stop - start for start, stop in spans)
    fetched = sum(stop - start for start, stop in server.asked[1:3])
    assert [view.reduce for view in first] == [3, 3]
    assert fetched < length / 10
    assert [view.whole for view in views] == [True, True]
    borders = [border for asked in sorted(server.asked) for border in asked]
    assert borders == sorted(borders)


@pytest.mark.parametrize("table", ["basic", "extended", "none"])
@pytest.mark.parametrize("name", ["one", "last"])
def test_the_last_frame_is_no_exception(server, remote, radiographs, table, name):
    stack = radiographs[0]
    server.contents[name] = dicom_file(stack[:1] if name == "one" else stack, syntax=RPCL, table=table)[0]
    frames = remote(name)
    if (name, table) == ("last", "none"):
        assert frames.byte_range(-1) is None
        return
    start, stop = frames.byte_range(-1)
    begin = len(server.asked)
    with pc.stream_frames(frames, [-1], progressive=True, ahead=1) as views:
        assert next(views).reduce == 3
        early = sum(stop - start for start, stop in server.asked[begin:])
        last = next(views)
    assert early < (stop - start) / 10
    assert last.whole
    assert np.array_equal(last.view.image, stack[0 if name == "one" else 1])
    assert sum(stop - start for start, stop in server.asked) <= len(server.contents[name]) + 16


def test_a_damaged_frame_has_no_low_view_and_says_so_in_the_end(stack):
    _, coded = dicom_file(stack[:3])
    coded[1] = b"\xff\x4f\xff\x51" + bytes(50)
    data, _ = dicom_file(stack[:3], coded=coded)
    views = list(pc.stream_frames(data, progressive=True))
    assert [(view.index, view.reduce, view.whole) for view in views] == [
        (0, 3, False),
        (2, 3, False),
        (0, 0, True),
        (1, 0, False),
        (2, 0, True),
    ]


@pytest.mark.parametrize("wrong", [b"\0\0\0\0", b"\xff\xff\xff\x00"])
def test_a_wrong_offset_table_changes_no_frame(server, remote, stack, wrong):
    data = bytearray(dicom_file(stack[:6])[0])
    table = data.index(b"\xe0\x7f\x10\x00OB") + 12 + 8
    data[table + 8 : table + 12] = wrong
    server.contents["wrong"] = bytes(data)
    assert np.array_equal(list(pc.stream_frames(remote("wrong"))), stack[:6])
    views = [view.view.image for view in pc.stream_frames(remote("wrong"), progressive=True) if view.reduce == 0]
    assert np.array_equal(views, stack[:6])
