"""Frames of real and of broken objects: stored values against the hashes of independent decoders."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import os
import warnings
import zlib
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import generate_frames
from pydicom.uid import JPEG2000

import pacscore

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:pydicom")

DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))


def manifest(kind):
    if not (DATA / "manifest.csv").exists():
        return []
    with (DATA / "manifest.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == kind and row["path"].endswith(".dcm")]
    return [pytest.param(row, id=row["path"]) for row in rows]


REAL, HOSTILE = manifest("dicom"), manifest("hostile")
OWN = sorted((Path(pydicom.__file__).parent / "data" / "test_files").glob("**/*.dcm"))
with_data = pytest.mark.skipif(not REAL, reason=f"no test data at {DATA}: set PACSCORE_TEST_DATA")


def digest(array):
    return hashlib.sha256(array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()).hexdigest()


def reference(path, decoder):
    """Decode with what the manifest names, as in "pydicom:pylibjpeg"; its OpenJPEG is also that of imagecodecs."""
    dataset = pydicom.dcmread(path, force=True)
    if dataset.file_meta.TransferSyntaxUID == JPEG2000:
        frames = generate_frames(dataset.PixelData, number_of_frames=int(dataset.get("NumberOfFrames", 1)))
        return np.stack([imagecodecs.jpeg2k_decode(frame) for frame in frames])
    tool, _, plugin = decoder.partition(":")
    assert tool == "pydicom"
    runner = pydicom.pixels.get_decoder(dataset.file_meta.TransferSyntaxUID)
    return runner.as_array(dataset, raw=True, **({"decoding_plugin": plugin} if plugin else {}))[0]


@with_data
@pytest.mark.parametrize("row", REAL)
def test_every_real_object_gives_the_pixels_of_other_decoders(row):
    path = DATA / row["path"]
    with pacscore.open(path) as frames:
        stack = frames.as_array()
        assert len(frames) == int(row["frames"])
    assert stack.dtype == np.dtype(row["pixel_dtype"])
    if digest(stack) in (row["pixel_sha256"], *row["alt_sha256"].split()):
        return
    assert row["lossy"] == "yes", "a lossless coding must give the very samples"
    want = reference(path, row["ref_decoder"]).reshape(stack.shape)
    assert np.abs(stack.astype(int) - want.astype(int)).max() <= float(row["tol"])


@with_data
@pytest.mark.parametrize("row", HOSTILE)
def test_hostile_objects_give_pixels_or_a_clear_error(row):
    try:
        with pacscore.open(DATA / row["path"], limits=pacscore.Limits(output_bytes=64 << 20)) as frames:
            size = frames.as_array().nbytes
    except pacscore.PacscoreError:
        size = 0
    assert size <= 64 << 20


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_pydicoms_own_files_open(path):
    dataset = pydicom.dcmread(path, force=True)
    if "Rows" not in dataset or "PixelData" not in dataset or path.name == "badVR.dcm":  # Number of Frames 1A
        with pytest.raises(pacscore.PacscoreError):
            pacscore.open(path)
        return
    with pacscore.open(path) as frames:
        assert frames.encoded_format.rows == dataset.Rows
        try:
            first = frames[0]
        except pacscore.PacscoreError:
            assert frames.notes or len(frames.encoded(0)), "it says why"
        else:
            assert first.shape == frames.pixel_format.shape
            assert first.dtype == frames.pixel_format.dtype


def image(array, *, signed=False, transfer_syntax="1.2.840.10008.1.2.1", **attributes):
    """Return a data set of native frames ``(frames, rows, columns[, samples])``."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = transfer_syntax
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = "2.25.1"
    dataset.NumberOfFrames, dataset.Rows, dataset.Columns = array.shape[:3]
    dataset.SamplesPerPixel = array.shape[3] if array.ndim == 4 else 1
    dataset.PhotometricInterpretation = "RGB" if array.ndim == 4 else "MONOCHROME2"
    if array.ndim == 4:
        dataset.PlanarConfiguration = 0
    dataset.BitsAllocated = dataset.BitsStored = 8 * array.dtype.itemsize
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = int(signed)
    dataset.add_new("PixelData", "OB" if array.dtype.itemsize == 1 else "OW", array.tobytes())
    for keyword, found in attributes.items():
        setattr(dataset, keyword, found)
    return dataset


