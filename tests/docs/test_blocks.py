"""Every block of code in README and docs runs, or says why not.

A page is one story: its ``python`` and ``console`` blocks run in order, in one folder that holds the files named in
``FILES``. A console block is compared with what the command prints (``...`` stands for anything). A block that does not
run comes after a comment ``<!-- not run: the reason -->``.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import pacscore

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>[\w{}:-]*)[^\n]*\n(?P<code>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL
)
REASON = re.compile(r"<!-- not run: [^>]{8,} -->\s*\Z")
FILES = {"ct.dcm": "ct", "color.dcm": "rgb_color", "cine.dcm": "ybr_color", "palette.dcm": "palette_color"}


class Block(NamedTuple):
    """A fenced block that is to be run."""

    language: str
    code: str
    line: int


def blocks_of(text: str) -> list[Block]:
    """Return the blocks of a page that are to be run, in order."""
    found = []
    for match in FENCE.finditer(text):
        runs = match["language"] in ("python", "console", "pycon", "sh", "bash", "shell")
        if runs and not REASON.search(text[: match.start()]):
            code = re.sub(f"^{match['indent']}", "", match["code"], flags=re.MULTILINE)
            found.append(Block(match["language"], code, text.count("\n", 0, match.start()) + 2))
    return found


def run_python(block: Block, page: Path, names: dict[str, Any]) -> None:
    """Run a block of Python in the names of its page."""
    code = compile("\n" * (block.line - 1) + block.code, str(page), "exec")
    with contextlib.redirect_stdout(io.StringIO()):
        exec(code, names)


def run_console(block: Block, page: Path) -> None:
    """Run each command of a console block and compare what it prints."""
    for part in re.split(r"^\$ ", block.code, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        assert shlex.split(command)
        ran = subprocess.run(command, shell=True, capture_output=True, text=True, check=False, timeout=120)
        printed = ran.stdout + ran.stderr
        same = doctest.OutputChecker().check_output(
            expected.rstrip("\n") + "\n", printed.rstrip("\n") + "\n", doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        )
        assert same or (not expected.strip() and ran.returncode == 0), f"{page}: $ {command}\n{printed}"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a working folder with the files that the pages speak of, and the command on the path."""
    from pydicom import examples

    for name, example in FILES.items():
        shutil.copy(examples.get_path(example), tmp_path / name)
    command = tmp_path / "bin" / "pacscore"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m pacscore "$@"\n')
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{command.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(Path(pacscore.__file__).parents[1]))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_block_of_a_page_runs(page: Path, desk: Path) -> None:
    names: dict[str, Any] = {"__name__": "__page__"}
    for block in blocks_of(page.read_text()):
        if block.language == "console":
            run_console(block, page)
        else:
            assert block.language == "python", f"{page}:{block.line}: write it as python or console, so that it runs"
            run_python(block, page, names)
    assert desk.exists()


def test_a_block_that_fails_is_found(desk: Path) -> None:
    page = "text\n\n```python\nassert False\n```\n\n```console\n$ echo one\ntwo\n```\n"
    python, console = blocks_of(page)
    with pytest.raises(AssertionError):
        run_python(python, desk / "page.md", {})
    with pytest.raises(AssertionError):
        run_console(console, desk / "page.md")


def test_a_block_is_left_out_only_for_a_reason() -> None:
    assert not blocks_of("<!-- not run: it needs a scanner -->\n\n```python\nx\n```\n")
    assert len(blocks_of("<!-- not run: -->\n```python\nx\n```\n")) == 1


def test_the_readme_shows_ten_lines_of_use() -> None:
    python = [block for block in blocks_of((ROOT / "README.md").read_text()) if block.language == "python"]
    assert sum(bool(line.strip()) for block in python for line in block.code.splitlines()) >= 10
