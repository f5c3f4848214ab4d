"""Uncompressed samples of every width, against Python's own integers."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pacscore
from pacscore import PixelFormat
from pacscore.codecs import codec_for
from pacscore.codecs.native import from_bytes, to_bytes

LITTLE, BIG = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"


@pytest.mark.parametrize("bits", [8, 16, 24, 32, 40, 48, 56, 64])
@pytest.mark.parametrize("signed", [0, 1])
@pytest.mark.parametrize("uid", [LITTLE, BIG])
def test_words_of_every_width(bits, signed, uid):
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    numbers = [low, high, 0, 1, high // 3, low // 2]
    order = "little" if uid == LITTLE else "big"
    data = b"".join(number.to_bytes(bits // 8, order, signed=bool(signed)) for number in numbers)
    stored = PixelFormat(2, 3, bits_allocated=bits, bits_stored=bits, pixel_representation=signed)
    decoded = codec_for(uid).decode(data, stored)
    assert decoded.ravel().tolist() == numbers
    assert decoded.dtype.itemsize == next(size for size in (1, 2, 4, 8) if 8 * size >= bits)
    assert codec_for(uid).decoded_format(data, stored).dtype == decoded.dtype


@given(st.lists(st.integers(0, 4095), min_size=1, max_size=21), st.integers(1, 12), st.booleans())
def test_twelve_bits_packed(numbers, bits, signed):
    packed = sum(number << 12 * i for i, number in enumerate(numbers)).to_bytes(-(-12 * len(numbers) // 8), "little")
    stored = PixelFormat(1, len(numbers), 1, 12, bits, int(signed))
    low = [number % (1 << bits) for number in numbers]
    expected = [value - (1 << bits) if signed and value >> bits - 1 else value for value in low]
    assert from_bytes(packed, stored).ravel().tolist() == expected


@pytest.mark.parametrize(("bits", "code"), [(32, "f"), (64, "d")])
@pytest.mark.parametrize(("uid", "order"), [(LITTLE, "<"), (BIG, ">")])
def test_floats(bits, code, uid, order):
    values = [0.1, -1e30, float("inf"), 5e-324 if bits == 64 else 1e-45]
    data = struct.pack(f"{order}4{code}", *values)
    stored = PixelFormat(2, 2, 1, bits, bits, is_float=True)
    decoded = codec_for(uid).decode(data, stored)
    assert decoded.ravel().tolist() == list(struct.unpack(f"{order}4{code}", data))
    assert to_bytes(decoded, stored, order) == data
    assert (uid in codec_for(uid).encodes) == (uid == LITTLE)  # the other one is retired
    deflated = codec_for("1.2.840.10008.1.2.8.1")
    encoded = deflated.encode(decoded, stored, "1.2.840.10008.1.2.8.1")
    assert np.array_equal(deflated.decode(encoded.data, stored), decoded)


@pytest.mark.parametrize("uid", ["1.2.840.10008.1.2.1.98", "1.2.840.10008.1.2.8.1", "1.2.840.10008.1.2.5"])
def test_one_bit_in_encapsulated_frames(uid):
    stored = PixelFormat(5, 7, 1, 1, 1)
    frame = (np.arange(35) % 3 == 0).astype(np.uint8).reshape(5, 7)
    encoded = codec_for(uid).encode(frame, stored, uid)
    assert np.array_equal(codec_for(uid).decode(encoded.data, stored), frame)


@pytest.mark.parametrize("bits", [2, 9, 10, 20])
def test_widths_that_never_were_are_refused(bits):
    with pytest.raises(pacscore.UnsupportedError, match="multiples of 8"):
        from_bytes(bytes(1000), PixelFormat(5, 7, 1, bits, bits))


def test_high_bits_count_also_in_rle():
    stored = PixelFormat(1, 2, 1, 16, 12, 0, high_bit=15)
    assert from_bytes(b"\x1f\x32\xff\xff", stored).tolist() == [[0x321, 0xFFF]]
    words = np.array([[0x321F, 0xFFFF]], np.uint16)
    rle = codec_for("1.2.840.10008.1.2.5")
    data = rle.encode(words, PixelFormat(1, 2), "1.2.840.10008.1.2.5").data
    assert rle.decode(data, stored).tolist() == [[0x321, 0xFFF]]


@pytest.mark.parametrize("bits", [8, 16, 24, 32, 40, 48, 56, 64])
def test_rle_of_every_width(bits):
    numbers = [0, 1, (1 << bits) - 1, 1 << bits - 1]
    planes = [bytes(number.to_bytes(bits // 8, "big")[i] for number in numbers) for i in range(bits // 8)]
    segments = [b"\x03" + plane + b"\x80" for plane in planes]
    offsets = [64 + 6 * i for i in range(len(segments))]
    header = struct.pack("<16L", len(segments), *offsets, *[0] * (15 - len(offsets)))
    stored = PixelFormat(2, 2, 1, bits, bits)
    assert codec_for("1.2.840.10008.1.2.5").decode(header + b"".join(segments), stored).ravel().tolist() == numbers


def test_more_planes_than_rle_has_are_refused():
    with pytest.raises(pacscore.UnsupportedError, match="24 byte planes"):
        codec_for("1.2.840.10008.1.2.5").decode(bytes(100), PixelFormat(2, 2, 3, 64, 64, 0, "RGB"))
