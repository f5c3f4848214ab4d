"""A picture of what lies where in a codestream: a lane for each resolution, layer, component and tile, byte by byte."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

import pacscore
from pacscore.errors import OptionError, UnsupportedError

__all__ = ["draw_layout"]

_LABELS, _LANES, _SHARES = 130, 1000, 70
"""Widths of what stands in a line, in pixels."""
_LINE, _BAR, _TOP, _BETWEEN = 20, 14, 50, 12
_WIDTH = _LABELS + _LANES + _SHARES + 20
_MOST_LANES = 24
"""Of a kind; more are taken together."""
_SHADES = 16
_GREY, _EMPTY = (90, 90, 90), (244, 244, 244)
_COLOURS = {
    "header": _GREY,
    "resolution": (31, 119, 180),
    "layer": (214, 96, 20),
    "component": (44, 140, 60),
    "tile": (130, 80, 170),
}


class _Lane(NamedTuple):
    """One line of the picture: ranges of bytes, sorted, in two arrays."""

    label: str
    colour: tuple[int, int, int]
    starts: NDArray[np.int64]
    stops: NDArray[np.int64]

    @property
    def size(self) -> int:
        """How many bytes."""
        return int((self.stops - self.starts).sum())

    def shades(self, size: int) -> NDArray[np.int64]:
        """Return how much of each pixel's bytes belong to the lane: 0 none, `_SHADES` all; some are never none."""
        edges = np.linspace(0, size, _LANES + 1)
        places = np.stack([self.starts, self.stops], axis=1).ravel()
        counts = np.repeat(np.cumsum(self.stops - self.starts), 2)
        counts[::2] -= self.stops - self.starts
        before = np.interp(edges, places, counts) if len(places) else np.zeros(_LANES + 1)
        shades: NDArray[np.int64] = np.ceil(np.diff(before) / (size / _LANES) * _SHADES - 1e-6).astype(np.int64)
        return shades


def _lane(label: str, colour: tuple[int, int, int], starts: Any, stops: Any) -> _Lane:
    order = np.argsort(starts, kind="stable")
    return _Lane(label, colour, np.asarray(starts)[order].astype(np.int64), np.asarray(stops)[order].astype(np.int64))


