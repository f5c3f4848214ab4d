"""Who works for streams: some threads that fetch, some that decode, the most urgent work first."""

from __future__ import annotations

import heapq
import itertools
import os
import threading
from collections.abc import Callable

__all__ = ["Lane", "Scheduler", "shared_scheduler"]

_Job = tuple[int, int, object, Callable[[], None]]
"""Minus its priority, its number, whose it is, and what to do, which raises nothing."""


class Lane:
    """Work of one kind, done by so many threads at once.

    More urgent work does not wait for less urgent work to end: it may take as many threads again. Threads are there
    while streams are open.
    """

    def __init__(self, name: str, limit: int) -> None:
        self._name = name
        self._limit = limit
        self._changed = threading.Condition()
        self._jobs: list[_Job] = []
        self._numbers = itertools.count()
        self._running: list[int] = []
        self._threads: set[threading.Thread] = set()
        self._idle = 0
        self._streams = 0

    def enter(self) -> None:
        """Count a stream that may bring work."""
        with self._changed:
            self._streams += 1

    def leave(self) -> None:
        """Count it off; behind the last one the threads end."""
        with self._changed:
            self._streams -= 1
            self._changed.notify_all()

    def submit(self, owner: object, priority: int, work: Callable[[], None]) -> None:
        """Have ``work`` done, before all that is less urgent; it must not raise."""
        with self._changed:
            heapq.heappush(self._jobs, (-priority, next(self._numbers), owner, work))
            if self._may_start() and not self._idle:
                thread = threading.Thread(target=self._live, name=self._name, daemon=True)
                self._threads.add(thread)
                thread.start()
            self._changed.notify_all()

    def withdraw(self, owner: object) -> int:
        """Forget what has not begun of somebody's work, wake who waits, and return how much was forgotten."""
        with self._changed:
            kept = [job for job in self._jobs if job[2] is not owner]
            forgotten = len(self._jobs) - len(kept)
            self._jobs = kept
            heapq.heapify(self._jobs)
            self._changed.notify_all()
        return forgotten

    def give_way(self, priority: int, cancelled: threading.Event) -> None:
        """Wait while more urgent work is to be done, or until ``cancelled`` is set and somebody withdrew."""
        with self._changed:
            self._changed.wait_for(lambda: cancelled.is_set() or not self._is_more_urgent(priority))

    def join(self) -> None:
        """Wait until the threads have ended, if no stream is left."""
        with self._changed:
            ending = [] if self._streams else list(self._threads - {threading.current_thread()})
        for thread in ending:
            thread.join()

    def _is_more_urgent(self, priority: int) -> bool:
        waiting = bool(self._jobs) and -self._jobs[0][0] > priority
        return waiting or any(running > priority for running in self._running)

    def _may_start(self) -> bool:
        if not self._jobs:
            return False
        priority = -self._jobs[0][0]
        return sum(running >= priority for running in self._running) < self._limit

    def _live(self) -> None:
        while (taken := self._taken()) is not None:
            priority, work = taken
            try:
                work()
            finally:
                del work, taken  # an idle thread keeps nothing alive
                with self._changed:
                    self._running.remove(priority)
                    self._changed.notify_all()

    def _taken(self) -> tuple[int, Callable[[], None]] | None:
        """Return the next work, when there is some; None once no stream is left."""
        with self._changed:
            self._idle += 1
            self._changed.wait_for(lambda: self._may_start() or not (self._streams or self._jobs))
            self._idle -= 1
            if not self._may_start():
                self._threads.discard(threading.current_thread())
                return None
            negative, _, _, work = heapq.heappop(self._jobs)
            self._running.append(-negative)
            return -negative, work


class Scheduler:
    """Threads that streams share, so that the urgent one overtakes the others.

    Parameters
    ----------
    requests : int
        Requests to sources at once, among streams of one priority. Those of less urgent streams wait meanwhile, also
        in the middle of a range.
    threads : int, optional
        Frames that are decoded at once; the default is the number of CPUs.
    """

    def __init__(self, *, requests: int = 16, threads: int | None = None) -> None:
        self.threads = threads or os.cpu_count() or 1
        self.fetching = Lane("pacscore fetches", max(1, requests))
        self.decoding = Lane("pacscore decodes", max(1, self.threads))

    def enter(self) -> None:
        """Count a stream."""
        self.fetching.enter()
        self.decoding.enter()

    def leave(self) -> None:
        """Count it off."""
        self.fetching.leave()
        self.decoding.leave()

    def withdraw(self, owner: object) -> int:
        """Forget what has not begun of a stream's work, and return how much that was."""
        return self.fetching.withdraw(owner) + self.decoding.withdraw(owner)

    def join(self) -> None:
        """Wait until the threads have ended, if no stream is left."""
        self.fetching.join()
        self.decoding.join()


_making = threading.Lock()
_shared: list[Scheduler] = []


def _forget_shared() -> None:
    _shared.clear()


os.register_at_fork(after_in_child=_forget_shared)


def shared_scheduler() -> Scheduler:
    """Return the scheduler of all streams that name no other."""
    with _making:
        if not _shared:
            _shared.append(Scheduler())
        return _shared[0]
