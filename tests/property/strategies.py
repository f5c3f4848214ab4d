"""What hypothesis draws: pictures of any precision, sign and size, and the options to encode them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import pacscore as pc

HTJ2K, LOSSLESS_RPCL = "1.2.840.10008.1.2.4.203", "1.2.840.10008.1.2.4.202"
PROGRESSIONS = ("LRCP", "RLCP", "RPCL", "PCRL", "CPRL")
PARTS = {"RLCP": ("single", "resolution"), "RPCL": ("single", "resolution"), "CPRL": ("single", "component")}

quick = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
long = settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))


def sample_range(bits: int, signed: bool) -> tuple[int, int]:
    low = -(1 << (bits - 1)) if signed else 0
    return low, low + (1 << bits) - 1


def paint(kind: str, shape: tuple[int, ...], low: int, high: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return samples from low to high: noise, the two extremes only, a slope, few samples on a plain, or one value."""
    if kind == "noise":
        return rng.integers(low, high + 1, shape)
    if kind == "extremes":
        return np.where(rng.integers(0, 2, shape) == 1, high, low)
    if kind == "slope":
        return low + np.minimum(np.indices(shape).sum(0) * 3 + rng.integers(0, 3, shape), high - low)
    if kind == "specks":
        return np.where(rng.integers(0, 200, shape) == 0, rng.integers(low, high + 1, shape), (low + high + 1) // 2)
    return np.full(shape, rng.choice([low, high]))


@st.composite
def pictures(draw: st.DrawFn, most_bits: int = 26, most_side: int = 150) -> tuple[NDArray[Any], int]:
    """Return an array in the smallest dtype that holds it, and the precision of its samples."""
    side = st.one_of(st.integers(1, 9), st.integers(1, most_side))
    rows, columns = draw(side), draw(side)
    components = draw(st.sampled_from([1, 1, 2, 3, 3, 4, 7]))
    bits, signed = draw(st.integers(1, most_bits)), draw(st.booleans())
    kind = draw(st.sampled_from(["noise", "extremes", "slope", "specks", "plain"]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = (rows, columns) if components == 1 else (rows, columns, components)
    array = paint(kind, shape, *sample_range(bits, signed), rng)
    size = next(size for size in (8, 16, 32, 64) if bits <= size)
    return array.astype(f"{'i' if signed else 'u'}{size // 8}"), bits


@st.composite
def placed(draw: st.DrawFn, options: pc.J2KOptions) -> pc.J2KOptions:
    """Return the options with offsets on the reference grid that go with their tiles."""
    coordinate = st.one_of(st.integers(0, 3), st.integers(0, 200))
    image = draw(coordinate), draw(coordinate)
    sizes = (options.tile_rows or 1000, options.tile_columns or 1000)
    back = [draw(st.integers(0, min(origin, size - 1))) for origin, size in zip(image, sizes, strict=True)]
    tile = draw(st.sampled_from([None, (image[0] - back[0], image[1] - back[1])]))
    return replace(options, image_offset=image, tile_offset=tile)


@st.composite
def choices(draw: st.DrawFn, tiles: bool = True, components: int = 1) -> pc.J2KOptions:
    rows_exponent = draw(st.integers(2, 10))
    columns_exponent = draw(st.integers(2, min(12 - rows_exponent, 10)))
    progression = draw(st.sampled_from(PROGRESSIONS))
    return pc.J2KOptions(
        decomposition_levels=draw(st.integers(0, 8)),
        code_block_rows=1 << rows_exponent,
        code_block_columns=1 << columns_exponent,
        progression=progression,
        precincts=draw(st.sampled_from([None, ((64, 32),), ((128, 128), (32, 64)), ((16, 16), (4, 8), (2, 2))])),
        tile_rows=draw(st.sampled_from([None, 33, 64])) if tiles else None,
        tile_columns=draw(st.sampled_from([None, 50, 128])) if tiles else None,
        tile_parts=draw(st.sampled_from(PARTS.get(progression, (None, "single")))),
        color_transform=draw(st.sampled_from([None, False, True])) if components >= 3 else None,
        tlm=draw(st.booleans()),
        plt=draw(st.booleans()),
        sop=draw(st.booleans()),
        eph=draw(st.booleans()),
        styles=draw(st.sampled_from([(), ("causal",)])),
        comment=draw(st.sampled_from([None, "a comment", b"\xff\x90\x00"])),
    )


@st.composite
def jobs(
    draw: st.DrawFn, most_bits: int = 26, most_side: int = 150, tiles: bool = True, offsets: bool = False
) -> tuple[NDArray[Any], int, pc.J2KOptions]:
    """Return a picture, its precision and options that go with it."""
    array, bits = draw(pictures(most_bits, most_side))
    options = draw(choices(tiles, 1 if array.ndim == 2 else array.shape[2]))
    return array, bits, draw(placed(options)) if offsets else options


STEPS = ((1, 1), (1, 1), (2, 2), (1, 2), (2, 1), (3, 2), (4, 4))


@st.composite
def mixed_jobs(draw: st.DrawFn, most_bits: int = 20) -> tuple[list[NDArray[Any]], tuple[int, ...], pc.J2KOptions]:
    """Return components that differ in size, precision and sign, their precisions, and options that say their place."""
    options = draw(placed(draw(choices())))
    area = [(origin, origin + draw(st.integers(1, 90))) for origin in options.image_offset]
    steps = tuple(draw(st.lists(st.sampled_from(STEPS), min_size=1, max_size=4)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    planes, precisions = [], []
    for each in steps:
        shape = tuple(-(-end // step) - -(-start // step) for (start, end), step in zip(area, each, strict=True))
        bits, signed = draw(st.integers(1, most_bits)), draw(st.booleans())
        kind = draw(st.sampled_from(["noise", "slope", "specks"]))
        size = next(size for size in (8, 16, 32) if bits <= size)
        plane = paint(kind, shape, *sample_range(bits, signed), rng)
        planes.append(plane.astype(f"{'i' if signed else 'u'}{size // 8}"))
        precisions.append(bits)
    assume(any(plane.size for plane in planes))
    return planes, tuple(precisions), replace(options, subsampling=steps)


def components_of(image: NDArray[Any] | list[NDArray[Any]]) -> list[NDArray[Any]]:
    """Return what `pacscore.decode` gives as a 2-D array a component."""
    if isinstance(image, list):
        return image
    return [image] if image.ndim == 2 else list(np.moveaxis(image, -1, 0))