def _lanes_by(index: pacscore.CodestreamIndex, name: str) -> list[_Lane]:
    """Return a lane for each value of a field, or for so many values together as make few enough lanes."""
    packets = index.packets
    values = packets[name].astype(np.int64)
    count = int(values.max(initial=0)) + 1
    together = -(-count // _MOST_LANES)
    lanes = []
    for first in range(0, count, together):
        here = packets[(values >= first) & (values < first + together)]
        last = min(first + together, count) - 1
        label = f"{name} {first}" if first == last else f"{name}s {first}-{last}"
        lanes.append(_lane(label, _COLOURS[name], here["start"], here["stop"]))
    return lanes


def _groups(index: pacscore.CodestreamIndex) -> list[list[_Lane]]:
    """Return the lanes, kind by kind; of a kind that has one there is nothing to tell."""
    headers = [index.main_header, *((part.start, part.body) for part in index.tile_parts)]
    starts, stops = zip(*headers, strict=True)
    groups = [[_lane("headers", _COLOURS["header"], starts, stops)]]
    by_kind = (_lanes_by(index, name) for name in ("resolution", "layer", "component", "tile"))
    return groups + [lanes for number, lanes in enumerate(by_kind) if len(lanes) > 1 or number == 0]


class _Shape(NamedTuple):
    """A rectangle, or where there is a text, that; from its upper-left corner on."""

    x: float
    y: float
    width: float
    height: float
    colour: tuple[int, int, int]
    text: str = ""


def _tints(lane: _Lane, y: int, size: int) -> list[_Shape]:
    """Return the bar of a lane: neighbours of one shade are one rectangle."""
    shades = lane.shades(size)
    borders = [0, *(np.flatnonzero(np.diff(shades)) + 1).tolist(), _LANES]
    shapes = [_Shape(_LABELS, y, _LANES, _BAR, _EMPTY)]
    for first, last in itertools.pairwise(borders):
        share = 0.25 + 0.75 * int(shades[first]) / _SHADES
        if shades[first]:
            tint = tuple(round(255 + (channel - 255) * share) for channel in lane.colour)
            shapes.append(_Shape(_LABELS + first, y, last - first, _BAR, (tint[0], tint[1], tint[2])))
    return shapes


def _axis(size: int, bottom: int) -> list[_Shape]:
    """Return ticks at round numbers of bytes."""
    step = 10 ** max(len(str(size)) - 2, 0)
    step *= next(factor for factor in (1, 2, 5, 10, 20) if size / (step * factor) <= 10)
    shapes = []
    for at in range(0, size + 1, step):
        x = _LABELS + at * _LANES / size
        shapes += [
            _Shape(x, _TOP - 6, 1, bottom - _TOP + 6, (205, 205, 205)),
            _Shape(x + 3, _TOP - 20, 0, 0, _GREY, f"{at:,}"),
        ]
    return shapes


def _shapes(index: pacscore.CodestreamIndex, name: str) -> tuple[list[_Shape], int]:
    """Return the picture and its height."""
    size, y = max(index.size, 1), _TOP
    bars: list[_Shape] = []
    for lanes in _groups(index):
        for lane in lanes:
            bars.append(_Shape(8, y, 0, 0, (0, 0, 0), lane.label))
            bars += _tints(lane, y, size)
            bars.append(_Shape(_LABELS + _LANES + 8, y, 0, 0, (0, 0, 0), f"{lane.size / size:.1%}"))
            y += _LINE
        y += _BETWEEN
    title = f"{name}: {index.size:,} bytes, {len(index.packets):,} packets in {len(index.tile_parts):,} tile-parts"
    return [_Shape(8, 8, 0, 0, (0, 0, 0), title), *_axis(size, y - _BETWEEN), *bars], y


def _svg(shapes: list[_Shape], height: int) -> str:
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
    ]
    for shape in shapes:
        fill = "#{:02x}{:02x}{:02x}".format(*shape.colour)
        if shape.text:
            lines.append(f'<text x="{shape.x:g}" y="{shape.y + 12:g}" fill="{fill}">{escape(shape.text)}</text>')
        else:
            size = f'width="{shape.width:g}" height="{shape.height:g}"'
            lines.append(f'<rect x="{shape.x:g}" y="{shape.y:g}" {size} fill="{fill}"/>')
    return "\n".join([*lines, "</svg>\n"])


def _save_png(shapes: list[_Shape], height: int, path: Path) -> None:
    try:
        from PIL import Image, ImageDraw  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise UnsupportedError("a .png needs Pillow: pip install pacscore[display], or ask for .svg") from error
    picture = Image.new("RGB", (_WIDTH, height), "white")
    pen = ImageDraw.Draw(picture)
    for shape in shapes:
        if shape.text:
            pen.text((shape.x, shape.y), shape.text, fill=shape.colour)
        else:
            pen.rectangle((shape.x, shape.y, shape.x + shape.width - 1, shape.y + shape.height - 1), fill=shape.colour)
    picture.save(path)


def draw_layout(index: pacscore.CodestreamIndex, path: Path, name: str) -> None:
    """Write the picture: bytes from left to right, darker where more of them belong to the lane.

    Parameters
    ----------
    index : CodestreamIndex
    path : Path
        Ends in .svg, or .png, which needs Pillow.
    name : str
        Of the codestream, for the title.

    Raises
    ------
    OptionError
        If the name of the file ends otherwise.
    UnsupportedError
        If Pillow is needed and not installed.
    """
    shapes, height = _shapes(index, name)
    if path.suffix == ".svg":
        path.write_text(_svg(shapes, height), encoding="utf-8")
    elif path.suffix == ".png":
        _save_png(shapes, height, path)
    else:
        raise OptionError(f"{path}: a picture of the layout ends in .svg or .png")
