"""Write the linter's pages of the reference: every rule, and why each alarm over real files is right.

``python tools/make_lint_pages.py`` needs the test data (PACSCORE_TEST_DATA); the page of the rules does not.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections import defaultdict
from fnmatch import fnmatch
from pathlib import Path

from pacscore.dicom.linter import RULES, Rule, lint
from pacscore.dicom.linter.registry import SUBJECTS

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("PACSCORE_TEST_DATA", ROOT.parent / "shared" / "data")) / "dicom"
RULES_PAGE = ROOT / "docs" / "reference" / "lint-rules.md"
ALARMS_PAGE = ROOT / "docs" / "reference" / "lint-alarms.md"
BEGIN, END = "<!-- made: begin -->\n", "<!-- made: end -->\n"

REASONS: dict[str, list[tuple[str, str]]] = {
    "PAC006": [
        ("*", "The two identifiers differ; dciodvfy says so too (MediaStorageSOPInstanceUID different)."),
    ],
    "PAC007": [("*", "The File Meta Information holds the Transfer Syntax UID alone, as dcmdump shows.")],
    "PAC008": [("*", "The group lengths are there, as dcmdump shows.")],
    "PAC009": [("*", "There is no DICM prefix at byte 128: the files begin with their first data element.")],
    "PAC010": [("*", "dciodvfy: implicit VR although explicit VR is announced.")],
    "PAC013": [
        ("nibabel/*", "Neither SOP Class UID nor SOP Instance UID is in the data set; dciodvfy says so too."),
        ("*", "There is no SOP Instance UID anywhere in the file."),
    ],
    "PAC108": [("*", "The frame begins with the signature box of a JP2 file.")],
    "PAC110": [("*", "Ssiz of the codestreams is 15, which stands for 16 bits; Bits Stored is 12.")],
    "PAC111": [("*", "The file was made to show just this: Ssiz says unsigned, Pixel Representation signed.")],
    "PAC113": [("*", "COD has SGcod 1, a component transform; the label is RGB.")],
    "PAC118": [("*", "The byte behind EOC is FFH; padding is 00H.")],
    "PAC204": [
        ("*", "The frame header says 16 bits, Bits Stored fewer; the process is lossless, so both could be alike.")
    ],
    "PAC208": [
        ("fo-dicom/*", "Several bytes that are no zeros follow the first EOI behind the scan, in all 96 frames."),
        ("*", "The byte behind EOI is FFH; padding is 00H."),
    ],
    "PAC212": [("*", "The sampling factors are 2x1, 1x1, 1x1.")],
    "PAC310": [("*", "There are more items than frames, as dcmdump shows.")],
    "PAC311": [("*", "The one frame of RLE lies in four items: the file was made to show this.")],
    "PAC314": [
        ("highdicom/*", "OB over cells of 16 bits; dciodvfy says so too (VR = OB, Bits Allocated = 16 exceeds 8)."),
        (
            "pydicom-data/SC_rgb*",
            "OB over cells of 16 or 32 bits; dciodvfy says so too, or ends in an assertion over it.",
        ),
        ("*", "Items under OW, as the raw element shows; some readers, dcmdump among them, show OB instead."),
    ],
    "PAC328": [("*", "The Basic Offset Table is empty, and there is no other.")],
    "PAC407": [("*", "Samples per Pixel is 1; dciodvfy says so too (present when condition unsatisfied).")],
    "PAC411": [("*", "The file was made to show this: 128 bytes of padding follow the frame.")],
    "PAC415": [
        ("nibabel/*", "All pixels are 0: they were blanked, the attribute stayed."),
        ("*", "pydicom's array goes from 127 to 2145; the attributes say 0 and 4000."),
    ],
    "PAC416": [("*", "The value has 35,659 bytes.")],
    "PAC417": [("*", "Pixel Padding Value 63536 is US; with signed pixels it is -2000 of SS.")],
    "PAC501": [
        ("fo-dicom/*", "Baseline JPEG; the loss is told in the retired (0008,2110) alone."),
        ("*", "NEAR of the JPEG-LS scans is above 0, and there is no Lossy Image Compression."),
    ],
    "PAC502": [("*", "There is a method, and no ratio.")],
    "PAC506": [("*", "Image Type begins with ORIGINAL, the coding is lossy: worth a look.")],
    "PAC507": [("*", "Lossy Image Compression is 01, and there is no ratio.")],
    "PAC617": [("*", "Two of three frames were cut out, their functional groups stayed; dciodvfy says so too.")],
    "PAC701": [("*", "Overlay Bit Position is above the sample, and there is no Overlay Data, as dcmdump shows.")],
}
"""Why alarms are right, by rule and file: the first pattern that fits."""


def rules_table() -> str:
    """Return all rules, a table for each subject."""
    parts = []
    for subject, rules in SUBJECTS.items():
        rows = "\n".join(_row(rule) for rule in rules)
        parts.append(
            f"## {subject}\n\n| rule | severity | what is wrong | what comes of it | clause | `--fix` |\n"
            f"| --- | --- | --- | --- | --- | --- |\n{rows}\n"
        )
    return "\n".join(parts)


def _row(rule: Rule) -> str:
    mend = rule.mend or "-"
    return f"| {rule.id} | {rule.severity} | {rule.title} | {rule.why} | {rule.clause} | {mend} |"


def alarms() -> dict[str, list[str]]:
    """Return the files that each rule raises an alarm over, by their path in the test data."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(DATA.rglob("*.dcm")):
        for rule in sorted({finding.rule for finding in lint(path)}):
            found[rule].append(path.relative_to(DATA).as_posix())
    return dict(sorted(found.items()))


def reason(rule: str, name: str) -> str:
    """Return why an alarm is right; KeyError where nobody has said it."""
    return next(why for pattern, why in [*REASONS.get(rule, []), ("*", "")] if fnmatch(name, pattern)) or _unsaid(
        rule, name
    )


def _unsaid(rule: str, name: str) -> str:
    raise KeyError(f"{rule} over {name}: say in REASONS why it is right, or mend the rule")


def alarms_table(found: dict[str, list[str]]) -> str:
    """Return the alarms by rule and reason."""
    files = len(list(DATA.rglob("*.dcm")))
    silent = files - len({name for names in found.values() for name in names})
    lines = [f"{files} files; {silent} of them raise no alarm.", ""]
    lines += ["| rule | severity | files | why it is right |", "| --- | --- | --- | --- |"]
    for rule, names in found.items():
        by_reason: dict[str, list[str]] = defaultdict(list)
        for name in names:
            by_reason[reason(rule, name)].append(name)
        for why, named in by_reason.items():
            told = ", ".join(f"`{name}`" for name in named)
            lines.append(f"| {rule} {RULES[rule].title} | {RULES[rule].severity} | {told} | {why} |")
    return "\n".join(lines) + "\n"


def page_with(page: Path, made: str) -> str:
    """Return a page with what is made in its place."""
    before, _, rest = page.read_text().partition(BEGIN)
    return before + BEGIN + made + END + rest.partition(END)[2]


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # pydicom's, about the files
    RULES_PAGE.write_text(page_with(RULES_PAGE, rules_table()))
    if DATA.exists():
        ALARMS_PAGE.write_text(page_with(ALARMS_PAGE, alarms_table(alarms())))
    else:
        sys.stderr.write(f"no test data in {DATA}: {ALARMS_PAGE.name} stays as it is\n")
