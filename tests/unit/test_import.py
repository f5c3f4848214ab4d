"""Importing pacscore, and decoding a codestream, must load nothing that a decoder does not need."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pacscore

HEAVY = ("pydicom", "imagecodecs", "rich", "PIL", "numba", "glymur", "skimage", "concurrent.futures", "asyncio")


def modules_after(script: str, *arguments: str) -> set[str]:
    """Return the names of the modules that a fresh interpreter has loaded after a script."""
    script += "\nimport json, sys\njson.dump(sorted(sys.modules), sys.stdout)"
    ran = subprocess.run([sys.executable, "-c", script, *arguments], check=True, capture_output=True, text=True)
    return set(json.loads(ran.stdout))


def test_importing_loads_nothing_heavy() -> None:
    loaded = modules_after("import pacscore")
    assert "pacscore" in loaded
    assert loaded.isdisjoint(HEAVY)
    assert not [name for name in loaded if name.startswith("pacscore.")]


def test_decoding_a_codestream_loads_nothing_heavy(tmp_path: Path) -> None:
    import numpy as np

    picture = np.arange(64 * 48, dtype=np.uint16).reshape(64, 48)
    path = tmp_path / "picture.j2c"
    path.write_bytes(pacscore.encode(picture, "1.2.840.10008.1.2.4.202"))
    loaded = modules_after(
        "import sys, pathlib, pacscore\nassert pacscore.decode(pathlib.Path(sys.argv[1]).read_bytes()).sum()", str(path)
    )
    assert "numpy" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_help_of_the_command_loads_not_even_numpy() -> None:
    loaded = modules_after(
        "from pacscore.cli import main\nimport os, sys\nsys.stdout = open(os.devnull, 'w')\n"
        "main(['--help'])\nsys.stdout.close()\nsys.stdout = sys.__stdout__"
    )
    assert loaded.isdisjoint({*HEAVY, "numpy"})
