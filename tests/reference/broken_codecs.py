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
        match bytes(data):
            case b"abort":
                os.abort()
            case b"exit":
                os._exit(3)
            case b"hang":
                time.sleep(1000)
            case b"eat":
                return np.ones(1 << 40, np.uint8)
            case b"eat without end":
                kept = []
                while True:
                    kept.append(bytearray(b"\1" * (16 << 20)))
            case b"raise":
                raise KeyError("what no codec may raise")
            case b"refuse":
                raise DataError("the data is wrong", offset=7, marker="SOF")
            case b"print":
                print("this goes to standard output")
                os.write(1, b"and this\n")
            case b"lie":
                return Surprise()
        return np.full(decoded.shape, os.getpid() % 251, decoded.dtype)


class Surprise:
    """What a child may not answer with."""

    dtype = np.dtype("u1")
    shape = (13, 10)

    def __reduce__(self):
        return os._exit, (9,)
