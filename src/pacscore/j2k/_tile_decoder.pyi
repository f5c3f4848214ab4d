from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from typing_extensions import disjoint_base

from pacscore.j2k._tile_plan import CompiledPlan
from pacscore.j2k.packets.geometry import Rect
from pacscore.support._row_conversion import RowConversion

@disjoint_base
class TileDecoder:
    def __new__(cls, plan: CompiledPlan, target: int, block_limit: int) -> Self: ...
    def read(
        self,
        data: bytes | memoryview,
        parts: Sequence[tuple[int, int]],
        packed_headers: bytes | None,
        discard_levels: int,
        layers: int,
    ) -> tuple[int, int, bool, str | None, int, int, int]: ...
    def prepare(
        self,
        windows: Sequence[tuple[Rect, int, int, int, int, bool]],
        arrays: Sequence[NDArray[Any]],
        threads: int,
        conversion: RowConversion | None = None,
    ) -> None: ...
    def set_levels(self, discard_levels: int) -> None: ...
    def needed_bytes(self) -> NDArray[np.uint64]: ...
    def decode(self) -> None: ...
    @property
    def blocks_damaged(self) -> int: ...
    def damaged_blocks(self, most: int) -> list[tuple[int, ...]]: ...
    def layers_read(self) -> list[int]: ...
