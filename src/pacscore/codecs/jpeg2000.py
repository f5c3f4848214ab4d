"""JPEG 2000 and HTJ2K: between the Image Pixel attributes and a codestream."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, cast

from numpy.typing import NDArray

from pacscore.codecs.protocol import Buffer, EncodedFrame, OnDamage
from pacscore.codecs.samples import interpret, of_precision
from pacscore.codecs.whole_frame import as_integers, check_encodable, check_options, filled
from pacscore.errors import CodestreamError, OptionError, UnsupportedError
from pacscore.limits import Limits
from pacscore.pixel_format import PixelFormat, container_dtype
from pacscore.region import Region
from pacscore.report import Partial

if TYPE_CHECKING:
    from pacscore.j2k.codestream.segments import Siz
    from pacscore.j2k.options import J2KOptions
    from pacscore.support._row_conversion import RowConversion

__all__ = ["HTJ2K", "JPEG_2000", "JPEG2000Codec"]

_PART_1, _PART_1_LOSSY = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91"
_MULTI_COMPONENT = frozenset({"1.2.840.10008.1.2.4.92", "1.2.840.10008.1.2.4.93"})
_HIGH_THROUGHPUT = frozenset(f"1.2.840.10008.1.2.4.{number}" for number in (201, 202, 203))

_LOSSLESS_ONLY = frozenset({_PART_1, "1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.202"})

_SOC_SIZ = b"\xff\x4f\xff\x51"


@dataclass(frozen=True, slots=True)
class _Size:
    """What a frame reader needs to know of a SIZ marker segment."""

    high_throughput: bool
    extended: bool
    rows: int
    columns: int
    precisions: tuple[int, ...]
    signed: tuple[bool, ...]


class JPEG2000Codec:
    """JPEG 2000 codestreams, decoded and encoded by pacscore.

    Source: PS3.5 8.2.4 and A.4.4; T.800; T.814.

    The precision is the codestream's. So is the sign of colour; that of monochrome is Pixel Representation's,
    read at the codestream's precision.
    """

    third_party = False

    def __init__(
        self, name: str, transfer_syntaxes: frozenset[str], encodes: frozenset[str], lossy_method: str
    ) -> None:
        self.name = name
        self.transfer_syntaxes = transfer_syntaxes
        self.encodes = encodes
        self.lossy_method = lossy_method

    def decoded_format(self, data: Buffer, stored: PixelFormat) -> PixelFormat:
        """Return the format with the codestream's precision; component transforms are undone, so RGB."""
        return _decoded_format(_read_size(data), stored)

    def disagreements(self, data: Buffer, stored: PixelFormat) -> tuple[str, ...]:
        """Say where precision or sign of the codestream are not those of the attributes."""
        size = _read_size(data)
        told, precision = [], max(size.precisions)
        if precision != stored.bits_stored:
            told.append(f"the codestream has {precision} bits a sample; Bits Stored says {stored.bits_stored}")
        if any(size.signed) != bool(stored.pixel_representation):
            kinds = "unsigned", "signed"
            told.append(
                f"the codestream's samples are {kinds[any(size.signed)]}; "
                f"Pixel Representation says {kinds[stored.pixel_representation]}"
            )
        return tuple(told)

    def decode(  # noqa: PLR0913 - the protocol's
        self,
        data: Buffer,
        stored: PixelFormat,
        *,
        reduce: int = 0,
        region: Region | None = None,
        out: NDArray[Any] | None = None,
        threads: int = 1,
        on_damage: OnDamage = "raise",
        limits: Limits | None = None,
    ) -> NDArray[Any] | Partial:
        """Decode the frame, or fewer of its resolution levels, or a part of it."""
        decode = _decoder()
        size, decoded, as_is = _described(*_siz(data), stored)
        into = out if as_is and (out is None or out.flags.c_contiguous) else None
        found: Any = decode(
            data, reduce=reduce, region=region, out=into, threads=threads, on_damage=on_damage, limits=limits
        )
        if as_is and into is out:
            return cast("NDArray[Any] | Partial", found)
        if not isinstance(found, Partial):
            return filled(out, _as_stored(found, size, decoded))
        return Partial(filled(out, _as_stored(found.image, size, decoded)), found.report)

    def decode_converted(  # noqa: PLR0913 - the choices of a view, all by keyword
        self,
        data: Buffer,
        stored: PixelFormat,
        conversion: RowConversion,
        *,
        reduce: int = 0,
        region: Region | None = None,
        out: NDArray[Any] | None = None,
        threads: int = 1,
        limits: Limits | None = None,
    ) -> NDArray[Any] | None:
        """Decode a frame of one component, and return what a conversion makes of each row; None where it cannot."""
        size, decoded, as_is = _described(*_siz(data), stored)
        if not as_is or len(size.precisions) != 1 or decoded.dtype != conversion.values:
            return None
        convert = _converter()
        return convert(data, conversion, reduce=reduce, region=region, out=out, threads=threads, limits=limits)

    def encode(
        self,
        frame: NDArray[Any],
        pixel_format: PixelFormat,
        transfer_syntax: str,
        options: J2KOptions | None = None,
        *,
        threads: int = 1,
    ) -> EncodedFrame:
        """Return the frame as a codestream; RGB gets the component transform unless ``options`` forbid it."""
        from pacscore.j2k.codestream.header_reader import read_main_header  # noqa: PLC0415 - only where one is made
        from pacscore.j2k.encoding import encode  # noqa: PLC0415
        from pacscore.j2k.goals import EVERYTHING, layer_goals  # noqa: PLC0415
        from pacscore.j2k.options import J2KOptions as Options  # noqa: PLC0415

        check_encodable(self, frame, pixel_format, transfer_syntax)
        check_options(self, options, Options)
        options = options or Options()
        photometric = pixel_format.photometric_interpretation
        if photometric != "RGB":
            if options.color_transform:
                raise OptionError(f"a component transform is for RGB, not for {photometric} (PS3.5 8.2.4)")
            options = dataclasses.replace(options, color_transform=False)
        data = encode(frame, transfer_syntax, options, bits_stored=pixel_format.bits_stored, threads=threads)
        cod = read_main_header(data).cod
        reversible = bool(cod.spcod.reversible)
        if cod.sgcod_mct:
            photometric = "YBR_RCT" if reversible else "YBR_ICT"
        only = str(transfer_syntax) in _LOSSLESS_ONLY
        *_, last = layer_goals(cod.sgcod_layers, options.rate, options.psnr, lossless=only)
        lossless = reversible and last == EVERYTHING
        return EncodedFrame(data, photometric, lossless, None if lossless else self.lossy_method)


