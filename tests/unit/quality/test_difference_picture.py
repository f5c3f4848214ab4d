"""The picture of a difference: its colours are those of its scale."""

from __future__ import annotations

import sys

import imagecodecs
import numpy as np
import pytest

import pacscore as pc
from pacscore.quality import difference_picture

GREY = pc.Pipeline(8)
COLOUR = pc.Pipeline(8, photometric_interpretation="RGB")
BLACK, BLUE, ORANGE = (0, 0, 0), (59, 130, 246), (245, 158, 11)


def panels(png: bytes, rows: int, columns: int) -> list[np.ndarray]:
    """Return the three panels as they were before small ones were enlarged."""
    picture = imagecodecs.png_decode(png)
    zoom = -(-320 // columns)
    starts = [12 + (columns * zoom + 12) * number for number in range(3)]
    return [picture[24 : 24 + rows * zoom : zoom, start : start + columns * zoom : zoom] for start in starts]


def test_below_equal_and_above() -> None:
    reference = np.array([[10, 20, 30, 40]], np.uint8)
    image = np.array([[10, 15, 35, 140]], np.uint8)
    left, middle, right = panels(difference_picture(reference, image, GREY, full_colour=5), 1, 4)
    assert left[0, :, 0].tolist() == [10, 20, 30, 40]
    assert middle[0, :, 2].tolist() == [10, 15, 35, 140]
    assert [tuple(colour) for colour in right[0].tolist()] == [BLACK, BLUE, ORANGE, ORANGE]


def test_the_component_that_differs_most_counts() -> None:
    reference = np.full((2, 2, 3), 100, np.uint8)
    image = reference.copy()
    image[0, 0] = 101, 90, 105
    image[1, 1] = 100, 101, 110
    right = panels(difference_picture(reference, image, COLOUR, full_colour=10), 2, 2)[2]
    assert [tuple(colour) for colour in right.reshape(4, 3).tolist()] == [BLUE, BLACK, BLACK, ORANGE]


def test_equal_images_are_black() -> None:
    image = np.arange(600, dtype=np.int16).reshape(20, 30)
    right = panels(difference_picture(image, image, pc.Pipeline(16, 1)), 20, 30)[2]
    assert not right.any()


def test_what_cannot_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    image = np.zeros((2, 2), np.uint8)
    with pytest.raises(pc.OptionError):
        difference_picture(image, image[:1], GREY)
    with pytest.raises(pc.OptionError):
        difference_picture(image, image, GREY, full_colour=0)
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(pc.UnsupportedError, match=r"pip install 'pacscore\[display\]'"):
        difference_picture(image, image, GREY)
