"""Seeded faults: Image Pixel attributes, lossy history, display."""

from __future__ import annotations

import imagecodecs
import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from dicom import linter_objects as of
from dicom.seeded_items import native_object
from dicom.seeding import Made, seeds


def plain(ds: Dataset, stack: np.ndarray = of.GREY) -> bytes:
    """Return a native object around a data set."""
    return of.part10(ds, of.EXPLICIT, of.native(of.words(stack), b"OB" if stack.dtype.itemsize == 1 else b"OW"))


def with_words(ds: Dataset, **elements: tuple[int, str, int]) -> Dataset:
    """Return a data set with elements of a VR that is ours to choose."""
    for number, vr, value in elements.values():
        ds.add_new((0x0028, number), vr, value)
    return ds


@seeds("PAC401")
def no_bits_allocated() -> Made:
    return plain(of.without(of.described(of.GREY), "BitsAllocated")), None


@seeds("PAC401")
def more_bits_stored_than_allocated() -> Made:
    return native_object(BitsStored=20), None


@seeds("PAC402")
def rgb_of_one_sample() -> Made:
    return native_object(PhotometricInterpretation="RGB"), None


@seeds("PAC403")
def ybr_rct_in_native_pixels() -> Made:
    return plain(of.described(of.COLOUR, PhotometricInterpretation="YBR_RCT"), of.COLOUR), None


@seeds("PAC403")
def an_interpretation_that_is_none() -> Made:
    return native_object(PhotometricInterpretation="GREYISH"), None


@seeds("PAC403")
def a_palette_with_loss() -> Made:
    frames = of.jpegs(of.SMOOTH, level=90)
    ds = of.lossy(of.described(of.SMOOTH, PhotometricInterpretation="PALETTE COLOR"), "ISO_10918_1")
    return of.part10(ds, of.BASELINE, of.encapsulated(frames)), None


@seeds("PAC404")
def high_bit_of_a_codestream() -> Made:
    return of.grey_object(of.HT_LOSSLESS, of.coded(of.GREY, of.HT_LOSSLESS), HighBit=15), of.GREY


