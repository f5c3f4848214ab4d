from typing import Any

import numpy as np
from numpy.typing import NDArray
from typing_extensions import disjoint_base

from pacscore.j2k._written_packets import WrittenPackets

BLOCK: np.dtype[Any]
PASS: np.dtype[Any]

@disjoint_base
class CodedTile(WrittenPackets):
    def finish(self, sop: bool, eph: bool, packed: bool = False) -> NDArray[np.uint32]: ...
    def coded_blocks(self) -> tuple[NDArray[Any], NDArray[Any], bytes]: ...
    def replace_blocks(self, blocks: NDArray[Any], passes: NDArray[Any], coded: bytes) -> None: ...
