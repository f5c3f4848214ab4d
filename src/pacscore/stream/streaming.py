"""The front door of streams: frames in order, ahead of the loop that uses them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from types import TracebackType
from typing import Any, Self

from pacscore.codecs.protocol import OnDamage
from pacscore.dicom.concatenation import Concatenation
from pacscore.dicom.frame_sequence import FrameSequence
from pacscore.dicom.frames import FrameSource
from pacscore.dicom.opening import open as open_frames
from pacscore.errors import OptionError
from pacscore.stream.makers import Fetching, RefiningMaker, WholeFrames, has_resolutions
from pacscore.stream.pipeline import Bounds, Pipeline
from pacscore.stream.scheduler import Scheduler, shared_scheduler
from pacscore.stream.tasks import Task

__all__ = ["AHEAD_BYTES", "FrameStream", "pipeline_of", "stream_frames"]

AHEAD_BYTES = 256 << 20
"""What frames that are ahead may take, unless somebody says otherwise."""
_FIRST_VIEW = 3
"""Resolutions that the first view leaves out: an eighth of rows and columns."""


def stream_frames(  # noqa: PLR0913 - the choices of a stream, all by keyword
    source: Any,
    indices: Iterable[int] | None = None,
    *,
    ahead: int = 8,
    ahead_bytes: int = AHEAD_BYTES,
    threads: int | None = None,
    priority: int = 0,
    decoded: bool = True,
    progressive: bool | Sequence[int] = False,
    on_damage: OnDamage = "raise",
    scheduler: Scheduler | None = None,
) -> FrameStream:
    """Return frames in order, fetched and decoded ahead of the loop that uses them.

    From a store, only the ranges of these frames are fetched; small frames that lie side by side share a request.

    Source: PS3.5 8 and A.4; PS3.3 C.7.6.3.1.8; T.800 B.12.

    Parameters
    ----------
    source : FrameSource, Concatenation, or what `open` takes
        What is opened here is closed with the stream.
    indices : iterable of int, optional
        Which frames, in which order; all of them otherwise.
    ahead : int
        Frames that are fetched or decoded, or wait to be taken, at most.
    ahead_bytes : int, in bytes
        That these take, encoded and decoded. One frame may be larger.
    threads : int, optional
        Frames that are decoded at once; the default is all that the scheduler has.
    priority : int
        Streams of higher numbers overtake others of the same scheduler.
    decoded : bool
        False gives the encoded bytes of the frames, as ``FrameSource.encoded`` does.
    progressive : bool or sequence of int
        Give views: first all frames with so many resolutions left out, as told by the first number, then with the next,
        at last whole. True is ``(3, 0)``. Frames without resolutions, as of other codecs than JPEG 2000, come in the
        last round alone.
    on_damage : "raise" or "conceal"
        "conceal" gives a Partial for every frame; views always do.
    scheduler : Scheduler, optional
        Whose threads work for it; by default the one that all streams of the process share.

    Returns
    -------
    FrameStream
        Iterator of ndarray, of bytes, of Partial, or of FrameView.

    Raises
    ------
    IndexError
        If there is no such frame.
    OptionError
        If the choices contradict each other.
    PacscoreError, OSError
        As of `open`. The iterator raises what ``FrameSource.frame`` and the source do, at the frame concerned; the
        frames behind it can still be had.
    """
    opened = None if isinstance(source, FrameSequence) else open_frames(source)
    try:
        frames = source if opened is None else opened
        pipeline = pipeline_of(
            frames,
            indices,
            bounds=(ahead, ahead_bytes, threads),
            fetching=Fetching(scheduler or shared_scheduler(), priority),
            decoded=decoded,
            progressive=progressive,
            on_damage=on_damage,
        )
    except BaseException:
        if opened is not None:
            opened.close()
        raise
    return FrameStream(pipeline, opened)


class FrameStream(Iterator[Any]):
    """Frames of a stream, in order; also a context manager that closes it.

    ``close`` breaks off what is under way, waits until it has ended, and leaves no thread behind, unless other streams
    are open. A stream that nobody refers to any more is cancelled.

    Attributes
    ----------
    pipeline : Pipeline
        What works for it; `pacscore.aio` awaits its results.
    """

    def __init__(self, pipeline: Pipeline, opened: FrameSource | None = None) -> None:
        self.pipeline = pipeline
        self._opened = opened

    def __next__(self) -> Any:
        while (task := self.pipeline.take()) is not None:
            try:
                result = task.result.result()
            except CancelledError:
                raise StopIteration from None
            except BaseException as error:
                if task.result.done():  # else it is the caller who was interrupted
                    self.pipeline.taken()
                    error.add_note(f"frame {task.index} of the stream")
                raise
            self.pipeline.taken()
            if result is not None:  # a frame without lower resolutions
                return result
        self.close()
        raise StopIteration

    def cancel(self) -> None:
        """Give up without waiting: nothing more is begun, and what is under way ends soon."""
        self.pipeline.cancel()

    def close(self) -> None:
        """Give up, and wait until nothing of this stream runs any more.

        A request that waits for the first byte of an answer ends by the time limit of its store.
        """
        self.pipeline.cancel()
        self.pipeline.ended.result()
        self.pipeline.join()
        if self._opened is not None:
            self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __del__(self) -> None:
        self.pipeline.cancel()


def pipeline_of(  # noqa: PLR0913 - the choices of a stream, all by keyword
    frames: FrameSequence,
    indices: Iterable[int] | None,
    *,
    bounds: tuple[int, int, int | None],
    fetching: Fetching,
    decoded: bool,
    progressive: bool | Sequence[int],
    on_damage: OnDamage,
) -> Pipeline:
    """Return the pipeline of a stream; see `stream_frames`."""
    if not isinstance(frames, FrameSource | Concatenation):
        raise OptionError(f"a {type(frames).__name__} does not tell where its frames lie")
    ahead, ahead_bytes, threads = bounds
    threads = fetching.scheduler.threads if threads is None else threads
    if ahead < 1 or ahead_bytes < 1 or threads < 1:
        raise OptionError(f"ahead={ahead}, ahead_bytes={ahead_bytes} and threads={threads} must be at least 1")
    limits = Bounds(ahead, ahead_bytes, threads)
    rounds = _rounds(progressive)
    count = len(frames)
    chosen = range(count) if indices is None else [_checked(index, count) for index in indices]
    if not rounds:
        maker = WholeFrames(fetching, decoded=decoded, on_damage=on_damage)
        return Pipeline(_tasks(frames, chosen, (0,), decoded=decoded), maker, fetching, limits)
    if not decoded:
        raise OptionError("decoded=False gives encoded frames, progressive= views of decoded ones")
    tasks = _tasks(frames, chosen, rounds, decoded=True)
    return Pipeline(tasks, RefiningMaker(fetching, ahead_bytes), fetching, limits)


def _tasks(
    frames: FrameSource | Concatenation, indices: Sequence[int], rounds: Sequence[int], *, decoded: bool
) -> Iterator[Task]:
    for reduce, index in itertools.product(rounds, indices):
        part, place = frames.locate(index)
        if reduce == 0 or has_resolutions(part):
            yield Task(index, part, place, decoded=decoded, reduce=reduce)


def _rounds(progressive: bool | Sequence[int]) -> tuple[int, ...]:
    """Return how many resolutions each round leaves out; none for frames alone."""
    if isinstance(progressive, bool):
        return (_FIRST_VIEW, 0) if progressive else ()
    rounds = tuple(progressive)
    if not rounds or rounds[-1] != 0 or any(a <= b for a, b in itertools.pairwise(rounds)):
        raise OptionError(f"progressive={rounds} must fall to 0, as (3, 0): resolutions that each round leaves out")
    return rounds


def _checked(index: int, count: int) -> int:
    if not -count <= index < count:
        raise IndexError(f"frame {index} of {count}")
    return index % count
