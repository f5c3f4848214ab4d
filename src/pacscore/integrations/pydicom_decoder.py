"""The decoder that pydicom calls, frame by frame."""

from __future__ import annotations

import sys
import warnings
from types import FrameType
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from pydicom.pixels.decoders.base import DecodeRunner
from pydicom.pixels.utils import decompress

from pacscore.codecs.registry import codec_for, transfer_syntaxes
from pacscore.errors import DataError, PacscoreError, UnsupportedError
from pacscore.pixel_format import PixelFormat

__all__ = ["DECODER_DEPENDENCIES", "decode_frame", "is_available"]

DECODER_DEPENDENCIES: dict[str, tuple[str, ...]] = dict.fromkeys(transfer_syntaxes(), ("pacscore",))
"""What pydicom asks a plug-in's module for, though nothing is missing where pacscore is there."""

_STORED = "pacscore_stored_format"


def is_available(uid: str) -> bool:
    """Return whether a codec of pacscore decodes this transfer syntax."""
    return str(uid) in transfer_syntaxes()


def decode_frame(src: bytes, runner: DecodeRunner) -> bytearray:
    """Decode a frame for pydicom, and tell its runner what came out: colour, planes, container and precision.

    Warns, and raises, where the frame does not decode: pydicom keeps what a plug-in raises to itself, and goes on to
    the next one.

    Source: PS3.5 8.2; PS3.3 C.7.6.3.

    Parameters
    ----------
    src : bytes
        The encoded frame.
    runner : pydicom.pixels.decoders.base.DecodeRunner
        Says what the data set says about it.

    Returns
    -------
    bytearray
        Samples as ``pacscore.open`` gives them: interleaved, little endian, in the container of Bits Allocated.

    Raises
    ------
    PacscoreError
        If the frame does not decode, or its precision is beyond Bits Allocated, into which pydicom would squeeze it; or
        if pydicom decompresses a data set of Bits Allocated 1, which would not say what it holds then.
    """
    try:
        stored = _stored_format(runner)
        codec = codec_for(runner.transfer_syntax)
        decoded = codec.decoded_format(src, stored)
        _check(decoded, stored, runner)
        frame = cast("NDArray[Any]", codec.decode(src, stored))
    except PacscoreError as error:
        if len(getattr(runner, "_decoders", ())) > 1:
            warnings.warn(
                f"pacscore does not decode the frame, and pydicom goes on to other plug-ins: {error}",
                RuntimeWarning,
                stacklevel=2,
            )
        raise
    _report(decoded, runner)
    return bytearray(np.ascontiguousarray(frame, decoded.dtype.newbyteorder("<")))


def _stored_format(runner: DecodeRunner) -> PixelFormat:
    """Return what the data set says, also when an earlier frame has told the runner something else."""
    known = runner.get_option(_STORED)
    if isinstance(known, PixelFormat):
        return known
    samples = runner.samples_per_pixel
    stored = PixelFormat(
        rows=runner.rows,
        columns=runner.columns,
        samples_per_pixel=samples,
        bits_allocated=runner.bits_allocated,
        bits_stored=runner.bits_stored,
        pixel_representation=runner.pixel_representation,
        photometric_interpretation=str(runner.photometric_interpretation),
        planar_configuration=runner.planar_configuration if samples > 1 else 0,
    )
    runner.set_option(_STORED, stored)
    return stored


def _check(decoded: PixelFormat, stored: PixelFormat, runner: DecodeRunner) -> None:
    if decoded.bits_stored > max(stored.bits_allocated, 8):
        raise DataError(
            f"the frame has {decoded.bits_stored} bits a sample, which do not go into Bits Allocated "
            f"{stored.bits_allocated}: pacscore.open reads it"
        )
    if runner.get_option("rle_segment_order", ">") != ">":
        raise UnsupportedError(
            "RLE segments with the least significant byte first", feature="rle_segment_order", clause="PS3.5 G.2"
        )
    if stored.bits_allocated == 1 and _decompressing():
        raise UnsupportedError(
            "decompress() of pydicom puts each pixel into a byte and leaves Bits Allocated at 1: pixel_array is right, "
            "and pacscore.transcode writes such frames natively",
            feature="decompress() of Bits Allocated 1",
            clause="PS3.5 8.1.1",
        )


def _decompressing() -> bool:
    """Return whether pydicom decodes to replace Pixel Data: its runner does not tell."""
    frame: FrameType | None = sys._getframe()
    while frame is not None and frame.f_code is not decompress.__code__:
        frame = frame.f_back
    return frame is not None


def _report(decoded: PixelFormat, runner: DecodeRunner) -> None:
    runner.set_option("photometric_interpretation", decoded.photometric_interpretation)
    if decoded.samples_per_pixel > 1:
        runner.set_option("planar_configuration", 0)
    # 1 bit comes as a byte each, and pydicom masks what is beyond Bits Stored: nothing of the frame may be
    runner.set_option("bits_allocated", 8 * decoded.dtype.itemsize)
    if decoded.bits_stored > runner.bits_stored:
        runner.set_option("bits_stored", decoded.bits_stored)
