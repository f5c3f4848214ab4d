"""The way of a frame to the screen: inversion, default ranges, colour, palettes, containers and buffers."""

import numpy as np
import pytest

from pacscore import OptionError, Pipeline, UnsupportedError, Window, render
from pacscore.pixels.lookup import LookupTable
from pacscore.pixels.modality import Rescale
from pacscore.pixels.palette import Palette


def table(values, first=0, bits=8):
    return LookupTable(first, bits, np.asarray(values, "<u2").tobytes())


def test_monochrome1_is_inverse_after_the_window():
    stored = np.arange(0, 4096, 3, dtype=np.uint16)
    window = Window(700, 900)
    one = render(stored, Pipeline(photometric_interpretation="MONOCHROME1", voi=window))
    two = render(stored, Pipeline(photometric_interpretation="MONOCHROME2", voi=window))
    assert np.array_equal(one, 255 - two)


def test_presentation_lut_shape_decides_over_monochrome1():
    stored = np.array([0, 255], np.uint8)
    pipeline = Pipeline(8, 0, "MONOCHROME1", presentation_lut_shape="IDENTITY")
    assert render(stored, pipeline).tolist() == [0, 255]
    assert render(stored, pipeline.inverted()).tolist() == [255, 0]
    assert render(stored, pipeline.inverted().inverted()).tolist() == [0, 255]
    assert render(stored, Pipeline(8, 0, "MONOCHROME1").inverted()).tolist() == [0, 255]


@pytest.mark.parametrize("bits", [1, 7, 8])
def test_up_to_eight_bits_without_a_window_show_bits_stored(bits):
    stored = np.arange(1 << bits, dtype=np.uint8)
    assert np.array_equal(render(stored, Pipeline(bits), bits=bits), stored)


@pytest.mark.parametrize("bits", [9, 12, 16])
def test_more_bits_without_a_window_show_the_frame_s_range(bits):
    stored = np.array([[3, 4, 400]], np.uint16)
    assert render(stored, Pipeline(bits)).tolist() == [[0, 1, 255]]


def test_the_frame_s_range_leaves_padding_out():
    stored = np.array([-2000, 0, 100], np.int16)
    pipeline = Pipeline(16, 1, modality=Rescale(-1, 5), padding=(-2000, -2000))
    assert render(stored, pipeline).tolist() == [255, 255, 0]


def test_not_a_number_is_no_part_of_the_range_and_black():
    stored = np.array([np.nan, 1.0, 2.0, np.inf], np.float32)
    assert render(stored, Pipeline(32)).tolist() == [0, 0, 255, 255]


@pytest.mark.parametrize("array", [np.full((2, 2), 7, np.int16), np.zeros((0, 4), np.int16), np.full(3, np.nan)])
def test_nothing_to_tell_apart_is_black(array):
    assert not render(array, Pipeline()).any()


def test_rgb_passes_through_and_the_input_stays():
    stored = np.random.default_rng(1).integers(0, 256, (4, 5, 3), dtype=np.uint8)
    for interpretation in ("RGB", "YBR_RCT", "YBR_ICT"):
        shown = render(stored, Pipeline(8, 0, interpretation, modality=Rescale(2, 3), voi=Window(1, 2)))
        assert np.array_equal(shown, stored)
        assert not np.shares_memory(shown, stored)


def test_rgb_of_sixteen_bits_keeps_them_or_scales_them():
    stored = np.arange(0, 65536, 1, dtype=np.uint16)[: 65535 // 3 * 3].reshape(1, -1, 3)
    pipeline = Pipeline(16, 0, "RGB")
    assert np.array_equal(render(stored, pipeline, bits=16), stored)
    assert np.array_equal(render(stored, pipeline), (stored.astype(np.int64) * 255 * 2 + 65535) // (2 * 65535))


def test_ybr_full_primaries():
    # The six corners of the colour cube and grey, as the forward matrix of PS3.3 C.7.6.3.1.2 gives them.
    rgb = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0], [0, 255, 255], [255, 0, 255], [90, 90, 90]]])
    forward = np.array([[0.2990, 0.5870, 0.1140], [-0.1687, -0.3313, 0.5000], [0.5000, -0.4187, -0.0813]])
    ybr = np.clip(np.rint(rgb @ forward.T + [0, 128, 128]), 0, 255).astype(np.uint8)
    for interpretation in ("YBR_FULL", "YBR_FULL_422"):
        shown = render(ybr, Pipeline(8, 0, interpretation))
        assert np.abs(shown.astype(int) - rgb).max() <= 2


