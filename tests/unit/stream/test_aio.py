"""Streams for asyncio: the same frames; the loop goes on meanwhile; cancelling leaves nothing."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time

import numpy as np
import pytest

import pacscore as pc
from pacscore import aio


def workers():
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("pacscore")]


async def quiet(frames):
    for _ in range(500):
        if not workers() and frames.reader.held == 0:
            return True
        await asyncio.sleep(0.01)
    return False


def test_all_frames_in_order(server, stack):
    async def main():
        frames = await aio.open_frames(server.url("basic"), storage={"client_options": {"allow_http": True}})
        async with aio.stream_frames(frames, ahead=4) as stream:
            return [frame async for frame in stream]

    assert np.array_equal(asyncio.run(main()), stack)


def test_a_source_is_opened_and_closed_by_the_stream(files, stack, tmp_path):
    path = tmp_path / "frames.dcm"
    path.write_bytes(files["basic"])

    async def main():
        return [frame async for frame in aio.stream_frames(path, [3, 1])]

    assert np.array_equal(asyncio.run(main()), [stack[3], stack[1]])


def test_views(files):
    async def main():
        return [(view.index, view.reduce) async for view in aio.stream_frames(files["basic"], [0, 1], progressive=True)]

    assert asyncio.run(main()) == [(0, 3), (1, 3), (0, 0), (1, 0)]


def test_the_loop_goes_on_while_frames_are_awaited(server, remote):
    server.dribble = 0.05
    frames = remote()

    async def main():
        ticks = 0

        async def tick():
            nonlocal ticks
            while True:
                await asyncio.sleep(0.002)
                ticks += 1

        ticking = asyncio.create_task(tick())
        begin = time.monotonic()
        async for _ in aio.stream_frames(frames, range(30, 40)):
            pass
        ticking.cancel()
        return ticks, time.monotonic() - begin

    ticks, seconds = asyncio.run(main())
    assert ticks > seconds / 0.002 / 20


def test_cancelling_the_task_ends_everything(server, remote):
    server.dribble = 0.05
    frames = remote()

    async def main():
        async def consume():
            async for _ in aio.stream_frames(frames, range(10, 40)):
                pass

        task = asyncio.create_task(consume())
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await quiet(frames)

    assert asyncio.run(main())


def test_leaving_the_loop_ends_everything(remote):
    frames = remote()

    async def main():
        async for _ in aio.stream_frames(frames):
            break
        return await quiet(frames)

    assert asyncio.run(main())


def test_closing_meanwhile_is_the_end_of_the_stream(server, remote):
    server.dribble = 0.05
    frames = remote()

    async def main():
        stream = aio.stream_frames(frames, range(10, 40))
        asyncio.get_running_loop().call_later(0.05, lambda: asyncio.ensure_future(stream.aclose()))
        return [frame async for frame in stream]

    assert len(asyncio.run(main())) < 30


def test_errors_come_at_their_frame(files, stack):
    async def main():
        stream = aio.stream_frames(pc.open(files["basic"][:-4000]), range(30, 40))
        got = [await anext(stream), await anext(stream)]
        for _ in range(7):
            with contextlib.suppress(pc.DataError):
                await anext(stream)
        with pytest.raises(pc.DataError):
            await anext(stream)
        await stream.aclose()
        return got

    got = asyncio.run(main())
    assert np.array_equal(got, stack[30 : 30 + len(got)])


def test_many_streams_at_once(remote, stack):
    async def one(indices):
        return [frame async for frame in aio.stream_frames(remote(), indices, ahead=2)]

    async def main():
        return await asyncio.gather(*(one(range(first, first + 5)) for first in range(0, 40, 5)))

    assert np.array_equal(np.concatenate(asyncio.run(main())), stack)
