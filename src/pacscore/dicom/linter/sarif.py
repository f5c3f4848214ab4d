"""Findings as SARIF, the form that code-quality pipelines read.

Source: OASIS Static Analysis Results Interchange Format 2.1.0, 3.13 (log), 3.14 (run), 3.27 (result), 3.49 (rules).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any

from pacscore.dicom.linter.finding import Finding
from pacscore.dicom.linter.registry import RULES
from pacscore.dicom.linter.rule import Rule

__all__ = ["to_sarif"]

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def to_sarif(findings: Mapping[str, Iterable[Finding]], *, version: str = "") -> dict[str, Any]:
    """Return a SARIF log of one run, to be written as JSON.

    Parameters
    ----------
    findings : mapping of str to findings
        By the path of the file.
    version : str
        Of pacscore.
    """
    numbers = {rule: index for index, rule in enumerate(RULES)}
    driver: dict[str, Any] = {"name": "pacscore lint", "rules": [_rule(rule) for rule in RULES.values()]}
    if version:
        driver["version"] = version
    results = [_result(path, finding, numbers[finding.rule]) for path, found in findings.items() for finding in found]
    artifacts = [{"location": {"uri": _uri(path)}} for path in findings]
    run = {"tool": {"driver": driver}, "artifacts": artifacts, "results": results}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, Any]:
    mend = f" Mended by --fix: {rule.mend}" if rule.mend else ""
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.title} ({rule.clause})"},
        "help": {"text": f"{rule.why}{mend}"},
        "defaultConfiguration": {"level": rule.severity},
        "properties": {"clause": rule.clause, "mend": rule.mend},
    }


def _result(path: str, finding: Finding, number: int) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(path)}}
    if finding.offset is not None:
        physical["region"] = {"byteOffset": finding.offset, "byteLength": 0}
    location: dict[str, Any] = {"physicalLocation": physical}
    names = [finding.tag, None if finding.frame is None else f"frame {finding.frame}"]
    logical = [
        {"fullyQualifiedName": name, "kind": "element" if name == finding.tag else "frame"} for name in names if name
    ]
    if logical:
        location["logicalLocations"] = logical
    return {
        "ruleId": finding.rule,
        "ruleIndex": number,
        "level": finding.severity,
        "message": {"text": f"{RULES[finding.rule].title}: {finding.what}"},
        "locations": [location],
        "properties": {"clause": finding.clause, "fixable": finding.fixable, "frames": finding.frames},
    }


def _uri(path: str) -> str:
    """Return a path as a URI, relative where it is."""
    from urllib.parse import quote  # noqa: PLC0415 - only where a log is made

    pure = PurePath(path)
    return pure.as_uri() if pure.is_absolute() else quote(pure.as_posix())
