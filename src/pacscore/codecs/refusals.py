"""Transfer syntaxes that are known but not served, and why."""

from __future__ import annotations

from pacscore.errors import UnsupportedError

__all__ = ["refusal"]

_PREFIX = "1.2.840.10008.1.2."
_JPIP = frozenset(f"{_PREFIX}4.{number}" for number in (94, 95, 204, 205))
_SMPTE = frozenset(f"{_PREFIX}7.{number}" for number in (1, 2, 3))
_ARITHMETIC = frozenset(f"{_PREFIX}4.{number}" for number in (52, 54, 56, 58))
_HIERARCHICAL = frozenset(f"{_PREFIX}4.{number}" for number in range(59, 67))


def refusal(uid: str) -> UnsupportedError | None:
    """Return the error that says why a known transfer syntax is not served; None for an unknown one.

    Source: PS3.5 A.6, A.7; PS3.6 annex A; T.81 4.11.
    """
    if uid in _JPIP:
        return UnsupportedError(
            f"transfer syntax {uid} (JPIP) holds no Pixel Data but a Pixel Data Provider URL (0028,7FE0); "
            "fetch the codestream from there, then decode it",
            feature="JPIP referenced pixel data",
            clause="PS3.5 A.6",
        )
    if uid in _SMPTE:
        return UnsupportedError(
            f"transfer syntax {uid} (SMPTE ST 2110) holds no Pixel Data: it comes as a stream in real time",
            feature="SMPTE ST 2110",
            clause="PS3.5 A.7",
        )
    if uid in _ARITHMETIC:
        what = "arithmetic coding"
    elif uid in _HIERARCHICAL:
        what = "hierarchical processes"
    else:
        return None
    return UnsupportedError(
        f"transfer syntax {uid} (JPEG, retired): {what}", feature=f"JPEG, {what}", clause="T.81 4.11"
    )
