"""The corrected copy while it is made: what its attributes, frames and transfer syntax shall be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pacscore.dicom.attributes import AttributeEditor
from pacscore.dicom.frame_coding import whole
from pacscore.dicom.frames import FrameSource
from pacscore.dicom.linter.coded_frame import read_coded_frame
from pacscore.dicom.linter.subject import Subject
from pacscore.dicom.pixel_data_writer import FrameSpool

__all__ = ["Draft", "spool_encapsulated", "spool_native"]

_EOC = b"\xff\xd9"
_PIECE = 1 << 24


@dataclass(slots=True)
class Draft:
    """What is to be written.

    Attributes
    ----------
    subject : Subject
        The object that was looked at.
    editor : AttributeEditor
        Of a copy of its data set.
    transfer_syntax : str
    bare : bool
        Whether frames lose what is around and behind their coded data.
    end : bool
        Whether codestreams get the EOC that they lack.
    clean_cells : bool
        Whether native cells are written anew by their values.
    cut : bool
        Whether native pixel data ends with its last frame.
    loss_told : bool
        Whether ratio and method of the frames were added already.
    """

    subject: Subject
    editor: AttributeEditor
    transfer_syntax: str
    bare: bool = False
    end: bool = False
    clean_cells: bool = False
    cut: bool = False
    loss_told: bool = False

    def frame(self, data: bytes) -> bytes:
        """Return a frame as it shall be; coded data stays as it is, byte for byte."""
        if not (self.bare or self.end):
            return data
        found = read_coded_frame(0, 0, 1, data)
        if (codestream := found.codestream) is not None:
            lacks_end = self.end and not codestream.eoc and codestream.damage is None
            return data[codestream.start : codestream.end] + (_EOC if lacks_end else b"")
        if found.jpeg is not None and found.jpeg.stop is not None:
            return data[: found.jpeg.stop]
        return data


def spool_encapsulated(draft: Draft, spool: FrameSpool) -> None:
    """Take over the frames of items, each as one fragment."""
    groups = draft.subject.groups
    for index in range(0 if groups is None else len(groups)):
        spool.append(draft.frame(draft.subject.frame_data(index)))


def spool_native(draft: Draft, spool: FrameSpool, frames: FrameSource | None) -> None:
    """Take over native pixel data: its bytes, or where cells are cleaned its values, little endian and by pixel."""
    if draft.clean_cells and frames is not None:
        for index in range(len(frames)):
            values = whole(frames.frame(index))
            spool.append(np.ascontiguousarray(values, values.dtype.newbyteorder("<")).tobytes())
        return
    subject, stored = draft.subject, draft.subject.stored
    position, stop = subject.element.start, subject.stop
    if draft.cut and stored is not None:
        stop = position + -(-stored.native_bits * subject.frame_count // 8)
    while position < stop:
        piece = bytes(subject.header.reader.read_range(position, min(_PIECE, stop - position)))
        if not piece:
            return
        spool.append(piece)
        position += len(piece)
