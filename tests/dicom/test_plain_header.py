"""What is read of plain headers is what pydicom reads; all others are left to it."""

from __future__ import annotations

import io
import random
import struct
import warnings
from pathlib import Path

import pydicom
import pytest
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

import pacscore
from dicom.lossless_matrix import DATA
from pacscore.dicom.plain_header import HeaderWalk
from pacscore.source import MemoryReader

KEYWORDS = [
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "PlanarConfiguration",
    "NumberOfFrames",
    "Rows",
    "Columns",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "ExtendedOffsetTable",
    "ExtendedOffsetTableLengths",
]
FILES = sorted(
    path
    for folder in (Path(pydicom.__file__).parent / "data" / "test_files", DATA)
    for path in folder.rglob("*.dcm")
    if path.stat().st_size < 1 << 20
)


def _walked(data):
    return HeaderWalk(MemoryReader(data)).header()


def _assert_as_pydicom_reads_it(data, plain):
    """Attributes, transfer syntax and the place of the pixels; and nothing that it would warn of."""
    file = io.BytesIO(data)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        dataset = pydicom.dcmread(file, stop_before_pixels=True)
        found = {keyword: dataset.get(keyword) for keyword in KEYWORDS}
    assert {keyword: plain.attributes.get(keyword) for keyword in KEYWORDS} == {
        keyword: None if value == "" else value for keyword, value in found.items()
    }
    assert plain.transfer_syntax == dataset.file_meta.TransferSyntaxUID
    assert plain.explicit != dataset.original_encoding[0]
    assert file.tell() == plain.stop


def test_plain_headers_of_files_are_read_as_pydicom_reads_them():
    plain = 0
    for path in FILES:
        data = path.read_bytes()
        header = _walked(data)
        if header is not None:
            _assert_as_pydicom_reads_it(data, header)
            plain += 1
    assert plain > 0.6 * len(FILES)


def test_changed_headers_are_read_as_pydicom_reads_them_or_left_to_it():
    rng = random.Random(11)
    small = [path.read_bytes() for path in FILES if path.stat().st_size < 20_000]
    small = [(data, header.stop) for data in small if (header := _walked(data)) is not None]
    plain = 0
    for turn in range(300):
        data, stop = small[turn % len(small)]
        changed = bytearray(data)
        for _ in range(rng.choice((1, 2))):
            changed[rng.randrange(132, stop + 8)] = rng.choice((0, 0xFF, rng.randrange(256)))
        header = _walked(bytes(changed))
        if header is not None:
            _assert_as_pydicom_reads_it(bytes(changed), header)
            plain += 1
    assert 50 < plain < 270


@pytest.fixture(name="small")
def small_fixture(made, saved, tmp_path, pixels):
    def build(syntax=ExplicitVRLittleEndian):
        dataset = made(pixels(1, 4, 6, bits=12), bits=12, syntax=syntax)
        dataset.add_new(0x00081115, "SQ", [pydicom.Dataset()])
        dataset[0x00081115].is_undefined_length = True
        dataset[0x00081115].value[0].SeriesInstanceUID = "1.2"
        return saved(dataset, tmp_path / "made.dcm").read_bytes()

    return build


SEQUENCE = b"\x08\x00\x15\x11SQ\0\0\xff\xff\xff\xff"
ODD = {
    "no preamble": lambda data: data[132:],
    "a wrong group length": lambda data: data[:140] + struct.pack("<L", 5) + data[144:],
    "an unknown VR": lambda data: data.replace(b"\x28\0\x10\0US", b"\x28\0\x10\0QQ"),
    "another VR than usual": lambda data: data.replace(b"\x28\0\x10\0US", b"\x28\0\x10\0SS"),
    "a value that is no integer": lambda data: data.replace(b"\x28\0\x08\0IS\2\0001 ", b"\x28\0\x08\0IS\2\0x "),
    "elements out of order": lambda data: data.replace(b"\x28\0\x11\0US", b"\x28\0\x09\0US"),
    "no end": lambda data: data[:-60],
    "another character set": lambda data: data.replace(SEQUENCE, b"\x08\0\5\0CS\4\0ABCD" + SEQUENCE),
    "no item where one should be": lambda data: data.replace(
        SEQUENCE + b"\xfe\xff\x00\xe0", SEQUENCE + b"\xfe\xff\1\xe0"
    ),
    "a sequence without an end": lambda data: data.replace(b"\xfe\xff\xdd\xe0\0\0\0\0", b"", 1),
    "a sequence in UN": lambda data: data.replace(SEQUENCE, SEQUENCE.replace(b"SQ", b"UN")),
}


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_sequences_are_passed_over(small, syntax):
    data = small(syntax)
    header = _walked(data)
    _assert_as_pydicom_reads_it(data, header)
    assert header.attributes["Rows"] == 4


@pytest.mark.parametrize("change", ODD.values(), ids=ODD)
def test_what_is_odd_is_left_to_pydicom(small, change):
    data = small()
    changed = change(data)
    assert changed != data
    assert _walked(data) is not None
    assert _walked(changed) is None


def test_sequences_within_each_other_beyond_reason_are_left_to_pydicom(small):
    data = small()
    opened = SEQUENCE + b"\xfe\xff\x00\xe0\xff\xff\xff\xff"
    closed = b"\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0"

    def nested(depth):
        at = data.index(SEQUENCE)
        end = data.index(closed[8:], at) + 8
        return data[:at] + opened * depth + closed * depth + data[end:]

    assert _walked(nested(9)) is not None
    assert _walked(nested(5_000)) is None


def test_the_data_set_is_parsed_when_it_is_asked_for_though_the_file_was_closed(small, tmp_path):
    path = tmp_path / "made.dcm"
    path.write_bytes(small())
    with pacscore.open(path) as frames:
        decoded = frames[0]
    path.unlink()
    assert decoded.shape == (frames.dataset.Rows, frames.dataset.Columns)
    assert frames.dataset is frames.dataset
    assert frames.dataset.ReferencedSeriesSequence[0].SeriesInstanceUID == "1.2"
    assert "PixelData" not in frames.dataset
