"""Video: kept as it is coded, and named. No pixels come out of it."""

from __future__ import annotations

from typing import Any

from pacscore.codecs.protocol import Buffer, EncodedFrame, OnDamage
from pacscore.errors import UnsupportedError
from pacscore.limits import Limits
from pacscore.pixel_format import PixelFormat
from pacscore.region import Region

__all__ = ["VIDEO_FORMATS", "VideoCodec"]

_PREFIX = "1.2.840.10008.1.2.4."
_PROFILES = {
    "100": "MPEG-2 Main Profile / Main Level",
    "101": "MPEG-2 Main Profile / High Level",
    "102": "MPEG-4 AVC/H.264 High Profile / Level 4.1",
    "103": "MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1",
    "104": "MPEG-4 AVC/H.264 High Profile / Level 4.2 for 2D video",
    "105": "MPEG-4 AVC/H.264 High Profile / Level 4.2 for 3D video",
    "106": "MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2",
    "107": "HEVC/H.265 Main Profile / Level 5.1",
    "108": "HEVC/H.265 Main 10 Profile / Level 5.1",
}

VIDEO_FORMATS = {_PREFIX + number: profile for number, profile in _PROFILES.items()}
"""The video transfer syntaxes by name; those that end in .1 may be fragmented (PS3.6 annex A)."""
VIDEO_FORMATS |= {f"{uid}.1": f"fragmentable {name}" for uid, name in VIDEO_FORMATS.items() if int(uid[-3:]) <= 106}


class VideoCodec:
    """Serves a video transfer syntax: refuses to decode, and names the format.

    Source: PS3.5 8.2.5 to 8.2.8.
    """

    third_party = False
    encodes: frozenset[str] = frozenset()

    def __init__(self, transfer_syntax: str) -> None:
        self.name = VIDEO_FORMATS[transfer_syntax]
        self.transfer_syntaxes = frozenset({transfer_syntax})

    def _refuse(self) -> UnsupportedError:
        (uid,) = self.transfer_syntaxes
        return UnsupportedError(
            f"transfer syntax {uid} is video, {self.name}: pacscore gives the stream as it is coded, not its pixels",
            feature=self.name,
            clause="PS3.5 8.2.5",
        )

    def decoded_format(self, data: Buffer, stored: PixelFormat) -> PixelFormat:
        """Refuse."""
        del data, stored
        raise self._refuse()

    def disagreements(self, data: Buffer, stored: PixelFormat) -> tuple[str, ...]:
        """Return nothing: the stream is not looked at."""
        del data, stored
        return ()

    def decode(  # noqa: PLR0913 - the protocol's
        self,
        data: Buffer,
        stored: PixelFormat,
        *,
        reduce: int = 0,
        region: Region | None = None,
        out: Any = None,
        threads: int = 1,
        on_damage: OnDamage = "raise",
        limits: Limits | None = None,
    ) -> Any:
        """Refuse."""
        del data, stored, reduce, region, out, threads, on_damage, limits
        raise self._refuse()

    def encode(
        self, frame: Any, pixel_format: PixelFormat, transfer_syntax: str, options: Any = None, *, threads: int = 1
    ) -> EncodedFrame:
        """Refuse."""
        del frame, pixel_format, transfer_syntax, options, threads
        raise self._refuse()
