"""Real files for the command: those that pydicom ships, and codestreams made of them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import examples

import pacscore
from pacscore.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs the command and returns its exit status, standard output and standard error."""

    def run(*words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main([str(word) for word in words])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


@pytest.fixture
def run_json(run: Run) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Return a function that runs the command with --json and returns its exit status and the document."""

    def run_json(*words: object) -> tuple[int, dict[str, Any]]:
        status, out, _ = run(*words, "--json")
        return status, json.loads(out)

    return run_json


@pytest.fixture
def ct(tmp_path: Path) -> Path:
    """Return a native signed CT slice."""
    return Path(shutil.copy(examples.get_path("ct"), tmp_path / "ct.dcm"))


@pytest.fixture
def cine(tmp_path: Path) -> Path:
    """Return 30 JPEG frames in colour."""
    return Path(shutil.copy(examples.get_path("ybr_color"), tmp_path / "cine.dcm"))


@pytest.fixture
def picture() -> np.ndarray:
    """Return 60 rows and 80 columns of 12-bit values."""
    rows, columns = np.mgrid[0:60, 0:80]
    return (rows * columns % 4096).astype(np.uint16)


@pytest.fixture
def codestream(tmp_path: Path, picture: np.ndarray) -> Path:
    """Return the picture as a bare HTJ2K codestream."""
    path = tmp_path / "picture.j2c"
    path.write_bytes(pacscore.encode(picture, "1.2.840.10008.1.2.4.202", bits_stored=12))
    return path


@pytest.fixture
def hostile() -> list[Path]:
    """Return the hostile files of the test data."""
    folder = Path(os.environ.get("PACSCORE_TEST_DATA", Path(__file__).parents[3] / "shared" / "data")) / "hostile"
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".csv", ".md"))
    if not files:
        pytest.skip(f"no hostile files in {folder}: set PACSCORE_TEST_DATA")
    return files
