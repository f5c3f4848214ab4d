"""The child's side: reads requests from its standard input, runs codecs, answers on its standard output."""

from __future__ import annotations

import os
import pickle
import signal
from pathlib import Path
from typing import Any

from pacscore.codecs._messages import read_request, write_message
from pacscore.errors import PacscoreError

__all__ = ["main"]


def main(memory: int) -> None:
    """Serve until the parent has gone."""
    requests = os.fdopen(os.dup(0), "rb", buffering=1 << 16)
    answers = os.fdopen(os.dup(1), "wb", buffering=1 << 16)
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(2, 1)  # what a codec prints must not get between the answers
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent's business
    _limit(memory)
    write_message(answers, "ready")
    codecs: dict[bytes, Any] = {}
    while True:
        try:
            pickled, method, arguments, choices = read_request(requests)
            answer = _answer(codecs, pickled, method, arguments, choices)
        except EOFError:
            return
        try:
            write_message(answers, answer)
        except BrokenPipeError:
            return


def _answer(codecs: dict[bytes, Any], pickled: bytes, method: str, arguments: Any, choices: Any) -> tuple[str, Any]:
    try:
        if pickled not in codecs:
            codecs[pickled] = pickle.loads(pickled)  # noqa: S301 - the parent's
        return "answer", getattr(codecs[pickled], method)(*arguments, **choices)
    except PacscoreError as error:
        error.__traceback__ = error.__cause__ = error.__context__ = None
        return "answer", error
    except MemoryError:
        return "crashed", "the codec wants more memory than Isolation.memory allows"
    except Exception as error:  # whatever another library raises
        return "crashed", f"the codec raised {type(error).__name__}: {error}"


def _limit(memory: int) -> None:
    """Allow so much address space beyond what there is; nothing where the system has no such limit."""
    try:
        import resource  # noqa: PLC0415 - not everywhere

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (ImportError, OSError, ValueError):
        return
    most = pages * resource.getpagesize() + memory
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
