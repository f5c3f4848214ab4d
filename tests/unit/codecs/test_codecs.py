"""The built-in codecs: round trips, other decoders' results, hostile frames, and the registry."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import zlib

import imagecodecs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pacscore
from pacscore import PixelFormat
from pacscore.codecs import Codec, EncodedFrame, codec_for, register, registry, transfer_syntaxes
from pacscore.codecs.samples import interpret
from pacscore.codecs.whole_frame import WholeFrameCodec

PREFIX = "1.2.840.10008.1.2"
HT = frozenset(f"{PREFIX}.4.{number}" for number in (201, 202, 203))
LOSSY_ONLY = frozenset({f"{PREFIX}.4.50", f"{PREFIX}.4.51"})
ENCODES = sorted({uid for uid in transfer_syntaxes() if uid in codec_for(uid).encodes} - LOSSY_ONLY - HT)

FORMATS = {
    "u8": PixelFormat(13, 10, bits_allocated=8, bits_stored=8),
    "u12": PixelFormat(13, 10, bits_stored=12),
    "i12": PixelFormat(13, 10, bits_stored=12, pixel_representation=1),
    "i16": PixelFormat(13, 10, pixel_representation=1),
    "rgb": PixelFormat(13, 10, 3, 8, 8, photometric_interpretation="RGB"),
    "ybr": PixelFormat(13, 10, 3, 8, 8, photometric_interpretation="YBR_FULL"),
}


def noise(form, seed=0):
    low, high = (-(1 << form.bits_stored - 1), 1 << form.bits_stored - 1) if form.pixel_representation else (
        0, 1 << form.bits_stored)  # fmt: skip
    return np.random.default_rng(seed).integers(low, high, form.shape).astype(form.dtype)


@pytest.mark.parametrize(
    ("number", "options", "lossless"),
    [
        (90, {"rate": (1, 3)}, True),
        (91, {"rate": 3}, False),
        (91, {"psnr": 30}, False),
        (91, {"rate": (1, 3), "layers": 3}, False),
        (91, {"rate": (1, 3), "reversible": True}, False),
        (91, {"rate": (1, 3), "layers": 3, "reversible": True}, True),
        (91, {"reversible": False}, False),
        (203, {"rate": 3}, False),
    ],
)
def test_lossless_is_what_gives_every_sample_back(number, options, lossless):
    """A last layer with everything makes reversible coding lossless; a rate alone does not."""
    form = PixelFormat(64, 60, bits_stored=12)
    frame, uid = noise(form), f"{PREFIX}.4.{number}"
    encoded = codec_for(uid).encode(frame, form, uid, pacscore.J2KOptions(**options))
    assert encoded.lossless is lossless
    assert encoded.method == (None if lossless else "ISO_15444_15" if number == 203 else "ISO_15444_1")
    assert np.array_equal(codec_for(uid).decode(encoded.data, form), frame) is lossless


@pytest.mark.parametrize("uid", sorted(uid for uid in transfer_syntaxes() if codec_for(uid).encodes))
def test_options_of_another_codec_are_refused(uid):
    form, codec = FORMATS["u8"], codec_for(uid)
    (encoded_as, *_) = sorted(codec.encodes)
    with pytest.raises(pacscore.OptionError, match="options"):
        codec.encode(noise(form), form, encoded_as, object())


@pytest.mark.parametrize("uid", ENCODES)
@pytest.mark.parametrize("name", FORMATS)
def test_lossless_codings_give_every_sample_back(uid, name):
    form, codec = FORMATS[name], codec_for(uid)
    frame = noise(form)
    encoded = codec.encode(frame, form, uid)
    assert encoded.lossless
    assert encoded.method is None
    stored = dataclasses.replace(
        form,
        photometric_interpretation=encoded.photometric_interpretation,
        planar_configuration=encoded.planar_configuration,
    )
    decoded = codec.decode(encoded.data, stored)
    assert decoded.dtype == frame.dtype
    assert np.array_equal(decoded, frame)
    assert codec.decoded_format(encoded.data, stored).dtype == frame.dtype
    assert codec.decode(encoded.data, stored, on_damage="conceal").report.complete


@pytest.mark.parametrize("uid", sorted(set(transfer_syntaxes()) - HT))
@settings(deadline=None)
@given(data=st.binary(max_size=300))
def test_any_bytes_give_samples_or_an_error(uid, data):
    stored = FORMATS["u8"]
    try:
        shape = codec_for(uid).decode(data, stored).shape
    except pacscore.PacscoreError:
        shape = None
    assert shape in (None, stored.shape)


@pytest.mark.parametrize("uid", [uid for uid in ENCODES if uid not in codec_for(f"{PREFIX}.1").transfer_syntaxes])
def test_cut_frames_are_refused(uid):
    form, codec = FORMATS["u12"], codec_for(uid)
    encoded = codec.encode(noise(form), form, uid).data
    for cut in range(0, len(encoded) - 3, max(1, len(encoded) // 23)):
        with pytest.raises(pacscore.DataError):
            codec.decode(encoded[:cut], form)


@pytest.mark.parametrize("wrong", [{"rows": 14}, {"columns": 9}, {"samples_per_pixel": 3}])
@pytest.mark.parametrize("uid", [uid for uid in ENCODES if uid.startswith(f"{PREFIX}.4.")])
def test_frames_of_another_size_are_refused(uid, wrong):
    form, codec = FORMATS["u8"], codec_for(uid)
    encoded = codec.encode(noise(form), form, uid).data
    with pytest.raises(pacscore.DataError):
        codec.decode(encoded, dataclasses.replace(form, **wrong))


@pytest.mark.parametrize(
    ("uid", "options"),
    [(f"{PREFIX}.4.50", None), (f"{PREFIX}.4.81", "near"), (f"{PREFIX}.4.112", "distance")],
)
def test_lossy_codings_say_so_and_stay_near(uid, options):
    from pacscore.codecs.jpegls import JPEGLSOptions
    from pacscore.codecs.jpegxl import JPEGXLOptions

    chosen = {"near": JPEGLSOptions(3), "distance": JPEGXLOptions(0.5)}.get(options)
    rows, columns = np.mgrid[:32, :40]
    form = PixelFormat(32, 40, bits_allocated=8, bits_stored=8)
    frame = (120 + 60 * np.sin(rows / 9) * np.cos(columns / 7)).astype("u1")
    encoded = codec_for(uid).encode(frame, form, uid, chosen)
    assert not encoded.lossless
    assert encoded.method in ("ISO_10918_1", "ISO_14495_1", "ISO_18181_1")
    decoded = codec_for(uid).decode(encoded.data, form)
    assert np.abs(decoded.astype(int) - frame).max() <= 6


def test_components_of_a_jpeg_are_not_converted():
    form = FORMATS["ybr"]
    flat = np.full(form.shape, (90, 200, 40), "u1")
    encoded = codec_for(f"{PREFIX}.4.50").encode(flat, form, f"{PREFIX}.4.50")
    decoded = codec_for(f"{PREFIX}.4.50").decode(encoded.data, form)
    assert np.abs(decoded.astype(int) - flat).max() <= 2


def test_a_recompressed_jpeg_decodes_as_the_jpeg():
    form = FORMATS["ybr"]
    jpeg = codec_for(f"{PREFIX}.4.50").encode(noise(form), form, f"{PREFIX}.4.50").data
    recompressed = bytes(imagecodecs.jpegxl_encode_jpeg(jpeg, usecontainer=True))
    codec = codec_for(f"{PREFIX}.4.111")
    assert codec.jpeg(recompressed, form) == jpeg
    assert np.array_equal(
        codec.decode(recompressed, form), codec_for(f"{PREFIX}.4.50").decode(jpeg, form)
    )  # fmt: skip


@pytest.mark.parametrize(("width", "height"), [(8, 8), (256, 256), (40, 30), (13, 10), (1000, 7), (600, 400)])
def test_jpeg_xl_sizes_are_read(width, height):
    from pacscore.codecs.jpegxl_header import read_image_header

    image = np.zeros((height, width), "u1")
    for container in (False, True):
        header = read_image_header(bytes(imagecodecs.jpegxl_encode(image, usecontainer=container)))
        assert (header.rows, header.columns, header.samples, header.bits) == (height, width, 1, 8)


def test_deflate_does_not_inflate_beyond_the_frame():
    bomb = zlib.compress(bytes(50 << 20), wbits=-15)
    assert codec_for(f"{PREFIX}.8.1").decode(bomb, FORMATS["u8"]).max() == 0


def test_jpeg_2000_precision_and_sign():
    unsigned = np.arange(130, dtype="u2").reshape(13, 10) + 4030
    encoded = bytes(imagecodecs.jpeg2k_encode(unsigned, level=0, codecformat="j2k", reversible=True, bitspersample=13))
    codec, stored = codec_for(f"{PREFIX}.4.90"), FORMATS["i12"]
    decoded = codec.decode(encoded, stored)
    assert decoded.dtype == np.int16
    assert np.array_equal(decoded, unsigned.astype(int) - (1 << 13) * (unsigned >= 1 << 12))
    assert codec.decoded_format(encoded, stored).bits_stored == 13
    assert len(codec.disagreements(encoded, stored)) == 2


class TestSamples:
    @given(st.integers(1, 16), st.booleans(), st.lists(st.integers(0, 65535), min_size=1))
    def test_interpret_keeps_the_low_bits(self, bits, signed, patterns):
        dtype = np.dtype("i2" if signed else "u2")
        values = interpret(np.array(patterns, "u2"), bits, signed, dtype)
        for value, pattern in zip(values.tolist(), patterns, strict=True):
            low = pattern % (1 << bits)
            assert value == (low - (1 << bits) if signed and low >> (bits - 1) else low)


class Nothing(WholeFrameCodec):
    """A codec of no use."""

    name, third_party = "nothing", False
    transfer_syntaxes = encodes = frozenset({"1.2.3.4"})

    def _samples(self, data, stored, decoded):
        return np.zeros(decoded.shape, decoded.dtype)


class TestRegistry:
    def test_built_in_codecs_keep_the_protocol(self):
        for uid in transfer_syntaxes():
            codec = codec_for(uid)
            assert isinstance(codec, Codec)
            assert uid in codec.transfer_syntaxes
            assert codec.encodes <= codec.transfer_syntaxes

    def test_an_unknown_one_gives_a_hint(self):
        with pytest.raises(pacscore.NoCodecError, match="register") as caught:
            codec_for("1.2.3.4")
        assert caught.value.hint

    @pytest.mark.parametrize("number", [94, 95, 204, 205])
    def test_jpip_holds_no_pixels(self, number):
        with pytest.raises(pacscore.UnsupportedError, match="Provider"):
            codec_for(f"{PREFIX}.4.{number}")

    def test_plug_ins_register(self, monkeypatch):
        monkeypatch.setattr(registry, "_registered", {})
        codec = Nothing()
        register(codec)
        register(codec)
        assert codec_for("1.2.3.4") is codec
        with pytest.raises(pacscore.OptionError):
            register(Nothing())
        another = Nothing()
        register(another, replace=True)
        assert codec_for("1.2.3.4") is another
        registry.unregister(codec)
        assert codec_for("1.2.3.4") is another
        registry.unregister(another)
        with pytest.raises(pacscore.NoCodecError):
            codec_for("1.2.3.4")

    def test_a_codec_that_only_decodes_says_so(self):
        with pytest.raises(pacscore.UnsupportedError):
            Nothing().encode(noise(FORMATS["u8"]), FORMATS["u8"], "1.2.3.4")

    def test_encoded_frames_are_frozen(self):
        with pytest.raises(dataclasses.FrozenInstanceError):
            EncodedFrame(b"", "RGB", lossless=True).data = b"1"

    def test_other_libraries_are_loaded_only_when_needed(self):
        code = (
            "import sys; from pacscore.codecs import codec_for, transfer_syntaxes\n"
            "for uid in transfer_syntaxes(): codec_for(uid)\n"
            "sys.exit(any(name in sys.modules for name in ('imagecodecs', 'pydicom')))"
        )
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
