"""``pacscore lint``: what is wrong with the pixels of DICOM files, and copies in which it is mended."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pacscore
from pacscore.cli.console import Console
from pacscore.cli.findings import report_text, summary
from pacscore.cli.inputs import dicom_files, planned
from pacscore.dicom.linter import RULES, Finding, FixReport, fix, lint, to_sarif
from pacscore.errors import OptionError

__all__ = ["add_arguments", "run"]

DESCRIPTION = (
    "Say what is wrong with the pixels of DICOM files: codestream against transfer syntax and attributes,\n"
    "encapsulation, offset tables, native pixel data, lossy history, display attributes. Frames are not decoded."
)
EPILOG = """\
examples:
  pacscore lint scan.dcm                      what is wrong, errors first
  pacscore lint archive/ --ignore PAC008,PAC310
  pacscore lint scan.dcm --fix --output mended.dcm
  pacscore lint archive/ --fix --output mended/
  pacscore lint archive/ --sarif | tee lint.sarif

A folder stands for the DICOM files in it, at any depth; files of other kinds are passed over there.
--fix writes a copy of each file that has something to mend: everything is mended that can be without guessing, its
frames are proven to show the same pixels, and it says what it did and what is left. Labels are corrected; coded data
is not touched. Sound files are not copied.

exit status: 0 nothing of severity error is found (with --fix: is left), 1 something is, or a file cannot be read,
2 wrong use
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the subcommand takes."""
    parser.add_argument("inputs", nargs="+", type=Path, metavar="FILE", help="DICOM file, or folder of them")
    parser.add_argument("--fix", action="store_true", help="write corrected copies")
    parser.add_argument(
        "--output",
        "-o",
        type=Path,
        metavar="PATH",
        help="with --fix: folder for the copies; for one input file, a name that ends in .dcm is a file "
        "(default: NAME.fixed.dcm beside each file)",
    )
    parser.add_argument("--overwrite", action="store_true", help="with --fix: replace files that exist")
    parser.add_argument(
        "--ignore", metavar="RULES", default="", help="rules to pass over and not to mend, as in PAC008,PAC310"
    )
    parser.add_argument("--sarif", action="store_true", help="print a SARIF 2.1.0 log, for pipelines")


def run(arguments: argparse.Namespace, console: Console) -> None:
    """Lint every input, and go on where one fails."""
    with console.input("command line"):
        ignored = _ignored(arguments)
        files = dicom_files(arguments.inputs)
        targets = _targets(arguments, files)
        found: dict[str, list[Finding]] = {}
        counts: Counter[str] = Counter()
        with console.progress(len(files), "linting") as advance:
            for path in files:
                with console.input(path):
                    fixed = _fixed(path, targets[path], ignored, arguments.overwrite) if arguments.fix else None
                    left: Iterable[Finding] = lint(path) if fixed is None else fixed.left
                    found[str(path)] = findings = [finding for finding in left if finding.rule not in ignored]
                    counts.update(finding.severity for finding in findings)
                    counts["fixable"] += sum(finding.fixable for finding in findings)
                    if not arguments.sarif:
                        console.result(_facts(path, findings, fixed), report_text(str(path), findings, fixed))
                advance()
        if counts["error"]:
            console.bad_news()
        if arguments.sarif:
            json.dump(to_sarif(found, version=pacscore.__version__), sys.stdout, indent=2)
            sys.stdout.write("\n")
        elif not arguments.json:
            sys.stdout.write(summary(len(found), counts) + "\n")


def _ignored(arguments: argparse.Namespace) -> frozenset[str]:
    """Return the rules to pass over; refuse choices that contradict each other."""
    if arguments.sarif and arguments.json:
        raise OptionError("--json and --sarif: choose one")
    if not arguments.fix and (arguments.output is not None or arguments.overwrite):
        raise OptionError("--output and --overwrite are for --fix: nothing is written without it")
    ignored = frozenset(rule.strip().upper() for rule in arguments.ignore.split(",") if rule.strip())
    unknown = sorted(ignored - RULES.keys())
    if unknown:
        raise OptionError(f"--ignore: there is no rule {', '.join(unknown)}")
    return ignored


def _targets(arguments: argparse.Namespace, files: list[Path]) -> dict[Path, Path]:
    """Return where each file's copy goes; nothing where none is asked for."""
    if not arguments.fix:
        return {}
    if arguments.output is None:
        return {path: path.with_name(f"{path.stem}.fixed{path.suffix}") for path in files}
    return dict(planned(arguments.inputs, arguments.output))


def _fixed(path: Path, target: Path, ignored: frozenset[str], overwrite: bool) -> FixReport:
    target.parent.mkdir(parents=True, exist_ok=True)
    return fix(path, target, ignore=ignored, overwrite=overwrite)


def _facts(path: Path, findings: list[Finding], fixed: FixReport | None) -> dict[str, Any]:
    facts: dict[str, Any] = {"input": str(path), "findings": [finding.facts() for finding in findings]}
    return facts if fixed is None else {**facts, "fix": fixed.facts()}
