"""The inputs of a subcommand: what kind of file each is, which files a folder holds, where results go."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pacscore.errors import CodestreamError, OptionError

__all__ = ["dicom_files", "is_codestream", "planned", "read_codestream"]

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


def dicom_files(inputs: Iterable[Path]) -> list[Path]:
    """Return the files given, and of each folder those that begin as DICOM files do, at any depth.

    Source: PS3.10 7.1 (the DICM prefix).

    Raises
    ------
    OptionError
        If there is none.
    """
    found = []
    for given in inputs:
        found += [path for path in _files_of(given) if _has_prefix(path)] if given.is_dir() else [given]
    if not found:
        raise OptionError("there is no DICOM file in the folders given")
    return list(dict.fromkeys(found))


def _has_prefix(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(132)[128:] == b"DICM"


def planned(inputs: Iterable[Path], output: Path) -> list[tuple[Path, Path]]:
    """Return which file is written for which: (source, target) each.

    Raises
    ------
    OptionError
        If two would have one target, or there is no file.
    """
    inputs = list(inputs)
    if len(inputs) == 1 and not inputs[0].is_dir() and output.suffix and not output.is_dir():
        return [(inputs[0], output)]
    plan: dict[Path, Path] = {}
    for given in inputs:
        for source in _files_of(given):
            target = output / (source.relative_to(given) if given.is_dir() else source.name)
            if target in plan:
                raise OptionError(f"{plan[target]} and {source} would both be written to {target}")
            plan[target] = source
    if not plan:
        raise OptionError("there is no file in the folders given")
    return [(source, target) for target, source in plan.items()]


def _files_of(given: Path) -> list[Path]:
    """Return the files of a folder in their order, or the file itself."""
    return sorted(path for path in given.rglob("*") if path.is_file()) if given.is_dir() else [given]
