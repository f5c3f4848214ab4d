"""Codecs: one transfer syntax in, samples out, and back."""

from __future__ import annotations

from pacscore.codecs.protocol import Codec, EncodedFrame
from pacscore.codecs.registry import codec_for, register, transfer_syntaxes

__all__ = ["Codec", "EncodedFrame", "codec_for", "register", "transfer_syntaxes"]
