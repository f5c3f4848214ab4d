"""What OME-Zarr 0.5 says of a picture's levels: axes, and where the pixels of each lie.

Source: OME-Zarr 0.5, "axes", "coordinateTransformations", "multiscales" and "omero" metadata.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

from pacscore.errors import OptionError
from pacscore.integrations.ome_options import OMEZarrOptions

__all__ = ["LevelPlace", "axes_of", "ome_metadata", "places_of"]

_COLOURS: Final = (("red", "FF0000"), ("green", "00FF00"), ("blue", "0000FF"))


class LevelPlace(NamedTuple):
    """The size of a level, and how many pixels of level 0 one of its pixels stands for, in each direction."""

    rows: int
    columns: int
    downsample: float


def places_of(sizes: Sequence[tuple[int, int] | tuple[int, int, float]]) -> list[LevelPlace]:
    """Return the places of levels; where a downsample is not told, it is what the sizes tell.

    Raises
    ------
    OptionError
        If there is no level, one has no pixels, or is larger than the one before.
    """
    if not sizes or any(below[0] > above[0] or below[1] > above[1] for above, below in pairwise(sizes)):
        raise OptionError("levels come the largest first, and there is one at least")
    if min(min(size) for size in sizes) <= 0:
        raise OptionError("a level without pixels cannot be written")
    largest = sizes[0][:2]
    return [LevelPlace(*size[:2], size[2] if len(size) == 3 else _downsample(largest, size[:2])) for size in sizes]


def _downsample(largest: tuple[int, int], size: tuple[int, int]) -> float:
    """Return the power of two nearest to the ratio of two sizes if it makes one of the other, else the ratio."""
    ratio = max(whole / part for whole, part in zip(largest, size, strict=True))
    power = 2 ** round(math.log2(ratio))
    made = all(part in (whole // power, -(-whole // power)) for whole, part in zip(largest, size, strict=True))
    return float(power) if made else ratio


def axes_of(samples: int | None) -> list[str]:
    """Return the names of the axes of a level."""
    return ["y", "x"] if samples is None else ["c", "y", "x"]


def ome_metadata(
    places: Sequence[LevelPlace], axes: Sequence[str], options: OMEZarrOptions, *, colour: bool
) -> dict[str, Any]:
    """Return the value of the group's attribute ``ome``; with ``colour``, the channels are red, green and blue."""
    unit = {} if options.pixel_size is None else {"unit": "micrometer"}
    kinds = [{"type": "channel"} if axis == "c" else {"type": "space", **unit} for axis in axes]
    multiscale: dict[str, Any] = {
        "axes": [{"name": axis, **kind} for axis, kind in zip(axes, kinds, strict=True)],
        "datasets": [
            {"path": str(number), "coordinateTransformations": _transformations(place, options, len(axes))}
            for number, place in enumerate(places)
        ],
    }
    if options.name:
        multiscale["name"] = options.name
    found: dict[str, Any] = {"version": "0.5", "multiscales": [multiscale]}
    if colour:
        window = {"start": 0, "end": 255, "min": 0, "max": 255}
        found["omero"] = {
            "channels": [{"label": label, "color": code, "window": window, "active": True} for label, code in _COLOURS]
        }
    return found


def _transformations(place: LevelPlace, options: OMEZarrOptions, axes: int) -> list[dict[str, Any]]:
    """Return how pixels of a level lie: scaled, and shifted to amid those that they stand for."""
    sides, others = options.pixel_size or (1.0, 1.0), axes - 2
    steps = [{"type": "scale", "scale": [1.0] * others + [place.downsample * side for side in sides]}]
    if options.sampling == "centred" and place.downsample > 1:
        shift = [side * (place.downsample - 1) / 2 for side in sides]
        steps.append({"type": "translation", "translation": [0.0] * others + shift})
    return steps
