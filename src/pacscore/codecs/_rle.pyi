from collections.abc import Sequence
from typing import Any

def decode(
    data: Any, bounds: Sequence[tuple[int, int]], out: Any, rows: int, columns: int, samples: int, size: int
) -> None: ...
def encode(samples_of_frame: Any, rows: int, columns: int, samples: int, size: int) -> list[bytes]: ...
