"""Streams cut at every border and streams with single bits changed: an honest answer, or an error of our own."""

from __future__ import annotations

import os
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest

import pacscore as pc
from pacscore.j2k.codestream.reader import read_codestream
from pacscore.j2k.codestream.segments import Plt
from pacscore.j2k.codestream.writer import write_segment
from robustness.broken_bytes import with_changed_bits

HTJ2K = "1.2.840.10008.1.2.4.203"
DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
SMALL = sorted(path for path in DATA.glob("htj2k/conformance/*.j2k") if path.stat().st_size < 10_000)
SMALL += sorted(path for path in DATA.glob("j2k/[cd]*/*.j2k") if path.stat().st_size < 6_000)
SANITIZED = "PACSCORE_SANITIZED" in os.environ

OPTIONS = {
    "one tile-part": pc.J2KOptions(plt=True),
    "resolutions": pc.J2KOptions(plt=True, tile_parts="resolution", tlm=True),
    "tiles": pc.J2KOptions(plt=True, tile_rows=33, tile_columns=40, progression="LRCP"),
    "framed packets": pc.J2KOptions(plt=True, sop=True, eph=True, precincts=((16, 16),), progression="PCRL"),
    "components": pc.J2KOptions(plt=True, progression="CPRL", tile_parts="component", color_transform=False),
    "lossy": pc.J2KOptions(plt=True, quantization_step=0.001),
}


@pytest.fixture(scope="module", params=OPTIONS)
def whole(request):
    rng = np.random.default_rng(17)
    array = (np.indices((70, 52, 3)).sum(0) + rng.integers(0, 60, (70, 52, 3))).astype(np.uint8)
    return pc.encode(array, HTJ2K, OPTIONS[request.param])


def borders(data):
    """Return where marker segments, tile-parts and packets end, as the headers and PLT tell."""
    stream = read_codestream(data)
    found = {2}
    found.update(accumulate((len(write_segment(s, stream.main.siz.csiz)) for s in stream.main.segments), initial=2))
    for part in stream.tile_parts:
        found.update((part.offset, part.body_start, part.body_stop))
        found.update(accumulate((len(write_segment(s)) for s in part.segments), initial=part.offset + 12))
        lengths = [n for segment in part.segments if isinstance(segment, Plt) for n in segment.lengths]
        found.update(accumulate(lengths, initial=part.body_start))
    return sorted(found)


def test_cut_at_every_border(whole):
    image = pc.decode(whole)
    last = max(part.body_stop for part in read_codestream(whole).tile_parts)
    cuts = {min(max(border + by, 0), len(whole)) for border in borders(whole) for by in (-1, 0, 1)}
    assert len(cuts) > 50
    for cut in sorted(cuts):
        data = whole[:cut]
        if cut >= last:
            assert np.array_equal(pc.decode(data), image)
            assert pc.decode(data, on_damage="conceal").report.complete
            continue
        with pytest.raises(pc.CodestreamError):
            pc.decode(data)
        try:
            partial = pc.decode(data, on_damage="conceal")
        except pc.CodestreamError:
            continue
        assert not partial.report.complete
        assert partial.report.damages
        assert partial.image.shape == image.shape


def test_cut_inside_the_packets_is_truncation(whole):
    start = min(part.body_start for part in read_codestream(whole).tile_parts)
    last = max(part.body_stop for part in read_codestream(whole).tile_parts)
    for cut in range(start, last, 31):
        with pytest.raises(pc.TruncatedError):
            pc.decode(whole[:cut])


def test_more_data_never_lose_packets(whole):
    start = min(part.body_start for part in read_codestream(whole).tile_parts)
    read = []
    for cut in range(start, len(whole), 101):
        report = pc.decode(whole[:cut], on_damage="conceal").report
        read.append(report.packets_read)
        assert report.packets_read <= report.packets_expected
    assert read == sorted(read)


def survives(data):
    """Decode in both ways; return whether both gave a whole image: they must agree on that."""
    try:
        image = pc.decode(data)
    except pc.PacscoreError:
        image = None
    try:
        partial = pc.decode(data, on_damage="conceal")
    except pc.PacscoreError:
        assert image is None
        return False
    assert (image is not None) == partial.report.complete
    return image is not None


@pytest.mark.timeout(600 if SANITIZED else 120)
def test_every_bit_of_the_headers(whole):
    start = min(part.body_start for part in read_codestream(whole).tile_parts)
    answers = 0
    for position in range(0, start + 40, 5 if SANITIZED else 1):
        for bit in range(8):
            data = bytearray(whole)
            data[position] ^= 1 << bit
            answers += survives(bytes(data))
    assert answers > 20


@pytest.mark.timeout(600 if SANITIZED else 120)
@pytest.mark.parametrize("path", SMALL or [pytest.param(None, marks=pytest.mark.skip(f"no test data in {DATA}"))])
def test_changed_conformance_stream(path):
    sound = path.read_bytes()
    rng = np.random.default_rng(len(sound))
    for round_ in range(15 if SANITIZED else 60):
        survives(with_changed_bits(sound, rng, in_headers=round_ % 2 == 1))
    assert survives(sound)
