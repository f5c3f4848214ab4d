"""Threads inside one call: every call made, at the same time, errors kept, threads used again."""

from __future__ import annotations

import multiprocessing
import os
import threading

import pytest

from pacscore.support.scheduler import run_in_threads, useful_threads


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_the_work_is_called_once_in_each_thread_and_at_the_same_time(threads: int) -> None:
    together = threading.Barrier(threads, timeout=20)
    callers: list[int] = []

    def work() -> None:
        together.wait()
        callers.append(threading.get_ident())

    run_in_threads(threads, work)
    assert len(set(callers)) == len(callers) == threads
    assert threading.get_ident() in callers


def test_the_first_error_is_raised_after_all_have_ended() -> None:
    numbers = iter(range(3))
    together = threading.Barrier(3, timeout=20)
    ended: list[int] = []

    def work() -> None:
        number = next(numbers)
        together.wait()
        if number == 1:
            raise ValueError("of one thread")
        ended.append(number)

    with pytest.raises(ValueError, match="of one thread"):
        run_in_threads(3, work)
    assert sorted(ended) == [0, 2]
    run_in_threads(3, lambda: ended.append(7))
    assert ended[2:] == [7, 7, 7]


def test_calls_within_calls_do_not_wait_for_each_other() -> None:
    together = threading.Barrier(9, timeout=20)
    passed: list[int] = []

    def inner() -> None:
        passed.append(together.wait())

    run_in_threads(3, lambda: run_in_threads(3, inner))
    assert sorted(passed) == list(range(9))


def _child_counts() -> None:
    counted: list[int] = []
    run_in_threads(2, lambda: counted.append(1))
    os._exit(len(counted))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of forking where there are threads
def test_a_forked_child_has_threads_of_its_own() -> None:
    run_in_threads(2, lambda: None)  # leaves one waiting, which a child does not inherit
    child = multiprocessing.get_context("fork").Process(target=_child_counts)
    child.start()
    child.join(20)
    assert child.exitcode == 2


def test_small_work_is_not_shared_out() -> None:
    assert useful_threads(8, 100) == 1
    assert useful_threads(8, 1 << 17) == 4
    assert useful_threads(2, 1 << 30) == 2
