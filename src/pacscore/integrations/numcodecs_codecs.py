"""Codecs for numcodecs, and so for arrays of zarr's format 2: ``pacscore.j2k`` and ``pacscore.htj2k``."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
from numcodecs.abc import Codec
from numcodecs.compat import ensure_contiguous_ndarray, ndarray_copy

from pacscore.errors import DataError
from pacscore.integrations.chunk_coding import BlockCoder, ChunkCoding

__all__ = ["HTJ2K", "J2K"]


class _Codec(Codec):  # type: ignore[misc] # numcodecs has no types
    """What both have: options in, bytes of chunks out."""

    coder: ClassVar[BlockCoder]

    def __init__(self, **options: Any) -> None:
        self._coding = ChunkCoding.from_configuration(options)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return the codec that a configuration describes."""
        return cls(**{name: value for name, value in config.items() if name != "id"})

    def get_config(self) -> dict[str, Any]:
        """Return the codec's name and its options, as JSON has them."""
        return {"id": self.codec_id, **self._coding.configuration()}

    def __repr__(self) -> str:
        options = ", ".join(f"{name}={value!r}" for name, value in self._coding.configuration().items())
        return f"{type(self).__name__}({options})"

    def encode(self, buf: Any) -> bytes:
        """Return the codestreams of an array."""
        return self._coding.encode(np.asarray(buf), self.coder)

    def decode(self, buf: Any, out: Any = None) -> Any:
        """Return the array, (planes, rows, columns) where there were more leading axes; or fill ``out`` with it."""
        decoded = self._coding.decode_alone(memoryview(ensure_contiguous_ndarray(buf)).cast("B"))
        if out is None:
            return decoded
        given = np.asarray(out)
        if given.nbytes != decoded.nbytes:
            raise DataError(f"the chunk has {decoded.nbytes:,} bytes of samples instead of {given.nbytes:,}", offset=0)
        return ndarray_copy(decoded, out)


class J2K(_Codec):
    """Chunks as JPEG 2000 Part 1, ``pacscore.j2k``; without loss unless the options say otherwise.

    Options and bytes are those of ``pacscore.integrations.zarr_codecs.J2KCodec``.

    Source: T.800 Annexes A to G.

    Parameters
    ----------
    **options
        Those of ``pacscore.integrations.chunk_coding.ChunkCoding``.

    Raises
    ------
    OptionError
        If an option is unknown or impossible, or a chunk lacks axes.
    UnsupportedError
        On writing other samples than integers of 8, 16 and 32 bits.
    DataError, LimitError
        On reading, if a chunk's bytes are wrong, or claim more than the limits allow.
    """

    coder: ClassVar[BlockCoder] = "j2k"
    codec_id = f"pacscore.{coder}"


class HTJ2K(_Codec):
    """Chunks as JPEG 2000 Part 15 (HTJ2K), ``pacscore.htj2k``; everything else is as in ``J2K``.

    Source: T.814.
    """

    coder: ClassVar[BlockCoder] = "htj2k"
    codec_id = f"pacscore.{coder}"
