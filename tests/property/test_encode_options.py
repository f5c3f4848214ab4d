"""Every way to write a lossless codestream: it comes back whole, and OpenJPEG reads those of Part 1."""

from __future__ import annotations

from typing import Any

import imagecodecs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pacscore as pc
from pacscore.j2k.codestream.reader import read_codestream
from property.strategies import long, paint, quick, sample_range

PART_1, HT = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.201"
STYLES = ("bypass", "reset", "termall", "causal", "predictable", "segsym")
PROGRESSIONS = ("LRCP", "RLCP", "RPCL", "PCRL", "CPRL")
PRECINCTS = (None, ((64, 64),), ((128, 64), (32, 32)), ((256, 256), (128, 128), (64, 32)))


def one_or_none(*values: Any) -> st.SearchStrategy[Any]:
    """Return a choice of the values or none."""
    return st.sampled_from((None, *values))


@st.composite
def changes(draw: st.DrawFn, levels: int) -> tuple[pc.ProgressionChange, ...]:
    """Return progressions of which the last has all packets that are left."""
    if not draw(st.booleans()):
        return ()
    end = draw(st.integers(1, levels + 1))
    first = pc.ProgressionChange(progression=draw(st.sampled_from(PROGRESSIONS)), resolution_end=end)
    return first, pc.ProgressionChange(progression=draw(st.sampled_from(PROGRESSIONS)))


@st.composite
def jobs(draw: st.DrawFn, *, regions: bool, styles: tuple[str, ...] = STYLES) -> tuple[Any, int, pc.J2KOptions]:
    """Return an image, its precision and options."""
    rows, columns, components = draw(st.integers(1, 150)), draw(st.integers(1, 150)), draw(st.sampled_from((1, 1, 3)))
    bits = draw(st.sampled_from((1, 8, 12, 16)))
    content = draw(st.sampled_from(("slope", "noise", "extremes", "plain")))
    rng = np.random.default_rng(draw(st.integers(0, 9)))
    array = paint(content, (rows, columns, components), *sample_range(bits, False), rng)
    array = array.astype(np.uint8 if bits <= 8 else np.uint16)
    levels = draw(st.integers(0, 5))
    roi: Any = ()
    if regions:
        row, column = draw(st.integers(0, rows - 1)), draw(st.integers(0, columns - 1))
        size = st.integers(1, 40)
        roi = pc.Region(row, column, min(draw(size), rows - row), min(draw(size), columns - column))
    tile = draw(one_or_none(37, 64, 100))
    options = pc.J2KOptions(
        decomposition_levels=levels,
        code_block_rows=draw(st.sampled_from((4, 16, 64))),
        code_block_columns=draw(st.sampled_from((4, 32, 64))),
        progression=draw(one_or_none(*PROGRESSIONS)),
        progression_changes=draw(changes(levels)),
        precincts=draw(st.sampled_from(PRECINCTS)),
        tile_rows=tile,
        tile_columns=tile and draw(st.sampled_from((33, 64, 128))),
        packed_headers=draw(one_or_none("main", "tile")),
        tlm=draw(st.booleans()),
        plt=draw(st.booleans()),
        sop=draw(st.booleans()),
        eph=draw(st.booleans()),
        styles=tuple(style for style in styles if draw(st.booleans())),
        roi=roi,
    )
    return (array if components > 1 else array[..., 0]), bits, options


def check(job: tuple[Any, int, pc.J2KOptions], transfer_syntax: str) -> bytes:
    """Encode, and see that we decode it whole; return the codestream."""
    array, bits, options = job
    data = pc.encode(array, transfer_syntax, options, bits_stored=bits)
    partial = pc.decode(data, on_damage="conceal")
    assert partial.report.complete
    assert partial.report.notes == ()
    assert np.array_equal(partial.image, array)
    info = pc.inspect(data)
    assert info.block_coder == ("ht" if transfer_syntax == HT else "part1")
    assert info.roi == bool(options.roi)
    assert info.packed_headers == bool(options.packed_headers)
    assert info.progression_changes == bool(options.progression_changes)
    return data


def openjpeg_reads(data: bytes, array: np.ndarray) -> None:
    """Where packet headers are packed and no block has anything, tile-parts are empty: these it refuses."""
    if any(part.body_start == part.body_stop for part in read_codestream(data).tile_parts):
        return
    assert np.array_equal(np.asarray(imagecodecs.jpeg2k_decode(data)).reshape(array.shape), array)


@quick
@given(jobs(regions=False))
def test_openjpeg_reads_part_1(job: tuple[Any, int, pc.J2KOptions]) -> None:
    openjpeg_reads(check(job, PART_1), job[0])


@pytest.mark.slow
@long
@given(jobs(regions=False))
def test_openjpeg_reads_part_1_at_length(job: tuple[Any, int, pc.J2KOptions]) -> None:
    openjpeg_reads(check(job, PART_1), job[0])


@quick
@given(jobs(regions=True, styles=STYLES[1:]))
def test_openjpeg_reads_regions_of_interest(job: tuple[Any, int, pc.J2KOptions]) -> None:
    """It counts planes for bypass without the shift, and takes at most 31."""
    data = check(job, PART_1)
    if job[1] <= 8:
        openjpeg_reads(data, job[0])


@quick
@given(jobs(regions=True))
def test_regions_of_interest_come_back_in_every_style(job: tuple[Any, int, pc.J2KOptions]) -> None:
    check(job, PART_1)


