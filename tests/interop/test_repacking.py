"""Other decoders read what was rearranged, and see the same."""

from __future__ import annotations

from typing import Any

import imagecodecs
import numpy as np
import pytest

import pacscore as pc
from interop.openjpeg import read_components
from pacscore import J2KOptions, RepackOptions
from property.strategies import components_of

LOSSLESS, HT = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.201"
CHOICES: dict[str, dict[str, Any]] = {
    "order and lengths": {"progression": "RPCL", "tlm": True, "plt": True},
    "layers apart": {"progression": "LRCP", "tile_parts": "layer", "sop": True, "eph": True},
    "resolutions apart": {"progression": "RLCP", "tile_parts": "resolution", "tlm": True},
    "components apart": {"progression": "CPRL", "tile_parts": "component"},
    "headers in tile-parts": {"progression": "PCRL", "packed_headers": "tile", "eph": True},
    "headers in front": {"progression": "LRCP", "packed_headers": "main"},
    "fewer layers": {"layers": 1},
    "fewer resolutions": {"reduce": 2},
    "fewer of both": {"reduce": 1, "layers": 2, "progression": "LRCP", "tile_parts": "layer"},
}


def picture(rows: int = 180, columns: int = 230, components: int = 3) -> np.ndarray:
    y, x = np.mgrid[:rows, :columns]
    noise = np.random.default_rng(3).integers(0, 25, (rows, columns, components))
    return ((np.sin(x / 25) + np.cos(y / 19))[..., None] * 50 + 110 + noise).astype(np.uint8)


@pytest.mark.parametrize("tiles", [None, 64, 50])
@pytest.mark.parametrize("name", CHOICES)
def test_openjpeg_reads_what_was_rearranged(name: str, tiles: int | None) -> None:
    """Tiles of 50 do not divide: samples lie further apart on the grid then."""
    options = J2KOptions(layers=3, precincts=((64, 64),), tile_rows=tiles, tile_columns=tiles)
    data = pc.encode(picture(), LOSSLESS, options)
    choices = RepackOptions(**CHOICES[name])
    rearranged = pc.repack(data, choices)
    expected = components_of(pc.decode(data, reduce=choices.reduce, layers=choices.layers))
    for theirs, ours in zip(read_components(rearranged), expected, strict=True):
        assert np.array_equal(theirs, ours)


@pytest.mark.parametrize("name", [name for name in CHOICES if name not in ("fewer layers", "fewer of both")])
def test_openjph_reads_what_was_rearranged(name: str) -> None:
    choices = RepackOptions(**CHOICES[name])
    if choices.packed_headers:
        pytest.skip("OpenJPH does not read packed packet headers")
    array = picture()
    data = pc.encode(array, HT, J2KOptions(color_transform=True, tile_rows=64, tile_columns=64))
    theirs = np.asarray(imagecodecs.htj2k_decode(pc.repack(data, choices)))
    assert np.array_equal(theirs, pc.decode(data, reduce=choices.reduce))


@pytest.mark.parametrize(("syntax", "components"), [(LOSSLESS, 1), (LOSSLESS, 3)])
def test_openjpeg_reads_a_file_around_a_codestream(syntax: str, components: int) -> None:
    array = picture(components=components)
    array = array[..., 0] if components == 1 else array
    file = pc.repack(pc.encode(array, syntax), RepackOptions(file_format="jp2"))
    assert np.array_equal(imagecodecs.jpeg2k_decode(file), array)
