"""Codecs for zarr 3, from arrays to bytes: zarr finds them by their names, ``pacscore.j2k`` and ``pacscore.htj2k``."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from zarr.abc.codec import ArrayBytesCodec, ArrayBytesCodecPartialDecodeMixin
from zarr.abc.store import ByteGetter, RangeByteRequest
from zarr.core.array_spec import ArraySpec
from zarr.core.buffer import Buffer, NDBuffer
from zarr.core.chunk_grids import ChunkGrid
from zarr.core.dtype import TBaseDType, TBaseScalar, ZDType
from zarr.core.indexing import SelectorTuple
from zarr.storage import StorePath

from pacscore.errors import DataError, OptionError
from pacscore.integrations.chunk_coding import BlockCoder, ChunkCoding, PlaneAxes
from pacscore.integrations.chunk_selection import ChunkSelection
from pacscore.integrations.plane_table import plane_ranges, split_planes, table_size

__all__ = ["HTJ2KCodec", "J2KCodec"]


@dataclass(frozen=True)
class _Codec(ArrayBytesCodec, ArrayBytesCodecPartialDecodeMixin):
    """The last two axes are rows and columns, or three with components; leading axes are a stack of codestreams."""

    coding: ChunkCoding = field(default_factory=ChunkCoding)

    is_fixed_size = False
    name: ClassVar[str]
    coder: ClassVar[BlockCoder]

    def __init__(self, **options: Any) -> None:
        object.__setattr__(self, "coding", ChunkCoding.from_configuration(options))

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Return the codec that array metadata describe."""
        configuration = data.get("configuration", {})
        if data.get("name") != cls.name or not isinstance(configuration, dict):
            raise OptionError(f"{data!r} does not describe the codec {cls.name}")
        return cls(**configuration)

    def to_dict(self) -> dict[str, Any]:
        """Return how array metadata describe the codec."""
        return {"name": self.name, "configuration": self.coding.configuration()}

    def validate(
        self, *, shape: tuple[int, ...], dtype: ZDType[TBaseDType, TBaseScalar], chunk_grid: ChunkGrid
    ) -> None:
        """Raise UnsupportedError or OptionError where chunks of this array cannot be coded."""
        chunk_shape = getattr(chunk_grid, "chunk_shape", (1,) * len(shape))
        self.coding.axes(chunk_shape, dtype.to_native_dtype())

    def compute_encoded_size(self, input_byte_length: int, chunk_spec: ArraySpec) -> int:
        """Raise NotImplementedError, as zarr has it for sizes that are not known before."""
        raise NotImplementedError

    async def _encode_single(self, chunk_data: NDBuffer, chunk_spec: ArraySpec) -> Buffer:
        encoded = await asyncio.to_thread(self.coding.encode, chunk_data.as_numpy_array(), self.coder)
        return chunk_spec.prototype.buffer.from_bytes(encoded)

    async def _decode_single(self, chunk_data: Buffer, chunk_spec: ArraySpec) -> NDBuffer:
        dtype, axes = self._about(chunk_spec)
        decoded = await asyncio.to_thread(self.coding.decode, _bytes_of(chunk_data), axes, dtype)
        return chunk_spec.prototype.nd_buffer.from_numpy_array(decoded)

    async def _decode_partial_single(
        self, byte_getter: ByteGetter, selection: SelectorTuple, chunk_spec: ArraySpec
    ) -> NDBuffer | None:
        dtype, axes = self._about(chunk_spec)
        wanted = ChunkSelection.of(selection, axes)
        planes = await _planes(byte_getter, chunk_spec, axes, wanted)
        if planes is None:
            return None

        def decode() -> NDArray[Any]:
            box = np.empty(wanted.box_shape, dtype.newbyteorder("="))
            for plane, index in zip(planes, np.ndindex(wanted.stack_shape), strict=True):
                self.coding.decode_plane(plane, axes, box[index], wanted.region)
            return wanted.pick(box).astype(dtype, copy=False)

        return chunk_spec.prototype.nd_buffer.from_numpy_array(await asyncio.to_thread(decode))

    def _about(self, chunk_spec: ArraySpec) -> tuple[np.dtype[Any], PlaneAxes]:
        dtype = chunk_spec.dtype.to_native_dtype()
        return dtype, self.coding.axes(chunk_spec.shape, dtype)


