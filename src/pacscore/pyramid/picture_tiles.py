"""Tiles as pictures for browsers: JPEG and PNG."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError, UnsupportedError
from pacscore.pixel_format import PixelFormat
from pacscore.pixels.photometric import ybr_full_to_rgb

__all__ = ["SUFFIXES", "PictureTiles", "TileFormat"]

TileFormat = Literal["jpeg", "png"]
SUFFIXES: dict[str, str] = {"jpeg": "jpg", "png": "png"}
_SHOWN = ("MONOCHROME2", "RGB", "YBR_FULL")


class PictureTiles:
    """Encodes tiles of one kind of pixels.

    Parameters
    ----------
    pixel_format : PixelFormat
    tile_format : "jpeg" or "png"
    quality : int
        1 to 100, of JPEG.

    Raises
    ------
    OptionError
        If there is no such format or quality, or it does not hold such samples.
    UnsupportedError
        If pixels would have to go through a display pipeline first.
    """

    def __init__(self, pixel_format: PixelFormat, tile_format: TileFormat, quality: int) -> None:
        if tile_format not in SUFFIXES:
            raise OptionError(f"tile_format={tile_format!r} must be one of {', '.join(SUFFIXES)}")
        if not 1 <= quality <= 100:
            raise OptionError(f"quality={quality} must be 1 to 100")
        photometric = pixel_format.photometric_interpretation
        if photometric not in _SHOWN or pixel_format.pixel_representation or pixel_format.is_float:
            raise UnsupportedError(
                f"{photometric} of {pixel_format.dtype} must be rendered before it is tiles for a browser",
                feature="tiles of pixels that a browser does not show",
            )
        bits, samples = pixel_format.bits_stored, pixel_format.samples_per_pixel
        if samples not in (1, 3) or bits not in ((8,) if tile_format == "jpeg" else (8, 16)):
            raise OptionError(f"{tile_format} tiles hold no {samples} samples of {bits} bits")
        self.suffix = SUFFIXES[tile_format]
        self._format, self._quality, self._is_ybr = tile_format, quality, photometric == "YBR_FULL"
        self._bits = bits

    def encode(self, tile: NDArray[Any]) -> bytes:
        """Return a tile as a file."""
        import imagecodecs  # noqa: PLC0415 - only where pictures are written

        if self._is_ybr:
            tile = ybr_full_to_rgb(tile, self._bits)
        tile = np.ascontiguousarray(tile)
        if self._format == "jpeg":
            return bytes(imagecodecs.jpeg8_encode(tile, level=self._quality))
        # runs alone, behind filters that adapt: quicker than searching for repetitions, and for photographs smaller
        return bytes(imagecodecs.png_encode(tile, level=6, strategy=imagecodecs.PNG.STRATEGY.RLE))
