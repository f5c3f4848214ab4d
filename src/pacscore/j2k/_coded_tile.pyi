from typing import Self, final

import numpy as np
from numpy.typing import NDArray
from typing_extensions import disjoint_base

@disjoint_base
class CodedTile:
    def finish(self, sop: bool, eph: bool, packed: bool = False) -> NDArray[np.uint32]: ...
    def headers(self, first: int, last: int) -> bytes: ...

@final
class Joining:
    def __new__(cls, pieces: list[bytes | tuple[CodedTile, int, int]], shares: int) -> Self: ...
    joined: bytes
    def write(self) -> None: ...
