"""Work on frames by several threads, its results in the order of the frames."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import TypeVar

__all__ = ["in_order"]

T = TypeVar("T")


def in_order(work: Callable[[int], T], count: int, threads: int) -> Iterator[T]:
    """Yield ``work(0)``, ``work(1)`` and so on, some of them ahead of time where there are threads."""
    if threads <= 1 or count < 2:
        yield from map(work, range(count))
        return
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - heavy, and only for threads

    with ThreadPoolExecutor(threads) as pool:
        ahead = deque(pool.submit(work, index) for index in range(min(count, 2 * threads)))
        for index in range(len(ahead), count):
            yield ahead.popleft().result()
            ahead.append(pool.submit(work, index))
        while ahead:
            yield ahead.popleft().result()
