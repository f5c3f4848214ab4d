"""Where everything lies: tiles, tile-components, resolutions, bands, precincts and code-blocks.

Plain integer arithmetic on the standard's coordinates (x, y); intervals are half open.

Source: T.800 B.3, B.5, B.6, B.7.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Band", "Rect", "Resolution", "TileComponent", "ceil_div", "tile_component", "tile_rect"]


def ceil_div(a: int, b: int) -> int:
    """Return ceil(a / b) in integers."""
    return -(-a // b)


class Rect(NamedTuple):
    """A half-open rectangle ``[x0, x1) x [y0, y1)``."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        """Number of columns, 0 if empty."""
        return max(self.x1 - self.x0, 0)

    @property
    def height(self) -> int:
        """Number of rows, 0 if empty."""
        return max(self.y1 - self.y0, 0)

    def scaled_down(self, x_factor: int, y_factor: int) -> Rect:
        """Map to a grid that is coarser by the factors, edges rounded up."""
        return Rect(
            ceil_div(self.x0, x_factor),
            ceil_div(self.y0, y_factor),
            ceil_div(self.x1, x_factor),
            ceil_div(self.y1, y_factor),
        )

    def intersection(self, other: Rect) -> Rect:
        """Return the part that both have in common, possibly empty."""
        return Rect(max(self.x0, other.x0), max(self.y0, other.y0), min(self.x1, other.x1), min(self.y1, other.y1))


class Band(NamedTuple):
    """A sub-band of one tile-component. Source: T.800 B.5."""

    orientation: int
    """Bit 0: horizontally high-pass, bit 1: vertically high-pass; so 0 LL, 1 HL, 2 LH, 3 HH."""
    level: int
    """Decomposition level n_b, 1 the finest; the LL band has the number of levels."""
    rect: Rect
    """In band coordinates."""


class Resolution(NamedTuple):
    """A resolution of one tile-component. Source: T.800 B.5 to B.7."""

    rect: Rect
    precinct_exponents: tuple[int, int]
    """PPx, PPy."""
    block_exponents: tuple[int, int]
    """xcb', ycb': what the precinct leaves of the code-block size."""
    precincts_wide: int
    precincts_high: int
    bands: tuple[Band, ...]


class TileComponent(NamedTuple):
    """One component of one tile."""

    rect: Rect
    subsampling: tuple[int, int]
    """XRsiz, YRsiz."""
    resolutions: tuple[Resolution, ...]
    """Lowest first."""


def tile_rect(image: Rect, tile_size: tuple[int, int], tile_offset: tuple[int, int], index: int) -> Rect:
    """Return a tile on the reference grid.

    Source: T.800 B.3.

    Parameters
    ----------
    image : Rect
        XOsiz, YOsiz, Xsiz, Ysiz.
    tile_size, tile_offset : (int, int)
        XTsiz, YTsiz and XTOsiz, YTOsiz.
    index : int
        Tiles count row by row.
    """
    wide = ceil_div(image.x1 - tile_offset[0], tile_size[0])
    x = tile_offset[0] + index % wide * tile_size[0]
    y = tile_offset[1] + index // wide * tile_size[1]
    return Rect(x, y, x + tile_size[0], y + tile_size[1]).intersection(image)


def _bands(rect: Rect, resolution: int, levels: int) -> tuple[Band, ...]:
    if resolution == 0:
        return (Band(0, levels, rect.scaled_down(1 << levels, 1 << levels)),)
    level = levels - resolution + 1
    half, size = 1 << (level - 1), 1 << level
    return tuple(
        Band(
            orientation,
            level,
            Rect(
                ceil_div(rect.x0 - half * (orientation & 1), size),
                ceil_div(rect.y0 - half * (orientation >> 1), size),
                ceil_div(rect.x1 - half * (orientation & 1), size),
                ceil_div(rect.y1 - half * (orientation >> 1), size),
            ),
        )
        for orientation in (1, 2, 3)
    )


def tile_component(
    tile: Rect,
    subsampling: tuple[int, int],
    levels: int,
    precincts: tuple[tuple[int, int], ...],
    block_exponents: tuple[int, int],
) -> TileComponent:
    """Return the geometry of one component of a tile.

    Source: T.800 B.3 (B-12), B.5, B.6, B.7.

    Parameters
    ----------
    tile : Rect
        On the reference grid.
    subsampling : (int, int)
        XRsiz, YRsiz.
    levels : int
        Decomposition levels, N_L.
    precincts : tuple of (int, int)
        PPx, PPy for each resolution, lowest first.
    block_exponents : (int, int)
        xcb, ycb.
    """
    rect = tile.scaled_down(*subsampling)
    resolutions = []
    for r in range(levels + 1):
        area = rect.scaled_down(1 << (levels - r), 1 << (levels - r))
        px, py = precincts[r]
        halved = int(r > 0)
        resolutions.append(
            Resolution(
                area,
                (px, py),
                (min(block_exponents[0], px - halved), min(block_exponents[1], py - halved)),
                ceil_div(area.x1, 1 << px) - (area.x0 >> px) if area.width else 0,
                ceil_div(area.y1, 1 << py) - (area.y0 >> py) if area.height else 0,
                _bands(rect, r, levels),
            )
        )
    return TileComponent(rect, subsampling, tuple(resolutions))
