"""A JPEG 2000 frame as HTJ2K and back, by its quantiser indices: no pixel is decoded to be encoded again."""

from __future__ import annotations

from typing import Any

from pacscore.codecs.jpeg2000 import HTJ2K, JPEG_2000
from pacscore.codecs.protocol import EncodedFrame
from pacscore.codecs.registry import codec_for
from pacscore.errors import OptionError
from pacscore.pixel_format import PixelFormat

__all__ = ["can_recode", "recode_frame"]

_RECODABLE = frozenset(f"1.2.840.10008.1.2.4.{number}" for number in (90, 91, 201, 202, 203))


def can_recode(before: str, after: str, options: Any) -> bool:
    """Return whether frames of a transfer syntax may be recoded to another: not if that asks for other pixels.

    Source: PS3.5 A.4.4, A.4.17.
    """
    if not {before, after} <= _RECODABLE or not all(codec_for(uid) in (JPEG_2000, HTJ2K) for uid in (before, after)):
        return False
    from pacscore.j2k.options import J2KOptions  # noqa: PLC0415 - only where a codestream is met
    from pacscore.j2k.recoding import target_of  # noqa: PLC0415

    if options is not None and not isinstance(options, J2KOptions):
        return False
    try:
        target_of(after, options or J2KOptions())
    except OptionError:
        return False
    return True


def recode_frame(
    data: bytes,
    pixel_format: PixelFormat,
    transfer_syntax: str,
    options: Any,
    threads: int,
) -> EncodedFrame:
    """Return a frame recoded.

    Parameters
    ----------
    data : bytes
        The encoded frame, known to decode whole.
    pixel_format : PixelFormat
        Of its decoded samples.
    transfer_syntax : str
        One that `can_recode` agrees to.
    options : J2KOptions or None
    threads : int

    Raises
    ------
    OptionError
        If the frame is none that the transfer syntax allows with the same quantiser indices, or its header contradicts
        the data set and would go on doing so.
    """
    from pacscore.j2k.codestream.header_reader import read_main_header  # noqa: PLC0415 - only where one is made
    from pacscore.j2k.recoding import recode  # noqa: PLC0415

    recoded = recode(data, transfer_syntax, options, threads=threads).data
    main, photometric = read_main_header(recoded), pixel_format.photometric_interpretation
    cod = main.cod
    if any(component.signed != bool(pixel_format.pixel_representation) for component in main.siz.components):
        raise OptionError("the codestream's signs contradict Pixel Representation (PS3.5 8.2.4)")
    if cod.sgcod_mct:
        if photometric != "RGB":
            raise OptionError(f"a component transform is for RGB, not for {photometric} (PS3.5 8.2.4)")
        photometric = "YBR_RCT" if cod.spcod.reversible else "YBR_ICT"
    return EncodedFrame(recoded, photometric, lossless=True)
