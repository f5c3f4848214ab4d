"""The front door to the frames of a DICOM object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydicom.dataset import Dataset

from pacscore.dicom.frames import FrameSource
from pacscore.dicom.header import header_of_dataset, read_header
from pacscore.dicom.parser_warnings import noted_warnings
from pacscore.limits import DEFAULT_LIMITS, Limits
from pacscore.source import FileObjectReader, FileReader, MemoryReader, as_reader
from pacscore.source.holding import HoldingReader

if TYPE_CHECKING:
    from pacscore.codecs.isolation import Isolation

__all__ = ["open"]


def open(
    source: Any,
    *,
    limits: Limits | None = None,
    isolate: bool | Isolation = False,
    storage: Mapping[str, Any] | None = None,
) -> FrameSource:
    """Open the frames of a DICOM object.

    Parameters
    ----------
    source : path, URL, bytes-like, binary file object, pydicom Dataset, or reader
        A URL is a string as ``s3://bucket/key`` or ``https://host/path``. A reader has ``read_range(start, length)``
        and ``size``. Only headers are read now; frames when asked for.
    limits : Limits, optional
        Sizes beyond which it refuses.
    isolate : bool or Isolation
        Whether codecs of other libraries run in a child process, so that this one survives them; an `Isolation` says
        how much time and memory they may take.
    storage : mapping, optional
        Options for the store that a URL names, as obstore or fsspec take them: ``endpoint``, ``region``, credentials.
        ``"library"`` says which of the two reads, ``"attempts"`` how often a request is tried.

    Returns
    -------
    FrameSource
        A sequence of frames, and a context manager that closes what was opened here.

    Raises
    ------
    DicomError
        If this is no DICOM image, or its attributes make no sense; ``tag`` names the element.
    UnsupportedError
        If the pixels lie elsewhere (JPIP), or no codec serves the transfer syntax (NoCodecError).
    OptionError
        If an option of ``storage`` is not known.
    SourceChangedError
        If an object in a store is another one than when it was opened; reading frames may raise it too.
    OSError
        What the operating system or the store says.

    Source: PS3.10 7; PS3.5 8 and A.4; PS3.3 C.7.6.3.
    """
    limits = limits or DEFAULT_LIMITS
    with noted_warnings() as warned:
        frames = _opened(source, limits, isolate, storage)
    frames._notes += tuple(warned)
    return frames


def _opened(source: Any, limits: Limits, isolate: bool | Isolation, storage: Mapping[str, Any] | None) -> FrameSource:
    if isinstance(source, Dataset):
        return FrameSource(header_of_dataset(source), limits, isolate=isolate)
    reader = as_reader(source, storage)
    opened = [reader] if isinstance(reader, FileReader) and reader is not source else []
    if not isinstance(reader, FileReader | MemoryReader | FileObjectReader):
        reader = HoldingReader(reader)
    try:
        header = read_header(reader, limits)
        if isinstance(header.reader, FileReader) and header.reader is not reader:
            opened.append(header.reader)  # what was inflated
        frames = FrameSource(header, limits, tuple(opened), isolate=isolate)
    except BaseException:
        for each in opened:
            each.close()
        raise
    if isinstance(reader, HoldingReader):
        reader.settle()
        if header.reader is reader:
            reader.divide(frames.borders)
    return frames
