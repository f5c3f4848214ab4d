from collections.abc import Sequence
from typing import Self, final

from pacscore.j2k._coded_tile import CodedTile
from pacscore.j2k._tile_plan import CompiledPlan

@final
class TileRecoder(CodedTile):
    def __new__(
        cls,
        source: CompiledPlan,
        written: CompiledPlan,
        target: int,
        block_limit: int,
        threads: int,
        flush: bool = False,
        levels_added: int = 0,
    ) -> Self: ...
    def read(
        self, data: bytes | memoryview, parts: Sequence[tuple[int, int]], packed_headers: bytes | None
    ) -> tuple[int, int, bool, str | None, int, int, int]: ...
    def prepare(self) -> None: ...
    def recode(self) -> None: ...
    @property
    def blocks(self) -> int: ...
    @property
    def blocks_cut(self) -> int: ...
    @property
    def blocks_damaged(self) -> int: ...
    def damaged_blocks(self, most: int) -> list[tuple[int, ...]]: ...
