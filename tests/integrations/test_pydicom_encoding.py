"""What pydicom encodes by our plug-in, read back by others."""

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.pixels import get_encoder, pixel_array
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from pacscore import J2KOptions, inspect
from pacscore.codecs.jpeg import JPEGOptions
from pacscore.integrations.pydicom import PLUGIN

JPEG_XL, DEFLATED_FRAME = "1.2.840.10008.1.2.4.110", "1.2.840.10008.1.2.8.1"

READ = {
    JPEG2000Lossless: imagecodecs.jpeg2k_decode,
    JPEG2000: imagecodecs.jpeg2k_decode,
    HTJ2KLossless: imagecodecs.htj2k_decode,
    HTJ2KLosslessRPCL: imagecodecs.htj2k_decode,
    HTJ2K: imagecodecs.htj2k_decode,
    JPEGLSLossless: imagecodecs.jpegls_decode,
    JPEGLSNearLossless: imagecodecs.jpegls_decode,
    JPEGLossless: imagecodecs.jpeg8_decode,
    JPEGLosslessSV1: imagecodecs.jpeg8_decode,
    JPEG_XL: imagecodecs.jpegxl_decode,
}


def encoded_frames(ds):
    return list(pydicom.encaps.generate_frames(ds.PixelData, number_of_frames=ds.NumberOfFrames))


@pytest.mark.parametrize("uid", READ)
@pytest.mark.parametrize("given", ["data set", "array"])
def test_lossless_frames_are_read_by_others(installed, native, stack, uid, given):
    frames = stack(2, 40, 31, bits=12)
    ds = native(frames, bits=12)
    array = frames if given == "array" else None
    ds.compress(uid, array, encoding_plugin=PLUGIN, generate_instance_uid=False)
    assert ds.file_meta.TransferSyntaxUID == uid
    np.testing.assert_array_equal([READ[uid](frame) for frame in encoded_frames(ds)], frames)


@pytest.mark.parametrize("bits", [8, 12, 16])
@pytest.mark.parametrize("signed", [False, True])
def test_rle_is_read_by_pydicom(installed, native, stack, bits, signed):
    frames = stack(2, 40, 31, bits=bits, signed=signed)
    ds = native(frames, bits=bits)
    ds.compress(RLELossless, encoding_plugin=PLUGIN)
    np.testing.assert_array_equal(pixel_array(ds, decoding_plugin="pydicom"), frames)


def test_rle_has_the_segments_of_bits_allocated(installed, native, stack):
    frames = stack(1, 40, 31, bits=12) & np.uint16(0xFF)
    ds = native(frames, bits=8)
    ds.compress(RLELossless, encoding_plugin=PLUGIN)
    assert encoded_frames(ds)[0][0] == 2
    np.testing.assert_array_equal(pixel_array(ds, decoding_plugin="pydicom"), frames[0])


@pytest.mark.parametrize("uid", [JPEG2000Lossless, JPEG2000])
def test_jpeg_2000_is_read_by_pillow(installed, native, stack, uid):
    frames = stack(1, 40, 31)
    ds = native(frames)
    ds.compress(uid, encoding_plugin=PLUGIN)
    np.testing.assert_array_equal(pixel_array(ds, decoding_plugin="pillow"), frames[0])


@pytest.mark.parametrize(("label", "transform"), [("RGB", None), ("YBR_RCT", "rct")])
@pytest.mark.parametrize("planar", [0, 1])
@pytest.mark.usefixtures("installed")
def test_the_label_says_whether_components_are_transformed(native, stack, label, transform, planar):
    frames = stack(1, 40, 31, 3)
    ds = native(frames, photometric=label, planar=planar)
    ds.compress(JPEG2000Lossless, encoding_plugin=PLUGIN)
    encoded = encoded_frames(ds)[0]
    assert inspect(encoded).color_transform == transform
    np.testing.assert_array_equal(imagecodecs.jpeg2k_decode(encoded), frames[0])


