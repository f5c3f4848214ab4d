"""Streams of frames whose results are awaited; the event loop neither fetches nor decodes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from types import TracebackType
from typing import Any, Self

from pacscore.dicom.frame_sequence import FrameSequence
from pacscore.dicom.frames import FrameSource
from pacscore.dicom.opening import open as open_source
from pacscore.stream.streaming import FrameStream
from pacscore.stream.streaming import stream_frames as stream

__all__ = ["AsyncFrameStream", "open_frames", "stream_frames"]


async def open_frames(source: Any, **options: Any) -> FrameSource:
    """Open the frames of a DICOM object in a thread, and return them; see `pacscore.open`.

    Parameters
    ----------
    source, options
        As of `pacscore.open`.

    Raises
    ------
    PacscoreError, OSError
        As of `pacscore.open`.

    Source: PS3.10 7; PS3.5 8 and A.4.
    """
    return await asyncio.to_thread(open_source, source, **options)


def stream_frames(source: Any, indices: Iterable[int] | None = None, **choices: Any) -> AsyncFrameStream:
    """Return frames in order, to be awaited one by one, fetched and decoded ahead by threads.

    Cancelling the task that awaits one gives up the stream.

    Source: PS3.5 8 and A.4; PS3.3 C.7.6.3.1.8; T.800 B.12.

    Parameters
    ----------
    source : FrameSource, Concatenation, or what `pacscore.open` takes
        The latter is opened when the first frame is awaited, in a thread, and closed with the stream.
    indices, choices
        As of `pacscore.stream_frames`.

    Returns
    -------
    AsyncFrameStream

    Raises
    ------
    IndexError, OptionError, PacscoreError, OSError
        As of `pacscore.stream_frames`.
    """
    begun = stream(source, indices, **choices) if isinstance(source, FrameSequence) else None
    return AsyncFrameStream(begun, lambda: stream(source, indices, **choices))


class AsyncFrameStream(AsyncIterator[Any]):
    """Frames of a stream, in order, for ``async for``; also an asynchronous context manager that closes it.

    ``async for`` does not close what it leaves early; a stream that nobody refers to any more is cancelled, though.
    """

    def __init__(self, stream: FrameStream | None, opening: Callable[[], FrameStream]) -> None:
        self._stream = stream
        self._opening = opening

    async def __anext__(self) -> Any:
        if self._stream is None:
            self._stream = await asyncio.to_thread(self._opening)
        pipeline = self._stream.pipeline
        while (task := pipeline.take()) is not None:
            try:
                result = await asyncio.wrap_future(task.result)
            except asyncio.CancelledError:
                await self.aclose()
                if _is_cancelled():
                    raise
                break  # not the task was cancelled: the stream was closed meanwhile
            except BaseException:
                pipeline.taken()
                raise
            pipeline.taken()
            if result is not None:  # a frame without lower resolutions
                return result
        await self.aclose()
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Give up, and wait until nothing of this stream runs any more, without stopping the event loop."""
        if self._stream is not None:
            self._stream.cancel()
            await asyncio.wrap_future(self._stream.pipeline.ended)
            self._stream.close()  # which has nothing left to wait for, but for threads that are ending

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
