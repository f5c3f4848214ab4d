"""Errors that are kept in a reference cycle, with the frames that they passed through, are collected like others."""

from __future__ import annotations

import gc

import numpy as np
import pytest

import pacscore as pc

HTJ2K = "1.2.840.10008.1.2.4.203"


def collect_after(work) -> None:
    """Let ``work`` raise, tie the error to itself, and collect: whatever is wrong with that fails the test."""
    with pytest.raises(pc.PacscoreError) as raised:
        work()
    error = raised.value
    del raised
    error.itself = error
    del error
    assert gc.collect() > 0


def cut(stream: bytes) -> bytes:
    return stream[:-9]


def spoilt(stream: bytes) -> bytes:
    return stream[:-4] + b"\0\0\xff\xd9"  # where the last block's suffix begins, T.814 7.1.2


@pytest.mark.parametrize("data_type", [bytes, bytearray, memoryview])
@pytest.mark.parametrize("damage", [cut, spoilt])
def test_decoding_of_damaged_data(data_type, damage):
    array = np.random.default_rng(1).integers(0, 65536, (64, 64)).astype(np.uint16)
    stream = data_type(damage(pc.encode(array, HTJ2K)))
    collect_after(lambda: pc.decode(stream))
    if data_type is bytearray:
        stream.clear()  # nobody looks at it any more


def test_encoding_of_samples_out_of_range():
    array = np.full((16, 16), 1000, np.uint16)
    collect_after(lambda: pc.encode(array, HTJ2K, bits_stored=8))
