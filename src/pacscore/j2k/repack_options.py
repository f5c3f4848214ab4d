"""What a caller may choose when rearranging a codestream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pacscore.errors import OptionError
from pacscore.j2k.options import Progression, TileParts, check_choice
from pacscore.j2k.packets.progression import PROGRESSIONS

__all__ = ["ColorSpace", "FileFormat", "RepackOptions"]

FileFormat = Literal["codestream", "jp2", "jph"]
ColorSpace = Literal["greyscale", "srgb", "sycc"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RepackOptions:
    """Choices for `repack`; None stands for what the original has.

    Attributes
    ----------
    progression : {"LRCP", "RLCP", "RPCL", "PCRL", "CPRL"}, optional
        One order for all packets; None keeps progression changes too.
    tile_parts : {"single", "resolution", "component", "layer"}, optional
        At what changes a new tile-part begins. None: where one began, if packets stay in order; else "single".
    tlm, plt : bool, optional
        Whether to write tile-part lengths into the main header, packet lengths into tile-part headers. PLM becomes PLT.
    sop, eph : bool, optional
        Whether to frame packet headers by these markers. None: as each tile's coding style says.
    packed_headers : {"main", "tile", "packets"}, optional
        Where packet headers are: in the main header (PPM), in those of tile-parts (PPT), or before the packets.
    layers : int, optional
        Quality layers to keep, from the first; more than there are: all.
    reduce : int
        Highest resolutions to drop. The reference grid is divided where that is exact for all tiles; else the samples
        of the components move apart on it.
    file_format : {"codestream", "jp2", "jph"}, optional
        JP2 is for Part 1, JPH for HTJ2K. Other boxes of a file that the codestream was in are kept.
    color_space : {"greyscale", "srgb", "sycc"}, optional
        For a file around what was a bare codestream. None: greyscale for one component, sRGB for three of one size.

    Raises
    ------
    OptionError
        If a value is impossible by itself.
    """

    progression: Progression | None = None
    tile_parts: TileParts | None = None
    tlm: bool | None = None
    plt: bool | None = None
    sop: bool | None = None
    eph: bool | None = None
    packed_headers: Literal["main", "tile", "packets"] | None = None
    layers: int | None = None
    reduce: int = 0
    file_format: FileFormat | None = None
    color_space: ColorSpace | None = None

    def __post_init__(self) -> None:
        check_choice("progression", self.progression, PROGRESSIONS)
        check_choice("tile_parts", self.tile_parts, ("single", "resolution", "component", "layer"))
        check_choice("packed_headers", self.packed_headers, ("main", "tile", "packets"))
        check_choice("file_format", self.file_format, ("codestream", "jp2", "jph"))
        check_choice("color_space", self.color_space, ("greyscale", "srgb", "sycc"))
        if self.layers is not None and self.layers < 1:
            raise OptionError(f"layers={self.layers} must be at least 1")
        if not 0 <= self.reduce <= 32:
            raise OptionError(f"reduce={self.reduce} must be 0 or more, and no more than the decomposition levels")

    @property
    def keeps_arrangement(self) -> bool:
        """Whether all packets stay, in their order, with their headers and in their tile-parts."""
        changes = (self.progression, self.tile_parts, self.packed_headers, self.layers)
        return not self.reduce and all(change is None for change in changes)
