"""The errors of pacscore. Is it the data, is it not there yet, or is it the caller: the class says which."""

from __future__ import annotations

__all__ = [
    "CodecCrashedError",
    "CodestreamError",
    "DataError",
    "DicomError",
    "LimitError",
    "NoCodecError",
    "OptionError",
    "PacscoreError",
    "RecipeError",
    "SourceChangedError",
    "TruncatedError",
    "UnsupportedError",
    "VerificationError",
]


class PacscoreError(Exception):
    """Root of every error that pacscore raises for its own reasons."""


class DataError(PacscoreError, ValueError):
    """The bytes are wrong.

    Attributes
    ----------
    offset : int or None, in bytes
        Where in the data, counted from its first byte.
    marker : str or None
        The marker segment concerned, as in ``"SIZ"``.
    clause : str or None
        The rule that was broken, as in ``"T.800 A.5.1"``.
    """

    def __init__(
        self, message: str = "", *, offset: int | None = None, marker: str | None = None, clause: str | None = None
    ) -> None:
        super().__init__(message)
        self.offset = offset
        self.marker = marker
        self.clause = clause


class CodestreamError(DataError):
    """Syntax or coding contradicts T.800 or T.814."""


class TruncatedError(CodestreamError):
    """The codestream ended before everything that was asked for had come."""


class DicomError(DataError):
    """The data set or the encapsulation is wrong.

    Attributes
    ----------
    tag : str or None
        The element concerned, as in ``"(0028,0010)"``.
    """

    def __init__(
        self,
        message: str = "",
        *,
        tag: str | None = None,
        offset: int | None = None,
        marker: str | None = None,
        clause: str | None = None,
    ) -> None:
        super().__init__(message, offset=offset, marker=marker, clause=clause)
        self.tag = tag


class UnsupportedError(PacscoreError):
    """Legal, but pacscore cannot do it.

    Attributes
    ----------
    feature : str or None
        What is missing, in a few words.
    clause : str or None
        Where the standard defines it.
    """

    def __init__(self, message: str = "", *, feature: str | None = None, clause: str | None = None) -> None:
        super().__init__(message)
        self.feature = feature
        self.clause = clause


class NoCodecError(UnsupportedError):
    """No codec is registered for a transfer syntax, or what it needs is not installed.

    Attributes
    ----------
    transfer_syntax : str or None
        The UID that was asked for.
    hint : str or None
        What would help, as in a package to install.
    """

    def __init__(
        self,
        message: str = "",
        *,
        transfer_syntax: str | None = None,
        hint: str | None = None,
        feature: str | None = None,
        clause: str | None = None,
    ) -> None:
        super().__init__(message, feature=feature, clause=clause)
        self.transfer_syntax = transfer_syntax
        self.hint = hint


class RecipeError(DataError):
    """A recipe is damaged, or does not belong to the codestream that it is to be applied to."""


class CodecCrashedError(DataError):
    """Over these bytes a codec in a child process died, hung, took too much memory, or broke the rules for codecs."""


class OptionError(PacscoreError, ValueError):
    """The caller's choices contradict the standard or each other."""


class LimitError(PacscoreError):
    """A size lies beyond the stated limits; nothing was allocated."""


class SourceChangedError(PacscoreError):
    """An object in a store was changed while it was read: what was read before may not fit what follows."""


class VerificationError(PacscoreError):
    """What was written does not read back as what it was made from; it was thrown away."""
