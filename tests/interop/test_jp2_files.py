"""What OpenJPEG makes of palettes, channel definitions and sYCC in JP2 files, and what we make of them."""

from __future__ import annotations

import os
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pacscore as pc
from reference.jp2_files import box, enumerated, join_components, jp2_file, lossless

DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
SRGB = enumerated(16)
FILES = {"issue254.jp2": 0, "issue104_jpxstream.jp2": 0, "mem-b2b86b74-2753.jp2": 0, "basn6a08.jp2": 0}
FILES |= {"issue411-ycc420.jp2": 2, "issue411-ycc422.jp2": 2, "issue411-ycc444.jp2": 2}
"""Files, and how far OpenJPEG may be away: it cuts off the fractions of sYCC products."""


@settings(max_examples=30)
@given(st.data())
def test_palettes(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 256))
    depths = data.draw(st.sampled_from([(8, 8, 8), (4, 4, 4), (12, 12, 12), (16, 16, 16)]))
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    entries = np.stack([rng.integers(0, 1 << depth, count) for depth in depths], axis=1)
    stored = entries.astype(">u2" if depths[0] > 8 else "u1").tobytes()
    palette = box("pclr", count.to_bytes(2, "big") + bytes([3, *(depth - 1 for depth in depths)]) + stored)
    mapping = box("cmap", "0000 01 00 0000 01 01 0000 01 02")  # OpenJPEG takes columns in no other order
    indices = rng.integers(0, count, data.draw(st.tuples(st.integers(1, 40), st.integers(1, 40)))).astype(np.uint8)
    file = jp2_file(lossless(indices), palette, mapping, SRGB)
    picture = pc.decode(file, color="rendered")
    assert np.array_equal(picture, imagecodecs.jpeg2k_decode(file))
    assert np.array_equal(picture, entries[indices])


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_channel_definitions(order: tuple[int, int, int]) -> None:
    image = np.random.default_rng(5).integers(0, 256, (20, 30, 4)).astype(np.uint8)
    colours = b"".join(struct_of(channel, 0, order[channel] + 1) for channel in range(3))
    file = jp2_file(lossless(image), SRGB, box("cdef", b"\x00\x04" + colours + struct_of(3, 1, 0)))
    assert np.array_equal(pc.decode(file, color="rendered"), imagecodecs.jpeg2k_decode(file))


def struct_of(*words: int) -> bytes:
    return b"".join(word.to_bytes(2, "big") for word in words)


@pytest.mark.parametrize(("high", "wide"), [(1, 1), (1, 2), (2, 2)])
def test_sycc(high: int, wide: int) -> None:
    rng = np.random.default_rng(6)
    luma, size = rng.integers(0, 256, (24, 32)).astype(np.uint8), (24 // high, 32 // wide)
    chroma = [rng.integers(0, 256, size).astype(np.uint8) for _ in range(2)]
    file = jp2_file(join_components([luma, *chroma], [(1, 1), (high, wide), (high, wide)], (24, 32)), enumerated(18))
    theirs = imagecodecs.jpeg2k_decode(file).astype(int)
    assert np.abs(pc.decode(file, color="rendered") - theirs).max() <= 2


@pytest.mark.parametrize("name", FILES)
def test_files_of_other_writers(name: str) -> None:
    path = DATA / "hostile" / "codestream" / name
    if not path.exists():
        pytest.skip(f"no {name} in {DATA}: set PACSCORE_TEST_DATA")
    data = path.read_bytes()
    theirs = imagecodecs.jpeg2k_decode(data)
    ours = pc.decode(data, color="rendered")
    assert ours.shape == theirs.shape
    assert np.abs(ours.astype(int) - theirs).max() <= FILES[name]
