"""OpenJPH and OpenJPEG read what is encoded, bit by bit where it is lossless, and what OpenJPH writes is read."""

from __future__ import annotations

import imagecodecs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import pacscore as pc
from property.strategies import HTJ2K, jobs, long, pictures, quick, sample_range


def openjph_decode(data, array):
    planar = array.ndim == 3 and pc.inspect(data).color_transform is None
    image = np.asarray(imagecodecs.htj2k_decode(data))
    return np.moveaxis(image, 0, -1) if planar else image.reshape(array.shape)


def check_with_openjph(array, bits, options):
    data = pc.encode(array, HTJ2K, options, bits_stored=bits)
    assert np.array_equal(openjph_decode(data, array), array)


def check_with_openjpeg(array, bits, options):
    data = pc.encode(array, HTJ2K, options, bits_stored=bits)
    assert np.array_equal(imagecodecs.jpeg2k_decode(data).reshape(array.shape), array)


@quick
@given(jobs(most_bits=31, offsets=True))
def test_openjph_reads_it(job):
    check_with_openjph(*job)


@quick
@given(jobs(most_bits=24, offsets=True))
def test_openjpeg_reads_it(job):
    check_with_openjpeg(*job)


@pytest.mark.slow
@long
@given(jobs(most_bits=31, most_side=300, offsets=True))
def test_openjph_reads_it_at_length(job):
    check_with_openjph(*job)


@pytest.mark.slow
@long
@given(jobs(most_bits=24, most_side=300, offsets=True))
def test_openjpeg_reads_it_at_length(job):
    check_with_openjpeg(*job)


@st.composite
def openjph_choices(draw):
    """Return a picture of whole dtypes, and what to tell OpenJPH."""
    array, _ = draw(pictures(most_bits=31))
    if array.itemsize == 8:
        array = array.astype(array.dtype.kind + "4")
    if array.ndim == 3:
        array = array[..., : 3 if array.shape[2] >= 3 else 1].squeeze(2 if array.shape[2] < 3 else ())
    said = {
        "rgb": array.ndim == 3 and array.dtype.itemsize <= 2 and draw(st.booleans()),
        "planar": False,
        "tile": draw(st.sampled_from([None, (32, 48), (64, 64)])),
        "resolutions": draw(st.sampled_from([None, 1, 2, 6])),
        "tlm": draw(st.booleans()),
        "tilepart": draw(st.sampled_from([None, *imagecodecs.HTJ2K.TILEPART])),
    }
    return np.ascontiguousarray(array), said


@quick
@given(openjph_choices())
def test_we_read_openjph(choice):
    array, said = choice
    data = bytes(imagecodecs.htj2k_encode(array, reversible=True, **said))
    assert np.array_equal(pc.decode(data), array)


def scene(shape, bits, signed, rng):
    """Return a smooth picture with some noise, in mid range: OpenJPH wraps what leaves the range."""
    low, high = sample_range(bits, signed)
    wave = np.sin(np.indices(shape)[0] / 7) + np.cos(np.indices(shape)[1] / 5)
    wave = wave / 8 + rng.normal(0, 0.02, shape)
    size = 1 if bits <= 8 else 2
    return ((low + high) / 2 + wave * (high - low)).round().astype(f"{'i' if signed else 'u'}{size}")


def root_mean_square(one, other):
    return float(np.sqrt(((np.asarray(one, float) - np.asarray(other, float)) ** 2).mean()))


def largest_difference(one, other):
    return int(np.abs(np.asarray(one, np.int64) - np.asarray(other, np.int64)).max())


@quick
@given(
    st.sampled_from(["u1", "i1", "u2", "i2"]),
    st.sampled_from([(1, 1), (40, 50), (97, 33), (64, 65, 3)]),
    st.sampled_from([0.0005, 0.004, 0.02]),
    st.integers(0, 2**32 - 1),
)
def test_we_read_lossy_openjph_as_it_does(dtype, shape, step, seed):
    bits = 8 * np.dtype(dtype).itemsize
    array = scene(shape, bits, dtype[0] == "i", np.random.default_rng(seed))
    data = bytes(imagecodecs.htj2k_encode(array, level=step, reversible=False, rgb=len(shape) == 3, planar=False))
    ours, theirs = pc.decode(data), np.asarray(imagecodecs.htj2k_decode(data)).reshape(shape)
    assert not pc.inspect(data).reversible
    assert largest_difference(ours, theirs) <= 1
    assert root_mean_square(ours, array) <= 0.5 + 2 * step * 2**bits


@st.composite
def lossy_choices(draw, shape):
    return pc.J2KOptions(
        quantization_step=draw(st.sampled_from([2.0**-12, 2.0**-8, 2.0**-5])),
        decomposition_levels=draw(st.integers(0, 7)),
        tile_rows=draw(st.sampled_from([None, 40])),
        progression=draw(st.sampled_from(["LRCP", "CPRL"])),
        color_transform=len(shape) == 3,
    )


@quick
@given(st.data(), st.integers(2, 16), st.booleans(), st.integers(0, 2**32 - 1))
def test_peers_read_our_lossy_streams_as_we_do(data, bits, signed, seed):
    shape = data.draw(st.sampled_from([(1, 1), (40, 50), (97, 33), (64, 65, 3)]))
    options = data.draw(lossy_choices(shape))
    array = scene(shape, bits, signed, np.random.default_rng(seed))
    stream = pc.encode(array, HTJ2K, options, bits_stored=bits)
    ours = pc.decode(stream)
    assert not pc.inspect(stream).reversible
    assert largest_difference(ours, imagecodecs.jpeg2k_decode(stream).reshape(shape)) <= 1
    assert largest_difference(ours, openjph_decode(stream, array)) <= 1
    assert root_mean_square(ours, array) <= 0.5 + 2 * options.quantization_step * 2**bits


def test_the_error_follows_the_step():
    array = scene((200, 130), 12, False, np.random.default_rng(1))
    errors = []
    for step in (2.0**-13, 2.0**-11, 2.0**-9, 2.0**-7):
        data = pc.encode(array, HTJ2K, pc.J2KOptions(quantization_step=step), bits_stored=12)
        errors.append(float(((pc.decode(data).astype(float) - array) ** 2).mean()))
        # uniform quantisation with a dead zone: at most step squared / 3, and the rounding to whole samples
        assert errors[-1] <= (step * 4096) ** 2 / 3 + 1 / 6
    assert errors == sorted(errors)
    assert errors[0] < 0.25 < errors[-1]
