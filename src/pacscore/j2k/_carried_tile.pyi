from typing import Any, Self, final

import numpy as np
from numpy.typing import NDArray

from pacscore.j2k._written_packets import WrittenPackets

CARRIED: np.dtype[Any]

@final
class CarriedTile(WrittenPackets):
    def __new__(
        cls,
        data: bytes | memoryview,
        packed_headers: bytes | None,
        packets: NDArray[Any],
        sop: bool,
        eph: bool,
        packed: bool,
    ) -> Self: ...
