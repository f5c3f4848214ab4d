"""Marker segments and boxes as Glymur's parser sees them: same places, same fields, on every stream."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pytest

from pacscore.j2k.boxes.reader import find_codestream
from pacscore.j2k.codestream.headers import Codestream
from pacscore.j2k.codestream.reader import read_codestream
from pacscore.j2k.codestream.segments import Coc, Cod, Com, Poc, Qcc, Qcd, Rgn, Segment, Siz, Sot, Tlm
from pacscore.j2k.codestream.writer import write_main_header, write_segment

glymur = pytest.importorskip("glymur")

DATA = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
STREAMS = sorted(path for room in ("j2k", "htj2k") for path in DATA.glob(f"{room}/*/*.j[2ph]*"))

pytestmark = pytest.mark.skipif(not STREAMS, reason=f"no test data in {DATA}: set PACSCORE_TEST_DATA")


def name_of(path: Path) -> str:
    return path.name


def read(path: Path) -> tuple[bytes, Codestream]:
    data = path.read_bytes()
    wrapper = find_codestream(data)
    return data, read_codestream(data, wrapper.start, wrapper.stop)


def placed_segments(codestream: Codestream) -> list[tuple[int, Segment]]:
    """Return each segment with its offset, by adding up the lengths that the writer gives them."""
    csiz = codestream.main.siz.csiz
    placed: list[tuple[int, Segment]] = []
    runs: list[tuple[int, tuple[Segment, ...]]] = [(codestream.start + 2, codestream.main.segments)]
    runs += [(part.offset, (part.sot, *part.segments)) for part in codestream.tile_parts]
    for start, segments in runs:
        position = start
        for segment in segments:
            placed.append((position, segment))
            position += len(write_segment(segment, csiz))
    return placed


def seen_by_glymur(path: Path, start: int) -> list[object]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with path.open("rb") as stream:
            stream.seek(start)
            found = glymur.codestream.Codestream(stream, path.stat().st_size - start, header_only=False)
    return [segment for segment in found.segment if segment.marker_id not in ("SOC", "SOD", "SOP", "EPH", "EOC")]


@pytest.mark.parametrize("path", STREAMS, ids=name_of)
def test_the_same_segments_at_the_same_places(path: Path) -> None:
    _, codestream = read(path)
    theirs = seen_by_glymur(path, codestream.start)
    ours = placed_segments(codestream)
    assert (codestream.damages, codestream.notes) == ((), ())
    assert [offset for offset, _ in ours] == sorted(int(segment.offset) for segment in theirs)
    by_offset = {int(segment.offset): segment for segment in theirs}
    for offset, segment in ours:
        check_fields(segment, by_offset[offset])


@pytest.mark.parametrize("path", STREAMS, ids=name_of)
def test_the_same_header_is_written_back(path: Path) -> None:
    data, codestream = read(path)
    assert write_main_header(codestream.main) == data[codestream.start : codestream.main.stop]


@pytest.mark.parametrize("path", [path for path in STREAMS if path.suffix in (".jp2", ".jph")], ids=name_of)
def test_the_same_boxes(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = glymur.Jp2k(path).box
    inside = next(box for box in theirs if box.box_id == "jp2h").box
    ours = find_codestream(path.read_bytes())
    places = sorted((box.box_id, box.offset, box.length) for box in [*theirs, *inside])
    assert sorted((box.kind, box.start, box.stop - box.start) for box in ours.boxes) == places
    (header,) = (box for box in inside if box.box_id == "ihdr")
    assert ours.image_header is not None
    assert (ours.image_header.height, ours.image_header.width) == (header.height, header.width)
    colours = [(box.method, box.colorspace) for box in inside if box.box_id == "colr"]
    assert [(colour.meth, colour.enumcs) for colour in ours.colours] == colours
    for palette in (box for box in inside if box.box_id == "pclr"):
        assert ours.palette is not None
        assert [list(entry) for entry in ours.palette.entries] == palette.palette.tolist()


def check_fields(ours: Segment, theirs) -> None:
    check = CHECKS.get(type(ours))
    if check is None:
        assert theirs.length == len(write_segment(ours, 1)) - 2
    else:
        check(ours, theirs)


def check_siz(ours: Siz, theirs) -> None:
    precisions = tuple((component.precision, component.signed) for component in ours.components)
    assert precisions == tuple(zip(theirs.bitdepth, theirs.signed, strict=True))
    for field in ("rsiz", "xsiz", "ysiz", "xosiz", "yosiz", "xtsiz", "ytsiz", "xtosiz", "ytosiz"):
        assert getattr(ours, field) == getattr(theirs, field)
    assert tuple(component.xrsiz for component in ours.components) == tuple(theirs.xrsiz)
    assert tuple(component.yrsiz for component in ours.components) == tuple(theirs.yrsiz)


def check_cod(ours: Cod, theirs) -> None:
    fields = (ours.scod, ours.sgcod_progression, ours.sgcod_layers, ours.sgcod_mct)
    assert fields == (theirs.scod, theirs.prog_order, theirs.layers, theirs.mct)
    style = ours.spcod
    assert (1 << style.ycb, 1 << style.xcb) == tuple(theirs.code_block_size)
    spcod = (style.decomposition_levels, style.style, style.transform)
    assert spcod == (theirs.num_res, theirs.cstyle, theirs.xform)
    if ours.scod & 1:
        # Glymur computes 2^PP in eight bits
        sizes = [((1 << ppx) % 256, (1 << ppy) % 256) for ppx, ppy in style.precincts]
        assert sizes == [tuple(map(int, size)) for size in theirs.precinct_size]


def check_coc(ours: Coc, theirs) -> None:
    style = ours.spcoc
    assert (ours.ccoc, ours.scoc) == (theirs.ccoc, theirs.scoc)
    spcoc = [style.decomposition_levels, style.xcb - 2, style.ycb - 2, style.style, style.transform]
    assert spcoc == list(map(int, theirs.spcoc[:5]))


def check_quantization(ours: Qcd | Qcc, theirs) -> None:
    quantization = ours.quantization if isinstance(ours, Qcc) else ours
    assert quantization.guard_bits == theirs.guard_bits
    if quantization.style != 1:
        levels = (len(quantization.spqcd) - 1) // 3
        bands = [quantization.exponent_mantissa(band, levels) for band in range(3 * levels + 1)]
        pairs = zip(map(int, theirs.exponent), map(int, theirs.mantissa), strict=True)
        assert bands == list(pairs)[: len(bands)]


def check_rgn(ours: Rgn, theirs) -> None:
    assert (ours.crgn, ours.sprgn) == (theirs.crgn, theirs.sprgn)


def check_poc(ours: Poc, theirs) -> None:
    starts = tuple((entry.rspoc, entry.cspoc, entry.lyepoc) for entry in ours.entries)
    assert starts == tuple(zip(theirs.rspod, theirs.cspod, theirs.lyepod, strict=True))
    stops = tuple((entry.repoc, entry.cepoc, entry.ppoc) for entry in ours.entries)
    assert stops == tuple(zip(theirs.repod, theirs.cdpod, theirs.ppod, strict=True))


def check_tlm(ours: Tlm, theirs) -> None:
    assert [length for _, length in ours.entries] == [int(length) for length in theirs.ptlm]


def check_com(ours: Com, theirs) -> None:
    assert (ours.rcom, ours.data) == (theirs.rcme, bytes(theirs.ccme))


def check_sot(ours: Sot, theirs) -> None:
    assert (ours.isot, ours.psot) == (theirs.isot, theirs.psot)
    assert (ours.tpsot, ours.tnsot) == (theirs.tpsot, theirs.tnsot)


CHECKS = {
    Siz: check_siz,
    Cod: check_cod,
    Coc: check_coc,
    Qcd: check_quantization,
    Qcc: check_quantization,
    Rgn: check_rgn,
    Poc: check_poc,
    Tlm: check_tlm,
    Com: check_com,
    Sot: check_sot,
}
