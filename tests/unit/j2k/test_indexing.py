"""The index: every byte of the packets accounted for, nothing fetched that is not needed, and the side-car."""

from __future__ import annotations

import itertools
import os
import struct
from pathlib import Path

import numpy as np
import pytest

import pacscore
from pacscore.errors import DataError, OptionError, TruncatedError

DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[4] / "shared/data"))
HT, PART_1 = "1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.90"


class Counting:
    """A reader that keeps a record of what it was asked for."""

    def __init__(self, data):
        self.data, self.asked = data, []

    @property
    def size(self):
        return len(self.data)

    def read_range(self, start, length):
        self.asked.append((start, start + length))
        return self.data[start : start + length]


def picture(rows=700, columns=900, components=1):
    y, x = np.mgrid[:rows, :columns]
    noise = np.random.default_rng(5).integers(0, 40, (rows, columns, components))
    image = ((np.sin(x / 31) + np.cos(y / 47))[..., None] * 500 + 1500 + noise).astype(np.uint16)
    return image[..., 0] if components == 1 else image


def streams():
    found = sorted([*DATA.glob("j2k/**/*.j*"), *DATA.glob("htj2k/**/*.j*")])
    return [pytest.param(path, id=path.name) for path in found if path.is_file()]


def covered(index):
    """Return which bytes of the data belong to headers or packets, and whether any belongs to two of them."""
    times = np.zeros(index.size, np.uint8)
    spans = [index.main_header, *((part.start, part.body) for part in index.tile_parts)]
    for start, stop in itertools.chain(spans, zip(index.packets["start"], index.packets["stop"], strict=True)):
        times[start:stop] += 1
    return times


@pytest.mark.skipif(not DATA.exists(), reason=f"no test data at {DATA}: set PACSCORE_TEST_DATA")
@pytest.mark.parametrize("path", streams())
def test_headers_and_packets_make_up_the_whole_stream(path):
    index = pacscore.index(path)
    times = covered(index)[index.start : index.stop]
    behind = (
        2
        + sum(part.stop - part.body for part in index.tile_parts)
        - int((index.packets["stop"] - index.packets["start"]).sum())
    )
    assert times.max() == 1
    assert np.count_nonzero(times == 0) <= max(behind, 2)  # EOC, and what pads the tile-parts
    if index.missing is None:
        assert index.completeness([(0, index.size)]).complete


@pytest.mark.skipif(not DATA.exists(), reason=f"no test data at {DATA}: set PACSCORE_TEST_DATA")
@pytest.mark.parametrize("path", streams())
def test_told_lengths_read_headers_and_saved_indexes_agree(path, tmp_path):
    by_ranges = pacscore.index(path)
    at_once = pacscore.index(path.read_bytes(), believe_lengths=False)
    by_ranges.save(tmp_path / "index")
    loaded = pacscore.CodestreamIndex.load(tmp_path / "index")
    for other in (at_once, loaded):
        assert np.array_equal(by_ranges.packets, other.packets)
        assert by_ranges.tile_parts == other.tile_parts
        assert by_ranges.headers_sha256 == other.headers_sha256
        assert by_ranges.missing == other.missing


@pytest.mark.parametrize("progression", ["LRCP", "RLCP", "RPCL", "PCRL", "CPRL"])
def test_packets_begin_at_their_markers(progression):
    options = pacscore.J2KOptions(
        progression=progression, layers=3, tile_rows=300, tile_columns=500, precincts=((128, 128),), sop=True
    )
    data = pacscore.encode(picture(), PART_1, options)
    index = pacscore.index(data)
    for tile in np.unique(index.packets["tile"]):
        starts = index.packets["start"][index.packets["tile"] == tile]
        numbers = [struct.unpack(">HHH", data[start : start + 6]) for start in starts]
        assert numbers == [(0xFF91, 4, i) for i in range(len(starts))]


@pytest.mark.parametrize("step", [1, 5, 64, 4096])
def test_reading_waits_for_bytes_wherever_they_are_cut(step):
    from pacscore.j2k._packet_places import PacketPlaces
    from pacscore.j2k.codestream.reader import read_codestream
    from pacscore.j2k.plan import plan_tile

    options = pacscore.J2KOptions(layers=3, precincts=((64, 64),), styles=("termall",), sop=True, eph=True)
    data = pacscore.encode(picture(150, 170), PART_1, options)
    stream = read_codestream(memoryview(data))
    (part,) = stream.tile_parts
    plan = plan_tile(stream.main, part.segments, 0, 10_000)
    reader = PacketPlaces(plan.compiled, data, [(part.body_start, part.body_stop)], None, 10_000)
    present = part.body_start
    while not reader.resume((part.body_start, present)):
        present = min(max(present, reader.offset) + step, len(data))
    index = pacscore.index(data)
    assert reader.what is None
    assert np.array_equal(reader.places()["start"], index.packets["start"])
    assert np.array_equal(reader.places()["stop"], index.packets["stop"])


