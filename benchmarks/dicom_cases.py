"""What is compared of DICOM: files to arrays, multi-frame objects, RLE, and native colour."""

from __future__ import annotations

import atexit
import importlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.data import get_testdata_file
from pydicom.pixels.processing import convert_color_space
from pydicom.pixels.utils import expand_ybr422, pixel_array

import pacscore
from benchmarks.cases import Case, require_near
from benchmarks.images import Picture
from pacscore.codecs import codec_for
from pacscore.codecs.native import from_bytes
from pacscore.pixel_format import PixelFormat
from pacscore.pixels.photometric import ybr_full_to_rgb

__all__ = ["DICOM_OPERATIONS"]

HTJ2K_LOSSLESS = "1.2.840.10008.1.2.4.201"
JPEG_LOSSLESS_SV1 = "1.2.840.10008.1.2.4.70"
RLE_LOSSLESS = "1.2.840.10008.1.2.5"
FILES = {"CT": "693_UNCR.dcm", "MR": "MR2_UNCR.dcm", "US": "US1_UNCR.dcm"}
"""Of pydicom-data, by the names that their pictures have."""
FRAMES = {"CT": 120, "MR": 32, "US": 64}
"""About 60 MB of pixels each."""


@cache
def _folder() -> Path:
    """Return a folder for files, in memory if the machine has such a one."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="pacscore-compare-", dir=memory))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _dataset(name: str) -> pydicom.Dataset:
    path = get_testdata_file(FILES[name], download=False)
    if not isinstance(path, str):
        raise FileNotFoundError(f"{FILES[name]} is not installed: pip install pydicom-data")
    return pydicom.dcmread(path)


def _frame(path: Path) -> NDArray[Any]:
    with pacscore.open(path) as frames:
        return frames[0]


def _file_cases(operation: str, transfer_syntax: str, plug_in: str, peer: str) -> Iterator[Case]:
    """Read a file of one frame: by pydicom's shortest way to an array."""
    path = _folder() / "slice.dcm"
    pacscore.transcode(_dataset("CT"), path, transfer_syntax, overwrite=True)
    ours = partial(_frame, path)
    theirs = partial(pixel_array, path, raw=True, decoding_plugin=plug_in)
    require_near(theirs(), ours(), 0, f"{operation} by {peer}")
    size = path.stat().st_size
    yield Case(Picture(ours(), 16, "CT"), operation, peer, ours, theirs, size, size)


def htj2k_file() -> Iterator[Case]:
    """Read an HTJ2K slice."""
    importlib.import_module("openjpeg")
    yield from _file_cases("HTJ2K file", HTJ2K_LOSSLESS, "pylibjpeg", "pydicom, pylibjpeg-openjpeg")


def jpeg_lossless_file() -> Iterator[Case]:
    """Read a JPEG Lossless slice."""
    importlib.import_module("gdcm")
    yield from _file_cases("JPEG Lossless SV1 file", JPEG_LOSSLESS_SV1, "gdcm", "pydicom, GDCM")


def _spent(arrays: Callable[[], Iterable[Any]]) -> None:
    """Look at one array after another, and keep none."""
    for _ in arrays():
        pass


def _opened(source: Path | bytes) -> Iterator[Any]:
    with pacscore.open(source) as frames:
        yield from frames


def multi_frame() -> Iterator[Case]:
    """Read all frames of an HTJ2K object, one after another; the bare codec has its codestreams in memory."""
    for name, count in FRAMES.items():
        dataset, path = _dataset(name), _folder() / f"{name}.dcm"
        frames = np.stack([np.roll(dataset.pixel_array, 7 * turn, 0) for turn in range(count)])
        dataset.NumberOfFrames, dataset.PixelData = count, frames.tobytes()
        if frames.ndim == 4:
            dataset.PlanarConfiguration = 0
        pacscore.transcode(dataset, path, HTJ2K_LOSSLESS, overwrite=True)
        with pacscore.open(path) as opened:
            streams = [opened.encoded(index) for index in range(count)]
            require_near(opened.as_array(), frames, 0, f"frames of {name}")
        picture, size = Picture(frames, 16, f"{name}, {count} frames"), path.stat().st_size
        theirs = partial(_spent, partial(map, pacscore.decode, streams))
        for place, source in (("memory", path.read_bytes()), ("a file", path)):
            ours = partial(_spent, partial(_opened, source))
            yield Case(picture, f"HTJ2K object in {place}", "pacscore.decode", ours, theirs, size, size)


