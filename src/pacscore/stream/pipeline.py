"""From tasks to pictures, ahead of whoever takes them: what is begun when, and what is given up."""

from __future__ import annotations

import functools
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass

from pacscore.stream.makers import MORE, Fetching, Maker
from pacscore.stream.scheduler import Lane
from pacscore.stream.tasks import Task

__all__ = ["Bounds", "Pipeline"]

_TOGETHER = 1 << 20
"""Bytes that are fetched by one request because frames are neighbours, at most."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far a stream may be ahead.

    Attributes
    ----------
    frames : int
        That are being fetched or decoded, or are ready.
    nbytes : int
        That these take, encoded and decoded; one frame may be larger.
    threads : int
        That decode at once.
    """

    frames: int
    nbytes: int
    threads: int


class Pipeline:
    """Has pictures made ahead of whoever takes them, in the order of the tasks.

    ``take``, ``taken`` and ``cancel`` are for the consumer, and never wait.

    Parameters
    ----------
    tasks : iterator of Task
    maker : Maker
    fetching : Fetching
        Of the same stream.
    bounds : Bounds

    Attributes
    ----------
    ended : Future
        Has a result once the stream was given up and nothing of it runs any more.
    """

    def __init__(self, tasks: Iterator[Task], maker: Maker, fetching: Fetching, bounds: Bounds) -> None:
        self._tasks = tasks
        self._maker = maker
        self._fetching = fetching
        self._scheduler = fetching.scheduler
        self._bounds = bounds
        self._coming: deque[Task] = deque()  # looked at, and not begun
        self._window: deque[Task] = deque()  # begun, and not taken
        self._cost = 0
        self._begun = False
        self._lock = threading.Lock()
        self._fetched: deque[Task] = deque()  # waiting for one of the stream's threads
        self._decoding = 0
        self._active = 0
        self._over = False
        self.ended: Future[None] = Future()
        self.ended.set_running_or_notify_cancel()  # nobody cancels it
        self._scheduler.enter()

    def take(self) -> Task | None:
        """Return the next task, whose result may be to come; None behind the last one, or once it was given up."""
        self._fill()
        return self._window[0] if self._window and not self._fetching.cancelled.is_set() else None

    def taken(self) -> None:
        """Say that the result of that task is in the hands of the caller: others may be made."""
        if self._window:
            self._cost -= self._window.popleft().cost
        self._fill()

    def cancel(self) -> None:
        """Give up: requests are broken off, and nothing more is begun; ``ended`` tells when all is still."""
        with self._lock:
            if self._fetching.cancelled.is_set():
                return
            self._fetching.cancelled.set()
        withdrawn = self._scheduler.withdraw(self)
        for task in list(self._window):
            task.failed(CancelledError())
        self._count(-withdrawn)

    def join(self) -> None:
        """Wait until the scheduler's threads have ended, if it has no other stream."""
        self._scheduler.join()

    def _fill(self) -> None:
        while not self._fetching.cancelled.is_set() and (group := self._next_group()):
            self._window.extend(group)
            self._cost += sum(task.cost for task in group)
            if group[0].span is None:
                self._queue(group)
            else:
                self._submit(self._scheduler.fetching, functools.partial(self._fetch, group))

    def _next_group(self) -> list[Task]:
        """Return tasks that are fetched together, side by side; none while there is no room for them."""
        first = self._peek(0)
        if first is None:
            return []
        most = 1
        if first.span is not None and self._begun:  # the first frame comes soonest by itself
            most = min(self._bounds.frames // 2, _TOGETHER // max(first.span[1] - first.span[0], 1))
        group, cost = [first], first.cost
        while len(group) < most and (other := self._peek(len(group))) is not None and other.follows(group[-1]):
            if cost + other.cost > self._bounds.nbytes // 2:
                break
            group.append(other)
            cost += other.cost
        room = self._bounds.frames - len(self._window)
        if self._window and (len(group) > room or self._cost + cost > self._bounds.nbytes):
            return []
        self._begun = True
        for _ in group:
            self._coming.popleft()
        return group

    def _peek(self, place: int) -> Task | None:
        while len(self._coming) <= place:
            task = next(self._tasks, None)
            if task is None:
                return None
            self._coming.append(task)
        return self._coming[place]

    def _fetch(self, tasks: Sequence[Task]) -> None:
        try:
            self._maker.fetch(tasks)
        except BaseException as error:
            for task in tasks:
                task.release()
                task.failed(error)
        else:
            self._queue(tasks)

    def _queue(self, tasks: Sequence[Task]) -> None:
        with self._lock:
            self._fetched.extend(tasks)
        self._decode_more()

    def _decode_more(self) -> None:
        """Begin to decode as many as may be decoded at once."""
        while True:
            with self._lock:
                if not self._fetched or self._decoding >= self._bounds.threads or self._fetching.cancelled.is_set():
                    return
                self._decoding += 1
                task = self._fetched.popleft()
            self._submit(self._scheduler.decoding, functools.partial(self._decode, task))

    def _decode(self, task: Task) -> None:
        try:
            made = self._maker.decode(task)
        except BaseException as error:
            made = None
            task.failed(error)
        if made is MORE:
            self._submit(self._scheduler.fetching, functools.partial(self._fetch, (task,)))
        else:
            task.release()
            task.done(made)
        with self._lock:
            self._decoding -= 1
        self._decode_more()

    def _submit(self, lane: Lane, work: Callable[[], None]) -> None:
        """Have some work done, and counted until it is."""
        self._count(1)
        lane.submit(self, self._fetching.priority, functools.partial(self._counted, work))

    def _counted(self, work: Callable[[], None]) -> None:
        try:
            if not self._fetching.cancelled.is_set():
                work()
        finally:
            self._count(-1)

    def _count(self, more: int) -> None:
        with self._lock:
            self._active += more
            if self._active or self._over or not self._fetching.cancelled.is_set():
                return
            self._over = True
        for task in (*self._window, *self._fetched):
            task.release()
        self._maker.close()
        self._scheduler.leave()
        self.ended.set_result(None)
