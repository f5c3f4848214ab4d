"""Which fragments make up which frame, by the fragments themselves.

Source: PS3.5 A.4.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from pacscore.codecs.protocol import Buffer
from pacscore.dicom.encapsulation import Fragment, Fragments, Items
from pacscore.errors import DicomError
from pacscore.source import Reader

__all__ = ["FrameGroups", "FrameSigns", "group_fragments"]

_TAG = "(7FE0,0010)"
_FRAMES_TAG = "(0028,0008)"
_JP2 = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_J2K_STARTS = (b"\xff\x4f\xff\x51", _JP2)
_JPEG_STARTS = (b"\xff\xd8\xff",)
_JXL_STARTS = (b"\xff\x0a", b"\x00\x00\x00\x0cJXL \r\n\x87\n")
_RLE_STARTS = tuple(struct.pack("<LL", segments, 64) for segments in range(1, 16))
"""The number of segments, and that the first one follows the header (PS3.5 G.5)."""
_STARTS = {
    **{f"1.2.840.10008.1.2.4.{number}": _JPEG_STARTS for number in (50, 51, 53, 55, 57, 70, 80, 81)},
    **{f"1.2.840.10008.1.2.4.{number}": _J2K_STARTS for number in (90, 91, 92, 93, 201, 202, 203)},
    **{f"1.2.840.10008.1.2.4.{number}": _JXL_STARTS for number in (110, 111, 112)},
    "1.2.840.10008.1.2.5": _RLE_STARTS,
}
_END_OF_IMAGE = b"\xff\xd9"
"""EOI of JPEG and JPEG-LS, EOC of JPEG 2000."""
_ONE_FRAGMENT = frozenset({"1.2.840.10008.1.2.1.98", "1.2.840.10008.1.2.8.1"})
"""Transfer syntaxes that ask for one fragment a frame, and whose frames bear no sign (PS3.5 A.4.11 and A.4.13)."""


class FrameSigns:
    """How an encoded frame of a transfer syntax begins and ends, as far as that can be told.

    Attributes
    ----------
    one_fragment : bool
        Whether each fragment is a frame by rule.
    """

    def __init__(self, transfer_syntax: str) -> None:
        self._starts = _STARTS.get(transfer_syntax, ())
        self._has_end = self._starts in (_JPEG_STARTS, _J2K_STARTS)
        self.one_fragment = transfer_syntax in _ONE_FRAGMENT

    @property
    def known(self) -> bool:
        """Whether a frame can be told by how it begins."""
        return bool(self._starts)

    def begins(self, data: Buffer) -> bool:
        """Return whether a frame may begin so."""
        return not self._starts or bytes(data[:12]).startswith(self._starts)

    def unpadded(self, data: Buffer) -> Buffer:
        """Return the frame without what follows its end marker, where that is nothing but zeros."""
        if not self._has_end or data[-2:] == _END_OF_IMAGE:
            return data
        if data[-3:] == _END_OF_IMAGE + b"\0":
            return memoryview(data)[:-1]
        bare = bytes(data).rstrip(b"\0")
        return bare if bare.endswith(_END_OF_IMAGE) else data

    def is_whole(self, data: Buffer) -> bool:
        """Return whether the frame begins and ends as it should, as far as that can be told."""
        return self.begins(data) and (not self._has_end or data[-2:] == _END_OF_IMAGE)


@dataclass(frozen=True, slots=True)
class FrameGroups:
    """Fragments shared out among frames.

    Attributes
    ----------
    fragments : Fragments
    bounds : sequence of int
        The first fragment of each frame, and the one behind the last frame's.
    notes : tuple of str
        What is odd.
    """

    fragments: Fragments
    bounds: Sequence[int]
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def __getitem__(self, index: int) -> tuple[Fragment, ...]:
        return self.fragments[self.bounds[index] : self.bounds[index + 1]]


def group_fragments(
    reader: Reader, items: Items, count: int, signs: FrameSigns, by_table: Sequence[int] | None = None
) -> FrameGroups:
    """Share the fragments out among the frames, or refuse: never guess.

    Parameters
    ----------
    reader : Reader
        Only the first bytes of fragments are read, and only where their number does not tell.
    items : Items
    count : int
        Number of Frames.
    signs : FrameSigns
    by_table : sequence of int, optional
        Bounds that an offset table gives, all of them at fragments; taken where frames cannot be told otherwise.

    Returns
    -------
    FrameGroups
        At most ``count`` frames; fewer where the data is cut short, or where fewer are there.

    Raises
    ------
    DicomError
        If there are no fragments, or nothing says where frames begin.
    """
    fragments = items.fragments
    if not fragments:
        raise DicomError("pixel data without fragments (PS3.5 A.4)", tag=_TAG)
    cut_short = bool(items.notes)
    if len(fragments) == count and not (cut_short and signs.known and count > 1):
        return FrameGroups(fragments, range(count + 1))
    bounds = _split(reader, fragments, signs)
    if not signs.known and cut_short and len(fragments) < count:
        bounds = range(len(fragments) + 1)  # fewer than announced can only be a loss at the end
    found = max(0, len(bounds) - 1)
    if found == count:
        return FrameGroups(fragments, bounds)
    if by_table is not None:
        return FrameGroups(fragments, by_table)
    if found > count:
        return FrameGroups(fragments, bounds[: count + 1], (_extra(found, count),))
    if count == 1:
        return FrameGroups(fragments, (0, len(fragments)))
    if found and (cut_short or found == len(fragments)):
        return FrameGroups(fragments, bounds, (f"{count} frames announced, {found} there (PS3.3 C.7.6.6)",))
    told = f"{found} frames begin" if found else "nothing says where frames begin"
    raise DicomError(f"Number of Frames is {count}; in {len(fragments)} fragments {told} (PS3.5 A.4)", tag=_FRAMES_TAG)


def _extra(found: int, count: int) -> str:
    return f"{found} frames are there, {count} announced: those beyond are left alone (PS3.3 C.7.6.6)"


def _split(reader: Reader, fragments: Fragments, signs: FrameSigns) -> Sequence[int]:
    """Return bounds before each fragment that begins as an encoded frame does; empty where that does not work."""
    if not signs.known:
        # one fragment a frame is the rule
        return range(len(fragments) + 1) if signs.one_fragment else ()
    bounds = array("Q")
    for index, fragment in enumerate(fragments):
        if signs.begins(reader.read_range(fragment.start, min(12, fragment.length))):
            bounds.append(index)
        elif not bounds:
            return ()
    bounds.append(len(fragments))
    return bounds
