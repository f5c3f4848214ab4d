"""Readers of the decoded references: PGX, binary PNM and TIFF."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def read_reference(path: Path) -> NDArray[Any]:
    """Return the samples of a reference, ``(rows, columns[, samples])``."""
    data = path.read_bytes()
    if path.suffix == ".pgx":
        head = re.match(rb"PG\s+(ML|LM)\s+([+-]?)\s*(\d+)\s+(\d+)\s+(\d+)\s*?\n", data)
        assert head, path
        bits, width, height = (int(head[i]) for i in (3, 4, 5))
        size = 1 if bits <= 8 else 2 if bits <= 16 else 4
        order, kind = (">" if head[1] == b"ML" else "<"), ("i" if head[2] == b"-" else "u")
        return np.frombuffer(data, f"{order}{kind}{size}", width * height, head.end()).reshape(height, width)
    if path.suffix in (".ppm", ".pgm"):
        fields = re.match(rb"P([56])\s+(?:#[^\n]*\n\s*)*(\d+)\s+(\d+)\s+(\d+)\s", data)
        assert fields, path
        width, height, top = (int(fields[i]) for i in (2, 3, 4))
        shape = (height, width, 3) if fields[1] == b"6" else (height, width)
        kind = "u1" if top < 256 else ">u2"
        return np.frombuffer(data, kind, int(np.prod(shape)), fields.end()).reshape(shape)
    import tifffile

    return np.asarray(tifffile.imread(path))
