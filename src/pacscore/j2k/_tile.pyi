from collections.abc import Sequence
from typing import Any, Protocol, Self, final

import numpy as np
from numpy.typing import NDArray

from pacscore.j2k.packets.geometry import Rect, TileComponent
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

@final
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
        self, windows: Sequence[tuple[Rect, int, int, int, int, bool]], arrays: Sequence[NDArray[Any]], threads: int
    ) -> None: ...
    def decode(self) -> None: ...
    @property
    def blocks_damaged(self) -> int: ...

@final
class TileEncoder:
    def __new__(cls, plan: CompiledPlan, target: int, block_limit: int, threads: int) -> Self: ...
    def add_source(self, array: NDArray[Any], sample_type: int, precision: int, is_signed: bool) -> None: ...
    def encode(self) -> None: ...
    def extents(self) -> list[tuple[int, int]]: ...
    def finish(self, sop: bool, eph: bool) -> NDArray[np.uint32]: ...

@final
class Joining:
    def __new__(cls, pieces: list[bytes | tuple[TileEncoder, int, int]], shares: int) -> Self: ...
    joined: bytes
    def write(self) -> None: ...
