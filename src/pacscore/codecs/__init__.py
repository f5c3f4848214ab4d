"""Codecs: one transfer syntax in, samples out, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pacscore.codecs.entry_points import plug_ins
from pacscore.codecs.protocol import Codec, EncodedFrame
from pacscore.codecs.registry import codec_for, register, transfer_syntaxes, unregister

if TYPE_CHECKING:
    from pacscore.codecs.deflate import DeflateOptions
    from pacscore.codecs.jpeg import JPEGOptions
    from pacscore.codecs.jpegls import JPEGLSOptions
    from pacscore.codecs.jpegxl import JPEGXLOptions

__all__ = [
    "Codec",
    "DeflateOptions",
    "EncodedFrame",
    "JPEGLSOptions",
    "JPEGOptions",
    "JPEGXLOptions",
    "codec_for",
    "plug_ins",
    "register",
    "transfer_syntaxes",
    "unregister",
]

_OPTIONS = {
    "DeflateOptions": "deflate",
    "JPEGLSOptions": "jpegls",
    "JPEGOptions": "jpeg",
    "JPEGXLOptions": "jpegxl",
}


def __getattr__(name: str) -> Any:
    if name not in _OPTIONS:
        raise AttributeError(f"module 'pacscore.codecs' has no attribute {name!r}")
    import importlib  # noqa: PLC0415 - only for those who encode

    return getattr(importlib.import_module(f"pacscore.codecs.{_OPTIONS[name]}"), name)
