"""Choosing among windows, presentation tables, supplemental palettes and colour management."""

import io

import numpy as np
import pytest

from pacscore import DataError, OptionError, Pipeline, UnsupportedError, Window, render
from pacscore.pixels.icc import to_srgb
from pacscore.pixels.lookup import LookupTable
from pacscore.pixels.palette import Palette


def table(values, first=0, bits=16):
    return LookupTable(first, bits, np.asarray(values, "<u2").tobytes())


def test_choices_by_place_and_by_explanation():
    lung = Window(-600, 1500, explanation="LUNG")
    bone = LookupTable(0, 8, b"\1\0", "Bone")
    offered = Pipeline(voi_choices=(lung, bone))
    assert offered.with_voi(1).voi is bone
    assert offered.with_voi(" lung").voi is lung
    for wrong in (2, -1, "BRAIN"):
        with pytest.raises(OptionError, match="'LUNG', 1 'Bone'"):
            offered.with_voi(wrong)
    with pytest.raises(OptionError, match="none"):
        Pipeline().with_voi(0)
    assert lung == Window(-600, 1500)


def test_a_presentation_lut_comes_after_the_window_and_before_the_shape():
    levels = np.arange(0, 256, dtype=np.uint8)
    lut = table([65535, 0, 30000], bits=16)
    shown = render(levels, Pipeline(8, 0, "MONOCHROME1", presentation_lut=lut))
    nearest = (levels.astype(int) * 2 * 2 + 255) // 510  # floor(x / 255 * 2 + 1/2)
    expected = np.array([65535, 0, 30000])[nearest]
    assert np.array_equal(shown, (expected * 255 * 2 + 65535) // (2 * 65535))
    assert np.array_equal(render(levels, Pipeline(8, presentation_lut=lut).inverted()), 255 - shown)


@pytest.mark.parametrize("window", [None, Window(50, 100, "LINEAR_EXACT")])
def test_a_supplemental_palette_colours_what_it_maps(window):
    stored = np.array([[0, 50, 100, 4000, 4001, 4002, 5000]], np.uint16)
    palette = Palette(table([65535, 0], 4000), table([0, 65535], 4000), table([0, 0], 4000))
    pipeline = Pipeline(12, voi=window, palette=palette)
    red, green = [255, 0, 0], [0, 255, 0]
    grey = [[round(x)] * 3 for x in (0, 127.6, 255)]
    assert pipeline.gives_color
    assert render(stored, pipeline).tolist() == [[*grey, red, green, green, green]]


def test_colours_are_managed_on_request():
    from PIL import Image, ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    rgb = np.random.default_rng(1).integers(0, 256, (600, 5, 3), dtype=np.uint8)
    pipeline = Pipeline(8, 0, "RGB", icc_profile=profile)
    assert np.array_equal(render(rgb, pipeline), rgb)
    assert np.abs(render(rgb, pipeline.color_managed()).astype(int) - rgb).max() <= 1
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for broken in (b"", b"junk" * 100, profile[:200], lab):
        with pytest.raises(DataError, match="ICC Profile"):
            to_srgb(rgb, broken)
    with pytest.raises(UnsupportedError, match="8 bits"):
        render(rgb, pipeline.color_managed(), bits=12)
    whole = Image.fromarray(rgb)
    ImageCms.profileToProfile(
        whole, io.BytesIO(profile), ImageCms.createProfile("sRGB"), renderingIntent=ImageCms.Intent(0), inPlace=True
    )
    assert np.array_equal(to_srgb(rgb, profile), np.asarray(whole))
