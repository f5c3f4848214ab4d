"""Whatever is encoded comes back, under every option; views agree with the whole; the layout is as asked for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pacscore as pc
from pacscore.j2k.codestream.headers import Codestream
from pacscore.j2k.codestream.reader import read_codestream
from pacscore.j2k.codestream.segments import Plt
from property.strategies import HTJ2K, LOSSLESS_RPCL, choices, jobs, long, paint, pictures, quick, sample_range


def check_layout(stream: Codestream, options: pc.J2KOptions) -> None:
    """Nothing to complain about, and the lengths that TLM and PLT tell are those that are there."""
    assert (stream.damages, stream.notes) == ((), ())
    told = [entry for tlm in stream.main.tlms for entry in tlm.entries]
    assert told == ([(part.sot.isot, part.sot.psot) for part in stream.tile_parts] if options.tlm else [])
    for part in stream.tile_parts:
        lengths = [n for segment in part.segments if isinstance(segment, Plt) for n in segment.lengths]
        assert sum(lengths) == (part.body_stop - part.body_start if options.plt else 0)
    for parts in stream.by_tile().values():
        assert [part.sot.tpsot for part in parts] == list(range(len(parts)))
        assert {part.sot.tnsot for part in parts} == {len(parts)}


def check_round_trip(array, bits, options, threads):
    data = pc.encode(array, HTJ2K, options, bits_stored=bits, threads=threads)
    image = pc.decode(data, threads=threads)
    assert image.dtype == array.dtype
    assert image.shape == array.shape
    assert np.array_equal(image, array)
    check_layout(read_codestream(data), options)
    partial = pc.decode(data, on_damage="conceal")
    assert partial.report.complete
    assert not partial.report.notes
    assert np.array_equal(partial.image, array)


@quick
@given(jobs(most_bits=32, offsets=True), st.integers(1, 3))
def test_what_was_encoded_comes_back(job, threads):
    check_round_trip(*job, threads)


@pytest.mark.slow
@long
@given(jobs(most_bits=32, most_side=300, offsets=True), st.integers(1, 3))
def test_what_was_encoded_comes_back_at_length(job, threads):
    check_round_trip(*job, threads)


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("bits", [*range(1, 38)])
@pytest.mark.parametrize("components", [1, 3])
def test_extremes_of_every_precision(components, bits, signed):
    rng = np.random.default_rng(bits)
    array = paint("extremes", (37, 41, components), *sample_range(bits, signed), rng)
    array = array.astype(f"{'i' if signed else 'u'}{1 if bits <= 8 else 2 if bits <= 16 else 4 if bits <= 32 else 8}")
    array = array if components > 1 else array[..., 0]
    levels = 5 if bits <= 34 else 0
    options = pc.J2KOptions(decomposition_levels=levels, color_transform=components > 1 and bits <= 34)
    check_round_trip(array, bits, options, 1)


def test_more_bit_planes_than_can_be_coded_are_refused():
    with pytest.raises(pc.OptionError, match="bit-planes"):
        pc.encode(np.zeros((64, 64), np.uint64), HTJ2K, bits_stored=38)


@quick
@given(pictures(most_bits=8), choices(), st.integers(0, 2))
def test_guard_bits_as_asked_for(picture, options, guard_bits):
    array, bits = picture
    options = pc.J2KOptions(decomposition_levels=options.decomposition_levels, guard_bits=guard_bits)
    data = pc.encode(array, HTJ2K, options, bits_stored=bits)
    assert read_codestream(data).main.qcd.guard_bits == guard_bits
    assert np.array_equal(pc.decode(data), array)


@pytest.mark.parametrize("components", [255, 256, 257, 1000])
def test_many_components(components):
    array = np.random.default_rng(components).integers(0, 256, (5, 6, components)).astype(np.uint8)
    check_round_trip(array, 8, pc.J2KOptions(progression="CPRL"), 2)


@pytest.mark.parametrize("shape", [(1, 3000), (3000, 1), (2, 2049), (1025, 3)])
@pytest.mark.parametrize("levels", [0, 5, 12, 32])
def test_long_and_thin(shape, levels):
    array = np.random.default_rng(levels).integers(-3000, 3000, shape).astype(np.int16)
    check_round_trip(array, 16, pc.J2KOptions(decomposition_levels=levels), 1)


@pytest.mark.parametrize("layout", ["transposed", "mirrored", "sliced", "swapped bytes", "planes", "read-only"])
def test_any_strides_and_byte_order(layout):
    array = np.random.default_rng(3).integers(0, 60000, (66, 54, 3)).astype(np.uint16)
    views = {
        "transposed": array.transpose(1, 0, 2),
        "mirrored": array[::-1, ::-1],
        "sliced": array[5:60:2, 3:50:3],
        "swapped bytes": array.astype(">u2"),
        "planes": np.ascontiguousarray(array.transpose(2, 0, 1)).transpose(1, 2, 0),
        "read-only": np.frombuffer(array.tobytes(), np.uint16).reshape(array.shape),
    }
    assert np.array_equal(pc.decode(pc.encode(views[layout], HTJ2K)), views[layout])


@quick
@given(jobs(), st.data())
def test_views_agree_with_the_whole(job, data):
    array, bits, options = job
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
