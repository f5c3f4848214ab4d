"""JPEG 2000 Part 1 frames: packets that are missing are told, whatever the lengths in the headers claim."""

from __future__ import annotations

import io

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.encaps import encapsulate, generate_frames

import pacscore as pc
from pacscore.j2k.codestream.reader import read_codestream

NAME = get_testdata_file("MR_small_jp2klossless.dcm")


@pytest.fixture
def shortened() -> bytes:
    """A file that lost the second half of its packets, with a Psot and an EOC that suit what is left."""
    ds = pydicom.dcmread(NAME)
    frame = bytearray(next(generate_frames(ds.PixelData, number_of_frames=1)))
    (part,) = read_codestream(bytes(frame)).tile_parts
    stop = (part.body_start + part.body_stop) // 2
    frame[part.offset + 6 : part.offset + 10] = (stop - part.offset).to_bytes(4, "big")
    ds.PixelData = encapsulate([bytes(frame[:stop]) + b"\xff\xd9"])
    file = io.BytesIO()
    ds.save_as(file)
    return file.getvalue()


def test_missing_packets_are_an_error(shortened: bytes) -> None:
    with pc.open(shortened) as frames, pytest.raises(pc.CodestreamError, match="packets are missing"):
        _ = frames[0]


def test_a_concealed_frame_says_that_it_is_incomplete(shortened: bytes) -> None:
    with pc.open(NAME) as whole, pc.open(shortened) as frames:
        partial = frames.frame(0, on_damage="conceal")
        assert not partial.report.complete
        assert partial.report.packets_read < partial.report.packets_expected
        assert partial.image.shape == whole[0].shape
        assert not np.array_equal(partial.image, whole[0])


def test_views_agree_with_the_whole() -> None:
    with pc.open(NAME) as frames:
        whole = frames[0]
        assert np.array_equal(frames.frame(0, region=pc.Region(5, 7, 20, 30)), whole[5:25, 7:37])
        assert frames.frame(0, reduce=1).shape == (32, 32)