def _stored(picture: NDArray[Any]) -> PixelFormat:
    rows, columns = picture.shape[:2]
    bits, signed = 8 * picture.itemsize, int(picture.dtype.kind == "i")
    samples, photometric = (3, "RGB") if picture.ndim == 3 else (1, "MONOCHROME2")
    return PixelFormat(rows, columns, samples, bits, bits, signed, photometric)


def _rle_pictures() -> Iterator[tuple[str, NDArray[Any], PixelFormat, dict[str, int]]]:
    for name in FILES:
        array = _dataset(name).pixel_array
        stored = _stored(array)
        told = {"rows": stored.rows, "columns": stored.columns, "bits_allocated": stored.bits_allocated}
        yield name, array, stored, told


def rle_decoding() -> Iterator[Case]:
    """Decode an RLE frame from memory."""
    peer, codec = importlib.import_module("rle"), codec_for(RLE_LOSSLESS)
    for name, array, stored, told in _rle_pictures():
        data = codec.encode(array, stored, RLE_LOSSLESS).data
        ours = partial(codec.decode, data, stored)

        def theirs(data: bytes = data, told: dict[str, int] = told, array: NDArray[Any] = array) -> NDArray[Any]:
            values = np.frombuffer(peer.decode_pixel_data(data, version=2, **told), array.dtype)
            return values.reshape(array.shape) if array.ndim == 2 else values.reshape(3, *array.shape[:2])

        planes = theirs()
        require_near(np.asarray(ours()), array, 0, f"RLE of {name} by pacscore")
        require_near(planes if array.ndim == 2 else np.moveaxis(planes, 0, 2), array, 0, f"RLE of {name} by pylibjpeg")
        picture = Picture(array, stored.bits_stored, name)
        yield Case(picture, "RLE decode", "pylibjpeg-rle", ours, theirs, len(data), len(data))


def rle_encoding() -> Iterator[Case]:
    """Encode a frame in RLE."""
    peer, codec = importlib.import_module("rle"), codec_for(RLE_LOSSLESS)
    for name, array, stored, told in _rle_pictures():
        ours = partial(codec.encode, array, stored, RLE_LOSSLESS)
        samples, native = stored.samples_per_pixel, array.tobytes()
        theirs = partial(peer.encode_pixel_data, native, byteorder="<", samples_per_pixel=samples, **told)
        our_data, peer_data = ours().data, theirs()
        for data, who in ((our_data, "pacscore"), (peer_data, "pylibjpeg")):
            require_near(np.asarray(codec.decode(data, stored)), array, 0, f"RLE of {name} by {who}")
        picture = Picture(array, stored.bits_stored, name)
        yield Case(picture, "RLE encode", "pylibjpeg-rle", ours, theirs, len(our_data), len(peer_data))


def chroma() -> Iterator[Case]:
    """Expand native YBR_FULL_422."""
    rgb = _dataset("US").pixel_array
    ybr = convert_color_space(rgb, "RGB", "YBR_FULL")
    rows, columns = ybr.shape[:2]
    pairs = ybr.reshape(rows, columns // 2, 6)[..., [0, 3, 1, 2]].tobytes()
    stored = PixelFormat(rows, columns, 3, 8, 8, 0, "YBR_FULL_422")
    ours = partial(from_bytes, pairs, stored)

    def theirs() -> NDArray[Any]:
        return np.frombuffer(expand_ybr422(pairs, 8), np.uint8).reshape(rows, columns, 3)

    require_near(theirs(), ours(), 0, "YBR_FULL_422 by pydicom")
    yield Case(Picture(ybr, 8, "US"), "YBR_FULL_422 to YBR_FULL", "pydicom", ours, theirs, len(pairs), len(pairs))


def colour() -> Iterator[Case]:
    """Turn YBR_FULL into RGB; results may differ by one, since each rounds in its own way."""
    ybr = convert_color_space(_dataset("US").pixel_array, "RGB", "YBR_FULL")
    ours, theirs = partial(ybr_full_to_rgb, ybr), partial(convert_color_space, ybr, "YBR_FULL", "RGB")
    require_near(theirs(), ours(), 1, "RGB by pydicom")
    yield Case(Picture(ybr, 8, "US"), "YBR_FULL to RGB", "pydicom", ours, theirs, ybr.nbytes, ybr.nbytes)


DICOM_OPERATIONS: dict[str, Callable[[], Iterator[Case]]] = {
    "htj2k-file": htj2k_file,
    "jpeg-lossless-file": jpeg_lossless_file,
    "multi-frame": multi_frame,
    "rle-decode": rle_decoding,
    "rle-encode": rle_encoding,
    "chroma": chroma,
    "color": colour,
}
"""By the name that the command line has for them."""
