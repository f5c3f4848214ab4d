"""The pictures of the gallery are what its lines render."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import imagecodecs
import numpy as np
import pytest

from tools_of_the_project import load_tool

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "explanation" / "gallery.md"


@pytest.fixture(scope="module")
def gallery() -> ModuleType:
    """Return the tool that renders the pictures."""
    return load_tool("make_gallery")


def test_the_page_shows_every_picture_and_its_lines(gallery: ModuleType) -> None:
    page = PAGE.read_text()
    assert re.findall(r"\(gallery/([\w-]+)\.png\)", page) == list(gallery.PICTURES)
    assert re.findall(r":pyobject: ([a-z]\w+)", page) == [make.__name__ for make in gallery.PICTURES.values()]


def test_the_pictures_are_current(gallery: ModuleType) -> None:
    if not gallery.DATA.is_dir():
        pytest.skip(f"no test data in {gallery.DATA}: set PACSCORE_TEST_DATA")
    for name, make in gallery.PICTURES.items():
        kept = imagecodecs.png_decode((PAGE.parent / "gallery" / f"{name}.png").read_bytes())
        assert np.array_equal(kept, make(gallery.DATA)), f"{name}: run python tools/make_gallery.py"
