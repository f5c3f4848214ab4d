"""The tables of the reference say what the code says."""

from __future__ import annotations

import re
from pathlib import Path

import pacscore
from pacscore import errors
from pacscore.cli import SUBCOMMANDS
from pacscore.cli.syntaxes import keyword
from pacscore.codecs import codec_for, transfer_syntaxes
from tools_of_the_project import load_tool

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def rows_of_codecs() -> list[str]:
    """Return the rows that the table of transfer syntaxes must have."""
    rows = []
    for uid in sorted(transfer_syntaxes(), key=lambda uid: [int(part) for part in uid.split(".")]):
        codec = codec_for(uid)
        name = keyword(uid)
        words = "-" if name == uid else f"`{name}`"
        by = f"{codec.name}{', by imagecodecs' if codec.third_party else ''}"
        rows.append(f"| {uid} | {words} | {'yes' if uid in codec.encodes else 'no'} | {by} |")
    return rows


def test_the_table_of_transfer_syntaxes() -> None:
    page = (REFERENCE / "transfer-syntaxes.md").read_text()
    assert re.findall(r"^\| 1\.2.*\|$", page, re.MULTILINE) == rows_of_codecs()


def test_every_public_name_is_in_the_reference() -> None:
    pages = "".join(page.read_text() for page in REFERENCE.glob("*.md"))
    assert [name for name in pacscore.__all__ if not re.search(rf"(:: |\.){name}\b", pages)] == []


def test_the_tree_of_errors_is_drawn_whole() -> None:
    page = (REFERENCE / "errors.md").read_text()
    drawn = page.split("```")[1]
    assert set(re.findall(r"^ *(\w+Error)\b", drawn, re.MULTILINE)) == set(errors.__all__)


def test_every_subcommand_has_its_part() -> None:
    page = (REFERENCE / "command-line.md").read_text()
    assert [name for name in SUBCOMMANDS if f"\n## {name}\n" not in page] == []


def test_the_table_of_what_transfer_syntaxes_hold_is_current() -> None:
    tool = load_tool("make_syntax_table")
    assert tool.page_with(tool.table()) == tool.PAGE.read_text()
