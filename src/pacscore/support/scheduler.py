"""Threads inside one call: the same function in several threads, each taking work from a queue of its own making."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["run_in_threads"]


def run_in_threads(threads: int, work: Callable[[], None]) -> None:
    """Call ``work`` in ``threads`` threads at once, the calling thread being one of them, and wait for all.

    Parameters
    ----------
    threads : int
        1 calls ``work`` once and starts no thread.
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
    import threading  # noqa: PLC0415 - one thread, the rule, does not need it

    raised: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            raised.append(error)

    helpers = [threading.Thread(target=run, name=f"pacscore-{i}") for i in range(1, threads)]
    for helper in helpers:
        helper.start()
    run()
    for helper in helpers:
        helper.join()
    if raised:
        raise raised[0]
