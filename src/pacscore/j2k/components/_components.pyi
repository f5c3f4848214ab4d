from typing import Any

from numpy.typing import DTypeLike, NDArray

def inverse(planes: NDArray[Any], *, out: NDArray[Any] | None = None, target: int | None = None) -> NDArray[Any]: ...
def forward(planes: NDArray[Any], *, out: NDArray[Any] | None = None, target: int | None = None) -> NDArray[Any]: ...
def store(
    coefficients: NDArray[Any],
    *,
    precision: int,
    is_signed: bool,
    out: NDArray[Any] | None = None,
    target: int | None = None,
) -> NDArray[Any]: ...
def load(
    samples: NDArray[Any],
    dtype: DTypeLike,
    *,
    precision: int,
    is_signed: bool,
    out: NDArray[Any] | None = None,
    target: int | None = None,
) -> tuple[NDArray[Any], tuple[int, int]]: ...
def store_rgb8(planes: NDArray[Any], *, out: NDArray[Any] | None = None, target: int | None = None) -> NDArray[Any]: ...
def load_rgb8(image: NDArray[Any], dtype: DTypeLike, *, target: int | None = None) -> NDArray[Any]: ...
