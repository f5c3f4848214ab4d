"""Data elements in another encoding: literal bytes in, literal bytes out."""

import struct
import warnings
from io import BytesIO

import pytest
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.sequence import Sequence

import pacscore as pc
from pacscore.dicom.data_elements import encode_data_set, swap_parsed_words


def explicit(group, element, vr, value, order="<"):
    if vr in ("OB", "OW", "UN", "SQ", "UT", "OF"):
        return struct.pack(f"{order}HH2sHI", group, element, vr.encode(), 0, len(value)) + value
    return struct.pack(f"{order}HH2sH", group, element, vr.encode(), len(value)) + value


def implicit(group, element, value):
    return struct.pack("<HHI", group, element, len(value)) + value


def item(content):
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(content)) + content


def open_item(content):
    return struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF) + content + struct.pack("<HHI", 0xFFFE, 0xE00D, 0)


SEQUENCE_END = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)


def read(data, *, is_implicit, little=True):
    return read_dataset(BytesIO(data), is_implicit, little)


ELEMENTS = [
    ((0x0008, 0x0005), "CS", b"ISO_IR 192"),
    ((0x0008, 0x0020), "DA", b"not a date"),
    ((0x0009, 0x0010), "LO", b"NOBODY KNOWS"),
    ((0x0009, 0x1001), "UN", b"\x01\x02\x03\x04"),
    ((0x0010, 0x0010), "PN", b"\xff\xfe\x80 broken text "),
    ((0x0018, 0x0050), "DS", b"1.00000000000000000000000000"),
    ((0x0020, 0x0013), "IS", b"1.5 "),
    ((0x0028, 0x0103), "US", b"\x01\x00"),
    ((0x0028, 0x0106), "SS", b"\xfe\xff"),
    ((0x0028, 0x3006), "OW", b"\x01\x00\x02\x00"),
]
"""Values that no parser can give back, and some whose VR the rest of the data set decides."""


@pytest.mark.parametrize("from_implicit", [False, True])
@pytest.mark.parametrize("to_implicit", [False, True])
def test_values_stay_the_bytes_that_they_are(from_implicit, to_implicit):
    one = b"".join(implicit(*tag, value) for tag, _, value in ELEMENTS)
    other = b"".join(explicit(*tag, vr, value) for tag, vr, value in ELEMENTS)
    ds = read(one if from_implicit else other, is_implicit=from_implicit)
    assert encode_data_set(ds, implicit=to_implicit) == (one if to_implicit else other)


@pytest.mark.parametrize("undefined", [False, True])
def test_sequences_keep_their_kind_of_length(undefined):
    wrap = open_item if undefined else item
    length, end = (0xFFFFFFFF, SEQUENCE_END) if undefined else (None, b"")

    def sequence(content, is_implicit):
        size = len(content) if length is None else length
        head = struct.pack("<HHI", 0x0008, 0x1140, size) if is_implicit else None
        head = head or struct.pack("<HH2sHI", 0x0008, 0x1140, b"SQ", 0, size)
        return head + content + end

    explicit_form, implicit_form = (
        sequence(wrap(sequence(wrap(leaf), is_implicit)), is_implicit)
        for leaf, is_implicit in (
            (explicit(0x0028, 0x0010, "US", b"\x05\x00"), False),
            (implicit(0x0028, 0x0010, b"\x05\x00"), True),
        )
    )
    for ds in (read(explicit_form, is_implicit=False), read(implicit_form, is_implicit=True)):
        assert encode_data_set(ds, implicit=False) == explicit_form
        assert encode_data_set(ds, implicit=True) == implicit_form


def test_private_sequences_of_undefined_length_are_kept():
    content = open_item(implicit(0x0011, 0x1002, b"abcd"))
    data = (
        implicit(0x0011, 0x0010, b"NOBODY") + struct.pack("<HHI", 0x0011, 0x1001, 0xFFFFFFFF) + content + SEQUENCE_END
    )
    out = encode_data_set(read(data, is_implicit=True), implicit=False)
    assert out == (
        explicit(0x0011, 0x0010, "LO", b"NOBODY")
        + struct.pack("<HH2sHI", 0x0011, 0x1001, b"SQ", 0, 0xFFFFFFFF)
        + open_item(explicit(0x0011, 0x1002, "UN", b"abcd"))
        + SEQUENCE_END
    )
    assert encode_data_set(read(data, is_implicit=True), implicit=True) == data


