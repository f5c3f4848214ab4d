"""Codecs that misbehave on purpose; a child process must be able to import them."""

from __future__ import annotations

import os
import time

import numpy as np

from pacscore.codecs.whole_frame import WholeFrameCodec
from pacscore.errors import DataError


class Misbehaving(WholeFrameCodec):
    """Does what the bytes of the frame tell it to."""

    name = "misbehaving"
    third_party = True
    transfer_syntaxes = encodes = frozenset({"1.2.3.4"})

    def _samples(self, data, stored, decoded):
        act = ACTS.get(bytes(data))
        answer = act() if act else None
        return answer if answer is not None else np.full(decoded.shape, os.getpid() % 251, decoded.dtype)


def eat_without_end():
    kept = []
    while True:
        kept.append(bytearray(b"\1" * (16 << 20)))


def refuse():
    raise DataError("the data is wrong", offset=7, marker="SOF")


def write_to_standard_output():
    print("this goes to standard output")
    os.write(1, b"and this\n")


class Surprise:
    """What a child may not answer with."""

    dtype = np.dtype("u1")
    shape = (13, 10)

    def __reduce__(self):
        return os._exit, (9,)


ACTS = {
    b"abort": os.abort,
    b"exit": lambda: os._exit(3),
    b"hang": lambda: time.sleep(1000),
    b"eat": lambda: np.ones(1 << 40, np.uint8),
    b"eat without end": eat_without_end,
    b"raise": lambda: {}["what no codec may raise"],
    b"refuse": refuse,
    b"print": write_to_standard_output,
    b"lie": Surprise,
}
