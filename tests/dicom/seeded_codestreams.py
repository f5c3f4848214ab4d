"""Seeded faults: frames against transfer syntax, attributes and their own standards."""

from __future__ import annotations

import struct

import imagecodecs
import numpy as np

import pacscore as pc
from dicom import linter_objects as of
from dicom.seeding import Made, seeds
from pacscore.codecs import codec_for


def colour_object(syntax: str, frames: list[bytes], **attributes: object) -> bytes:
    return of.part10(of.described(of.COLOUR, **attributes), syntax, of.encapsulated(frames))


def changed(data: bytes, marker: bytes, at: int, value: bytes) -> bytes:
    """Return a frame with bytes changed, counted from the first such marker."""
    start = data.index(marker) + at
    return data[:start] + value + data[start + len(value) :]


@seeds("PAC101")
def jpeg_2000_called_jpeg() -> Made:
    return of.grey_object(of.SV1, of.coded(of.GREY, of.J2K_LOSSLESS)), of.GREY


@seeds("PAC101")
def jpeg_ls_called_jpeg_2000() -> Made:
    frames = [bytes(imagecodecs.jpegls_encode(frame)) for frame in of.GREY]
    return of.part10(of.described(of.GREY), of.J2K_LOSSLESS, of.encapsulated(frames)), of.GREY


@seeds("PAC102")
def filter_9_7_in_90() -> Made:
    frames = of.coded(of.GREY, of.J2K, reversible=False)
    return of.grey_object(of.J2K_LOSSLESS, frames), np.stack([imagecodecs.jpeg2k_decode(frame) for frame in frames])


@seeds("PAC102")
def filter_9_7_in_201() -> Made:
    frames = of.coded(of.GREY, of.HT, reversible=False)
    return of.grey_object(of.HT_LOSSLESS, frames), np.stack([imagecodecs.htj2k_decode(frame) for frame in frames])


@seeds("PAC103")
def ht_in_90() -> Made:
    return of.grey_object(of.J2K_LOSSLESS, of.coded(of.GREY, of.HT_LOSSLESS)), of.GREY


@seeds("PAC104")
def part_1_in_201() -> Made:
    return of.grey_object(of.HT_LOSSLESS, of.coded(of.GREY, of.J2K_LOSSLESS)), of.GREY


@seeds("PAC105")
def lrcp_in_202() -> Made:
    return of.grey_object(of.RPCL, of.coded(of.GREY, of.HT_LOSSLESS, progression="LRCP", tlm=True)), of.GREY


@seeds("PAC106")
def no_tlm_in_202() -> Made:
    return of.grey_object(of.RPCL, of.coded(of.GREY, of.HT_LOSSLESS, progression="RPCL", tlm=False)), of.GREY


@seeds("PAC107")
def two_levels_in_202() -> Made:
    frames = of.coded(of.LARGE, of.HT_LOSSLESS, progression="RPCL", tlm=True, decomposition_levels=2)
    return of.part10(of.described(of.LARGE), of.RPCL, of.encapsulated(frames)), of.LARGE


@seeds("PAC120")
def one_tile_part_in_202() -> Made:
    return of.grey_object(of.RPCL, of.coded(of.GREY, of.HT_LOSSLESS, progression="RPCL", tlm=True)), None


@seeds("PAC108")
def jp2_boxes() -> Made:
    frames = [
        bytes(imagecodecs.jpeg2k_encode(frame, codecformat="JP2", reversible=True, level=0)) for frame in of.SMOOTH
    ]
    return of.part10(of.described(of.SMOOTH), of.J2K_LOSSLESS, of.encapsulated(frames)), of.SMOOTH


@seeds("PAC108")
def jph_boxes() -> Made:
    frames = [pc.repack(frame, pc.RepackOptions(file_format="jph")) for frame in of.coded(of.GREY, of.HT_LOSSLESS)]
    return of.grey_object(of.HT_LOSSLESS, frames), of.GREY


@seeds("PAC109")
def rows_of_another_picture() -> Made:
    return of.grey_object(of.J2K_LOSSLESS, of.coded(of.GREY, of.J2K_LOSSLESS), Rows=41), None


@seeds("PAC110")
def twelve_bits_said_to_be_ten() -> Made:
    frames = of.coded(of.GREY, of.J2K_LOSSLESS)
    return of.grey_object(of.J2K_LOSSLESS, frames, BitsStored=10, HighBit=9), of.GREY


@seeds("PAC110")
def sixteen_bits_said_to_be_twelve() -> Made:
    return of.grey_object(of.HT_LOSSLESS, of.coded(of.GREY, of.HT_LOSSLESS, bits=16)), of.GREY


@seeds("PAC111")
def unsigned_said_to_be_signed() -> Made:
    return of.grey_object(of.J2K_LOSSLESS, of.coded(of.GREY, of.J2K_LOSSLESS), PixelRepresentation=1), None