def test_group_lengths_are_left_out_and_odd_lengths_filled_up():
    data = (
        implicit(0x0008, 0x0000, b"\x99\x00\x00\x00")
        + implicit(0x0008, 0x0060, b"CTX")
        + implicit(0x0008, 0x1155, b"1.2.3")
        + implicit(0x0029, 0x0010, b"NOBODY")
        + implicit(0x0029, 0x1000, b"odd")
    )
    assert encode_data_set(read(data, is_implicit=True), implicit=False) == (
        explicit(0x0008, 0x0060, "CS", b"CTX ")
        + explicit(0x0008, 0x1155, "UI", b"1.2.3\0")
        + explicit(0x0029, 0x0010, "LO", b"NOBODY")
        + explicit(0x0029, 0x1000, "UN", b"odd\0")
    )


def test_what_is_too_long_for_a_short_length_becomes_unknown():
    value = b"7\\" * 40000
    out = encode_data_set(read(implicit(0x0020, 0x0013, value), is_implicit=True), implicit=False)
    assert out == explicit(0x0020, 0x0013, "UN", value)


def test_the_sign_of_pixels_counts_in_items_too():
    table = implicit(0x0028, 0x3002, struct.pack("<HhH", 4, -2, 16)) + implicit(0x0028, 0x3006, b"\1\0\2\0\3\0\4\0")
    data = implicit(0x0028, 0x0103, b"\1\0") + implicit(0x0028, 0x3010, item(table))
    inner = explicit(0x0028, 0x3002, "SS", struct.pack("<HhH", 4, -2, 16)) + explicit(
        0x0028, 0x3006, "OW", b"\1\0\2\0\3\0\4\0"
    )
    expected = explicit(0x0028, 0x0103, "US", b"\1\0") + explicit(0x0028, 0x3010, "SQ", item(inner))
    assert encode_data_set(read(data, is_implicit=True), implicit=False) == expected


@pytest.mark.parametrize("parsed", [False, True])
def test_words_of_big_endian_data_change_their_order(parsed):
    data = (
        explicit(0x0028, 0x0010, "US", b"\x01\x02", ">")
        + explicit(0x0028, 0x0009, "AT", b"\x00\x18\x10\x63", ">")
        + explicit(0x0028, 0x3006, "OW", b"\x01\x02\x03\x04", ">")
        + explicit(0x0040, 0x9225, "FD", bytes(range(8)), ">")
        + explicit(0x0042, 0x0011, "OB", b"\x01\x02", ">")
    )
    ds = read(data, is_implicit=False, little=False)
    if parsed:
        for tag in list(ds.keys()):
            assert ds[tag].tag == tag
        swap_parsed_words(ds)
    assert encode_data_set(ds, implicit=False) == (
        explicit(0x0028, 0x0009, "AT", b"\x18\x00\x63\x10")
        + explicit(0x0028, 0x0010, "US", b"\x02\x01")
        + explicit(0x0028, 0x3006, "OW", b"\x02\x01\x04\x03")
        + explicit(0x0040, 0x9225, "FD", bytes(reversed(range(8))))
        + explicit(0x0042, 0x0011, "OB", b"\x01\x02")
    )


def test_changed_text_takes_the_character_set_of_its_data_set():
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    inner = Dataset()
    inner.SeriesDescription = "Schädel"
    ds.ReferencedSeriesSequence = Sequence([inner])
    out = encode_data_set(ds, implicit=True)
    assert implicit(0x0008, 0x103E, "Schädel".encode()) in out


def test_what_cannot_be_written_is_named():
    ds = Dataset()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ds.add_new(0x00280010, "US", "many")
    with pytest.raises(pc.DicomError, match="0028,0010") as raised:
        encode_data_set(ds, implicit=True)
    assert raised.value.tag == "(0028,0010)"
