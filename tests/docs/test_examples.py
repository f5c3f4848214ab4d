"""Every numbered example runs, anywhere: it uses the files that pydicom ships."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import pacscore

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("[0-9][0-9]_*.py"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_example(example: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", str(example)]
    where = os.environ | {"PYTHONPATH": str(Path(pacscore.__file__).parents[1])}
    ran = subprocess.run(command, cwd=tmp_path, env=where, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip()
    assert "False" not in ran.stdout, ran.stdout


def test_the_examples_are_numbered_from_one() -> None:
    assert [int(path.name[:2]) for path in EXAMPLES] == list(range(1, len(EXAMPLES) + 1))
    assert EXAMPLES
