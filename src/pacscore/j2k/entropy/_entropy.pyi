from typing import Any

import numpy as np

def decode_block(
    cleanup: bytes,
    refinement: bytes,
    *,
    width: int,
    height: int,
    missing_bitplanes: int,
    magnitude_bitplanes: int,
    passes: int,
    vertically_causal: bool = False,
    wide: bool = False,
    target: str | None = None,
) -> np.ndarray[Any, Any]: ...
def decode_coefficients(
    cleanup: bytes,
    refinement: bytes,
    out: np.ndarray[Any, Any],
    *,
    missing_bitplanes: int,
    magnitude_bitplanes: int,
    passes: int,
    half_step: float = 1.0,
    target: str | None = None,
) -> None: ...
def encode_block(samples: np.ndarray[Any, Any], *, target: str | None = None) -> bytes: ...
def encode_refinement(
    samples: np.ndarray[Any, Any], *, passes: int, vertically_causal: bool = False, target: str | None = None
) -> bytes: ...
def encode_sets(
    samples: np.ndarray[Any, Any],
    *,
    vertically_causal: bool = False,
    reversible: bool = True,
    planes: int | None = None,
    least_gain: float = 0.0,
    target: str | None = None,
) -> tuple[bytes, list[tuple[int, float, bool]]]: ...
