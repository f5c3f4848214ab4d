"""Chunks of arrays as JPEG 2000 codestreams: what the codecs for zarr and for numcodecs have in common."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import DataError, OptionError, UnsupportedError
from pacscore.integrations.plane_table import join_planes, split_planes
from pacscore.j2k.decoding import decode
from pacscore.j2k.encoding import encode
from pacscore.j2k.inspecting import CodestreamInfo, inspect
from pacscore.j2k.options import J2KOptions
from pacscore.limits import DEFAULT_LIMITS, Limits
from pacscore.pixel_format import container_dtype
from pacscore.region import Region

__all__ = ["BlockCoder", "ChunkCoding", "Components", "PlaneAxes"]

BlockCoder: TypeAlias = Literal["j2k", "htj2k"]
Components: TypeAlias = Literal["first", "last"]

_SYNTAXES: Final = {
    "j2k": ("1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91"),
    "htj2k": ("1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.203"),
}
"""The transfer syntaxes without and with loss."""

_KINDS: Final[dict[str, type | tuple[type, ...]]] = {
    "components": str,
    "bits_stored": int,
    "rate": (int, float),
    "psnr": (int, float),
    "reversible": bool,
    "decomposition_levels": int,
    "progression": str,
    "color_transform": bool,
}
"""What JSON may hold for each option."""

_ARRAY_IS_THERE: Final = Limits(output_bytes=1 << 62, expansion_floor_bytes=1 << 62)
"""What codestreams are decoded into has the size that the array's metadata say; another size is refused."""

_FOR_J2K: Final = ("rate", "psnr", "decomposition_levels", "reversible", "progression", "color_transform")


