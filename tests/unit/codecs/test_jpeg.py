"""JPEG and JPEG-LS: processes, options, colour, and headers that no decoder of others must see."""

from __future__ import annotations

import dataclasses
import io

import imagecodecs
import numpy as np
import pytest
from PIL import Image

import pacscore as pc
from pacscore.codecs import codec_for
from pacscore.codecs.frame_header import read_frame_header
from pacscore.codecs.jpeg_segments import segments

PREFIX = "1.2.840.10008.1.2.4."
GREY = pc.PixelFormat(16, 24, 1, 8, 8)
COLOUR = pc.PixelFormat(16, 24, 3, 8, 8, 0, "YBR_FULL")
RAMP = (np.add.outer(np.arange(16), np.arange(24)) * 5).astype(np.uint8)


def encoded(number, form=GREY, frame=RAMP, options=None):
    uid = f"{PREFIX}{number}"
    return codec_for(uid).encode(frame, form, uid, options)


def offset_of(data, marker):
    """Return where the body of the first segment with a marker begins."""
    return next(segment.offset + 4 for segment in segments(data, "JPEG") if segment.marker == marker)


def changed(data, marker, at, value):
    position = offset_of(data, marker) + at
    return data[:position] + bytes([value]) + data[position + 1 :]


def inserted(data, segment):
    return data[:2] + segment + data[2:]


