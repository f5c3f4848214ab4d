"""TIFF files that tifffile wrote, as pyramids and as sources of them."""

from __future__ import annotations

import io

import imagecodecs
import numpy as np
import pytest

import pacscore as pc

tifffile = pytest.importorskip("tifffile")
KINDS = {
    "tiles": {"tile": (64, 96), "compression": "deflate"},
    "strips": {"rowsperstrip": 37, "compression": "lzw"},
    "one strip": {"rowsperstrip": 1000},
    "big": {"tile": (64, 64), "bigtiff": True, "byteorder": ">"},
}


def picture(*shape, dtype=np.uint8):
    rng = np.random.default_rng(shape[0])
    return (np.indices(shape).sum(0) // 3 % 200 + rng.integers(0, 20, shape)).astype(dtype)


def written(image, **choices):
    file = io.BytesIO()
    tifffile.imwrite(file, image, photometric="rgb" if image.ndim == 3 else "minisblack", **choices)
    return file.getvalue()


def largest_level(folder, columns):
    """Return the tiles of the largest level of a DeepZoom folder, put together."""
    level = max((folder / "image_files").iterdir(), key=lambda path: int(path.name))
    wide = -(-columns // 64)
    tiles = sorted(level.iterdir(), key=lambda path: [int(n) for n in path.stem.split("_")][::-1])
    decoded = [imagecodecs.png_decode(path.read_bytes()) for path in tiles]
    return np.concatenate([np.concatenate(decoded[i : i + wide], 1) for i in range(0, len(decoded), wide)], 0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("image", [picture(150, 210, 3), picture(150, 210), picture(150, 210, dtype=np.uint16)])
def test_the_pixels_are_those_that_were_written(image, kind, tmp_path):
    (tmp_path / "a.tif").write_bytes(data := written(image, **KINDS[kind]))
    for source in (data, tmp_path / "a.tif"):
        with pc.open_pyramid(source) as pyramid:
            np.testing.assert_array_equal(pyramid.level(0).tile(0, 0), image)
    pc.build_pyramid(tmp_path / "a.tif", tmp_path / "zoom", pc.DeepZoomLayout(tile_format="png"), tile=64, threads=2)
    np.testing.assert_array_equal(largest_level(tmp_path / "zoom", 210), image)


def test_jpeg_tiles_come_as_rgb():
    image = np.broadcast_to(np.array([200, 40, 90], np.uint8), (128, 128, 3))
    level = pc.open_pyramid(written(image, tile=(64, 64), compression="jpeg")).level(0)
    assert np.abs(level.tile(0, 0).astype(int) - image).max() <= 3


@pytest.mark.parametrize(
    "choices",
    [{"photometric": "miniswhite"}, {"photometric": "palette", "colormap": np.zeros((3, 256), np.uint16)}],
)
def test_other_pictures_are_refused(choices):
    file = io.BytesIO()
    tifffile.imwrite(file, picture(64, 64), **choices)
    with pytest.raises(pc.UnsupportedError):
        pc.open_pyramid(file.getvalue())


def test_planes_apart_and_stacks_are_refused():
    planes = io.BytesIO()
    tifffile.imwrite(planes, np.zeros((3, 64, 64), np.uint8), photometric="rgb", planarconfig="separate")
    stack = io.BytesIO()
    tifffile.imwrite(
        stack, np.zeros((4, 64, 64), np.uint8), volumetric=True, tile=(16, 16, 16), photometric="minisblack"
    )
    for file in (planes, stack):
        with pytest.raises(pc.UnsupportedError):
            pc.open_pyramid(file.getvalue())


def test_what_is_too_large_is_refused():
    data = written(picture(150, 210, 3), tile=(64, 96), compression="deflate")
    with pytest.raises(pc.LimitError):
        pc.open_pyramid(data, limits=pc.Limits(output_bytes=10_000))


def test_wrong_bytes_give_our_errors(tmp_path):
    data = written(picture(150, 210, 3), tile=(64, 96), compression="deflate")
    rng = np.random.default_rng(1)
    for number in range(60):
        wrong = bytearray(data)
        for place in rng.integers(4, 400 if number % 2 else len(wrong), 5):
            wrong[place] = rng.integers(256)
        try:
            level = pc.open_pyramid(bytes(wrong[: rng.integers(8, len(wrong))]) if number % 3 else bytes(wrong)).level(
                0
            )
        except pc.PacscoreError:
            continue
        assert level.tile(0, 0).size
    for junk in (b"II*\0", b"MM\0*" + bytes(100), b"II+\0" + b"\xff" * 100):
        with pytest.raises(pc.DataError):
            pc.open_pyramid(junk)
