"""HTJ2K of several qualities: layers refine, sizes and qualities are met, and the last layer may be lossless."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import imagecodecs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import pacscore as pc
from pacscore.j2k.codestream.capabilities import HtCapabilities
from pacscore.j2k.codestream.reader import read_codestream
from property.strategies import pictures
from property.test_lossy_encoding import bytes_of, painted, psnr

PART_1, HTJ2K, LOSSLESS, LOSSLESS_RPCL = (f"1.2.840.10008.1.2.4.{last}" for last in ("91", "203", "201", "202"))


def capabilities(data: bytes) -> HtCapabilities:
    cap = next(segment for segment in read_codestream(data).main.segments if hasattr(segment, "pcap"))
    return HtCapabilities.from_ccap15(*cap.ccap)


def qualities(data: bytes, image: NDArray[Any]) -> list[float]:
    return [psnr(image, pc.decode(data, layers=layer + 1)) for layer in range(pc.inspect(data).layers)]


@pytest.mark.parametrize("syntax", [HTJ2K, LOSSLESS, LOSSLESS_RPCL])
@pytest.mark.parametrize("components", [1, 3])
@pytest.mark.parametrize("layers", [2, 5])
def test_a_final_lossless_layer(syntax: str, components: int, layers: int) -> None:
    image = painted(150, 170, components)
    plain = pc.encode(image, syntax, bits_stored=12)
    for options in (pc.J2KOptions(layers=layers), pc.J2KOptions(layers=layers, rate=1.0, reversible=True)):
        lossless_follows = syntax != HTJ2K or options.rate is None
        data = pc.encode(image, syntax, options, bits_stored=12)
        assert capabilities(data).several_sets
        *lossy, last = qualities(data, image)
        assert (last == math.inf) == lossless_follows
        assert all(b > a + 0.2 for a, b in pairwise([20, *lossy, last]))
        if options.rate is None:
            assert len(data) <= 1.3 * len(plain)


@pytest.mark.parametrize("reversible", [False, True])
def test_layers_grow_in_quality_and_each_keeps_its_rate(reversible: bool) -> None:
    image = painted(256, 256)
    rates = (0.25, 1.0, 3.0)
    options = pc.J2KOptions(rate=rates, progression="LRCP", reversible=reversible)
    data = pc.encode(image, HTJ2K, options, bits_stored=12)
    made = qualities(data, image)
    assert all(b > a + 0.5 for a, b in pairwise(made))
    alone = pc.encode(image, HTJ2K, pc.J2KOptions(rate=rates[0], reversible=reversible), bits_stored=12)
    assert made[0] > psnr(image, pc.decode(alone)) - 0.4
    assert 0.99 * bytes_of(image, rates[-1]) <= len(data) <= bytes_of(image, rates[-1])


@pytest.mark.parametrize("reversible", [False, True])
def test_layers_of_given_qualities_reach_them(reversible: bool) -> None:
    image = painted(256, 200)
    goals = (36.0, 44.0, 52.0)
    data = pc.encode(image, HTJ2K, pc.J2KOptions(psnr=goals, reversible=reversible), bits_stored=12)
    for reached, goal in zip(qualities(data, image), goals, strict=True):
        assert reached >= goal


@pytest.mark.parametrize("components", [1, 3])
@pytest.mark.parametrize("rate", [0.5, 1.7, 4.0])
@pytest.mark.parametrize("styles", [(), ("causal",)])
def test_reversible_to_a_size_has_one_set_that_the_peers_read(
    components: int, rate: float, styles: tuple[str, ...]
) -> None:
    image = painted(300, 281, components)
    options = pc.J2KOptions(rate=rate, reversible=True, styles=styles)
    data = pc.encode(image, HTJ2K, options, bits_stored=12)
    assert 0.99 * bytes_of(image, rate) <= len(data) <= bytes_of(image, rate)
    assert not capabilities(data).several_sets
    decoded = np.asarray(pc.decode(data))
    assert psnr(image, decoded) > 20
    if not styles:
        np.testing.assert_array_equal(imagecodecs.htj2k_decode(data), decoded)
        np.testing.assert_array_equal(imagecodecs.jpeg2k_decode(data), decoded)


@pytest.mark.parametrize("rate", [0.5, 1.7, 4.0])
def test_reversible_to_a_size_is_little_behind_part_1(rate: float) -> None:
    """Some parts lie in the middle of the interval of a high plane, so the next planes make them worse at first."""
    image = painted(384, 384)
    image[:, 150:] = 2048 + 768 + image[:, 150:] % 32
    options = pc.J2KOptions(rate=rate, reversible=True)
    made = psnr(image, pc.decode(pc.encode(image, HTJ2K, options, bits_stored=12)))
    assert made > psnr(image, pc.decode(pc.encode(image, PART_1, options, bits_stored=12))) - 2


def test_no_peer_reads_several_layers() -> None:
    """Which is why the guide says to know the readers."""
    data = pc.encode(painted(64, 64), HTJ2K, pc.J2KOptions(layers=2, decomposition_levels=0), bits_stored=12)
    for refuses in (imagecodecs.htj2k_decode, imagecodecs.jpeg2k_decode):
        with pytest.raises(RuntimeError):
            refuses(data)


@pytest.mark.parametrize("goal", [38.0, 50.0, 66.0])
def test_reversible_to_a_quality(goal: float) -> None:
    image = painted(200, 210, 3)
    data = pc.encode(image, HTJ2K, pc.J2KOptions(psnr=goal, reversible=True), bits_stored=12)
    assert goal <= psnr(image, pc.decode(data)) < goal + 0.3


@pytest.mark.parametrize(
    "options",
    [
        pc.J2KOptions(tile_rows=100, tile_columns=128),
        pc.J2KOptions(sop=True, eph=True, plt=True, tlm=True, tile_parts="resolution"),
        pc.J2KOptions(packed_headers="main", progression="LRCP", precincts=((64, 64),)),
        pc.J2KOptions(code_block_rows=16, code_block_columns=32, decomposition_levels=2, styles=("causal",)),
        pc.J2KOptions(roi=pc.Region(20, 30, 50, 60)),
    ],
)
def test_layers_go_with_all_other_options(options: pc.J2KOptions) -> None:
    image = painted(200, 181, 3)
    options = replace(options, rate=(1.0, 2.5), layers=3, reversible=True)
    data = pc.encode(image, LOSSLESS, options, bits_stored=12)
    np.testing.assert_array_equal(pc.decode(data), image)
    if not options.roi:  # which comes first
        assert all(b > a for a, b in pairwise(qualities(data, image)))


@pytest.mark.parametrize("options", [pc.J2KOptions(layers=3), pc.J2KOptions(rate=1.5, reversible=True)])
@pytest.mark.parametrize("tile", [None, 128])
def test_threads_change_nothing(options: pc.J2KOptions, tile: int | None) -> None:
    image = painted(400, 300)
    options = replace(options, tile_rows=tile, tile_columns=tile)
    alone = pc.encode(image, HTJ2K, options, bits_stored=12)
    assert pc.encode(image, HTJ2K, options, bits_stored=12, threads=2) == alone


@settings(max_examples=60, deadline=None)
@given(pictures(most_bits=26), st.integers(1, 6), st.sampled_from([4, 16, 64]))
def test_every_picture_ends_lossless(picture: tuple[NDArray[Any], int], layers: int, side: int) -> None:
    image, bits = picture
    options = pc.J2KOptions(layers=layers, code_block_rows=side, code_block_columns=side)
    data = pc.encode(image, LOSSLESS, options, bits_stored=bits)
    partial = pc.decode(data, on_damage="conceal")
    assert partial.report.complete
    assert partial.report.notes == ()
    np.testing.assert_array_equal(partial.image, image)
    assert pc.decode(data, layers=1).shape == image.shape
