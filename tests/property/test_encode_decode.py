"""Whatever is encoded comes back, under every option; views agree with the whole; peers agree with us."""

from __future__ import annotations

import imagecodecs
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import pacscore as pc
from pacscore.j2k.codestream.reader import read_codestream
from pacscore.j2k.codestream.segments import Plt

HTJ2K, LOSSLESS_RPCL = "1.2.840.10008.1.2.4.203", "1.2.840.10008.1.2.4.202"
PROGRESSIONS = ("LRCP", "RLCP", "RPCL", "PCRL", "CPRL")
quick = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def pictures(draw, most_bits=26, most_side=150):
    rows, columns = draw(st.integers(1, most_side)), draw(st.integers(1, most_side))
    components = draw(st.sampled_from([1, 1, 2, 3, 3, 4]))
    bits, signed = draw(st.integers(1, most_bits)), draw(st.booleans())
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    low = -(1 << (bits - 1)) if signed else 0
    shape = (rows, columns) if components == 1 else (rows, columns, components)
    if draw(st.booleans()):
        array = rng.integers(low, low + (1 << bits), shape)
    else:
        array = low + np.minimum((np.indices(shape).sum(0) * 3 + rng.integers(0, 3, shape)), (1 << bits) - 1)
    size = 8 if bits <= 8 else 16 if bits <= 16 else 32 if bits <= 32 else 64
    return array.astype(f"{'i' if signed else 'u'}{size // 8}"), bits


@st.composite
def choices(draw, tiles=True):
    rows_exponent = draw(st.integers(2, 8))
    columns_exponent = draw(st.integers(2, 12 - rows_exponent).filter(lambda e: e <= 10))
    progression = draw(st.sampled_from(PROGRESSIONS))
    return pc.J2KOptions(
        decomposition_levels=draw(st.integers(0, 8)),
        code_block_rows=1 << rows_exponent,
        code_block_columns=1 << columns_exponent,
        progression=progression,
        precincts=draw(st.sampled_from([None, ((64, 32),), ((128, 128), (32, 64)), ((16, 16), (4, 8), (2, 2))])),
        tile_rows=draw(st.sampled_from([None, 33, 64])) if tiles else None,
        tile_columns=draw(st.sampled_from([None, 50, 128])) if tiles else None,
        tile_parts=draw(st.sampled_from(["single", "resolution"])) if progression in ("RLCP", "RPCL") else None,
        tlm=draw(st.booleans()),
        plt=draw(st.booleans()),
        sop=draw(st.booleans()),
        eph=draw(st.booleans()),
        styles=draw(st.sampled_from([(), ("causal",)])),
    )


@quick
@given(pictures(most_bits=32), choices(), st.integers(1, 3))
def test_what_was_encoded_comes_back(picture, options, threads):
    array, bits = picture
    data = pc.encode(array, HTJ2K, options, bits_stored=bits, threads=threads)
    image = pc.decode(data, threads=threads)
    assert image.shape == array.shape or (image.ndim == 2 and array.shape[2:] == (1,))
    assert np.array_equal(image, array)
    stream = read_codestream(data)
    assert not stream.damages
    assert not stream.notes


@quick
@given(pictures(most_bits=16), choices(), st.data())
def test_views_agree_with_the_whole(picture, options, data):
    array, bits = picture
    stream = pc.encode(array, HTJ2K, options, bits_stored=bits)
    row, column = data.draw(st.integers(0, array.shape[0] - 1)), data.draw(st.integers(0, array.shape[1] - 1))
    rows, columns = (data.draw(st.integers(1, array.shape[i] - at)) for i, at in enumerate((row, column)))
    region = pc.Region(row, column, rows, columns)
    want = array[row : row + rows, column : column + columns]
    assert np.array_equal(pc.decode(stream, region=region), want)
    reduce = data.draw(st.integers(0, options.decomposition_levels))
    whole = pc.decode(stream, reduce=reduce)
    part = pc.decode(stream, reduce=reduce, region=region)
    top, left, bottom, right = (-(-edge >> reduce) for edge in (row, column, row + rows, column + columns))
    assert np.array_equal(part, whole[top:bottom, left:right])
    out = np.zeros_like(whole)
    assert pc.decode(stream, reduce=reduce, out=out) is out
    assert np.array_equal(out, whole)


@quick
@given(pictures(most_bits=24), choices(tiles=False))
def test_openjph_reads_it(picture, options):
    array, bits = picture
    got = imagecodecs.htj2k_decode(pc.encode(array, HTJ2K, options, bits_stored=bits))
    if got.ndim == 3 and got.shape != array.shape:
        got = np.moveaxis(got, 0, -1)
    assert np.array_equal(got, array)


