"""Which codec serves which transfer syntax; plug-ins register here too."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

from pacscore.codecs.entry_points import broken_plug_ins, plug_ins
from pacscore.codecs.protocol import Codec
from pacscore.codecs.refusals import refusal
from pacscore.codecs.video import VIDEO_FORMATS, VideoCodec
from pacscore.errors import NoCodecError, OptionError

__all__ = ["Served", "codec_for", "register", "served", "transfer_syntaxes", "unregister"]

_BUILT_IN = {
    "1.2.840.10008.1.2": "native:LITTLE_ENDIAN",
    "1.2.840.10008.1.2.1": "native:LITTLE_ENDIAN",
    "1.2.840.10008.1.2.1.99": "native:LITTLE_ENDIAN",
    "1.2.840.10008.1.2.1.98": "native:LITTLE_ENDIAN",
    "1.2.840.10008.1.2.2": "native:BIG_ENDIAN",
    "1.2.840.10008.1.2.8.1": "deflate:DEFLATE",
    "1.2.840.10008.1.2.5": "rle:RLE",
    "1.2.840.10008.1.2.4.50": "jpeg:BASELINE",
    "1.2.840.10008.1.2.4.51": "jpeg:EXTENDED",
    "1.2.840.10008.1.2.4.53": "jpeg:SPECTRAL_SELECTION",
    "1.2.840.10008.1.2.4.55": "jpeg:FULL_PROGRESSION",
    "1.2.840.10008.1.2.4.57": "jpeg:LOSSLESS",
    "1.2.840.10008.1.2.4.70": "jpeg:LOSSLESS_SV1",
    "1.2.840.10008.1.2.4.80": "jpegls:LOSSLESS",
    "1.2.840.10008.1.2.4.81": "jpegls:NEAR_LOSSLESS",
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


def unregister(codec: Codec) -> None:
    """Undo `register`; a codec that is not registered is none the worse for it."""
    for uid in [uid for uid, registered in _registered.items() if registered is codec]:
        del _registered[uid]


def codec_for(transfer_syntax: str) -> Codec:
    """Return the codec that serves a transfer syntax: registered, built in, or of a plug-in, in this order.

    For video there is one that gives no pixels, and says so when asked.

    Parameters
    ----------
    transfer_syntax : str
        A UID; pydicom's are strings too.

    Raises
    ------
    NoCodecError
        If there is none; ``hint`` says what would help.
    UnsupportedError
        If objects of this transfer syntax hold no pixels (JPIP, SMPTE ST 2110), or are of a retired process.
    """
    uid = str(transfer_syntax)
    if uid in _registered:
        return _registered[uid]
    if uid in _BUILT_IN:
        module, _, name = _BUILT_IN[uid].partition(":")
        built_in: Codec = getattr(importlib.import_module(f"pacscore.codecs.{module}"), name)
        return built_in
    for codec in plug_ins().values():
        if uid in codec.transfer_syntaxes:
            return codec
    if uid in VIDEO_FORMATS:
        return VideoCodec(uid)
    error = refusal(uid)
    if error is not None:
        raise error
    hint = "register a codec for it with pacscore.codecs.register, or install a plug-in"
    for name, reason in broken_plug_ins().items():
        hint += f"; the plug-in {name!r} might have served it, but is broken: {reason}"
    raise NoCodecError(f"no codec for transfer syntax {uid}: {hint}", transfer_syntax=uid, hint=hint)


@dataclass(frozen=True, slots=True)
class Served:
    """How a transfer syntax is served.

    Attributes
    ----------
    codec : Codec
    registered : bool
        Whether it was registered in this process.
    plug_in : str or None
        The name of the plug-in that it comes from.
    pixels : bool
        Whether it gives pixels; of video there is the stream alone.
    """

    codec: Codec
    registered: bool = False
    plug_in: str | None = None
    pixels: bool = True


def served() -> dict[str, Served]:
    """Return how each transfer syntax is served, by UID, those of plug-ins and video included, sorted by their numbers.

    Source: PS3.5 A.
    """
    found = {uid: Served(codec_for(uid), registered=uid in _registered) for uid in transfer_syntaxes()}
    for name, codec in plug_ins().items():
        for uid in codec.transfer_syntaxes:
            found.setdefault(uid, Served(codec, plug_in=name))
    for uid in VIDEO_FORMATS:
        found.setdefault(uid, Served(VideoCodec(uid), pixels=False))
    return dict(sorted(found.items(), key=lambda item: [int(part) for part in item[0].split(".")]))


def transfer_syntaxes() -> tuple[str, ...]:
    """Return the UIDs whose pixels a built-in or registered codec gives, sorted; plug-ins are not looked for."""
    return tuple(sorted({*_BUILT_IN, *_registered}))
