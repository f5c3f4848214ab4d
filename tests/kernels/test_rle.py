"""RLE against a literal reading of PS3.5 G.3, and pydicom's coder."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.pixels.decoders.rle import _rle_decode_frame

from pacscore.codecs import _rle
from pacscore.codecs.rle import RLE
from pacscore.errors import DataError
from pacscore.pixel_format import PixelFormat

UID = "1.2.840.10008.1.2.5"


def unpack(segment: bytes) -> bytes:
    """Return what a segment stands for, control byte by control byte."""
    out, at = b"", 0
    while at < len(segment):
        control = segment[at]
        at += 1
        if control < 128:
            out += segment[at : at + control + 1]
            at += control + 1
        elif control > 128:
            out += segment[at : at + 1] * (257 - control)
            at += 1
    return out


rows_of_runs = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from([1, 1, 2, 2, 3, 4, 7, 8, 9, 127, 128, 129, 130, 257, 300])),
    min_size=1,
    max_size=12,
).map(lambda runs: b"".join(bytes([value]) * count for value, count in runs))


@given(rows_of_runs)
def test_a_row_is_packed_so_that_it_unpacks(row: bytes) -> None:
    (packed,) = _rle.encode(np.frombuffer(row, np.uint8), 1, len(row), 1, 1)
    unpacked = unpack(packed)
    assert unpacked[: len(row)] == row
    assert len(unpacked) <= len(row) + 1
    assert len(packed) % 2 == 0
    assert len(packed) <= len(row) + -(-len(row) // 128) + 1


@given(st.binary(min_size=1, max_size=400), st.integers(1, 3000))
def test_any_segment_is_read_literally_or_refused(segment: bytes, wanted: int) -> None:
    expected = unpack(segment)[:wanted]
    out = np.full(wanted, 7, np.uint8)
    if len(expected) == wanted:
        _rle.decode(segment, [(0, len(segment))], out, 1, wanted, 1, 1)
        assert out.tobytes() == expected
    else:
        with pytest.raises(DataError, match="segment 0 ends"):
            _rle.decode(segment, [(0, len(segment))], out, 1, wanted, 1, 1)


@pytest.mark.parametrize(
    ("dtype", "samples"), [("u1", 1), ("i2", 1), ("u2", 3), ("u1", 3), ("u4", 1), ("u4", 3), ("u8", 1)]
)
@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (130, 129), (77, 300)])
def test_frames_come_back_also_from_pydicom(dtype: str, samples: int, shape: tuple[int, int]) -> None:
    random = np.random.default_rng(shape[0])
    kind = np.dtype(dtype)
    frame = random.integers(0, 3, (*shape, samples)).astype(kind) * kind.type(np.iinfo(kind).max // 4)
    frame[shape[0] // 2 :] = random.integers(0, 255, frame[shape[0] // 2 :].shape).astype(kind)
    frame = frame if samples > 1 else frame[..., 0]
    told = PixelFormat(
        rows=shape[0],
        columns=shape[1],
        samples_per_pixel=samples,
        bits_allocated=8 * kind.itemsize,
        bits_stored=8 * kind.itemsize,
        pixel_representation=int(kind.kind == "i"),
        photometric_interpretation="RGB" if samples > 1 else "MONOCHROME2",
    )
    data = RLE.encode(frame, told, UID).data
    assert np.array_equal(RLE.decode(data, told), frame)
    planes = _rle_decode_frame(data, *shape, samples, told.bits_allocated, segment_order=">")
    theirs = np.frombuffer(bytes(planes), kind.newbyteorder("<")).reshape(samples, *shape)
    assert np.array_equal(theirs if samples > 1 else theirs[0], np.moveaxis(frame, -1, 0) if samples > 1 else frame)


def test_a_segment_that_ends_early_is_named() -> None:
    whole = bytes([255, 9, 255, 9])
    out = np.zeros(8, np.uint8)
    with pytest.raises(DataError, match="segment 1 ends before its 4 bytes"):
        _rle.decode(whole + whole[:3], [(0, 4), (4, 7)], out, 2, 2, 1, 2)
