"""What pydicom gives by our plug-in alone, against the pixels that were encoded and what pacscore.open gives."""

import contextlib
import csv
import io
import os
import threading
import warnings
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom import dcmread, examples
from pydicom.pixels import get_decoder, iter_pixels, pixel_array
from pydicom.pixels.processing import convert_color_space
from pydicom.uid import UID, JPEG2000Lossless, RLELossless

import pacscore as pc
from pacscore.codecs import codec_for, transfer_syntaxes
from pacscore.integrations.pydicom import PLUGIN, install, uninstall

DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
NATIVE_OR_LOSSY = {f"1.2.840.10008.1.2{tail}" for tail in ("", ".1", ".1.99", ".2", ".4.50", ".4.51")}
LOSSLESS = sorted(uid for uid in transfer_syntaxes() if uid in codec_for(uid).encodes and uid not in NATIVE_OR_LOSSY)


def real_files():
    """Files of the test data with known pixels, the smallest three of each encapsulated transfer syntax."""
    if not (DATA / "manifest.csv").exists():
        return []
    with (DATA / "manifest.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == "dicom" and row["expect"] == "decode"]
    by_syntax = {}
    for row in sorted(rows, key=lambda row: int(row["bytes"])):
        by_syntax.setdefault(row["format"], []).append(DATA / row["path"])
    return [path for paths in by_syntax.values() for path in paths[:3]]


FILES = real_files()


def saved(ds):
    """The data set as the bytes of a file."""
    buffer = io.BytesIO()
    ds.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def transcoded(ds, uid, tmp_path):
    pc.transcode(saved(ds), tmp_path / "encoded.dcm", uid)
    return tmp_path / "encoded.dcm"


KINDS = {
    "12 of 16": ((3, 20, 31), {"bits": 12}, {"bits": 12}),
    "signed": ((2, 20, 31), {"bits": 16, "signed": True}, {}),
    "RGB": ((2, 19, 23, 3), {}, {}),
}


@pytest.mark.parametrize("uid", LOSSLESS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.usefixtures("installed")
def test_every_transfer_syntax_gives_what_was_encoded(native, stack, tmp_path, uid, kind):
    shape, sampled, told = KINDS[kind]
    frames = stack(*shape, **sampled)
    path = transcoded(native(frames, **told), uid, tmp_path)
    ds = dcmread(path)
    assert ds.file_meta.TransferSyntaxUID == uid
    got = pixel_array(ds, decoding_plugin=PLUGIN)
    np.testing.assert_array_equal(got, frames)
    assert got.dtype == frames.dtype
    assert got.flags.writeable
    np.testing.assert_array_equal(pixel_array(path, index=1, decoding_plugin=PLUGIN), frames[1])
    each = list(iter_pixels(path, decoding_plugin=PLUGIN))
    np.testing.assert_array_equal(each, frames)
    chosen = list(iter_pixels(ds, indices=[1, 0], decoding_plugin=PLUGIN))
    np.testing.assert_array_equal(chosen, frames[[1, 0]])
    assert ds.pixel_array.shape == frames.shape
    np.testing.assert_array_equal(ds.pixel_array, frames)


@pytest.mark.skipif(not FILES, reason=f"no test data in {DATA}: set PACSCORE_TEST_DATA")
@pytest.mark.filterwarnings("ignore::UserWarning")  # pydicom's, about what is odd in these files
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_real_files_give_what_pacscore_gives(installed, path):
    ds = dcmread(path, force=True)
    with pc.open(path) as frames:
        if not frames.transfer_syntax.is_encapsulated or "TransferSyntaxUID" not in ds.file_meta:
            pytest.skip("pydicom asks no plug-in for this file")
        want = frames.as_array()
        told = frames.pixel_format
    got, properties = get_decoder(frames.transfer_syntax).as_array(ds, raw=True, decoding_plugin=PLUGIN)
    np.testing.assert_array_equal(got.reshape(want.shape), want)
    assert got.dtype == want.dtype
    assert properties.get("planar_configuration", 0) == 0
    assert properties["samples_per_pixel"] == told.samples_per_pixel


def test_component_transforms_are_reported_as_undone(installed, native, stack, tmp_path):
    frames = stack(2, 19, 23, 3)
    ds = dcmread(transcoded(native(frames), JPEG2000Lossless, tmp_path))
    assert ds.PhotometricInterpretation == "YBR_RCT"
    got, properties = get_decoder(JPEG2000Lossless).as_array(ds, decoding_plugin=PLUGIN)
    assert properties["photometric_interpretation"] == "RGB"
    np.testing.assert_array_equal(got, frames)


def test_planes_are_reported_as_interleaved(installed, native, stack, tmp_path):
    frames = stack(2, 19, 23, 3)
    ds = dcmread(transcoded(native(frames, planar=1), RLELossless, tmp_path))
    ds.PlanarConfiguration = 1
    got, properties = get_decoder(RLELossless).as_array(ds, decoding_plugin=PLUGIN)
    assert properties["planar_configuration"] == 0
    np.testing.assert_array_equal(got, frames)


@pytest.mark.parametrize("uid", ["1.2.840.10008.1.2.1.98", "1.2.840.10008.1.2.8.1"])
def test_every_frame_is_read_by_its_own_layout(installed, native, stack, uid, tmp_path):
    """Frames lie by plane: what is said of the first one, once decoded, must not change how the next one is read."""
    frames = stack(3, 19, 23, 3)
    path = transcoded(native(frames), uid, tmp_path)
    ds = dcmread(path)
    by_plane = [np.ascontiguousarray(np.moveaxis(frame, 2, 0)).tobytes() for frame in frames]
    if uid.endswith(".8.1"):
        import zlib

        deflaters = [zlib.compressobj(wbits=-15) for _ in by_plane]
        by_plane = [one.compress(data) + one.flush() for one, data in zip(deflaters, by_plane, strict=True)]
    ds.PixelData = pydicom.encaps.encapsulate(by_plane)
    ds.PlanarConfiguration = 1
    np.testing.assert_array_equal(pixel_array(ds, decoding_plugin=PLUGIN), frames)
    np.testing.assert_array_equal(list(iter_pixels(ds, decoding_plugin=PLUGIN)), frames)


def test_jpeg_becomes_rgb_when_it_may(installed):
    path = examples.get_path("ybr_color")
    decoder = get_decoder(dcmread(path, stop_before_pixels=True).file_meta.TransferSyntaxUID)
    raw, properties = decoder.as_array(dcmread(path), index=3, raw=True, decoding_plugin=PLUGIN)
    assert properties["photometric_interpretation"] == "YBR_FULL"
    with pc.open(path) as frames:
        np.testing.assert_array_equal(raw, frames[3])
    rgb, properties = decoder.as_array(dcmread(path), index=3, decoding_plugin=PLUGIN)
    assert properties["photometric_interpretation"] == "RGB"
    np.testing.assert_array_equal(rgb, convert_color_space(raw, "YBR_FULL", "RGB"))
    kept, properties = decoder.as_array(dcmread(path), index=3, decoding_plugin=PLUGIN, as_rgb=False)
    assert properties["photometric_interpretation"] == "YBR_FULL"
    np.testing.assert_array_equal(kept, raw)


def test_a_decompressed_data_set_says_what_it_holds(installed, tmp_path):
    ds = dcmread(examples.get_path("ybr_color"))
    with pc.open(examples.get_path("ybr_color")) as frames:
        want = frames.as_array()
    ds.decompress(as_rgb=False, decoding_plugin=PLUGIN)
    assert ds.PhotometricInterpretation == "YBR_FULL"
    with pc.open(saved(ds)) as frames:
        np.testing.assert_array_equal(frames.as_array(), want)


@pytest.mark.parametrize("uid", [uid for uid in LOSSLESS if uid[-3:] not in (".57", ".70", ".80", ".81")])
def test_one_bit_is_decompressed_rightly_or_refused(installed, native, stack, tmp_path, uid):
    """pydicom leaves Bits Allocated as it is, and writes a byte a pixel."""
    frames = stack(3, 5, 7, bits=1).astype(np.uint8)
    ds = dcmread(transcoded(native(frames, bits=1), uid, tmp_path))
    np.testing.assert_array_equal(pixel_array(ds, decoding_plugin=PLUGIN), frames)
    if ds.BitsAllocated == 1:
        with pytest.raises(RuntimeError, match="leaves Bits Allocated at 1"):
            ds.decompress(decoding_plugin=PLUGIN)
        assert str(ds.file_meta.TransferSyntaxUID) == uid
        return
    ds.decompress(decoding_plugin=PLUGIN)
    with pc.open(saved(ds)) as decompressed:
        np.testing.assert_array_equal(decompressed.as_array(), frames)
        assert decompressed.notes == ()


def test_buffers_are_what_arrays_hold(installed, native, stack, tmp_path):
    frames = stack(3, 20, 31, bits=12)
    ds = dcmread(transcoded(native(frames, bits=12), JPEG2000Lossless, tmp_path))
    decoder = get_decoder(JPEG2000Lossless)
    buffer, properties = decoder.as_buffer(ds, decoding_plugin=PLUGIN)
    assert buffer == frames.tobytes()
    assert properties["bits_allocated"] == 16
    assert [data for data, _ in decoder.iter_buffer(ds, decoding_plugin=PLUGIN)] == [one.tobytes() for one in frames]


def test_damage_raises_and_is_not_passed_over_in_silence(native, stack, tmp_path):
    frames = stack(1, 64, 64, bits=12)
    ds = dcmread(transcoded(native(frames, bits=12), JPEG2000Lossless, tmp_path))
    encoded = next(pydicom.encaps.generate_frames(ds.PixelData, number_of_frames=1))
    ds.PixelData = pydicom.encaps.encapsulate([encoded[: len(encoded) // 2]])
    install(first=True)
    with pytest.raises(RuntimeError, match=f"{PLUGIN}: .*byte"):
        pixel_array(ds, decoding_plugin=PLUGIN)
    assert len(get_decoder(JPEG2000Lossless).available_plugins) > 1  # Pillow's, which is there for the tests
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with contextlib.suppress(RuntimeError):  # where the others refuse it too
            pixel_array(ds)
    assert any("pacscore does not decode the frame" in str(warning.message) for warning in caught)


def test_more_bits_than_allocated_are_refused(installed, native, stack, tmp_path):
    ds = dcmread(transcoded(native(stack(1, 20, 31, bits=12), bits=12), JPEG2000Lossless, tmp_path))
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 8, 8, 7
    with pytest.raises(RuntimeError, match="Bits Allocated"):
        pixel_array(ds, decoding_plugin=PLUGIN)


def test_segments_in_the_wrong_order_are_refused(installed, native, stack, tmp_path):
    ds = dcmread(transcoded(native(stack(1, 20, 31, bits=12), bits=12), RLELossless, tmp_path))
    with pytest.raises(RuntimeError, match="least significant"):
        pixel_array(ds, decoding_plugin=PLUGIN, rle_segment_order="<")


def test_threads_share_the_plug_in(installed, native, stack, tmp_path):
    frames = stack(8, 40, 31, bits=12)
    path = transcoded(native(frames, bits=12), JPEG2000Lossless, tmp_path)
    results = [None] * 8

    def work(index):
        results[index] = pixel_array(path, index=index, decoding_plugin=PLUGIN)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_array_equal(results, frames)


def test_without_us_pydicom_is_as_before(native, stack, tmp_path):
    install()
    uninstall()
    ds = dcmread(transcoded(native(stack(1, 20, 31, bits=12), bits=12), JPEG2000Lossless, tmp_path))
    with pytest.raises(ValueError, match="No plugin named"):
        pixel_array(ds, decoding_plugin=PLUGIN)
    assert UID(JPEG2000Lossless).is_encapsulated
