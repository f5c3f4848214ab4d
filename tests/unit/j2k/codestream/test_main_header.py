"""Main headers, written out byte by byte from Annex A: what is read, what is refused, what is put up with."""

from __future__ import annotations

import pytest

from pacscore.errors import CodestreamError, TruncatedError, UnsupportedError
from pacscore.j2k.codestream.reader import read_codestream, read_main_header
from pacscore.j2k.codestream.resolve import tile_coding
from pacscore.j2k.codestream.segments import Cap, Coc, Cod, CodingStyle, Com, Cpf, PocEntry, Prf, Qcc, Tlm, Unknown

SOC = "FF4F"
#          Lsiz Rsiz Xsiz     Ysiz     XOsiz    YOsiz    XTsiz    YTsiz    XTOsiz   YTOsiz   Csiz Ssiz XRsiz YRsiz
SIZ = "FF51 0029 0000 00000011 00000009 00000001 00000001 00000008 00000008 00000000 00000000 0001 0B0101"
SIZ3 = (
    "FF51 002F 0000 00000011 00000009 00000001 00000001 00000008 00000008 00000000 00000000 0003 070101 870101 070101"
)
COD = "FF52 000C 00 02 0001 00 01 04 04 00 01"
QCD = "FF5C 0007 40 40 48 48 50"
TAIL = "FF90 000A 0000 0000000E 00 01 FF93 FFD9"


def header(*segments: str) -> bytes:
    return bytes.fromhex(SOC + "".join(segments) + TAIL)


def changed(segment: str, old: str, new: str) -> str:
    assert segment.count(old) == 1
    return segment.replace(old, new)


def test_the_fields_of_a_small_header() -> None:
    main = read_main_header(header(SIZ, COD, QCD, "FF64 0007 0001 414243"))
    siz = main.siz
    assert (siz.xsiz, siz.ysiz, siz.xosiz, siz.yosiz, siz.xtsiz, siz.ytsiz) == (17, 9, 1, 1, 8, 8)
    assert (siz.tiles_wide, siz.tiles_high, siz.csiz) == (3, 2, 1)
    assert (siz.components[0].precision, siz.components[0].signed) == (12, False)
    assert main.cod == Cod(0, 2, 1, 0, CodingStyle(1, 6, 6, 0, 1, ((15, 15), (15, 15))))
    assert main.cod.spcod.reversible
    assert not main.cod.spcod.high_throughput
    assert (main.qcd.style, main.qcd.guard_bits) == (0, 2)
    assert [main.qcd.exponent_mantissa(band, 1) for band in range(4)] == [(8, 0), (9, 0), (9, 0), (10, 0)]
    assert [comment.text for comment in main.comments] == ["ABC"]
    assert main.stop == len(bytes.fromhex(SOC + SIZ + COD + QCD)) + 9
    assert (main.cap, main.poc, main.cocs, main.notes) == (None, None, {}, ())


def test_offsets_count_from_the_start_of_the_data() -> None:
    data = b"wrapped" + header(SIZ, COD, QCD)
    assert read_main_header(data, 7).stop == read_main_header(data[7:]).stop + 7
    with pytest.raises(CodestreamError, match="byte 52") as caught:
        read_main_header(b"wrapped" + header(SIZ, changed(COD, "0001", "0000"), QCD), 7)
    assert (caught.value.offset, caught.value.marker, caught.value.clause) == (52, "COD", "T.800 A.6.1")


def test_segments_of_single_components() -> None:
    main = read_main_header(
        header(SIZ3, COD, QCD, "FF53 000B 01 01 01 02 03 00 00 87 98", "FF5D 0006 02 21 4801", "FF5E 0005 00 00 07")
    )
    assert main.cocs == {1: Coc(1, 1, CodingStyle(1, 4, 5, 0, 0, ((7, 8), (8, 9))))}
    assert main.qccs == {2: Qcc(2, 0x21, (0x4801,))}
    assert main.rgns[0].sprgn == 7
    derived = main.qccs[2].quantization
    assert [derived.exponent_mantissa(band, 2) for band in range(7)] == [(9, 1)] * 4 + [(8, 1)] * 3


