"""The resolutions of a JPEG 2000 codestream as the levels of a pyramid: nothing has to be made for them.

Source: T.800 B.5.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any, cast

from numpy.typing import NDArray

from pacscore.codecs.samples import interpret
from pacscore.errors import UnsupportedError
from pacscore.j2k.opened import OpenedCodestream
from pacscore.limits import Limits
from pacscore.pixel_format import PixelFormat
from pacscore.pyramid.encoded_tiles import encoded
from pacscore.pyramid.levels import Pyramid, PyramidLevel
from pacscore.region import Region

__all__ = ["CodestreamLevel", "CodestreamPyramid"]


class CodestreamLevel(PyramidLevel):
    """One resolution."""

    def __init__(self, pyramid: CodestreamPyramid, reduce: int, tile: tuple[int, int]) -> None:
        rows, columns = pyramid.codestream.size(reduce)
        super().__init__(rows, columns, tile, float(1 << reduce))
        self._pyramid = pyramid
        self._reduce = reduce

    def _read(self, region: Region, threads: int) -> NDArray[Any]:
        return self._pyramid.decoded(self._reduce, region, threads)

    def encoded_tile(self, row: int, column: int) -> bytes:
        """Return a tile as HTJ2K, without loss, as small as what lies in the level."""
        return encoded(self.tile(row, column), self._pyramid.pixel_format)


class CodestreamPyramid(Pyramid):
    """A codestream, or the one in a JP2 or JPH file, or in a DICOM frame.

    Headers are read once: a tile costs the code-blocks that it needs.

    Parameters
    ----------
    source : bytes-like, path, binary file object or reader
    tile : (int, int)
        Rows and columns of a tile.
    limits : Limits
    stored : PixelFormat, optional
        What a data set says that decoding gives; then monochrome samples have its sign.

    Raises
    ------
    UnsupportedError
        If components differ in size.
    """

    def __init__(self, source: Any, tile: tuple[int, int], limits: Limits, stored: PixelFormat | None = None) -> None:
        self.codestream = OpenedCodestream(source, limits=limits)
        info = self.codestream.info
        self.opened = ExitStack()
        self.opened.callback(self.codestream.close)
        try:
            if info.shape is None:
                raise UnsupportedError("components of different sizes in a pyramid", feature="sub-sampled components")
            self.pixel_format = stored or PixelFormat(
                info.rows,
                info.columns,
                len(info.components),
                8 * info.dtype.itemsize,
                info.precision,
                int(info.signed),
                "RGB" if len(info.components) == 3 else "MONOCHROME2",
            )
            levels = [CodestreamLevel(self, reduce, tile) for reduce in range(info.max_reduce + 1)]
        except BaseException:
            self.close()
            raise
        self._as_is = self.pixel_format.dtype == info.dtype
        self._bits = info.precision
        self.levels = tuple(level for level in levels if level.rows and level.columns)

    def decoded(self, reduce: int, region: Region, threads: int) -> NDArray[Any]:
        """Return a part of a resolution."""
        image = cast("NDArray[Any]", self.codestream.decode(reduce=reduce, region=region, threads=threads))
        if self._as_is:
            return image
        return interpret(image, self._bits, bool(self.pixel_format.pixel_representation), self.pixel_format.dtype)
