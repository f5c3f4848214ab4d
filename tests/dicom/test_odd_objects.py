"""Objects as they should not be: read where that is safe, refused by name where it is not, and never read wrongly."""

from __future__ import annotations

import random
import struct
import warnings
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

import pacscore

IMAGE_TYPE = b"\x08\x00\x08\x00"
PATIENT_NAME = b"\x10\x00\x10\x00PN"
ROWS = b"\x28\x00\x10\x00"
PIXELS = b"\xe0\x7f\x10\x00"
SYNTAX = b"\x02\x00\x10\x00UI\x14\x001.2.840.10008.1.2.1\0"
SEQUENCE = (
    b"\x08\x00\x15\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff\x08\x00\x50\x11UI\x04\x001.2\0"
    b"\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0"
)
PRIVATE = b"\x09\x00\x10\x00LO\x04\x00ABCD\x09\x00\x01\x10UN\0\0\x04\0\0\0abcd"
SMALL = sorted(
    path
    for path in (Path(pydicom.__file__).parent / "data" / "test_files").glob("*.dcm")
    if path.stat().st_size < 20_000
)


@pytest.fixture(name="stack")
def stack_fixture(pixels):
    return pixels(2, 8, 6, bits=12)


@pytest.fixture(name="file_in")
def file_in_fixture(made, saved, tmp_path, stack):
    def build(syntax=ExplicitVRLittleEndian, **attributes):
        dataset = made(stack, bits=12, syntax=syntax)
        for keyword, value in attributes.items():
            setattr(dataset, keyword, value)
        return saved(dataset, tmp_path / "made.dcm").read_bytes()

    return build


def _body(data):
    return data[data.index(IMAGE_TYPE) :]


def _with(data, more):
    at = data.index(PATIENT_NAME)
    return data[:at] + more + data[at:]


READABLE = {
    "no preamble, no meta": lambda explicit, implicit: _body(explicit),
    "no preamble, no meta, implicit": lambda explicit, implicit: _body(implicit),
    "no preamble": lambda explicit, implicit: explicit[132:],
    "group length too small": lambda explicit, implicit: explicit[:140] + struct.pack("<L", 5) + explicit[144:],
    "group length too large": lambda explicit, implicit: explicit[:140] + struct.pack("<L", 500) + explicit[144:],
    "implicit, called explicit": lambda explicit, implicit: explicit[: explicit.index(IMAGE_TYPE)] + _body(implicit),
    "explicit, called implicit": lambda explicit, implicit: implicit[: implicit.index(IMAGE_TYPE)] + _body(explicit),
    "no transfer syntax": lambda explicit, implicit: explicit.replace(SYNTAX, b""),
    "group 2 in the data set": lambda explicit, implicit: _with(explicit, SYNTAX),
    "trailing bytes": lambda explicit, implicit: explicit + b"\1\2\3trailing",
    "VR UN for US": lambda explicit, implicit: explicit.replace(ROWS + b"US\2\0", ROWS + b"UN\0\0\2\0\0\0"),
    "VR SS for US": lambda explicit, implicit: explicit.replace(ROWS + b"US", ROWS + b"SS"),
    "VR UN for OW": lambda explicit, implicit: explicit.replace(PIXELS + b"OW", PIXELS + b"UN"),
    "sequence of undefined length": lambda explicit, implicit: _with(explicit, SEQUENCE),
    "private elements": lambda explicit, implicit: _with(explicit, PRIVATE),
}

REFUSED = {
    "pixels of VR US": lambda data: data.replace(PIXELS + b"OW", PIXELS + b"US"),
    "pixels of no VR": lambda data: data.replace(PIXELS + b"OW", PIXELS + b"??"),
    "sequence without an end": lambda data: _with(data, SEQUENCE[:-16]),
    "native pixels, called RLE": lambda data: data.replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.5\0", 1),
    "native pixels of undefined length": lambda data: data.replace(
        PIXELS + b"OW\0\0" + struct.pack("<L", 192), PIXELS + b"OW\0\0\xff\xff\xff\xff"
    ),
    "no pixels": lambda data: data[: data.index(PIXELS) + 8] + bytes(4),
    "packed by gzip": lambda data: b"\x1f\x8b" + data,
}