def test_other_segments() -> None:
    main = read_main_header(
        header(
            SIZ3,
            "FF50 0008 00020000 9805",
            "FF56 0004 0003",
            "FF59 0004 0002",
            COD,
            QCD,
            "FF5F 0010 00 00 0001 21 00 00 01 01 0005 FF FF 04",
            "FF55 000E 00 50 00 0000000E 01 00000010",
            "FF55 000A 01 00 000E 0010 0012",
            "FF30",
            "FF6F 0004 ABCD",
            "FF64 0002",
        )
    )
    assert main.cap == Cap(0x00020000, (0x9805,))
    assert main.cap.ccap15 == 0x9805
    assert Prf((3,)).number == 4098
    assert Cpf((2,)).number == 1
    assert main.poc is not None
    assert main.poc.entries == (PocEntry(0, 0, 1, 33, 0, 0), PocEntry(1, 1, 5, 255, 255, 4))
    assert main.tlms == (Tlm(0, 0x50, ((0, 14), (1, 16))), Tlm(1, 0, ((None, 14), (None, 16), (None, 18))))
    assert Unknown(0xFF30) in main.segments
    assert Unknown(0xFF6F, b"\xab\xcd") in main.segments
    assert Unknown(0xFF64, b"") in main.segments
    assert tile_coding(main, ()).poc == (PocEntry(0, 0, 1, 33, 3, 0), PocEntry(1, 1, 1, 33, 3, 4))


def test_cap_of_several_parts() -> None:
    assert Cap(0x80020001, (1, 2, 3)).ccap15 == 2
    assert Cap(0x80000000, (1,)).ccap15 is None


def test_component_indices_of_257_components_take_two_bytes() -> None:
    components = "070101" * 257
    siz = f"FF51 {38 + 3 * 257:04X}" + SIZ[9:-12] + "0101" + components
    main = read_main_header(header(siz, COD, QCD, "FF53 000A 0100 00 00 04 04 00 01", "FF5E 0006 00FF 00 03"))
    assert set(main.cocs) == {256}
    assert set(main.rgns) == {255}
    with pytest.raises(CodestreamError, match="component 257 of 257"):
        read_main_header(header(siz, COD, QCD, "FF5E 0006 0101 00 03"))


def test_binary_comments_have_no_text() -> None:
    assert Com(0, b"\x00\xff").text is None
    assert Com(1, b"\xa4").text == "\N{EURO SIGN}"


WRONG = {
    "no image": (changed(SIZ, "00000011", "00000001"), COD, QCD),
    "no tile": (SIZ.replace("00000008 00000008", "00000008 00000000"), COD, QCD),
    "tile behind the image": (SIZ.replace("00000000 00000000 0001 0B", "00000002 00000000 0001 0B"), COD, QCD),
    "tile before the image": (SIZ.replace("00000001 00000001", "00000009 00000001"), COD, QCD),
    "65536 tiles and more": (
        SIZ.replace("00000011 00000009", "00001001 00001001").replace("00000008 00000008", "00000004 00000004"),
        COD,
        QCD,
    ),
    "39 bits": (changed(SIZ, "0B0101", "260101"), COD, QCD),
    "spacing of 0": (changed(SIZ, "0B0101", "0B0100"), COD, QCD),
    "no component": (changed(SIZ, "0029", "0026").replace("0001 0B0101", "0000"), COD, QCD),
    "16385 components": (changed(SIZ, "0001 0B0101", "4001 0B0101"), COD, QCD),
    "Lsiz": (changed(SIZ, "0001 0B0101", "0002 0B0101"), COD, QCD),
    "SIZ not second": (COD, SIZ, QCD),
    "two SIZ": (SIZ, SIZ, COD, QCD),
    "no COD": (SIZ, QCD),
    "no QCD": (SIZ, COD),
    "progression 5": (SIZ, changed(COD, "02 0001", "05 0001"), QCD),
    "no layers": (SIZ, changed(COD, "0001", "0000"), QCD),
    "transform 2 of components": (SIZ3, changed(COD, "00 01 04", "02 01 04"), QCD),
    "components apart": (changed(SIZ3, "870101", "870201"), changed(COD, "00 01 04", "01 01 04"), QCD),
    "33 levels": (SIZ, changed(COD, "01 04 04", "21 04 04"), QCD),
    "2^11 columns": (SIZ, changed(COD, "04 04 00", "09 00 00"), QCD),
    "2^13 samples": (SIZ, changed(COD, "04 04 00", "04 05 00"), QCD),
    "style 0x80": (SIZ, changed(COD, "04 04 00", "04 04 80"), QCD),
    "transform 2": (SIZ, changed(COD, "04 04 00 01", "04 04 00 02"), QCD),
    "too few precincts": (SIZ, "FF52 000D 01 02 0001 00 01 04 04 00 01 FF", QCD),
    "precinct of 2^0": (SIZ, "FF52 000E 01 02 0001 00 01 04 04 00 01 FF F0", QCD),
    "Lcod": (SIZ, "FF52 000D 00 02 0001 00 01 04 04 00 01 00", QCD),
    "COD of length 2": (SIZ, "FF52 0002", QCD),
    "COC of no component": (SIZ, COD, QCD, "FF53 0009 01 00 00 04 04 00 01"),
    "QCC of no component": (SIZ, COD, QCD, "FF5D 0005 01 40 40"),
    "RGN of no component": (SIZ, COD, QCD, "FF5E 0005 01 00 07"),
    "quantization 3": (SIZ, COD, changed(QCD, "0007 40", "0007 43")),
    "half a step": (SIZ, COD, "FF5C 0006 42 4800 48"),
    "no step": (SIZ, COD, "FF5C 0003 40"),
    "POC of 5": (SIZ, COD, QCD, "FF5F 0009 00 00 0001 21 00 05"),
    "half a POC": (SIZ, COD, QCD, "FF5F 0008 00 00 0001 21 00"),
    "length 1": (SIZ, COD, QCD, "FF64 0001"),
    "no marker": (SIZ, COD, QCD, "0102"),
    "SOD in a main header": (SIZ, COD, QCD, "FF93"),
    "SOC again": (SIZ, SOC, COD, QCD),
    "PPM of length 2": (SIZ, COD, QCD, "FF60 0002"),
    "Lcap": (SIZ, "FF50 0006 00020000", COD, QCD),
}


