"""A room uses only rooms below it: one rule for ``import``, ``cimport`` and ``#include``."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "pacscore"

FLOORS = (
    ("errors", "report", "pixel_format", "region", "limits"),
    ("support", "source"),
    ("j2k.codestream", "pixels"),
    ("j2k.packets", "j2k.entropy", "j2k.quantization", "j2k.wavelet", "j2k.components", "j2k.boxes"),
    ("j2k",),
    ("codecs",),
    ("dicom", "quality"),
    ("cache", "pyramid"),
    ("stream", "_stream"),
    ("batch", "aio"),
    ("__init__", "integrations", "cli", "testing"),
    ("__main__",),
)
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}

NEIGHBOURS = {(room, "errors") for room in FLOORS[0]} | {(room, "__init__") for room in FLOORS[-2]}
"""What a floor knows of itself: everybody knows the errors, and the top floor comes in by the front door."""

ALLOWED = {("dicom.linter", "j2k.codestream")}
"""Rooms that ``dicom`` must reach through ``codecs`` alone, and the one package that may look for itself."""

CIMPORT = re.compile(r"^\s*(?:from\s+([\w.]+)\s+cimport\s+(.+)|cimport\s+(.+))$")
EXTERN = re.compile(r"""^\s*cdef\s+extern\s+from\s+["']([^"']+)["']""")
INCLUDE = re.compile(r'^\s*#\s*(?:include|define\s+PAC_TEMPLATE)\s+"([^"]+)"')
IMPORT = re.compile(r"^\s*(?:from\s+([\w.]+)\s+import\s+(.+)|import\s+(.+))$")


def room_of(module: str) -> str:
    """Return the room of a dotted name below pacscore, as ``j2k.wavelet.dwt`` lies in ``j2k.wavelet``."""
    parts = module.split(".")
    if ".".join(parts[:2]) in FLOOR:
        return ".".join(parts[:2])
    return parts[0] or "__init__"


def name_of(path: Path) -> str:
    """Return the dotted name of a source file below pacscore, as ``support.targets``."""
    parts = list(path.relative_to(SOURCE).with_suffix("").parts)
    if parts[-1] == "__init__" and len(parts) > 1:
        parts.pop()
    return ".".join(parts)


def absolute(user: str, module: str, names: list[str], level: int, is_package: bool) -> list[str]:
    """Return the dotted names below pacscore that one import statement may bind."""
    if level:
        parts = [] if user == "__init__" else user.split(".")
        parts = parts[: len(parts) - level + is_package]
        module = ".".join(["pacscore", *parts, *([module] if module else [])])
    if module != "pacscore" and not module.startswith("pacscore."):
        return []
    base = module.removeprefix("pacscore").removeprefix(".")
    return [f"{base}.{name}".strip(".") for name in names] if names else [base]


def python_uses(text: str, user: str, is_package: bool) -> list[str]:
    """Return what a Python file imports, wherever the statement stands, and by ``import_module("pacscore...")``."""
    found: list[str] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found += absolute(user, alias.name, [], 0, is_package)
        elif isinstance(node, ast.ImportFrom):
            names = [alias.name for alias in node.names]
            found += absolute(user, node.module or "", names, node.level, is_package)
        elif isinstance(node, ast.Constant) and re.fullmatch(r"pacscore(\.\w+)+", str(node.value)):
            found += absolute(user, str(node.value), [], 0, is_package)
    return found


def cython_uses(text: str, user: str) -> list[str]:
    """Return what a Cython file imports, cimports and takes from headers."""
    found: list[str] = []
    for line in text.splitlines():
        if match := EXTERN.match(line):
            found.append(header_module(match[1]))
        elif match := CIMPORT.match(line) or IMPORT.match(line):
            source, names, modules = match.groups()
            if source:
                level = len(source) - len(source.lstrip("."))
                bound = [name.split(" as ")[0].strip(" ()") for name in names.split("#")[0].split(",")]
                found += absolute(user, source.lstrip("."), [name for name in bound if name], level, False)
            else:
                for module in modules.split("#")[0].split(","):
                    found += absolute(user, module.split(" as ")[0].strip(), [], 0, False)
    return found


def header_module(header: str) -> str:
    """Return the dotted name of a header written from the package root."""
    return header.rsplit(".", 1)[0].replace("/", ".")


def uses(path: Path) -> list[str]:
    """Return the dotted names below pacscore that a source file uses."""
    text = path.read_text()
    if path.suffix in (".py", ".pyi"):
        return python_uses(text, name_of(path), path.stem == "__init__")
    if path.suffix in (".pyx", ".pxd"):
        return cython_uses(text, name_of(path))
    return [header_module(match[1]) for line in text.splitlines() if (match := INCLUDE.match(line))]


def allowed(user: str, used: str) -> bool:
    """Say whether a module may use another."""
    here, there = room_of(user), room_of(used)
    if here == there or (here, there) in NEIGHBOURS:
        return True
    if here == "dicom" and there.split(".")[0] == "j2k":
        return (".".join(user.split(".")[:2]), there) in ALLOWED
    if there not in FLOOR:  # a name of the front door, as in `from pacscore import decode`
        there = "__init__"
    return FLOOR[there] < FLOOR[here]


def sources() -> list[Path]:
    """Return every file that somebody wrote (Cython's C is not)."""
    files = [path for path in SOURCE.rglob("*") if path.suffix in (".py", ".pyi", ".pyx", ".pxd", ".c", ".h")]
    return sorted(path for path in files if path.suffix != ".c" or not path.with_suffix(".pyx").exists())


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_room_uses_only_rooms_below_it(path: Path) -> None:
    user = name_of(path)
    assert room_of(user) in FLOOR or user == "_version", f"{user} lies in no room of the table"
    wrong = [f"{user} uses {used}" for used in uses(path) if not allowed(user, used)]
    assert not wrong, "; ".join(wrong)


@pytest.mark.parametrize(
    ("user", "planted"),
    [
        ("j2k.packets.geometry", "from pacscore.j2k.entropy import ht"),
        ("support.targets", "import pacscore.j2k.codestream"),
        ("pixels.voi", "from pacscore import decode"),
        ("pixels.voi", "def f():\n    from pacscore.dicom.display import pipeline"),
        ("j2k.decoding", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from pacscore.codecs import Codec"),
        ("dicom.frames", "from pacscore.j2k.codestream.reader import read"),
        ("dicom.frames", "from pacscore.j2k import decoding"),
        ("dicom.linter.fixing", "from pacscore.j2k import repacking"),
        ("j2k.wavelet.dwt", "from ..entropy import ht"),
        ("source.file", "from ..support import targets"),
        ("codecs.registry", 'import importlib\nimportlib.import_module("pacscore.dicom")'),
    ],
)
def test_a_planted_import_is_found(user: str, planted: str) -> None:
    assert any(not allowed(user, used) for used in python_uses(planted, user, is_package=False))


@pytest.mark.parametrize(
    ("user", "planted"),
    [
        ("j2k.wavelet._dwt", 'cdef extern from "j2k/entropy/ht.h":'),
        ("j2k.wavelet._dwt", "from pacscore.j2k.entropy cimport _ht"),
        ("support._cpu", "cimport pacscore.j2k._tile_plan"),
        ("support._cpu", "    from pacscore.dicom import frames"),
    ],
)
def test_a_planted_cimport_is_found(user: str, planted: str) -> None:
    assert any(not allowed(user, used) for used in cython_uses(planted, user))


@pytest.mark.parametrize("line", ['#include "j2k/tile.h"', '#  define PAC_TEMPLATE "j2k/wavelet/dwt53_template.h"'])
def test_a_planted_include_is_found(line: str) -> None:
    match = INCLUDE.match(line)
    assert match
    assert not allowed("support.targets", header_module(match[1]))


@pytest.mark.parametrize(
    ("user", "right"),
    [
        ("j2k.wavelet.dwt", "from pacscore.errors import OptionError"),
        ("j2k.wavelet.dwt", "from . import _dwt"),
        ("j2k.decoding", "from pacscore.j2k.wavelet import dwt"),
        ("dicom.linter", "from pacscore.j2k.codestream.reader import read"),
        ("dicom.linter.codestream_facts", "from pacscore.j2k.codestream.reader import read"),
        ("cli.info", "import pacscore"),
        ("limits", "from pacscore.errors import LimitError"),
    ],
)
def test_what_is_right_is_left_alone(user: str, right: str) -> None:
    assert all(allowed(user, used) for used in python_uses(right, user, is_package=False))


def test_every_kind_of_file_is_looked_at() -> None:
    found = {path.suffix for path in sources() if uses(path)}
    assert {".py", ".pyx", ".c", ".h"} <= found


def test_headers_are_named_from_the_package_root() -> None:
    lost = [
        f"{path.relative_to(SOURCE)}: {match[1]}"
        for path in sources()
        if path.suffix in (".c", ".h")
        for line in path.read_text().splitlines()
        if (match := INCLUDE.match(line)) and not (SOURCE / match[1]).exists()
    ]
    assert not lost
