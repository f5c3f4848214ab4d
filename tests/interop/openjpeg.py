"""OpenJPEG as glymur calls it: each component by itself, up to some layer; with the library of imagecodecs."""

from __future__ import annotations

import importlib
import os
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import imagecodecs
import pytest
from numpy.typing import NDArray

import pacscore as pc
from property.strategies import components_of

__all__ = ["read_components"]


@cache
def _with_library() -> Any:
    """Return glymur, which finds a library by its settings file and looks for it but once."""
    glymur = pytest.importorskip("glymur")
    if glymur.version.openjpeg_version >= "2.5":
        return glymur
    found = list(Path(imagecodecs.__file__).parent.parent.glob("imagecodecs.libs/libopenjp2*"))
    if not found:
        pytest.skip("glymur finds no OpenJPEG 2.5")
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        settings = Path(folder, "glymur", "glymurrc")
        settings.parent.mkdir()
        settings.write_text(f"[library]\nopenjp2 = {found[0]}\n", encoding="utf-8")
        patch.setitem(os.environ, "XDG_CONFIG_HOME", folder)
        importlib.reload(glymur.lib.openjp2)
        importlib.reload(glymur.version)
    return glymur


def read_components(data: bytes, layers: int | None = None) -> list[NDArray[Any]]:
    """Return what OpenJPEG makes of each component of a codestream, of some layers or all."""
    glymur = _with_library()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "picture.j2k")
        path.write_bytes(data)
        last = pc.inspect(data).layers
        return components_of(glymur.Jp2k(path).read_bands(layer=0 if layers in (None, last) else layers))