@pytest.mark.parametrize("segments", WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_refused(segments: tuple[str, ...]) -> None:
    with pytest.raises(CodestreamError, match=r"T\.800|byte"):
        read_main_header(header(*segments))


PART_2 = {
    "Rsiz": (changed(SIZ, "0029 0000", "0029 8020"), COD, QCD),
    "MCT": (SIZ, COD, QCD, "FF74 0004 0000"),
    "RGN style": (SIZ, COD, QCD, "FF5E 0005 00 01 07"),
}


@pytest.mark.parametrize("segments", PART_2.values(), ids=PART_2)
def test_part_2_is_not_supported(segments: tuple[str, ...]) -> None:
    with pytest.raises(UnsupportedError):
        read_main_header(header(*segments))


ODD = {
    "transform of one component": ((SIZ, changed(COD, "00 01 04", "01 01 04"), QCD), "transform of three components"),
    "two COD": ((SIZ, COD, COD, QCD), "2 COD"),
    "HT without CAP": ((SIZ, changed(COD, "04 04 00", "04 04 40"), QCD), "without CAP"),
    "packet lengths": ((SIZ, COD, QCD, "FF58 0004 00 07"), "no place in a main header"),
    "TLM of half an entry": ((SIZ, COD, QCD, "FF55 0005 00 40 00"), "TLM"),
    "TLM of 3-byte indices": ((SIZ, COD, QCD, "FF55 0004 00 70"), "TLM"),
    "comment without kind": ((SIZ, COD, QCD, "FF64 0002"), "COM"),
}


@pytest.mark.parametrize(("segments", "note"), ODD.values(), ids=ODD)
def test_oddities_are_noted(segments: tuple[str, ...], note: str) -> None:
    main = read_main_header(header(*segments))
    assert len(main.notes) == 1
    assert note in main.notes[0]
    assert read_codestream(header(*segments)).notes[0] == main.notes[0]


def test_a_transform_needs_three_components() -> None:
    main = read_main_header(header(SIZ, changed(COD, "00 01 04", "01 01 04"), QCD))
    assert (main.cod.sgcod_mct, tile_coding(main, ()).mct) == (1, 0)


def test_every_cut_of_a_main_header_is_truncated() -> None:
    data = header(SIZ, COD, QCD, "FF30")
    stop = read_main_header(data).stop
    for length in range(stop + 2):
        with pytest.raises(TruncatedError):
            read_main_header(data[:length])
    assert read_main_header(data[: stop + 2]).segments == read_main_header(data).segments


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_any_bytes_will_do(kind: type) -> None:
    data = header(SIZ, COD, QCD)
    assert read_main_header(kind(data)) == read_main_header(data)
