"""Rearranging: what stays, what is refused, which files come out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import pacscore as pc
from pacscore import J2KOptions, RepackOptions
from pacscore.j2k.codestream.header_reader import read_main_header
from pacscore.j2k.codestream.headers import MainHeader
from pacscore.j2k.codestream.segments import Cpf, Crg, Poc
from pacscore.j2k.codestream.writer import write_main_header
from reference.jp2_files import box

PART_1, LOSSLESS, HT = (f"1.2.840.10008.1.2.4.{number}" for number in (91, 90, 201))


def picture(rows=150, columns=190, components=1):
    y, x = np.mgrid[:rows, :columns]
    noise = np.random.default_rng(8).integers(0, 30, (rows, columns, components))
    image = ((np.sin(x / 21) + np.cos(y / 17))[..., None] * 50 + 110 + noise).astype(np.uint8)
    return image[..., 0] if components == 1 else image


def encoded(syntax=LOSSLESS, components=1, **options):
    return pc.encode(picture(components=components), syntax, J2KOptions(**options))


def with_main_header(data, change):
    """Return the codestream with other marker segments in its main header."""
    main = read_main_header(data)
    return write_main_header(MainHeader(tuple(change(list(main.segments))))) + data[main.stop :]


def test_progression_changes_stay_unless_one_order_is_asked_for():
    changes = (
        pc.ProgressionChange(progression="RPCL", resolution_end=2),
        pc.ProgressionChange(progression="LRCP", layer_end=1),
        pc.ProgressionChange(progression="CPRL"),
    )
    data = encoded(layers=3, progression_changes=changes, components=3)
    assert pc.repack(data) == data
    fewer = pc.repack(data, RepackOptions(layers=1, reduce=2))
    assert [entry[2:4] for s in read_main_header(fewer).segments if isinstance(s, Poc) for entry in s.entries] == [
        (1, 2),
        (1, 4),
    ]
    assert np.array_equal(pc.decode(fewer), pc.decode(data, layers=1, reduce=2))
    plain = pc.repack(data, RepackOptions(progression="LRCP"))
    assert not pc.inspect(plain).progression_changes
    assert np.array_equal(pc.decode(plain), picture(components=3))


def test_sop_and_eph_that_cod_does_not_tell_of_are_left_out():
    data = bytearray(encoded(sop=True, eph=True))
    place = data.index(b"\xff\x52")
    assert data[place + 4] & 6 == 6
    data[place + 4] &= ~6
    assert pc.repack(bytes(data)) == encoded()


@pytest.mark.parametrize("options", [{}, {"image_offset": (13, 7)}, {"tile_rows": 64, "tile_columns": 32}])
def test_the_grid_is_divided_where_tiles_divide(options):
    data = encoded(HT, components=3, **options)
    small = pc.repack(data, RepackOptions(reduce=3))
    expected = pc.decode(data, reduce=3)
    info, siz = pc.inspect(small), read_main_header(small).siz
    assert (info.rows, info.columns) == expected.shape[:2]
    assert {component[1:] for component in siz.components} == {(1, 1)}
    assert np.array_equal(pc.decode(small), expected)
    assert info.decomposition_levels == pc.inspect(data).decomposition_levels - 3


def test_samples_move_apart_where_tiles_do_not_divide():
    data = encoded(HT, tile_rows=50, tile_columns=70)
    small = pc.repack(data, RepackOptions(reduce=2))
    siz = read_main_header(small).siz
    assert siz.components[0][1:] == (4, 4)
    assert (siz.ysiz, siz.ytsiz) == (150, 50)
    assert np.array_equal(pc.decode(small), pc.decode(data, reduce=2))


def test_a_grid_that_cannot_be_told_is_refused():
    data = encoded(HT, decomposition_levels=9, tile_rows=50, tile_columns=70)
    assert pc.repack(data, RepackOptions(reduce=7))
    with pytest.raises(pc.OptionError, match="more than 255 apart"):
        pc.repack(data, RepackOptions(reduce=8))


def test_more_resolutions_than_there_are():
    data = encoded(HT, decomposition_levels=2)
    assert pc.inspect(pc.repack(data, RepackOptions(reduce=2))).decomposition_levels == 0
    with pytest.raises(pc.OptionError, match="only 2 decomposition levels"):
        pc.repack(data, RepackOptions(reduce=3))


def test_derived_steps_stay_those_of_their_bands():
    options = {"reversible": False, "derived_quantization": True, "quantization_step": 1 / 512}
    data = encoded(PART_1, components=3, **options)
    small = pc.repack(data, RepackOptions(reduce=2))
    assert np.array_equal(pc.decode(small), pc.decode(data, reduce=2))


def test_component_registration_moves_with_the_samples():
    plain = encoded(HT)
    data = with_main_header(plain, lambda segments: [*segments, Crg(((32768, 1000),))])
    registered = [s for s in read_main_header(pc.repack(data, RepackOptions(reduce=1))).segments if isinstance(s, Crg)]
    assert registered == [Crg(((16384, 500),))]


def test_a_profile_is_claimed_only_while_packets_stay():
    def claim(segments):
        return [segments[0]._replace(rsiz=0x4001), *segments[1:], Cpf((2,))]

    data = with_main_header(encoded(HT), claim)
    kept = read_main_header(pc.repack(data, RepackOptions(plt=True, tlm=True)))
    assert kept.siz.rsiz == 0x4001
    moved = read_main_header(pc.repack(data, RepackOptions(progression="LRCP")))
    assert moved.siz.rsiz == 0x4000
    assert not any(isinstance(segment, Cpf) for segment in moved.segments)


def test_what_is_missing_is_refused_unless_it_is_dropped():
    data = encoded(progression="RLCP", layers=2)
    index = pc.index(data)
    (_, stop) = index.ranges(reduce=2)[-1]
    cut = data[:stop]
    with pytest.raises(pc.TruncatedError, match="4 packets are missing"):
        pc.repack(cut)
    small = pc.repack(cut, RepackOptions(reduce=2))
    assert small == pc.repack(data, RepackOptions(reduce=2))
    with pytest.raises(pc.TruncatedError, match="packets are missing"):
        pc.repack(cut, RepackOptions(layers=1))


def test_tile_parts_stay_where_they_are_in_the_stream():
    data = encoded(HT, tile_rows=64, tile_columns=100, tile_parts="resolution", progression="RPCL", tlm=True)
    assert pc.repack(data) == data
    assert pc.repack(data, RepackOptions(progression="LRCP")) == data.replace(
        b"\xff\x52\x00\x0c\x00\x02", b"\xff\x52\x00\x0c\x00\x00"
    )  # in one layer, resolutions follow one another in both
    data = encoded(HT, components=3, tile_rows=64, tile_columns=100, tile_parts="resolution", progression="RPCL")
    merged = pc.repack(data, RepackOptions(progression="CPRL"))
    assert pc.inspect(merged).tile_parts == pc.inspect(data).tiles


def test_tile_parts_that_the_order_does_not_allow():
    with pytest.raises(pc.OptionError, match="finishes each layer before the next"):
        pc.repack(encoded(layers=2), RepackOptions(progression="RPCL", tile_parts="layer"))


@pytest.mark.parametrize(
    ("syntax", "components", "file_format", "number"), [(LOSSLESS, 1, "jp2", 17), (HT, 3, "jph", 16)]
)
def test_a_file_around_a_codestream_and_off_again(syntax, components, file_format, number):
    data = encoded(syntax, components)
    file = pc.repack(data, RepackOptions(file_format=file_format))
    info = pc.inspect(file)
    assert info.file_format == file_format
    assert [each.kind for each in info.file.boxes] == ["jP  ", "ftyp", "jp2h", "ihdr", "colr", "jp2c"]
    assert info.file.colours[0].enumcs == number
    assert np.array_equal(pc.decode(file, color="rendered"), picture(components=components))
    assert pc.repack(file, RepackOptions(file_format="codestream")) == data
    assert pc.repack(file) == file


def test_a_file_of_channels_that_nothing_is_known_of():
    data = encoded(components=4)
    with pytest.raises(pc.OptionError, match="color_space: nothing says"):
        pc.repack(data, RepackOptions(file_format="jp2"))
    info = pc.inspect(pc.repack(data, RepackOptions(file_format="jp2", color_space="srgb")))
    assert [channel.kind for channel in info.rendered_channels] == ["colour"] * 3 + ["unspecified"]
    with pytest.raises(pc.OptionError, match="three colours"):
        pc.repack(encoded(), RepackOptions(file_format="jp2", color_space="sycc"))


def test_components_of_different_depths_have_a_box_for_them():
    planes = [picture(), (picture() >> 3).astype(np.uint8)]
    data = pc.encode(planes, LOSSLESS, bits_stored=(8, 5))
    info = pc.inspect(pc.repack(data, RepackOptions(file_format="jp2", color_space="greyscale")))
    assert info.file.image_header.bpc == 255
    assert info.file.bits_per_component == (7, 4)


def test_a_file_format_for_the_other_block_coder():
    for syntax, wrong in ((LOSSLESS, "jph"), (HT, "jp2")):
        with pytest.raises(pc.OptionError, match="JPH is for HTJ2K"):
            pc.repack(encoded(syntax), RepackOptions(file_format=wrong))


def test_other_boxes_of_a_file_stay():
    """The sizes that boxes tell go with the picture; what stands behind the codestream stays behind it."""
    file = pc.repack(encoded(), RepackOptions(file_format="jp2"))
    header = file.index(b"jp2h") - 4
    length = int.from_bytes(file[header : header + 4], "big")
    resolution = box("res ", box("resc", "012C000102580001 0202"))
    grown = box("jp2h", file[header + 8 : header + length] + resolution)
    tail = box("xml ", b"<about/>") + box("abcd", bytes(range(40)))
    given = file[:header] + grown + file[header + length :] + tail
    assert pc.repack(given) == given
    small = pc.repack(given, RepackOptions(reduce=1))
    assert small.endswith(tail)
    told = pc.inspect(small).file
    assert (told.image_header.height, told.image_header.width) == pc.decode(small).shape
    assert told.resolution.capture == (15000.0, 30000.0)
    assert np.array_equal(pc.decode(small), pc.decode(given, reduce=1))


def test_threads_give_the_same_bytes():
    data = encoded(HT, components=3, tile_rows=40, tile_columns=40)
    options = RepackOptions(progression="CPRL", sop=True, plt=True)
    assert pc.repack(data, options, threads=3) == pc.repack(data, options)


def test_limits_hold():
    data = encoded(HT, precincts=((4, 4),))
    with pytest.raises(pc.LimitError, match="precincts"):
        pc.repack(data, limits=pc.Limits(code_blocks=100))


@pytest.mark.parametrize(
    "wrong",
    [{"progression": "XYZ"}, {"layers": 0}, {"reduce": -1}, {"reduce": 33}, {"packed_headers": "none"},
     {"file_format": "jpx"}, {"tile_parts": "tile"}, {"color_space": "cmyk"}],
)  # fmt: skip
def test_impossible_values(wrong):
    with pytest.raises(pc.OptionError):
        RepackOptions(**wrong)
    assert replace(RepackOptions(), plt=True).plt


def test_a_colour_space_for_what_has_one():
    file = pc.repack(encoded(), RepackOptions(file_format="jp2"))
    for data, options in ((file, {}), (encoded(), {}), (file, {"file_format": "codestream"})):
        with pytest.raises(pc.OptionError, match="color_space is for a file"):
            pc.repack(data, RepackOptions(color_space="greyscale", **options))
