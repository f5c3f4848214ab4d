"""Where a picture lies on the reference grid: its area, and how far the samples of each component are apart.

Source: T.800 A.5.1, B.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pacscore.errors import OptionError
from pacscore.j2k.codestream.segments import Siz, SizComponent
from pacscore.j2k.packets.geometry import Rect, ceil_div

__all__ = ["ComponentFormat", "PictureFormat", "Steps", "place_picture", "reduce_grid"]

Steps = tuple[int, int]
"""(rows, columns) of the reference grid from one sample to the next: YRsiz, XRsiz."""

_LARGEST_STEP = 255
_LARGEST_EDGE = 2**32 - 1


class ComponentFormat(NamedTuple):
    """One component of a picture: ``precision`` in bits."""

    precision: int
    signed: bool
    steps: Steps = (1, 1)


class PictureFormat(NamedTuple):
    """What is to be encoded, but for its samples: the image area on the reference grid, and the components."""

    area: Rect
    components: tuple[ComponentFormat, ...]

    @property
    def pixels(self) -> Rect:
        """The area as samples of the finest components."""
        steps = [component.steps for component in self.components]
        return self.area.scaled_down(min(columns for _, columns in steps), min(rows for rows, _ in steps))


def _size(origin: int, end: int, step: int) -> int:
    return ceil_div(end, step) - ceil_div(origin, step)


def _derived_step(size: int, origin: int, most: int, component: int) -> int:
    """Return the one step that leaves so many samples where a step of 1 leaves the most."""
    if size == most:
        return 1
    steps = [step for step in range(2, _LARGEST_STEP + 1) if _size(origin, origin + most, step) == size]
    if len(steps) != 1:
        found = (
            f"{steps[0]} to {steps[-1]} are all possible: say by subsampling" if steps else "no subsampling does that"
        )
        raise OptionError(f"component {component} has {size} rows or columns where others have {most}: {found}")
    return steps[0]


def _end(sizes: Sequence[int], origin: int, steps: Sequence[int]) -> int:
    """Return where the image ends: as far on as the sizes of the components leave it."""
    ends = [(size + ceil_div(origin, step), step) for size, step in zip(sizes, steps, strict=True)]
    least = max(*((count - 1) * step + 1 for count, step in ends), origin + 1)
    most = min(*(count * step for count, step in ends), _LARGEST_EDGE)
    if most < least:
        raise OptionError(
            f"components of {', '.join(map(str, sizes))} rows or columns do not go with their subsampling"
        )
    return most


def place_picture(
    shapes: Sequence[tuple[int, ...]], offset: tuple[int, int], subsampling: tuple[Steps, ...] | None
) -> tuple[Rect, tuple[Steps, ...]]:
    """Return the image area and the steps of each component.

    Parameters
    ----------
    shapes : sequence of (int, int)
        Rows and columns of each component.
    offset : (int, int)
        Row and column of the upper-left corner.
    subsampling : tuple of Steps, optional
        None: whatever steps make the components so large, if there is no choice.

    Raises
    ------
    OptionError
        If no steps or several do, those given do not, or the area leaves the reference grid.
    """
    if subsampling is not None and len(subsampling) != len(shapes):
        raise OptionError(f"subsampling is told for {len(subsampling)} components, and there are {len(shapes)}")
    ends, steps = [], []
    for axis in (0, 1):
        sizes, origin = [shape[axis] for shape in shapes], offset[axis]
        if subsampling is None:
            along = [_derived_step(size, origin, max(sizes), component) for component, size in enumerate(sizes)]
        else:
            along = [pair[axis] for pair in subsampling]
        steps.append(along)
        ends.append(_end(sizes, origin, along))
    return Rect(offset[1], offset[0], ends[1], ends[0]), tuple(zip(*steps, strict=True))


def _divided(siz: Siz, scale: int) -> Siz | None:
    """Return the grid made coarser, None where tiles would not meet as they do, or nothing would be left."""
    axes = []
    for end, origin, size, offset, tiles in (
        (siz.xsiz, siz.xosiz, siz.xtsiz, siz.xtosiz, siz.tiles_wide),
        (siz.ysiz, siz.yosiz, siz.ytsiz, siz.ytosiz, siz.tiles_high),
    ):
        if tiles > 1 and (size % scale or offset % scale):
            return None
        first = offset // scale
        axes.append((ceil_div(end, scale), ceil_div(origin, scale), ceil_div(offset + size, scale) - first, first))
    (x, y), (x0, y0), (xt, yt), (xto, yto) = zip(*axes, strict=True)
    if x <= x0 or y <= y0:
        return None
    return Siz(siz.rsiz, x, y, x0, y0, min(xt, _LARGEST_EDGE), min(yt, _LARGEST_EDGE), xto, yto, siz.components)


def reduce_grid(siz: Siz, reduce: int) -> Siz:
    """Return where an image lies that has lost its highest resolutions.

    The grid becomes coarser where every border between tiles is on a line that stays. Elsewhere it is kept, and the
    samples are further apart on it. In both ways ceilings of ceilings are ceilings, so that every tile-component,
    band and precinct keeps its coordinates.

    Source: T.800 A.5.1, B.2, B.3, B.5.

    Raises
    ------
    OptionError
        If samples would be more than 255 apart.
    """
    if reduce == 0:
        return siz
    scale = 1 << reduce
    divided = _divided(siz, scale)
    if divided is not None:
        return divided
    if max(max(c.xrsiz, c.yrsiz) for c in siz.components) * scale > _LARGEST_STEP:
        raise OptionError(
            f"reduce={reduce}: tiles of {siz.ytsiz:,} x {siz.xtsiz:,} at {siz.ytosiz:,}, {siz.xtosiz:,} do not divide "
            f"by {scale}, and samples cannot lie more than {_LARGEST_STEP} apart on the reference grid (T.800 A.5.1)"
        )
    apart = (SizComponent(c.ssiz, c.xrsiz * scale, c.yrsiz * scale) for c in siz.components)
    return siz._replace(components=tuple(apart))
