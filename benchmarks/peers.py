"""The libraries that pacscore is compared with, each behind the same two methods.

A peer makes calls that do the timed work and nothing else: what can be prepared is prepared before. A peer that cannot
do something returns None instead of a call; one that is not installed raises ImportError when it is made.
"""

from __future__ import annotations

import atexit
import ctypes
import ctypes.util
import importlib
import os
import shutil
import struct
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from benchmarks.images import Picture

__all__ = ["PEERS", "USUAL_PEERS", "Decoder", "Encoder", "Peer", "available_peers"]

Encoder = Callable[[], bytes]
Decoder = Callable[[], NDArray[Any]]


class Peer:
    """What another library can do; by default nothing."""

    name = ""
    most_threads = 1
    """More threads than that make no difference to it."""
    takes_signed = True
    takes_any_precision = True
    """Else the precision must be that of the array's dtype."""
    lossy_differs = ""
    """Why its 9-7 results cannot be compared with those of the others."""

    def encoder(self, picture: Picture, threads: int, step: float | None = None) -> Encoder | None:
        """Return a call that encodes: without loss, or by 9-7 with a step relative to the full range of samples."""
        del picture, threads, step
        return None

    def part1_encoder(self, picture: Picture, threads: int, bits: float | None = None) -> Encoder | None:
        """Return a call that encodes JPEG 2000 Part 1: without loss, or by 9-7 to so many bits a sample."""
        del picture, threads, bits
        return None

    def region_decoder(self, data: bytes, rows: slice, columns: slice, threads: int) -> Decoder | None:
        """Return a call that decodes these pixels."""
        del data, rows, columns, threads
        return None

    def decoder(self, data: bytes, picture: Picture, threads: int, reduce: int = 0) -> Decoder | None:
        """Return a call that decodes ``data``, which `picture` was made into, without its `reduce` highest levels."""
        del data, picture, threads, reduce
        return None


def _folder_of(module: ModuleType) -> Path:
    return Path(module.__file__ or "").parent


class OpenJPH(Peer):
    """OpenJPH through imagecodecs."""

    name = "OpenJPH"

    def __init__(self) -> None:
        self._codec = importlib.import_module("imagecodecs")

    def encoder(self, picture: Picture, threads: int, step: float | None = None) -> Encoder:
        """Encode; imagecodecs calls the relative step ``level``."""
        del threads
        options: dict[str, Any] = {"rgb": True, "planar": False} if picture.array.ndim == 3 else {}
        options |= {"reversible": True} if step is None else {"reversible": False, "level": step}
        return lambda: bytes(self._codec.htj2k_encode(picture.array, **options))

    def decoder(self, data: bytes, picture: Picture, threads: int, reduce: int = 0) -> Decoder:
        """Decode, all of it or lower resolutions."""
        del picture, threads
        options = {"skipres": reduce} if reduce else {}
        return lambda: np.asarray(self._codec.htj2k_decode(data, **options))


class OpenJPEG(Peer):
    """OpenJPEG through imagecodecs; it decodes HTJ2K and cannot write it."""

    name = "OpenJPEG"
    most_threads = 64

    def __init__(self) -> None:
        self._codec = importlib.import_module("imagecodecs")

    def decoder(self, data: bytes, picture: Picture, threads: int, reduce: int = 0) -> Decoder | None:
        """Decode; imagecodecs has no word for lower resolutions here."""
        del picture
        return None if reduce else lambda: np.asarray(self._codec.jpeg2k_decode(data, numthreads=threads))

    def part1_encoder(self, picture: Picture, threads: int, bits: float | None = None) -> Encoder | None:
        """Encode without loss; imagecodecs has no word for a size."""
        if bits is not None:
            return None
        options: dict[str, Any] = {"mct": True} if picture.array.ndim == 3 else {}
        options |= {"reversible": True, "bitspersample": picture.bits_stored, "numthreads": threads}
        return lambda: bytes(self._codec.jpeg2k_encode(picture.array, level=0, codecformat="j2k", **options))


class PylibjpegOpenJPEG(Peer):
    """OpenJPEG through pylibjpeg-openjpeg; it decodes HTJ2K and cannot write it."""

    name = "pylibjpeg"

    def __init__(self) -> None:
        self._codec = importlib.import_module("openjpeg")

    def decoder(self, data: bytes, picture: Picture, threads: int, reduce: int = 0) -> Decoder | None:
        """Decode."""
        del picture, threads
        return None if reduce else lambda: np.asarray(self._codec.decode(data))