@dataclass(frozen=True, slots=True)
class PlaneAxes:
    """What the axes of a chunk are: a stack of planes, each one codestream.

    Attributes
    ----------
    stack : tuple of int
        The sizes of the leading axes; as many codestreams as their product.
    rows, columns : int
    samples : int or None
        Components of each codestream; None: one, and there is no axis for it.
    components : {"first", "last"} or None
        Where the axis of components lies, if there is one.
    """

    stack: tuple[int, ...]
    rows: int
    columns: int
    samples: int | None
    components: Components | None

    @property
    def planes(self) -> int:
        """How many codestreams the chunk has."""
        return math.prod(self.stack)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of an array with these axes."""
        plane: tuple[int, ...] = (self.rows, self.columns)
        if self.samples is not None:
            plane = (self.samples, *plane) if self.components == "first" else (*plane, self.samples)
        return self.stack + plane


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkCoding:
    """How the chunks of an array are coded, without loss unless something else is asked for.

    Source: T.800 and T.814, by ``pacscore.encode``.

    Attributes
    ----------
    components : {"first", "last"}, optional
        Which axis holds the components of a pixel: the last of (..., rows, columns, components), or the first of
        (..., components, rows, columns). Three alike and unsigned ones are transformed together, as RGB. None: there is
        no such axis, and each plane of (..., rows, columns) is a codestream of its own.
    bits_stored : int, optional
        Precision of the samples. None: that of the array's dtype; 12-bit values in uint16, coded to a PSNR, want 12.
    rate, psnr : float, optional
        At most so many bits a pixel, at least so many dB, for each plane; with loss.
    reversible : bool, optional
        False: the 9-7 filter, with loss. None: without loss unless a rate or a PSNR is asked for.
    decomposition_levels, progression, color_transform
        As in ``J2KOptions``.

    Raises
    ------
    OptionError
        If a value is impossible, or there is no such option.
    """

    components: Components | None = None
    bits_stored: int | None = None
    rate: float | None = None
    psnr: float | None = None
    reversible: bool | None = None
    decomposition_levels: int | None = None
    progression: str | None = None
    color_transform: bool | None = None

    def __post_init__(self) -> None:
        if self.components not in (None, "first", "last"):
            raise OptionError(f"components={self.components!r} must be first, last or None")
        for name, value in self.configuration().items():
            if not isinstance(value, _KINDS[name]) or (isinstance(value, bool) and _KINDS[name] is not bool):
                raise OptionError(f"{name}={value!r} is of the wrong kind")
        self._options()

    @classmethod
    def from_configuration(cls, configuration: Mapping[str, Any]) -> Self:
        """Return what was written by ``configuration``."""
        unknown = sorted(set(configuration) - {field.name for field in dataclasses.fields(cls)})
        if unknown:
            raise OptionError(f"there is no option {', '.join(map(str, unknown))}")
        return cls(**configuration)

    def configuration(self) -> dict[str, Any]:
        """Return the options that are set, as JSON has them."""
        return {name: value for name, value in dataclasses.asdict(self).items() if value is not None}

    def axes(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> PlaneAxes:
        """Return what the axes of a chunk are.

        Raises
        ------
        UnsupportedError
            If samples of this dtype cannot be coded.
        OptionError
            If there are too few axes, or Bits Stored are none of this dtype.
        """
        if dtype.kind not in "iu" or dtype.itemsize > 4:
            raise UnsupportedError(
                f"samples of {dtype} cannot be coded: integers of 8, 16 and 32 bits can", feature=f"dtype {dtype}"
            )
        bits = self.bits_stored
        if bits is not None and (
            not 1 <= bits <= 32 or container_dtype(bits, dtype.kind == "i") != dtype.newbyteorder("=")
        ):
            raise OptionError(f"bits_stored={bits} is no precision of {dtype}, or a smaller dtype holds it")
        with_components = self.components is not None
        if len(shape) < 2 + with_components or 0 in shape:
            raise OptionError(f"a chunk of shape {shape} lacks rows, columns{' or components' * with_components}")
        if self.components is None:
            return PlaneAxes(shape[:-2], shape[-2], shape[-1], None, None)
        *stack, first, second, third = shape
        rows, columns, samples = (second, third, first) if self.components == "first" else (first, second, third)
        return PlaneAxes(tuple(stack), rows, columns, samples, self.components)

    def encode(self, chunk: NDArray[Any], coder: BlockCoder) -> bytes:
        """Return a chunk as bytes: a codestream, or several and a table of them.

        Raises
        ------
        UnsupportedError, OptionError
            As ``axes`` raises them, and if the samples exceed Bits Stored.
        """
        axes = self.axes(chunk.shape, chunk.dtype)
        native = chunk.astype(chunk.dtype.newbyteorder("="), copy=False)
        options, syntax = self._options(), _SYNTAXES[coder][self._lossy]
        planes = (_interleaved(native[index], axes) for index in np.ndindex(axes.stack))
        bits = self.bits_stored or 8 * chunk.dtype.itemsize
        return join_planes([encode(np.ascontiguousarray(plane), syntax, options, bits_stored=bits) for plane in planes])

    def decode(self, chunk: memoryview, axes: PlaneAxes, dtype: np.dtype[Any]) -> NDArray[Any]:
        """Return what ``encode`` was given.

        Raises
        ------
        DataError
            If the bytes are wrong, or are not a chunk with these axes and dtype.
        """
        planes = split_planes(chunk)
        if len(planes) != axes.planes:
            raise DataError(f"the chunk has {len(planes)} codestreams instead of {axes.planes}", offset=0)
        out = np.empty(axes.shape, dtype.newbyteorder("="))
        for plane, index in zip(planes, np.ndindex(axes.stack), strict=True):
            self.decode_plane(plane, axes, out[index])
        return out.astype(dtype, copy=False)

    def decode_alone(self, chunk: memoryview) -> NDArray[Any]:
        """Return what ``encode`` was given, by what the codestreams say alone: leading axes come as one.

        Raises
        ------
        DataError
            If the bytes are wrong.
        LimitError
            If they claim more than the limits allow.
        """
        planes = split_planes(chunk)
        info = inspect(planes[0])
        first, samples = info.components[0], None if self.components is None else len(info.components)
        stack = (len(planes),) if len(planes) > 1 else ()
        axes = PlaneAxes(stack, info.rows, info.columns, samples, self.components)
        dtype = container_dtype(first.precision, first.signed)
        DEFAULT_LIMITS.check_output(math.prod(axes.shape) * dtype.itemsize, len(chunk), what="the chunk")
        return self.decode(chunk, axes, dtype)

    def decode_plane(
        self, codestream: memoryview, axes: PlaneAxes, out: NDArray[Any], region: Region | None = None
    ) -> None:
        """Decode a plane, or a region of it, into an array with the axes of a plane.

        Raises
        ------
        DataError
            If the codestream is wrong, or is not a plane with these axes and this dtype.
        """
        if region is not None:
            _check(inspect(codestream), axes)
        picture = _interleaved(out, axes)
        target = picture if picture.flags.c_contiguous else np.empty(picture.shape, out.dtype)
        try:
            decode(codestream, region=region, out=target, limits=_ARRAY_IS_THERE)
        except OptionError as error:  # what does not fit is the codestream: the options are right
            raise DataError(f"the codestream is not a plane of this array: {error}", clause="T.800 A.5.1") from error
        if target is not picture:
            picture[...] = target

    @property
    def _lossy(self) -> bool:
        return self.reversible is False or self.rate is not None or self.psnr is not None

    def _options(self) -> J2KOptions:
        return J2KOptions(**{name: getattr(self, name) for name in _FOR_J2K})


def _interleaved(plane: NDArray[Any], axes: PlaneAxes) -> NDArray[Any]:
    """Return a view of a plane as a picture: components last, and no axis for a single one."""
    if axes.samples is None:
        return plane
    picture = np.moveaxis(plane, 0, -1) if axes.components == "first" else plane
    return picture[..., 0] if axes.samples == 1 else picture


def _check(info: CodestreamInfo, axes: PlaneAxes) -> None:
    """Raise DataError unless a codestream is a whole plane with these axes: of a region alone it would not show."""
    sizes = [(component.rows, component.columns) for component in info.components]
    if sizes != [(axes.rows, axes.columns)] * (axes.samples or 1):
        raise DataError(
            f"{len(sizes)} components of up to {info.rows} x {info.columns} are not the {axes.samples or 1} of "
            f"{axes.rows} x {axes.columns} that the array has",
            clause="T.800 A.5.1",
        )