@cache
def _decoder() -> Callable[..., Any]:
    from pacscore.j2k.decoding import decode  # noqa: PLC0415 - only where a codestream is met

    return decode


@cache
def _converter() -> Callable[..., NDArray[Any]]:
    from pacscore.j2k.decoding import decode_converted  # noqa: PLC0415 - only where a codestream is shown

    return decode_converted


def _siz(data: Buffer) -> tuple[bytes, int]:
    """Return the SIZ marker segment behind its length field, and where it begins, in a codestream bare or in boxes."""
    start = _codestream_start(data)
    length = int.from_bytes(data[start + 4 : start + 6])
    return bytes(data[start + 6 : start + 4 + length]), start + 2


@lru_cache(maxsize=64)
def _described(body: bytes, position: int, stored: PixelFormat) -> tuple[_Size, PixelFormat, bool]:
    """Return the size, the format of what decoding gives, and whether samples need no change for that.

    Frames of one object share their SIZ.
    """
    from pacscore.j2k.codestream.markers import SIZ  # noqa: PLC0415 - only where a codestream is met
    from pacscore.j2k.codestream.segment_reader import read_segment  # noqa: PLC0415

    size = _size(cast("Siz", read_segment(SIZ, body, csiz=0, offset=position, notes=[])))
    decoded = _decoded_format(size, stored)
    return size, decoded, _is_as_stored(size, decoded)


