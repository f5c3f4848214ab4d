"""Threads inside one call: the same function in several threads, each taking work from a queue of its own making.

Threads that have ended their work wait a while for more: starting one takes as long as coding a small picture.
"""

from __future__ import annotations

import _thread
import itertools
import os
from collections.abc import Callable, Sequence
from typing import TypeVar

__all__ = ["run_each", "run_in_threads", "useful_threads"]

T = TypeVar("T")
R = TypeVar("R")

_SAMPLES_A_THREAD = 1 << 15
"""Handing over work takes about as long as coding a fifth of so many samples by the fastest block coder."""
_PATIENCE = 5.0
"""Seconds that a thread waits for more."""


class _Helper:
    """A thread that does one piece of work after another."""

    def __init__(self) -> None:
        self._work: Callable[[], None]
        self._given = _thread.allocate_lock()
        self._done = _thread.allocate_lock()
        self._given.acquire()
        self._done.acquire()
        _thread.start_new_thread(self._live, ())

    def start(self, work: Callable[[], None]) -> None:
        """Do this; ``work`` raises nothing."""
        self._work = work
        self._given.release()

    def wait(self) -> None:
        """Wait until it is done, and be there for others."""
        self._done.acquire()
        _idle.append(self)

    def _live(self) -> None:
        while self._given.acquire(timeout=_PATIENCE) or not self._retired():
            self._work()
            del self._work
            self._done.release()

    def _retired(self) -> bool:
        try:
            _idle.remove(self)
        except ValueError:  # it has work, or is about to
            self._given.acquire()
            return False
        return True


_idle: list[_Helper] = []
os.register_at_fork(after_in_child=_idle.clear)


def _helper() -> _Helper:
    try:
        return _idle.pop()
    except IndexError:
        return _Helper()


def useful_threads(threads: int, samples: int) -> int:
    """Return how many of so many threads are worth having for coding so many samples."""
    return min(threads, max(1, samples // _SAMPLES_A_THREAD))


def run_in_threads(threads: int, work: Callable[[], None]) -> None:
    """Call ``work`` in ``threads`` threads at once, the calling thread being one of them, and wait for all.

    Parameters
    ----------
    threads : int
        1 calls ``work`` once and needs no other thread.
    work : callable
        Shares its work out between the calls, and releases the GIL while it computes.

    Raises
    ------
    BaseException
        The first exception that a call raised, after all have ended.
    """
    if threads <= 1:
        work()
        return
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            raised.append(error)

    helpers: list[_Helper] = []
    try:
        for _ in range(1, threads):
            helpers.append(_helper())
            helpers[-1].start(run)
    except BaseException as error:  # no further thread can be had
        raised.append(error)
    run()
    for helper in helpers:
        helper.wait()
    if raised:
        raise raised[0]


def run_each(items: Sequence[T], work: Callable[[T, int], R], threads: int) -> list[R]:
    """Return ``work(item, inner)`` for each item, in order: several at a time where there are many items.

    Where there are few, they come one after another, and ``inner``, the threads that each may use, is all of them.
    """
    if len(items) < 2 * threads:
        return [work(item, threads) for item in items]
    queue = itertools.count()
    done: dict[int, R] = {}

    def share() -> None:
        while (i := next(queue)) < len(items):
            done[i] = work(items[i], 1)

    run_in_threads(threads, share)
    return [done[i] for i in range(len(items))]
