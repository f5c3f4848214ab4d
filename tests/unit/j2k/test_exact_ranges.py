"""The byte ranges of a lower resolution: nothing is missing of them, and nothing is in them that it does not need."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from pydicom.data import get_testdata_file

import pacscore as pc

OPTIONS = {
    "LRCP": pc.J2KOptions(progression="LRCP"),
    "layers": pc.J2KOptions(progression="LRCP", layers=3),
    "RPCL in tile-parts": pc.J2KOptions(progression="RPCL", tile_parts="resolution", precincts=((256, 256),)),
    "CPRL in tiles": pc.J2KOptions(progression="CPRL", tile_rows=700, tile_columns=600, plt=True),
}


@pytest.fixture(scope="module")
def radiograph() -> NDArray[Any]:
    path = get_testdata_file("RG1_UNCR.dcm", download=False)
    if not isinstance(path, str):
        pytest.skip("RG1_UNCR.dcm is not installed: pip install pydicom-data")
    with pc.open(path) as frames:
        return np.ascontiguousarray(frames[0])


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.201"])
@pytest.mark.parametrize("name", OPTIONS)
def test_an_eighth_of_a_radiograph(radiograph: NDArray[Any], syntax: str, name: str) -> None:
    data = pc.encode(radiograph, syntax, OPTIONS[name], bits_stored=15)
    index = pc.index(data)
    ranges = index.ranges(reduce=3)
    levels = pc.inspect(data).decomposition_levels

    inside = np.zeros(len(data), bool)
    for start, stop in ranges:
        inside[start:stop] = True
    needed = np.zeros(len(data), bool)
    needed[slice(*index.main_header)] = True
    for part in index.tile_parts:
        needed[part.start : part.body] = True
    for packet in index.packets[index.packets["resolution"] <= levels - 3]:
        needed[packet["start"] : packet["stop"]] = True
    assert np.array_equal(inside, needed)
    assert needed.sum() <= 0.025 * len(data)

    decoder = pc.ProgressiveDecoder(index=index)
    for start, stop in ranges:
        decoder.feed(data[start:stop], start)
    shown = decoder.image(3)
    assert shown.report.complete
    np.testing.assert_array_equal(shown.image, pc.decode(data, reduce=3))
    assert decoder.completeness.reduce == 3
    with pytest.raises(pc.TruncatedError):
        pc.decode(data[: ranges[0][1]])