@seeds("PAC405")
def twelve_bits_allocated() -> Made:
    packed = bytes(40 * 50 * 3 * 12 // 8)
    return of.part10(of.described(of.GREY, BitsAllocated=12), of.EXPLICIT, of.native(packed)), None


@seeds("PAC406")
def no_planar_configuration() -> Made:
    ds = of.without(of.described(of.COLOUR, PhotometricInterpretation="YBR_RCT"), "PlanarConfiguration")
    return of.part10(ds, of.HT_LOSSLESS, of.encapsulated(of.coded(of.COLOUR, of.HT_LOSSLESS))), of.COLOUR


@seeds("PAC406")
def no_planar_configuration_of_native_pixels() -> Made:
    return plain(of.without(of.described(of.COLOUR), "PlanarConfiguration"), of.COLOUR), None


@seeds("PAC407")
def planes_of_grey() -> Made:
    return native_object(PlanarConfiguration=0), of.GREY


@seeds("PAC408")
def codestream_by_plane() -> Made:
    ds = of.described(of.COLOUR, PlanarConfiguration=1, PhotometricInterpretation="YBR_RCT")
    return of.part10(ds, of.HT_LOSSLESS, of.encapsulated(of.coded(of.COLOUR, of.HT_LOSSLESS))), of.COLOUR


@seeds("PAC409")
def signed_colours() -> Made:
    return plain(of.described(of.COLOUR, PixelRepresentation=1), of.COLOUR), of.COLOUR


@seeds("PAC417")
def padding_value_of_the_other_sign() -> Made:
    ds = with_words(of.described(of.SIGNED), padding=(0x0120, "US", 63536))
    return plain(ds, of.SIGNED), of.SIGNED


def lossy_frames() -> tuple[list[bytes], np.ndarray]:
    frames = of.jpegs(of.SMOOTH, level=90)
    return frames, np.stack([imagecodecs.jpeg8_decode(frame) for frame in frames])


def baseline(ds: Dataset, frames: list[bytes]) -> bytes:
    return of.part10(ds, of.BASELINE, of.encapsulated(frames))


@seeds("PAC501")
def loss_denied_by_the_flag() -> Made:
    frames, pixels = lossy_frames()
    return baseline(of.described(of.SMOOTH, LossyImageCompression="00"), frames), pixels


@seeds("PAC501")
def loss_not_mentioned() -> Made:
    frames = of.coded(of.GREY, of.J2K, reversible=False)
    return of.grey_object(of.J2K, frames), np.stack([imagecodecs.jpeg2k_decode(frame) for frame in frames])


@seeds("PAC501")
def video_without_a_word_of_loss() -> Made:
    return of.part10(of.described(of.COLOUR), of.PREFIX + "102", of.encapsulated([bytes(64)])), None


@seeds("PAC502")
def two_ratios_of_one_method() -> Made:
    ds = of.lossy(of.described(of.SMOOTH), "ISO_10918_1")
    ds.LossyImageCompressionRatio = ["5", "6"]
    return baseline(ds, lossy_frames()[0]), None


@seeds("PAC503")
def another_method() -> Made:
    frames, pixels = lossy_frames()
    return baseline(of.lossy(of.described(of.SMOOTH), "ISO_15444_1"), frames), pixels


@seeds("PAC504")
def flag_reset_after_decompression() -> Made:
    ds = of.lossy(of.described(of.GREY), "ISO_15444_1")
    ds.LossyImageCompression = "00"
    return plain(ds), of.GREY


@seeds("PAC505")
def a_flag_that_is_none() -> Made:
    return native_object(LossyImageCompression="YES"), None


@seeds("PAC506")
def an_original_with_loss() -> Made:
    ds = of.lossy(of.described(of.SMOOTH, ImageType=["ORIGINAL", "PRIMARY"]), "ISO_10918_1")
    return baseline(ds, lossy_frames()[0]), None


@seeds("PAC507")
def loss_without_a_ratio() -> Made:
    frames, pixels = lossy_frames()
    return baseline(of.described(of.SMOOTH, LossyImageCompression="01"), frames), pixels


@seeds("PAC601")
def a_window_of_width_0() -> Made:
    return native_object(WindowCenter="40", WindowWidth="0"), None


@seeds("PAC601")
def half_a_width_under_linear_in_functional_groups() -> Made:
    window, group = Dataset(), Dataset()
    window.WindowCenter, window.WindowWidth = "40", "0.5"
    group.FrameVOILUTSequence = Sequence([window])
    return native_object(SharedFunctionalGroupsSequence=Sequence([group])), None


@seeds("PAC602")
def two_centers_of_one_width() -> Made:
    return native_object(WindowCenter=["40", "50"], WindowWidth="400"), None


@seeds("PAC603")
def two_explanations_of_one_window() -> Made:
    return native_object(WindowCenter="40", WindowWidth="400", WindowCenterWidthExplanation=["SOFT", "BONE"]), None


@seeds("PAC604")
def a_function_that_is_none() -> Made:
    return native_object(WindowCenter="40", WindowWidth="400", VOILUTFunction="CUBIC"), None


@seeds("PAC606")
def slope_0() -> Made:
    return native_object(RescaleSlope="0", RescaleIntercept="-1024"), None


@seeds("PAC607")
def intercept_alone() -> Made:
    return native_object(RescaleIntercept="-1024"), None


def table(descriptor: list[int], data: bytes) -> Dataset:
    item = Dataset()
    item.add_new((0x0028, 0x3002), "US", descriptor)
    item.add_new((0x0028, 0x3006), "OW", data)
    return item


@seeds("PAC608")
def two_ways_to_modality_values() -> Made:
    luts = Sequence([table([4, 0, 16], bytes(8))])
    return native_object(RescaleIntercept="0", RescaleSlope="1", ModalityLUTSequence=luts), None


@seeds("PAC609")
def a_table_of_24_bits() -> Made:
    return native_object(ModalityLUTSequence=Sequence([table([4, 0, 24], bytes(8))])), None


@seeds("PAC610")
def a_table_too_short() -> Made:
    return native_object(VOILUTSequence=Sequence([table([256, 0, 12], bytes(100))])), None


def palette(**changes: object) -> Dataset:
    ds = of.described(of.SMOOTH, PhotometricInterpretation="PALETTE COLOR")
    for number in range(3):  # red, green, blue
        ds.add_new((0x0028, 0x1101 + number), "US", [256, 0, 16])
        ds.add_new((0x0028, 0x1201 + number), "OW", bytes(512))
    for keyword, value in changes.items():
        setattr(ds, keyword, value)
    return ds


@seeds("PAC611")
def no_green() -> Made:
    return plain(of.without(palette(), "GreenPaletteColorLookupTableData"), of.SMOOTH), None


@seeds("PAC612")
def blue_begins_elsewhere() -> Made:
    return plain(palette(BluePaletteColorLookupTableDescriptor=[256, 1, 16]), of.SMOOTH), None


@seeds("PAC613")
def smallest_above_largest() -> Made:
    ds = with_words(of.described(of.GREY), low=(0x0106, "US", 4000), high=(0x0107, "US", 1))
    return of.part10(ds, of.HT_LOSSLESS, of.encapsulated(of.coded(of.GREY, of.HT_LOSSLESS))), None


@seeds("PAC614")
def a_limit_without_a_value() -> Made:
    return plain(with_words(of.described(of.GREY), limit=(0x0121, "US", 100))), None


@seeds("PAC615")
def padding_above_the_range() -> Made:
    return plain(with_words(of.described(of.GREY), padding=(0x0120, "US", 63536))), None


@seeds("PAC616")
def a_shape_that_is_none() -> Made:
    return native_object(PresentationLUTShape="ROUND"), None


@seeds("PAC617")
def two_functional_groups_of_three_frames() -> Made:
    return native_object(PerFrameFunctionalGroupsSequence=Sequence([Dataset(), Dataset()])), None


def overlay(ds: Dataset) -> Dataset:
    """Return a data set with an overlay that lives in bit 12 of the pixel cells."""
    for element, vr, value in ((0x0010, "US", 40), (0x0011, "US", 50), (0x0100, "US", 16), (0x0102, "US", 12)):
        ds.add_new((0x6000, element), vr, value)
    return ds


@seeds("PAC701")
def an_overlay_in_unused_bits() -> Made:
    return plain(overlay(of.described(of.GREY)), of.GREY | 0x1000), None


@seeds("PAC702")
def an_overlay_in_a_codestream() -> Made:
    frames = of.coded(of.GREY, of.HT_LOSSLESS)
    return of.part10(overlay(of.described(of.GREY)), of.HT_LOSSLESS, of.encapsulated(frames)), None
