"""pacscore's codecs in numcodecs, and in arrays of zarr's format 2."""

from __future__ import annotations

import json
import struct

import numcodecs
import numpy as np
import pytest
import zarr
from zarr.storage import LocalStore

import pacscore
from pacscore.errors import DataError, LimitError, OptionError, UnsupportedError
from pacscore.integrations.numcodecs_codecs import HTJ2K, J2K

CODECS = (J2K, HTJ2K)


@pytest.fixture(autouse=True)
def registered():
    """numcodecs knows the codecs, also where pacscore is not installed."""
    for codec in CODECS:
        numcodecs.register_codec(codec)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("dtype", ["u1", "i1", "u2", "i2", "u4", "i4"])
@pytest.mark.parametrize(
    ("shape", "options"),
    [
        ((20, 31), {}),
        ((4, 20, 31), {}),
        ((20, 31, 3), {"components": "last"}),
        ((3, 20, 31), {"components": "first"}),
        ((2, 3, 20, 31), {"components": "first"}),
    ],
)
def test_what_goes_in_comes_out(codec, dtype, shape, options):
    info = np.iinfo(dtype)
    picture = np.random.default_rng(1).integers(info.min, info.max, shape, dtype, endpoint=True)
    encoded = codec(**options).encode(picture)
    decoded = codec(**options).decode(encoded)
    assert decoded.dtype == picture.dtype
    assert np.array_equal(decoded, picture)
    out = np.empty(picture.nbytes, np.uint8)
    codec(**options).decode(np.frombuffer(encoded, np.uint8), out=out)
    assert out.tobytes() == picture.tobytes()


@pytest.mark.parametrize("codec", CODECS)
def test_a_configuration_goes_through_json(codec):
    options = {"components": "last", "rate": 2.5}
    config = json.loads(json.dumps(codec(**options).get_config()))
    assert config == {"id": codec.codec_id, **options}
    assert numcodecs.get_codec(config) == codec(**options)
    assert codec(**options) != codec()
    assert eval(repr(codec(**options)), {codec.__name__: codec}) == codec(**options)


def test_what_cannot_be_coded_is_refused():
    with pytest.raises(UnsupportedError, match="float32"):
        J2K().encode(np.zeros((4, 4), np.float32))
    with pytest.raises(OptionError, match="lacks rows"):
        J2K().encode(np.zeros(4, np.uint8))
    with pytest.raises(OptionError, match="no option speed"):
        J2K(speed=3)


def test_wrong_bytes_are_errors_of_ours():
    chunk = HTJ2K().encode(np.zeros((3, 20, 31), np.uint8))
    for wrong in (b"", b"abc", chunk[:15], chunk[:30], chunk[:-1], chunk + b"\0", chunk[:40] + b"\0" * 400):
        with pytest.raises(DataError):
            HTJ2K().decode(wrong)
    with pytest.raises(DataError, match="instead of 5"):
        HTJ2K().decode(chunk, out=np.empty(5, np.uint8))
    with pytest.raises(DataError):
        HTJ2K(components="last").decode(chunk, out=np.empty((4, 4), np.uint8))
    plane = pacscore.encode(np.zeros((4096, 4096), np.uint8), "1.2.840.10008.1.2.4.201")
    with pytest.raises(LimitError):
        HTJ2K().decode(b"pacs-j2k" + struct.pack("<71Q", 70, *[len(plane)] * 70) + 70 * plane)


def test_a_fresh_process_reads_an_array_of_format_2(fresh_process, tmp_path):
    picture = np.random.default_rng(2).integers(-3000, 3000, (5, 40, 33), np.int16)
    array = zarr.create_array(
        LocalStore(tmp_path / "a.zarr"),
        shape=(5, 40, 33),
        chunks=(2, 32, 32),
        dtype="i2",
        compressors=HTJ2K(),
        zarr_format=2,
    )
    array[...] = picture
    assert np.array_equal(zarr.open_array(tmp_path / "a.zarr", mode="r")[...], picture)
    printed = fresh_process("""
import sys, zarr
assert not any(name.startswith("pacscore") for name in sys.modules)
print(zarr.open_array("a.zarr", mode="r")[1:4, ::2, 3].tobytes().hex())
""")
    assert printed.strip() == picture[1:4, ::2, 3].tobytes().hex()