@pytest.mark.parametrize("change", READABLE.values(), ids=READABLE)
def test_what_can_be_read_is_read_rightly(file_in, stack, change):
    with pacscore.open(change(file_in(), file_in(ImplicitVRLittleEndian))) as frames:
        assert np.array_equal(frames.as_array(), stack)


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_what_cannot_is_refused(file_in, change):
    with pytest.raises(pacscore.DicomError):
        pacscore.open(change(file_in())).as_array()


def test_what_pydicom_warns_of_is_noted(file_in, stack):
    data = READABLE["implicit, called explicit"](file_in(), file_in(ImplicitVRLittleEndian))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        frames = pacscore.open(data)
    assert any("implicit VR" in note for note in frames.notes)


def test_warnings_of_others_go_their_way(file_in):
    data = file_in()

    class Talking:
        size = len(data)

        def read_range(self, start, length):
            warnings.warn("slow", UserWarning, stacklevel=1)
            return data[start : start + length]

    with pytest.warns(UserWarning, match="slow"):
        frames = pacscore.open(Talking())
    assert frames.notes == ()


@pytest.mark.parametrize(("number", "told"), [(None, 0), (0, 1)])
def test_number_of_frames_absent_or_zero_is_one(file_in, stack, number, told):
    frames = pacscore.open(file_in(NumberOfFrames=number))
    assert len(frames) == 1
    assert np.array_equal(frames[0], stack[0])
    assert sum("is 0" in note for note in frames.notes) == told
    assert frames.pipeline(0).bits_stored == 12


def test_a_deflated_data_set_that_ends_early(file_in, stack):
    data = file_in(DeflatedExplicitVRLittleEndian)
    frames = pacscore.open(data[:-60])
    assert any("deflated" in note for note in frames.notes)
    assert np.array_equal(frames[0], stack[0])
    assert frames.check().damaged == (1,)


def test_a_large_data_set_is_inflated_into_a_file_that_is_closed_in_the_end(made, saved, tmp_path, pixels):
    stack = np.repeat(pixels(3, 2000, 20), 100, axis=2)
    path = saved(made(stack, bits=12, syntax=DeflatedExplicitVRLittleEndian), tmp_path / "deflated.dcm")
    with pacscore.open(path) as frames:
        assert np.array_equal(frames.as_array(), stack)
        assert frames.dataset.Rows == 2000
        assert frames.trailing == pydicom.Dataset()
    with pytest.raises(ValueError, match="closed"):
        frames[0]
    with pytest.raises(pacscore.LimitError):
        pacscore.open(path, limits=pacscore.Limits(output_bytes=20_000_000))


def test_a_data_set_changed_later_does_not_change_what_was_opened(made, stack):
    dataset = made(stack, bits=12)
    frames = pacscore.open(dataset)
    dataset.Rows = 3
    dataset.PixelData = b""
    assert np.array_equal(frames.as_array(), stack)


def test_changed_headers_give_pixels_or_an_error_of_ours():
    rng = random.Random(3)
    found = {"pixels": 0, "error": 0}
    for turn in range(150):
        data = bytearray(SMALL[turn % len(SMALL)].read_bytes())
        stop = data.find(PIXELS) + 12 if PIXELS in data else len(data)
        for _ in range(rng.choice((1, 2, 4))):
            data[rng.randrange(min(132, stop - 1), stop)] = rng.choice((0, 0xFF, rng.randrange(256)))
        if turn % 5 == 0:
            del data[rng.randrange(len(data)) :]
        try:
            with pacscore.open(bytes(data), limits=pacscore.Limits(output_bytes=64 << 20)) as frames:
                frames.as_array()
            found["pixels"] += 1
        except pacscore.PacscoreError:
            found["error"] += 1
    assert found["pixels"] > 20
    assert found["error"] > 20