@seeds("PAC112")
def rgb_labelled_ybr_rct() -> Made:
    frames = of.coded(of.COLOUR, of.J2K_LOSSLESS, color_transform=False)
    return colour_object(of.J2K_LOSSLESS, frames, PhotometricInterpretation="YBR_RCT"), of.COLOUR


@seeds("PAC112")
def rgb_labelled_ybr_rct_in_ht() -> Made:
    frames = of.coded(of.COLOUR, of.HT_LOSSLESS, color_transform=False)
    return colour_object(of.HT_LOSSLESS, frames, PhotometricInterpretation="YBR_RCT"), of.COLOUR


@seeds("PAC113")
def ybr_rct_labelled_rgb() -> Made:
    return colour_object(of.J2K_LOSSLESS, of.coded(of.COLOUR, of.J2K_LOSSLESS)), of.COLOUR


@seeds("PAC114")
def ybr_rct_labelled_ybr_ict() -> Made:
    frames = of.coded(of.COLOUR, of.J2K_LOSSLESS)
    return colour_object(of.J2K, frames, PhotometricInterpretation="YBR_ICT"), of.COLOUR


@seeds("PAC115")
def transform_over_ybr_full() -> Made:
    frames = of.coded(of.COLOUR, of.J2K_LOSSLESS)
    return colour_object(of.J2K_LOSSLESS, frames, PhotometricInterpretation="YBR_FULL"), None


@seeds("PAC116")
def part_2_in_90() -> Made:
    frames = [changed(frame, b"\xff\x51", 4, b"\x80\x00") for frame in of.coded(of.GREY, of.J2K_LOSSLESS)]
    return of.grey_object(of.J2K_LOSSLESS, frames), None


@seeds("PAC116")
def an_extension_of_part_2_in_90() -> Made:
    frames = [frame[:45] + b"\xff\x74\x00\x04\x00\x00" + frame[45:] for frame in of.coded(of.GREY, of.J2K_LOSSLESS)]
    return of.grey_object(of.J2K_LOSSLESS, frames), None


@seeds("PAC011")
def an_extension_of_part_2_in_92() -> Made:
    frames = [frame[:45] + b"\xff\x74\x00\x04\x00\x00" + frame[45:] for frame in of.coded(of.GREY, of.J2K_LOSSLESS)]
    return of.grey_object(of.PREFIX + "92", frames), None


@seeds("PAC117")
def no_eoc() -> Made:
    return of.grey_object(of.J2K_LOSSLESS, [frame[:-2] for frame in of.coded(of.GREY, of.J2K_LOSSLESS)]), of.GREY


@seeds("PAC118")
def text_behind_eoc() -> Made:
    return of.grey_object(of.HT_LOSSLESS, [frame + b"junk" for frame in of.coded(of.GREY, of.HT_LOSSLESS)]), of.GREY


