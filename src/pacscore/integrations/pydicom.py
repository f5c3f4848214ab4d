"""pacscore as the decoder and encoder of pydicom."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

from pydicom._uid_dict import UID_dictionary
from pydicom.pixels.common import CoderBase
from pydicom.pixels.decoders import base as decoders
from pydicom.pixels.encoders import base as encoders
from pydicom.uid import UID

from pacscore.codecs.registry import transfer_syntaxes
from pacscore.errors import UnsupportedError
from pacscore.integrations import pydicom_decoder, pydicom_encoder

__all__ = ["PLUGIN", "install", "uninstall"]

PLUGIN = "pacscore"
"""What pydicom calls us: ``decoding_plugin="pacscore"``, ``encoding_plugin="pacscore"``."""

_DECODE = (pydicom_decoder.__name__, pydicom_decoder.decode_frame.__name__)
_ENCODE = (pydicom_encoder.__name__, pydicom_encoder.encode_frame.__name__)

_NEWER_UIDS = {
    uid: (name, "Transfer Syntax", "", "", keyword)
    for uid, name, keyword in (
        ("1.2.840.10008.1.2.4.110", "JPEG XL Lossless", "JPEGXLLossless"),
        ("1.2.840.10008.1.2.4.111", "JPEG XL JPEG Recompression", "JPEGXLJPEGRecompression"),
        ("1.2.840.10008.1.2.4.112", "JPEG XL", "JPEGXL"),
        ("1.2.840.10008.1.2.8.1", "Deflated Image Frame Compression", "DeflatedImageFrameCompression"),
    )
}
"""Transfer syntaxes of PS3.6 that pydicom 3.0 does not know, as its dictionary would hold them."""

_lock = threading.Lock()


class _AddedDecoder(decoders.Decoder):
    """The decoder of a transfer syntax for which pydicom has none."""


class _AddedEncoder(encoders.Encoder):
    """The encoder of a transfer syntax for which pydicom has none, as HTJ2K."""


def install(*, first: bool = False, newer_uids: bool = False) -> None:
    """Let pydicom decode and encode by pacscore, every transfer syntax that it has a codec for.

    Doing it again changes nothing but what is asked for differently: the last call counts. Other threads may decode
    meanwhile.

    Source: PS3.5 A.4; PS3.6 A.

    Parameters
    ----------
    first : bool
        Ask pacscore before other plug-ins, not after them.
    newer_uids : bool
        Make the JPEG XL transfer syntaxes and Deflated Image Frame Compression known to pydicom, all of it: it then
        reads, decodes and writes them.

    Raises
    ------
    UnsupportedError
        If this pydicom keeps its plug-ins in a way that is not known here. Nothing is changed then.
    """
    with _lock:
        tables = _tables()
        if newer_uids:
            for newer, entry in _NEWER_UIDS.items():
                UID_dictionary.setdefault(newer, entry)
        for uid in map(UID, transfer_syntaxes()):
            if uid.is_transfer_syntax and uid.is_encapsulated:
                _add(tables[0], uid, _AddedDecoder, _DECODE, first)
                if pydicom_encoder.is_available(uid):
                    _add(tables[1], uid, _AddedEncoder, _ENCODE, first)


def uninstall() -> None:
    """Take back what ``install`` did; pydicom's plug-ins and their order are then as before."""
    with _lock:
        for table in _tables():
            for uid, coder in _coders(table):
                if PLUGIN in coder._available:
                    coder.remove_plugin(PLUGIN)
                if isinstance(coder, _AddedDecoder | _AddedEncoder) and not coder._available:
                    del table[uid]
        for newer, entry in _NEWER_UIDS.items():
            if UID_dictionary.get(newer) is entry:
                del UID_dictionary[newer]


def _tables() -> tuple[dict[UID, Any], dict[UID, Any]]:
    """Return where pydicom keeps its decoders and encoders: {UID: (coder, since which version)}."""
    found = getattr(decoders, "_PIXEL_DATA_DECODERS", None), getattr(encoders, "_PIXEL_DATA_ENCODERS", None)
    for table in found:
        if not isinstance(table, dict) or not all(_is_entry(entry) for entry in table.values()):
            raise UnsupportedError("this version of pydicom keeps its plug-ins in another way", feature="pydicom")
    return found  # type: ignore[return-value]


def _is_entry(entry: Any) -> bool:
    return isinstance(entry, tuple) and isinstance(entry[0], CoderBase) and isinstance(entry[0]._available, dict)


def _coders(table: dict[UID, Any]) -> Iterator[tuple[UID, CoderBase]]:
    for uid, entry in list(table.items()):
        yield uid, entry[0]


def _add(table: dict[UID, Any], uid: UID, kind: type[CoderBase], path: tuple[str, str], first: bool) -> None:
    if uid not in table:
        added = kind(uid)  # type: ignore[call-arg]
        added.add_plugin(PLUGIN, path)
        table[uid] = (added, "")
        return
    coder: CoderBase = table[uid][0]
    if PLUGIN not in coder._available:
        coder.add_plugin(PLUGIN, path)
    ours = {PLUGIN: coder._available[PLUGIN]}
    others = {label: function for label, function in coder._available.items() if label != PLUGIN}
    coder._available = ours | others if first else others | ours  # replaced as a whole: others may be reading it
