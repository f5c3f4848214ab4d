"""Components of any size, precision and sign, anywhere on the reference grid, come back as they were."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pacscore as pc
from property.strategies import HTJ2K, components_of, jobs, long, mixed_jobs, paint, quick, sample_range

PART_1, PART_1_LOSSY = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91"


def check(job: Any, transfer_syntax: str, threads: int) -> None:
    planes, precisions, options = job
    data = pc.encode(planes, transfer_syntax, options, bits_stored=precisions, threads=threads)
    partial = pc.decode(data, on_damage="conceal")
    assert partial.report.complete
    assert partial.report.notes == ()
    for found, plane in zip(components_of(partial.image), planes, strict=True):
        assert np.array_equal(found, plane)
    told = [(each.precision, each.signed, (each.yrsiz, each.xrsiz)) for each in pc.inspect(data).components]
    signs = [plane.dtype.kind == "i" for plane in planes]
    assert told == list(zip(precisions, signs, options.subsampling, strict=True))


@quick
@given(mixed_jobs(), st.sampled_from([PART_1, HTJ2K]), st.integers(1, 3))
def test_mixed_components_come_back(job: Any, transfer_syntax: str, threads: int) -> None:
    check(job, transfer_syntax, threads)


@pytest.mark.slow
@long
@given(mixed_jobs(), st.sampled_from([PART_1, HTJ2K]), st.integers(1, 3))
def test_mixed_components_come_back_at_length(job: Any, transfer_syntax: str, threads: int) -> None:
    check(job, transfer_syntax, threads)


@quick
@given(jobs(offsets=True), st.data())
def test_regions_are_counted_from_the_corner_of_the_image(job: Any, data: st.DataObject) -> None:
    array, bits, options = job
    row, column = data.draw(st.integers(0, array.shape[0] - 1)), data.draw(st.integers(0, array.shape[1] - 1))
    rows, columns = (data.draw(st.integers(1, array.shape[i] - at)) for i, at in enumerate((row, column)))
    found = pc.decode(pc.encode(array, PART_1, options, bits_stored=bits), region=pc.Region(row, column, rows, columns))
    assert np.array_equal(found, array[row : row + rows, column : column + columns])


def chroma(rows: int, columns: int) -> list[np.ndarray]:
    """Return a 4:2:0 picture: the smaller components have every second sample, the odd one at the end included."""
    y, x = np.mgrid[:rows, :columns]
    full = (128 + 90 * np.sin(y / 17) + 30 * np.cos(x / 11)).astype(np.uint8)
    return [full, 255 - full[::2, ::2], full[::2, ::2] // 2]


@pytest.mark.parametrize("shape", [(64, 64), (65, 63), (7, 5)])
def test_subsampling_follows_from_the_sizes(shape: tuple[int, int]) -> None:
    planes = chroma(*shape)
    data = pc.encode(planes, HTJ2K)
    info = pc.inspect(data)
    assert [(each.yrsiz, each.xrsiz) for each in info.components] == [(1, 1), (2, 2), (2, 2)]
    assert info.color_transform is None
    assert all(np.array_equal(a, b) for a, b in zip(pc.decode(data), planes, strict=True))
    again = pc.encode(pc.decode(data), HTJ2K)
    assert again == data


def test_subsampling_is_not_guessed() -> None:
    one, two = np.zeros((60, 7), np.uint8), np.zeros((60, 2), np.uint8)
    with pytest.raises(pc.OptionError, match="4 to 6 are all possible"):
        pc.encode([one, two], PART_1)
    for step in (4, 5, 6):
        options = pc.J2KOptions(subsampling=((1, 1), (1, step)))
        assert pc.decode(pc.encode([one, two], PART_1, options))[1].shape == (60, 2)
    for wrong in (((1, 1), (1, 3)), ((1, 1),), ((1, 1), (2, 4))):
        with pytest.raises(pc.OptionError):
            pc.encode([one, two], PART_1, pc.J2KOptions(subsampling=wrong))
    with pytest.raises(pc.OptionError, match="no subsampling"):
        pc.encode([one, np.zeros((60, 6), np.uint8)], PART_1)


@pytest.mark.parametrize(
    "options",
    [
        {"image_offset": (-1, 0)},
        {"image_offset": (2**32 - 1, 0)},
        {"image_offset": (2**32 - 20, 0)},
        {"image_offset": (5, 5), "tile_offset": (6, 0)},
        {"image_offset": (50, 5), "tile_offset": (9, 5), "tile_rows": 41},
        {"tile_offset": (0, 1)},
        {"subsampling": ((0, 1),)},
        {"subsampling": ((1, 256),)},
    ],
)
def test_places_that_a_5_1_forbids_are_refused(options: Any) -> None:
    with pytest.raises(pc.OptionError):
        pc.encode(np.zeros((40, 40), np.uint8), PART_1, pc.J2KOptions(**options))


@pytest.mark.parametrize("offset", [(0, 1), (1, 0), (3, 5), (4, 2)])
@pytest.mark.parametrize("tile", [None, 5])
def test_lower_resolutions_of_an_image_off_the_origin(offset: tuple[int, int], tile: int | None) -> None:
    array = np.random.default_rng(8).integers(0, 256, (13, 10)).astype(np.uint8)
    options = pc.J2KOptions(image_offset=offset, tile_rows=tile, tile_columns=tile, decomposition_levels=3)
    data = pc.encode(array, "1.2.840.10008.1.2.4.90", options)
    for reduce, each in ((1, 2), (2, 4), (3, 8)):  # T.800 B.5: corners are divided and rounded up
        ends = (offset[0] + 13, offset[1] + 10)
        shape = tuple(-(-end // each) + -start // each for start, end in zip(offset, ends, strict=True))
        assert pc.decode(data, reduce=reduce).shape == shape


def test_the_far_corner_of_the_reference_grid() -> None:
    array = np.random.default_rng(2).integers(0, 256, (20, 30)).astype(np.uint8)
    options = pc.J2KOptions(image_offset=(2**32 - 21, 2**32 - 31), tile_rows=16, tile_columns=16)
    for transfer_syntax in (PART_1, HTJ2K):
        assert np.array_equal(pc.decode(pc.encode(array, transfer_syntax, options)), array)


def test_a_component_transform_joins_components_that_are_alike() -> None:
    rng = np.random.default_rng(4)
    rgb = [rng.integers(0, 256, (33, 35)).astype(np.uint8) for _ in range(3)]
    opacity = rng.integers(0, 2, (33, 35)).astype(np.uint8)
    colour = pc.J2KOptions(color_transform=True)
    data = pc.encode([*rgb, opacity], PART_1, colour, bits_stored=(8, 8, 8, 1))
    assert pc.inspect(data).color_transform == "rct"
    assert np.array_equal(pc.decode(data), np.dstack([*rgb, opacity]))
    assert pc.inspect(pc.encode(rgb, PART_1)).color_transform == "rct"
    assert pc.inspect(pc.encode(rgb, PART_1, bits_stored=8)).color_transform == "rct"
    for unlike in (rgb[2].astype(np.int8), rgb[2].astype(np.uint16), rgb[2][::2, ::2]):
        assert pc.inspect(pc.encode([*rgb[:2], unlike], PART_1)).color_transform is None
        with pytest.raises(pc.OptionError, match=r"G\.1"):
            pc.encode([*rgb[:2], unlike], PART_1, colour)


@pytest.mark.parametrize("bits", [(8,), (8, 8, 8), (8, 17), (0, 8)])
def test_precisions_that_do_not_fit_the_components_are_refused(bits: tuple[int, ...]) -> None:
    planes = [np.zeros((9, 9), np.uint8), np.zeros((9, 9), np.uint16)]
    with pytest.raises(pc.OptionError, match="bits_stored"):
        pc.encode(planes, PART_1, bits_stored=bits)


def test_a_sample_beyond_the_precision_of_its_component_is_refused() -> None:
    planes = [np.full((9, 9), 200, np.uint8), np.full((9, 9), 200, np.uint8)]
    assert len(pc.encode(planes, PART_1, bits_stored=(8, 8)))
    with pytest.raises(pc.OptionError, match="7 bits"):
        pc.encode(planes, PART_1, bits_stored=(8, 7))


@pytest.mark.parametrize("transfer_syntax", [PART_1_LOSSY, HTJ2K])
@pytest.mark.parametrize("rate", [0.5, 2.0])
def test_a_rate_counts_pixels_of_the_finest_component(transfer_syntax: str, rate: float) -> None:
    rng = np.random.default_rng(8)
    planes = [np.clip(plane + rng.normal(0, 4, plane.shape), 0, 255).astype(np.uint8) for plane in chroma(400, 300)]
    options = pc.J2KOptions(rate=rate, image_offset=(3, 7), subsampling=((1, 1), (2, 2), (2, 2)))
    planes[1], planes[2] = planes[1][:, :150], planes[2][:, :150]
    most = rate * 400 * 300 / 8
    data = pc.encode(planes, transfer_syntax, options)
    assert 0.99 * most <= len(data) <= most


@pytest.mark.parametrize("transfer_syntax", [PART_1_LOSSY, HTJ2K])
def test_a_psnr_counts_each_component_by_its_own_peak(transfer_syntax: str) -> None:
    rng = np.random.default_rng(9)
    planes = [paint("slope", (120, 90), *sample_range(bits, False), rng) for bits in (12, 8)]
    planes[0] = planes[0] * 16 % 4096
    planes = [planes[0].astype(np.uint16), planes[1].astype(np.uint8)]
    data = pc.encode(planes, transfer_syntax, pc.J2KOptions(psnr=50), bits_stored=(12, 8))
    found = components_of(pc.decode(data))
    peaks = (4095, 255)
    errors = [((a.astype(float) - b) / peak) ** 2 for a, b, peak in zip(found, planes, peaks, strict=True)]
    assert 50 <= -10 * np.log10(np.mean(errors)) <= 50.5


def test_one_grey_level_is_that_of_each_component() -> None:
    rng = np.random.default_rng(1)
    planes = [rng.integers(0, 4096, (60, 60)).astype(np.uint16), rng.integers(0, 16, (60, 60)).astype(np.uint8)]
    data = pc.encode(planes, PART_1_LOSSY, pc.J2KOptions(reversible=False), bits_stored=(12, 4))
    for found, plane in zip(components_of(pc.decode(data)), planes, strict=True):
        difference = np.abs(found.astype(int) - plane)
        assert 0 < difference.mean() < 0.5
