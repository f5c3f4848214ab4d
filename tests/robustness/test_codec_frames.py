"""Damaged and hostile JPEG, JPEG-LS, JPEG XL and RLE frames end in samples or a PacscoreError, soon."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import numpy as np
import pytest

import pacscore as pc
from pacscore.codecs import codec_for
from pacscore.codecs.frame_header import read_frame_header
from pacscore.codecs.isolation import IsolatedCodec, Isolation

PREFIX = "1.2.840.10008.1.2"
DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
FILES = sorted(path for path in DATA.glob("hostile/codestream/*.j*") if path.read_bytes()[:2] == b"\xff\xd8")
FORMATS = (
    pc.PixelFormat(40, 50, 1, 8, 8),
    pc.PixelFormat(40, 50, 1, 16, 12),
    pc.PixelFormat(40, 50, 3, 8, 8, 0, "YBR_FULL"),
)
MARKS = (0, 1, 2, 7, 8, 16, 17, 63, 64, 127, 128, 255)
MOST_SECONDS = 30 if "PACSCORE_SANITIZED" in os.environ else 2
ISOLATION = Isolation(seconds=30)
"""Wall-clock time on however busy a machine: a child that takes longer hangs, which is an error here."""


def attempt(codec, data, stored):
    """Return the shapes of what was decoded, and the seconds of it; only a PacscoreError may stop decoding."""
    started = time.process_time()
    shapes = set()
    for on_damage in ("raise", "conceal"):
        try:
            decoded = codec.decode(data, stored, on_damage=on_damage)
        except pc.CodecCrashedError:
            raise
        except pc.PacscoreError:
            continue
        shapes.add(getattr(decoded, "image", decoded).shape)
    return shapes, time.process_time() - started


@pytest.mark.skipif(not FILES, reason=f"no test data in {DATA}: set PACSCORE_TEST_DATA")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_hostile_files_whose_attributes_agree(path):
    """The data set says what the frame header says, so that nothing but the frame is wrong."""
    data = path.read_bytes()
    try:
        header = read_frame_header(data, frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xF7}), "JPEG")
    except pc.PacscoreError:
        header = None
    number = 80 if header and header.marker == 0xF7 else 50
    bits = 8 if not header or header.precision <= 8 else 16
    told = (header.rows, header.columns, header.components) if header else (8, 8, 1)
    photometric = "YBR_FULL" if told[2] == 3 else "MONOCHROME2"
    stored = pc.PixelFormat(*told, bits, bits, 0, photometric)
    shapes, seconds = attempt(IsolatedCodec(codec_for(f"{PREFIX}.4.{number}"), ISOLATION), data, stored)
    assert shapes <= {stored.shape}
    assert seconds < MOST_SECONDS


def mutated(data, source):
    """Return the data with bytes changed, taken out or doubled, mostly in its headers."""
    changed = bytearray(data)
    for _ in range(source.choice((1, 1, 2, 4))):
        at = source.randrange(min(len(changed), source.choice((40, 300, len(changed)))))
        match source.randrange(5):
            case 0:
                changed[at] = source.randrange(256)
            case 1:
                changed[at] = source.choice(MARKS)
            case 2:
                changed[at] ^= 1 << source.randrange(8)
            case 3:
                changed[at:at] = changed[at : at + 4]
            case _:
                del changed[at : at + source.choice((1, 2, 5))]
        if not changed:
            break
    return bytes(changed)


@pytest.mark.parametrize(
    "number", [".4.50", ".4.51", ".4.57", ".4.70", ".4.80", ".4.81", ".4.110", ".4.112", ".5", ".8.1"]
)
def test_changed_frames(number):
    uid, source, tried = PREFIX + number, random.Random(number), 0
    real = codec_for(uid)
    codec = IsolatedCodec(real, ISOLATION) if real.third_party else real
    for stored in FORMATS:
        frame = (np.indices(stored.shape).sum(axis=0) * 3 % (1 << stored.bits_stored)).astype(stored.dtype)
        try:
            encoded = codec.encode(frame, stored, uid).data
        except pc.OptionError:
            continue
        for _ in range(80):
            shapes, seconds = attempt(codec, mutated(encoded, source), stored)
            assert shapes <= {stored.shape}
            assert seconds < MOST_SECONDS
            tried += 1
    assert tried >= 160
