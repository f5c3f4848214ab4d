"""Codecs of other packages, found by their entry points in the group ``pacscore.codecs``."""

from __future__ import annotations

import threading
import warnings
from typing import Any

from pacscore.codecs.protocol import Codec

__all__ = ["GROUP", "broken_plug_ins", "plug_ins"]

GROUP = "pacscore.codecs"

_lock = threading.Lock()
_found: dict[str, Codec] | None = None
_broken: dict[str, str] = {}


def plug_ins() -> dict[str, Codec]:
    """Return the codecs of installed plug-ins by the names of their entry points; they are loaded once.

    An entry point names a codec, or what makes one when called without arguments. One that cannot be loaded is left
    out with a RuntimeWarning, and never keeps another from working.
    """
    global _found  # noqa: PLW0603 - what is installed is looked at once in a process
    with _lock:
        if _found is None:
            _found = _load()
        return dict(_found)


def broken_plug_ins() -> dict[str, str]:
    """Return why plug-ins could not be loaded, by name."""
    return dict(_broken)


def _load() -> dict[str, Codec]:
    from importlib.metadata import entry_points  # noqa: PLC0415 - slow, and only for what is not built in

    found: dict[str, Codec] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        try:
            found[entry.name] = _codec_of(entry.load())
        except Exception as error:  # whatever another package's code raises
            _broken[entry.name] = f"{type(error).__name__}: {error}"
            warnings.warn(
                f"the codec plug-in {entry.name!r} ({entry.value}) is left out: {_broken[entry.name]}",
                RuntimeWarning,
                stacklevel=4,
            )
    return found


def _codec_of(target: Any) -> Codec:
    codec = target() if isinstance(target, type) or not isinstance(target, Codec) else target
    if not isinstance(codec, Codec):
        raise TypeError(f"{codec!r} lacks attributes or methods of pacscore.codecs.Codec")
    if not all(isinstance(uid, str) for uid in codec.transfer_syntaxes):
        raise TypeError("transfer_syntaxes must be UIDs")
    return codec
