"""What the pixel checks of the test data call: a path in, samples out.

Give ``check_pixels.py`` the options ``--sys-path tools --sys-path src --callable check_adapter:dicom
--codestream-callable check_adapter:codestream``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pacscore


def dicom(path: str) -> Any:
    """Return the stored values of a DICOM file, ``(frames, rows, columns[, samples])``."""
    with pacscore.open(path) as frames:
        return frames.as_array()


def codestream(path: str, reduce: int = 0) -> Any:
    """Return the components of a codestream or JP2 file; a list where their sizes differ."""
    return pacscore.decode(Path(path).read_bytes(), reduce=reduce)
