"""The linter: what is wrong with the pixels of an object, and a copy in which it is mended."""

from __future__ import annotations

from pacscore.dicom.linter.finding import Finding, Severity
from pacscore.dicom.linter.fix_report import FixReport
from pacscore.dicom.linter.fixing import fix
from pacscore.dicom.linter.linting import lint
from pacscore.dicom.linter.registry import RULES
from pacscore.dicom.linter.rule import Rule
from pacscore.dicom.linter.sarif import to_sarif

__all__ = ["RULES", "Finding", "FixReport", "Rule", "Severity", "fix", "lint", "to_sarif"]
