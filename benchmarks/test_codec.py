"""Whole frames, encoded and decoded by pacscore."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import pacscore
from benchmarks.images import IMAGES, Picture, load

HTJ2K_LOSSLESS_RPCL = "1.2.840.10008.1.2.4.202"


@pytest.fixture(params=IMAGES)
def picture(request: pytest.FixtureRequest) -> Picture:
    """Give each picture that is installed."""
    try:
        return load(str(request.param))
    except (ImportError, FileNotFoundError) as error:
        pytest.skip(str(error))


def test_encode(benchmark: Any, picture: Picture) -> None:
    """Time the encoding of a frame."""
    data = benchmark(pacscore.encode, picture.array, HTJ2K_LOSSLESS_RPCL, bits_stored=picture.bits_stored)
    assert np.array_equal(pacscore.decode(data), picture.array)


def test_decode(benchmark: Any, picture: Picture) -> None:
    """Time the decoding of a frame."""
    data = pacscore.encode(picture.array, HTJ2K_LOSSLESS_RPCL, bits_stored=picture.bits_stored)
    assert np.array_equal(benchmark(pacscore.decode, data), picture.array)
