from typing import Any

from numpy.typing import NDArray

def inverse(
    samples: NDArray[Any],
    *,
    origin: tuple[int, int] = (0, 0),
    out: NDArray[Any] | None = None,
    target: int | None = None,
) -> NDArray[Any]: ...
def forward(
    samples: NDArray[Any],
    *,
    origin: tuple[int, int] = (0, 0),
    out: NDArray[Any] | None = None,
    target: int | None = None,
) -> NDArray[Any]: ...
