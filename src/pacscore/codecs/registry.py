"""Which codec serves which transfer syntax; plug-ins register here too."""

from __future__ import annotations

import importlib

from pacscore.codecs.protocol import Codec
from pacscore.errors import NoCodecError, OptionError, UnsupportedError

__all__ = ["codec_for", "register", "transfer_syntaxes"]

_BUILT_IN = {
    "1.2.840.10008.1.2": "native:LITTLE_ENDIAN",
    "1.2.840.10008.1.2.1": "native:LITTLE_ENDIAN",
    "1.2.840.10008.1.2.1.99": "native:LITTLE_ENDIAN",
    "1.2.840.10008.1.2.1.98": "native:LITTLE_ENDIAN",
    "1.2.840.10008.1.2.2": "native:BIG_ENDIAN",
    "1.2.840.10008.1.2.8.1": "deflate:DEFLATE",
    "1.2.840.10008.1.2.5": "rle:RLE",
    "1.2.840.10008.1.2.4.50": "jpeg:JPEG",
    "1.2.840.10008.1.2.4.51": "jpeg:JPEG",
    "1.2.840.10008.1.2.4.53": "jpeg:JPEG",
    "1.2.840.10008.1.2.4.55": "jpeg:JPEG",
    "1.2.840.10008.1.2.4.57": "jpeg:JPEG",
    "1.2.840.10008.1.2.4.70": "jpeg:JPEG",
    "1.2.840.10008.1.2.4.80": "jpegls:JPEG_LS",
    "1.2.840.10008.1.2.4.81": "jpegls:JPEG_LS",
    "1.2.840.10008.1.2.4.90": "jpeg2000:JPEG_2000",
    "1.2.840.10008.1.2.4.91": "jpeg2000:JPEG_2000",
    "1.2.840.10008.1.2.4.92": "jpeg2000:JPEG_2000",
    "1.2.840.10008.1.2.4.93": "jpeg2000:JPEG_2000",
    "1.2.840.10008.1.2.4.201": "jpeg2000:HTJ2K",
    "1.2.840.10008.1.2.4.202": "jpeg2000:HTJ2K",
    "1.2.840.10008.1.2.4.203": "jpeg2000:HTJ2K",
    "1.2.840.10008.1.2.4.110": "jpegxl:JPEG_XL",
    "1.2.840.10008.1.2.4.111": "jpegxl:JPEG_XL",
    "1.2.840.10008.1.2.4.112": "jpegxl:JPEG_XL",
}

_JPIP = frozenset(f"1.2.840.10008.1.2.4.{number}" for number in (94, 95, 204, 205))

_registered: dict[str, Codec] = {}


def register(codec: Codec, *, replace: bool = False) -> None:
    """Let a codec serve its transfer syntaxes, in place of a built-in one where both know a syntax.

    Parameters
    ----------
    codec : Codec
        Registering the same object again changes nothing.
    replace : bool
        Whether it may take the place of a codec that was registered before.

    Raises
    ------
    OptionError
        If another codec was registered for one of them, and ``replace`` is false. Nothing is registered then.
    """
    taken = [uid for uid in sorted(codec.transfer_syntaxes) if _registered.get(uid, codec) is not codec]
    if taken and not replace:
        raise OptionError(
            f"codec {_registered[taken[0]].name!r} is already registered for {taken[0]}; pass replace=True"
        )
    for uid in codec.transfer_syntaxes:
        _registered[str(uid)] = codec


def codec_for(transfer_syntax: str) -> Codec:
    """Return the codec that serves a transfer syntax.

    Parameters
    ----------
    transfer_syntax : str
        A UID; pydicom's are strings too.

    Raises
    ------
    NoCodecError
        If none is registered; ``hint`` says what would help.
    UnsupportedError
        If objects of this transfer syntax hold no pixels (JPIP).
    """
    uid = str(transfer_syntax)
    codec = _registered.get(uid)
    if codec is not None:
        return codec
    if uid in _JPIP:
        raise UnsupportedError(
            f"transfer syntax {uid} (JPIP) holds no Pixel Data but a Pixel Data Provider URL (0028,7FE0); "
            "fetch the codestream from there, then decode it",
            feature="JPIP referenced pixel data",
            clause="PS3.5 A.6",
        )
    if uid not in _BUILT_IN:
        hint = "register a codec for it with pacscore.codecs.register"
        raise NoCodecError(f"no codec for transfer syntax {uid}: {hint}", transfer_syntax=uid, hint=hint)
    module, _, name = _BUILT_IN[uid].partition(":")
    built_in: Codec = getattr(importlib.import_module(f"pacscore.codecs.{module}"), name)
    return built_in


def transfer_syntaxes() -> tuple[str, ...]:
    """Return the UIDs that some codec serves, sorted."""
    return tuple(sorted({*_BUILT_IN, *_registered}))
