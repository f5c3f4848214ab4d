"""A sequence of frames: what one object and a concatenation of objects have in common."""

from __future__ import annotations

import itertools
import operator
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, cast, overload

import numpy as np
from numpy.typing import NDArray
from pydicom.uid import UID

from pacscore.codecs.protocol import OnDamage
from pacscore.dicom.frames_report import FrameCondition, FramesReport
from pacscore.dicom.in_order import in_order
from pacscore.errors import DataError, DicomError, OptionError, PacscoreError
from pacscore.limits import Limits
from pacscore.pixel_format import PixelFormat
from pacscore.region import Region
from pacscore.report import Partial
from pacscore.support.scheduler import run_in_threads

if TYPE_CHECKING:
    from pacscore.dicom.frame_rendering import Display
    from pacscore.pixels.pipeline import Pipeline
    from pacscore.pixels.value_pass import ValuePass

__all__ = ["FrameSequence"]


class FrameSequence(ABC):
    """Frames in order, each decoded when it is asked for.

    ``frames[i]`` and ``frames[i:j]`` decode one frame, or a stack of them. Threads may share it. It turns into an array
    by ``as_array``, ``numpy.asarray`` and ``numpy.from_dlpack``, all of which decode every frame, or raise.
    """

    transfer_syntax: UID
    encoded_format: PixelFormat
    _limits: Limits

    @property
    @abstractmethod
    def pixel_format(self) -> PixelFormat:
        """What decoding gives; the headers of the first frame that is read tell."""

    @property
    @abstractmethod
    def notes(self) -> tuple[str, ...]:
        """What was found odd so far, in sentences: wrong tables, lost delimiters, headers that disagree."""

    @property
    @abstractmethod
    def _source_bytes(self) -> int:
        """Size of what frames are read from."""

    @abstractmethod
    def _frames_there(self) -> tuple[tuple[range, ...], str | None]:
        """Return which frames are there, at least in part, in rising order; and why others are missing."""

    @abstractmethod
    def __len__(self) -> int: ...

    @abstractmethod
    def encoded(self, index: int) -> bytes:
        """Return a frame as it is stored, its fragments joined; padding is removed where the format tells.

        Native frames of one bit a sample begin with the first bit of a byte.

        Raises
        ------
        IndexError
            If there is no such frame.
        DicomError
            If the frame is not there, or nothing says where it begins.
        """

    @abstractmethod
    def frame(  # noqa: PLR0913 - the choices of a view, all by keyword
        self,
        index: int,
        *,
        reduce: int = 0,
        region: Region | None = None,
        out: NDArray[Any] | None = None,
        threads: int = 1,
        on_damage: OnDamage = "raise",
    ) -> NDArray[Any] | Partial:
        """Return a frame, at a lower resolution or a part of it if so wished.

        Parameters
        ----------
        index : int
            Counted from 0; negative ones from the end.
        reduce : int
            Resolution levels to leave out; only JPEG 2000 has them.
        region : Region, optional
            In full-resolution pixels.
        out : ndarray, optional
            Filled and returned; its shape and dtype must be those of the result.
        threads : int
            1: the calling thread alone.
        on_damage : "raise" or "conceal"
            "conceal" always returns a Partial. What does not decode at all is zero, and the report says so.

        Returns
        -------
        ndarray, shape (rows, columns[, samples]), or Partial

        Raises
        ------
        IndexError
            If there is no such frame.
        OptionError
            If the region leaves the frame, ``out`` does not fit, or the codec has no levels to leave out.
        DataError
            If the frame cannot be decoded, or is missing: the latter with "conceal" too.
        UnsupportedError, LimitError
            If the frame is beyond the codec or the limits.
        """

    @abstractmethod
    def pipeline(self, index: int = 0) -> Pipeline:
        """Return how a frame wants to be shown, for what decoding gives."""

    @abstractmethod
    def _converted(
        self, index: int, one_pass: ValuePass, display: Display, out: NDArray[Any] | None
    ) -> NDArray[Any] | None:
        """Return what a pass makes of a frame while it is decoded, or None where that cannot be."""

    def render(  # noqa: PLR0913 - the choices of a view and of a picture, all but two by keyword
        self,
        index: int,
        pipeline: Pipeline | None = None,
        *,
        reduce: int = 0,
        region: Region | None = None,
        out: NDArray[Any] | None = None,
        bits: int | None = 8,
        threads: int = 1,
        on_damage: OnDamage = "raise",
    ) -> NDArray[Any] | Partial:
        """Return what a screen shows of a frame: what `pacscore.render` makes of what ``frame`` gives.

        Monochrome JPEG 2000 is rendered row by row while it is decoded, and native frames as they are read, without
        an array of stored values; where the frame's own range is shown, since there is no VOI stage, it is decoded
        first.

        Parameters
        ----------
        index : int
            Counted from 0; negative ones from the end.
        pipeline : Pipeline, optional
            How to show it; otherwise as the data set says: ``pipeline(index)``.
        reduce, region, threads
            As of ``frame``. A region is rendered without shutter, overlays and spatial transformation.
        out : ndarray, optional
            Filled and returned; C-contiguous, of the result's shape and dtype.
        bits : int, 1 to 16, or None
            As of `pacscore.render`.
        on_damage : "raise" or "conceal"
            "conceal" always returns a Partial, of the picture.

        Returns
        -------
        ndarray, shape (rows, columns[, 3]), or Partial

        Raises
        ------
        IndexError
            If there is no such frame.
        OptionError
            If the choices do not fit the frame or each other.
        DataError, UnsupportedError, LimitError
            As of ``frame`` and of `pacscore.render`.
        """
        from pacscore.dicom.frame_rendering import Display, render_frame  # noqa: PLC0415 - only for those who display

        index = self._checked(index)
        display = Display(pipeline or self.pipeline(index), bits, reduce, region, threads)
        return render_frame(self, index, display, out, on_damage)

    @abstractmethod
    def close(self) -> None:
        """Close the files that were opened here; frames cannot be read any more."""

    def __iter__(self) -> Iterator[NDArray[Any]]:
        frame: Any = self.frame
        for index in range(len(self)):
            yield frame(index)

    @overload
    def __getitem__(self, index: int) -> NDArray[Any]: ...
    @overload
    def __getitem__(self, index: slice) -> NDArray[Any]: ...
    def __getitem__(self, index: int | slice) -> NDArray[Any]:
        """Return a frame ``(rows, columns[, samples])``, or a stack of frames."""
        if isinstance(index, slice):
            return self._stack(range(len(self))[index])
        return cast("NDArray[Any]", self.frame(index))

    def as_array(
        self,
        threads: int = 1,
        *,
        reduce: int = 0,
        region: Region | None = None,
        out: NDArray[Any] | None = None,
    ) -> NDArray[Any]:
        """Return all frames as ``(frames, rows, columns[, samples])``; threads share them out.

        Parameters
        ----------
        threads : int
            1: the calling thread alone.
        reduce, region
            As of ``frame``.
        out : ndarray, optional
            Filled and returned; its shape and dtype must be those of the result.

        Raises
        ------
        DataError
            If a frame is missing, damaged, or unlike the others.
        OptionError, UnsupportedError, LimitError
            As of ``frame``.
        """
        return self._stack(range(len(self)), threads, reduce, region, out)

    def _stack(
        self,
        indices: range,
        threads: int = 1,
        reduce: int = 0,
        region: Region | None = None,
        out: NDArray[Any] | None = None,
    ) -> NDArray[Any]:
        stack = self._empty_stack(indices, reduce, region, out)
        inner = threads if len(indices) == 1 else 1
        places = itertools.count()
        failed: list[int] = []

        def work() -> None:
            while not failed and (place := next(places)) < len(indices):
                try:
                    self.frame(indices[place], reduce=reduce, region=region, out=stack[place], threads=inner)
                except OptionError as error:  # the choices were right for the first frame
                    failed.append(place)
                    raise DicomError(f"frame {indices[place]} is unlike the first: {error}") from error
                except BaseException:
                    failed.append(place)
                    raise

        run_in_threads(min(threads, len(indices)), work)
        return stack

    def _empty_stack(
        self, indices: range, reduce: int, region: Region | None, out: NDArray[Any] | None
    ) -> NDArray[Any]:
        """Return the array to fill, after all choices were found to make sense."""
        each = self.pixel_format
        if region is not None:
            region.check_inside(each.rows, each.columns)
        shape = (*((region.rows, region.columns) if region else each.shape[:2]), *each.shape[2:])
        if reduce:  # only the codec knows how the grid lies
            shape = cast("NDArray[Any]", self.frame(indices[0] if indices else 0, reduce=reduce, region=region)).shape
        shape = (len(indices), *shape)
        if out is None:
            nbytes = int(np.prod(shape, dtype=object)) * each.dtype.itemsize
            self._limits.check_output(nbytes, self._source_bytes, what="the stack of frames")
            return np.empty(shape, each.dtype)
        if out.shape != shape or out.dtype != each.dtype:
            raise OptionError(f"out is {out.dtype}{out.shape}; the frames are {each.dtype}{shape}")
        return out

    def each(
        self,
        indices: Iterable[int] | None = None,
        *,
        threads: int = 1,
        reduce: int = 0,
        region: Region | None = None,
        on_damage: Literal["raise", "conceal", "skip"] = "raise",
    ) -> Iterator[tuple[int, NDArray[Any] | Partial]]:
        """Yield frames with their indices, in order; threads decode ahead, no more than two frames each.

        Parameters
        ----------
        indices : iterable of int, optional
            Which frames, in which order; all of them otherwise.
        threads : int
            1: the calling thread alone.
        reduce, region
            As of ``frame``.
        on_damage : "raise", "conceal" or "skip"
            "conceal" gives a Partial for every frame, and leaves out missing ones. "skip" leaves out all frames that
            are not whole.

        Yields
        ------
        index : int
        frame : ndarray, shape (rows, columns[, samples]), or Partial

        Raises
        ------
        DataError
            At a frame that is damaged or missing, with "raise".
        IndexError, OptionError, UnsupportedError, LimitError
            As of ``frame``.
        """
        if on_damage == "raise":
            for index, decoded in self._ahead(self._chosen(indices), threads, reduce, region, "raise"):
                if isinstance(decoded, DataError):
                    raise decoded
                yield index, decoded
            return
        there, _ = self._frames_there()
        asked = itertools.chain(*there) if indices is None else self._chosen(indices)
        chosen = [index for index in asked if any(index in run for run in there)]
        how: OnDamage = "conceal" if on_damage == "conceal" else "raise"
        for index, decoded in self._ahead(chosen, threads, reduce, region, how):
            if not isinstance(decoded, DataError):
                yield index, decoded

    def _chosen(self, indices: Iterable[int] | None) -> range | list[int]:
        return range(len(self)) if indices is None else [self._checked(index) for index in indices]

    def _ahead(
        self, indices: range | list[int], threads: int, reduce: int, region: Region | None, on_damage: OnDamage
    ) -> Iterator[tuple[int, NDArray[Any] | Partial | DataError]]:
        def decode(place: int) -> tuple[int, NDArray[Any] | Partial | DataError]:
            index = indices[place]
            try:
                return index, self.frame(index, reduce=reduce, region=region, on_damage=on_damage)
            except DataError as error:
                return index, error

        return in_order(decode, len(indices), threads)

    def check(self, threads: int = 1) -> FramesReport:
        """Decode every frame, and say which are whole, damaged, refused or missing.

        Parameters
        ----------
        threads : int
            1: the calling thread alone.

        Returns
        -------
        FramesReport
        """
        there, reason = self._frames_there()
        indices = list(itertools.chain(*there))
        frames = tuple(in_order(lambda place: self._condition(indices[place]), len(indices), threads))
        borders = [0, *(border for run in there for border in (run.start, run.stop)), len(self)]
        gaps = map(range, borders[::2], borders[1::2])
        return FramesReport(len(self), frames, tuple(gap for gap in gaps if gap), reason, self.notes)

    def _condition(self, index: int) -> FrameCondition:
        try:
            report = cast("Partial", self.frame(index, on_damage="conceal")).report
        except PacscoreError as error:
            return FrameCondition(index, "damaged" if isinstance(error, DataError) else "refused", (str(error),))
        if report.complete:
            return FrameCondition(index, "whole", (), report.notes)
        reasons = tuple(damage.what for damage in report.damages) or (
            f"{report.packets_read} of {report.packets_expected} packets are there",
        )
        return FrameCondition(index, "damaged", reasons, report.notes)

    def __array__(self, dtype: np.dtype[Any] | None = None, copy: bool | None = None) -> NDArray[Any]:
        """Return all frames as one array, as ``numpy.asarray`` asks for them."""
        if copy is False:
            raise ValueError("frames become an array by decoding: copy=False cannot be had")
        array = self.as_array()
        return array if dtype is None else array.astype(dtype, copy=False)

    def __dlpack__(self, **choices: Any) -> Any:
        """Return all frames for another library, as its ``from_dlpack`` asks for them."""
        return self.as_array().__dlpack__(**choices)

    def __dlpack_device__(self) -> tuple[int, int]:
        """Return that frames are decoded into memory of the CPU."""
        return (1, 0)  # kDLCPU

    def _checked(self, index: int) -> int:
        number, count = operator.index(index), len(self)
        if not -count <= number < count:
            raise IndexError(f"frame {number} of {count}")
        return number % count

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