@pytest.mark.parametrize("interpretation", ["YBR_PARTIAL_422", "YBR_PARTIAL_420"])
def test_the_partial_range_is_shown_whole(interpretation):
    ybr = np.array([[[16, 128, 128], [235, 128, 128], [126, 128, 128]]], np.uint8)
    assert render(ybr, Pipeline(8, 0, interpretation)).tolist() == [[[0] * 3, [255] * 3, [128] * 3]]


def test_palette():
    palette = Palette(table([10, 20, 30], 1), table([65535, 0, 256], 1, 16), table([7], 0))
    shown = render(np.array([[0, 1, 2, 3, 9]], np.uint8), Pipeline(8, 0, "PALETTE COLOR", palette=palette))
    assert shown.tolist() == [[[10, 255, 7], [10, 255, 7], [20, 0, 7], [30, 1, 7], [30, 1, 7]]]


def test_lookup_tables_of_both_stages():
    modality, voi = table([5, 6, 1000], -1, 10), table([0, 4095, 1024], 5, 12)
    stored = np.array([-9, -1, 0, 1, 9], np.int16)
    assert render(stored, Pipeline(modality=modality, voi=voi)).tolist() == [0, 0, 255, 64, 64]
    assert render(stored.astype(np.int32), Pipeline(modality=modality)).tolist() == [0, 0, 0, 255, 255]


def test_out_is_written_and_returned():
    stored = np.arange(12, dtype=np.uint16).reshape(3, 4)
    out = np.empty((3, 4), np.uint8)
    assert render(stored, Pipeline(), out=out) is out
    assert out[-1, -1] == 255
    for wrong in (np.empty((4, 3), np.uint8), np.empty((3, 4), np.uint16), np.empty((4, 3), np.uint8).T):
        with pytest.raises(OptionError):
            render(stored, Pipeline(), out=wrong)


@pytest.mark.parametrize("order", ["<", ">"])
def test_byte_order_and_strides_do_not_matter(order):
    stored = np.arange(-500, 500, dtype=f"{order}i2").reshape(20, 50)
    pipeline = Pipeline(voi=Window(0, 500))
    straight = render(stored.astype("=i2"), pipeline)
    assert np.array_equal(render(stored, pipeline), straight)
    assert np.array_equal(render(stored[::2, ::-3], pipeline), straight[::2, ::-3])


def test_what_cannot_be_rendered_says_so():
    for interpretation in ("HSV", "ARGB", "CMYK", "XYB"):
        with pytest.raises(UnsupportedError, match=interpretation):
            render(np.zeros((2, 2, 3), np.uint8), Pipeline(8, 0, interpretation))
    for array, interpretation in (
        (np.zeros((2, 2), np.uint8), "RGB"),
        (np.zeros((2, 2)), "PALETTE COLOR"),
        (np.zeros(2, "U1"), "RGB"),
    ):
        with pytest.raises(OptionError):
            render(array, Pipeline(8, 0, interpretation))
    for bits in (0, 17):
        with pytest.raises(OptionError):
            render(np.zeros((2, 2), np.uint8), Pipeline(8), bits=bits)
    for arguments in ((0, 8, b""), (0, 8, b"abc"), (0, 17, b"ab")):
        with pytest.raises(OptionError):
            LookupTable(*arguments)
    with pytest.raises(OptionError):
        Rescale(float("nan"))
