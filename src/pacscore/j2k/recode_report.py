"""What `recode` returns."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import ClassVar

from pacscore.report import DecodeReport

__all__ = ["RecodeReport", "Recoded"]


@dataclass(frozen=True, slots=True)
class RecodeReport:
    """What recoding met and made.

    Attributes
    ----------
    transfer_syntax : str
        Of the recoded codestream.
    bytes_before, bytes_after : int
    blocks : int
        Code-blocks that were recoded; the others have no bytes.
    lossless : bool
        Whether the codestream is coded without loss: 5-3, and no code-block lacks its lowest bit-planes.
    decoding : DecodeReport
        How whole the original was. What is damaged or missing in it is left out of the recoded codestream, which then
        decodes to what `decode` conceals it by.
    """

    schema: ClassVar[int] = 1
    transfer_syntax: str
    bytes_before: int
    bytes_after: int
    blocks: int
    lossless: bool
    decoding: DecodeReport

    @property
    def exact(self) -> bool:
        """Whether every quantiser index of the original was carried over."""
        return self.decoding.complete

    def to_json(self) -> str:
        """Return the report as a JSON object, with its schema number and ``exact``."""
        import json  # noqa: PLC0415 - decoding does not need it

        return json.dumps({"schema": self.schema, "exact": self.exact, **dataclasses.asdict(self)})


@dataclass(frozen=True, slots=True, eq=False)
class Recoded:
    """A recoded codestream.

    Attributes
    ----------
    data : bytes
        The codestream.
    report : RecodeReport
    """

    data: bytes
    report: RecodeReport
