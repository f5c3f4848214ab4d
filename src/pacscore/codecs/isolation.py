"""Codecs of other libraries in a child process, so that the process that asks survives them."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from numpy.typing import NDArray

from pacscore.codecs._child import Children
from pacscore.codecs.protocol import Buffer, Codec, EncodedFrame, OnDamage
from pacscore.codecs.whole_frame import filled
from pacscore.errors import CodecCrashedError, OptionError
from pacscore.limits import DEFAULT_LIMITS, Limits
from pacscore.pixel_format import PixelFormat
from pacscore.region import Region
from pacscore.report import Partial

__all__ = ["IsolatedCodec", "Isolation", "isolated", "isolated_function"]


@dataclass(frozen=True, slots=True)
class Isolation:
    """What a codec in a child process may take.

    Attributes
    ----------
    seconds : float
        Longest time of one call; the child is killed then.
    memory : int, in bytes
        Most address space that a child may take beyond what it begins with; where the system has no such limit
        (RLIMIT_AS), nothing.
    """

    seconds: float = 60.0
    memory: int = 4 << 30

    def __post_init__(self) -> None:
        if self.seconds <= 0 or self.memory <= 0:
            raise OptionError(f"{self}: both must be positive")


_children = Children()


class _Apart:
    """What is called in a child process: whatever pickles, from a module that a child can import."""

    def __init__(self, target: Any, name: str, isolation: Isolation | None = None) -> None:
        self._isolation = isolation or Isolation()
        self._name = name
        try:
            self._pickled = pickle.dumps(target)
        except Exception as error:
            raise OptionError(f"{name} does not pickle, so no child can run it: {error}") from error

    def call(self, method: str, *arguments: Any, most_bytes: int = 0, **choices: Any) -> Any:
        """Return what a method returns, with no more than ``most_bytes`` of arrays and long bytes."""
        child = _children.take(self._isolation.memory)
        try:
            answer = child.call((self._pickled, method, arguments, choices), self._isolation.seconds, most_bytes)
        except CodecCrashedError as error:
            child.kill()
            error.add_note(f"{self._name} in a child process")
            raise
        except BaseException:
            child.kill()  # in the middle of an answer: of no more use
            raise
        _children.give_back(child)
        if isinstance(answer, BaseException):
            raise answer
        return answer


class IsolatedCodec:
    """A codec whose every call runs in a child process.

    Children are started when needed and used again, one a thread at a time. A child that dies, takes too long or
    too much memory costs one call a CodecCrashedError; the next call has a new one. What a child answers is read as
    data: nothing that it sends is run.

    Parameters
    ----------
    codec : Codec
        It must pickle, from a module that a child can import.
    isolation : Isolation, optional
    """

    third_party = False  # what may crash is elsewhere

    def __init__(self, codec: Codec, isolation: Isolation | None = None) -> None:
        self.name = codec.name
        self.transfer_syntaxes = codec.transfer_syntaxes
        self.encodes = codec.encodes
        self._call = _Apart(codec, f"codec {codec.name!r}", isolation).call

    def decoded_format(self, data: Buffer, stored: PixelFormat) -> PixelFormat:
        """Return what the codec says."""
        answer: PixelFormat = self._call("decoded_format", bytes(data), stored)
        return answer

    def disagreements(self, data: Buffer, stored: PixelFormat) -> tuple[str, ...]:
        """Return what the codec says."""
        answer: tuple[str, ...] = self._call("disagreements", bytes(data), stored)
        return answer

    def decode(  # noqa: PLR0913 - the protocol's
        self,
        data: Buffer,
        stored: PixelFormat,
        *,
        reduce: int = 0,
        region: Region | None = None,
        out: Any = None,
        threads: int = 1,
        on_damage: OnDamage = "raise",
        limits: Limits | None = None,
    ) -> Any:
        """Return what the codec gives; ``out`` is filled here.

        Raises
        ------
        CodecCrashedError
            If the child died, took too long or too much memory, or raised what is no PacscoreError.
        """
        answer = self._call(
            "decode",
            bytes(data),
            stored,
            reduce=reduce,
            region=region,
            threads=threads,
            on_damage=on_damage,
            limits=limits,
            most_bytes=(limits or DEFAULT_LIMITS).output_bytes,
        )
        if out is None:
            return answer
        if isinstance(answer, Partial):
            return Partial(filled(out, cast("NDArray[Any]", answer.image)), answer.report)
        return filled(out, answer)

    def encode(
        self,
        frame: Any,
        pixel_format: PixelFormat,
        transfer_syntax: str,
        options: Any = None,
        *,
        threads: int = 1,
    ) -> EncodedFrame:
        """Return what the codec makes."""
        answer: EncodedFrame = self._call("encode", frame, pixel_format, str(transfer_syntax), options, threads=threads)
        return answer


def isolated(codec: Codec, isolate: bool | Isolation) -> Codec:
    """Return the codec, in a child process if so wished and if another library does its coding."""
    if isolate is False or not getattr(codec, "third_party", True):
        return codec
    return IsolatedCodec(codec, isolate if isinstance(isolate, Isolation) else None)


def isolated_function(function: Callable[..., bytes], isolate: bool | Isolation) -> Callable[..., bytes]:
    """Return a function of a module, which turns bytes into bytes, in a child process if so wished.

    Raises
    ------
    CodecCrashedError
        As of `IsolatedCodec`, when it is called.
    """
    if isolate is False:
        return function
    apart = _Apart(function, function.__name__, isolate if isinstance(isolate, Isolation) else None)

    def call(*arguments: Any) -> bytes:
        answer: bytes = apart.call("__call__", *arguments, most_bytes=DEFAULT_LIMITS.output_bytes)
        return answer

    return call
