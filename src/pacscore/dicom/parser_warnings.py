"""What pydicom warns of while it reads for us, as notes instead of warnings."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["noted_warnings"]

_PYDICOM = r"pydicom(\.|$)"


class _Notes(threading.local):
    """Where the warnings of this thread go."""

    def __init__(self) -> None:
        self.lists: list[list[str]] = []


class _Collector:
    """Stands in for ``warnings.showwarning`` while at least one thread collects."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._depth = 0
        self._notes = _Notes()
        self._saved: warnings.catch_warnings[None] | None = None
        self._show: Any = None

    @contextmanager
    def collect(self) -> Iterator[list[str]]:
        found: list[str] = []
        self._enter()
        self._notes.lists.append(found)
        try:
            yield found
        finally:
            self._notes.lists.pop()
            self._leave()

    def _enter(self) -> None:
        with self._lock:  # filters belong to the whole process: set by the first thread, put back by the last
            self._depth += 1
            if self._depth > 1:
                return
            self._saved = warnings.catch_warnings()
            self._saved.__enter__()
            self._show = warnings.showwarning
            warnings.showwarning = self._collected
            warnings.filterwarnings("always", module=_PYDICOM)

    def _leave(self) -> None:
        with self._lock:
            self._depth -= 1
            if not self._depth and self._saved is not None:
                self._saved.__exit__(None, None, None)
                self._saved = None

    def _collected(self, message: Any, category: Any, filename: str, *place: Any, **more: Any) -> None:
        if self._notes.lists and "pydicom" in filename:
            note = " ".join(str(message).split())
            if note not in self._notes.lists[-1]:
                self._notes.lists[-1].append(note)
        else:
            self._show(message, category, filename, *place, **more)


_COLLECTOR = _Collector()


@contextmanager
def noted_warnings() -> Iterator[list[str]]:
    """Collect what pydicom warns of in this thread; warnings of others go their way.

    Yields
    ------
    list of str
        Filled until the end of the ``with`` block, each text once.
    """
    with _COLLECTOR.collect() as found:
        yield found