@quick
@given(jobs(regions=True, styles=("causal",)))
def test_ht_takes_these_options_too(job: tuple[Any, int, pc.J2KOptions]) -> None:
    check(job, HT)


@pytest.mark.parametrize("reversible", [True, False])
@pytest.mark.parametrize("corner", [(100, 60), (0, 0), (216, 206)])
def test_a_region_of_interest_comes_first(corner: tuple[int, int], reversible: bool) -> None:
    """Where bytes do not suffice for the whole, the region is exact to its edges, and the rest is rough."""
    array = np.random.default_rng(1).integers(0, 256, (256, 256)).astype(np.uint8)
    region = pc.Region(*corner, 40, 50)
    inside = np.zeros(array.shape, bool)
    inside[corner[0] : corner[0] + 40, corner[1] : corner[1] + 50] = True
    options = pc.J2KOptions(roi=region, rate=1, reversible=reversible)
    errors = np.abs(pc.decode(pc.encode(array, "1.2.840.10008.1.2.4.91", options)).astype(int) - array)
    assert errors[inside].max() == 0
    assert errors[~inside].mean() > 20


def test_progression_changes_must_have_all_packets() -> None:
    change = pc.ProgressionChange(progression="LRCP", resolution_end=2)
    with pytest.raises(pc.OptionError, match="leave packets out"):
        pc.encode(np.zeros((99, 99), np.uint8), PART_1, pc.J2KOptions(progression_changes=(change,)))


@pytest.mark.parametrize("bits", [8, 12])
def test_derived_quantisation_writes_one_step(bits: int) -> None:
    y, x = np.mgrid[:130, :120]
    top = (1 << bits) - 1
    array = ((np.sin(y / 9) + np.cos(x / 7) + 2) / 4 * top).astype(np.uint16)
    options = pc.J2KOptions(reversible=False, derived_quantization=True)
    data = pc.encode(array, "1.2.840.10008.1.2.4.91", options, bits_stored=bits)
    ours = pc.decode(data).astype(int)
    assert np.abs(ours - array).max() <= 3
    assert np.abs(ours - np.asarray(imagecodecs.jpeg2k_decode(data))).max() <= 1


@pytest.mark.parametrize("levels", [0, 1, 6, 10, 14])
def test_derived_steps_keep_errors_near_them_at_any_depth(levels: int) -> None:
    array = np.where(np.random.default_rng(4).integers(0, 2, (97, 98)), 65535, 0).astype(np.uint16)
    options = pc.J2KOptions(reversible=False, derived_quantization=True, decomposition_levels=levels)
    errors = np.abs(pc.decode(pc.encode(array, "1.2.840.10008.1.2.4.91", options)).astype(int) - array)
    assert errors.max() <= 5  # grey levels, of which a step is one


def test_derived_steps_that_cannot_be_written_are_refused() -> None:
    """With so many levels, the step of the lowest band would have to be below 2^-31 of its range."""
    options = pc.J2KOptions(derived_quantization=True, decomposition_levels=23)
    with pytest.raises(pc.OptionError, match="derived_quantization"):
        pc.encode(np.zeros((90, 2), np.uint16), "1.2.840.10008.1.2.4.91", options)


@pytest.mark.parametrize("most", [1, 2, 4])
def test_tile_parts_begin_where_they_are_asked_to(most: int) -> None:
    array = np.random.default_rng(7).integers(0, 256, (90, 70, 3)).astype(np.uint8)
    for parts, progression, count in (("resolution", "RLCP", most + 1), ("component", "CPRL", 3)):
        for packed in (None, "main", "tile"):
            options: Any = {"tile_parts": parts, "progression": progression, "packed_headers": packed}
            options = pc.J2KOptions(decomposition_levels=most, tile_rows=64, plt=True, tlm=True, **options)
            data = pc.encode(array, PART_1, options)
            stream = read_codestream(data)
            assert [len(found) for found in stream.by_tile().values()] == [count, count]
            assert np.array_equal(pc.decode(data), array)
            assert np.array_equal(imagecodecs.jpeg2k_decode(data), array)


@pytest.mark.parametrize(
    ("syntax", "options"),
    [
        (PART_1, {"reversible": False}),
        (PART_1, {"quantization_step": 0.01}),
        (PART_1, {"derived_quantization": True}),
        (PART_1, {"roi": pc.Region(90, 90, 20, 20)}),
        (PART_1, {"progression_changes": (pc.ProgressionChange(progression="LRCP", component_start=1),)}),
        ("1.2.840.10008.1.2.4.202", {"packed_headers": "main"}),
        ("1.2.840.10008.1.2.4.202", {"progression_changes": (pc.ProgressionChange(progression="RPCL"),)}),
        (HT, {"styles": ("segsym",)}),
    ],
)
def test_contradictions_are_refused(syntax: str, options: Any) -> None:
    with pytest.raises(pc.OptionError):
        pc.encode(np.zeros((99, 99), np.uint8), syntax, pc.J2KOptions(**options))


@pytest.mark.parametrize(
    "bounds", [{"resolution_start": 2, "resolution_end": 2}, {"component_start": -1}, {"layer_end": 0}]
)
def test_progression_changes_of_nothing_are_refused(bounds: Any) -> None:
    with pytest.raises(pc.OptionError):
        pc.ProgressionChange(progression="LRCP", **bounds)
