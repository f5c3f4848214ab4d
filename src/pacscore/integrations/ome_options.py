"""The choices for writing OME-Zarr."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from zarr.abc.codec import ArrayBytesCodec

from pacscore.errors import OptionError

__all__ = ["OMEZarrOptions"]

Sampling: TypeAlias = Literal["centred", "cosited"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OMEZarrOptions:
    """How levels are written as OME-Zarr.

    Attributes
    ----------
    name : str
        Of the picture.
    pixel_size : (float, float), optional
        Distance of pixels in level 0, as (row, column), in micrometres.
    sampling : {"centred", "cosited"}
        Where a pixel of a smaller level lies: amid those that it stands for, as after reduction by boxes, or on the
        first of them, as in the resolutions of a codestream.
    chunk : (int, int)
        Rows and columns of a chunk, which has all samples of a pixel.
    shard : (int, int), optional
        Rows and columns of a shard, whole multiples of a chunk's. None: each chunk is an object of its own.
    codec : zarr codec from arrays to bytes, "auto", optional
        None: HTJ2K without loss. "auto": what zarr takes by itself, for readers that have no pacscore.
    overwrite : bool
        Whether a group that is there is replaced.

    Raises
    ------
    OptionError
        If sizes are not above 0.
    """

    name: str = ""
    pixel_size: tuple[float, float] | None = None
    sampling: Sampling = "centred"
    chunk: tuple[int, int] = (512, 512)
    shard: tuple[int, int] | None = None
    codec: ArrayBytesCodec | Literal["auto"] | None = None
    overwrite: bool = False

    def __post_init__(self) -> None:
        if not all(size > 0 for size in (*self.chunk, *(self.shard or ()), *(self.pixel_size or ()))):
            raise OptionError("chunks, shards and pixels have a size above 0")
        if any(size % part for size, part in zip(self.shard or (), self.chunk, strict=bool(self.shard))):
            raise OptionError(f"shard={self.shard} is no multiple of chunk={self.chunk}")
        if self.sampling not in ("centred", "cosited"):
            raise OptionError(f"sampling={self.sampling!r} must be centred or cosited")
