"""Frames on their way from one transfer syntax to another by their pixels: decoded, and encoded."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from pacscore.codecs import codec_for
from pacscore.codecs.isolation import Isolation, isolated
from pacscore.codecs.protocol import Codec, EncodedFrame, OnDamage
from pacscore.dicom.attributes import Coding
from pacscore.dicom.embedded_overlays import EmbeddedOverlay, embedded_overlays
from pacscore.dicom.frames import FrameSource
from pacscore.dicom.in_order import in_order
from pacscore.dicom.part10 import BIG_ENDIAN, NATIVE
from pacscore.dicom.pixel_data_writer import FrameSpool, OneBitPacker
from pacscore.dicom.pixel_hash import pixel_sha256
from pacscore.errors import DataError, UnsupportedError
from pacscore.pixel_format import PixelFormat
from pacscore.report import Partial

__all__ = ["Choices", "Written", "allocated", "coding_of", "encode_all", "is_native", "whole"]

_ONE_BIT_FORMS = NATIVE | {"1.2.840.10008.1.2.1.98", "1.2.840.10008.1.2.8.1"}
"""Transfer syntaxes that keep eight pixels of one bit in a byte."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a caller of `transcode` chose about frames."""

    transfer_syntax: str
    options: Any
    threads: int
    on_damage: OnDamage
    isolate: bool | Isolation = False


@dataclass(slots=True)
class Written:
    """What is known once all frames are in the spool.

    Attributes
    ----------
    coding : Coding or None
        How the frames were encoded; None if they were carried over.
    hashes : list of str
        SHA-256 of each frame's values, as the source gives them.
    pixel_bytes : int
        Size of all frames as arrays.
    damaged : list of int
        Frames that were not whole.
    overlays : list of (EmbeddedOverlay, bytes)
        Planes that were taken out of unused bits, one bit a pixel, frame after frame.
    route : "pixels" or None
        How the frames went, where that was not how they set out.
    """

    coding: Coding | None = None
    hashes: list[str] = field(default_factory=list)
    pixel_bytes: int = 0
    damaged: list[int] = field(default_factory=list)
    overlays: list[tuple[EmbeddedOverlay, bytes]] = field(default_factory=list)
    route: Literal["pixels"] | None = None

    @property
    def lossless(self) -> bool:
        """Whether the coding loses nothing of what was decoded."""
        return self.coding is None or self.coding.lossless


@dataclass(frozen=True, slots=True)
class _Frame:
    """What became of one frame; ``pixels`` only where they are still to be packed."""

    sha256: str
    nbytes: int
    whole: bool = True
    encoded: EncodedFrame | None = None
    pixels: NDArray[Any] | None = None
    overlays: tuple[NDArray[np.uint8], ...] = ()


def is_native(transfer_syntax: str) -> bool:
    """Return whether frames lie in Pixel Data one after another, without items."""
    return transfer_syntax in NATIVE or transfer_syntax == BIG_ENDIAN


def encode_all(frames: FrameSource, spool: FrameSpool, choices: Choices) -> Written:
    """Decode each frame, and encode it into the spool.

    Raises
    ------
    UnsupportedError
        If the codec does not write the transfer syntax, or an overlay would be lost.
    DataError
        If frames come out in different photometric interpretations.
    """
    pixel_format = frames.pixel_format
    native_source = is_native(frames.transfer_syntax)
    overlays = embedded_overlays(frames.dataset, frames.encoded_format, native=native_source)
    codec = _encoder(choices)
    pixel_format = allocated(pixel_format, frames.dataset, choices.transfer_syntax)
    packer = OneBitPacker() if pixel_format.bits_allocated == 1 and choices.transfer_syntax in NATIVE else None
    threads = choices.threads if len(frames) == 1 else 1

    def code(index: int) -> _Frame:
        pixels, complete = _decoded(frames, index, threads, choices.on_damage)
        sha256, nbytes = pixel_sha256(pixels), pixels.nbytes
        planes = _planes(frames, index, overlays) if overlays else ()
        if packer is not None:
            return _Frame(sha256, nbytes, complete, pixels=pixels, overlays=planes)
        encoded = codec.encode(pixels, pixel_format, choices.transfer_syntax, choices.options, threads=threads)
        return _Frame(sha256, nbytes, complete, encoded, overlays=planes)

    written = Written()
    planes = [(overlay, OneBitPacker(), bytearray()) for overlay in overlays]
    codings: list[EncodedFrame] = []
    for index, frame in enumerate(in_order(code, len(frames), choices.threads)):
        written.hashes.append(frame.sha256)
        written.pixel_bytes += frame.nbytes
        if not frame.whole:
            written.damaged.append(index)
        if frame.encoded is not None:
            spool.append(frame.encoded.data)
            codings.append(replace(frame.encoded, data=b"") if codings else frame.encoded)
        if packer is not None and frame.pixels is not None:
            spool.append(packer.pack(frame.pixels))
        for (_, bits, packed), plane in zip(planes, frame.overlays, strict=True):
            packed.extend(bits.pack(plane))
    if packer is not None:
        spool.append(packer.rest())
    written.coding = coding_of(codec, codings, pixel_format, written.pixel_bytes / max(spool.total, 1))
    written.overlays = [(overlay, bytes(packed) + bits.rest()) for overlay, bits, packed in planes]
    return written


