from typing import Any

import numpy as np

def examine_block(
    segments: list[tuple[bytes, int, bool]],
    *,
    width: int,
    height: int,
    missing_bitplanes: int,
    magnitude_bitplanes: int,
    style: int = 0,
    orientation: int = 0,
    wide: bool = False,
    target: str | None = None,
) -> tuple[np.ndarray[Any, Any], str | None, int]: ...
def decode_block(segments: list[tuple[bytes, int, bool]], **block: Any) -> np.ndarray[Any, Any]: ...
def encode_block(
    samples: np.ndarray[Any, Any],
    *,
    bitplanes: int,
    style: int = 0,
    orientation: int = 0,
    lowest_plane: int = 0,
    want_gains: bool = False,
    reversible: bool = True,
    least_gain: float = 0.0,
    flush: bool = False,
    target: str | None = None,
) -> tuple[bytes, list[tuple[int, float, bool]]]: ...
def survey_block(
    samples: np.ndarray[Any, Any], *, bitplanes: int, lowest_plane: int = 0, target: str | None = None
) -> list[tuple[int, float]]: ...
