"""Streams with some of their bits changed."""

from __future__ import annotations

import numpy as np

HEADERS = 200
"""Bytes in front, where most of what a bit means is."""


def with_changed_bits(sound: bytes, rng: np.random.Generator, *, in_headers: bool) -> bytes:
    """Return a copy with one to four bits changed."""
    data = bytearray(sound)
    reach = min(HEADERS, len(data)) if in_headers else len(data)
    for position in rng.integers(0, reach, rng.integers(1, 5)):
        data[position] ^= 1 << int(rng.integers(0, 8))
    return bytes(data)
