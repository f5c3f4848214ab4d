"""Pictures while bytes arrive: what `decode` shows of the same bytes, and never a part that says it is whole."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import pacscore as pc
from pacscore import J2KOptions, ProgressiveDecoder
from reference.jp2_files import enumerated, jp2_file

LOSSLESS, HT_LOSSLESS = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.201"

OPTIONS = {
    "plain": J2KOptions(),
    "precincts": J2KOptions(progression="RPCL", precincts=((64, 64),)),
    "layers": J2KOptions(layers=4, progression="LRCP"),
    "tiles": J2KOptions(tile_rows=100, tile_columns=90, progression="RPCL", tile_parts="resolution"),
    "framed": J2KOptions(sop=True, eph=True, precincts=((32, 32),), progression="PCRL"),
    "changes": J2KOptions(
        layers=2,
        progression_changes=(
            pc.ProgressionChange(progression="RLCP", layer_end=1, resolution_end=3),
            pc.ProgressionChange(progression="LRCP"),
        ),
    ),
    "packed in tile-parts": J2KOptions(packed_headers="tile", tile_parts="resolution", progression="RLCP", sop=True),
    "packed in front": J2KOptions(packed_headers="main", tile_parts="resolution", progression="RLCP", layers=2),
}


@pytest.fixture(scope="module")
def picture() -> NDArray[Any]:
    noise = np.random.default_rng(1).integers(0, 60, (300, 260))
    return (np.indices((300, 260)).sum(0) * 7 + noise).astype(np.uint16)


@pytest.fixture(scope="module", params=[LOSSLESS, HT_LOSSLESS])
def syntax(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def encoded(picture: NDArray[Any], syntax: str, name: str) -> bytes:
    return pc.encode(picture, syntax, OPTIONS[name])


@pytest.mark.parametrize("name", OPTIONS)
def test_shows_what_decode_shows_of_a_beginning(picture: NDArray[Any], syntax: str, name: str) -> None:
    data = encoded(picture, syntax, name)
    decoder = ProgressiveDecoder()
    compared = 0
    for start in range(0, len(data), 5001):
        decoder.feed(data[start : start + 5001])
        try:
            expected = pc.decode(data[: start + 5001], on_damage="conceal")
        except pc.TruncatedError:
            with pytest.raises(pc.TruncatedError, match="has not come"):
                decoder.image()
            continue
        shown = decoder.image()
        assert shown.report.complete == expected.report.complete == (start + 5001 >= len(data))
        assert shown.report.packets_read == expected.report.packets_read
        if name != "packed in front":  # its packet headers are there from the first, and tell of empty contributions
            np.testing.assert_array_equal(shown.image, expected.image)
            compared += 1
    np.testing.assert_array_equal(decoder.image().image, picture)
    assert decoder.completeness.complete
    assert compared > 5 or name == "packed in front"


@pytest.mark.parametrize("name", ["precincts", "tiles", "packed in tile-parts"])
def test_a_complete_resolution_is_whole_before_the_rest(picture: NDArray[Any], syntax: str, name: str) -> None:
    data = encoded(picture, syntax, name)
    decoder = ProgressiveDecoder(size=len(data))
    seen: list[int] = []
    for start in range(0, len(data), 997):
        decoder.feed(data[start : start + 997])
        if start < 997:
            continue
        complete = decoder.completeness.reduce
        seen.append(6 if complete is None else complete)
        for reduce in range(6):
            whole = reduce >= seen[-1]
            shown = decoder.image(reduce)
            assert shown.report.complete == whole
            if whole:
                np.testing.assert_array_equal(shown.image, pc.decode(data, reduce=reduce))
    assert seen == sorted(seen, reverse=True)
    assert {2, 1, 0} <= set(seen)


def test_regions_and_arrays_of_the_caller(picture: NDArray[Any], syntax: str) -> None:
    data = encoded(picture, syntax, "precincts")
    region = pc.Region(37, 51, 120, 99)
    decoder = ProgressiveDecoder()
    out = np.zeros((120, 99), np.uint16)
    for start in range(0, len(data), len(data) // 4):
        decoder.feed(data[start : start + len(data) // 4])
        shown = decoder.image(region=region, out=out, threads=2)
        assert shown.image is out
        decoder.image(1)
    np.testing.assert_array_equal(out, picture[37:157, 51:150])
    with pytest.raises(pc.OptionError, match="out must be"):
        decoder.image(out=out)


@pytest.mark.parametrize("name", ["precincts", "layers", "tiles", "framed", "changes"])
@pytest.mark.parametrize("region", [None, pc.Region(100, 20, 50, 70)])
def test_an_index_lets_ranges_come_in_any_order(
    picture: NDArray[Any], syntax: str, name: str, region: pc.Region | None, tmp_path: Path
) -> None:
    data = encoded(picture, syntax, name)
    pc.index(data).save(tmp_path / "side-car")
    index = pc.CodestreamIndex.load(tmp_path / "side-car")
    decoder = ProgressiveDecoder(index=index)
    expected = pc.decode(data, reduce=1, region=region)
    pieces = [
        (place, min(place + 700, stop))
        for start, stop in index.ranges(reduce=1, region=region)
        for place in range(start, stop, 700)
    ]
    np.random.default_rng(3).shuffle(pieces)
    for i, (start, stop) in enumerate(pieces):
        decoder.feed(data[start:stop], start)
        if i % 5 == 4 and i < len(pieces) - 1:
            try:
                assert not decoder.image(1, region).report.complete
            except pc.TruncatedError:
                continue
    shown = decoder.image(1, region)
    assert shown.report.complete
    np.testing.assert_array_equal(shown.image, expected)
    assert decoder.bytes_arrived == sum(stop - start for start, stop in index.ranges(reduce=1, region=region))
    assert not decoder.report.complete


def test_packet_lengths_in_the_stream_do_as_well_as_an_index(picture: NDArray[Any], syntax: str) -> None:
    data = pc.encode(picture, syntax, J2KOptions(progression="PCRL", precincts=((64, 64),), plt=True))
    decoder = ProgressiveDecoder(size=len(data))
    decoder.feed(data[:2000])
    decoder.feed(data[-20_000:], len(data) - 20_000)
    behind = decoder.image()
    decoder.feed(data[2000:-20_000], 2000)
    np.testing.assert_array_equal(decoder.image().image, picture)
    alone = pc.decode(data[:2000], on_damage="conceal")
    assert behind.report.packets_read > alone.report.packets_read + 10
    assert np.count_nonzero(behind.image == picture) > np.count_nonzero(alone.image == picture) + 1000


def test_packet_lengths_that_lie_are_not_believed(picture: NDArray[Any]) -> None:
    data = pc.encode(picture, LOSSLESS, J2KOptions(progression="PCRL", precincts=((64, 64),), plt=True))
    start = data.index(b"\xff\x58")
    lying = bytearray(data)
    place = next(i for i in range(start + 5, start + 200) if data[i] < 100 and data[i + 1] < 100 and data[i - 1] < 128)
    lying[place] += 1
    lying[place + 1] -= 1
    decoder = ProgressiveDecoder(size=len(data))
    for begin in reversed(range(0, len(data), 3000)):
        decoder.feed(lying[begin : begin + 3000], begin)
        if begin < 3000:
            break
        if begin == 12_000:
            decoder.feed(lying[:3000], 0)
            decoder.image()
    np.testing.assert_array_equal(decoder.image().image, picture)


def test_an_interrupted_transfer_is_never_whole_and_can_go_on(picture: NDArray[Any], syntax: str) -> None:
    data = encoded(picture, syntax, "tiles")
    decoder = ProgressiveDecoder()
    decoder.feed(data[: len(data) // 2])
    decoder.finish()
    shown, expected = decoder.image(), pc.decode(data[: len(data) // 2], on_damage="conceal")
    assert not shown.report.complete
    assert not decoder.completeness.complete
    assert {damage.kind for damage in shown.report.damages} == {"truncated"}
    np.testing.assert_array_equal(shown.image, expected.image)
    decoder.feed(data[len(data) // 2 :])
    assert decoder.image().report.complete
    np.testing.assert_array_equal(decoder.image().image, picture)


def test_a_stream_without_its_last_marker_is_whole(picture: NDArray[Any], syntax: str) -> None:
    data = encoded(picture, syntax, "plain")
    decoder = ProgressiveDecoder()
    decoder.feed(data[:-2])
    assert decoder.image().report.complete
    assert decoder.completeness.complete
    decoder.finish()
    assert decoder.report.complete
    assert any("no EOC" in note for note in decoder.report.notes)


def test_files_are_unwrapped(picture: NDArray[Any]) -> None:
    small = picture[:40, :50]
    data = jp2_file(pc.encode(small, LOSSLESS), enumerated(17), rows=40, columns=50)
    decoder = ProgressiveDecoder()
    for place in range(0, len(data), 13):
        decoder.feed(data[place : place + 13])
        try:
            shown = decoder.image()
        except pc.TruncatedError:
            continue
        assert shown.report.complete <= (place > len(data) - 100)
    np.testing.assert_array_equal(decoder.image().image, small)


def test_bytes_that_are_there_stay_as_they_are(picture: NDArray[Any]) -> None:
    data = encoded(picture, LOSSLESS, "plain")
    decoder = ProgressiveDecoder()
    decoder.feed(data[:-100])
    decoder.feed(bytes(len(data)), 0)
    assert decoder.bytes_arrived == len(data)
    decoder = ProgressiveDecoder()
    decoder.feed(data)
    decoder.feed(bytes(len(data)), 0)
    np.testing.assert_array_equal(decoder.image().image, picture)


def test_choices_that_cannot_be(picture: NDArray[Any]) -> None:
    data = encoded(picture, LOSSLESS, "plain")
    decoder = ProgressiveDecoder(size=len(data))
    with pytest.raises(pc.TruncatedError, match="main header"):
        decoder.image()
    with pytest.raises(pc.OptionError, match="do not lie in the data"):
        decoder.feed(b"12", len(data) - 1)
    with pytest.raises(pc.LimitError, match="addressed"):
        ProgressiveDecoder().feed(b"1", 1 << 62)
    decoder.feed(data)
    with pytest.raises(pc.OptionError, match="threads"):
        decoder.image(threads=0)
    with pytest.raises(pc.OptionError, match="decomposition levels"):
        decoder.image(6)
    limited = ProgressiveDecoder(limits=pc.Limits(output_bytes=1000))
    limited.feed(data)
    with pytest.raises(pc.LimitError, match="output_bytes"):
        limited.image()
    with pytest.raises(pc.LimitError, match="touched tile"):
        limited.image(region=pc.Region(0, 0, 5, 5))
    with pytest.raises(pc.OptionError, match="the index is of"):
        ProgressiveDecoder(size=5, index=pc.index(data))
    other = ProgressiveDecoder(index=pc.index(encoded(picture[:, :200], LOSSLESS, "plain")))
    other.feed(data[:200])
    with pytest.raises(pc.OptionError, match="another codestream"):
        other.image()


def test_damage_elsewhere_leaves_a_region_whole(picture: NDArray[Any]) -> None:
    options = J2KOptions(styles=("segsym", "predictable", "termall"), code_block_rows=16, code_block_columns=16)
    data = bytearray(pc.encode(picture, LOSSLESS, options))
    data[-60] ^= 0x10
    decoder = ProgressiveDecoder()
    decoder.feed(data)
    shown = decoder.image()
    (damage,) = shown.report.damages
    assert damage.area is not None
    row, column, rows, columns = damage.area
    assert decoder.image(region=pc.Region(0, 0, row, 260)).report.complete
    part = decoder.image(region=pc.Region(row, column, rows, columns))
    assert part.report.blocks_damaged == 1
    assert not part.report.complete
    assert not decoder.report.complete
    assert decoder.completeness.complete
    assert np.array_equal(decoder.image(1).image, pc.decode(bytes(data), reduce=1))


def test_a_bad_main_header_is_an_error_each_time(picture: NDArray[Any]) -> None:
    decoder = ProgressiveDecoder()
    decoder.feed(b"nothing of this kind")
    for _ in range(2):
        with pytest.raises(pc.CodestreamError, match="neither"):
            decoder.image()


def test_one_thread_feeds_while_another_looks(picture: NDArray[Any], syntax: str) -> None:
    data = encoded(picture, syntax, "layers")
    decoder = ProgressiveDecoder(size=len(data))
    decoder.feed(data[:500])

    def feed() -> None:
        for start in range(500, len(data), 300):
            decoder.feed(data[start : start + 300])

    feeding = threading.Thread(target=feed)
    feeding.start()
    while feeding.is_alive():
        shown = decoder.image()
        assert not shown.report.complete or np.array_equal(shown.image, picture)
    feeding.join()
    np.testing.assert_array_equal(decoder.image().image, picture)


def test_coefficients_that_leave_16_bits_are_decoded_again() -> None:
    noise = np.random.default_rng(9).choice([0, 65535], (200, 200)).astype(np.uint16)
    data = pc.encode(noise, HT_LOSSLESS, J2KOptions(layers=3))
    decoder = ProgressiveDecoder()
    for start in range(0, len(data), 20_000):
        decoder.feed(data[start : start + 20_000])
        shown = decoder.image()
        expected = pc.decode(data[: start + 20_000], on_damage="conceal")
        np.testing.assert_array_equal(shown.image, expected.image)
    np.testing.assert_array_equal(decoder.image().image, noise)
