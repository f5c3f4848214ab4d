"""Arrays of zarr 3 through pacscore's codecs: what was written is read, whole and in part; wrong bytes are errors."""

from __future__ import annotations

import json
import struct

import imagecodecs
import numpy as np
import pytest
import zarr
from zarr.abc.codec import ArrayBytesCodec
from zarr.registry import get_codec_class, register_codec
from zarr.storage import LocalStore, MemoryStore

import pacscore
from pacscore.errors import DataError, OptionError, PacscoreError, UnsupportedError
from pacscore.integrations.zarr_codecs import HTJ2KCodec, J2KCodec

CODECS = (J2KCodec, HTJ2KCodec)


@pytest.fixture(autouse=True)
def registered():
    """zarr knows the codecs, also where pacscore is not installed."""
    for codec in CODECS:
        register_codec(codec.name, codec)


class WatchedStore(MemoryStore):
    """A store that counts the bytes of chunks that are read."""

    bytes_read = 0

    async def get(self, key, prototype, byte_range=None):
        found = await super().get(key, prototype, byte_range)
        if found is not None and not key.endswith("zarr.json"):
            self.bytes_read += len(found)
        return found


def written(picture, codec, chunks, store=None, shards=None):
    """Return an array, opened again from its store, after a picture was written into it."""
    store = MemoryStore() if store is None else store
    array = zarr.create_array(
        store,
        shape=picture.shape,
        chunks=chunks,
        shards=shards,
        dtype=picture.dtype,
        serializer=codec,
        compressors=None,
    )
    array[...] = picture
    return zarr.open_array(store, mode="r")


def random(shape, dtype, seed=5):
    """Return samples over the whole range of a dtype."""
    info = np.iinfo(np.dtype(dtype).newbyteorder("="))
    return np.random.default_rng(seed).integers(info.min, info.max, shape, info.dtype, endpoint=True).astype(dtype)


def chunk_of(array, key):
    """Return the bytes of a chunk in a MemoryStore."""
    return array.store._store_dict[key].to_bytes()


LAYOUTS = [
    ((70, 90), (32, 64), {}, None),
    ((5, 40, 33), (2, 32, 32), {}, None),
    ((1, 1, 40, 33), (1, 1, 32, 32), {}, None),
    ((2, 3, 40, 33), (2, 3, 16, 33), {}, None),
    ((40, 33, 3), (32, 32, 3), {"components": "last"}, None),
    ((40, 33, 1), (32, 32, 1), {"components": "last"}, None),
    ((3, 40, 33), (3, 32, 32), {"components": "first"}, None),
    ((2, 5, 40, 33), (2, 5, 32, 32), {"components": "first"}, None),
    ((90, 70), (32, 16), {}, (64, 64)),
    ((5, 40, 33), (2, 16, 16), {}, (4, 32, 48)),
    ((3, 40, 33), (3, 16, 16), {"components": "first"}, (3, 32, 32)),
]


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize(("shape", "chunks", "options", "shards"), LAYOUTS)
def test_every_layout_comes_back(codec, shape, chunks, options, shards):
    picture = random(shape, np.uint16)
    array = written(picture, codec(**options), chunks, shards=shards)
    assert np.array_equal(array[...], picture)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("dtype", ["u1", "i1", "<u2", "<i2", ">u2", ">i2", "<u4", "<i4", ">i4"])
def test_every_dtype_comes_back(codec, dtype):
    picture = random((2, 40, 33), dtype)
    array = written(picture, codec(), (1, 32, 32))
    assert array.dtype == picture.dtype.newbyteorder("=")
    assert np.array_equal(array[...], picture)


