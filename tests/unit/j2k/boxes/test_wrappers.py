"""JP2 and JPH files, written out byte by byte from Annex I: where the codestream is and what the boxes say."""

from __future__ import annotations

import pytest

from pacscore.errors import CodestreamError, TruncatedError
from pacscore.j2k.boxes.reader import boxes_of_kind, find_codestream
from pacscore.j2k.boxes.records import (
    ChannelDefinition,
    ChannelMapping,
    ColourSpecification,
    ImageHeader,
    Palette,
    Resolution,
    Wrapper,
)


def box(kind: str, payload: bytes | str = b"", *, length: int | None = None, extended: bool = False) -> bytes:
    content = bytes.fromhex(payload) if isinstance(payload, str) else payload
    size = len(content) + (16 if extended else 8) if length is None else length
    name = kind.encode("latin-1")
    if extended:
        return b"\x00\x00\x00\x01" + name + size.to_bytes(8, "big") + content
    return size.to_bytes(4, "big") + name + content


SIGNATURE = box("jP  ", "0D0A870A")
JP2 = box("ftyp", b"jp2 \x00\x00\x00\x00jp2 ")
JPH = box("ftyp", b"jph \x00\x00\x00\x00jph ")
IHDR = box("ihdr", "00000009 00000011 0003 07 07 00 00")
COLR = box("colr", "01 00 00 00000010")
CODESTREAM = b"\xff\x4f\xff\x51 and so on"
JP2C = box("jp2c", CODESTREAM)


def file(*inner: bytes, ftyp: bytes = JP2) -> bytes:
    return SIGNATURE + ftyp + box("jp2h", b"".join((IHDR, *inner))) + JP2C


def test_a_bare_codestream() -> None:
    assert find_codestream(CODESTREAM) == Wrapper("codestream", 0, len(CODESTREAM))


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_a_small_file(kind: type) -> None:
    data = file(COLR)
    found = find_codestream(kind(data))
    assert data[found.start : found.stop] == CODESTREAM
    assert found.file_format == "jp2"
    assert found.image_header == ImageHeader(9, 17, 3, 7, 7, 0, 0)
    assert found.colours == (ColourSpecification(1, 0, 0, enumcs=16),)
    assert [each.kind for each in found.boxes] == ["jP  ", "ftyp", "jp2h", "ihdr", "colr", "jp2c"]
    assert (found.palette, found.mapping, found.channels, found.resolution, found.notes) == (None, (), (), None, ())


@pytest.mark.parametrize(
    ("ftyp", "file_format"),
    [
        (JP2, "jp2"),
        (JPH, "jph"),
        (box("ftyp", b"jpx \x00\x00\x00\x00jpx jp2 "), "jp2"),
        (box("ftyp", b"xxxx\x00\x00\x00\x00jph "), "jph"),
    ],
)
def test_the_brand_tells_the_format(ftyp: bytes, file_format: str) -> None:
    assert find_codestream(file(COLR, ftyp=ftyp)).file_format == file_format


def test_the_boxes_of_the_header() -> None:
    found = find_codestream(
        file(
            box("bpcc", "07 87 0B"),
            COLR,
            box("colr", b"\x02\xff\x01ICC profile"),
            box("colr", "05 00 00 0001 000D 0000 80"),
            box("pclr", "0002 03 07 8B 0B" + "01 FFFE 0FFF" + "02 0003 0001"),
            box("cmap", "0000 01 00 0000 01 01 0001 00 00"),
            box("cdef", "0002 0000 0000 0001 0001 0001 0000"),
            box("res ", box("resc", "012C 0001 0096 0002 02 FF") + box("resd", "0001 0001 0001 0001 00 00")),
        )
    )
    assert found.bits_per_component == (7, 0x87, 11)
    assert found.colours == (
        ColourSpecification(1, 0, 0, enumcs=16),
        ColourSpecification(2, -1, 1, profile=b"ICC profile"),
        ColourSpecification(5, 0, 0, cicp=(1, 13, 0, True)),
    )
    assert found.palette == Palette((7, 0x8B, 11), ((1, -2, 4095), (2, 3, 1)))
    assert found.mapping == (ChannelMapping(0, 1, 0), ChannelMapping(0, 1, 1), ChannelMapping(1, 0, 0))
    assert found.channels == (ChannelDefinition(0, 0, 1), ChannelDefinition(1, 1, 0))
    assert found.resolution == Resolution((30000.0, 7.5), (1.0, 1.0))


