"""Every rule finds the fault that is seeded for it, and mends it where it says so."""

from __future__ import annotations

import io
import json

import numpy as np
import pydicom
import pytest
from pydicom.uid import ExplicitVRBigEndian

import pacscore as pc
from dicom import linter_objects as of
from dicom import seeded_attributes, seeded_codestreams, seeded_items
from dicom.seeding import FAULTS
from pacscore.cli.syntaxes import KEYWORDS
from pacscore.dicom.linter import RULES, fix, lint, to_sarif
from pacscore.dicom.linter.mends import MENDS
from pacscore.source import MemoryReader

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # pydicom's, about what is wrong in these files

LOSSY = {"PAC102", "PAC201", "PAC205", "PAC212", "PAC501", "PAC503", "PAC507"}
"""Seeded in frames of DCT or the 9-7 filter: decoders differ by one, where rounding is theirs to choose."""

SOUND = {
    "native": lambda: of.part10(of.described(of.GREY), of.EXPLICIT, of.native(of.words(of.GREY))),
    "signed": lambda: of.part10(of.described(of.SIGNED), of.EXPLICIT, of.native(of.words(of.SIGNED))),
    "masked": lambda: of.part10(of.described(of.SIGNED), of.EXPLICIT, of.native(of.words(of.SIGNED & 0xFFF))),
    "colour": lambda: of.part10(of.described(of.COLOUR), of.EXPLICIT, of.native(of.words(of.COLOUR), b"OB")),
    "palette": lambda: seeded_attributes.plain(seeded_attributes.palette(), of.SMOOTH),
    "90": lambda: of.grey_object(of.J2K_LOSSLESS, of.coded(of.GREY, of.J2K_LOSSLESS)),
    "201": lambda: of.grey_object(of.HT_LOSSLESS, of.coded(of.GREY, of.HT_LOSSLESS)),
    "202": lambda: of.grey_object(of.RPCL, of.coded(of.GREY, of.RPCL)),
    "202 large": lambda: of.part10(of.described(of.LARGE), of.RPCL, of.encapsulated(of.coded(of.LARGE, of.RPCL))),
    "RLE": lambda: of.grey_object(of.RLE, seeded_codestreams.rle(of.GREY)),
    "70": lambda: of.grey_object(of.SV1, of.jpegs(of.GREY, lossless=True, predictor=1, bitspersample=12)),
    "extended table": lambda: seeded_items.with_table(
        b"",
        ExtendedOffsetTable=seeded_items.extended(*seeded_items.RIGHT),
        ExtendedOffsetTableLengths=seeded_items.extended(*seeded_items.LENGTHS),
    ),
}


def junk():
    return FAULTS["PAC414 junk above bits stored"].make()[0]


@pytest.fixture(params=FAULTS, ids=lambda name: name.replace(" ", "-"))
def fault(request):
    return FAULTS[request.param]


def test_a_seeded_fault_is_found_by_its_rule(fault):
    data, expected = fault.make()
    found = [finding for finding in lint(data) if finding.rule == fault.rule]
    assert found
    assert found[0].severity == RULES[fault.rule].severity
    assert found[0].fixable == (expected is not None)


def test_a_seeded_fault_is_mended_where_the_rule_says_so(fault, tmp_path, read_by_others):
    data, expected = fault.make()
    copy = tmp_path / "copy.dcm"
    report = fix(data, copy)
    if expected is None:
        assert fault.rule not in {finding.rule for finding in report.mended}
        assert fault.rule in {finding.rule for finding in report.left}
        return
    assert fault.rule in {finding.rule for finding in report.mended}
    assert fault.rule not in {finding.rule for finding in lint(copy)}
    assert not [finding for finding in report.left if finding.fixable]
    with pc.open(copy) as frames:
        stack = np.stack([np.asarray(frame) for frame in frames])
    assert np.abs(stack.astype(np.int64) - expected).max() <= (1 if fault.rule in LOSSY else 0)
    if fault.rule not in LOSSY | {"PAC214"}:  # pydicom does not know JPEG XL
        assert np.array_equal(np.asarray(read_by_others(copy)).reshape(expected.shape), expected)


def test_every_rule_has_a_seeded_fault():
    assert sorted({fault.rule for fault in FAULTS.values()}) == sorted(RULES)


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_object_raises_no_alarm(name):
    assert lint(SOUND[name]()) == []


@pytest.mark.parametrize("syntax", [uid for uid in KEYWORDS.values() if not uid.endswith((".55", ".53"))])
def test_what_is_transcoded_raises_no_alarm(tmp_path, example, made, syntax):
    for name in ("signed 12 of 16", "RGB by plane", "YBR_FULL", "one bit", "8 of 16"):
        stack, options = example(name)
        try:
            pc.transcode(made(stack, **options), tmp_path / "copy.dcm", syntax, verify=False, overwrite=True)
        except (pc.UnsupportedError, pc.OptionError):
            continue  # the syntax cannot hold such pixels
        assert lint(tmp_path / "copy.dcm") == [], name


