"""Levels written as OME-Zarr: the arrays, the metadata of version 0.5, and readers that know nothing of us."""

from __future__ import annotations

import numpy as np
import pytest
import zarr
from zarr.registry import register_codec
from zarr.storage import MemoryStore

import pacscore
from pacscore.errors import OptionError, UnsupportedError
from pacscore.integrations.ome_layout import OMEZarrLayout
from pacscore.integrations.ome_zarr import OMEZarrOptions, OMEZarrWriter, write_ome_zarr
from pacscore.integrations.zarr_codecs import HTJ2KCodec


@pytest.fixture(autouse=True)
def registered():
    """zarr knows the codec, also where pacscore is not installed."""
    register_codec(HTJ2KCodec.name, HTJ2KCodec)


@pytest.fixture
def colour():
    """Three levels of a picture in colour."""
    full = np.random.default_rng(8).integers(0, 256, (301, 200, 3), np.uint8)
    return [full, full[::2, ::2], full[::4, ::4]]


def test_levels_of_colour_are_arrays_with_channels_first(colour):
    store = MemoryStore()
    write_ome_zarr(store, colour, options=OMEZarrOptions(chunk=(64, 64), shard=(128, 128)))
    group = zarr.open_group(store, mode="r")
    assert sorted(group.array_keys()) == ["0", "1", "2"]
    for number, level in enumerate(colour):
        array = group[str(number)]
        assert array.metadata.dimension_names == ("c", "y", "x")
        assert np.array_equal(array[...], np.moveaxis(level, -1, 0))


