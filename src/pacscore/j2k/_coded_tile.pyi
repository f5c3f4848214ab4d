from typing import Any, Self, final

import numpy as np
from numpy.typing import NDArray
from typing_extensions import disjoint_base

BLOCK: np.dtype[Any]
PASS: np.dtype[Any]

@disjoint_base
class CodedTile:
    def finish(self, sop: bool, eph: bool, packed: bool = False) -> NDArray[np.uint32]: ...
    def coded_blocks(self) -> tuple[NDArray[Any], NDArray[Any], bytes]: ...
    def replace_blocks(self, blocks: NDArray[Any], passes: NDArray[Any], coded: bytes) -> None: ...
    def headers(self, first: int, last: int) -> bytes: ...

@final
class Joining:
    def __new__(cls, pieces: list[bytes | tuple[CodedTile, int, int]], shares: int) -> Self: ...
    joined: bytes
    def write(self) -> None: ...