@quick
@given(pictures(most_bits=16), choices())
def test_openjpeg_reads_it(picture, options):
    array, bits = picture
    got = imagecodecs.jpeg2k_decode(pc.encode(array, HTJ2K, options, bits_stored=bits))
    assert np.array_equal(got.reshape(array.shape), array)


@quick
@given(pictures(most_bits=16), st.booleans(), st.booleans())
def test_we_read_openjph(picture, tlm, planar):
    array, _ = picture
    color = array.ndim == 3 and array.shape[2] == 3 and not planar
    if array.ndim == 3 and not color:
        array = np.ascontiguousarray(array[..., 0])
    data = imagecodecs.htj2k_encode(array, reversible=True, tlm=tlm, rgb=color, planar=False)
    assert np.array_equal(pc.decode(bytes(data)), array)


@pytest.mark.parametrize("shape", [(1, 1), (64, 64), (65, 300), (700, 90), (300, 310, 3)])
@pytest.mark.parametrize("tile", [None, 200])
def test_rpcl_stream_keeps_its_rules(shape, tile):
    array = np.random.default_rng(5).integers(0, 4096, shape).astype(np.uint16)
    options = pc.J2KOptions(tile_rows=tile, tile_columns=tile, plt=True)
    data = pc.encode(array, LOSSLESS_RPCL, options, bits_stored=12)
    info, stream = pc.inspect(data), read_codestream(data)
    assert info.progression == "RPCL"
    assert info.has_tlm
    assert max(-(-side >> info.decomposition_levels) for side in shape[:2]) <= 64
    told = [entry for tlm in stream.main.tlms for entry in tlm.entries]
    assert told == [(part.sot.isot, part.sot.psot) for part in stream.tile_parts]
    assert [part.sot.tpsot for part in stream.tile_parts] == sorted(part.sot.tpsot for part in stream.tile_parts)
    for part in stream.tile_parts:
        lengths = [n for segment in part.segments if isinstance(segment, Plt) for n in segment.lengths]
        assert sum(lengths) == part.body_stop - part.body_start
    tiles = len({part.sot.isot for part in stream.tile_parts})
    for resolution in range(info.decomposition_levels + 1):
        last = stream.tile_parts[(resolution + 1) * tiles - 1]
        reduce = info.decomposition_levels - resolution
        assert np.array_equal(pc.decode(data[: last.body_stop], reduce=reduce), pc.decode(data, reduce=reduce))


@pytest.mark.parametrize("shape", [(200, 130), (120, 90, 3)])
def test_lossy_error_follows_the_step(shape):
    grid = np.indices(shape[:2]).sum(0)
    array = (128 + 90 * np.sin(grid / 9)).astype(np.uint8)
    array = array if len(shape) == 2 else np.stack([array, array // 2, 255 - array], -1)
    errors = []
    for step in (1 / 4096, 1 / 256, 1 / 32):
        data = pc.encode(array, HTJ2K, pc.J2KOptions(quantization_step=step))
        assert not pc.inspect(data).reversible
        image = pc.decode(data)
        errors.append(float(((image.astype(float) - array) ** 2).mean()))
        peer = imagecodecs.jpeg2k_decode(data).astype(int)
        assert np.abs(peer - image.astype(int)).max() <= 1
    assert errors[0] < 0.2
    assert errors == sorted(errors)


@pytest.mark.parametrize(
    ("syntax", "options"),
    [
        (LOSSLESS_RPCL, {"progression": "LRCP"}),
        (LOSSLESS_RPCL, {"tlm": False}),
        (LOSSLESS_RPCL, {"reversible": False}),
        (LOSSLESS_RPCL, {"decomposition_levels": 0}),
        (HTJ2K, {"styles": ("bypass",)}),
        (HTJ2K, {"reversible": True, "quantization_step": 0.01}),
        (HTJ2K, {"tile_parts": "resolution", "progression": "CPRL"}),
    ],
)
def test_contradictions_are_refused(syntax, options):
    array = np.random.default_rng(1).integers(0, 255, (200, 200, 3)).astype(np.uint8)
    with pytest.raises(pc.OptionError):
        pc.encode(array, syntax, pc.J2KOptions(**options))


def test_a_sample_beyond_its_precision_is_refused():
    with pytest.raises(pc.OptionError, match="12 bits"):
        pc.encode(np.full((8, 8), 4096, np.uint16), HTJ2K, bits_stored=12)