@pytest.mark.parametrize("planar", [0, 1])
@pytest.mark.parametrize("given", ["data set", "array"])
def test_planes_of_jpeg_ls(installed, native, stack, planar, given):
    frames = stack(1, 40, 31, 3)
    ds = native(frames, planar=planar)
    ds.compress(JPEGLSLossless, frames[0] if given == "array" else None, encoding_plugin=PLUGIN)
    np.testing.assert_array_equal(imagecodecs.jpegls_decode(encoded_frames(ds)[0]), frames[0])


def smooth():
    rows, columns = np.mgrid[0:64, 0:64]
    return ((rows * columns) % 4096).astype(np.uint16)[None]


def test_ratios_and_decibels_make_layers(installed, native):
    encoder, ds = get_encoder(JPEG2000), native(smooth(), bits=12)
    by_ratio = encoder.encode(ds, j2k_cr=[20, 5], encoding_plugin=PLUGIN)
    assert inspect(by_ratio).layers == 2
    assert len(by_ratio) <= 64 * 64 * 12 / 8 / 5
    ds.compress(JPEG2000, j2k_psnr=[40, 60], encoding_plugin=PLUGIN)
    encoded = encoded_frames(ds)[0]
    assert inspect(encoded).layers == 2
    error = imagecodecs.jpeg2k_decode(encoded).astype(float) - smooth()[0]
    assert 10 * np.log10(4095**2 / np.mean(error**2)) >= 59.9
    with pytest.raises(RuntimeError, match="one of them"):
        encoder.encode(native(smooth(), bits=12), j2k_cr=[5], j2k_psnr=[50], encoding_plugin=PLUGIN)


def test_an_error_bound_for_jpeg_ls(installed, native, stack):
    frames = stack(1, 40, 31)
    ds = native(frames)
    ds.compress(JPEGLSNearLossless, jls_error=3, encoding_plugin=PLUGIN)
    difference = imagecodecs.jpegls_decode(encoded_frames(ds)[0]).astype(int) - frames[0]
    assert 1 <= np.abs(difference).max() <= 3


def test_options_of_the_codec(installed, native, stack):
    ds = native(smooth(), bits=12)
    options = J2KOptions(reversible=False, decomposition_levels=2)
    ds.compress(HTJ2K, encoding_plugin=PLUGIN, codec_options=options)
    info = inspect(encoded_frames(ds)[0])
    assert (info.reversible, info.decomposition_levels, info.block_coder) == (False, 2, "ht")
    frames = stack(1, 40, 32)
    small, large = native(frames), native(frames)
    for ds, quality in ((small, 30), (large, 95)):
        ds.compress(JPEGBaseline8Bit, encoding_plugin=PLUGIN, codec_options=JPEGOptions(quality=quality))
    assert len(small.PixelData) < len(large.PixelData)


def test_options_of_another_codec_are_refused(installed, native, stack):
    with pytest.raises(RuntimeError, match="JPEGOptions"):
        native(stack(1, 40, 31)).compress(RLELossless, encoding_plugin=PLUGIN, codec_options=JPEGOptions())


def test_a_label_that_would_become_wrong_is_refused(installed, native, stack):
    with pytest.raises(RuntimeError, match=r"pacscore\.transcode"):
        native(stack(1, 40, 31, 3), planar=1).compress(DEFLATED_FRAME, encoding_plugin=PLUGIN)
    ds = native(stack(1, 40, 31, 3), planar=0)
    ds.compress(DEFLATED_FRAME, encoding_plugin=PLUGIN)
    assert ds.PlanarConfiguration == 0


def test_lossy_coding_under_a_lossless_transfer_syntax_is_refused(installed, native):
    ds = native(smooth(), bits=12)
    with pytest.raises(RuntimeError, match="the transfer syntax is lossless"):
        ds.compress(HTJ2KLossless, encoding_plugin=PLUGIN, codec_options=J2KOptions(reversible=False))
