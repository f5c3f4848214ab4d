"""Seeded faults: the file, items, offset tables, native pixel data."""

from __future__ import annotations

import struct

import numpy as np

from dicom import linter_objects as of
from dicom.seeded_codestreams import rle
from dicom.seeding import Made, seeds

FRAMES = of.coded(of.GREY, of.HT_LOSSLESS)
NATIVE = of.words(of.GREY)
IMAGE_ATTRIBUTES = ("Rows", "Columns", "BitsAllocated", "PhotometricInterpretation")


def native_object(value: bytes = NATIVE, vr: bytes = b"OW", **attributes: object) -> bytes:
    return of.part10(of.described(of.GREY, **attributes), of.EXPLICIT, of.native(value, vr))


def with_table(table: bytes, **attributes: object) -> bytes:
    return of.part10(of.described(of.GREY, **attributes), of.HT_LOSSLESS, of.encapsulated(FRAMES, table=table))


def basic(*offsets: int) -> bytes:
    return struct.pack(f"<{len(offsets)}L", *offsets)


def extended(*numbers: int) -> bytes:
    return struct.pack(f"<{len(numbers)}Q", *numbers)


RIGHT = of.offsets_of(FRAMES)
LENGTHS = [len(frame) for frame in FRAMES]


@seeds("PAC001")
def no_dicom_file() -> Made:
    return b"GIF89a" + bytes(300), None


@seeds("PAC003")
def no_pixels() -> Made:
    ds = of.described(of.GREY)
    return of.part10(of.without(ds, *IMAGE_ATTRIBUTES), of.EXPLICIT, b""), None


@seeds("PAC004")
def jpip_without_a_provider() -> Made:
    return of.part10(of.described(of.GREY), of.PREFIX + "94", b""), None


@seeds("PAC005")
def wrong_meta_length() -> Made:
    data = bytearray(native_object())
    data[140] += 2
    return bytes(data), of.GREY


@seeds("PAC006")
def two_instance_uids() -> Made:
    data = native_object()
    at = data.index(b"1.2.3.4")  # in the File Meta Information, which comes first
    return data[:at] + b"1.2.3.5" + data[at + 7 :], of.GREY


@seeds("PAC007")
def two_class_uids() -> Made:
    data = native_object()
    at = data.index(b"1.2.840.10008.5.1.4.1.1.7.4")
    return data[:at] + b"1.2.840.10008.5.1.4.1.1.7.3" + data[at + 27 :], of.GREY


@seeds("PAC008")
def group_length() -> Made:
    length = struct.pack("<HH2sHL", 0x7FE0, 0, b"UL", 4, 12 + len(NATIVE))
    return of.part10(of.described(of.GREY), of.EXPLICIT, length + of.native(NATIVE)), of.GREY


@seeds("PAC009")
def no_preamble() -> Made:
    return native_object()[132:], of.GREY


@seeds("PAC010")
def implicit_vr_under_90() -> Made:
    implicit = of.part10(of.described(of.GREY), of.IMPLICIT, b"")
    pixels = of.encapsulated(FRAMES)
    whole = of.part10(of.described(of.GREY), of.HT_LOSSLESS, b"")
    meta_stop = 144 + struct.unpack_from("<L", whole, 140)[0]
    implicit_stop = 144 + struct.unpack_from("<L", implicit, 140)[0]
    element = struct.pack("<HHL", 0x7FE0, 0x10, 0xFFFFFFFF)
    return whole[:meta_stop] + implicit[implicit_stop:] + element + pixels[12:], of.GREY


@seeds("PAC011")
def private_transfer_syntax() -> Made:
    return of.part10(of.described(of.GREY), "1.2.3.4.5", of.encapsulated(FRAMES)), None


@seeds("PAC012")
def text_behind_pixel_data() -> Made:
    return native_object() + b"these are no data elements at all", of.GREY


@seeds("PAC013")
def nameless_but_for_the_meta_information() -> Made:
    data = native_object()
    at = data.rindex(b"\x08\x00\x18\x00UI")
    return data[:at] + data[at + 16 :], of.GREY


@seeds("PAC013")
def nameless_everywhere() -> Made:
    data, _ = nameless_but_for_the_meta_information()
    at = data.index(b"\x02\x00\x03\x00UI")
    length = struct.pack("<L", struct.unpack_from("<L", data, 140)[0] - 16)
    return data[:140] + length + data[144:at] + data[at + 16 :], None


@seeds("PAC014")
def very_many_items() -> Made:
    item = struct.pack("<HHL", 0xFFFE, 0xE000, 0)
    head = struct.pack("<HH2sHL", 0x5200, 0x9230, b"SQ", 0, 20_001 * len(item))
    return of.part10(of.described(of.GREY), of.EXPLICIT, head + item * 20_001 + of.native(NATIVE)), None


