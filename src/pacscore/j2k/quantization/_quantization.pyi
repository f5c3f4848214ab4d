from typing import Any

from numpy.typing import NDArray

def dequantize(
    words: NDArray[Any],
    *,
    half_step: float | None = None,
    roi_shift: int = 0,
    out: NDArray[Any] | None = None,
    target: int | None = None,
) -> NDArray[Any]: ...
def quantize(
    coefficients: NDArray[Any], *, inverse_step: float | None = None, target: int | None = None
) -> tuple[NDArray[Any], int]: ...
def narrow(
    values: NDArray[Any], *, inverse_step: float | None = None, roi_shift: int = 0, target: int | None = None
) -> tuple[NDArray[Any], int]: ...