def test_other_boxes_are_kept_as_places() -> None:
    data = SIGNATURE + JP2 + box("xml ", b"<a/>") + box("jp2h", IHDR) + box("uuid", b"x" * 20, extended=True) + JP2C
    found = find_codestream(data)
    (xml,) = boxes_of_kind(found.boxes, "xml ")
    (uuid,) = boxes_of_kind(found.boxes, "uuid")
    assert data[xml.payload_start : xml.stop] == b"<a/>"
    assert data[uuid.payload_start : uuid.stop] == b"x" * 20
    assert uuid.payload_start - uuid.start == 16
    assert data[found.start : found.stop] == CODESTREAM


@pytest.mark.parametrize("last", [box("jp2c", CODESTREAM, length=0), box("jp2c", CODESTREAM, extended=True)])
def test_open_and_long_boxes(last: bytes) -> None:
    data = SIGNATURE + JP2 + box("jp2h", IHDR) + last
    found = find_codestream(data)
    assert data[found.start : found.stop] == CODESTREAM


NOTED = {
    "cut codestream": (file()[:-3], "ends early"),
    "trailing bytes": (file() + b"\x00\x00", "behind the codestream"),
    "trailing box that is cut": (file() + box("xml ", b"", length=100), "behind the codestream"),
    "no ftyp": (SIGNATURE + box("jp2h", IHDR) + JP2C, "ftyp"),
    "no jp2h": (SIGNATURE + JP2 + JP2C, "ihdr"),
    "two ihdr": (file(IHDR), "second"),
}


@pytest.mark.parametrize(("data", "note"), NOTED.values(), ids=NOTED)
def test_oddities_are_noted(data: bytes, note: str) -> None:
    found = find_codestream(data)
    assert CODESTREAM.startswith(data[found.start : found.stop])
    assert len(found.notes) == 1
    assert note in found.notes[0]


WRONG = {
    "another format": b"\xff\xd8\xff\xe0 JFIF",
    "signature payload": b"\x00\x00\x00\x0cjP  \x0d\x0a\x87\x0d" + JP2 + JP2C,
    "no codestream": SIGNATURE + JP2 + box("jp2h", IHDR),
    "length of 7": SIGNATURE + box("ftyp", b"", length=7) + JP2C,
    "box beyond the file": SIGNATURE + box("ftyp", b"jp2 ", length=1000),
    "box beyond jp2h": file(box("colr", "01", length=100)),
    "ftyp of 4 bytes": SIGNATURE + box("ftyp", b"jp2 ") + JP2C,
    "ihdr of 13 bytes": SIGNATURE + JP2 + box("jp2h", box("ihdr", "00000009 00000011 0003 07 07 00")) + JP2C,
    "no rows": SIGNATURE + JP2 + box("jp2h", box("ihdr", "00000000 00000011 0003 07 07 00 00")) + JP2C,
    "colr of 2 bytes": file(box("colr", "0100")),
    "palette too short": file(box("pclr", "0002 01 07 00")),
    "palette of 1025": file(box("pclr", "0401 01 07" + "00" * 1025)),
    "half a mapping": file(box("cmap", "0000 01")),
    "mapping of 16,385 channels": file(box("cmap", bytes(4 * 16385))),
    "depths of 16,385 components": file(box("bpcc", bytes(16385))),
    "mapping type 2": file(box("cmap", "0000 02 00")),
    "half a channel": file(box("cdef", "0001 0000")),
    "denominator of 0": file(box("res ", box("resc", "012C 0000 0096 0002 02 FF"))),
}


@pytest.mark.parametrize("data", WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_refused(data: bytes) -> None:
    with pytest.raises(CodestreamError):
        find_codestream(data)


def test_every_cut_gives_an_error_or_part_of_the_codestream() -> None:
    data = file(COLR)
    start = find_codestream(data).start
    for length in range(start):
        with pytest.raises(TruncatedError):
            find_codestream(data[:length])
    for length in range(start, len(data)):
        assert (find_codestream(data[:length]).start, find_codestream(data[:length]).stop) == (start, length)
