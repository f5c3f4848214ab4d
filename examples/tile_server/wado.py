"""DICOMweb: frames as they are stored, or decoded, alone (with byte ranges) or in a multipart answer.

Source: PS3.18 8.7.3 (media types), 8.7.4 and 8.7.5 (Accept), 10.4 (Retrieve Transaction), 8.6 (multipart payloads).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import pacscore as pc
from tile_server.pictures import Instance

EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"

_UNCOMPRESSED = "application/octet-stream"
_MEDIA_TYPES = {
    f"1.2.840.10008.1.2.4.{number}": media_type
    for numbers, media_type in (
        ((50, 51, 57, 70), "image/jpeg"),
        ((80, 81), "image/jls"),
        ((90, 91), "image/jp2"),
        ((201, 202, 203), "image/jphc"),
        ((110, 111, 112), "image/jxl"),
    )
    for number in numbers
} | {"1.2.840.10008.1.2.5": "image/dicom-rle"}


@dataclass(frozen=True)
class Representation:
    """How frames are sent.

    Attributes
    ----------
    media_type : str
    transfer_syntax : str
    multipart : bool
        Several frames, or one, as ``multipart/related``; else the bytes of one frame alone.
    """

    media_type: str
    transfer_syntax: str
    multipart: bool

    @property
    def content_type(self) -> str:
        """The media type of a frame, with its transfer syntax."""
        return f"{self.media_type}; transfer-syntax={self.transfer_syntax}"


def choose(accept: str, stored: str) -> Representation | None:
    """Return how frames of a transfer syntax are sent to a client that accepts this; None if there is no way.

    What is stored is preferred to what must be decoded, where the client has no preference.
    """
    offers = [(_MEDIA_TYPES[stored], stored)] if stored in _MEDIA_TYPES else []
    offers.append((_UNCOMPRESSED, EXPLICIT_LITTLE_ENDIAN))
    best: tuple[float, Representation] | None = None
    for media_range, parameters in _accepted(accept or "*/*"):
        multipart = media_range in ("multipart/related", "*/*", "multipart/*")
        wanted = parameters.get("type", "*/*") if multipart else media_range
        syntax = parameters.get("transfer-syntax", "*")
        for media_type, transfer_syntax in offers:
            same = wanted in ("*/*", media_type, media_type.split("/")[0] + "/*")
            weight = float(parameters.get("q", "1"))
            if same and syntax in ("*", transfer_syntax) and weight > 0:
                if best is None or weight > best[0]:
                    best = weight, Representation(media_type, transfer_syntax, multipart)
                break
    return best[1] if best else None


def _accepted(accept: str) -> list[tuple[str, dict[str, str]]]:
    """Return the media ranges of an Accept header with their parameters; quoted values must not have commas."""
    found = []
    for part in accept.split(",")[:32]:
        media_range, *parameters = (piece.strip() for piece in part.split(";"))
        pairs = (parameter.partition("=") for parameter in parameters)
        values = {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}
        try:
            float(values.get("q", "1"))
        except ValueError:
            values["q"] = "0"
        found.append((media_range.lower(), values))
    return found


def frames_of(instance: Instance, numbers: list[int], representation: Representation) -> list[bytes]:
    """Return frames, counted from 1; decoded ones have RGB where the data set says YBR_RCT or YBR_ICT.

    Raises
    ------
    IndexError
        If there is no such frame.
    PacscoreError
        If one does not decode, or is damaged.
    """
    with pc.open(instance.path) as frames:
        if not all(1 <= number <= len(frames) for number in numbers):
            raise IndexError(f"frames 1 to {len(frames)}")
        if representation.media_type == _UNCOMPRESSED:
            decoded = (frames[number - 1] for number in numbers)
            return [frame.astype(frame.dtype.newbyteorder("<")).tobytes() for frame in decoded]
        return [bytes(frames.encoded(number - 1)) for number in numbers]


def stored_syntax(instance: Instance) -> str:
    """Return the transfer syntax of a stored object."""
    with pc.open(instance.path) as frames:
        return str(frames.transfer_syntax)


def metadata(instance: Instance) -> list[dict[str, Any]]:
    """Return the data set without pixel data, in the DICOM JSON Model, and which transfer syntax frames come in."""
    with pc.open(instance.path) as frames:
        found = dict(frames.dataset.to_json_dict(bulk_data_threshold=1 << 20, bulk_data_element_handler=lambda _: ""))
        found["00083002"] = {"vr": "UI", "Value": [str(frames.transfer_syntax)]}
    return [found]


def multipart_body(parts: list[bytes], content_type: str, location: str) -> tuple[bytes, str]:
    """Return a ``multipart/related`` body of frames, and its boundary, which occurs in none of them."""
    boundary = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
    pieces: list[bytes] = []
    for number, part in enumerate(parts, 1):
        head = f"--{boundary}\r\nContent-Type: {content_type}\r\nContent-Location: {location}#part={number}\r\n\r\n"
        pieces += [head.encode(), part, b"\r\n"]
    return b"".join([*pieces, f"--{boundary}--\r\n".encode()]), boundary