def test_what_can_be_mended_is_said_and_done_by_the_same_rules():
    assert set(MENDS) == {rule.id for rule in RULES.values() if rule.mend}


def test_one_finding_stands_for_all_frames():
    data, _ = FAULTS["PAC103 ht in 90"].make()
    (finding,) = lint(data)
    assert (finding.frame, finding.frames) == (0, 3)
    assert data[finding.offset : finding.offset + 4] == b"\xff\x4f\xff\x51"


@pytest.mark.parametrize("form", ["path", "bytes", "file", "reader", "data set"])
def test_any_source_has_the_same_findings(tmp_path, form):
    data = junk()
    (tmp_path / "junk.dcm").write_bytes(data)
    source = {
        "path": tmp_path / "junk.dcm",
        "bytes": data,
        "file": io.BytesIO(data),
        "reader": MemoryReader(data),
        "data set": pydicom.dcmread(io.BytesIO(data)),
    }[form]
    assert [finding.rule for finding in lint(source)] == ["PAC414"]
    assert fix(source, tmp_path / "copy.dcm").frames_compared == 3


def test_errors_come_first():
    data = of.grey_object(of.J2K_LOSSLESS, of.coded(of.GREY, of.HT_LOSSLESS), HighBit=12, PlanarConfiguration=0)
    assert [finding.severity for finding in lint(data)] == ["error", "error", "note"]


def test_several_faults_are_mended_together(tmp_path):
    frames = [frame + b"junk" for frame in of.coded(of.COLOUR, of.HT_LOSSLESS)]
    ds = of.described(of.COLOUR, PlanarConfiguration=1, HighBit=7)
    data = of.part10(ds, of.J2K_LOSSLESS, of.encapsulated(frames, table=b"\x01\0\0\0", delimiter=b""))
    report = fix(data, tmp_path / "copy.dcm")
    assert {finding.rule for finding in report.mended} == {"PAC103", "PAC113", "PAC118", "PAC304", "PAC321", "PAC408"}
    assert report.left == ()
    assert lint(tmp_path / "copy.dcm") == []
    assert np.array_equal(pc.open(tmp_path / "copy.dcm")[0], of.COLOUR[0])
    assert report.transfer_syntax_after == of.HT_LOSSLESS
    assert "(0028,0004) Photometric Interpretation: RGB -> YBR_RCT" in report.changes


def test_the_copy_keeps_its_identity_and_all_else(tmp_path):
    data = junk()
    fix(data, tmp_path / "copy.dcm")
    before, after = pydicom.dcmread(io.BytesIO(data)), pydicom.dcmread(tmp_path / "copy.dcm")
    assert after.SOPInstanceUID == after.file_meta.MediaStorageSOPInstanceUID == before.SOPInstanceUID
    del before.PixelData, after.PixelData
    assert before == after


def test_text_behind_the_pixels_does_not_become_an_element(tmp_path):
    data, _ = FAULTS["PAC012 text behind pixel data"].make()
    fix(data, tmp_path / "copy.dcm")
    copy = pydicom.dcmread(tmp_path / "copy.dcm")
    sound = pydicom.dcmread(io.BytesIO(SOUND["native"]()))
    assert list(copy.keys()) == list(sound.keys())


def test_elements_behind_the_pixels_stay(tmp_path):
    padding = b"\xfc\xff\xfc\xffOB\0\0\4\0\0\0pads"
    data = of.part10(of.described(of.GREY), of.EXPLICIT, of.native(of.words(of.GREY | 0xA000)), behind=padding)
    assert [finding.rule for finding in lint(data)] == ["PAC414"]
    fix(data, tmp_path / "copy.dcm")
    assert pydicom.dcmread(tmp_path / "copy.dcm").DataSetTrailingPadding == b"pads"


def test_coded_data_is_not_touched(tmp_path):
    frames = of.coded(of.GREY, of.HT_LOSSLESS)
    fix(of.grey_object(of.J2K_LOSSLESS, [frame + b"junk" for frame in frames]), tmp_path / "copy.dcm")
    with pc.open(tmp_path / "copy.dcm") as copy:
        assert [copy.encoded(index) for index in range(3)] == frames


def test_what_is_ignored_is_not_mended(tmp_path):
    data = of.grey_object(of.J2K_LOSSLESS, of.coded(of.GREY, of.HT_LOSSLESS), PlanarConfiguration=0)
    report = fix(data, tmp_path / "copy.dcm", ignore={"PAC407"})
    assert [finding.rule for finding in report.mended] == ["PAC103"]
    assert [finding.rule for finding in report.left] == ["PAC407"]
    assert fix(data, tmp_path / "other.dcm", ignore={"PAC103", "PAC407"}).destination is None