@dataclass(frozen=True, init=False)
class J2KCodec(_Codec):
    """Chunks as JPEG 2000 Part 1, ``pacscore.j2k``; without loss unless the options say otherwise.

    A chunk is a codestream for every plane of its last two axes; with ``components``, of its last three. Where there
    are several, a table of their lengths comes first. A part of a chunk is read by decoding the blocks that it needs,
    in the planes that it needs.

    Source: T.800 Annexes A to G; Zarr 3, "Codecs".

    Parameters
    ----------
    **options
        Those of ``pacscore.integrations.chunk_coding.ChunkCoding``.

    Raises
    ------
    OptionError
        If an option is unknown or impossible; for an array, if chunks lack axes.
    UnsupportedError
        For an array of other samples than integers of 8, 16 and 32 bits.
    DataError
        On reading, if a chunk's bytes are wrong.
    """

    coder: ClassVar[BlockCoder] = "j2k"
    name: ClassVar[str] = f"pacscore.{coder}"


@dataclass(frozen=True, init=False)
class HTJ2KCodec(_Codec):
    """Chunks as JPEG 2000 Part 15 (HTJ2K), ``pacscore.htj2k``; everything else is as in ``J2KCodec``.

    Source: T.814; Zarr 3, "Codecs".
    """

    coder: ClassVar[BlockCoder] = "htj2k"
    name: ClassVar[str] = f"pacscore.{coder}"


def _bytes_of(chunk: Buffer) -> memoryview:
    return np.ascontiguousarray(chunk.as_numpy_array()).data.cast("B")


async def _planes(
    byte_getter: ByteGetter, chunk_spec: ArraySpec, axes: PlaneAxes, wanted: ChunkSelection
) -> list[memoryview] | None:
    """Return the codestreams that a selection needs; None if the chunk is not there.

    Of a chunk in the store the table is read, and what lies from the first plane to the last; what is in a shard is
    there already.
    """
    numbers = wanted.planes
    if len(numbers) < axes.planes and isinstance(byte_getter, StorePath):
        head = await byte_getter.get(chunk_spec.prototype, RangeByteRequest(0, table_size(axes.planes)))
        if head is None:
            return None
        ranges = plane_ranges(_bytes_of(head))
        if len(ranges) != axes.planes:
            raise DataError(f"the chunk has {len(ranges)} codestreams instead of {axes.planes}", offset=0)
        if ranges[-1][1] <= _plausible_size(axes, chunk_spec):
            start, stop = ranges[numbers[0]][0], ranges[numbers[-1]][1]
            body = await byte_getter.get(chunk_spec.prototype, RangeByteRequest(start, stop))
            if body is None or len(body) != stop - start:
                raise DataError(f"the chunk ends before byte {stop:,}, where its table ends a plane", offset=start)
            data = _bytes_of(body)
            return [data[ranges[number][0] - start : ranges[number][1] - start] for number in numbers]
    chunk = await byte_getter.get(chunk_spec.prototype)
    if chunk is None:
        return None
    planes = split_planes(_bytes_of(chunk))
    if len(planes) != axes.planes:
        raise DataError(f"the chunk has {len(planes)} codestreams instead of {axes.planes}", offset=0)
    return [planes[number] for number in numbers]


def _plausible_size(axes: PlaneAxes, chunk_spec: ArraySpec) -> int:
    """Return how long a chunk may be that is read by ranges: a store may allocate what it is asked for."""
    samples = axes.rows * axes.columns * (axes.samples or 1)
    return axes.planes * (2 * samples * chunk_spec.dtype.to_native_dtype().itemsize + (1 << 16))
