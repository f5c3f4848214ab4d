"""Findings of the linter as text: a table in colours on a terminal, a line each elsewhere."""

from __future__ import annotations

import io
import shutil
import sys
from collections import Counter
from collections.abc import Sequence

from pacscore.dicom.linter import RULES, Finding, FixReport

__all__ = ["report_text", "summary"]

_COLOURS = {"error": "bold red", "warning": "yellow", "note": "cyan"}


def report_text(name: str, findings: Sequence[Finding], fixed: FixReport | None) -> str:
    """Return what is found in a file, and before it what was mended; nothing where all is well."""
    parts = [] if fixed is None else _mended(name, fixed)
    if sys.stdout.isatty() and findings:
        parts.append(_table(name, findings))
    else:
        parts += [_line(name, finding) for finding in findings]
    return "\n".join(parts)


def _line(name: str, finding: Finding) -> str:
    where = _where(finding)
    mend = " [--fix mends it]" if finding.fixable else ""
    place = f"{where}: " if where else ""
    title = RULES[finding.rule].title
    return f"{name}: {finding.severity} {finding.rule}: {place}{title}: {finding.what} ({finding.clause}){mend}"


def _where(finding: Finding) -> str:
    """Return the place of a finding in a few words."""
    frames = "" if finding.frame is None else f"frame {finding.frame}"
    if finding.frames > 1:
        frames += f" and {finding.frames - 1} more"
    return ", ".join(part for part in (finding.tag, frames) if part)


def _table(name: str, findings: Sequence[Finding]) -> str:
    """Return a table as wide as the terminal."""
    from rich.console import Console  # noqa: PLC0415 - only a terminal needs it
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(title=Text(name, style="bold"), title_justify="left", box=None, pad_edge=False, show_header=False)
    for column in ("rule", "severity", "where", "what"):
        table.add_column(column, no_wrap=column != "what", overflow="fold")
    for finding in findings:
        severity = Text(finding.severity, style=_COLOURS[finding.severity])
        what = Text.assemble((RULES[finding.rule].title, "bold"), f"\n{finding.what} ", (f"({finding.clause})", "dim"))
        if finding.fixable:
            what.append(" --fix mends it", "green")
        table.add_row(finding.rule, severity, Text(_where(finding)), what)
    stream = io.StringIO()
    width = shutil.get_terminal_size().columns
    Console(file=stream, width=width, force_terminal=True).print(table)
    return stream.getvalue()


def _mended(name: str, fixed: FixReport) -> list[str]:
    if fixed.destination is None:
        return [f"{name}: nothing to mend" if not fixed.left else f"{name}: nothing that could be mended"]
    rules = ", ".join(dict.fromkeys(finding.rule for finding in fixed.mended))
    proof = f"{fixed.frames_compared} of {fixed.frames} frames compared: the same pixels"
    lines = [f"{name} -> {fixed.destination}: mended {rules}; {proof}"]
    lines += [f"  {change}" for change in fixed.changes]
    lines += [f"  warning: {warning}" for warning in fixed.warnings]
    return lines


def summary(files: int, counts: Counter[str]) -> str:
    """Return how much was found in all files."""
    told = ", ".join(
        f"{counts[severity]} {severity}{'' if counts[severity] == 1 else 's'}"
        for severity in ("error", "warning", "note")
    )
    mend = f"; --fix mends {counts['fixable']}" if counts["fixable"] else ""
    return f"{files} file{'' if files == 1 else 's'}: {told}{mend}"