@seeds("PAC119")
def codestream_cut_in_half() -> Made:
    frames = [frame[: len(frame) // 2] for frame in of.coded(of.GREY, of.J2K_LOSSLESS)]
    return of.grey_object(of.J2K_LOSSLESS, frames), None


@seeds("PAC121")
def ht_without_its_capability() -> Made:
    frames = [changed(frame, b"\xff\x51", 4, b"\x00\x00") for frame in of.coded(of.GREY, of.HT_LOSSLESS)]
    return of.grey_object(of.HT_LOSSLESS, frames), None


@seeds("PAC122")
def components_of_two_precisions() -> Made:
    planes = [of.COLOUR[0, :, :, 0], of.COLOUR[0, :, :, 1], of.COLOUR[0, :, :, 2] >> 4]
    frame = pc.encode(planes, of.J2K_LOSSLESS, bits_stored=[8, 8, 4])
    return colour_object(of.J2K_LOSSLESS, [frame]), None


@seeds("PAC123")
def tlm_of_another_stream() -> Made:
    frames = of.coded(of.GREY, of.RPCL)
    wrong = [changed(frame, b"\xff\x55", 6, b"\x00\x00\x00\x11\x22") for frame in frames]
    return of.grey_object(of.RPCL, wrong), None


@seeds("PAC201")
def baseline_in_70() -> Made:
    frames = of.jpegs(of.SMOOTH, level=90)
    ds = of.lossy(of.described(of.SMOOTH), "ISO_10918_1")
    return of.part10(ds, of.SV1, of.encapsulated(frames)), np.stack(
        [imagecodecs.jpeg8_decode(frame) for frame in frames]
    )


@seeds("PAC201")
def lossless_in_50() -> Made:
    frames = of.jpegs(of.SMOOTH, lossless=True, predictor=1)
    return of.part10(of.described(of.SMOOTH), of.BASELINE, of.encapsulated(frames)), of.SMOOTH


@seeds("PAC202")
def predictor_6_in_70() -> Made:
    frames = of.jpegs(of.SMOOTH, lossless=True, predictor=6)
    return of.part10(of.described(of.SMOOTH), of.SV1, of.encapsulated(frames)), of.SMOOTH


@seeds("PAC203")
def columns_of_another_picture() -> Made:
    frames = of.jpegs(of.SMOOTH, lossless=True, predictor=1)
    return of.part10(of.described(of.SMOOTH, Columns=51), of.SV1, of.encapsulated(frames)), None


@seeds("PAC204")
def jpeg_of_sixteen_bits_said_to_be_twelve() -> Made:
    frames = of.jpegs(of.GREY, lossless=True, predictor=1, bitspersample=16)
    return of.grey_object(of.SV1, frames), of.GREY


@seeds("PAC205")
def ycbcr_jpeg_labelled_rgb() -> Made:
    frames = of.jpegs(of.COLOUR, level=95, colorspace="RGB", outcolorspace="YCBCR")
    kept = {"colorspace": "YCBCR", "outcolorspace": "YCBCR"}
    ds = of.lossy(of.described(of.COLOUR), "ISO_10918_1")
    expected = np.stack([imagecodecs.jpeg8_decode(frame, **kept) for frame in frames])
    return of.part10(ds, of.BASELINE, of.encapsulated(frames)), expected


@seeds("PAC206")
def impossible_huffman_table() -> Made:
    frames = [changed(frame, b"\xff\xc4", 5, b"\xff" * 16) for frame in of.jpegs(of.SMOOTH, lossless=True, predictor=1)]
    return of.part10(of.described(of.SMOOTH), of.SV1, of.encapsulated(frames)), None


@seeds("PAC207")
def no_eoi() -> Made:
    frames = [frame[:-2] for frame in of.jpegs(of.SMOOTH, lossless=True, predictor=1)]
    return of.part10(of.described(of.SMOOTH), of.SV1, of.encapsulated(frames)), None


@seeds("PAC208")
def text_behind_eoi() -> Made:
    frames = [frame + b"\0\0junk" for frame in of.jpegs(of.SMOOTH, lossless=True, predictor=1)]
    return of.part10(of.described(of.SMOOTH), of.SV1, of.encapsulated(frames)), of.SMOOTH


@seeds("PAC209")
def near_lossless_in_80() -> Made:
    frames = [bytes(imagecodecs.jpegls_encode(frame, level=3)) for frame in of.GREY]
    return of.grey_object(of.JPEG_LS, frames), np.stack([imagecodecs.jpegls_decode(frame) for frame in frames])


def rle(stack: np.ndarray) -> list[bytes]:
    stored = pc.PixelFormat(*stack.shape[1:3], 1, 16, 12, 0, "MONOCHROME2")
    return [codec_for(of.RLE).encode(frame, stored, of.RLE).data for frame in stack]


@seeds("PAC210")
def three_rle_segments_of_two() -> Made:
    return of.grey_object(of.RLE, [struct.pack("<L", 3) + frame[4:] for frame in rle(of.GREY)]), None


@seeds("PAC211")
def odd_rle_segments() -> Made:
    frames = []
    for frame in rle(of.GREY):
        count, first, second = struct.unpack_from("<3L", frame)
        header = struct.pack("<3L", count, first, second + 1) + frame[12:64]
        frames.append(header + frame[64:second] + b"\x80" + frame[second:])
    return of.grey_object(of.RLE, frames), None


@seeds("PAC212")
def shared_chroma_labelled_ybr_full() -> Made:
    frames = of.jpegs(of.COLOUR, level=95, colorspace="RGB", outcolorspace="YCBCR", subsampling="422")
    ds = of.lossy(of.described(of.COLOUR, PhotometricInterpretation="YBR_FULL"), "ISO_10918_1")
    kept = {"colorspace": "YCBCR", "outcolorspace": "YCBCR"}
    expected = np.stack([imagecodecs.jpeg8_decode(frame, **kept) for frame in frames])
    return of.part10(ds, of.BASELINE, of.encapsulated(frames)), expected


@seeds("PAC002")
def codestream_without_cod() -> Made:
    frames = [changed(frame, b"\xff\x52", 0, b"\xff\x64") for frame in of.coded(of.GREY, of.J2K_LOSSLESS)]
    return of.grey_object(of.J2K_LOSSLESS, frames), None


@seeds("PAC213")
def an_uncompressed_frame_too_long() -> Made:
    frames = [of.words(frame) + bytes(100) for frame in of.GREY]
    return of.grey_object("1.2.840.10008.1.2.1.98", frames), None


@seeds("PAC214")
def jpeg_xl_without_a_jpeg() -> Made:
    frames = [bytes(imagecodecs.jpegxl_encode(frame, lossless=True)) for frame in of.SMOOTH]
    data = of.part10(of.described(of.SMOOTH), of.PREFIX + "101", of.encapsulated(frames))
    return data.replace(b".4.101", b".4.111", 1), of.SMOOTH  # pydicom writes no UID that it does not know


@seeds("PAC124")
def twelve_bits_in_eight() -> Made:
    ds = of.described(of.GREY, BitsAllocated=8, BitsStored=8, HighBit=7)
    return of.part10(ds, of.J2K_LOSSLESS, of.encapsulated(of.coded(of.GREY, of.J2K_LOSSLESS))), None