def file_of(dataset):
    file = io.BytesIO()
    big = dataset.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.2"
    dataset.save_as(file, enforce_file_format=True, implicit_vr=False, little_endian=not big)
    return file.getvalue()


@pytest.fixture
def stack():
    return np.arange(4 * 3 * 5, dtype="<u2").reshape(4, 3, 5)


class TestSequence:
    def test_it_is_a_sequence_of_frames(self, stack):
        frames = pacscore.open(image(stack))
        assert len(frames) == 4
        assert np.array_equal(frames[1], stack[1])
        assert np.array_equal(frames[-1], stack[3])
        assert np.array_equal(frames[1:4:2], stack[1:4:2])
        assert frames[4:].shape == (0, 3, 5)
        assert all(np.array_equal(frame, want) for frame, want in zip(frames, stack, strict=True))
        assert np.array_equal(frames.as_array(threads=3), stack)

    @pytest.mark.parametrize("index", [4, -5])
    def test_there_is_no_frame_outside(self, stack, index):
        frames = pacscore.open(image(stack))
        with pytest.raises(IndexError):
            frames[index]
        with pytest.raises(IndexError):
            frames.encoded(index)

    def test_every_kind_of_source_gives_the_same(self, stack, tmp_path):
        data = file_of(image(stack))
        path = tmp_path / "image.dcm"
        path.write_bytes(data)

        class Ranges:
            size = len(data)

            def read_range(self, start, length):
                return data[start : start + length]

        for source in (path, str(path), data, memoryview(data), io.BytesIO(data), image(stack), Ranges()):
            with pacscore.open(source) as frames:
                assert np.array_equal(frames.as_array(), stack)
                assert "PixelData" not in frames.dataset
                assert frames.dataset.Rows == 3

    def test_a_data_set_is_left_as_it_was(self, stack):
        dataset = image(stack)
        pacscore.open(dataset).as_array()
        assert dataset == image(stack)

    def test_the_file_is_closed_and_the_callers_is_not(self, stack, tmp_path):
        path = tmp_path / "image.dcm"
        path.write_bytes(file_of(image(stack)))
        with pacscore.open(path) as frames:
            pass
        with pytest.raises(ValueError, match="closed"):
            frames[0]
        with path.open("rb") as file:
            with pacscore.open(file):
                pass
            assert not file.closed

    def test_what_the_system_says_stays(self, tmp_path):
        with pytest.raises(FileNotFoundError):
            pacscore.open(tmp_path / "nothing.dcm")

    def test_region_and_out(self, stack):
        frames = pacscore.open(image(stack))
        part = np.empty((2, 3), "u2")
        assert frames.frame(1, region=pacscore.Region(1, 2, 2, 3), out=part) is part
        assert np.array_equal(part, stack[1, 1:3, 2:5])
        with pytest.raises(pacscore.OptionError):
            frames.frame(1, region=pacscore.Region(2, 0, 2, 1))
        with pytest.raises(pacscore.OptionError):
            frames.frame(1, out=np.empty((3, 5), "u1"))
        with pytest.raises(pacscore.OptionError):
            frames.frame(1, reduce=1)

    def test_stacks_of_views(self, stack):
        frames = pacscore.open(image(stack))
        region = pacscore.Region(1, 2, 2, 3)
        out = np.empty((4, 2, 3), "u2")
        assert frames.as_array(2, region=region, out=out) is out
        assert np.array_equal(out, stack[:, 1:3, 2:5])
        for wrong in (np.empty((4, 3, 5), "u2"), np.empty((4, 2, 3), "i2")):
            with pytest.raises(pacscore.OptionError):
                frames.as_array(region=region, out=wrong)
        with pytest.raises(pacscore.OptionError):
            frames.as_array(reduce=1)
        with pytest.raises(pacscore.OptionError):
            frames.as_array(region=pacscore.Region(2, 0, 2, 1))

    @pytest.mark.parametrize(
        "part",
        [slice(None, None, -1), slice(3, 0, -2), slice(-3, None), slice(2, 2), slice(5, 9), slice(-9, 2)],
        ids=str,
    )
    def test_slices_are_those_of_a_list(self, stack, part):
        assert np.array_equal(pacscore.open(image(stack))[part], stack[part])

    @pytest.mark.parametrize("threads", [1, 3])
    def test_each_frame_comes_with_its_index_in_order(self, stack, threads):
        frames = pacscore.open(image(stack))
        found = list(frames.each(threads=threads))
        assert [index for index, _ in found] == [0, 1, 2, 3]
        assert np.array_equal(np.stack([frame for _, frame in found]), stack)
        chosen = list(frames.each([2, -1, 0], threads=threads, region=pacscore.Region(0, 0, 1, 1)))
        assert [index for index, _ in chosen] == [2, 3, 0]
        assert [int(frame[0, 0]) for _, frame in chosen] == [int(stack[index, 0, 0]) for index in (2, 3, 0)]
        with pytest.raises(IndexError):
            list(frames.each([4]))

    def test_it_turns_into_an_array(self, stack):
        frames = pacscore.open(image(stack))
        assert np.array_equal(np.asarray(frames), stack)
        assert np.asarray(frames, dtype=float).dtype == float
        with pytest.raises(ValueError, match="copy"):
            np.asarray(frames, copy=False)
        assert np.array_equal(np.from_dlpack(frames), stack)
        cut = pacscore.open(image(stack, PixelData=stack[:3].tobytes()))
        for convert in (np.asarray, np.from_dlpack):
            with pytest.raises(pacscore.DicomError):
                convert(cut)

    def test_conceal_gives_a_partial(self, stack):
        partial = pacscore.open(image(stack)).frame(0, on_damage="conceal")
        assert partial.report.complete
        assert np.array_equal(partial.image, stack[0])

    def test_a_stack_beyond_the_limits_is_refused(self, stack):
        with pytest.raises(pacscore.LimitError):
            pacscore.open(image(stack), limits=pacscore.Limits(output_bytes=60)).as_array()

    def test_pipeline_is_of_what_decoding_gives(self, stack):
        pipeline = pacscore.open(image(stack, BitsStored=12, HighBit=11)).pipeline(2)
        assert pipeline.bits_stored == 12


