"""Pyramids that were built: every level against the literal reduction of the one above it."""

from __future__ import annotations

import itertools
import json
import os
import xml.etree.ElementTree as ET
from pathlib import Path

import imagecodecs
import numpy as np
import pytest

import pacscore as pc
from pyramid.slides import cut, slide
from reference.reduction import mean_of_four

DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))


def picture(*shape, dtype=np.uint8):
    rng = np.random.default_rng(shape[0])
    slope = np.indices(shape).sum(0) * (np.iinfo(dtype).max / sum(shape[:2])) * 0.9
    return (slope + rng.integers(0, 20, shape)).astype(dtype)


def reductions(image, count):
    levels = [image]
    while len(levels) < count:
        levels.append(mean_of_four(levels[-1]))
    return levels


def deep_zoom(folder, decode, name="image"):
    """Put the levels of a DeepZoom folder together, the largest first, by its description alone."""
    description = ET.parse(folder / f"{name}.dzi").getroot()
    side, suffix = int(description.get("TileSize")), description.get("Format")
    assert description.get("Overlap") == "0"
    size = description.find("{*}Size")
    rows, columns = int(size.get("Height")), int(size.get("Width"))
    levels = []
    for level in range((max(rows, columns) - 1).bit_length(), -1, -1):
        high, wide = -(-rows // side), -(-columns // side)
        tiles = [[f"{level}/{column}_{row}.{suffix}" for column in range(wide)] for row in range(high)]
        at = folder / f"{name}_files"
        levels.append(
            np.concatenate([np.concatenate([decode((at / t).read_bytes()) for t in row], 1) for row in tiles], 0)
        )
        assert levels[-1].shape[:2] == (rows, columns)
        assert len(list((at / str(level)).iterdir())) == high * wide
        rows, columns = -(-rows // 2), -(-columns // 2)
    return levels


@pytest.mark.parametrize("shape", [(300, 199), (99, 301, 3), (1, 70), (64, 64)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_deep_zoom(shape, dtype, tmp_path):
    image = picture(*shape, dtype=dtype)
    report = pc.build_pyramid(image, tmp_path / "zoom", pc.DeepZoomLayout(tile_format="png"), tile=64, threads=2)
    levels = deep_zoom(tmp_path / "zoom", imagecodecs.png_decode)
    for found, expected in zip(levels, reductions(image, len(levels)), strict=True):
        np.testing.assert_array_equal(found, expected)
    assert report.levels == tuple(level.shape[:2] for level in levels)
    assert report.files == 1 + sum(path.is_file() for path in (tmp_path / "zoom" / "image_files").rglob("*"))
    assert json.loads(report.to_json())["schema"] == 1


def test_deep_zoom_of_jpegs_is_near_and_named(tmp_path):
    image = picture(200, 260, 3)
    pc.build_pyramid(image, tmp_path / "zoom", pc.DeepZoomLayout(quality=95, name="liver"), tile=128)
    level = deep_zoom(tmp_path / "zoom", imagecodecs.jpeg8_decode, "liver")[0]
    assert np.abs(level.astype(int) - image).mean() < 6


def test_iiif(tmp_path):
    """Every tile that info.json tells of is where the Image API says, and of that size."""
    image = picture(150, 260, 3)
    layout = pc.IIIFLayout("https://example.org/iiif/slide", tile_format="png")
    pc.build_pyramid(image, tmp_path / "iiif", layout, tile=64)
    info = json.loads((tmp_path / "iiif" / "info.json").read_text())
    assert (info["width"], info["height"], info["profile"]) == (260, 150, "level0")
    factors = info["tiles"][0]["scaleFactors"]
    assert factors == [1, 2, 4, 8]
    count = 1
    for factor, expected in zip(factors, reductions(image, 4), strict=True):
        step = 64 * factor
        for top in range(0, 150, step):
            for left in range(0, 260, step):
                wide, high = min(step, 260 - left), min(step, 150 - top)
                region = "full" if (wide, high) == (260, 150) else f"{left},{top},{wide},{high}"
                size = f"{-(-wide // factor)},{-(-high // factor)}"
                path = tmp_path / "iiif" / region / size / "0" / "default.png"
                tile = imagecodecs.png_decode(path.read_bytes())
                y, x = top // factor, left // factor
                np.testing.assert_array_equal(tile, expected[y : y + 64, x : x + 64])
                count += 1
    assert sum(path.is_file() for path in (tmp_path / "iiif").rglob("*")) == count
    assert info["sizes"] == [{"width": 33, "height": 19}]


def test_a_picture_of_one_tile_is_found_at_full_max(tmp_path):
    image = picture(50, 60)
    pc.build_pyramid(image, tmp_path / "iiif", pc.IIIFLayout("https://example.org/a"), tile=64)
    assert (tmp_path / "iiif" / "full" / "max" / "0" / "default.jpg").exists()


@pytest.mark.parametrize("heights", [[1] * 130, [130], [7, 100, 23], [64, 64, 2], [3, 61, 66]])
def test_rows_come_in_bands_of_any_height(heights, tmp_path):
    image = picture(130, 90)
    edges = np.cumsum([0, *heights])
    bands = (image[start:stop] for start, stop in itertools.pairwise(edges))
    source = pc.RowSource(image.shape, image.dtype, bands)
    pc.build_pyramid(source, tmp_path / "zoom", pc.DeepZoomLayout(tile_format="png"), tile=32)
    levels = deep_zoom(tmp_path / "zoom", imagecodecs.png_decode)
    for found, expected in zip(levels, reductions(image, len(levels)), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_from_a_codestream_a_slide_and_a_memmap(tmp_path):
    image = picture(130, 90, 3)
    layout = pc.DeepZoomLayout(tile_format="png")
    mapped = np.memmap(tmp_path / "raw", np.uint8, "w+", shape=image.shape)
    mapped[...] = image
    sources = [
        pc.encode(image, "1.2.840.10008.1.2.4.201"),
        slide(cut(image, 32, 48), (130, 90)),
        pc.open_pyramid(image),
        mapped,
    ]
    for number, source in enumerate(sources):
        pc.build_pyramid(source, tmp_path / str(number), layout, tile=64)
        levels = deep_zoom(tmp_path / str(number), imagecodecs.png_decode)
        for found, expected in zip(levels, reductions(image, len(levels)), strict=True):
            np.testing.assert_array_equal(found, expected)


def test_ybr_full_becomes_rgb(tmp_path):
    path = DATA / "dicom" / "ez-wsi-dicomweb" / "test.dcm"
    pc.build_pyramid(path, tmp_path / "zoom", pc.DeepZoomLayout(tile_format="png"), tile=64)
    found = deep_zoom(tmp_path / "zoom", imagecodecs.png_decode)[0]
    with pc.open(path) as frames:
        y, cb, cr = np.moveaxis(frames[0].astype(float), -1, 0)
    expected = np.stack(
        [y + 1.402 * (cr - 128), y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128), y + 1.772 * (cb - 128)], -1
    )
    assert np.abs(found - np.clip(expected, 0, 255)).max() <= 0.5


def test_nothing_is_left_of_what_failed(tmp_path):
    image = picture(100, 100)
    source = pc.RowSource(image.shape, image.dtype, [image[:60], image[:10]])
    with pytest.raises(pc.DataError, match="end after 70"):
        pc.build_pyramid(source, tmp_path / "zoom", pc.DeepZoomLayout(), tile=32)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "zoom").mkdir()
    with pytest.raises(FileExistsError):
        pc.build_pyramid(image, tmp_path / "zoom", pc.DeepZoomLayout())
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    "source",
    [
        lambda image: pc.RowSource(image.shape, image.dtype, [image, image[:1]]),
        lambda image: pc.RowSource(image.shape, image.dtype, [image[:, :5]]),
        lambda image: pc.RowSource(image.shape, image.dtype, [image.astype(np.uint16)]),
        lambda image: pc.RowSource(image.shape, image.dtype, [5]),
        lambda image: pc.RowSource((0, 0), image.dtype, [image]),
        lambda image: pc.RowSource("no shape", image.dtype, [image]),
        lambda image: pc.RowSource(image.shape, "no dtype", [image]),
        lambda image: image.astype(np.int16),
        lambda image: image.astype(np.float32),
        lambda image: image.astype(np.uint16),
        lambda image: b"nothing",
    ],
)
def test_sources_that_do_not_fit(source, tmp_path):
    with pytest.raises(pc.PacscoreError):
        pc.build_pyramid(source(picture(40, 40)), tmp_path / "zoom", pc.DeepZoomLayout(), tile=32)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("layout", "choices"),
    [
        (pc.DeepZoomLayout(quality=0), {}),
        (pc.DeepZoomLayout(tile_format="gif"), {}),
        (pc.DeepZoomLayout(name="../up"), {}),
        (pc.IIIFLayout(""), {}),
        (pc.IIIFLayout("https://example.org/"), {}),
        (pc.DeepZoomLayout(), {"tile": 33}),
        (pc.DeepZoomLayout(), {"tile": 0}),
        (pc.DeepZoomLayout(), {"threads": 0}),
    ],
)
def test_choices_that_make_no_sense(layout, choices, tmp_path):
    with pytest.raises(pc.OptionError):
        pc.build_pyramid(picture(40, 40), tmp_path / "zoom", layout, **choices)
    assert list(tmp_path.iterdir()) == []
