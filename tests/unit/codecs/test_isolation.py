"""Codecs in a child process: what kills, hangs or floods them costs one call an error, and nothing else."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import textwrap
import threading
import time

import numpy as np
import pytest

import pacscore
from pacscore import CodecCrashedError, Isolation, PixelFormat
from pacscore.codecs import Codec, codec_for
from pacscore.codecs.isolation import IsolatedCodec, isolated
from reference.broken_codecs import Misbehaving

STORED = PixelFormat(13, 10, bits_allocated=8, bits_stored=8)
JPEG_LS = "1.2.840.10008.1.2.4.80"


@pytest.fixture(scope="module")
def codec():
    return IsolatedCodec(Misbehaving(), Isolation(seconds=60, memory=1 << 30))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"abort", "signal 6"),
        (b"exit", "exit status 3"),
        (b"eat", "memory"),
        (b"eat without end", "memory"),
        (b"raise", "KeyError"),
    ],
)
def test_a_codec_that_dies_costs_one_call(codec, data, why):
    with pytest.raises(CodecCrashedError, match=why):
        codec.decode(data, STORED)
    assert codec.decode(b"", STORED).shape == (13, 10)


def test_a_codec_that_hangs_is_killed():
    codec = IsolatedCodec(Misbehaving(), Isolation(seconds=0.3))
    started = time.monotonic()
    with pytest.raises(CodecCrashedError, match=r"more than 0.3 s"):
        codec.decode(b"hang", STORED)
    assert time.monotonic() - started < 60
    assert codec.decode(b"", STORED).shape == (13, 10)


def test_an_answer_that_would_run_code_is_refused(codec):
    with pytest.raises(CodecCrashedError, match="_exit"):
        codec.decode(b"lie", STORED, on_damage="conceal")


def test_errors_come_back_as_they_were(codec):
    with pytest.raises(pacscore.DataError, match="the data is wrong") as caught:
        codec.decode(b"refuse", STORED)
    assert type(caught.value) is pacscore.DataError
    assert (caught.value.offset, caught.value.marker) == (7, "SOF")


def test_what_a_codec_prints_does_no_harm(codec):
    assert codec.decode(b"print", STORED).shape == (13, 10)


def test_one_child_serves_one_call_after_the_other(codec):
    first, second = codec.decode(b"", STORED), codec.decode(b"", STORED)
    assert np.array_equal(first, second)  # its process id


def test_threads_have_a_child_each(codec):
    failures, frames = [], []

    def work(data):
        try:
            frames.append(codec.decode(data, STORED))
        except CodecCrashedError as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(data,)) for data in [b"", b"abort"] * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(failures), len(frames)) == (3, 3)


def test_it_gives_what_the_codec_gives():
    real = codec_for(JPEG_LS)
    apart = isolated(real, True)
    assert isinstance(apart, IsolatedCodec)
    assert isinstance(apart, Codec)
    stored = PixelFormat(60, 50, bits_stored=12)
    frame = np.random.default_rng(0).integers(0, 4096, stored.shape).astype(np.uint16)
    encoded = apart.encode(frame, stored, JPEG_LS)
    assert encoded == real.encode(frame, stored, JPEG_LS)
    assert apart.decoded_format(encoded.data, stored) == real.decoded_format(encoded.data, stored)
    told = dataclasses.replace(stored, bits_stored=11)
    assert apart.disagreements(encoded.data, told) == real.disagreements(encoded.data, told)
    out = np.empty_like(frame)
    assert apart.decode(encoded.data, stored, out=out) is out
    assert np.array_equal(out, frame)
    partial = apart.decode(encoded.data, stored, on_damage="conceal")
    assert np.array_equal(partial.image, frame)
    assert partial.report.complete
    with pytest.raises(pacscore.LimitError):
        apart.decode(encoded.data, stored, limits=pacscore.Limits(output_bytes=100))


def test_own_codecs_stay_where_they_are():
    rle = codec_for("1.2.840.10008.1.2.5")
    assert isolated(rle, True) is rle
    assert isolated(codec_for(JPEG_LS), False) is codec_for(JPEG_LS)


def test_a_codec_that_does_not_pickle_is_refused():
    codec = Misbehaving()
    codec.handle = threading.Lock()
    with pytest.raises(pacscore.OptionError, match="pickle"):
        IsolatedCodec(codec)


@pytest.mark.parametrize("wrong", [{"seconds": 0}, {"memory": -1}])
def test_nonsense_is_refused(wrong):
    with pytest.raises(pacscore.OptionError):
        Isolation(**wrong)


def test_a_script_needs_no_main_guard(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent("""
        import numpy as np
        from pacscore import PixelFormat
        from pacscore.codecs import codec_for
        from pacscore.codecs.isolation import IsolatedCodec

        codec = IsolatedCodec(codec_for("1.2.840.10008.1.2.4.80"))
        stored = PixelFormat(8, 8, bits_allocated=8, bits_stored=8)
        frame = np.arange(64, dtype=np.uint8).reshape(8, 8)
        data = codec.encode(frame, stored, "1.2.840.10008.1.2.4.80").data
        print(np.array_equal(codec.decode(data, stored), frame))
        """)
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True, timeout=60)
    assert (done.stdout, done.stderr) == ("True\n", "")
