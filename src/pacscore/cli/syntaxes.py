"""Transfer syntaxes as one types them: a UID, or a keyword in lower case with hyphens."""

from __future__ import annotations

import argparse
import re

__all__ = ["KEYWORDS", "READ_ONLY", "keyword", "transfer_syntax"]

KEYWORDS = {
    "implicit-vr-little-endian": "1.2.840.10008.1.2",
    "explicit-vr-little-endian": "1.2.840.10008.1.2.1",
    "deflated-explicit-vr-little-endian": "1.2.840.10008.1.2.1.99",
    "encapsulated-uncompressed-explicit-vr-little-endian": "1.2.840.10008.1.2.1.98",
    "explicit-vr-big-endian": "1.2.840.10008.1.2.2",
    "rle-lossless": "1.2.840.10008.1.2.5",
    "jpeg-baseline-8bit": "1.2.840.10008.1.2.4.50",
    "jpeg-extended-12bit": "1.2.840.10008.1.2.4.51",
    "jpeg-lossless": "1.2.840.10008.1.2.4.57",
    "jpeg-lossless-sv1": "1.2.840.10008.1.2.4.70",
    "jpeg-ls-lossless": "1.2.840.10008.1.2.4.80",
    "jpeg-ls-near-lossless": "1.2.840.10008.1.2.4.81",
    "jpeg-2000-lossless": "1.2.840.10008.1.2.4.90",
    "jpeg-2000": "1.2.840.10008.1.2.4.91",
    "jpeg-2000-mc-lossless": "1.2.840.10008.1.2.4.92",
    "jpeg-2000-mc": "1.2.840.10008.1.2.4.93",
    "jpeg-xl-lossless": "1.2.840.10008.1.2.4.110",
    "jpeg-xl-jpeg-recompression": "1.2.840.10008.1.2.4.111",
    "jpeg-xl": "1.2.840.10008.1.2.4.112",
    "htj2k-lossless": "1.2.840.10008.1.2.4.201",
    "htj2k-lossless-rpcl": "1.2.840.10008.1.2.4.202",
    "htj2k": "1.2.840.10008.1.2.4.203",
    "deflated-image-frame-compression": "1.2.840.10008.1.2.8.1",
}
"""Keyword and UID of the transfer syntaxes that can be asked for by name.

Source: PS3.6 A, registry of DICOM unique identifiers.
"""

READ_ONLY = ("explicit-vr-big-endian", "jpeg-2000-mc-lossless", "jpeg-2000-mc")
"""Those that nothing is transcoded to."""

_BY_LETTERS = {name.replace("-", ""): uid for name, uid in KEYWORDS.items()}
_BY_UID = {uid: name for name, uid in KEYWORDS.items()}


def transfer_syntax(text: str) -> str:
    """Return the UID for a UID or a keyword; capitals and hyphens do not matter.

    Raises
    ------
    argparse.ArgumentTypeError
        If the text is neither.
    """
    if re.fullmatch(r"[0-9]+(\.[0-9]+)+", text):
        return text
    uid = _BY_LETTERS.get(re.sub(r"[^a-z0-9]", "", text.lower()))
    if uid is None:
        raise argparse.ArgumentTypeError(f"{text!r} is neither a UID nor one of {', '.join(KEYWORDS)}")
    return uid


def keyword(uid: str) -> str:
    """Return the keyword of a UID, or the UID itself where it has none here."""
    return _BY_UID.get(str(uid), str(uid))
