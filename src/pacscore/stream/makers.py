"""How the pictures of a stream are made: which bytes are fetched for them, and what they are decoded to."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import Any, Final, Protocol

from pacscore.codecs.jpeg2000 import HTJ2K, JPEG_2000
from pacscore.codecs.protocol import OnDamage
from pacscore.dicom.frames import FrameSource
from pacscore.errors import DataError
from pacscore.j2k.inspecting import inspect
from pacscore.report import Partial
from pacscore.source.holding import HoldingReader
from pacscore.stream.scheduler import Scheduler
from pacscore.stream.tasks import Task

__all__ = ["MORE", "Fetching", "FrameView", "Maker", "RefiningMaker", "WholeFrames", "has_resolutions"]

MORE: Final = object()
"""What ``decode`` returns where more bytes must be fetched first."""
_ITEM_HEADER = 8
_FIRST = 1 << 14
"""Bytes of a frame that are fetched first, at least."""


class Fetching:
    """Fetches for one stream, as long as it is not given up, and gives way to those that are more urgent."""

    def __init__(self, scheduler: Scheduler, priority: int) -> None:
        self.scheduler = scheduler
        self.priority = priority
        self.cancelled = threading.Event()

    def range(self, reader: HoldingReader, start: int, stop: int) -> bytes:
        """Return bytes of a source.

        Raises
        ------
        CancelledError
            If the stream was given up.
        """
        got, missing = [], stop - start
        pieces = reader.pieces(start, missing, self.cancelled)
        try:
            for piece in pieces:
                got.append(piece)
                missing -= len(piece)
                if missing > 0:
                    self.scheduler.fetching.give_way(self.priority, self.cancelled)
                if self.cancelled.is_set():
                    raise CancelledError
        finally:
            pieces.close()  # what is left of the answer is not waited for
        return got[0] if len(got) == 1 else b"".join(got)


class Maker(Protocol):
    """What a pipeline has done by others; its methods are called by several threads."""

    def fetch(self, tasks: Sequence[Task]) -> None:
        """Have the readers hold what the tasks need; they lie side by side."""
        ...

    def decode(self, task: Task) -> Any:
        """Return the result of a task, or `MORE`."""
        ...

    def close(self) -> None:
        """Forget what was kept for later tasks."""
        ...


@dataclass(frozen=True, slots=True)
class FrameView:
    """A picture of a frame, on the way to a better one.

    Attributes
    ----------
    index : int
        Of the frame.
    reduce : int
        Resolutions that are left out of it; 0 is the last view of the frame.
    view : Partial
        Its report says whether everything is there that this view needs.
    """

    index: int
    reduce: int
    view: Partial

    @property
    def whole(self) -> bool:
        """Whether this is all of the frame, undamaged."""
        return self.reduce == 0 and self.view.report.complete


class WholeFrames:
    """Frames one by one: arrays, or encoded bytes.

    Parameters
    ----------
    fetching : Fetching
    decoded : bool
        False gives the encoded bytes.
    on_damage : "raise" or "conceal"
    """

    def __init__(self, fetching: Fetching, *, decoded: bool = True, on_damage: OnDamage = "raise") -> None:
        self._fetching = fetching
        self._decoded = decoded
        self._on_damage = on_damage

    def fetch(self, tasks: Sequence[Task]) -> None:
        """Fetch the bytes of neighbours by one request."""
        reader, first, last = tasks[0].reader, tasks[0].span, tasks[-1].span
        if reader is None or first is None or last is None:
            return
        data = self._fetching.range(reader, first[0], last[1])
        for task in tasks:
            task.keep(reader.hold(first[0], data))

    def decode(self, task: Task) -> Any:
        """Return the frame."""
        if not self._decoded:
            return task.part.encoded(task.place)
        return task.part.frame(task.place, on_damage=self._on_damage)

    def close(self) -> None:
        """Nothing is kept."""


class RefiningMaker:
    """Frames at a lower resolution first, of as few bytes as that takes, and whole later.

    The beginning of a frame is fetched, as much as its lower resolutions usually take, and then twice as much each time
    until they are whole. Where low resolutions come last in the codestream, that is all of it.

    Parameters
    ----------
    fetching : Fetching
    room : int, in bytes
        For beginnings that are kept until the whole frame is made; others are fetched again.
    """

    def __init__(self, fetching: Fetching, room: int) -> None:
        self._fetching = fetching
        self._whole = WholeFrames(fetching, on_damage="conceal")
        self._room = room
        self._kept: dict[int, tuple[HoldingReader, int, int]] = {}  # by index: what is held, and its bytes
        self._lock = threading.Lock()

    def fetch(self, tasks: Sequence[Task]) -> None:
        """Fetch whole frames, or more of the beginning of one."""
        task = tasks[0]
        if task.reader is not None and task.span is not None and task.reduce:
            start, stop = task.span
            have = len(task.beginning)
            usual = 2 * (stop - start) >> 2 * task.reduce
            more = self._fetching.range(task.reader, start + have, min(start + max(usual, 2 * have, _FIRST), stop))
            task.beginning += more
        else:  # a beginning that was kept is not fetched again
            self._whole.fetch(tasks)
            for each in tasks:
                self._forget(each.index)

    def decode(self, task: Task) -> Any:
        """Return a view of the frame; None where there is none at lower resolution."""
        if task.reduce and task.span is not None:
            return self._decode_beginning(task)
        if task.reduce:
            return _lower_view(task)
        made: Any = task.part.frame(task.place, on_damage="conceal")
        return FrameView(task.index, 0, made)

    def _decode_beginning(self, task: Task) -> Any:
        reader: Any = task.reader
        span: Any = task.span
        everything = len(task.beginning) >= span[1] - span[0]
        made = None if everything else _view_of_beginning(task)
        if made is None and not everything:
            return MORE
        self._keep(task.index, reader, span[0], task.beginning)
        if everything:  # read as whole frames are: with wrong tables and several fragments, too
            task.keep(reader.hold(span[0], task.beginning))
            return _lower_view(task)
        return made

    def _keep(self, index: int, reader: HoldingReader, start: int, beginning: bytes) -> None:
        """Have a beginning held until the whole frame is fetched, if there is room."""
        self._forget(index)
        with self._lock:
            if len(beginning) <= self._room:
                self._room -= len(beginning)
                self._kept[index] = (reader, reader.hold(start, beginning), len(beginning))

    def _forget(self, index: int) -> None:
        with self._lock:
            if index in self._kept:
                reader, key, length = self._kept.pop(index)
                reader.release(key)
                self._room += length

    def close(self) -> None:
        """Forget the beginnings that were kept."""
        for index in list(self._kept):
            self._forget(index)


def has_resolutions(part: FrameSource) -> bool:
    """Say whether frames of an object can be decoded at lower resolutions."""
    return str(part.transfer_syntax) in HTJ2K.transfer_syntaxes | JPEG_2000.transfer_syntaxes


def _possible(data: bytes | memoryview, reduce: int) -> int:
    """Return how many resolutions may be left out of a codestream, at most so many."""
    return min(reduce, inspect(data).decomposition_levels)


def _lower_view(task: Task) -> FrameView | None:
    """Return the view of a frame that is there; None where it has no lower resolution, or is too damaged to tell."""
    try:
        reduce = _possible(task.part.encoded(task.place), task.reduce)
        found: Any = task.part.frame(task.place, reduce=reduce, on_damage="conceal") if reduce else None
    except DataError:
        return None  # the view of the whole frame says why
    return None if found is None else FrameView(task.index, reduce, found)


def _view_of_beginning(task: Task) -> FrameView | None:
    """Return the view if it is whole, None where more bytes are needed, or the frame is unlike most."""
    head = task.beginning[:_ITEM_HEADER]
    length = int.from_bytes(head[4:], "little")
    if head[:4] != b"\xfe\xff\x00\xe0" or len(head) + length < len(task.beginning):
        return None  # a table that is wrong, or several fragments
    data = memoryview(task.beginning)[_ITEM_HEADER:]
    try:
        reduce = _possible(data, task.reduce)
        found: Any = task.part.decode(data, reduce=reduce, on_damage="conceal") if reduce else None
    except DataError:
        return None
    if found is None or not found.report.complete:
        return None
    return FrameView(task.index, reduce, found)
