"""How much a caller is ready to let a file claim."""

from __future__ import annotations

from dataclasses import dataclass

from pacscore.errors import LimitError

__all__ = ["DEFAULT_LIMITS", "Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes beyond which pacscore refuses, before it allocates.

    Attributes
    ----------
    output_bytes : int
        Largest output of one call.
    expansion : int
        Largest ratio of output to input, applied only to outputs above ``expansion_floor_bytes``: a few bytes may
        legally stand for a large black image, but hardly for a huge one.
    expansion_floor_bytes : int
        Outputs up to this size may have any ratio.
    code_blocks : int
        Most code-blocks and precincts that a tile may have; each costs memory whatever its size.
    """

    output_bytes: int = 1 << 30
    expansion: int = 2000
    expansion_floor_bytes: int = 256 << 20
    code_blocks: int = 1 << 22

    def check_output(self, output_bytes: int, input_bytes: int, *, what: str = "the image") -> None:
        """Raise LimitError if an output of this size may not be made from an input of that size."""
        if output_bytes > self.output_bytes:
            raise LimitError(
                f"{what} takes {output_bytes:,} bytes, more than Limits.output_bytes = {self.output_bytes:,}"
            )
        if output_bytes > self.expansion_floor_bytes and output_bytes > self.expansion * input_bytes:
            raise LimitError(
                f"{what} takes {output_bytes:,} bytes from {input_bytes:,},"
                f" more than Limits.expansion = {self.expansion} times"
            )


DEFAULT_LIMITS = Limits()
"""What every entry uses for ``limits=None``."""
