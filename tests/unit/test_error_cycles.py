"""Errors that are kept in a reference cycle, with the frames that they passed through, are collected like others."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

import numpy as np
import pytest

import pacscore as pc

HTJ2K = "1.2.840.10008.1.2.4.203"


def error_of(work: Callable[[], object]) -> weakref.ref[pc.PacscoreError]:
    """Let ``work`` raise, tie the error to itself, and collect; return what then refers to the error no longer."""
    try:
        work()
    except pc.PacscoreError as error:
        error.itself = error  # type: ignore[attr-defined]
        reference = weakref.ref(error)
    else:
        pytest.fail("no error was raised")
    assert reference() is not None  # nothing but the collector frees it
    gc.collect()
    return reference


def cut(stream: bytes) -> bytes:
    return stream[:-9]


def spoilt(stream: bytes) -> bytes:
    return stream[:-4] + b"\0\0\xff\xd9"  # where the last block's suffix begins, T.814 7.1.2


@pytest.mark.parametrize("data_type", [bytes, bytearray, memoryview])
@pytest.mark.parametrize("damage", [cut, spoilt])
def test_decoding_of_damaged_data(data_type, damage):
    array = np.random.default_rng(1).integers(0, 65536, (64, 64)).astype(np.uint16)
    stream = data_type(damage(pc.encode(array, HTJ2K)))
    assert error_of(lambda: pc.decode(stream))() is None
    if data_type is bytearray:
        stream.clear()  # a BufferError, if anybody looked at it still


def test_encoding_of_samples_out_of_range():
    array = np.full((16, 16), 1000, np.uint16)
    assert error_of(lambda: pc.encode(array, HTJ2K, bits_stored=8))() is None
