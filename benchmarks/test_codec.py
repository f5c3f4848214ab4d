"""Whole frames, encoded and decoded by pacscore."""

from __future__ import annotations

import numpy as np
import pytest

import pacscore
from benchmarks.images import IMAGES, load

HTJ2K_LOSSLESS_RPCL = "1.2.840.10008.1.2.4.202"


@pytest.fixture(params=IMAGES)
def picture(request):
    try:
        return load(request.param)
    except (ImportError, FileNotFoundError) as error:
        pytest.skip(str(error))


def test_encode(benchmark, picture):
    data = benchmark(pacscore.encode, picture.array, HTJ2K_LOSSLESS_RPCL, bits_stored=picture.bits_stored)
    assert np.array_equal(pacscore.decode(data), picture.array)


def test_decode(benchmark, picture):
    data = pacscore.encode(picture.array, HTJ2K_LOSSLESS_RPCL, bits_stored=picture.bits_stored)
    assert np.array_equal(benchmark(pacscore.decode, data), picture.array)
