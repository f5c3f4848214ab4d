"""From the stored components of a JP2 or JPH file to the channels of a picture: ``decode(color="rendered")``.

Source: T.800 I.5.3.3 to I.5.3.6; T.814 Annex D.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import UnsupportedError
from pacscore.j2k.boxes.channels import Channel, order_channels
from pacscore.j2k.boxes.colour import ColourSpace, choose_colour_space
from pacscore.j2k.boxes.records import Palette, Wrapper
from pacscore.j2k.codestream.segments import Siz
from pacscore.j2k.packets.geometry import Rect
from pacscore.j2k.plan import image_rect
from pacscore.j2k.view import View, check_out, choose_view
from pacscore.pixel_format import container_dtype
from pacscore.report import Image

if TYPE_CHECKING:  # annotations alone
    from pacscore.region import Region

__all__ = ["Rendering", "rendered_channels"]

_SAMPLES_AT_ONCE: Final = 1 << 18


class Rendering:
    """A view of a file's image as it is meant to be seen.

    Attributes
    ----------
    view : View
        What must be decoded for it: a region is widened to hold the chroma that its first samples share.
    shape : tuple of int
    dtype : dtype
    output_bytes : int
    """

    def __init__(self, wrapper: Wrapper, siz: Siz, reduce: int, region: Region | None) -> None:
        self._palette = wrapper.palette
        self._space = choose_colour_space(wrapper.colours)
        components = [(component.precision, component.signed) for component in siz.components]
        self._stored = order_channels(wrapper, components, self._space.colours)
        self._shown = _shown_channels(self._stored, self._space)
        self._siz = siz
        self._full = _finest(choose_view(siz, reduce, region))
        self.view = choose_view(siz, reduce, None if region is None else _widened(siz, reduce, region))
        self.dtype = _container(self._shown)
        rows, columns = self._full.height, self._full.width
        self.shape = (rows, columns) if len(self._shown) == 1 else (rows, columns, len(self._shown))
        self.output_bytes = rows * columns * len(self._shown) * self.dtype.itemsize

    @property
    def changes_nothing(self) -> bool:
        """Whether the picture is the stored image."""
        return (
            self._space.to_screen is None
            and self.view.stacked
            and self.view.rects[0] == self._full
            and [(channel.component, channel.column) for channel in self._shown]
            == [(component, None) for component in range(len(self.view.rects))]
        )

    def allocate(self, out: Image | None) -> NDArray[Any]:
        """Return the array to fill: the caller's, if it fits, or a new one.

        Raises
        ------
        OptionError
            If ``out`` has another shape or dtype, or does not lie contiguously in its last axes.
        """
        if out is None:
            return np.empty(self.shape, self.dtype)
        return check_out(out, self.shape, self.dtype)

    def fill(self, picture: NDArray[Any], planes: Sequence[NDArray[Any]]) -> None:
        """Make the picture from the decoded components, a block of bounded size at a time."""
        self._check_components()
        rows, columns = self._full.height, self._full.width
        wide = min(columns, _SAMPLES_AT_ONCE)
        high = max(_SAMPLES_AT_ONCE // max(wide, 1), 1)
        for row in range(0, rows, high):
            for column in range(0, columns, max(wide, 1)):
                block = (slice(row, min(row + high, rows)), slice(column, min(column + wide, columns)))
                self._fill_block(picture[block], planes, block)

    def _fill_block(self, picture: NDArray[Any], planes: Sequence[NDArray[Any]], block: tuple[slice, slice]) -> None:
        targets = [picture] if picture.ndim == 2 else [picture[:, :, number] for number in range(picture.shape[2])]
        count = 0 if self._space.to_screen is None else self._space.colours or 0
        if count:
            values = [self._values(channel, planes, block) for channel in self._stored[:count]]
            converted = _convert(values, self._stored, self._shown[0].precision, self._space)
            for target, plane in zip(targets, converted, strict=False):
                target[...] = plane
        for target, channel in zip(targets[count:], self._stored[count:], strict=True):
            target[...] = self._values(channel, planes, block)

    def _values(self, channel: Channel, planes: Sequence[NDArray[Any]], block: tuple[slice, slice]) -> NDArray[Any]:
        """Return a channel's values in a block of the picture: for each pixel, those of the sample at or before it."""
        rect, full = self.view.rects[channel.component], self._full
        own, (finest_x, finest_y) = self._siz.components[channel.component], _spacing(self._siz)
        high = range(full.y0 + block[0].start, full.y0 + block[0].stop)
        wide = range(full.x0 + block[1].start, full.x0 + block[1].stop)
        rows = _places(high, range(rect.y0, rect.y1), finest_y, own.yrsiz)
        columns = _places(wide, range(rect.x0, rect.x1), finest_x, own.xrsiz)
        return _look_up(planes[channel.component][rows][:, columns], channel, self._palette)

    def _check_components(self) -> None:
        """Raise UnsupportedError if the picture has pixels, and a component that it needs no samples."""
        if not (self._full.width and self._full.height):
            return
        for channel in self._stored:
            rect = self.view.rects[channel.component]
            if not (rect.width and rect.height):
                raise UnsupportedError(
                    f"component {channel.component} has no samples in this view, so it cannot be rendered (T.800 B.2)",
                    feature="rendering without a component's samples",
                    clause="T.800 B.2",
                )


