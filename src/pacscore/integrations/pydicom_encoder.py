"""The encoder that pydicom calls, frame by frame."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.pixels.encoders.base import EncodeRunner

from pacscore.codecs.jpegls import JPEGLSOptions
from pacscore.codecs.registry import codec_for, transfer_syntaxes
from pacscore.errors import NoCodecError, OptionError, UnsupportedError
from pacscore.j2k.options import J2KOptions
from pacscore.pixel_format import PixelFormat, container_dtype

__all__ = ["ENCODER_DEPENDENCIES", "encode_frame", "is_available"]

ENCODER_DEPENDENCIES: dict[str, tuple[str, ...]] = dict.fromkeys(transfer_syntaxes(), ("pacscore",))
"""What pydicom asks a plug-in's module for, though nothing is missing where pacscore is there."""

_JPEG_2000 = frozenset(f"1.2.840.10008.1.2.4.{number}" for number in (90, 91, 201, 202, 203))
_JPEG_LS = frozenset({"1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81"})
_UNCOMPRESSED_LAYOUT = frozenset({"1.2.840.10008.1.2.1.98", "1.2.840.10008.1.2.8.1"})
_TRANSFORMED = {"YBR_RCT": True, "YBR_ICT": False}
"""Photometric Interpretation after a component transform, and whether that is reversible."""


def is_available(uid: str) -> bool:
    """Return whether a codec of pacscore encodes this transfer syntax."""
    try:
        return str(uid) in codec_for(uid).encodes
    except (NoCodecError, UnsupportedError):
        return False


def encode_frame(src: bytes, runner: EncodeRunner) -> bytes:
    """Encode a frame for pydicom.

    Photometric Interpretation is taken as pydicom means it, as that of the encoded frame: RGB samples labelled RGB get
    no component transform, and those labelled YBR_RCT or YBR_ICT get it.

    Source: PS3.5 8.2.

    Parameters
    ----------
    src : bytes
        Samples, little endian, in the smallest container that holds Bits Stored.
    runner : pydicom.pixels.encoders.base.EncodeRunner
        Says what they are. Of its options ``j2k_cr`` and ``j2k_psnr`` (a value for each quality layer), ``jls_error``
        and ``codec_options`` (an options object of the codec, instead of those) are known.

    Returns
    -------
    bytes

    Raises
    ------
    OptionError
        If the options or the attributes contradict the transfer syntax, or the data set would tell something else than
        the frame is.
    UnsupportedError
        If the codec does not take such frames.
    """
    uid = str(runner.transfer_syntax)
    pixel_format = _pixel_format(runner)
    encoded = codec_for(uid).encode(_frame(src, runner, pixel_format), pixel_format, uid, _options(uid, runner))
    label = str(runner.photometric_interpretation)
    if label not in (encoded.photometric_interpretation, "YBR_FULL_422"):
        raise OptionError(
            f"the frame is {encoded.photometric_interpretation}, and the data set would go on saying {label}: "
            "pacscore.transcode changes it"
        )
    return encoded.data


def _pixel_format(runner: EncodeRunner) -> PixelFormat:
    label, samples = str(runner.photometric_interpretation), runner.samples_per_pixel
    photometric = "RGB" if label in _TRANSFORMED else "YBR_FULL" if label == "YBR_FULL_422" else label
    return PixelFormat(
        rows=runner.rows,
        columns=runner.columns,
        samples_per_pixel=samples,
        bits_allocated=8 * container_dtype(max(runner.bits_allocated, runner.bits_stored), False).itemsize,
        bits_stored=runner.bits_stored,
        pixel_representation=runner.pixel_representation,
        photometric_interpretation=photometric,
    )


def _frame(src: bytes, runner: EncodeRunner, pixel_format: PixelFormat) -> NDArray[Any]:
    container = container_dtype(pixel_format.bits_stored, bool(pixel_format.pixel_representation))
    values = np.frombuffer(src, container.newbyteorder("<"))
    by_plane = pixel_format.samples_per_pixel > 1 and runner.planar_configuration == 1
    if by_plane and str(runner.transfer_syntax) in _UNCOMPRESSED_LAYOUT:
        raise OptionError("the frame would be by pixel, and the data set say by plane: pacscore.transcode changes it")
    if by_plane and (not runner.is_array or str(runner.transfer_syntax) in _JPEG_LS):
        planes = values.reshape(pixel_format.samples_per_pixel, pixel_format.rows, pixel_format.columns)
        values = np.moveaxis(planes, 0, -1)
    return np.ascontiguousarray(values.reshape(pixel_format.shape), pixel_format.dtype)


def _options(uid: str, runner: EncodeRunner) -> Any:
    chosen = runner.get_option("codec_options")
    if uid in _JPEG_LS and chosen is None and (near := runner.get_option("jls_error")):
        return JPEGLSOptions(near=near)
    if uid not in _JPEG_2000:
        return chosen
    options = chosen or _layers(runner)
    label = str(runner.photometric_interpretation)
    if label in _TRANSFORMED:
        return dataclasses.replace(options, color_transform=True, reversible=_TRANSFORMED[label])
    return dataclasses.replace(options, color_transform=False)


def _layers(runner: EncodeRunner) -> J2KOptions:
    """Return what pydicom's compression ratios, or decibels, of the quality layers ask for."""
    ratios, decibels = runner.get_option("j2k_cr"), runner.get_option("j2k_psnr")
    if ratios and decibels:
        raise OptionError("j2k_cr and j2k_psnr together: one of them")
    if ratios:
        bits = runner.bits_stored * runner.samples_per_pixel
        return J2KOptions(rate=tuple(bits / ratio for ratio in ratios))
    return J2KOptions(psnr=tuple(decibels) if decibels else None)