class TestProcesses:
    @pytest.mark.parametrize("number", [53, 55])
    @pytest.mark.parametrize("subsampling", [0, 1, 2])
    def test_progressive_frames(self, number, subsampling):
        buffer = io.BytesIO()
        picture = np.dstack([RAMP, 255 - RAMP, RAMP // 2])
        Image.fromarray(picture).save(buffer, "JPEG", progressive=True, subsampling=subsampling, quality=95)
        stored = dataclasses.replace(COLOUR, photometric_interpretation="YBR_FULL_422")
        codec = codec_for(f"{PREFIX}{number}")
        decoded = codec.decode(buffer.getvalue(), stored)
        with Image.open(buffer) as image:
            image.draft("YCbCr", image.size)
            assert np.abs(decoded.astype(int) - np.asarray(image)).max() <= 1
        assert codec.decoded_format(buffer.getvalue(), stored).photometric_interpretation == "YBR_FULL"
        assert codec.disagreements(buffer.getvalue(), stored) == ()

    @pytest.mark.parametrize("bits", [*range(2, 17)])
    @pytest.mark.parametrize("signed", [0, 1])
    def test_lossless_of_every_precision(self, bits, signed):
        form = pc.PixelFormat(16, 24, 1, 8 if bits <= 8 else 16, bits, signed)
        low = -(1 << bits - 1) if signed else 0
        frame = np.random.default_rng(bits).integers(low, low + (1 << bits), form.shape).astype(form.dtype)
        coded = encoded(70, form, frame)
        assert read_frame_header(coded.data, frozenset({0xC3}), "JPEG").precision == bits
        assert np.array_equal(codec_for(f"{PREFIX}70").decode(coded.data, form), frame)
        assert codec_for(f"{PREFIX}70").disagreements(coded.data, form) == ()

    @pytest.mark.parametrize("predictor", range(1, 8))
    def test_every_predictor(self, predictor):
        coded = encoded(57, options=pc.JPEGOptions(predictor=predictor))
        assert coded.data[offset_of(coded.data, 0xDA) + 3] == predictor
        assert np.array_equal(codec_for(f"{PREFIX}57").decode(coded.data, GREY), RAMP)
        told = codec_for(f"{PREFIX}70").disagreements(coded.data, GREY)
        assert len(told) == (predictor != 1)

    @pytest.mark.parametrize("bits", range(8, 13))
    def test_extended(self, bits):
        form = dataclasses.replace(GREY, bits_allocated=8 if bits == 8 else 16, bits_stored=bits)
        frame = RAMP.astype(form.dtype) << bits - 8
        coded = encoded(51, form, frame, pc.JPEGOptions(quality=98))
        header = read_frame_header(coded.data, frozenset({0xC1}), "JPEG")
        assert header.precision == (8 if bits == 8 else 12)  # there is none between (T.81 B.2.2)
        assert (coded.lossless, coded.method) == (False, "ISO_10918_1")
        decoded = codec_for(f"{PREFIX}51").decode(coded.data, form)
        assert np.abs(decoded.astype(int) - frame).max() <= (3 if bits == 8 else 3 << 4)

    def test_shared_chroma_is_called_so(self):
        frame = np.dstack([RAMP, np.full_like(RAMP, 90), np.full_like(RAMP, 170)])
        coded = encoded(50, COLOUR, frame, pc.JPEGOptions(subsampling="422"))
        assert coded.photometric_interpretation == "YBR_FULL_422"
        assert read_frame_header(coded.data, frozenset({0xC0}), "JPEG").sampling == ((2, 1), (1, 1), (1, 1))
        assert np.abs(codec_for(f"{PREFIX}50").decode(coded.data, COLOUR).astype(int) - frame).max() <= 6

    @pytest.mark.parametrize(("photometric", "colour"), [("YBR_FULL", None), ("RGB", "RGB")])
    @pytest.mark.parametrize("number", [57, 70])
    def test_lossless_colour_is_called_so(self, number, photometric, colour):
        form = dataclasses.replace(COLOUR, photometric_interpretation=photometric)
        frame = np.random.default_rng(4).integers(0, 256, form.shape).astype(np.uint8)
        coded = encoded(number, form, frame)
        header = read_frame_header(coded.data, frozenset({0xC3}), "JPEG")
        assert header.colour == colour  # nothing else is said of YCbCr than that its components are 1, 2 and 3
        assert header.identifiers == (b"RGB" if colour else b"\1\2\3")
        assert codec_for(f"{PREFIX}{number}").disagreements(coded.data, form) == ()
        assert np.array_equal(codec_for(f"{PREFIX}{number}").decode(coded.data, form), frame)

    def test_another_process_is_read_and_reported(self):
        lossless = encoded(70).data
        codec = codec_for(f"{PREFIX}50")
        assert np.array_equal(codec.decode(lossless, GREY), RAMP)
        assert any("process FFC3" in sentence for sentence in codec.disagreements(lossless, GREY))

    @pytest.mark.parametrize(
        ("number", "bits", "signed", "options"),
        [
            (50, 12, 0, None),
            (50, 8, 1, None),
            (51, 13, 0, None),
            (51, 12, 1, None),
            (70, 8, 0, pc.JPEGOptions(predictor=2)),
            (70, 8, 0, pc.JPEGOptions(quality=50)),
            (50, 8, 0, pc.JPEGOptions(predictor=1)),
            (50, 8, 0, pc.JPEGOptions(subsampling="422")),
        ],
    )
    def test_what_a_transfer_syntax_does_not_hold(self, number, bits, signed, options):
        form = pc.PixelFormat(16, 24, 1, 8 if bits <= 8 else 16, bits, signed)
        with pytest.raises(pc.OptionError):
            encoded(number, form, RAMP.astype(form.dtype), options)


@pytest.mark.parametrize("wrong", [{"quality": 0}, {"quality": 101}, {"predictor": 8}, {"subsampling": "420"}])
def test_nonsense_options(wrong):
    with pytest.raises(pc.OptionError):
        pc.JPEGOptions(**wrong)


class TestColour:
    APP14 = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00"

    @pytest.mark.parametrize(
        ("hint", "photometric", "odd"),
        [
            (APP14 + b"\x01", "RGB", True),
            (APP14 + b"\x00", "YBR_FULL", True),
            (APP14 + b"\x01", "YBR_FULL_422", False),
            (APP14 + b"\x00", "RGB", False),
            (b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00", "RGB", True),
            (b"", "RGB", False),
        ],
    )
    def test_hints_that_contradict_the_attributes_are_reported(self, hint, photometric, odd):
        bare = bytes(imagecodecs.jpeg8_encode(np.dstack([RAMP] * 3), colorspace="RGB", outcolorspace="RGB"))
        first = bare.index(b"\xff\xdb")
        data = bare[:2] + hint + bare[first:].replace(b"\x03R", b"\x03\x01") if hint else bare
        codec, stored = codec_for(f"{PREFIX}50"), dataclasses.replace(COLOUR, photometric_interpretation=photometric)
        assert any("Photometric" in told for told in codec.disagreements(data, stored)) is odd


class TestHostileJPEG:
    """Each change is refused by us, and nobody else gets to see it."""

    @pytest.fixture(autouse=True)
    def nobody_else(self, monkeypatch):
        def seen(*_, **__):
            pytest.fail("the frame got through to the decoder")

        monkeypatch.setattr(imagecodecs, "jpeg8_decode", seen)
        monkeypatch.setattr(imagecodecs, "jpegls_decode", seen)

    @pytest.mark.parametrize(
        ("marker", "at", "value"),
        [
            (0xC0, 0, 64),  # precision
            (0xC0, 0, 12),  # of another process
            (0xC0, 1, 255),  # rows
            (0xC0, 4, 25),  # columns
            (0xC0, 5, 3),  # components without their specifications
            (0xC0, 7, 0x01),  # a sampling factor of 0
            (0xC0, 7, 0x51),  # and of 5
            (0xC4, 1, 3),  # more codes of one bit than there are
            (0xC4, 0, 0x25),  # a table of no class
            (0xC4, 16, 255),  # more symbols than the segment has
            (0xDB, 0, 0x25),  # a quantization table of no precision
            (0xDB, 0, 0x10),  # of 16 bits, in a segment for 8
            (0xDA, 0, 0),  # a scan of nothing
            (0xDA, 0, 5),
            (0xDA, 1, 77),  # of a component that is not there
            (0xDA, 2, 0x70),  # with a table that cannot be
        ],
    )
    def test_baseline(self, marker, at, value):
        with pytest.raises(pc.DataError):
            codec_for(f"{PREFIX}50").decode(changed(encoded(50).data, marker, at, value), GREY)

    @pytest.mark.parametrize(("at", "value"), [(3, 0), (3, 8), (5, 9)])
    def test_predictor_and_point_transform(self, at, value):
        with pytest.raises(pc.DataError, match="predictor"):
            codec_for(f"{PREFIX}70").decode(changed(encoded(70).data, 0xDA, at, value), GREY)

    @pytest.mark.parametrize(
        "segment",
        [
            b"\xff\xe1\xff\xff",  # an APP1 beyond the end
            b"\xff\xe1\x00\x01",  # and one that is shorter than its length
            b"\xff\xd8\xff\xe0",  # SOI again
            b"\xff\xdd\x00\x03\x00",  # restart intervals
            b"\xff\xdd\x00\x08\x00\x00\x00\x00\x00\x00",
            b"rubbish",
        ],
    )
    def test_segments_before_the_frame(self, segment):
        with pytest.raises(pc.DataError):
            codec_for(f"{PREFIX}50").decode(inserted(encoded(50).data, segment), GREY)

    def test_a_second_frame_header(self):
        data = encoded(50).data
        at = offset_of(data, 0xC0)
        again = data[at - 4 : at - 2 + int.from_bytes(data[at - 2 : at], "big")]
        with pytest.raises(pc.DataError, match="second frame header"):
            codec_for(f"{PREFIX}50").decode(data[: at - 4] + again + data[at - 4 :], GREY)

    def test_rows_that_follow_later(self):
        data = encoded(50).data
        at = offset_of(data, 0xC0)
        with pytest.raises(pc.UnsupportedError, match="DNL"):
            codec_for(f"{PREFIX}50").decode(data[: at + 1] + b"\0\0" + data[at + 3 :], GREY)

    def test_a_thousand_scans(self):
        buffer = io.BytesIO()
        Image.fromarray(RAMP).save(buffer, "JPEG", progressive=True)
        data = buffer.getvalue()
        scan = b"\xff\xda\x00\x08\x01\x01\x00\x01\x05\x00"
        with pytest.raises(pc.LimitError, match="scans"):
            codec_for(f"{PREFIX}55").decode(data[:-2] + scan * 1000 + data[-2:], GREY)

    @pytest.mark.parametrize(
        ("marker", "at", "value"),
        [
            (0xF7, 0, 1),  # precision
            (0xF7, 0, 64),
            (0xF7, 2, 17),  # rows
            (0xF7, 7, 0),  # sampling
            (0xDA, 0, 2),
            (0xDA, 1, 9),
            (0xDA, 3, 128),  # NEAR
            (0xDA, 4, 3),  # interleave mode
            (0xDA, 4, 1),  # that needs components
            (0xDA, 5, 1),  # point transform
        ],
    )
    def test_jpeg_ls(self, marker, at, value):
        with pytest.raises(pc.DataError):
            codec_for(f"{PREFIX}80").decode(changed(encoded(80).data, marker, at, value), GREY)

    @pytest.mark.parametrize(
        ("body", "error"),
        [
            ((1, 256, 0, 0, 0, 0), pc.DataError),  # MAXVAL above the precision
            ((1, 255, 9, 5, 20, 0), pc.DataError),  # thresholds that fall
            ((1, 100, 3, 7, 101, 0), pc.DataError),  # and that leave the range
            ((1, 255, 3, 7, 21, 2), pc.DataError),  # RESET
            ((9, 0, 0, 0, 0, 0), pc.DataError),
            ((2, 0, 0, 0, 0, 0), pc.UnsupportedError),  # a mapping table
            ((4, 0, 0, 0, 0, 0), pc.UnsupportedError),  # a size of more bytes
        ],
    )
    def test_jpeg_ls_parameters(self, body, error):
        kind, *numbers = body
        segment = b"\xff\xf8\x00\x0d" + bytes([kind]) + b"".join(number.to_bytes(2, "big") for number in numbers)
        data = encoded(80).data
        at = offset_of(data, 0xDA) - 4
        with pytest.raises(error):
            codec_for(f"{PREFIX}80").decode(data[:at] + segment + data[at:], GREY)

    def test_a_mapping_table_selected(self):
        with pytest.raises(pc.UnsupportedError, match="mapping table"):
            codec_for(f"{PREFIX}80").decode(changed(encoded(80).data, 0xDA, 2, 1), GREY)


def test_near_lossless_under_the_lossless_syntax_is_reported():
    near = encoded(81, options=pc.JPEGLSOptions(near=2)).data
    assert any("NEAR 2" in told for told in codec_for(f"{PREFIX}80").disagreements(near, GREY))
    assert codec_for(f"{PREFIX}81").disagreements(near, GREY) == ()


class TestJPEGXL:
    @pytest.mark.parametrize("samples", [1, 3])
    @pytest.mark.parametrize(("bits", "dtype"), [(8, "u1"), (10, "u2"), (12, "u2"), (16, "u2")])
    @pytest.mark.parametrize("distance", [0, 1.5])
    @pytest.mark.parametrize("container", [False, True])
    def test_the_image_header(self, samples, bits, dtype, distance, container):
        from pacscore.codecs.jpegxl_header import ImageHeader, read_image_header

        shape = (40, 30) if samples == 1 else (40, 30, 3)
        image = np.zeros(shape, dtype)
        how = {"lossless": True} if distance == 0 else {"distance": distance}
        data = bytes(imagecodecs.jpegxl_encode(image, bitspersample=bits, usecontainer=container, **how))
        assert read_image_header(data) == ImageHeader(40, 30, samples, bits)

    @pytest.mark.parametrize(
        ("image", "error", "what"),
        [
            (np.zeros((16, 24, 4), "u1"), pc.UnsupportedError, "extra channels"),
            (np.zeros((16, 24, 2), "u1"), pc.UnsupportedError, "extra channels"),
            (np.zeros((16, 24), "f4"), pc.UnsupportedError, "floating-point"),
            (np.zeros((5, 16, 24), "u1"), pc.UnsupportedError, "animation"),
            (np.zeros((16, 24, 3), "u1"), pc.DataError, "samples"),
            (np.zeros((16, 25), "u1"), pc.DataError, "pixels"),
        ],
    )
    def test_what_is_no_frame_is_refused(self, image, error, what, monkeypatch):
        data = bytes(imagecodecs.jpegxl_encode(image, lossless=True))
        monkeypatch.setattr(imagecodecs, "jpegxl_decode", lambda *_, **__: pytest.fail("it got through"))
        with pytest.raises(error, match=what):
            codec_for(f"{PREFIX}110").decode(data, GREY)

    def test_precision_is_the_frames_and_reported(self):
        form = dataclasses.replace(GREY, bits_allocated=16, bits_stored=12)
        data = encoded(110, form, RAMP.astype(np.uint16) << 4).data
        told = dataclasses.replace(form, bits_stored=11)
        codec = codec_for(f"{PREFIX}110")
        assert codec.decoded_format(data, told).bits_stored == 12
        assert len(codec.disagreements(data, told)) == 1
        assert np.array_equal(codec.decode(data, told), RAMP.astype(np.uint16) << 4)

    def test_every_cut_header_is_refused(self):
        data = encoded(110).data
        for cut in range(12):
            with pytest.raises(pc.DataError):
                codec_for(f"{PREFIX}110").decode(data[:cut], GREY)
