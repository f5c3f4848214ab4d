"""What is to be done for one picture of a stream."""

from __future__ import annotations

import contextlib
from concurrent.futures import Future, InvalidStateError
from typing import Any

from pacscore.dicom.frames import FrameSource
from pacscore.source.holding import HoldingReader

__all__ = ["Task"]

_GAP = 1 << 12
"""Bytes between two ranges that are fetched in vain, to save a request."""


class Task:
    """One picture to be made.

    Parameters
    ----------
    index : int
        Of the frame, among those of the caller.
    part : FrameSource
        The object that holds it.
    place : int
        Its number there.
    decoded : bool
        Whether it is to be decoded, and takes the memory for that.
    reduce : int
        Resolutions to leave out; 0 is the whole frame.

    Attributes
    ----------
    span : (int, int) or None, in bytes
        Where it lies in the object; None if that is not known, or nothing is to be fetched ahead.
    cost : int, in bytes
        That it takes while it is ahead.
    beginning : bytes
        What has been fetched of it, where it is fetched bit by bit.
    result : Future
        The picture, or why there is none.
    """

    def __init__(self, index: int, part: FrameSource, place: int, *, decoded: bool, reduce: int = 0) -> None:
        self.index, self.part, self.place, self.reduce = index, part, place, reduce
        self.reader = part.reader if isinstance(part.reader, HoldingReader) else None
        self.span = part.byte_range(place) if self.reader is not None else None
        encoded = self.span[1] - self.span[0] if self.span else 0
        self.cost = encoded + (part.encoded_format.nbytes >> 2 * reduce if decoded else 0)
        self.beginning = b""
        self._held: list[int] = []
        self.result: Future[Any] = Future()
        self.result.set_running_or_notify_cancel()  # from now on nobody cancels it but the stream

    def follows(self, other: Task) -> bool:
        """Say whether it lies right behind another one, and both are fetched whole."""
        if self.span is None or other.span is None or self.part is not other.part or self.reduce or other.reduce:
            return False
        return 0 <= self.span[0] - other.span[1] <= _GAP

    def keep(self, key: int) -> None:
        """Note bytes that its reader holds for it."""
        self._held.append(key)

    def done(self, made: Any) -> None:
        """Give the result, unless there is one."""
        with contextlib.suppress(InvalidStateError):
            self.result.set_result(made)

    def failed(self, error: BaseException) -> None:
        """Say why there is no picture, unless there is a result."""
        with contextlib.suppress(InvalidStateError):
            self.result.set_exception(error)

    def release(self) -> None:
        """Forget the bytes that are held for it."""
        held, self._held = self._held, []
        for key in held:
            if self.reader is not None:
                self.reader.release(key)