def allocated(pixel_format: PixelFormat, dataset: Dataset, syntax: str) -> PixelFormat:
    """Return the format with one bit a pixel packed where that can be, and one in eight where not.

    Source: PS3.5 8.1.1, 8.2; PS3.3 C.8.20.2 (a binary segmentation has Bits Allocated 1).
    """
    if pixel_format.bits_stored != 1 or pixel_format.samples_per_pixel != 1 or pixel_format.bits_allocated > 8:
        return pixel_format
    packed = pixel_format.bits_allocated == 1 or dataset.get("SegmentationType") == "BINARY"
    return replace(pixel_format, bits_allocated=1 if packed and syntax in _ONE_BIT_FORMS else 8)


def _encoder(choices: Choices) -> Codec:
    syntax = choices.transfer_syntax
    codec = codec_for(syntax)
    if syntax not in codec.encodes:
        raise UnsupportedError(f"{syntax} is read but not written (codec {codec.name!r})", feature=f"encoding {syntax}")
    return isolated(codec, choices.isolate)


def _decoded(frames: FrameSource, index: int, threads: int, on_damage: OnDamage) -> tuple[NDArray[Any], bool]:
    """Return a frame, and whether it is whole."""
    decoded = frames.frame(index, threads=threads, on_damage=on_damage)
    if isinstance(decoded, Partial):
        return whole(decoded.image), decoded.report.complete
    return whole(decoded), True


def whole(decoded: Any) -> NDArray[Any]:
    """Return an array that may be pixel data."""
    if not isinstance(decoded, np.ndarray):
        raise UnsupportedError("components of different sizes cannot be pixel data", feature="sub-sampled components")
    return decoded


def _planes(frames: FrameSource, index: int, overlays: list[EmbeddedOverlay]) -> tuple[NDArray[np.uint8], ...]:
    data, big_endian = frames.encoded(index), frames.transfer_syntax == BIG_ENDIAN
    return tuple(overlay.plane(data, frames.encoded_format, big_endian=big_endian) for overlay in overlays)


def coding_of(codec: Codec, codings: list[EncodedFrame], pixel_format: PixelFormat, ratio: float) -> Coding:
    """Return what the data set must say about all frames; Bits Stored is what the first frame's header says."""
    told = {(coding.photometric_interpretation, coding.planar_configuration) for coding in codings}
    if len(told) > 1:
        raise DataError(f"frames came out in different photometric interpretations: {sorted(told)}")
    photometric, planar = told.pop() if told else (pixel_format.photometric_interpretation, 0)
    if codings:
        described = codec.decoded_format(codings[0].data, pixel_format)
        pixel_format = replace(pixel_format, bits_stored=described.bits_stored)
    return Coding(
        pixel_format=pixel_format,
        photometric_interpretation=photometric,
        planar_configuration=planar,
        lossless=all(coding.lossless for coding in codings),
        method=next((coding.method for coding in codings if coding.method), None),
        ratio=ratio,
    )
