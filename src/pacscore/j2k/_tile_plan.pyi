from collections.abc import Sequence
from typing import Protocol, Self, final

import numpy as np
from numpy.typing import NDArray

from pacscore.j2k.packets.geometry import TileComponent
from pacscore.j2k.packets.progression import PacketRun

class _ComponentPlan(Protocol):
    @property
    def geometry(self) -> TileComponent: ...
    @property
    def style(self) -> int: ...
    @property
    def roi_shift(self) -> int: ...
    @property
    def reversible(self) -> bool: ...
    @property
    def wide(self) -> bool: ...
    @property
    def bands(self) -> Sequence[tuple[int, float]]: ...

@final
class CompiledPlan:
    def __new__(
        cls,
        components: Sequence[_ComponentPlan],
        owner: NDArray[np.int32],
        runs: Sequence[PacketRun],
        layers: int,
        color_transform: bool,
    ) -> Self: ...
