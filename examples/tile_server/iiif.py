"""IIIF Image API 3.0, level 1, and some of level 2: regions and sizes in per cent, sizes within a box, PNG.

Source: IIIF Image API 3.0, sections 4 and 5; Image API Compliance 3.0.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

import pacscore as pc
from tile_server.pictures import OpenPicture, Picture

LARGEST = 2048
"""Width and height of the largest picture that is made at once, in pixels."""

_TILE = 256
_NUMBER = r"\d{1,9}(?:\.\d{1,9})?"
_REGION = re.compile(r"(\d{1,9}),(\d{1,9}),(\d{1,9}),(\d{1,9})")
_PERCENT_REGION = re.compile(rf"pct:({_NUMBER}),({_NUMBER}),({_NUMBER}),({_NUMBER})")
_SIZE = re.compile(r"(!?)(\d{0,9}),(\d{0,9})")
_PERCENT_SIZE = re.compile(rf"pct:({_NUMBER})")


class BadRequestError(ValueError):
    """The address is no request of the Image API, or for what is not offered here."""


def information(picture: Picture, opened: OpenPicture, address: str) -> dict[str, Any]:
    """Return the image information, as JSON has it."""
    small = [size for size in opened.sizes.values() if max(size) <= LARGEST]
    return {
        "@context": "http://iiif.io/api/image/3/context.json",
        "id": address,
        "type": "ImageService3",
        "protocol": "http://iiif.io/api/image",
        "profile": "level1",
        "width": picture.columns,
        "height": picture.rows,
        "maxWidth": LARGEST,
        "maxHeight": LARGEST,
        "sizes": [{"width": columns, "height": rows} for rows, columns in reversed(small)],
        "tiles": [{"width": _TILE, "scaleFactors": [1 << reduce for reduce in opened.sizes]}],
        "extraFormats": ["png"],
        "preferredFormats": ["png", "jpg"],
        "extraFeatures": ["regionByPct", "sizeByConfinedWh", "sizeByPct"],
    }


def asked_region(text: str, rows: int, columns: int) -> pc.Region:
    """Return the part of a picture that is asked for, cut at its edges (section 4.1)."""
    if text == "full":
        return pc.Region(0, 0, rows, columns)
    if text == "square":
        side = min(rows, columns)
        return pc.Region((rows - side) // 2, (columns - side) // 2, side, side)
    if match := _REGION.fullmatch(text):
        left, top, width, height = map(int, match.groups())
    elif match := _PERCENT_REGION.fullmatch(text):
        left, top, width, height = (
            round(float(value) * size / 100) for value, size in zip(match.groups(), (columns, rows) * 2, strict=True)
        )
    else:
        raise BadRequestError(f"region {text!r}")
    if not width or not height or left >= columns or top >= rows:
        raise BadRequestError(f"region {text!r} of {columns} x {rows} pixels is empty")
    return pc.Region(top, left, min(height, rows - top), min(width, columns - left))


def asked_size(text: str, region: pc.Region) -> tuple[int, int]:
    """Return (rows, columns) of what is asked for (section 4.2); nothing is enlarged."""
    shrink = min(1.0, LARGEST / region.rows, LARGEST / region.columns)
    if text == "max":
        rows, columns = _scaled(region, shrink)
    elif match := _PERCENT_SIZE.fullmatch(text):
        rows, columns = _scaled(region, float(match[1]) / 100)
    elif (match := _SIZE.fullmatch(text)) and (match[2] or match[3]):
        width, height = (int(value) if value else 0 for value in match.groups()[1:])
        if match[1]:
            if not (width and height):
                raise BadRequestError(f"size {text!r}")
            rows, columns = _scaled(region, min(1.0, height / region.rows, width / region.columns))
        else:
            columns = width if match[2] else max(1, round(region.columns * height / region.rows))
            rows = height if match[3] else max(1, round(region.rows * width / region.columns))
    else:
        raise BadRequestError(f"size {text!r}")
    if not (0 < rows <= min(region.rows, LARGEST) and 0 < columns <= min(region.columns, LARGEST)):
        raise BadRequestError(f"size {text!r} would be {columns} x {rows} pixels")
    return rows, columns


def _scaled(region: pc.Region, factor: float) -> tuple[int, int]:
    return max(1, round(region.rows * factor)), max(1, round(region.columns * factor))


def picture_of(picture: Picture, opened: OpenPicture, region_text: str, size_text: str) -> NDArray[np.uint8]:
    """Return what is asked for, from the smallest level that has all its detail."""
    region = asked_region(region_text, picture.rows, picture.columns)
    rows, columns = asked_size(size_text, region)
    halved = [n for n in opened.sizes if -(-region.rows >> n) >= rows and -(-region.columns >> n) >= columns][-1]
    level_rows, level_columns = opened.sizes[halved]
    top, left = region.row >> halved, region.column >> halved
    bottom = min(-(-(region.row + region.rows) >> halved), level_rows)
    right = min(-(-(region.column + region.columns) >> halved), level_columns)
    seen = opened.region(halved, pc.Region(top, left, bottom - top, right - left))
    if seen.shape[:2] == (rows, columns):
        return seen
    step = 1 << halved
    x, y = region.column / step - left, region.row / step - top
    box = (x, y, min(x + region.columns / step, right - left), min(y + region.rows / step, bottom - top))
    return np.asarray(Image.fromarray(seen).resize((columns, rows), Image.Resampling.BICUBIC, box=box))