@seeds("PAC301")
def native_pixels_called_htj2k() -> Made:
    return of.part10(of.described(of.GREY), of.HT_LOSSLESS, of.native(NATIVE)), of.GREY


@seeds("PAC302")
def htj2k_called_native() -> Made:
    return of.part10(of.described(of.GREY), of.EXPLICIT, of.encapsulated(FRAMES)), of.GREY


@seeds("PAC303")
def odd_items() -> Made:
    frames = [frame + bytes(1 - len(frame) % 2) for frame in FRAMES]
    items = b"".join(of.item(frame) for frame in frames)
    head = struct.pack("<HH2sHL", 0x7FE0, 0x10, b"OB", 0, 0xFFFFFFFF)
    return of.part10(of.described(of.GREY), of.HT_LOSSLESS, head + of.item(b"") + items + of.DELIMITER), of.GREY


@seeds("PAC304")
def no_delimiter() -> Made:
    return of.part10(of.described(of.GREY), of.HT_LOSSLESS, of.encapsulated(FRAMES, delimiter=b"")), of.GREY


@seeds("PAC305")
def alien_tag() -> Made:
    alien = struct.pack("<HHL", 0x0010, 0x0010, 4) + b"Doe^" + bytes(8)
    return of.part10(of.described(of.GREY), of.HT_LOSSLESS, of.encapsulated(FRAMES, delimiter=alien)), None


@seeds("PAC306")
def cut_inside_an_item() -> Made:
    return of.grey_object(of.HT_LOSSLESS, FRAMES)[:-500], None


@seeds("PAC307")
def a_frame_is_missing() -> Made:
    return of.part10(of.described(of.GREY), of.HT_LOSSLESS, of.encapsulated(FRAMES[:2])), None


@seeds("PAC308")
def a_frame_too_many() -> Made:
    return of.grey_object(of.HT_LOSSLESS, FRAMES, NumberOfFrames=2), None


@seeds("PAC309")
def no_telling_frames_apart() -> Made:
    pieces = [piece for frame in FRAMES for piece in (bytes(4) + frame[4:400], frame[400:])]
    return of.part10(of.described(of.GREY), of.HT_LOSSLESS, of.encapsulated(pieces, table=b"")), None


@seeds("PAC310")
def two_fragments_a_frame() -> Made:
    pieces = [piece for frame in FRAMES for piece in (frame[:400], frame[400:])]
    return of.part10(of.described(of.GREY), of.HT_LOSSLESS, of.encapsulated(pieces, table=b"")), of.GREY


@seeds("PAC311")
def two_fragments_of_rle() -> Made:
    (frame,) = rle(of.GREY[:1])
    pieces = [frame[:400], frame[400:]]
    return of.part10(of.described(of.GREY[:1]), of.RLE, of.encapsulated(pieces, table=b"")), of.GREY[:1]


@seeds("PAC312")
def two_frames_in_a_fragment() -> Made:
    joined = [FRAMES[0] + FRAMES[1], FRAMES[2]]
    return of.part10(of.described(of.GREY), of.HT_LOSSLESS, of.encapsulated(joined)), None


@seeds("PAC313")
def float_pixels_under_htj2k() -> Made:
    ds = of.described(of.GREY, BitsAllocated=32)
    values = of.GREY.astype("<f4").tobytes()
    element = struct.pack("<HH2sHL", 0x7FE0, 0x08, b"OF", 0, len(values)) + values
    return of.part10(ds, of.HT_LOSSLESS, element), None


@seeds("PAC314")
def items_of_ow() -> Made:
    return of.part10(of.described(of.GREY), of.HT_LOSSLESS, of.encapsulated(FRAMES, vr=b"OW")), of.GREY


@seeds("PAC314")
def words_as_ob() -> Made:
    return native_object(vr=b"OB"), of.GREY


@seeds("PAC315")
def no_frames_by_number() -> Made:
    ds = of.described(of.GREY[:1], NumberOfFrames=0)
    return of.part10(ds, of.HT_LOSSLESS, of.encapsulated(FRAMES[:1])), of.GREY[:1]


@seeds("PAC321")
def offsets_counted_from_the_table() -> Made:
    return with_table(basic(*(offset + 8 + 4 * len(RIGHT) for offset in RIGHT))), of.GREY


@seeds("PAC321")
def the_last_offset_beyond_the_end() -> Made:
    return with_table(basic(*RIGHT[:2], 0x7FFFFFF0)), of.GREY


@seeds("PAC322")
def one_offset_too_few() -> Made:
    return with_table(basic(*RIGHT[:2])), of.GREY


