"""Seals on what lies on disk: whether it is as it was written, under this name; encrypted if so wished."""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import Protocol

from pacscore.errors import OptionError, UnsupportedError

__all__ = ["Digest", "Encryption", "Seal", "SealError"]

_VERSION = b"PCB1"
_DIGEST_BYTES = 32
_NONCE_BYTES = 12


class SealError(Exception):
    """These bytes were not written under this name, with this key; or they were changed."""


class Seal(Protocol):
    """Closes data under a name, and opens it again."""

    def name(self, plain: str) -> str:
        """Return the name that is written, of equal length for all."""
        ...

    def close(self, name: str, data: bytes) -> bytes:
        """Return the data sealed."""
        ...

    def open(self, name: str, sealed: bytes) -> bytes:
        """Return the data; SealError if anything is wrong with it."""
        ...


class Digest:
    """BLAKE2b of name and data, in front of the data: chance damage is found, intent is not."""

    def name(self, plain: str) -> str:
        """Return the SHA-256 of a name."""
        return hashlib.sha256(plain.encode()).hexdigest()

    def close(self, name: str, data: bytes) -> bytes:
        """Return the data behind its digest."""
        return _VERSION + _digest(name, data) + data

    def open(self, name: str, sealed: bytes) -> bytes:
        """Return the data, if the digest is right."""
        head = len(_VERSION) + _DIGEST_BYTES
        data = sealed[head:]
        if sealed[: len(_VERSION)] != _VERSION or sealed[len(_VERSION) : head] != _digest(name, data):
            raise SealError
        return data


def _digest(name: str, data: bytes) -> bytes:
    digest = hashlib.blake2b(name.encode(), digest_size=_DIGEST_BYTES)
    digest.update(data)
    return digest.digest()


class Encryption:
    """AES-GCM of the data, with the name as associated data; names are HMACs, so that they tell nothing either.

    Parameters
    ----------
    key : bytes
        16, 24 or 32, known to the caller alone.

    Raises
    ------
    OptionError
        If the key is of another length.
    UnsupportedError
        If ``cryptography`` is not installed.

    Source: NIST SP 800-38D; a nonce is 96 random bits.
    """

    def __init__(self, key: bytes) -> None:
        if not isinstance(key, bytes) or len(key) not in (16, 24, 32):
            raise OptionError("the key must be 16, 24 or 32 bytes")
        try:
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise UnsupportedError(
                "encryption needs cryptography: pip install 'pacscore[cache]'", feature="an encrypted cache"
            ) from error
        self._names = hmac.digest(key, b"pacscore cache: names", "sha256")
        self._cipher = AESGCM(hmac.digest(key, b"pacscore cache: contents", "sha256"))

    def name(self, plain: str) -> str:
        """Return the HMAC-SHA-256 of a name."""
        return hmac.new(self._names, plain.encode(), "sha256").hexdigest()

    def close(self, name: str, data: bytes) -> bytes:
        """Return the data encrypted, behind its nonce."""
        nonce = os.urandom(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, data, name.encode())

    def open(self, name: str, sealed: bytes) -> bytes:
        """Return the data decrypted, if it is authentic."""
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - an extra

        head = len(_VERSION) + _NONCE_BYTES
        if sealed[: len(_VERSION)] != _VERSION or len(sealed) < head:
            raise SealError
        try:
            return self._cipher.decrypt(sealed[len(_VERSION) : head], sealed[head:], name.encode())
        except InvalidTag:
            raise SealError from None
