from collections.abc import Sequence
from typing import Any, Self, final

import numpy as np
from numpy.typing import NDArray

from pacscore.j2k._coded_tile import BLOCK as BLOCK
from pacscore.j2k._tile_plan import CompiledPlan

PIECE: np.dtype[Any]
PLACE: np.dtype[Any]

@final
class PacketPlaces:
    def __new__(
        cls,
        plan: CompiledPlan,
        data: bytes | memoryview,
        parts: Sequence[tuple[int, int]],
        packed_headers: bytes | None,
        block_limit: int,
        pieces: bool = False,
        reduce: int = 0,
        layers: int = 65535,
    ) -> Self: ...
    def resume(self, present: tuple[int, int]) -> bool: ...
    @property
    def what(self) -> str | None: ...
    @property
    def truncated(self) -> bool: ...
    @property
    def missing(self) -> int: ...
    @property
    def offset(self) -> int: ...
    def places(self) -> NDArray[Any]: ...
    def blocks(self) -> tuple[NDArray[Any], NDArray[Any]]: ...
