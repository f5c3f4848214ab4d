"""The yardstick for codecs: ours pass, and every planted fault is found."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import pacscore
from pacscore import Partial
from pacscore.codecs import EncodedFrame, codec_for, transfer_syntaxes
from pacscore.codecs.rle import RLECodec
from pacscore.testing import CodecCheckError, Example, check_codec, generated_formats, generated_frame

CODECS = {id(codec): codec for codec in map(codec_for, transfer_syntaxes())}
ENCODERS = [codec for codec in CODECS.values() if codec.encodes]
FRAMES = {"JPEG": 4, "JPEG-LS": 9, "JPEG XL": 9, "deflate": 14, "RLE": 14}


@pytest.mark.parametrize("codec", ENCODERS, ids=lambda codec: f"{codec.name}-{min(codec.encodes)}")
def test_the_built_in_codecs_pass(codec):
    assert check_codec(codec) >= FRAMES.get(codec.name, 10)


def test_codecs_that_only_decode_pass_with_examples():
    form = generated_formats()[1]
    data = codec_for("1.2.840.10008.1.2.4.51").encode(generated_frame(form), form, "1.2.840.10008.1.2.4.51").data
    codec = codec_for("1.2.840.10008.1.2.4.53")
    assert check_codec(codec, [Example(data, form, codec.decode(data, form))]) == 1
    with pytest.raises(CodecCheckError, match="examples"):
        check_codec(codec)


class Broken(RLECodec):
    """RLE with one fault."""

    def __init__(self, **faults):
        self.last = None
        for name, fault in faults.items():
            setattr(self, name, fault)


def decoding(change):
    """Return a decode method whose result is changed."""

    def decode(self, data, stored, **choices):
        return change(self, data, stored, choices, lambda **more: RLECodec.decode(self, data, stored, **choices | more))

    return type("Faulty", (Broken,), {"decode": decode})()


def encoding(change):
    """Return a codec whose encoded frames are changed."""

    def encode(self, frame, *rest, **choices):
        return change(self, frame, RLECodec.encode(self, frame, *rest, **choices))

    return type("Faulty", (Broken,), {"encode": encode})()


def off_by_one(self, data, stored, choices, real):
    image = real()
    return image if isinstance(image, Partial) else image ^ 1


def key_error(self, data, stored, choices, real):
    try:
        return real()
    except pacscore.DataError as error:
        raise KeyError("segment") from error


def remembers(self, data, stored, choices, real):
    image = real()
    if isinstance(image, Partial) or choices:
        return image
    last, self.last = self.last, image
    return last if last is not None and last.shape == image.shape else image


def spoils(self, frame, encoded):
    frame[...] = 0
    return encoded


def counts(self, frame, encoded):
    self.last = (self.last or 0) + 1
    return dataclasses.replace(encoded, data=encoded.data + bytes(2 * self.last))


def without(name):
    return lambda self, data, stored, choices, real: (choices.pop(name, None), real())[1]


@pytest.mark.parametrize(
    ("codec", "what"),
    [
        (object(), "lacks"),
        (Broken(name=""), "name"),
        (Broken(third_party=1), "third_party"),
        (Broken(transfer_syntaxes=["1.2.3"]), "frozenset"),
        (Broken(transfer_syntaxes=frozenset({"1.2.3"})), "decodes what it encodes"),
        (Broken(encodes=frozenset()), "examples"),
        (Broken(encodes=frozenset(), encode=lambda *_: EncodedFrame(b"", "RGB", lossless=True)), "raises nothing"),
        (Broken(encode=lambda *_, **__: {}[1]), "KeyError"),
        (Broken(decoded_format=lambda data, stored: dataclasses.replace(stored, rows=1, columns=5)), "decoded_format"),
        (Broken(disagreements=lambda data, stored: "none"), "disagreements"),
        (decoding(off_by_one), "give its samples back"),
        (decoding(key_error), "KeyError"),
        (decoding(remembers), "back|otherwise"),
        (decoding(without("out")), "return out"),
        (decoding(without("region")), "part of the frame"),
        (decoding(without("limits")), "limits"),
        (decoding(without("on_damage")), "Partial"),
        (encoding(spoils), "changes the frame|back"),
        (encoding(counts), "differently"),
        (encoding(lambda self, frame, encoded: encoded.data), "EncodedFrame"),
        (encoding(lambda self, frame, encoded: dataclasses.replace(encoded, method="ISO_X")), "method"),
        (encoding(lambda self, frame, encoded: EncodedFrame(bytearray(encoded.data), "RGB", lossless=True)), "bytes"),
    ],
)  # fmt: skip
def test_every_fault_is_found(codec, what):
    with pytest.raises(CodecCheckError, match=what):
        check_codec(codec)


def test_threads_that_disturb_one_another_are_found():
    codec = decoding(lambda self, data, stored, choices, real: real())
    real = type(codec).decode
    calls = []

    def decode(self, data, stored, **choices):
        import threading

        image = real(self, data, stored, **choices)
        if threading.current_thread() is not threading.main_thread():
            calls.append(1)
            return np.zeros_like(image)
        return image

    type(codec).decode = decode
    with pytest.raises(CodecCheckError, match="threads"):
        check_codec(codec)
    assert calls
