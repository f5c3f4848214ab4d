"""What goes between a process and its child: lengths, pickles, and arrays beside them."""

from __future__ import annotations

import importlib
import io
import pickle
import struct
from typing import Any, BinaryIO

import numpy as np

__all__ = ["read_answer", "read_request", "write_message"]

_LENGTHS = struct.Struct("<QI")
_MOST_PICKLE = 1 << 20
_TRUSTED = ("pacscore.errors", "pacscore.report", "pacscore.pixel_format", "pacscore.codecs.protocol")
_TRUSTED_TYPES = {("builtins", "bytes"), ("builtins", "set"), ("builtins", "frozenset")}


class _Placed(pickle.Pickler):
    """Puts arrays and long bytes beside the pickle."""

    def __init__(self, stream: io.BytesIO) -> None:
        super().__init__(stream, protocol=5)
        self.beside: list[Any] = []

    def persistent_id(self, thing: Any) -> Any:
        if isinstance(thing, np.ndarray) and thing.dtype.kind in "biuf":
            self.beside.append(np.ascontiguousarray(thing).reshape(-1).view(np.uint8).data)
            return ("array", thing.dtype.str, thing.shape)
        if isinstance(thing, bytes) and len(thing) > 512:
            self.beside.append(thing)
            return ("bytes", len(thing))
        return None


class _Trusting(pickle.Unpickler):
    """Reads what a parent sends."""

    def __init__(self, data: bytes, stream: BinaryIO, most_bytes: int) -> None:
        super().__init__(io.BytesIO(data))
        self._stream = stream
        self._left = most_bytes

    def persistent_load(self, token: Any) -> Any:
        kind, *told = token
        if kind == "bytes":
            return bytes(self._read(int(told[0])))
        dtype, shape = np.dtype(str(told[0])), tuple(int(length) for length in told[1])
        if dtype.kind not in "biuf" or any(length < 0 for length in shape):
            raise pickle.UnpicklingError(f"an array of {dtype}{shape}")
        count = 1
        for length in shape:
            count *= length
        return np.frombuffer(self._read(count * dtype.itemsize), dtype).reshape(shape)

    def _read(self, length: int) -> bytearray:
        self._left -= length
        if self._left < 0:
            raise pickle.UnpicklingError("more bytes than were asked for")
        return _exactly(self._stream, length)


class _Wary(_Trusting):
    """Reads what a child sends, which may have lost its mind: values of pacscore alone are made, nothing is called."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _TRUSTED_TYPES:
            return super().find_class(module, name)
        if module in _TRUSTED and name in importlib.import_module(module).__all__:
            found = super().find_class(module, name)
            if isinstance(found, type):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} from a child process")


def write_message(stream: BinaryIO, message: Any) -> None:
    """Write a message."""
    buffer = io.BytesIO()
    pickler = _Placed(buffer)
    pickler.dump(message)
    pickled = buffer.getvalue()
    stream.write(_LENGTHS.pack(len(pickled), len(pickler.beside)))
    stream.write(pickled)
    for part in pickler.beside:
        stream.write(part)
    stream.flush()


def read_request(stream: BinaryIO) -> Any:
    """Return what a parent asks; EOFError once it has gone."""
    return _read(stream, _Trusting, 1 << 62, 1 << 62)


def read_answer(stream: BinaryIO, most_bytes: int) -> Any:
    """Return what a child answers, with no more than ``most_bytes`` of arrays.

    Raises
    ------
    EOFError
        If the child died.
    pickle.UnpicklingError
        If the answer is none.
    """
    return _read(stream, _Wary, _MOST_PICKLE, most_bytes)


def _read(stream: BinaryIO, kind: type[_Trusting], most_pickle: int, most_bytes: int) -> Any:
    length, _ = _LENGTHS.unpack(_exactly(stream, _LENGTHS.size))
    if length > most_pickle:
        raise pickle.UnpicklingError(f"a message of {length:,} bytes")
    return kind(bytes(_exactly(stream, length)), stream, most_bytes).load()


def _exactly(stream: BinaryIO, length: int) -> bytearray:
    data = bytearray(length)
    view, done = memoryview(data), 0
    while done < length:
        count = stream.readinto(view[done:])  # type: ignore[attr-defined]
        if not count:
            raise EOFError(f"{done} of {length} bytes")
        done += count
    return data