class TestNative:
    def test_big_endian_words(self, stack):
        big = image(stack.astype(">u2"), transfer_syntax="1.2.840.10008.1.2.2")
        assert np.array_equal(pacscore.open(file_of(big)).as_array(), stack)

    def test_bytes_in_big_endian_words_are_swapped(self):
        pixels = np.arange(3 * 3 * 5, dtype="u1").reshape(3, 3, 5)
        words = np.frombuffer(pixels.tobytes() + b"\0", "u2").byteswap().tobytes()
        big = image(pixels, transfer_syntax="1.2.840.10008.1.2.2")
        big.add_new("PixelData", "OW", words)
        assert np.array_equal(pacscore.open(file_of(big)).as_array(), pixels)

    def test_deflated(self, stack):
        plain = file_of(image(stack))
        meta_stop = plain.index(b"\x08\x00\x16\x00UI")
        deflater = zlib.compressobj(wbits=-15)
        body = deflater.compress(plain[meta_stop:]) + deflater.flush()
        deflated = plain[:meta_stop].replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.1.99")
        grown = 2
        at = deflated.index(b"\x02\x00\x10\x00UI") + 6
        deflated = deflated[:at] + (20 + grown).to_bytes(2, "little") + deflated[at + 2 :]
        at = deflated.index(b"\x02\x00\x00\x00UL") + 8
        length = int.from_bytes(deflated[at : at + 4], "little") + grown
        deflated = deflated[:at] + length.to_bytes(4, "little") + deflated[at + 4 :]
        assert np.array_equal(pacscore.open(deflated + body).as_array(), stack)
        with pytest.raises(pacscore.LimitError):
            pacscore.open(deflated + body, limits=pacscore.Limits(output_bytes=100))

    @pytest.mark.parametrize("columns", [slice(0, 7), slice(2, 6)])
    @pytest.mark.parametrize("kind", ["u1", "<i2", "rgb", "422", "planes"])
    def test_of_a_region_only_its_rows_are_read(self, kind, columns, monkeypatch):
        monkeypatch.setattr("pacscore.dicom.native_rows._STRIP", 40)  # several strips
        columns = slice(columns.start, columns.stop + columns.stop % 2 * (kind == "422"))
        shape = (3, 9, 8 if kind == "422" else 7, *([] if kind in ("u1", "<i2") else [3]))
        pixels = np.random.default_rng(4).integers(0, 100, shape, dtype="<i2" if kind == "<i2" else "u1")
        options = {}
        if kind == "planes":
            options = {"PlanarConfiguration": 1, "PixelData": np.ascontiguousarray(np.moveaxis(pixels, 3, 1)).tobytes()}
        if kind == "422":
            pixels[:, :, 1::2, 1:] = pixels[:, :, ::2, 1:]
            pairs = np.concatenate([pixels[:, :, ::2, :1], pixels[:, :, 1::2]], axis=3)
            options = {"PhotometricInterpretation": "YBR_FULL_422", "PixelData": pairs.tobytes()}
        data = file_of(image(pixels, signed=kind == "<i2", **options))
        read = []

        class Ranges:
            size = len(data)

            def read_range(self, start, length):
                read.append(length)
                return data[start : start + length]

        frames = pacscore.open(Ranges())
        read.clear()
        region = pacscore.Region(3, columns.start, 5, columns.stop - columns.start)
        found = frames.frame(2, region=region)
        assert np.array_equal(found, pixels[2, 3:8, columns])
        frame_bytes = len(frames.encoded(0))
        read.pop()
        assert sum(read) == (frame_bytes if kind == "planes" else frame_bytes // 9 * 5)

    def test_large_frames_are_the_same_by_rows(self, stack, monkeypatch):
        frames = pacscore.open(image(stack, BitsStored=12, HighBit=11))
        monkeypatch.setattr("pacscore.dicom.frames.LARGE", 0)
        monkeypatch.setattr("pacscore.dicom.native_rows._STRIP", 20)
        out = np.empty((4, 3, 5), "u2")
        assert np.array_equal(frames.as_array(2, out=out), stack)
        with pytest.raises(pacscore.OptionError):
            frames.frame(1, out=np.empty((3, 5), "u1"))

    def test_one_bit_frames_begin_within_bytes(self):
        bits = np.random.default_rng(1).integers(0, 2, (5, 3, 7), dtype="u1")
        packed = np.packbits(bits.reshape(-1), bitorder="little").tobytes() + b"\0"
        dataset = image(bits, BitsAllocated=1, BitsStored=1, HighBit=0, PixelData=packed)
        frames = pacscore.open(dataset)
        assert np.array_equal(frames.as_array(), bits)
        assert frames.encoded(3) == np.packbits(bits[3].reshape(-1), bitorder="little").tobytes()

    @pytest.mark.parametrize(("signed", "want"), [(False, 0x0801), (True, -0x07FF)])
    def test_bits_above_bits_stored_do_not_count(self, signed, want):
        junk = np.full((1, 2, 2), 0xA801, "<u2")
        frames = pacscore.open(image(junk, signed=signed, BitsStored=12, HighBit=11))
        assert (frames[0] == want).all()

    def test_high_bit(self):
        high = np.full((1, 2, 2), 0x8010, "<u2")
        assert (pacscore.open(image(high, BitsStored=12, HighBit=15))[0] == 0x801).all()

    def test_planes_are_interleaved(self):
        pixels = np.arange(2 * 3 * 4 * 3, dtype="u1").reshape(2, 3, 4, 3)
        planes = np.ascontiguousarray(np.moveaxis(pixels, 3, 1)).tobytes()
        frames = pacscore.open(image(pixels, PlanarConfiguration=1, PixelData=planes))
        assert np.array_equal(frames.as_array(), pixels)
        assert frames.pixel_format.planar_configuration == 0
        assert frames.encoded_format.planar_configuration == 1

    def test_shared_chroma_is_expanded(self):
        pixels = np.zeros((1, 1, 4, 3), "u1")
        stored = bytes([1, 2, 10, 20, 3, 4, 30, 40])
        frames = pacscore.open(image(pixels, PhotometricInterpretation="YBR_FULL_422", PixelData=stored))
        assert frames[0].tolist() == [[[1, 10, 20], [2, 10, 20], [3, 30, 40], [4, 30, 40]]]
        assert frames.pixel_format.photometric_interpretation == "YBR_FULL"

    @pytest.mark.parametrize(("keyword", "kind"), [("FloatPixelData", "f4"), ("DoubleFloatPixelData", "f8")])
    def test_floats_are_as_they_are(self, keyword, kind):
        pixels = np.array([[[0.5, -1.25, np.inf]]], f"<{kind}")
        dataset = image(pixels, BitsAllocated=8 * pixels.itemsize)
        for name in ("PixelData", "BitsStored", "HighBit", "PixelRepresentation"):
            del dataset[name]
        setattr(dataset, keyword, pixels.tobytes())
        frames = pacscore.open(file_of(dataset))
        assert frames[0].dtype == kind
        assert np.array_equal(frames[0], pixels[0])

    def test_fewer_bytes_than_frames(self, stack):
        frames = pacscore.open(image(stack, PixelData=stack[:3].tobytes()))
        assert np.array_equal(frames[2], stack[2])
        with pytest.raises(pacscore.DicomError) as caught:
            frames[3]
        assert caught.value.tag == "(7FE0,0010)"
        assert frames.notes

    def test_elements_behind_pixel_data_are_found(self, stack):
        dataset = image(stack)
        dataset.add_new("DataSetTrailingPadding", "OB", b"\0" * 4)
        frames = pacscore.open(file_of(dataset))
        assert "DataSetTrailingPadding" in frames.trailing


class TestAttributes:
    @pytest.mark.parametrize(
        "keyword",
        ["Rows", "Columns", "SamplesPerPixel", "BitsAllocated", "BitsStored", "PixelRepresentation",
         "PhotometricInterpretation"],
    )  # fmt: skip
    def test_a_missing_one_is_named(self, stack, keyword):
        dataset = image(stack)
        tag = f"({dataset[keyword].tag.group:04X},{dataset[keyword].tag.element:04X})"
        del dataset[keyword]
        with pytest.raises(pacscore.DicomError, match=keyword) as caught:
            pacscore.open(dataset)
        assert caught.value.tag == tag

    def test_no_pixels(self, stack):
        dataset = image(stack)
        del dataset.PixelData
        for source in (dataset, file_of(dataset)):
            with pytest.raises(pacscore.DicomError) as caught:
                pacscore.open(source)
            assert caught.value.tag == "(7FE0,0010)"

    def test_jpip_says_where_the_pixels_are(self, stack):
        dataset = image(stack, transfer_syntax="1.2.840.10008.1.2.4.94")
        del dataset.PixelData
        dataset.PixelDataProviderURL = "https://example.org/jpip"
        file = io.BytesIO()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset.save_as(file, enforce_file_format=True, implicit_vr=False, little_endian=True)
        with pytest.raises(pacscore.UnsupportedError, match=r"example\.org"):
            pacscore.open(file.getvalue())

    def test_an_unknown_transfer_syntax_is_named(self, stack):
        with pytest.raises(pacscore.NoCodecError) as caught:
            pacscore.open(image(stack, transfer_syntax="1.2.3.4"))
        assert caught.value.transfer_syntax == "1.2.3.4"

    @pytest.mark.parametrize("data", [b"", b"DICM", b"\0" * 128 + b"DICM", b"\x89PNG" * 50])
    def test_what_is_no_dicom_is_refused(self, data):
        with pytest.raises(pacscore.DicomError):
            pacscore.open(data)


@with_data
def test_a_disagreement_of_headers_is_told():
    with pacscore.open(DATA / "dicom/pydicom/J2K_pixelrep_mismatch.dcm") as frames:
        assert frames[0].dtype == np.int16
        assert any("Pixel Representation" in note for note in frames.notes)


@with_data
@pytest.mark.parametrize("path", ["dicom/pydicom-data/OT-PAL-8-face.dcm", "dicom/pydicom-data/liver_rle.dcm"])
def test_pixel_formats_of_unusual_objects(path):
    with pacscore.open(DATA / path) as frames:
        assert frames[0].shape == frames.pixel_format.shape
        assert frames[0].dtype == np.uint8
        assert dataclasses.is_dataclass(frames.pixel_format)


@with_data
@pytest.mark.parametrize("cut", range(0, 40_000, 1997))
def test_an_object_cut_anywhere_gives_frames_or_a_clear_error(cut):
    data = (DATA / "dicom/pydicom/SC_rgb_rle_2frame.dcm").read_bytes()[:cut]
    try:
        frames = len(pacscore.open(data).as_array())
    except pacscore.PacscoreError:
        frames = None
    assert frames in (None, 2)