def _read_size(data: Buffer) -> _Size:
    """Return what SIZ says, having read all of the main header."""
    from pacscore.j2k.codestream.header_reader import read_main_header  # noqa: PLC0415 - only where a codestream is met

    return _size(read_main_header(data, _codestream_start(data)).siz)


def _size(siz: Siz) -> _Size:
    if len({(component.xrsiz, component.yrsiz) for component in siz.components}) > 1:
        raise UnsupportedError("components of different sizes in a frame", feature="sub-sampled components")
    xrsiz, yrsiz = siz.components[0].xrsiz, siz.components[0].yrsiz
    return _Size(
        high_throughput=bool(siz.rsiz & 0x4000),
        extended=bool(siz.rsiz & 0x8000),
        rows=-(-siz.ysiz // yrsiz) - -(-siz.yosiz // yrsiz),
        columns=-(-siz.xsiz // xrsiz) - -(-siz.xosiz // xrsiz),
        precisions=tuple(component.precision for component in siz.components),
        signed=tuple(component.signed for component in siz.components),
    )


def _codestream_start(data: Buffer) -> int:
    if data[:4] == _SOC_SIZ:
        return 0
    start = bytes(data[: 1 << 16]).find(_SOC_SIZ)  # boxes are not allowed in a frame, but do occur
    if start < 0:
        raise CodestreamError("no codestream in the frame: SOC and SIZ are missing (T.800 A.3)", offset=0, marker="SOC")
    return start


def _decoded_format(size: _Size, stored: PixelFormat) -> PixelFormat:
    mine = (size.rows, size.columns, len(size.precisions))
    theirs = (stored.rows, stored.columns, stored.samples_per_pixel)
    if mine != theirs:
        raise CodestreamError(
            f"SIZ says {mine[0]} x {mine[1]} pixels of {mine[2]} components; "
            f"the data set says {theirs[0]} x {theirs[1]} of {theirs[2]} samples",
            marker="SIZ",
            clause="T.800 A.5.1",
        )
    signed = bool(stored.pixel_representation) if len(size.precisions) == 1 else any(size.signed)
    decoded = of_precision(stored, max(size.precisions), signed)
    if stored.photometric_interpretation in ("YBR_RCT", "YBR_ICT"):
        decoded = dataclasses.replace(decoded, photometric_interpretation="RGB")
    return decoded


def _is_as_stored(size: _Size, decoded: PixelFormat) -> bool:
    """Return whether the codestream's samples are those of the frame, in the same container."""
    signed = any(size.signed)
    alike = all(size.signed) == signed == bool(decoded.pixel_representation)
    return alike and container_dtype(max(size.precisions), signed) == decoded.dtype


def _as_stored(image: Any, size: _Size, decoded: PixelFormat) -> NDArray[Any]:
    if isinstance(image, list):
        raise UnsupportedError("components of different sizes in a frame", feature="sub-sampled components")
    values: NDArray[Any] = as_integers(image)
    if len(size.precisions) == 1:
        return interpret(values, size.precisions[0], bool(decoded.pixel_representation), decoded.dtype)
    return values.astype(decoded.dtype, copy=False)


JPEG_2000 = JPEG2000Codec(
    "JPEG 2000", _MULTI_COMPONENT | {_PART_1, _PART_1_LOSSY}, frozenset({_PART_1, _PART_1_LOSSY}), "ISO_15444_1"
)
"""JPEG 2000 Part 1; of Part 2's multi-component syntaxes the frames that use no more than Part 1."""

HTJ2K = JPEG2000Codec("HTJ2K", _HIGH_THROUGHPUT, _HIGH_THROUGHPUT, "ISO_15444_15")
"""High-Throughput JPEG 2000."""
