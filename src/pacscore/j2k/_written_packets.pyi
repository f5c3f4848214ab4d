from typing import Self, final

from typing_extensions import disjoint_base

@disjoint_base
class WrittenPackets:
    def headers(self, first: int, last: int) -> bytes: ...

@final
class Joining:
    def __new__(cls, pieces: list[bytes | tuple[WrittenPackets, int, int]], shares: int) -> Self: ...
    joined: bytes
    def write(self) -> None: ...