@pytest.mark.parametrize(("shape", "chunks", "options", "shards"), LAYOUTS)
def test_a_part_is_the_part_of_the_whole(shape, chunks, options, shards):
    picture = random(shape, np.int16)
    array = written(picture, HTJ2KCodec(**options), chunks, shards=shards)
    for selection in (np.s_[0], np.s_[..., -1], np.s_[..., 3:30, 7:21], np.s_[::2, ..., 5:], np.s_[..., ::3, :]):
        assert np.array_equal(array[selection], picture[selection])
    rows = [-1 % size for size in shape]
    assert np.array_equal(array.oindex[[0, rows[0]]], picture[[0, rows[0]]])
    points = tuple([0, last, last // 2] for last in rows)
    assert np.array_equal(array.vindex[points], picture[points])
    assert np.array_equal(array.vindex[picture > 9000], picture[picture > 9000])
    assert array[..., 3:3].shape == picture[..., 3:3].shape


def test_of_a_stack_only_the_planes_that_are_needed_are_read():
    array = written(random((16, 64, 64), np.uint16), HTJ2KCodec(), (16, 64, 64), WatchedStore())
    store = array.store
    chunk = chunk_of(array, "c/0/0/0")
    store.bytes_read = 0
    array[7, :, :]
    assert 0 < store.bytes_read < len(chunk) / 8
    store.bytes_read = 0
    array[...]
    assert store.bytes_read == len(chunk)


def test_what_was_not_written_is_the_fill_value():
    array = zarr.create_array(
        MemoryStore(),
        shape=(4, 8, 8),
        chunks=(2, 8, 8),
        dtype="u2",
        serializer=J2KCodec(),
        compressors=None,
        fill_value=7,
    )
    array[0, 0, 0] = 9
    assert array[3, 2, 2] == 7
    assert array[0, :, :].sum() == 9 + 63 * 7


def test_a_chunk_of_one_plane_is_a_codestream_that_openjpeg_reads():
    picture = random((32, 48), np.uint16)
    array = written(picture, J2KCodec(), (32, 48))
    assert np.array_equal(imagecodecs.jpeg2k_decode(chunk_of(array, "c/0/0")), picture)


def test_colour_is_transformed_and_openjph_reads_it():
    picture = random((32, 48, 3), np.uint8)
    chunk = chunk_of(written(picture, HTJ2KCodec(components="last"), (32, 48, 3)), "c/0/0/0")
    assert pacscore.inspect(chunk).color_transform == "rct"
    assert np.array_equal(imagecodecs.htj2k_decode(chunk), picture)


def test_the_table_of_several_planes_is_as_documented():
    picture = random((3, 20, 30), np.uint8)
    chunk = chunk_of(written(picture, HTJ2KCodec(), (3, 20, 30)), "c/0/0/0")
    magic, count, *lengths = struct.unpack_from("<8s4Q", chunk)
    assert (magic, count, sum(lengths)) == (b"pacs-j2k", 3, len(chunk) - 40)
    for plane in picture:
        length = lengths.pop(0)
        assert np.array_equal(imagecodecs.htj2k_decode(chunk[40 : 40 + length]), plane)
        chunk = chunk[:40] + chunk[40 + length :]


def test_loss_is_what_was_asked_for():
    rows, columns = np.mgrid[0:256, 0:256]
    picture = (2000 + 1500 * np.sin(rows / 9) * np.cos(columns / 7)).astype(np.uint16)
    array = written(picture, HTJ2KCodec(psnr=60, bits_stored=12), (256, 256))
    error = np.mean((array[...].astype(float) - picture) ** 2)
    assert error > 0
    assert 10 * np.log10((2**12 - 1) ** 2 / error) >= 60
    small = written(random((256, 256), np.uint8), J2KCodec(rate=1.5), (256, 256))
    assert len(chunk_of(small, "c/0/0")) <= 1.5 * 256 * 256 / 8


@pytest.mark.parametrize("codec", CODECS)
def test_a_configuration_goes_through_json(codec):
    options = {
        "components": "first",
        "psnr": 55.5,
        "reversible": False,
        "decomposition_levels": 3,
        "progression": "LRCP",
    }
    there = json.loads(json.dumps(codec(**options).to_dict()))
    assert there == {"name": codec.name, "configuration": options}
    assert codec.from_dict(there) == codec(**options)
    assert codec.from_dict({"name": codec.name}) == codec()
    assert codec(rate=2) != codec()
    assert get_codec_class(codec.name) is codec
    assert issubclass(codec, ArrayBytesCodec)


@pytest.mark.parametrize("dtype", ["f4", "f8", "i8", "u8", "c8", "bool", "M8[ns]"])
def test_other_dtypes_are_refused_when_the_array_is_made(dtype):
    with pytest.raises(UnsupportedError, match="integers of 8, 16 and 32 bits"):
        zarr.create_array(
            MemoryStore(), shape=(8, 8), chunks=(8, 8), dtype=np.dtype(dtype), serializer=J2KCodec(), compressors=None
        )


@pytest.mark.parametrize(
    ("shape", "options"),
    [((8,), {}), ((8, 8), {"components": "last"}), ((8, 8), {"bits_stored": 8}), ((8, 8), {"bits_stored": 33})],
)
def test_impossible_arrays_are_refused_when_they_are_made(shape, options):
    with pytest.raises(OptionError):
        zarr.create_array(
            MemoryStore(), shape=shape, chunks=shape, dtype="u2", serializer=HTJ2KCodec(**options), compressors=None
        )


@pytest.mark.parametrize(
    "options",
    [
        {"quality": 3},
        {"components": "middle"},
        {"rate": "2"},
        {"psnr": True},
        {"reversible": 1},
        {"decomposition_levels": 33},
        {"decomposition_levels": 2.5},
        {"progression": "LLLL"},
    ],
)
def test_impossible_options_are_refused(options):
    with pytest.raises(OptionError):
        HTJ2KCodec(**options)


def test_samples_beyond_bits_stored_are_refused():
    with pytest.raises(OptionError):
        written(np.full((8, 8), 4096, np.uint16), HTJ2KCodec(bits_stored=12), (8, 8))


def hostile_chunks(chunk):
    """Return chunks that are wrong, of one that has a table of three planes of 64 x 64."""
    yield b""
    yield b"no chunk at all, but of some length"
    yield chunk[:20]
    yield chunk[:8] + struct.pack("<Q", 2**63) + chunk[16:]
    yield chunk[:8] + struct.pack("<Q", 0) + chunk[16:]
    yield chunk[:16] + struct.pack("<3Q", 2**64 - 1, 2**64 - 1, 2) + chunk[40:]
    yield chunk[:16] + struct.pack("<3Q", 1, 1, len(chunk) - 42) + chunk[40:]
    yield chunk[40:]
    for dtype, shape in (
        ("u2", (65, 64)),
        ("u1", (64, 64)),
        ("i2", (64, 64)),
        ("u2", (64, 64, 3)),
        ("u2", (20000, 90)),
    ):
        plane = pacscore.encode(np.zeros(shape, dtype), "1.2.840.10008.1.2.4.201")
        yield b"pacs-j2k" + struct.pack("<4Q", 3, *[len(plane)] * 3) + 3 * plane


@pytest.fixture
def file_of_planes(tmp_path):
    """An array of one chunk of three planes, and the chunk's file."""
    array = written(random((3, 64, 64), np.uint16), HTJ2KCodec(), (3, 64, 64), LocalStore(tmp_path / "a.zarr"))
    return array, tmp_path / "a.zarr" / "c" / "0" / "0" / "0"


@pytest.mark.parametrize("number", range(13))
@pytest.mark.parametrize("selection", [np.s_[...], np.s_[0], np.s_[2, 4:20, 9:17]])
def test_wrong_bytes_are_errors_of_ours(file_of_planes, number, selection):
    array, path = file_of_planes
    wrong = list(hostile_chunks(path.read_bytes()))
    assert len(wrong) == 13
    path.write_bytes(wrong[number])
    with pytest.raises(DataError):
        array[selection]


@pytest.mark.parametrize("cut", [lambda chunk: chunk[:-1], lambda chunk: chunk + b"\0"])
def test_a_wrong_end_hinders_only_what_reaches_it(file_of_planes, cut):
    array, path = file_of_planes
    first = array[0]
    path.write_bytes(cut(path.read_bytes()))
    assert np.array_equal(array[0], first)
    with pytest.raises(DataError):
        array[...]


@pytest.mark.parametrize("codec", CODECS)
def test_flipped_bits_give_an_array_or_an_error_of_ours(codec):
    array = written(random((2, 24, 24), np.uint8), codec(), (2, 24, 24))
    chunk = chunk_of(array, "c/0/0/0")
    generator, refused = np.random.default_rng(3), 0
    for _ in range(60):
        broken = bytearray(chunk)
        broken[generator.integers(len(chunk))] ^= 1 << generator.integers(8)
        array.store._store_dict["c/0/0/0"] = type(array.store._store_dict["c/0/0/0"]).from_bytes(bytes(broken))
        try:
            assert array[1].shape == (24, 24)
        except PacscoreError:
            refused += 1
    assert 0 < refused < 60


@pytest.mark.parametrize("shards", [None, (4, 64, 64)])
def test_a_fresh_process_finds_the_codec(fresh_process, tmp_path, shards):
    picture = random((5, 70, 60), np.int16)
    written(picture, HTJ2KCodec(), (2, 32, 32), LocalStore(tmp_path / "a.zarr"), shards)
    printed = fresh_process("""
import sys, zarr
assert not any(name.startswith("pacscore") for name in sys.modules)
array = zarr.open_array("a.zarr", mode="r")
print(array[...].tobytes().hex())
""")
    assert printed.strip() == picture.tobytes().hex()


def test_dask_reads_and_writes_the_array(fresh_process, tmp_path):
    picture = random((5, 70, 60), np.int16)
    written(picture, HTJ2KCodec(), (2, 32, 32), LocalStore(tmp_path / "a.zarr"), (4, 64, 64))
    printed = fresh_process("""
import dask.array
array = dask.array.from_zarr("a.zarr")
print(int(array.astype("i8").sum().compute()), int(array[3, 10:50, ::2].astype("i8").sum().compute()))
""")
    wide = picture.astype(np.int64)
    assert printed.split() == [str(wide.sum()), str(wide[3, 10:50, ::2].sum())]
