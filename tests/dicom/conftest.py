"""Data sets and files that the tests of the DICOM room are made from."""

import dataclasses
import os
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import generate_frames
from pydicom.pixels import pixel_array
from pydicom.uid import (
    HTJ2K,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    RLELossless,
    generate_uid,
)

from pacscore.codecs import codec_for, register
from pacscore.codecs import registry as registry_module

DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
RANDOM = np.random.default_rng(7)


def pixels(frames, *shape, bits=12, signed=False, dtype=np.uint16):
    low, high = (-(1 << (bits - 1)), 1 << (bits - 1)) if signed else (0, 1 << bits)
    return RANDOM.integers(low, high, (frames, *shape)).astype(dtype)


def made(stack, *, bits=None, photometric=None, planar=0, syntax=ExplicitVRLittleEndian, **attributes):
    """A data set around native frames, shape (frames, rows, columns[, samples])."""
    big = syntax == ExplicitVRBigEndian
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", generate_uid(prefix=None)
    ds.ImageType, ds.Modality, ds.PatientName = ["ORIGINAL", "PRIMARY", "AXIAL"], "OT", "Doe^Jane"
    samples = stack.shape[3] if stack.ndim == 4 else 1
    ds.Rows, ds.Columns = stack.shape[1:3]
    ds.SamplesPerPixel = samples
    ds.PhotometricInterpretation = photometric or ("RGB" if samples == 3 else "MONOCHROME2")
    ds.NumberOfFrames = len(stack)
    one_bit = bits == 1
    ds.BitsAllocated = 1 if one_bit else 8 * stack.dtype.itemsize
    ds.BitsStored = bits or ds.BitsAllocated
    ds.HighBit, ds.PixelRepresentation = ds.BitsStored - 1, int(stack.dtype.kind == "i")
    for keyword, value in attributes.items():
        setattr(ds, keyword, value)
    if samples == 3:
        ds.PlanarConfiguration = planar
        stack = np.moveaxis(stack, 3, 1) if planar else stack
    if one_bit:
        value = np.packbits(stack.ravel(), bitorder="little").tobytes()
    else:
        value = stack.astype(stack.dtype.newbyteorder(">" if big else "<")).tobytes()
    ds.add_new("PixelData", "OB" if ds.BitsAllocated <= 8 else "OW", value + b"\0" * (len(value) % 2))
    return ds


def saved(ds, path):
    syntax = ds.file_meta.TransferSyntaxUID
    ds.save_as(path, enforce_file_format=True, implicit_vr=syntax.is_implicit_VR, little_endian=syntax.is_little_endian)
    return path


def read_by_others(path):
    """The frames of a file through pydicom and, for HTJ2K, OpenJPH."""
    ds = pydicom.dcmread(path)
    if ds.file_meta.TransferSyntaxUID not in (HTJ2K, HTJ2KLossless, HTJ2KLosslessRPCL):
        array = pixel_array(ds, raw=True)
        return array if ds.get("NumberOfFrames", 1) > 1 else array[None]
    frames = generate_frames(ds.PixelData, number_of_frames=ds.get("NumberOfFrames", 1))
    decoded = np.stack([imagecodecs.htj2k_decode(frame) for frame in frames])
    by_plane = decoded.ndim == 4 and ds.PhotometricInterpretation != "YBR_RCT"  # imagecodecs gives planes then
    return np.moveaxis(decoded, 1, -1) if by_plane else decoded


EXAMPLES = {
    "uint8": (pixels(1, 33, 17, bits=8, dtype=np.uint8), {}),
    "12 of 16": (pixels(3, 20, 31), {"bits": 12}),
    "8 of 16": (pixels(1, 20, 31, bits=8), {"bits": 8}),
    "int16": (pixels(2, 25, 40, bits=16, signed=True, dtype=np.int16), {}),
    "signed 12 of 16": (pixels(2, 25, 40, bits=12, signed=True, dtype=np.int16), {"bits": 12}),
    "RGB": (pixels(2, 19, 23, 3, bits=8, dtype=np.uint8), {}),
    "RGB by plane": (pixels(2, 19, 23, 3, bits=8, dtype=np.uint8), {"planar": 1}),
    "YBR_FULL": (pixels(1, 19, 23, 3, bits=8, dtype=np.uint8), {"photometric": "YBR_FULL"}),
    "one bit": (pixels(3, 5, 7, bits=1, dtype=np.uint8), {"bits": 1}),
    "one row": (pixels(1, 1, 9), {"bits": 12}),
}


RLE = codec_for(RLELossless)


class Altered:
    """RLE that changes frames on the way in: a broken codec, or a lossy one."""

    name, third_party = "altered", True
    transfer_syntaxes = encodes = frozenset({RLELossless})

    def __init__(self, alter, method=None):
        self._alter, self._method, self._real = alter, method, RLE

    def __getattr__(self, name):
        return getattr(self._real, name)

    def encode(self, frame, pixel_format, transfer_syntax, options=None, *, threads=1):
        encoded = self._real.encode(self._alter(frame), pixel_format, transfer_syntax, options, threads=threads)
        return dataclasses.replace(encoded, lossless=self._method is None, method=self._method)


@pytest.fixture
def altered_rle(monkeypatch):
    """Lets an altered codec serve RLE for one test."""

    def use(alter, method=None):
        codec = Altered(alter, method)
        monkeypatch.setattr(registry_module, "_registered", {})
        register(codec)

    return use


@pytest.fixture(name="pixels")
def pixels_fixture():
    return pixels


@pytest.fixture(name="made")
def made_fixture():
    return made


@pytest.fixture(name="saved")
def saved_fixture():
    return saved


@pytest.fixture(name="read_by_others")
def read_by_others_fixture():
    return read_by_others


@pytest.fixture
def dicom_data():
    """The folder of real DICOM files."""
    if not (DATA / "dicom").is_dir():
        pytest.skip(f"no test data in {DATA}: set PACSCORE_TEST_DATA")
    return DATA / "dicom"


@pytest.fixture
def example():
    """Gives the frames and the options of an example by its name."""
    return EXAMPLES.__getitem__


def pytest_generate_tests(metafunc):
    if "example_name" in metafunc.fixturenames:
        metafunc.parametrize("example_name", EXAMPLES)