def rendered_channels(wrapper: Wrapper | None, components: Sequence[tuple[int, bool]]) -> tuple[Channel, ...]:
    """Return the channels that rendering gives, in their order; those of a bare codestream are its components.

    Parameters
    ----------
    wrapper : Wrapper or None
    components : sequence of (precision, signed)
        What SIZ says.
    """
    if wrapper is None:
        return tuple(Channel("unspecified", None, *component, i) for i, component in enumerate(components))
    space = choose_colour_space(wrapper.colours)
    return _shown_channels(order_channels(wrapper, components, space.colours), space)


def _shown_channels(stored: tuple[Channel, ...], space: ColourSpace) -> tuple[Channel, ...]:
    """Return the channels once the colours are those of a screen: unsigned, and as precise as the first."""
    if space.to_screen is None or not stored:
        return stored
    count = space.colours or 0
    precision = stored[0].precision
    shown = [Channel(c.kind, c.association, precision, False, c.component, c.column) for c in stored[:count]]
    return (*shown, *stored[count:])


def _container(channels: tuple[Channel, ...]) -> np.dtype[Any]:
    signed = any(channel.signed for channel in channels)
    return container_dtype(max(channel.precision + (signed and not channel.signed) for channel in channels), signed)


def _spacing(siz: Siz) -> tuple[int, int]:
    """Return how far apart the most finely sampled components' samples are, as (x, y)."""
    return min(component.xrsiz for component in siz.components), min(component.yrsiz for component in siz.components)


def _finest(view: View) -> Rect:
    """Return the rectangle of the picture: that of a component as fine as the finest one, in x and in y."""
    scale = 1 << view.reduce
    return view.area.scaled_down(*_spacing(view.siz)).scaled_down(scale, scale)


def _widened(siz: Siz, reduce: int, region: Region) -> Region:
    """Return the region that holds, of every component, all samples that stand for its pixels."""
    image, (finest_x, finest_y) = image_rect(siz), _spacing(siz)
    full = image.scaled_down(finest_x, finest_y)
    high, wide = range(region.row, region.row + region.rows), range(region.column, region.column + region.columns)
    for component in siz.components:
        if component.yrsiz > finest_y:
            high = _reached(high, image.y0, finest_y, component.yrsiz << reduce)
        if component.xrsiz > finest_x:
            wide = _reached(wide, image.x0, finest_x, component.xrsiz << reduce)
    rows, columns = min(high.stop, full.height) - high.start, min(wide.stop, full.width) - wide.start
    return replace(region, row=high.start, column=wide.start, rows=rows, columns=columns)


def _reached(wanted: range, origin: int, finest: int, own: int) -> range:
    """Return rows or columns that begin where a coarser component has a sample, or reach its first sample.

    Parameters
    ----------
    wanted : range
        From the image's edge on.
    origin : int
        The image's edge on the reference grid.
    finest, own : int
        How far apart the picture's and the component's samples are on the reference grid.
    """
    at = origin + wanted.start * finest
    first = -(-origin // own) * own
    if at < first:
        return range(0, max(wanted.stop, (first - origin) // finest + 1))
    return range(max((at // own * own - origin) // finest, 0), wanted.stop)


def _places(wanted: range, seen: range, finest: int, own: int) -> slice | NDArray[np.intp]:
    """Return which rows or columns of a component stand for some of the picture: those at or before them.

    Parameters
    ----------
    wanted, seen : range
        Of the picture and of the component, each in its own coordinates.
    finest, own : int
        How far apart the picture's and the component's samples are on the reference grid.
    """
    if finest == own:
        return slice(wanted.start - seen.start, wanted.stop - seen.start)
    places: NDArray[np.intp] = np.arange(wanted.start, wanted.stop) * finest // own
    return places.clip(seen.start, seen.stop - 1) - seen.start


def _look_up(values: NDArray[Any], channel: Channel, palette: Palette | None) -> NDArray[Any]:
    """Return a channel's values: those of the component, or of the palette's entries. Beyond it, the nearest entry."""
    if channel.column is None or palette is None:
        return values
    entries = np.array([entry[channel.column] for entry in palette.entries], np.int64)
    return np.take(entries, values, mode="clip")


def _convert(
    values: list[NDArray[Any]], stored: tuple[Channel, ...], precision: int, space: ColourSpace
) -> list[NDArray[Any]]:
    """Return the colours of a screen, as unsigned integers of some precision; or what they are."""
    if space.to_screen is None:
        return values
    units = np.stack([_unit(plane, channel) for plane, channel in zip(values, stored, strict=False)])
    for number in space.differences:
        units[number] -= _half(stored[number]) / _top(stored[number].precision)
    top = _top(precision)
    colours = np.floor(np.clip(space.to_screen(units), 0.0, 1.0) * top + 0.5).astype(np.int64)
    return [plane.reshape(values[0].shape) for plane in colours]


def _unit(values: NDArray[Any], channel: Channel) -> NDArray[np.float64]:
    """Return values of a channel on a scale from 0 to 1, in one row."""
    low = -_half(channel) if channel.signed else 0
    return (values.ravel().astype(np.float64) - low) / _top(channel.precision)


def _half(channel: Channel) -> int:
    return 1 << (channel.precision - 1)


def _top(precision: int) -> int:
    return (1 << precision) - 1