def test_told_lengths_spare_the_packets():
    data = pacscore.encode(picture(2000, 2000), HT, pacscore.J2KOptions(plt=True, tile_rows=1000, tile_columns=1000))
    reader = Counting(data)
    index = pacscore.index(reader)
    assert len(index.packets) == 4 * 6
    assert index.fetched == sum(stop - start for start, stop in reader.asked) < len(data) / 5
    assert len(reader.asked) <= 6


def test_lengths_that_do_not_add_up_are_not_believed():
    options = pacscore.J2KOptions(plt=True)
    data = pacscore.encode(picture(), HT, options)
    position = data.index(b"\xff\x58") + 5
    wrong = bytearray(data)
    wrong[position] ^= 1
    assert np.array_equal(pacscore.index(bytes(wrong)).packets, pacscore.index(data).packets)


def test_ranges_of_a_resolution_are_headers_and_its_packets_alone():
    data = pacscore.encode(picture(), HT, pacscore.J2KOptions(progression="RPCL", precincts=((128, 128),)))
    index = pacscore.index(data)
    low = index.packets[index.packets["resolution"] <= 2]
    wanted = {*range(*index.main_header), *range(index.tile_parts[0].start, index.tile_parts[0].body)}
    for start, stop in zip(low["start"], low["stop"], strict=True):
        wanted.update(range(start, stop))
    ranges = index.ranges(reduce=3)
    assert {byte for start, stop in ranges for byte in range(start, stop)} == wanted
    (only,) = ranges
    assert np.array_equal(pacscore.decode(data[slice(*only)], reduce=3), pacscore.decode(data, reduce=3))


def test_a_region_needs_its_tiles_and_layers_alone():
    options = pacscore.J2KOptions(layers=2, tile_rows=256, tile_columns=256)
    index = pacscore.index(pacscore.encode(picture(), PART_1, options))
    ranges = index.ranges(region=pacscore.Region(10, 10, 50, 50), layers=1)
    held = index.completeness(ranges)
    first = index.packets[(index.packets["tile"] == 0) & (index.packets["layer"] == 0)]
    assert held.packets_present == len(first)
    assert held.by_layer[1] == (0, held.by_layer[1][1])
    assert not held.headers
    assert held.reduce is None


def test_completeness_tells_the_resolution_that_is_whole():
    data = pacscore.encode(picture(), HT, pacscore.J2KOptions(progression="RPCL"))
    index = pacscore.index(data)
    held = index.completeness(index.ranges(reduce=2))
    assert (held.reduce, held.headers, held.complete) == (2, True, False)
    assert held.by_resolution == ((1, 1), (1, 1), (1, 1), (1, 1), (0, 1), (0, 1))
    assert index.completeness([]).packets_present == 0
    assert '"complete": false' in held.to_json()


def test_neighbouring_ranges_are_joined():
    index = pacscore.index(pacscore.encode(picture(), PART_1, pacscore.J2KOptions(layers=4, progression="LRCP")))
    apart = index.ranges(reduce=4)
    joined = index.ranges(reduce=4, gap=1 << 30)
    assert len(apart) > len(joined) == 1
    assert joined[0] == (apart[0][0], apart[-1][1])


def test_a_cut_stream_is_indexed_as_far_as_it_goes():
    data = pacscore.encode(picture(), HT, pacscore.J2KOptions(progression="RPCL"))
    whole = pacscore.index(data)
    index = pacscore.index(data[: int(whole.packets["stop"][4]) + 10])
    assert index.missing is not None
    assert np.array_equal(index.packets[:5]["stop"], whole.packets[:5]["stop"])
    held = index.completeness([(0, index.size)])
    assert (held.complete, held.reduce) == (False, 1)


def test_refuses_what_makes_no_sense(tmp_path):
    data = pacscore.encode(picture(64, 64), HT)
    index = pacscore.index(data)
    with pytest.raises(OptionError, match="reduce=6"):
        index.ranges(reduce=6)
    with pytest.raises(OptionError, match="layers=0"):
        index.ranges(layers=0)
    with pytest.raises(TruncatedError):
        pacscore.index(data[:40])
    index.save(tmp_path / "index")
    saved = bytearray((tmp_path / "index").read_bytes())
    for position, what in ((3, "begins with other bytes"), (8, "version"), (40, "checksum")):
        damaged = bytes(saved[:position]) + bytes([saved[position] ^ 0xFF]) + bytes(saved[position + 1 :])
        (tmp_path / "damaged").write_bytes(damaged)
        with pytest.raises(DataError, match=what):
            pacscore.CodestreamIndex.load(tmp_path / "damaged")
