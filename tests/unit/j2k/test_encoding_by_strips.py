"""Encoding goes by strips of code-blocks, in 16 bits where they suffice: what comes out must not depend on either."""

from __future__ import annotations

import numpy as np
import pytest

from pacscore.errors import OptionError
from pacscore.j2k.decoding import decode
from pacscore.j2k.encoding import encode
from pacscore.j2k.options import J2KOptions

LOSSLESS, ANY = "1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.203"
CHOICES = [
    J2KOptions(),
    J2KOptions(decomposition_levels=0),
    J2KOptions(code_block_rows=4, code_block_columns=1024),
    J2KOptions(code_block_rows=512, code_block_columns=8, precincts=((128, 256), (64, 32))),
    J2KOptions(tile_rows=61, tile_columns=130, tile_parts="resolution"),
    J2KOptions(tile_rows=200, progression="CPRL", plt=True, sop=True, eph=True),
]


def noise(shape: tuple[int, ...], bits: int, dtype: type) -> np.ndarray:
    rng = np.random.default_rng([bits, *shape])
    smooth = np.add.outer(np.arange(shape[0]), np.arange(shape[1])) * (1 << bits) // (shape[0] + shape[1])
    values = smooth.reshape(*shape[:2], *(1,) * (len(shape) - 2)) + rng.integers(0, 1 << (bits - 4), shape)
    return (values & ((1 << bits) - 1)).astype(dtype)


@pytest.mark.parametrize("options", CHOICES)
@pytest.mark.parametrize("shape", [(261, 300), (130, 67, 3), (33, 1), (1, 70, 3)])
def test_threads_make_no_difference(options: J2KOptions, shape: tuple[int, ...]) -> None:
    image = noise(shape, 12, np.uint16)
    alone = encode(image, LOSSLESS, options, bits_stored=12)
    assert np.array_equal(decode(alone), image)
    for threads in (2, 3):
        assert encode(image, LOSSLESS, options, bits_stored=12, threads=threads) == alone


@pytest.mark.parametrize("threads", [1, 2])
def test_threads_make_no_difference_to_reals(threads: int) -> None:
    image = noise((150, 201, 3), 8, np.uint8)
    options = J2KOptions(quantization_step=1 / 512)
    assert encode(image, ANY, options, threads=threads) == encode(image, ANY, options)


def extremes(shape: tuple[int, ...], bits: int, where: slice) -> np.ndarray:
    """Extremes of the range side by side, which make the widest coefficients, in some rows; else flat."""
    image = np.full(shape, 1 << (bits - 1), np.uint16)
    odd = np.add.outer(np.arange(shape[0]), np.arange(shape[1])) % 2
    image[where] = (odd[where] * ((1 << bits) - 1)).reshape(*odd[where].shape, *(1,) * (len(shape) - 2))
    return image


@pytest.mark.parametrize("bits", [16, 15, 13])
@pytest.mark.parametrize("where", [slice(0, 4), slice(100, 140), slice(198, 200)])
@pytest.mark.parametrize("threads", [1, 3])
def test_what_leaves_16_bits_is_lossless_too(bits: int, where: slice, threads: int) -> None:
    image = extremes((200, 90), bits, where)
    assert np.array_equal(decode(encode(image, LOSSLESS, bits_stored=bits, threads=threads)), image)


@pytest.mark.parametrize("threads", [1, 2])
def test_colours_that_leave_16_bits_are_lossless_too(threads: int) -> None:
    image = extremes((120, 70, 4), 15, slice(60, 70))
    image[61:65, :, 1] ^= 0x7FFF
    options = J2KOptions(color_transform=True)
    assert np.array_equal(decode(encode(image, LOSSLESS, options, bits_stored=15, threads=threads)), image)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("row", [0, 77, 149])
def test_a_sample_out_of_range_is_refused_wherever_it_is(threads: int, row: int) -> None:
    image = noise((150, 40), 11, np.uint16)
    image[row, 39] = 2048
    with pytest.raises(OptionError, match="do not fit 11 bits"):
        encode(image, LOSSLESS, bits_stored=11, threads=threads)
