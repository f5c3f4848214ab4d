"""What codecs share that can only decode a frame as a whole."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacscore.codecs.protocol import Buffer, EncodedFrame, OnDamage
from pacscore.codecs.samples import of_precision
from pacscore.errors import DataError, OptionError, PacscoreError, UnsupportedError
from pacscore.limits import DEFAULT_LIMITS, Limits
from pacscore.pixel_format import PixelFormat
from pacscore.region import Region
from pacscore.report import Damage, DecodeReport, Partial

__all__ = ["WholeFrameCodec", "as_integers", "check_encodable", "check_options", "filled", "foreign_errors"]


class WholeFrameCodec(ABC):
    """A codec whose frames have neither resolution levels nor parts: a region is cut out of the whole."""

    name: str
    third_party: bool
    transfer_syntaxes: frozenset[str]
    encodes: frozenset[str]

    def decoded_format(self, data: Buffer, stored: PixelFormat) -> PixelFormat:
        """Return ``stored``, interleaved and with its chroma expanded."""
        del data
        return of_precision(stored)

    def disagreements(self, data: Buffer, stored: PixelFormat) -> tuple[str, ...]:
        """Return nothing: the frame has no headers of its own."""
        del data, stored
        return ()

    def _damages(self, data: Buffer) -> tuple[Damage, ...]:
        """Return what is missing although the codec's library decodes the frame without a complaint."""
        del data
        return ()

    @abstractmethod
    def _samples(self, data: Buffer, stored: PixelFormat, decoded: PixelFormat) -> NDArray[Any]:
        """Return the frame in the shape and dtype of ``decoded``."""

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
        """Decode the frame, cut out ``region``, and fill ``out``; what does not decode raises, also with "conceal"."""
        del threads
        if reduce:
            raise OptionError(f"reduce={reduce}: {self.name} has no resolution levels to leave out")
        if region is not None:
            region.check_inside(stored.rows, stored.columns)
        decoded = self.decoded_format(data, stored)
        (limits or DEFAULT_LIMITS).check_output(decoded.nbytes, len(data), what="the frame")
        damages = self._damages(data)
        if damages and on_damage == "raise":
            raise DataError(damages[0].what, offset=damages[0].offset)
        image = self._samples(data, stored, decoded)
        if region is not None:
            rows = slice(region.row, region.row + region.rows)
            image = image[rows, region.column : region.column + region.columns].copy()
        image = filled(out, image)
        if on_damage == "conceal":
            return Partial(image, DecodeReport(1, 1 - bool(damages), damages=damages))
        return image

    def encode(
        self,
        frame: NDArray[Any],
        pixel_format: PixelFormat,
        transfer_syntax: str,
        options: Any = None,
        *,
        threads: int = 1,
    ) -> EncodedFrame:
        """Refuse: this codec only decodes."""
        del frame, pixel_format, options, threads
        raise UnsupportedError(f"{self.name} does not encode {transfer_syntax}", feature=f"encoding {self.name}")


def filled(out: NDArray[Any] | None, image: NDArray[Any]) -> NDArray[Any]:
    """Return ``out`` with the image in it, or the image where there is no ``out``; OptionError if it does not fit."""
    if out is None:
        return image
    if out.shape != image.shape or out.dtype != image.dtype:
        raise OptionError(f"out is {out.dtype}{out.shape}; the frame is {image.dtype}{image.shape}")
    out[...] = image
    return out


def check_encodable(codec: Any, frame: NDArray[Any], pixel_format: PixelFormat, transfer_syntax: str) -> None:
    """Raise unless the codec encodes this transfer syntax and the frame is what ``pixel_format`` says."""
    if str(transfer_syntax) not in codec.encodes:
        raise UnsupportedError(f"{codec.name} does not encode {transfer_syntax}", feature=f"encoding {transfer_syntax}")
    if frame.shape != pixel_format.shape or frame.dtype != pixel_format.dtype:
        raise OptionError(
            f"the frame is {frame.dtype}{frame.shape}; its pixel format says {pixel_format.dtype}{pixel_format.shape}"
        )


def check_options(codec: Any, options: Any, kind: type | None) -> None:
    """Raise OptionError unless ``options`` are of the kind that the codec takes, None where it takes none."""
    if options is not None and (kind is None or not isinstance(options, kind)):
        takes = "no options" if kind is None else f"{kind.__name__} as options"
        raise OptionError(f"{codec.name} takes {takes}, not {type(options).__name__}")


@contextmanager
def foreign_errors(name: str) -> Iterator[None]:
    """Turn whatever another library raises over the bytes into a DataError."""
    try:
        yield
    except PacscoreError:
        raise
    except Exception as error:
        raise DataError(f"the {name} frame does not decode: {error or type(error).__name__}") from error


def as_integers(values: NDArray[Any]) -> NDArray[Any]:
    """Return the values, or raise where another library gave something else than integers."""
    if not np.issubdtype(values.dtype, np.integer):
        raise DataError(f"the frame decodes to {values.dtype}, not to integers")
    return values
