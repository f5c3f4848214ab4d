"""Recode every JPEG 2000 codestream of the test data, restore it, and print how large the recipes are.

    python tools/measure_recipes.py [--data FOLDER] [--folders j2k/conformance,dicom] [--markdown FILE]

Each is recoded to HTJ2K and to Part 1, and restored from what came out and the recipe. All frames of DICOM files count.
Ends with exit status 1 where the SHA-256 of what is restored is not the original's, or where the median of a recipe's
share of its codestream is 2 percent or more among the folders j2k and dicom.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pacscore

FOLDERS = (
    "j2k/conformance",
    "j2k/features",
    "j2k/derived",
    "htj2k/conformance",
    "htj2k/features",
    "htj2k/wg04",
    "dicom",
)
ARCHIVED = ("j2k/", "dicom")
"""Folders of what archives hold today; the others are of tests of HTJ2K."""
HT, PART_1 = "1.2.840.10008.1.2.4.203", "1.2.840.10008.1.2.4.91"
JPEG_2000 = tuple(f"1.2.840.10008.1.2.4.{number}" for number in (90, 91, 201, 202, 203))
MOST = 0.02
HEADINGS = (
    "folder",
    "recoded to",
    "streams",
    "restored",
    "median share",
    "90th percentile",
    "largest",
    "smallest, bytes",
)


class Outcome(NamedTuple):
    """What became of one codestream."""

    folder: str
    name: str
    target: str
    size: int
    recipe: int
    restored: bool

    @property
    def share(self) -> float:
        """The size of the recipe by that of the original."""
        return self.recipe / self.size


def streams(data: Path, folder: str) -> Iterator[tuple[str, bytes]]:
    """Yield the codestreams and files of one folder, and those inside DICOM files."""
    if folder != "dicom":
        for path in sorted((data / folder).glob("*.j*")):
            yield path.name, path.read_bytes()
        return
    for path in sorted((data / folder).rglob("*.dcm")):
        try:
            frames = pacscore.open(path)
        except pacscore.PacscoreError:
            continue
        if str(frames.transfer_syntax) in JPEG_2000:
            for index in range(len(frames)):
                yield f"{path.name}[{index}]", bytes(frames.encoded(index))


def outcome(folder: str, name: str, data: bytes, target: str) -> Outcome:
    """Recode and restore one codestream."""
    recoded = pacscore.recode(data, HT if target == "HTJ2K" else PART_1)
    restored = pacscore.restore(recoded.data, recoded.recipe)
    same = hashlib.sha256(restored).digest() == hashlib.sha256(data).digest()
    return Outcome(folder, name, target, len(data), len(recoded.recipe), same)


def row(folder: str, target: str, outcomes: list[Outcome]) -> list[str]:
    """Return a row of the table."""
    shares = sorted(each.share for each in outcomes)
    return [
        folder,
        target,
        str(len(outcomes)),
        str(sum(each.restored for each in outcomes)),
        f"{statistics.median(shares):.2%}",
        f"{shares[int(0.9 * len(shares))]:.2%}",
        f"{shares[-1]:.2%}",
        str(min(each.recipe for each in outcomes)),
    ]


def table(outcomes: list[Outcome]) -> list[list[str]]:
    """Return the rows: by folder and target, then of what archives hold and of all."""
    groups = {folder: {folder} for folder in dict.fromkeys(each.folder for each in outcomes)}
    groups |= {"j2k/*, dicom": {name for name in groups if name.startswith(ARCHIVED)}, "all": set(groups)}
    return [
        row(name, target, chosen)
        for name, folders in groups.items()
        for target in ("HTJ2K", "Part 1")
        if (chosen := [each for each in outcomes if each.folder in folders and each.target == target])
    ]


def markdown(rows: list[list[str]]) -> str:
    """Return the page for the docs."""
    lines = [
        "<!-- written by tools/measure_recipes.py -->",
        "",
        "| " + " | ".join(HEADINGS) + " |",
        "| " + " | ".join("---" for _ in HEADINGS) + " |",
        *("| " + " | ".join(cells) + " |" for cells in rows),
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    known = os.environ.get("PACSCORE_TEST_DATA", str(Path(__file__).parents[2] / "shared/data"))
    parser.add_argument("--data", type=Path, default=Path(known))
    parser.add_argument("--folders", default=",".join(FOLDERS))
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there, for the docs")
    options = parser.parse_args()
    outcomes = []
    for folder in options.folders.split(","):
        for name, data in streams(options.data, folder):
            for target in ("HTJ2K", "Part 1"):
                each = outcome(folder, name, data, target)
                print(f"{folder:18} {name:45} {target:7} {each.size:9,} {each.recipe:8,} {each.share:7.2%}", flush=True)
                outcomes.append(each)
    rows = table(outcomes)
    print(*("  ".join(f"{cell:>17}" for cell in cells) for cells in [list(HEADINGS), *rows]), sep="\n")
    if options.markdown:
        options.markdown.write_text(markdown(rows), encoding="utf-8")
    failed = [each for each in outcomes if not each.restored]
    print(*(f"NOT RESTORED: {each}" for each in failed), sep="\n", end="\n" if failed else "")
    archived = [each.share for each in outcomes if each.folder.startswith(ARCHIVED)]
    return 1 if failed or (archived and statistics.median(archived) >= MOST) else 0


if __name__ == "__main__":
    sys.exit(main())
