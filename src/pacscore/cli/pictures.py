"""Arrays from and to picture files: NPY, PNG, PGM and PPM, PGX."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import DataError, OptionError, UnsupportedError

__all__ = ["check_picture_name", "read_picture", "write_picture"]

_SUFFIXES = (".npy", ".png", ".pgm", ".ppm", ".pgx")


def check_picture_name(path: Path) -> None:
    """Raise OptionError unless the name says a kind of picture that can be written."""
    if path.suffix.lower() not in _SUFFIXES:
        raise OptionError(f"{path.name}: the name must end in one of {', '.join(_SUFFIXES)}")


def read_picture(path: Path) -> NDArray[Any]:
    """Return the array of an NPY, PNG, PGM or PPM file.

    Returns
    -------
    ndarray, shape (rows, columns[, samples])
        Samples as they are stored, native byte order.

    Raises
    ------
    DataError
        If the file is not what its name says.
    OptionError
        If the name says a kind of picture that cannot be read.
    """
    suffix = path.suffix.lower()
    data = path.read_bytes()
    if suffix == ".npy":
        return _from_npy(data)
    if suffix == ".png":
        return _from_png(data)
    if suffix in (".pgm", ".ppm"):
        return _from_pnm(data)
    raise OptionError(f"{path.name}: pictures are read from .npy, .png, .pgm and .ppm")


def write_picture(path: Path, array: NDArray[Any], *, bits: int) -> None:
    """Write an array as the kind of picture that the name says.

    Parameters
    ----------
    path : Path
        Ends in .npy, .png, .pgm, .ppm or .pgx.
    array : ndarray, shape (rows, columns[, samples]), and any shape for .npy
        Integers; values are written as they are.
    bits : int
        Precision of the values, which PGM, PPM and PGX state in their headers.

    Raises
    ------
    UnsupportedError
        If the kind of picture cannot hold the values.
    """
    check_picture_name(path)
    suffix = path.suffix.lower()
    if suffix == ".npy":
        stream = io.BytesIO()
        np.save(stream, array, allow_pickle=False)
        data = stream.getvalue()
    elif suffix == ".png":
        data = _to_png(array)
    elif suffix == ".pgx":
        data = _to_pgx(array, bits)
    else:
        data = _to_pnm(array, bits)
    path.write_bytes(data)


def _from_npy(data: bytes) -> NDArray[Any]:
    try:
        array: NDArray[Any] = np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError, OSError, MemoryError) as error:
        raise DataError(f"not an NPY file: {error}") from error
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "iub":
        raise DataError("the file holds no single array of integers")
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _from_png(data: bytes) -> NDArray[Any]:
    import imagecodecs  # noqa: PLC0415 - loaded only where a PNG is met

    try:
        array: NDArray[Any] = imagecodecs.png_decode(data)
    except (imagecodecs.PngError, ValueError) as error:
        raise DataError(f"not a PNG file: {error}") from error
    return array


def _from_pnm(data: bytes) -> NDArray[Any]:
    words: list[bytes] = []
    at = 0
    while len(words) < 4:
        while data[at : at + 1].isspace():
            at += 1
        if data[at : at + 1] == b"#":
            at = data.find(b"\n", at) + 1 or len(data)
            continue
        start = at
        while at < len(data) and not data[at : at + 1].isspace():
            at += 1
        if start == at:
            raise DataError("the PNM header ends early", offset=at)
        words.append(data[start:at])
    samples = {b"P5": 1, b"P6": 3}.get(words[0])
    if samples is None or not all(word.isdigit() and len(word) < 9 for word in words[1:]):
        raise DataError("not a binary PGM (P5) or PPM (P6) file", offset=0)
    columns, rows, largest = (int(word) for word in words[1:])
    dtype = np.dtype(">u2" if largest > 255 else "u1")
    count = rows * columns * samples
    if not 1 <= largest <= 65535 or count == 0 or len(data) - at - 1 < count * dtype.itemsize:
        raise DataError(f"the PNM header claims {columns} x {rows} values up to {largest}, the file is shorter")
    array = np.frombuffer(data, dtype, count, at + 1).astype(dtype.newbyteorder("="))
    return array.reshape((rows, columns) if samples == 1 else (rows, columns, samples))


def _to_png(array: NDArray[Any]) -> bytes:
    import imagecodecs  # noqa: PLC0415

    if array.dtype not in (np.uint8, np.uint16) or not (array.ndim == 2 or array.shape[2:] in ((3,), (4,))):
        raise UnsupportedError(
            f"PNG holds unsigned values of 8 or 16 bits in 1, 3 or 4 samples, not {array.dtype} {array.shape}:"
            " write .npy, or use render for a picture to look at",
            feature="PNG of such values",
        )
    return bytes(imagecodecs.png_encode(np.ascontiguousarray(array)))


def _to_pnm(array: NDArray[Any], bits: int) -> bytes:
    colour = array.ndim == 3 and array.shape[2] == 3
    if array.dtype.kind != "u" or bits > 16 or not (array.ndim == 2 or colour):
        raise UnsupportedError(
            f"PGM and PPM hold unsigned values of up to 16 bits in 1 or 3 samples, not {array.dtype} {array.shape}",
            feature="PNM of such values",
        )
    header = f"{'P6' if colour else 'P5'}\n{array.shape[1]} {array.shape[0]}\n{(1 << bits) - 1}\n"
    return header.encode() + array.astype(">u2" if bits > 8 else "u1").tobytes()


def _to_pgx(array: NDArray[Any], bits: int) -> bytes:
    if array.dtype.kind not in "iu" or array.ndim != 2:
        raise UnsupportedError(f"PGX holds one component of integers, not {array.dtype} {array.shape}", feature="PGX")
    signed = array.dtype.kind == "i"
    header = f"PG ML {'-' if signed else '+'} {bits} {array.shape[1]} {array.shape[0]}\n"
    size = 1 if bits <= 8 else 2 if bits <= 16 else 4
    return header.encode() + array.astype(f">{array.dtype.kind}{size}").tobytes()
