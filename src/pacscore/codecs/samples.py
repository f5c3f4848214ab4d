"""From stored bits to values: sample containers, bits stored, planes, shared chroma."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacscore.pixel_format import PixelFormat, container_dtype
from pacscore.pixels import _photometric

__all__ = ["expand_chroma", "from_little_endian", "interleaved", "interpret", "of_precision", "pack_bits"]
__all__ += ["stored_values", "unpack_bits"]

_EXPANDED = {"YBR_FULL_422": "YBR_FULL"}


def interpret(values: NDArray[Any], bits: int, signed: bool, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return the low ``bits`` bits of each value, as unsigned or two's complement numbers.

    Parameters
    ----------
    values : ndarray of integers
        Whatever their type says, only the bits count.
    bits : int
        Precision; higher bits are cleared (unsigned) or become copies of the sign (signed).
    signed : bool
        Two's complement.
    dtype : numpy.dtype
        Container of the result, no narrower than ``bits``.
    """
    width = 8 * dtype.itemsize
    pattern = values.astype(f"u{dtype.itemsize}", copy=False)
    if bits >= width:
        return pattern.view(dtype)
    if not signed:
        masked: NDArray[Any] = pattern & pattern.dtype.type((1 << bits) - 1)
        return masked.view(dtype)
    shift = pattern.dtype.type(width - bits)
    extended: NDArray[Any] = (pattern << shift).view(f"i{dtype.itemsize}") >> np.dtype(f"i{dtype.itemsize}").type(shift)
    return extended.view(dtype)


def stored_values(values: NDArray[Any], stored: PixelFormat) -> NDArray[Any]:
    """Return the values of words of Bits Allocated: High Bit, Bits Stored and Pixel Representation say which bits."""
    if stored.high_bit is not None and stored.high_bit >= stored.bits_stored:
        values = values >> values.dtype.type(stored.high_bit + 1 - stored.bits_stored)
    return interpret(values, stored.bits_stored, bool(stored.pixel_representation), stored.dtype)


def from_little_endian(values: NDArray[np.uint8], size: int) -> NDArray[Any]:
    """Return unsigned integers of ``size`` bytes from the bytes in the last axis, which may be fewer."""
    missing = size - values.shape[-1]
    padded = np.pad(values, [(0, 0)] * (values.ndim - 1) + [(0, missing)]) if missing else np.ascontiguousarray(values)
    return padded.view(f"<u{size}").astype(f"u{size}", copy=False)


def interleaved(planes: NDArray[Any]) -> NDArray[Any]:
    """Return ``(samples, rows, columns)`` as ``(rows, columns, samples)``."""
    return np.ascontiguousarray(np.moveaxis(planes, 0, -1))


def expand_chroma(values: NDArray[Any], rows: int, columns: int) -> NDArray[Any]:
    """Return three samples a pixel from the Y Y Cb Cr of two; each pair of columns shares its chroma.

    Source: PS3.3 C.7.6.3.1.2.
    """
    if values.dtype == np.uint8:
        expanded = np.empty((rows, columns, 3), np.uint8)
        _photometric.expand_422(np.ascontiguousarray(values).reshape(-1), expanded.reshape(-1))
        return expanded
    pairs = values.reshape(rows, columns // 2, 4)
    pixels = np.empty((rows, columns // 2, 2, 3), values.dtype)
    pixels[..., 0] = pairs[..., :2]
    pixels[..., 1] = pairs[..., 2:3]
    pixels[..., 2] = pairs[..., 3:4]
    return pixels.reshape(rows, columns, 3)


def unpack_bits(data: Any, count: int) -> NDArray[np.uint8]:
    """Return ``count`` samples of one bit each, as 0 and 1; the least significant bit of a byte comes first."""
    return np.unpackbits(np.frombuffer(data, np.uint8), count=count, bitorder="little")


def pack_bits(values: NDArray[Any]) -> bytes:
    """Return samples of 0 and 1 packed, eight in a byte, the least significant bit first."""
    return np.packbits(values.reshape(-1).astype(np.uint8), bitorder="little").tobytes()


def of_precision(stored: PixelFormat, bits: int | None = None, signed: bool | None = None) -> PixelFormat:
    """Return the format of decoded samples: interleaved, chroma expanded, of the precision and sign that are given.

    The container stays that of Bits Allocated unless the precision needs a larger one.
    """
    bits = stored.bits_stored if bits is None else bits
    signed = bool(stored.pixel_representation) if signed is None else signed
    allocated = stored.bits_allocated
    if not stored.is_float and max(allocated, bits) > 1:
        allocated = 8 * container_dtype(max(allocated, bits), signed).itemsize
    photometric = stored.photometric_interpretation
    return dataclasses.replace(
        stored,
        bits_allocated=allocated,
        bits_stored=bits,
        high_bit=None,
        pixel_representation=int(signed),
        photometric_interpretation=_EXPANDED.get(photometric, photometric),
        planar_configuration=0,
    )
