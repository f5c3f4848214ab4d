"""The reader of wrappers: bare codestream, JP2 or JPH, and where the codestream is.

Source: T.800 I.2 to I.7; T.814 Annex D.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from typing import Any, Final, Literal, TypeAlias

from pacscore.errors import CodestreamError, TruncatedError
from pacscore.j2k.boxes import payloads
from pacscore.j2k.boxes.records import Box, Resolution, UuidInformation, Wrapper

BytesLike: TypeAlias = bytes | bytearray | memoryview

_SOC: Final = b"\xff\x4f"
_SIGNATURE: Final = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_SUPERBOXES: Final = frozenset({("", "jp2h"), ("jp2h", "res "), ("", "uinf")})
"""Boxes of boxes, with the box that each is in: elsewhere they have no meaning, and any depth could be claimed."""
_MOST_BOXES: Final = 10_000

_PAYLOADS: Final[dict[str, Callable[[bytes], Any]]] = {
    "ftyp": payloads.read_brands,
    "ihdr": payloads.read_image_header,
    "bpcc": payloads.read_depths,
    "colr": payloads.read_colour,
    "pclr": payloads.read_palette,
    "cmap": payloads.read_mapping,
    "cdef": payloads.read_channels,
    "resc": payloads.read_resolution,
    "resd": payloads.read_resolution,
    "xml ": bytes,
    "jp2i": bytes,
    "uuid": payloads.read_uuid,
    "ulst": payloads.read_uuid_list,
    "url ": payloads.read_url,
}
_REPEATED: Final = frozenset({"colr", "xml ", "jp2i", "uuid"})
_WITHOUT_EFFECT: Final = frozenset({"xml ", "jp2i", "uuid", "ulst", "url "})
"""Boxes that the image does not depend on: what is wrong with them is noted."""


def find_codestream(data: BytesLike) -> Wrapper:
    """Return where the codestream is in the data, and what the boxes around it say.

    The payloads of boxes that are not known stay where they are: ``boxes`` has their offsets.

    Source: T.800 I.4 to I.7.

    Parameters
    ----------
    data : bytes-like
        A bare codestream, or a JP2 or JPH file. A codestream that is cut short is found none the less.

    Raises
    ------
    TruncatedError
        If the data ends before the codestream begins.
    CodestreamError
        If the data is none of the three, or a box is malformed.
    """
    view = memoryview(data).cast("B")
    head = bytes(view[:12])
    if head.startswith(_SOC):
        return Wrapper("codestream", 0, len(view))
    if head != _SIGNATURE:
        if _SIGNATURE.startswith(head) or _SOC.startswith(head):
            raise TruncatedError(f"the data ends at byte {len(head)}, inside a signature", offset=len(head))
        raise CodestreamError("neither a JPEG 2000 codestream nor a JP2 or JPH file (T.800 A.4.1, I.5.1)", offset=0)
    return _Walk(view).wrapper()


class _Walk:
    """One way through the boxes of a file."""

    def __init__(self, view: memoryview) -> None:
        self._view = view
        self._boxes: list[Box] = []
        self._found: dict[str, Any] = {}
        self._repeated: dict[str, list[Any]] = {kind: [] for kind in _REPEATED}
        self._uuid_information: list[UuidInformation] = []
        self._notes: list[str] = []
        self._codestream: Box | None = None
        self._walk(0, len(view), "")

    def wrapper(self) -> Wrapper:
        """Return what was found."""
        found = self._found
        if self._codestream is None:
            raise TruncatedError("the file has no codestream box 'jp2c' (T.800 I.5.4)", offset=len(self._view))
        self._notes.extend(f"no box {kind!r}" for kind in ("ftyp", "ihdr") if kind not in found)
        has_resolution = "resc" in found or "resd" in found
        return Wrapper(
            self._file_format(),
            self._codestream.payload_start,
            self._codestream.stop,
            tuple(self._boxes),
            found.get("ihdr"),
            found.get("bpcc", ()),
            tuple(self._repeated["colr"]),
            found.get("pclr"),
            found.get("cmap", ()),
            found.get("cdef", ()),
            Resolution(found.get("resc"), found.get("resd")) if has_resolution else None,
            tuple(self._repeated["xml "]),
            tuple(self._repeated["uuid"]),
            tuple(self._uuid_information),
            tuple(self._repeated["jp2i"]),
            tuple(self._notes),
        )

    def _file_format(self) -> Literal["jp2", "jph"]:
        brand, compatible = self._found.get("ftyp", ("", ()))
        return "jph" if brand == "jph " or ("jph " in compatible and "jp2 " not in compatible) else "jp2"

    def _walk(self, position: int, stop: int, parent: str) -> None:
        while position < stop:
            box = self._box(position, stop, parent)
            if box is None:
                return
            self._boxes.append(box)
            if box.kind == "jp2c" and self._codestream is None:
                self._codestream = box
            elif (parent, box.kind) in _SUPERBOXES:
                self._walk_superbox(box)
            elif box.kind in _PAYLOADS:
                self._read(box)
            position = box.stop

    def _walk_superbox(self, box: Box) -> None:
        self._walk(box.payload_start, box.stop, box.kind)
        if box.kind == "uinf":
            uuids, url = self._found.pop("ulst", ()), self._found.pop("url ", None)
            self._uuid_information.append(UuidInformation(uuids, url))

    def _box(self, position: int, stop: int, parent: str) -> Box | None:
        """Return the box at ``position``, or None where what is left after the codestream is no box."""
        try:
            return self._box_header(position, stop, parent)
        except CodestreamError as error:
            if self._codestream is None:
                raise
            self._notes.append(f"bytes behind the codestream that are no box: {stop - position:,} ({error})")
            return None

    def _box_header(self, position: int, stop: int, parent: str) -> Box:
        if stop - position < 8:
            raise self._cut(
                position, f"box of {stop - position} bytes at byte {position:,}, 8 are the least (T.800 I.4)"
            )
        if len(self._boxes) == _MOST_BOXES:
            raise CodestreamError(f"more than {_MOST_BOXES:,} boxes", offset=position)
        length, name = struct.unpack_from(">I4s", self._view, position)
        kind = name.decode("latin-1")
        start = position + 8
        if length == 1:
            if stop - start < 8:
                raise self._cut(position, f"box {kind!r} at byte {position:,} ends inside XLBox (T.800 I.4)")
            (length,) = struct.unpack_from(">Q", self._view, start)
            start += 8
        end = position + length if length else stop
        if end < start:
            raise payloads.box_error(kind, position, f"length {length} is shorter than its header")
        if end > stop:
            if kind != "jp2c" or parent:
                raise self._cut(
                    position, f"box {kind!r} at byte {position:,}: length {length:,} goes beyond byte {stop:,}"
                )
            self._notes.append(f"box 'jp2c' of {length:,} bytes ends early, at byte {stop:,}")
        return Box(kind, position, start, min(end, stop))

    def _cut(self, offset: int, message: str) -> CodestreamError:
        return TruncatedError(message, offset=offset, clause="T.800 I.4")

    def _read(self, box: Box) -> None:
        kind = box.kind
        try:
            value = _PAYLOADS[kind](bytes(self._view[box.payload_start : box.stop]))
        except (struct.error, ValueError, IndexError) as error:
            wrong = payloads.box_error(kind, box.start, str(error))
            if kind not in _WITHOUT_EFFECT:
                raise wrong from None
            self._notes.append(str(wrong))
            return
        if kind in _REPEATED:
            self._repeated[kind].append(value)
        elif kind in self._found:
            self._notes.append(f"a second box {kind!r} at byte {box.start:,}; ignored")
        else:
            self._found[kind] = value


def boxes_of_kind(boxes: Iterable[Box], kind: str) -> tuple[Box, ...]:
    """Return the boxes of one kind, as in ``"uuid"``."""
    return tuple(box for box in boxes if box.kind == kind)
