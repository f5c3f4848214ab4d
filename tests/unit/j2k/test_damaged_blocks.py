"""Code-blocks that are damaged: named, reported, and decoded as far as they are sound."""

from __future__ import annotations

import re

import numpy as np
import pytest

import pacscore as pc
from pacscore import J2KOptions
from pacscore.errors import CodestreamError

JPEG_2000_LOSSLESS = "1.2.840.10008.1.2.4.90"


def _picture():
    rows, columns = np.mgrid[:64, :64]
    noise = np.random.default_rng(5).integers(0, 40, (64, 64))
    return (rows * 8 + columns * 3 + noise).astype(np.uint16)


def _stream(*styles):
    """Return the codestream of one code-block, without a transform."""
    options = J2KOptions(decomposition_levels=0, styles=styles)
    return pc.encode(_picture(), JPEG_2000_LOSSLESS, options, bits_stored=12)


@pytest.mark.parametrize("styles", [("segsym",), ("predictable", "termall")])
def test_a_damaged_block_is_named_and_never_called_whole(styles):
    data = bytearray(_stream(*styles))
    data[-40] ^= 0x10
    seen = pc.decode(bytes(data), on_damage="conceal")
    (damage,) = seen.report.damages
    assert not seen.report.complete
    assert seen.report.blocks_damaged == 1
    assert (damage.kind, damage.tile, damage.component, damage.resolution) == ("block", 0, 0, 0)
    assert "LL: the code-block at (0, 0)" in damage.what
    plane = int(re.search(r"above number (\d+) are kept", damage.what).group(1))
    difference = np.abs(seen.image.astype(int) - _picture())
    assert 0 < difference.max() < 2 << plane
    with pytest.raises(CodestreamError, match="code-block at"):
        pc.decode(bytes(data))


def test_a_sound_block_is_whole():
    data = _stream("segsym", "predictable", "bypass")
    seen = pc.decode(data, on_damage="conceal")
    assert seen.report.complete
    np.testing.assert_array_equal(seen.image, _picture())
