"""What `recode` returns."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
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


@dataclass(frozen=True, eq=False)
class Recoded:
    """A recoded codestream, and the way back.

    Attributes
    ----------
    data : bytes
        The codestream.
    report : RecodeReport
    recipe : bytes
        What `restore` needs beside ``data`` to give the original back, byte for byte. It is made when it is first asked
        for, which takes about three times as long as recoding, since the way back is tried; the original must not have
        changed by then. It can always be made; where an original is coded in too odd a way, it holds all of it.
    """

    data: bytes
    report: RecodeReport
    _make_recipe: Callable[[], bytes] = field(repr=False)

    @cached_property
    def recipe(self) -> bytes:
        """What `restore` needs beside ``data``."""
        return self._make_recipe()