class Glymur(Peer):
    """OpenJPEG through glymur, which reads files: they lie in memory if the machine has such a folder.

    Its wheel has no library; where the system has none, it gets that of imagecodecs.
    """

    name = "glymur"
    most_threads = 64

    def __init__(self) -> None:
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self._folder = Path(tempfile.mkdtemp(prefix="pacscore-compare-", dir=memory))
        atexit.register(shutil.rmtree, self._folder, ignore_errors=True)
        if ctypes.util.find_library("openjp2") is None:
            self._lend_library()
        self._glymur = importlib.import_module("glymur")
        if self._glymur.version.openjpeg_version < "2.5":
            raise ImportError("it finds no OpenJPEG 2.5 (Debian: apt-get install libopenjp2-7)")

    def _lend_library(self) -> None:
        """Tell glymur, before it is imported, by its settings file."""
        imagecodecs = importlib.import_module("imagecodecs")
        for library in _folder_of(imagecodecs).parent.glob("imagecodecs.libs/libopenjp2*"):
            settings = self._folder / "glymur" / "glymurrc"
            settings.parent.mkdir(exist_ok=True)
            settings.write_text(f"[library]\nopenjp2 = {library}\n", encoding="utf-8")
            os.environ["XDG_CONFIG_HOME"] = str(self._folder)

    def decoder(self, data: bytes, picture: Picture, threads: int, reduce: int = 0) -> Decoder:
        """Decode, all of it or lower resolutions."""
        del picture
        every = slice(None, None, 1 << reduce)
        return self.region_decoder(data, every, every, threads)

    def region_decoder(self, data: bytes, rows: slice, columns: slice, threads: int) -> Decoder:
        """Decode these pixels, or every so many of all."""
        path = self._folder / f"{hash(data):x}.j2k"
        path.write_bytes(data)

        def decode() -> NDArray[Any]:
            self._glymur.set_option("lib.num_threads", threads)
            return np.asarray(self._glymur.Jp2k(path)[rows, columns])

        return decode

    def part1_encoder(self, picture: Picture, threads: int, bits: float | None = None) -> Encoder | None:
        """Encode to so many bits a sample; it encodes without loss no faster than through imagecodecs."""
        if bits is None:
            return None
        path = self._folder / "encoded.j2k"
        options: dict[str, Any] = {"mct": True} if picture.array.ndim == 3 else {}
        options |= {"irreversible": True, "cratios": (picture.bits_allocated / bits,)}

        def encode() -> bytes:
            self._glymur.set_option("lib.num_threads", threads)
            self._glymur.Jp2k(path, data=picture.array, **options)
            return path.read_bytes()

        return encode


class Blosc2HTJ2K(Peer):
    """A codec of blosc2-htj2k, reached through the one chunk of a blosc2 array. It takes unsigned samples.

    A chunk is blosc2's header of 32 bytes, whose fourth word is the length of all; the place of the one block, its
    length, and the codestream.
    """

    backend = ""
    takes_signed = False
    _HEADER = 40

    def __init__(self) -> None:
        self._blosc2 = importlib.import_module("blosc2")
        # It needs blosc2's symbols; it would show its own to all libraries, and OpenJPH call them instead of its own.
        (library,) = _folder_of(self._blosc2).glob("lib/libblosc2.so")
        ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL)
        with mock.patch.object(ctypes, "RTLD_GLOBAL", ctypes.RTLD_LOCAL):
            plugin = importlib.import_module("blosc2_htj2k")
        plugin.configure(backend=self.backend)
        self._codec = plugin.CODEC_ID

    def _array(self, picture: Picture, threads: int) -> Any:
        shape = picture.array.shape
        settings = {
            "codec": self._codec,
            "filters": [],
            "splitmode": self._blosc2.SplitMode.NEVER_SPLIT,
            "nthreads": threads,
        }
        array = self._blosc2.empty(
            shape,
            dtype=picture.array.dtype,
            chunks=shape,
            blocks=shape,
            cparams=settings,
            dparams={"nthreads": threads},
        )
        array.schunk.update_data(0, picture.array, copy=False)
        return array

    def encoder(self, picture: Picture, threads: int, step: float | None = None) -> Encoder | None:
        """Encode without loss; blosc2 has no word for a step."""
        if step is not None:
            return None
        array = self._array(picture, threads)

        def encode() -> bytes:
            array.schunk.update_data(0, picture.array, copy=False)
            return bytes(array.schunk.get_chunk(0)[self._HEADER :])

        return encode

    def decoder(self, data: bytes, picture: Picture, threads: int, reduce: int = 0) -> Decoder | None:
        """Decode, from a chunk whose codestream has been replaced."""
        if reduce:
            return None
        array = self._array(picture, threads)
        chunk = bytearray(array.schunk.get_chunk(0)[: self._HEADER] + data)
        struct.pack_into("<I", chunk, 12, len(chunk))
        struct.pack_into("<I", chunk, 36, len(data))
        array.schunk.update_chunk(0, bytes(chunk))

        def decode() -> NDArray[Any]:
            out = np.empty_like(picture.array)
            array.schunk.decompress_chunk(0, out)
            return out

        return decode


class OpenHTJ2K(Blosc2HTJ2K):
    """OpenHTJ2K through blosc2-htj2k."""

    name = "OpenHTJ2K"
    backend = "openhtj2k"
    lossy_differs = "its samples of 16 bits differ from those of all others by more than 20"


class Grok(Blosc2HTJ2K):
    """Grok through blosc2-htj2k. It writes no component transform, and does not live beside OpenJPH and OpenHTJ2K.

    (It has a copy of OpenJPH in it. blosc2-grok 0.3.5 itself does not work with blosc2 4.14.)
    """

    name = "Grok"
    backend = "grok"
    takes_any_precision = False


PEERS: dict[str, type[Peer]] = {
    peer.name: peer for peer in (OpenJPH, OpenJPEG, PylibjpegOpenJPEG, Glymur, OpenHTJ2K, Grok)
}
USUAL_PEERS = [name for name in PEERS if name != Grok.name]


def available_peers(names: Iterable[str]) -> list[Peer]:
    """Return these peers, and say on standard error which are left out, and why."""
    peers: list[Peer] = []
    for name in names:
        try:
            peers.append(PEERS[name]())
        except (ImportError, RuntimeError) as error:
            print(f"{name}: LEFT OUT, {error}", file=sys.stderr)
    return peers
