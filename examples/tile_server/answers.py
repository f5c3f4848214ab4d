"""What all answers have in common: validators, conditions, byte ranges, and pictures as files.

Source: RFC 9110, 8.8, 13 and 14; RFC 9111, 5.2.
"""

from __future__ import annotations

import hashlib
import re

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from starlette.requests import Request
from starlette.responses import Response

CACHED = "private, max-age=3600"
"""Browsers may keep what they fetched; shared caches on the way may not: these are pictures of patients."""

MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg"}

_ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


def entity_tag(*parts: object) -> str:
    """Return a strong validator for what is made of these parts alone."""
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


def not_modified(request: Request, tag: str) -> Response | None:
    """Return the answer 304 where the client has this version already."""
    given = [known.strip().removeprefix("W/") for known in request.headers.get("if-none-match", "").split(",")]
    if tag in given or given == ["*"]:
        return Response(status_code=304, headers={"ETag": tag, "Cache-Control": CACHED})
    return None


def picture_file(picture: NDArray[np.uint8], file_format: str) -> bytes:
    """Return a picture as PNG, without loss, or as JPEG."""
    if file_format == "png":
        return bytes(imagecodecs.png_encode(picture, level=4))
    return bytes(imagecodecs.jpeg_encode(picture, level=90))


def ranged(request: Request, body: bytes, media_type: str, tag: str) -> Response:
    """Return a body, or the one range of it that is asked for; of several ranges, the whole body."""
    headers = {"ETag": tag, "Cache-Control": CACHED, "Accept-Ranges": "bytes", "Content-Type": media_type}
    asked = request.headers.get("range")
    if asked is None or request.headers.get("if-range", tag) != tag:
        return Response(body, headers=headers)
    match = _ONE_RANGE.fullmatch(asked.replace(" ", ""))
    if match is None or not (match[1] or match[2]):
        return Response(body, headers=headers)
    if match[1]:
        start, stop = int(match[1]), min(int(match[2] or len(body)) + 1, len(body))
        if match[2] and int(match[2]) < start:
            return Response(body, headers=headers)  # no range at all, and such are ignored
    else:
        start, stop = max(len(body) - int(match[2]), 0), len(body)
    if start >= stop:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{len(body)}"})
    headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(body)}"
    return Response(body[start:stop], status_code=206, headers=headers)