def test_metadata_are_those_of_version_0_5(colour):
    store = MemoryStore()
    write_ome_zarr(store, colour, options=OMEZarrOptions(name="slide", pixel_size=(0.25, 0.5)))
    ome = zarr.open_group(store, mode="r").attrs["ome"]
    (multiscale,) = ome["multiscales"]
    assert ome["version"] == "0.5"
    assert multiscale["name"] == "slide"
    assert multiscale["axes"] == [
        {"name": "c", "type": "channel"},
        {"name": "y", "type": "space", "unit": "micrometer"},
        {"name": "x", "type": "space", "unit": "micrometer"},
    ]
    assert multiscale["datasets"] == [
        {"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [1, 0.25, 0.5]}]},
        {
            "path": "1",
            "coordinateTransformations": [
                {"type": "scale", "scale": [1, 0.5, 1]},
                {"type": "translation", "translation": [0, 0.125, 0.25]},
            ],
        },
        {
            "path": "2",
            "coordinateTransformations": [
                {"type": "scale", "scale": [1, 1, 2]},
                {"type": "translation", "translation": [0, 0.375, 0.75]},
            ],
        },
    ]
    assert [channel["color"] for channel in ome["omero"]["channels"]] == ["FF0000", "00FF00", "0000FF"]


def test_a_pyramid_is_written_and_dask_reads_it(fresh_process, tmp_path):
    rows, columns = np.mgrid[0:300, 0:500]
    picture = (rows * 11 + columns * 7).astype(np.int16)
    codestream = pacscore.encode(picture, "1.2.840.10008.1.2.4.201")
    with pacscore.open_pyramid(codestream) as pyramid:
        write_ome_zarr(tmp_path / "a.zarr", pyramid, options=OMEZarrOptions(chunk=(128, 128), sampling="cosited"))
        levels = len(pyramid.levels)
    group = zarr.open_group(tmp_path / "a.zarr", mode="r")
    scales = [entry["coordinateTransformations"] for entry in group.attrs["ome"]["multiscales"][0]["datasets"]]
    assert scales == [[{"type": "scale", "scale": [2.0**level] * 2}] for level in range(levels)]
    sums = fresh_process(f"""
import dask.array
for level in range({levels}):
    print(int(dask.array.from_zarr("a.zarr", component=str(level)).astype("i8").sum().compute()))
""")
    expected = [pacscore.decode(codestream, reduce=level).astype(np.int64).sum() for level in range(levels)]
    assert sums.split() == list(map(str, expected))


@pytest.mark.parametrize("shape", [(301, 200, 3), (150, 333)])
def test_build_pyramid_writes_it_with_levels_of_means(tmp_path, shape):
    picture = np.random.default_rng(9).integers(0, 60000, shape, np.uint16)
    layout = OMEZarrLayout(OMEZarrOptions(chunk=(64, 64), shard=(128, 128)))
    report = pacscore.build_pyramid(picture, tmp_path / "a.zarr", layout, tile=64)
    group = zarr.open_group(tmp_path / "a.zarr", mode="r")
    assert len(report.levels) == len(list(group.array_keys()))
    for number, (rows, columns) in enumerate(report.levels):
        level = group[str(number)][...]
        assert level.shape[-2:] == (rows, columns)
        assert np.array_equal(np.moveaxis(level, 0, -1) if len(shape) == 3 else level, picture)
        edges = ((0, rows % 2), (0, columns % 2), (0, 0))[: len(shape)]
        even = np.pad(picture, edges, "edge").astype(np.uint32)
        picture = ((even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2] + 2) // 4).astype(np.uint16)
    (last,) = [entry for entry in group.attrs["ome"]["multiscales"][0]["datasets"] if entry["path"] == str(number)]
    assert last["coordinateTransformations"][0]["scale"][-2:] == [2.0**number] * 2
    with pytest.raises(OptionError, match="centred"):
        OMEZarrLayout(OMEZarrOptions(sampling="cosited"))


def test_rows_come_in_any_portions_and_levels_in_any_order(colour):
    store = MemoryStore()
    sizes = [level.shape[:2] for level in colour]
    options = OMEZarrOptions(chunk=(32, 64))
    portions = np.random.default_rng(1)
    with OMEZarrWriter(store, sizes, np.uint8, samples=3, options=options) as writer:
        left = list(colour)
        while any(map(len, left)):
            number, count = portions.integers(3), portions.integers(90)
            writer.write_rows(number, left[number][:count])
            left[number] = left[number][count:]
    group = zarr.open_group(store, mode="r")
    assert all(np.array_equal(np.moveaxis(group[str(n)][...], 0, -1), level) for n, level in enumerate(colour))


def test_a_codec_of_zarr_serves_readers_without_pacscore(colour):
    store = MemoryStore()
    write_ome_zarr(store, [level[..., 0] for level in colour], options=OMEZarrOptions(codec="auto"))
    array = zarr.open_group(store, mode="r")["1"]
    assert "pacscore" not in str(array.metadata.to_dict())
    assert np.array_equal(array[...], colour[1][..., 0])


def test_what_is_not_whole_is_no_ome_zarr():
    store = MemoryStore()
    writer = OMEZarrWriter(store, [(100, 80)], np.uint8)
    writer.write_rows(0, np.zeros((99, 80), np.uint8))
    with pytest.raises(OptionError, match="level 0 has 99 rows of 100"):
        writer.close()
    assert "ome" not in zarr.open_group(store, mode="r").attrs


def test_wrong_rows_are_refused():
    writer = OMEZarrWriter(MemoryStore(), [(100, 80)], np.uint8)
    for level, shape, dtype in (
        (0, (2, 81), "u1"),
        (0, (2, 80), "u2"),
        (0, (101, 80), "u1"),
        (1, (2, 80), "u1"),
        (-1, (2, 80), "u1"),
    ):
        with pytest.raises(OptionError):
            writer.write_rows(level, np.zeros(shape, dtype))


def test_impossible_choices_are_refused(colour, tmp_path):
    for options in ({"chunk": (0, 4)}, {"shard": (100, 512)}, {"sampling": "somewhere"}, {"pixel_size": (0.0, 1.0)}):
        with pytest.raises(OptionError):
            OMEZarrOptions(**options)
    with pytest.raises(OptionError, match="largest first"):
        write_ome_zarr(MemoryStore(), colour[::-1])
    with pytest.raises(OptionError, match="no level"):
        write_ome_zarr(MemoryStore(), [])
    with pytest.raises(UnsupportedError, match="float32"):
        write_ome_zarr(MemoryStore(), [np.zeros((8, 8), np.float32)])
    write_ome_zarr(tmp_path / "a.zarr", colour)
    with pytest.raises(OptionError, match="already"):
        write_ome_zarr(tmp_path / "a.zarr", colour)
    write_ome_zarr(tmp_path / "a.zarr", colour[:1], options=OMEZarrOptions(overwrite=True))
    assert list(zarr.open_group(tmp_path / "a.zarr", mode="r").array_keys()) == ["0"]
