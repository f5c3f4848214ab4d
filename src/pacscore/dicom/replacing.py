"""A file that appears whole or not at all."""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

__all__ = ["replacing"]


@contextmanager
def replacing(target: Path, *, overwrite: bool) -> Iterator[tuple[BinaryIO, Path]]:
    """Give a file beside the target, and put it in the target's place if nothing was raised.

    Its bytes are on the disk before the name is theirs, and the name is before this returns. A process that is killed
    leaves at most a file named ``.pacscore-*.part``, which nobody needs.

    Parameters
    ----------
    target : Path
        What is to be written, in a folder that exists.
    overwrite : bool
        Whether it may be there already.

    Raises
    ------
    FileExistsError
        If it came into being meanwhile, and ``overwrite`` is false.
    OSError
        What the operating system says.
    """
    temporary = target.with_name(f".pacscore-{uuid.uuid4().hex}.part")
    try:
        with temporary.open("xb") as stream:
            yield stream, temporary
            stream.flush()
            os.fsync(stream.fileno())
        if overwrite:
            temporary.replace(target)
        else:
            _name_new(temporary, target)
        _sync_folder(target.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _name_new(temporary: Path, target: Path) -> None:
    """Give the file its name, unless another has it."""
    taken = f"{target} came into being meanwhile; pass overwrite=True to replace it"
    try:
        target.hardlink_to(temporary)
    except FileExistsError as error:
        raise FileExistsError(taken) from error
    except OSError as error:  # a file system without hard links
        if target.exists():
            raise FileExistsError(taken) from error
        temporary.replace(target)


def _sync_folder(folder: Path) -> None:
    """Let the folder's new entry reach the disk, where folders can be synchronised."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
