"""The parent's side of a child process that runs codecs, and the children that wait for work."""

from __future__ import annotations

import atexit
import os
import pickle
import subprocess
import sys
import threading
from typing import Any, BinaryIO, cast

from pacscore.codecs._messages import read_answer, write_message
from pacscore.errors import CodecCrashedError, OptionError

__all__ = ["Child", "Children"]

_START = 120.0
"""Seconds that a child may take to start, on however busy a machine."""

_ENCODED = 1 << 31
"""Most bytes of an encoded frame that a child may answer with."""


class Child:
    """A child process; one call at a time."""

    def __init__(self, memory: int) -> None:
        if not sys.executable:
            raise OptionError("isolation needs sys.executable, which this embedded Python does not tell")
        code = (
            "import sys; sys.path[:] = sys.argv[2:]; from pacscore.codecs._worker import main; main(int(sys.argv[1]))"
        )
        self.memory = memory
        self._process = subprocess.Popen(  # noqa: S603 - this very Python
            [sys.executable, "-c", code, str(memory), *sys.path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._to = cast("BinaryIO", self._process.stdin)
        self._from = cast("BinaryIO", self._process.stdout)
        try:
            self._in_time(None, _START, _ENCODED)  # it says that it is there: starting is not the codec's time
        except CodecCrashedError:
            self.kill()
            raise

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def call(self, request: Any, seconds: float, most_bytes: int) -> Any:
        """Return the answer to a request, or the PacscoreError that it ended in.

        Raises
        ------
        CodecCrashedError
            If there is none, or not in time. The child is of no more use then.
        """
        kind, answer = self._in_time(request, seconds, max(most_bytes, _ENCODED))
        if kind == "crashed":
            raise CodecCrashedError(str(answer))
        return answer

    def _in_time(self, request: Any, seconds: float, most_bytes: int) -> Any:
        """Send a request, if any, and return the answer."""
        late = threading.Event()

        def end() -> None:
            late.set()
            self._process.kill()

        timer = threading.Timer(seconds, end)
        timer.daemon = True
        timer.start()
        try:
            if request is not None:
                write_message(self._to, request)
            return read_answer(self._from, most_bytes)
        except (EOFError, OSError):
            raise CodecCrashedError(self._what_happened(late.is_set(), seconds)) from None
        except (pickle.UnpicklingError, ValueError, TypeError, AttributeError, MemoryError) as error:
            raise CodecCrashedError(f"the child answered nonsense: {error}") from error
        finally:
            timer.cancel()

    def _what_happened(self, late: bool, seconds: float) -> str:
        code = self._process.wait()
        if late:
            return f"the codec took more than {seconds:g} s and was killed"
        return f"the codec ended its process ({f'signal {-code}' if code < 0 else f'exit status {code}'})"

    def kill(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        for stream in (self._to, self._from):
            try:
                stream.close()
            except OSError:  # what was still to be written cannot be
                continue


class Children:
    """Children that wait for work; threads take one each."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[Child] = []
        atexit.register(self.end)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget)

    def take(self, memory: int) -> Child:
        """Return a child with this limit: one that waits, or a new one."""
        with self._lock:
            fitting = [child for child in self._idle if child.memory == memory]
            if fitting:
                child = fitting[-1]
                self._idle.remove(child)
                if child.alive:
                    return child
        return Child(memory)

    def give_back(self, child: Child) -> None:
        """Let a child wait for more work; beyond one for each processor it is ended."""
        with self._lock:
            if len(self._idle) < (os.cpu_count() or 1):
                self._idle.append(child)
                return
        child.kill()

    def end(self) -> None:
        """End all that wait."""
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.kill()

    def _forget(self) -> None:
        """After a fork: they are the parent's."""
        self._lock = threading.Lock()
        for child in self._idle:
            child._process.returncode = 0
        self._idle = []
