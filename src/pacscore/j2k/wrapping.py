"""Whether a codestream comes bare or in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # annotations alone
    from pacscore.j2k.boxes.records import Wrapper

__all__ = ["find_wrapper"]

_SOC = b"\xff\x4f"


def find_wrapper(data: memoryview) -> Wrapper | None:
    """Return what the codestream came in, None if it is bare. Those, the rule in DICOM, do not pay for the boxes.

    Raises
    ------
    CodestreamError
        If the data is neither a codestream nor a JP2 or JPH file.
    """
    if data[:2] == _SOC:
        return None
    from pacscore.j2k.boxes.reader import find_codestream  # noqa: PLC0415 - only files need it

    return find_codestream(data)