def test_nothing_is_written_where_nothing_can_be_mended(tmp_path):
    report = fix(SOUND["native"](), tmp_path / "copy.dcm")
    assert report.destination is None
    assert report.mended == report.left == ()
    assert list(tmp_path.iterdir()) == []


def test_what_is_cut_short_is_not_made_to_look_whole(tmp_path):
    data = of.grey_object(of.J2K_LOSSLESS, of.coded(of.GREY, of.HT_LOSSLESS))[:-500]
    found = lint(data)
    assert {"PAC103", "PAC306"} <= {finding.rule for finding in found}
    assert not any(finding.fixable for finding in found)
    assert fix(data, tmp_path / "copy.dcm").destination is None


def test_what_is_not_written_is_not_said_to_be_mended(tmp_path, made, saved):
    ds = made(of.GREY, bits=12, syntax=ExplicitVRBigEndian)
    ds.PixelData = (of.GREY | 0xA000).astype(">u2").tobytes()
    (finding,) = lint(saved(ds, tmp_path / "big.dcm"))
    assert (finding.rule, finding.fixable) == ("PAC414", False)
    assert fix(tmp_path / "big.dcm", tmp_path / "copy.dcm").destination is None


def test_a_file_is_replaced_only_on_request(tmp_path):
    path = tmp_path / "junk.dcm"
    path.write_bytes(junk())
    with pytest.raises(FileExistsError):
        fix(path, path)
    assert path.read_bytes() == junk()
    fix(path, path, overwrite=True)
    assert lint(path) == []
    assert list(tmp_path.iterdir()) == [path]


def test_a_copy_with_other_pixels_is_thrown_away(tmp_path, monkeypatch):
    def spoil(draft):
        draft.editor.set("PixelRepresentation", 0)
        draft.clean_cells = True

    monkeypatch.setitem(MENDS, "PAC414", spoil)
    data, _ = FAULTS["PAC414 junk above signed samples"].make()
    with pytest.raises(pc.VerificationError, match="other pixels"):
        fix(data, tmp_path / "copy.dcm")
    assert list(tmp_path.iterdir()) == []


def test_an_overlay_in_unused_bits_is_not_wiped_out(tmp_path):
    data, _ = FAULTS["PAC701 an overlay in unused bits"].make()
    wrong = data.replace(b"1.2.3.4", b"1.2.3.5", 1)
    report = fix(wrong, tmp_path / "copy.dcm")
    assert {finding.rule for finding in report.mended} == {"PAC006"}
    assert pydicom.dcmread(tmp_path / "copy.dcm").PixelData == of.words(of.GREY | 0x1000)


def test_codecs_of_others_may_compare_in_a_child_process(tmp_path):
    data, _ = FAULTS["PAC202 predictor 6 in 70"].make()
    assert fix(data, tmp_path / "copy.dcm", isolate=True).frames_compared == 1


def test_a_missing_file_is_the_operating_systems(tmp_path):
    with pytest.raises(FileNotFoundError):
        lint(tmp_path / "none.dcm")


def test_reports_turn_into_json(tmp_path):
    (finding,) = lint(junk())
    told = json.loads(finding.to_json())
    assert told["schema"] == 1
    assert (told["rule"], told["severity"], told["tag"], told["fixable"]) == ("PAC414", "warning", "(7FE0,0010)", True)
    report = json.loads(fix(junk(), tmp_path / "copy.dcm").to_json())
    assert report["schema"] == 1
    assert report["mended"] == [{key: value for key, value in told.items() if key != "schema"}]
    assert (report["left"], report["frames"], report["frames_compared"]) == ([], 3, 3)


def test_sarif_has_what_its_schema_asks_for():
    """The required properties of sarifLog, run, tool, reportingDescriptor, result and location, SARIF 2.1.0."""
    data, _ = FAULTS["PAC102 filter 9 7 in 90"].make()
    log = json.loads(json.dumps(to_sarif({"a b/scan.dcm": lint(data), "/sound.dcm": []}, version="1")))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"]
    assert {rule["id"] for rule in driver["rules"]} == set(RULES)
    for rule in driver["rules"]:
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["help"]["text"]
    assert [artifact["location"]["uri"] for artifact in run["artifacts"]] == ["a%20b/scan.dcm", "file:///sound.dcm"]
    assert [result["ruleId"] for result in run["results"]] == ["PAC102", "PAC501"]
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] == "error"
        assert result["message"]["text"]
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"]["uri"] == "a%20b/scan.dcm"
        assert location["physicalLocation"]["region"]["byteOffset"] > 0
        assert all(place["fullyQualifiedName"] for place in location["logicalLocations"])
