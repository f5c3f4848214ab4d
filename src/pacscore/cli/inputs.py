"""What kind of file an input is, told by its first bytes."""

from __future__ import annotations

from pathlib import Path

from pacscore.errors import CodestreamError

__all__ = ["is_codestream", "read_codestream"]

_SOC_SIZ = b"\xff\x4f\xff\x51"
_SIGNATURE_BOX = b"\x00\x00\x00\x0cjP  "
_SUFFIXES = frozenset({".j2k", ".j2c", ".jpc", ".jhc", ".jp2", ".jph"})


def is_codestream(path: Path) -> bool:
    """Return whether a file is a JPEG 2000 codestream, JP2 or JPH file, by its first bytes or else by its name.

    Source: T.800 A.2 (SOC, SIZ), I.5.1 (signature box); PS3.10 7.1 (the DICM prefix).

    Raises
    ------
    OSError
        If the file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(132)
    if head.startswith((_SOC_SIZ, _SIGNATURE_BOX)):
        return True
    return head[128:] != b"DICM" and path.suffix.lower() in _SUFFIXES


def read_codestream(path: Path) -> bytes:
    """Return the bytes of a codestream, JP2 or JPH file."""
    data = path.read_bytes()
    if not data:
        raise CodestreamError("the file is empty", offset=0)
    return data
