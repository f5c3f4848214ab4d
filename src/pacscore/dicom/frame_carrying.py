"""Frames that go from one transfer syntax to another by their bytes: nothing is decoded to be encoded again."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pacscore.codecs.isolation import isolated_function
from pacscore.codecs.jpeg_recompression import JPEG_SYNTAXES, jpeg_to_jpeg_xl, jpeg_xl_to_jpeg
from pacscore.codecs.samples import unpack_bits
from pacscore.dicom.frame_coding import Choices, Written, whole
from pacscore.dicom.frames import FrameSource
from pacscore.dicom.in_order import in_order
from pacscore.dicom.part10 import BIG_ENDIAN
from pacscore.dicom.pixel_data_writer import FrameSpool, OneBitPacker
from pacscore.dicom.pixel_hash import pixel_sha256
from pacscore.errors import OptionError, UnsupportedError

__all__ = ["carry_native", "carry_over", "rebuild_jpegs", "recompress_jpegs"]


def carry_over(frames: FrameSource, spool: FrameSpool, choices: Choices) -> Written:
    """Spool the encoded frames as they are."""
    return _spooled(frames, spool, choices, lambda data: data)


def recompress_jpegs(frames: FrameSource, spool: FrameSpool, choices: Choices) -> Written:
    """Spool JPEG frames as JPEG XL from which the JPEGs come back byte for byte.

    Raises
    ------
    UnsupportedError
        If the frames are no JPEGs of 8 bits a sample.
    OptionError
        If there are options: there is nothing to choose.
    """
    if str(frames.transfer_syntax) not in JPEG_SYNTAXES:
        raise UnsupportedError(
            f"JPEG XL JPEG Recompression is made from the bytes of lossy JPEG, not from {frames.transfer_syntax}; "
            "JPEG XL Lossless (1.2.840.10008.1.2.4.110) takes any pixels",
            feature="JPEG XL recompression of other than JPEG",
        )
    if choices.options is not None:
        raise OptionError(f"JPEG recompression takes no options, not {type(choices.options).__name__}")
    stored, recompress = frames.encoded_format, isolated_function(jpeg_to_jpeg_xl, choices.isolate)
    return _spooled(frames, spool, choices, lambda data: recompress(data, stored))


def rebuild_jpegs(frames: FrameSource, spool: FrameSpool, choices: Choices) -> Written:
    """Spool the JPEGs that JPEG XL frames were made from."""
    stored, syntax = frames.encoded_format, choices.transfer_syntax
    rebuild = isolated_function(jpeg_xl_to_jpeg, choices.isolate)
    return _spooled(frames, spool, choices, lambda data: rebuild(data, stored, syntax))


def _spooled(frames: FrameSource, spool: FrameSpool, choices: Choices, carry: Callable[[bytes], bytes]) -> Written:
    """Spool what becomes of each frame; each is decoded once, so that what cannot be read is not passed on."""
    written = Written()
    inner = choices.threads if len(frames) == 1 else 1

    def work(index: int) -> tuple[str, int, bytes]:
        pixels = whole(frames.frame(index, threads=inner))
        return pixel_sha256(pixels), pixels.nbytes, carry(frames.encoded(index))

    for sha256, nbytes, data in in_order(work, len(frames), choices.threads):
        written.hashes.append(sha256)
        written.pixel_bytes += nbytes
        spool.append(data)
    return written


def carry_native(frames: FrameSource, spool: FrameSpool, choices: Choices) -> Written:
    """Spool native frames, little endian; bits without meaning, planes and shared chroma stay where they are.

    Source: PS3.5 7.3 (byte ordering), 8.1.1, annex D.
    """
    stored = frames.encoded_format
    size = max(1, stored.bits_allocated // 8)
    swap = size > 1 and frames.transfer_syntax == BIG_ENDIAN
    packer = OneBitPacker()

    def carry(data: bytes) -> bytes:
        if swap:
            return np.frombuffer(data, f"u{size}").byteswap().tobytes()
        if stored.native_bits % 8:
            return packer.pack(unpack_bits(data, stored.native_bits))
        return data

    in_turn = Choices(choices.transfer_syntax, None, 1, choices.on_damage) if stored.native_bits % 8 else choices
    written = _spooled(frames, spool, in_turn, carry)
    if stored.native_bits % 8:
        spool.append(packer.rest())
    return written
