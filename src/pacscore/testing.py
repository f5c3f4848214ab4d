"""What codecs must keep to, as a check for their authors' tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pacscore.codecs import Codec, EncodedFrame
from pacscore.errors import LimitError, OptionError, PacscoreError, UnsupportedError
from pacscore.limits import Limits
from pacscore.pixel_format import PixelFormat
from pacscore.region import Region
from pacscore.report import Partial

__all__ = ["CodecCheckError", "Example", "check_codec", "generated_formats", "generated_frame"]


class CodecCheckError(AssertionError):
    """A codec does not keep to the protocol."""


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """An encoded frame and what it must decode to.

    Attributes
    ----------
    data : bytes
    stored : PixelFormat
        What a data set would say about it.
    samples : ndarray or None
        Exactly these; None where the coding is lossy.
    """

    data: bytes
    stored: PixelFormat
    samples: NDArray[Any] | None = None


def generated_formats(rows: int = 13, columns: int = 10) -> tuple[PixelFormat, ...]:
    """Return the pixel formats that `check_codec` tries: of one bit to 16, signed or not, grey and colour."""
    grey = [(1, 1, 0), (8, 8, 0), (8, 7, 0), (8, 8, 1), (16, 12, 0), (16, 12, 1), (16, 16, 0), (16, 16, 1), (32, 32, 1)]
    formats = [PixelFormat(rows, columns, 1, *bits) for bits in grey]
    formats += [PixelFormat(rows, columns, 3, 8, 8, 0, photometric) for photometric in ("RGB", "YBR_FULL")]
    formats += [PixelFormat(1, 1, 1, 8, 8), PixelFormat(1, 37, 1, 16, 12), PixelFormat(65, 64, 1, 16, 16)]
    return tuple(formats)


def generated_frame(pixel_format: PixelFormat, seed: int = 0) -> NDArray[Any]:
    """Return a frame that has the smallest and the largest sample, flat parts and noise."""
    bits = pixel_format.bits_stored
    low, high = (-(1 << bits - 1), 1 << bits - 1) if pixel_format.pixel_representation else (0, 1 << bits)
    frame = np.random.default_rng(seed).integers(low, high, pixel_format.shape).astype(pixel_format.dtype)
    frame[: pixel_format.rows // 3] = high - 1
    frame.reshape(-1)[-1] = low
    return frame


def check_codec(codec: Codec, examples: Iterable[Example] = (), *, options: Any = None) -> int:
    """Check that a codec keeps to the protocol; return the number of frames that it was tried with.

    The codec's attributes are looked at; frames of many pixel formats are encoded for every transfer syntax that it
    says to encode, and decoded again: whole, in part, into ``out=``, from every kind of buffer, in several threads,
    and again and again. Then they are cut and changed: any bytes must give samples of the right shape or a
    PacscoreError, and a size beyond the limits a LimitError.

    Parameters
    ----------
    codec : Codec
    examples : iterable of Example
        Frames that somebody else encoded; a codec that only decodes needs some.
    options : object, optional
        For the encoder.

    Raises
    ------
    CodecCheckError
        At the first thing that is wrong; it says what, and with which pixel format.
    """
    _check_protocol(codec)
    tried = [*examples]
    for uid in sorted(codec.encodes):
        made = list(_encoded(codec, uid, options))
        _require(made, f"{codec.name} says to encode {uid}, but refuses every pixel format")
        tried += made
    _require(tried, f"{codec.name} encodes nothing: give examples of what it decodes")
    for example in tried:
        try:
            _check_decoding(codec, example)
            _check_views(codec, example)
            _check_damage(codec, example)
        except CodecCheckError as fault:
            fault.add_note(f"pixel format: {example.stored}")
            raise
    _check_threads(codec, tried)
    return len(tried)


def _require(condition: Any, message: str) -> None:
    if not condition:
        raise CodecCheckError(message)


def _check_protocol(codec: Codec) -> None:
    _require(isinstance(codec, Codec), f"{codec!r} lacks attributes or methods of pacscore.codecs.Codec")
    _require(isinstance(codec.name, str) and codec.name, "name must be a word")
    _require(isinstance(codec.third_party, bool), "third_party must be True or False")
    for kind in ("transfer_syntaxes", "encodes"):
        uids = getattr(codec, kind)
        _require(isinstance(uids, frozenset), f"{kind} must be a frozenset")
        _require(all(isinstance(uid, str) for uid in uids), f"{kind} must hold UIDs as strings")
    _require(codec.transfer_syntaxes, "transfer_syntaxes is empty")
    _require(codec.encodes <= codec.transfer_syntaxes, "a codec decodes what it encodes")
    stored = PixelFormat(1, 1, 1, 8, 8)
    for uid in sorted(codec.transfer_syntaxes - codec.encodes):
        _expect((PacscoreError,), f"encoding {uid}", codec.encode, np.zeros((1, 1), np.uint8), stored, uid)


def _expect(kinds: tuple[type[BaseException], ...], what: str, call: Any, *arguments: Any, **choices: Any) -> None:
    """Require that a call raises one of these errors."""
    try:
        call(*arguments, **choices)
    except kinds:
        return
    except Exception as error:
        raise CodecCheckError(f"{what} raises {type(error).__name__}: {error}") from error
    raise CodecCheckError(f"{what} raises nothing; {' or '.join(kind.__name__ for kind in kinds)} would be right")


def _encoded(codec: Codec, uid: str, options: Any) -> Iterator[Example]:
    """Yield a frame of each pixel format that the codec takes."""
    for pixel_format in generated_formats():
        frame = generated_frame(pixel_format)
        before = frame.copy()
        try:
            encoded = codec.encode(frame, pixel_format, uid, options)
        except (OptionError, UnsupportedError):
            continue
        except Exception as error:
            raise CodecCheckError(f"encoding {pixel_format} raises {type(error).__name__}: {error}") from error
        _require(np.array_equal(frame, before), "encoding changes the frame that it is given")
        _check_encoded(encoded, codec.encode(frame, pixel_format, uid, options))
        stored = replace(
            pixel_format,
            photometric_interpretation=encoded.photometric_interpretation,
            planar_configuration=encoded.planar_configuration,
        )
        yield Example(encoded.data, stored, frame if encoded.lossless else None)
    wrong = np.zeros((3, 3), np.float32)
    _expect((OptionError,), "a frame of another shape", codec.encode, wrong, generated_formats()[1], uid, options)


def _check_encoded(encoded: EncodedFrame, again: EncodedFrame) -> None:
    _require(isinstance(encoded, EncodedFrame), f"encode returns {type(encoded).__name__}, not EncodedFrame")
    _require(isinstance(encoded.data, bytes), f"EncodedFrame.data is {type(encoded.data).__name__}, not bytes")
    _require(encoded == again, "the same frame is encoded differently the second time")
    _require(encoded.lossless == (encoded.method is None), "method names the coding where it loses, and only there")


def _check_decoding(codec: Codec, example: Example) -> None:
    data, stored = example.data, example.stored
    decoded = codec.decode(data, stored)
    told = codec.decoded_format(data, stored)
    _require(isinstance(decoded, np.ndarray), f"decode returns {type(decoded).__name__}, not an array")
    array: Any = decoded
    _require(array.shape == told.shape, f"decode gives {array.shape}; decoded_format says {told.shape}")
    _require(array.dtype == told.dtype, f"decode gives {array.dtype}; decoded_format says {told.dtype}")
    if example.samples is not None:
        _require(np.array_equal(array, example.samples), "a lossless coding does not give its samples back")
    told_odd = codec.disagreements(data, stored)
    _require(
        isinstance(told_odd, tuple) and all(isinstance(sentence, str) for sentence in told_odd),
        "disagreements must return a tuple of sentences",
    )
    for kind in (bytearray, memoryview):
        _require(np.array_equal(codec.decode(kind(data), stored), array), f"a {kind.__name__} decodes otherwise")
    partial = codec.decode(data, stored, on_damage="conceal")
    _require(isinstance(partial, Partial), 'on_damage="conceal" must return a Partial')
    if isinstance(partial, Partial):
        _require(partial.report.complete, "the report calls a whole frame incomplete")
        _require(np.array_equal(np.asarray(partial.image), array), 'on_damage="conceal" decodes otherwise')


def _check_views(codec: Codec, example: Example) -> None:
    data, stored = example.data, example.stored
    whole: Any = codec.decode(data, stored)
    out = np.empty_like(whole)
    _require(codec.decode(data, stored, out=out) is out, "decode must return out")
    _require(np.array_equal(out, whole), "out is not filled with the frame")
    _expect((OptionError,), "out of another shape", codec.decode, data, stored, out=np.empty((7, 7), whole.dtype))
    other = np.empty(whole.shape, np.complex64)
    _expect((OptionError,), "out of another dtype", codec.decode, data, stored, out=other)
    rows, columns = stored.rows, stored.columns
    region = Region(rows // 3, columns // 3, rows - rows // 3, max(columns // 2, 1))
    part = codec.decode(data, stored, region=region)
    expected = whole[region.row :, region.column : region.column + region.columns]
    _require(np.array_equal(part, expected), f"{region} is not that part of the frame")
    _expect((OptionError,), "a region beyond the frame", codec.decode, data, stored, region=Region(0, 0, rows + 1, 1))
    try:
        codec.decode(data, stored, reduce=1)
    except OptionError:
        pass
    except Exception as error:
        raise CodecCheckError(f"reduce=1 raises {type(error).__name__}: {error}") from error
    _expect((LimitError,), "an output beyond the limits", codec.decode, data, stored, limits=Limits(output_bytes=0))


def _check_damage(codec: Codec, example: Example) -> None:
    """Cut and change the data, and contradict its size."""
    data, stored = example.data, example.stored
    shape = codec.decoded_format(data, stored).shape
    random = np.random.default_rng(len(data))
    damaged = [data[:cut] for cut in sorted({*range(0, len(data), max(1, len(data) // 16)), max(len(data) - 1, 0)})]
    for _ in range(32):
        changed = bytearray(data)
        for at in random.integers(0, len(data), 3):
            changed[at] = random.integers(0, 256)
        damaged.append(bytes(changed))
    for bytes_ in damaged:
        _attempt(codec, bytes_, stored, shape)
    for wrong in (replace(stored, rows=stored.rows + 1), replace(stored, columns=stored.columns + 3)):
        _attempt(codec, data, wrong, wrong.shape)


def _attempt(codec: Codec, data: bytes, stored: PixelFormat, shape: Sequence[int]) -> None:
    for on_damage in ("raise", "conceal"):
        try:
            decoded: Any = codec.decode(data, stored, on_damage=on_damage)
        except PacscoreError:
            continue
        except Exception as error:
            raise CodecCheckError(f"damaged data raises {type(error).__name__}: {error}") from error
        image = decoded.image if isinstance(decoded, Partial) else decoded
        _require(np.shape(image) == tuple(shape), f"damaged data gives {np.shape(image)}, not {tuple(shape)}")


def _check_threads(codec: Codec, examples: Sequence[Example]) -> None:
    """Decode all frames at once, several times: what one call does must not reach into another."""

    def decode(example: Example) -> Any:
        return codec.decode(example.data, example.stored)

    expected = [decode(example) for example in examples]
    with ThreadPoolExecutor(4) as pool:
        for found, right in zip(pool.map(decode, [*examples] * 4), expected * 4, strict=True):
            _require(np.array_equal(found, right), "threads disturb one another: the codec keeps state between calls")
