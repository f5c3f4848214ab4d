"""What a codec is: one transfer syntax in, samples out, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from numpy.typing import NDArray

if TYPE_CHECKING:
    from pacscore.limits import Limits
    from pacscore.pixel_format import PixelFormat
    from pacscore.region import Region
    from pacscore.report import Partial

__all__ = ["Buffer", "Codec", "EncodedFrame", "OnDamage"]

Buffer = bytes | bytearray | memoryview
"""The encoded bytes of one frame."""

OnDamage = Literal["raise", "conceal"]


@dataclass(frozen=True, slots=True)
class EncodedFrame:
    """One frame, encoded, and what the data set must say about it.

    Attributes
    ----------
    data : bytes
        The frame as it goes into Pixel Data, without the pad byte of an item.
    photometric_interpretation : str
        Of the encoded frame, as in YBR_RCT where the reversible component transform was used.
    lossless : bool
        Whether decoding gives every sample back.
    method : str or None
        What Lossy Image Compression Method (0028,2114) calls the coding; None where it loses nothing.
    planar_configuration : int
        Of the encoded frame; means nothing with one sample a pixel.
    """

    data: bytes
    photometric_interpretation: str
    lossless: bool
    method: str | None = None
    planar_configuration: int = 0


@runtime_checkable
class Codec(Protocol):
    """Turns the bytes of one frame into samples, and samples into bytes.

    A codec knows neither data sets nor files. It keeps no state between calls and may be used by several threads.
    Any bytes give a result or a PacscoreError, and sizes are checked against ``limits`` before memory is taken.

    Attributes
    ----------
    name : str
        A short word for reports and messages.
    third_party : bool
        Whether a library other than pacscore does the coding: ``isolate=True`` runs such a codec in a child process.
    transfer_syntaxes : frozenset of str
        The UIDs that it decodes.
    encodes : frozenset of str
        Those of them that it also encodes.
    """

    name: str
    third_party: bool
    transfer_syntaxes: frozenset[str]
    encodes: frozenset[str]

    def decoded_format(self, data: Buffer, stored: PixelFormat) -> PixelFormat:
        """Return the pixel format of what ``decode`` gives for this frame.

        Parameters
        ----------
        data : bytes-like
            The encoded frame; no more than its headers is read.
        stored : PixelFormat
            What the data set says about the frame.

        Raises
        ------
        DataError
            If the headers are broken, or contradict rows, columns or samples of ``stored``.
        """
        ...

    def disagreements(self, data: Buffer, stored: PixelFormat) -> tuple[str, ...]:
        """Return, in sentences, where the frame's own headers differ from ``stored`` without making it unreadable."""
        ...

    def decode(  # noqa: PLR0913 - the choices of a view, all by keyword
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
        """Return the samples of one frame.

        Parameters
        ----------
        data : bytes-like
            The encoded frame.
        stored : PixelFormat
            What the data set says about the frame.
        reduce : int
            Resolution levels to leave out.
        region : Region, optional
            The part wanted, in full-resolution pixels.
        out : ndarray, optional
            Filled and returned; its shape and dtype must be those of the result.
        threads : int
            1: the calling thread alone.
        on_damage : "raise" or "conceal"
            "conceal" always returns a Partial.
        limits : Limits, optional
            Sizes beyond which it refuses.

        Returns
        -------
        ndarray, shape (rows, columns[, samples]), or Partial
            Samples interleaved, native byte order, in the container that ``decoded_format`` names.

        Raises
        ------
        DataError
            If the bytes are wrong or contradict ``stored``.
        OptionError
            If the codec has no resolution levels to leave out, the region leaves the frame, or ``out`` does not fit.
        LimitError, UnsupportedError
            If the frame is too large, or legal but beyond the codec.
        """
        ...

    def encode(
        self,
        frame: NDArray[Any],
        pixel_format: PixelFormat,
        transfer_syntax: str,
        options: Any = None,
        *,
        threads: int = 1,
    ) -> EncodedFrame:
        """Return the frame encoded for a transfer syntax.

        Parameters
        ----------
        frame : ndarray, shape (rows, columns[, samples])
            Samples interleaved, as ``decode`` gives them.
        pixel_format : PixelFormat
            What the samples are.
        transfer_syntax : str
            One of ``encodes``.
        options : object, optional
            The codec's own choices; None for what the transfer syntax asks for, and lossless where it may be.
        threads : int
            1: the calling thread alone.

        Raises
        ------
        OptionError
            If the frame or the options contradict the transfer syntax.
        UnsupportedError
            If the codec does not encode this transfer syntax.
        """
        ...
