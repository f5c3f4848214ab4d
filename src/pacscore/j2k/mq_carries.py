"""Carries that an MQ codeword keeps behind a byte FF.

Behind FF comes a byte of seven bits, whose top bit takes a carry: an encoder that has sent FF already, as the
standard's does, leaves it there; ours sends bytes when no carry can change them any more. Both codewords are the same
number, yet from such a place on their bytes are a bit apart. So it suffices to know where carries were left.

Source: T.800 C.2.5 (BYTEOUT), Annex J.1 (informative).
"""

from __future__ import annotations

__all__ = ["kept_carries", "with_carries"]

_FF = b"\xff"


def _pieces(codeword: bytes) -> list[bytes]:
    """Return the codeword cut behind each FF."""
    pieces = codeword.split(_FF)
    return [piece + _FF for piece in pieces[:-1]] + pieces[-1:]


def kept_carries(codeword: bytes) -> list[int]:
    """Return how many bits of the number lie before each carry that the codeword keeps."""
    found = []
    bits = 0
    for number, piece in enumerate(_pieces(codeword)):
        if number and piece and piece[0] & 0x80:
            found.append(bits)
        bits += 8 * len(piece) - (number > 0 and len(piece) > 0)
    return found


def _number(codeword: bytes) -> tuple[int, int]:
    """Return the number that a codeword is, and of how many bits."""
    value = bits = 0
    for number, piece in enumerate(_pieces(codeword)):
        size = 8 * len(piece) - (number > 0 and len(piece) > 0)
        value = (value << size) + int.from_bytes(piece, "big")
        bits += size
    return value, bits


def with_carries(codeword: bytes, carries: list[int]) -> bytes:
    """Return the codeword of the same number that keeps these carries.

    Raises
    ------
    ValueError
        If there is none.
    """
    value, bits = _number(codeword)
    for carry in carries:
        if not 0 < carry <= bits:
            raise ValueError("a carry lies outside its codeword")
        value -= 1 << (bits - carry)
    if value < 0:
        raise ValueError("a codeword does not have the carries that it is to keep")
    kept = set(carries)
    pieces = []
    at = behind = 0
    while at < bits:
        left = bits - at
        rest = value & (1 << left) - 1
        padding = -(left + behind) % 8
        data = (rest << padding).to_bytes((left + behind + padding) // 8, "big")
        piece = data[: data.find(_FF) + 1] or data
        if behind and at in kept:
            piece = bytes((piece[0] | 0x80,)) + piece[1:]
        pieces.append(piece)
        at += 8 * len(piece) - behind
        behind = int(piece.endswith(_FF))
    return b"".join(pieces)
