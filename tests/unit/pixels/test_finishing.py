"""What is done to a picture by place: overlays, shutters, rotation, flip and area, pixel by pixel."""

from fractions import Fraction

import numpy as np
import pytest

from pacscore import OptionError, Pipeline, Region, Window, render
from pacscore.pixels.finishing import Finishing
from pacscore.pixels.overlay import Overlay
from pacscore.pixels.shutter import BitmapShutter, CircularShutter, PolygonalShutter, RectangularShutter, Shutter

PICTURE = np.arange(1, 1 + 7 * 11, dtype=np.uint8).reshape(7, 11)


def finished(picture=PICTURE, *, samples=1, reduce=0, largest=255, **steps):
    return Finishing(**steps).apply(picture, samples=samples, reduce=reduce, largest=largest)


def test_nothing_to_do_gives_the_picture_itself():
    assert finished() is PICTURE


def test_an_overlay_is_cut_at_the_edges_of_the_frame():
    plane = np.array([[1, 0, 1, 1], [0, 1, 1, 0], [1, 1, 1, 1]])
    for row, column in ((0, 0), (-1, -2), (5, 9), (2, 3), (-9, 0), (7, 0)):
        shown = finished(overlays=(Overlay.from_plane(plane, row=row, column=column),))
        for place, before in np.ndenumerate(PICTURE):
            r, c = place[0] - row, place[1] - column
            marked = 0 <= r < 3 and 0 <= c < 4 and plane[r, c]
            assert shown[place] == (255 if marked else before)
    assert np.array_equal(Overlay.from_plane(plane).plane, plane)


@pytest.mark.parametrize(("gray", "value"), [(0, 0), (65535, 4095), (32767, 2047), (32768, 2048)])
def test_brightness_is_a_p_value(gray, value):
    overlay = Overlay.from_plane(np.ones((7, 11)), gray=gray)
    assert (finished(PICTURE.astype(np.uint16), overlays=(overlay,), largest=4095) == value).all()


def test_colour_makes_rgb_of_grey():
    overlay = Overlay.from_plane(np.eye(7), color=(255, 128, 0))
    shown = finished(overlays=(overlay,))
    assert shown.shape == (7, 11, 3)
    assert (shown[0, 0] == (255, 128, 0)).all()
    assert (shown[0, 1] == PICTURE[0, 1]).all()
    again = finished(np.repeat(PICTURE[..., None], 3, -1), samples=3, overlays=(overlay,))
    assert np.array_equal(shown, again)


def inside(vertices, row, column):
    """Tell by the crossing rule, in fractions, whether a pixel's centre lies in a polygon."""
    odd = False
    for (r0, c0), (r1, c1) in zip(vertices, vertices[1:] + vertices[:1], strict=True):
        if (r0 <= row) != (r1 <= row):
            odd ^= column >= c0 + Fraction((row - r0) * (c1 - c0), r1 - r0)
    return odd


@pytest.mark.parametrize(
    "vertices", [[(1, 1), (1, 11), (7, 6)], [(-3, 5), (4, 15), (9, 2), (4, 4)], [(2, 2), (6, 9), (2, 9), (6, 2)]]
)
def test_a_polygonal_shutter(vertices):
    seen = PolygonalShutter(tuple(vertices)).visible(7, 11)
    assert seen.tolist() == [[inside(vertices, r, c) for c in range(1, 12)] for r in range(1, 8)]
    assert seen.any()


def test_rectangular_circular_and_bitmap_shutters_add_up():
    mask = np.zeros((7, 11))
    mask[3, 4] = 1
    shapes = (RectangularShutter(2, 9, 3, 99), CircularShutter(4, 6, 3), BitmapShutter(Overlay.from_plane(mask)))
    shown = finished(shutter=Shutter(shapes, gray=65535))
    for (r, c), before in np.ndenumerate(PICTURE):
        row, column = r + 1, c + 1
        seen = 2 <= column <= 9 and row >= 3 and (row - 4) ** 2 + (column - 6) ** 2 <= 9 and not mask[r, c]
        assert shown[r, c] == (before if seen else 255)
    assert (finished(shutter=Shutter((RectangularShutter(20, 30, -5, 0),))) == 0).all()
    assert CircularShutter(4, 6, 4, aspect=2.0).visible(7, 11)[:, 5].tolist() == [
        r in (2, 3, 4, 5, 6) for r in range(1, 8)
    ]


def test_area_then_rotation_then_flip():
    area = Region(1, 2, 3, 5)
    part = PICTURE[1:4, 2:7]
    assert np.array_equal(finished(area=area), part)
    assert np.array_equal(finished(area=area, rotation=90), part[::-1].T)
    assert np.array_equal(finished(area=area, rotation=180), part[::-1, ::-1])
    assert np.array_equal(finished(area=area, rotation=270), part.T[::-1])
    assert np.array_equal(finished(area=area, rotation=90, horizontal_flip=True), part[::-1].T[:, ::-1])
    assert finished(rotation=90).flags.c_contiguous


def test_a_lower_resolution_keeps_what_is_marked():
    marks = np.zeros((7, 11))
    marks[6, 10] = marks[0, 3] = 1
    half = PICTURE[::2, ::2]
    shown = finished(half, reduce=1, overlays=(Overlay.from_plane(marks),), area=Region(0, 2, 7, 9))
    assert shown.shape == (4, 5)
    assert shown[0, 0] == shown[3, 4] == 255
    assert np.count_nonzero(shown == 255) == 2


def test_render_finishes_stacks_into_out():
    stack = np.arange(3 * 4 * 5, dtype=np.int16).reshape(3, 4, 5)
    plain = Pipeline(voi=Window(30, 60))
    overlay = Overlay.from_plane(np.eye(4), gray=0)
    out = np.empty((3, 4, 5), np.uint8)
    assert render(stack, plain.with_overlays(overlay), out=out) is out
    expected = render(stack, plain)
    expected[:, range(4), range(4)] = 0
    assert np.array_equal(out, expected)


def test_what_cannot_be():
    for wrong in (
        lambda: Finishing(rotation=45),
        lambda: Overlay(3, 3, b"\0"),
        lambda: Overlay(3, 3, b"\0\0", gray=70000),
        lambda: Overlay(3, 3, b"\0\0", color=(1, 2, 300)),
        lambda: PolygonalShutter(((1, 1), (2, 2))),
        lambda: Shutter((), gray=-1),
        lambda: finished(area=Region(0, 0, 8, 1)),
    ):
        with pytest.raises(OptionError):
            wrong()
