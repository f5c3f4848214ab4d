"""Resolutions of a codestream as levels of tiles: every tile is cut from what decoding the whole level gives."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import numpy as np
import pydicom
import pytest

import pacscore as pc

DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
HTJ2K, J2K = "1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.90"


def picture(rows, columns, samples=1, bits=12):
    """Return slopes with noise, from 0 to the largest value of so many bits."""
    rng = np.random.default_rng(rows)
    top = (1 << bits) - 1
    shape = (rows, columns) if samples == 1 else (rows, columns, samples)
    slope = np.indices(shape).sum(0) * (top / (rows + columns)) + rng.normal(0, top / 60, shape)
    return np.clip(slope, 0, top).astype(np.uint8 if bits <= 8 else np.uint16)


CASES = {
    "default precincts": (HTJ2K, pc.J2KOptions(), (700, 517, 1, 12)),
    "part 1": (J2K, pc.J2KOptions(layers=3), (400, 517, 1, 12)),
    "colours": (HTJ2K, pc.J2KOptions(), (300, 411, 3, 8)),
    "tiles and precincts": (HTJ2K, pc.J2KOptions(tile_rows=200, tile_columns=170, precincts=((64, 64),)), (500, 517)),
    "off the origin": (HTJ2K, pc.J2KOptions(image_offset=(37, 21), tile_offset=(5, 9)), (301, 417)),
    "irreversible": ("1.2.840.10008.1.2.4.203", pc.J2KOptions(reversible=False), (301, 417, 3, 8)),
}


@pytest.fixture(params=CASES)
def coded(request):
    syntax, options, shape = CASES[request.param]
    samples = picture(*shape)
    return pc.encode(samples, syntax, options, bits_stored=shape[3] if len(shape) > 3 else 12)


class Ranges:
    """A reader that counts what is asked of it."""

    def __init__(self, data):
        self.data, self.size, self.fetched = data, len(data), 0

    def read_range(self, start, length):
        self.fetched += length
        return self.data[start : start + length]


def each_tile(level):
    return [(row, column) for row in range(level.tiles_high) for column in range(level.tiles_wide)]


@pytest.mark.parametrize("kind", ["bytes", "path", "reader"])
def test_tiles_make_up_each_resolution(coded, kind, tmp_path):
    path = tmp_path / "slide.jph"
    path.write_bytes(coded)
    source = {"bytes": coded, "path": path, "reader": Ranges(coded)}[kind]
    with pc.open_pyramid(source, tile_rows=96, tile_columns=128) as pyramid:
        assert len(pyramid.levels) == pc.inspect(coded).max_reduce + 1
        for reduce, level in enumerate(pyramid.levels):
            whole = pc.decode(coded, reduce=reduce)
            assert (level.rows, level.columns) == whole.shape[:2]
            assert level.downsample == 2**reduce
            put_together = np.zeros_like(whole)
            for row, column in each_tile(level):
                top, left = 96 * row, 128 * column
                put_together[top : top + 96, left : left + 128] = level.tile(row, column)
            np.testing.assert_array_equal(put_together, whole)


def test_regions_are_in_pixels_of_their_level(coded):
    pyramid = pc.open_pyramid(coded)
    rng = np.random.default_rng(3)
    for reduce, level in enumerate(pyramid.levels):
        whole = pc.decode(coded, reduce=reduce)
        for _ in range(8):
            row, column = int(rng.integers(level.rows)), int(rng.integers(level.columns))
            rows, columns = int(rng.integers(level.rows - row)) + 1, int(rng.integers(level.columns - column)) + 1
            part = level.region(pc.Region(row, column, rows, columns), threads=2)
            np.testing.assert_array_equal(part, whole[row : row + rows, column : column + columns])


def test_a_tile_is_encoded_without_loss(coded):
    level = pc.open_pyramid(coded, tile_rows=100, tile_columns=100).level(1)
    for row, column in [(0, 0), (level.tiles_high - 1, level.tiles_wide - 1)]:
        np.testing.assert_array_equal(pc.decode(level.encoded_tile(row, column)), level.tile(row, column))


def test_of_a_file_only_the_bytes_of_the_code_blocks_are_fetched():
    data = pc.encode(picture(3000, 2000), HTJ2K, bits_stored=12)
    remote = Ranges(data)
    pyramid = pc.open_pyramid(remote)
    pyramid.level(0).tile(3, 3)
    assert remote.fetched < len(data) / 3
    before = remote.fetched
    pyramid.level(0).tile(3, 3)
    assert remote.fetched == before


def test_what_was_fetched_long_ago_is_given_back(monkeypatch):
    monkeypatch.setattr("pacscore.j2k.opened._KEPT_BYTES", 100_000)
    data = pc.encode(picture(1000, 1000), HTJ2K, bits_stored=12)
    remote = Ranges(data)
    level = pc.open_pyramid(remote).level(0)
    first = level.tile(0, 0)
    for row, column in each_tile(level):
        level.tile(row, column)
    before = remote.fetched
    np.testing.assert_array_equal(level.tile(0, 0), first)
    assert remote.fetched > before


def test_packet_headers_of_few_tiles_are_kept(monkeypatch):
    monkeypatch.setattr("pacscore.j2k.opened._KEPT_BLOCKS", 40)
    samples = picture(500, 500)
    pyramid = pc.open_pyramid(pc.encode(samples, HTJ2K, pc.J2KOptions(tile_rows=100, tile_columns=100), bits_stored=12))
    for _ in range(2):
        for row, column in each_tile(pyramid.level(0)):
            part = pyramid.level(0).tile_region(row, column)
            expected = samples[part.row : part.row + part.rows, part.column : part.column + part.columns]
            np.testing.assert_array_equal(pyramid.level(0).tile(row, column), expected)


@pytest.mark.parametrize("kind", ["bytes", "path"])
def test_threads_share_a_pyramid(kind, tmp_path):
    samples = picture(900, 900)
    data = pc.encode(samples, HTJ2K, bits_stored=12)
    (tmp_path / "a").write_bytes(data)
    level = pc.open_pyramid(data if kind == "bytes" else tmp_path / "a", tile_rows=64, tile_columns=64).level(0)
    found = np.zeros_like(samples)

    def fill(first):
        for row, column in each_tile(level)[first::4]:
            found[64 * row : 64 * row + 64, 64 * column : 64 * column + 64] = level.tile(row, column)

    workers = [threading.Thread(target=fill, args=(i,)) for i in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    np.testing.assert_array_equal(found, samples)


def test_a_frame_of_a_dicom_object_has_the_values_of_the_frame():
    path = DATA / "dicom" / "pydicom-data" / "693_J2KR.dcm"
    path = path if path.exists() else next((DATA / "dicom").rglob("*J2KR.dcm"))
    with pc.open(path) as frames:
        expected, stored = frames[0], frames.pixel_format
    for source in (path, path.read_bytes(), pydicom.dcmread(path)):
        with pc.open_pyramid(source, tile_rows=100, tile_columns=90) as pyramid:
            assert pyramid.pixel_format == stored
            part = pyramid.level(0).tile(1, 2)
            np.testing.assert_array_equal(part, expected[100:200, 180:270])
            assert part.dtype == expected.dtype


def test_signed_values_under_an_unsigned_codestream(tmp_path):
    """Pixel Representation gives the sign of monochrome samples, the codestream their precision."""
    path = DATA / "dicom" / "pydicom" / "J2K_pixelrep_mismatch.dcm"
    with pc.open(path) as frames, pc.open_pyramid(frames) as pyramid:
        assert frames[0].min() < 0
        np.testing.assert_array_equal(pyramid.level(0).region(pc.Region(0, 0, 100, 200)), frames[0][:100, :200])


def test_truncated_data_gives_the_levels_that_are_there():
    data = pc.encode(picture(600, 600), HTJ2K, pc.J2KOptions(progression="RPCL"), bits_stored=12)
    cut = data[: len(data) * 9 // 10]
    pyramid = pc.open_pyramid(cut)
    for source in (pyramid, pc.open_pyramid(Ranges(cut))):
        np.testing.assert_array_equal(source.level(1).tile(0, 0), pc.decode(data, reduce=1)[:256, :256])
        with pytest.raises(pc.TruncatedError):
            source.level(0).tile(0, 0)


def test_a_source_that_ends_before_its_size_is_no_black_picture():
    data = pc.encode(picture(600, 600), HTJ2K, bits_stored=12)
    for kept in (len(data) // 8, len(data) * 2 // 3):
        remote = Ranges(data[:kept])
        remote.size = len(data)
        with pytest.raises(pc.TruncatedError):
            pc.open_pyramid(remote).level(0).region(pc.Region(0, 0, 600, 600))


def test_a_damaged_code_block_is_told_every_time():
    data = bytearray(pc.encode(picture(300, 300), J2K, pc.J2KOptions(styles=("segsym",)), bits_stored=12))
    data[len(data) // 2 : len(data) // 2 + 40] = bytes(40)
    with pytest.raises(pc.CodestreamError):
        pc.decode(bytes(data))
    level = pc.open_pyramid(bytes(data)).level(0)
    for _ in range(3):
        with pytest.raises(pc.CodestreamError):
            level.region(pc.Region(0, 0, 300, 300))


def test_wrong_bytes_give_our_errors():
    data = pc.encode(picture(200, 200), HTJ2K, bits_stored=12)
    rng = np.random.default_rng(1)
    for _ in range(60):
        wrong = bytearray(data)
        for place in rng.integers(0, len(wrong), 6):
            wrong[place] = rng.integers(256)
        try:
            pyramid = pc.open_pyramid(Ranges(bytes(wrong[: rng.integers(8, len(wrong))])))
            found = [level.region(pc.Region(0, 0, level.rows, level.columns)) for level in pyramid.levels]
        except pc.PacscoreError:
            continue
        assert all(isinstance(each, np.ndarray) for each in found)


@pytest.mark.parametrize(
    "ask",
    [
        lambda pyramid: pyramid.level(9),
        lambda pyramid: pyramid.level(0).tile(0, 9),
        lambda pyramid: pyramid.level(0).tile(-1, 0),
        lambda pyramid: pyramid.level(1).encoded_tile(5, 0),
        lambda pyramid: pyramid.level(1).region(pc.Region(0, 0, 101, 1)),
        lambda pyramid: pyramid.level(1).tile(0, 0, threads=0),
    ],
)
def test_what_is_not_there_cannot_be_asked_for(ask):
    pyramid = pc.open_pyramid(pc.encode(picture(200, 200), HTJ2K, bits_stored=12))
    with pytest.raises(pc.OptionError):
        ask(pyramid)


def test_sources_that_have_no_levels():
    with pytest.raises(pc.OptionError):
        pc.open_pyramid(b"\xff\x4f\xff\x51", tile_rows=0)
    with pytest.raises(pc.DicomError):
        pc.open_pyramid(bytes(1000))
    with pytest.raises(FileNotFoundError):
        pc.open_pyramid("/no/such/file")
    with pytest.raises(TypeError):
        pc.open_pyramid(5)


def test_the_level_for_a_view():
    pyramid = pc.open_pyramid(pc.encode(picture(200, 200), HTJ2K, bits_stored=12))
    assert [pyramid.level_for(wanted).downsample for wanted in (0.5, 1, 3.9, 4, 1000)] == [1, 1, 2, 4, 32]