@seeds("PAC322")
def half_an_offset() -> Made:
    return with_table(basic(*RIGHT) + b"\0\0"), of.GREY


@seeds("PAC323")
def both_tables() -> Made:
    tables = {"ExtendedOffsetTable": extended(*RIGHT), "ExtendedOffsetTableLengths": extended(*LENGTHS)}
    return with_table(basic(*RIGHT), **tables), of.GREY


@seeds("PAC324")
def extended_offsets_of_another_object() -> Made:
    wrong = [0, RIGHT[1] + 2, RIGHT[2]]
    tables = {"ExtendedOffsetTable": extended(*wrong), "ExtendedOffsetTableLengths": extended(*LENGTHS)}
    return with_table(b"", **tables), of.GREY


@seeds("PAC324")
def extended_table_of_two_frames() -> Made:
    tables = {"ExtendedOffsetTable": extended(*RIGHT[:2]), "ExtendedOffsetTableLengths": extended(*LENGTHS[:2])}
    return with_table(b"", **tables), of.GREY


@seeds("PAC325")
def no_lengths() -> Made:
    return with_table(b"", ExtendedOffsetTable=extended(*RIGHT)), of.GREY


@seeds("PAC325")
def lengths_of_another_object() -> Made:
    tables = {"ExtendedOffsetTable": extended(*RIGHT), "ExtendedOffsetTableLengths": extended(*LENGTHS[:2], 7)}
    return with_table(b"", **tables), of.GREY


@seeds("PAC326")
def extended_table_over_fragments() -> Made:
    pieces = [piece for frame in FRAMES for piece in (frame[:400], frame[400:])]
    offsets, lengths = of.offsets_of(pieces)[::2], [len(frame) for frame in FRAMES]
    ds = of.described(of.GREY, ExtendedOffsetTable=extended(*offsets), ExtendedOffsetTableLengths=extended(*lengths))
    return of.part10(ds, of.HT_LOSSLESS, of.encapsulated(pieces, table=b"")), of.GREY


@seeds("PAC327")
def offset_table_of_native_pixels() -> Made:
    return native_object(ExtendedOffsetTable=extended(0), ExtendedOffsetTableLengths=extended(8)), of.GREY


@seeds("PAC328")
def frames_without_a_table() -> Made:
    return with_table(b""), of.GREY


@seeds("PAC410")
def half_the_pixels() -> Made:
    return native_object(NATIVE[: len(NATIVE) // 2]), None


@seeds("PAC411")
def pixels_and_a_tail() -> Made:
    return native_object(NATIVE + bytes(128)), of.GREY


@seeds("PAC411")
def pixels_of_another_frame_behind() -> Made:
    return native_object(NATIVE + NATIVE[: len(NATIVE) // 3]), None


@seeds("PAC412")
def full_samples_labelled_as_shared() -> Made:
    ds = of.described(of.COLOUR, PhotometricInterpretation="YBR_FULL_422")
    return of.part10(ds, of.EXPLICIT, of.native(of.words(of.COLOUR), b"OB")), of.COLOUR


@seeds("PAC413")
def shared_chroma_of_odd_columns() -> Made:
    ds = of.described(of.COLOUR, PhotometricInterpretation="YBR_FULL_422", Columns=49)
    return of.part10(ds, of.EXPLICIT, of.native(bytes(40 * 49 * 2), b"OB")), None


@seeds("PAC414")
def junk_above_bits_stored() -> Made:
    return native_object(of.words(of.GREY | 0xA000)), of.GREY


@seeds("PAC414")
def junk_above_signed_samples() -> Made:
    value = of.words(of.SIGNED.view(np.uint16) ^ np.uint16(0x5000))
    return of.part10(of.described(of.SIGNED), of.EXPLICIT, of.native(value)), of.SIGNED


@seeds("PAC415")
def extremes_of_another_picture() -> Made:
    ds = of.described(of.GREY)
    for number, value in ((0x0106, 17), (0x0107, 99)):
        ds.add_new((0x0028, number), "US", value)
    return of.part10(ds, of.EXPLICIT, of.native(NATIVE)), of.GREY


@seeds("PAC416")
def odd_number_of_bytes() -> Made:
    stack = of.SMOOTH[:, :39, :49]
    return of.part10(of.described(stack), of.EXPLICIT, of.native(of.words(stack), b"OB")), stack


@seeds("PAC404")
def samples_at_the_top_of_their_cells() -> Made:
    return native_object(of.words(of.GREY << 4), HighBit=15), of.GREY


@seeds("PAC414")
def junk_in_a_deflated_object() -> Made:
    ds = of.described(of.GREY)
    ds.add_new("PixelData", "OW", of.words(of.GREY | 0xA000))
    return of.part10(ds, of.DEFLATED, b""), of.GREY
