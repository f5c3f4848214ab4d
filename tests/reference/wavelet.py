"""The wavelet transforms straight from T.800 Annex F: signals are extended first, then filtered.

One dimension works along the first axis of an array, on all columns at once.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Change = Callable[[np.ndarray, np.ndarray], np.ndarray]

ALPHA, BETA, GAMMA, DELTA = -1.586134342059924, -0.052980118572961, 0.882911075530934, 0.443506852043971
K = 1.230174104914001
MARGIN = 4  # Tables F.2, F.3, F.8 and F.9: no extension is longer


def extended(signal: np.ndarray, i0: int) -> tuple[np.ndarray, int]:
    """F.3.7: periodic symmetric extension, and the coordinate of its first sample (even)."""
    length = len(signal)
    start = (i0 - MARGIN) & ~1
    coordinates = np.arange(start, i0 + length + MARGIN + 2)
    period = 2 * (length - 1)
    folded = (coordinates - i0) % period
    return signal[np.minimum(folded, period - folded)].copy(), start


Seen = list[np.ndarray]  # what each lifting step made of the signal itself, without its extension


def add_to_evens(line: np.ndarray, change: Change) -> None:
    """Change each even sample by the odd ones left and right of it."""
    line[2:-1:2] += change(line[1:-2:2], line[3::2])


def add_to_odds(line: np.ndarray, change: Change) -> None:
    """Change each odd sample by the even ones left and right of it."""
    line[1:-1:2] += change(line[0:-2:2], line[2::2])


def synthesis_1d(signal: np.ndarray, i0: int, seen: Seen | None = None) -> np.ndarray:
    """F.3.6 (1D_SR) with F.3.8.1 for integers, F.3.8.2 for reals."""
    if len(signal) == 1:
        return signal if i0 % 2 == 0 else (signal >> 1 if signal.dtype.kind == "i" else signal / 2)
    line, start = extended(signal, i0)
    kind = line.dtype.type
    if line.dtype.kind == "i":
        add_to_evens(line, lambda left, right: -((left + right + kind(2)) >> kind(2)))
        if seen is not None:
            seen.append(line[i0 - start :][: len(signal)].copy())
        add_to_odds(line, lambda left, right: (left + right) >> kind(1))
    else:
        line[0::2] *= kind(K)
        line[1::2] *= kind(1 / K)
        add_to_evens(line, lambda left, right: -(kind(DELTA) * (left + right)))
        add_to_odds(line, lambda left, right: -(kind(GAMMA) * (left + right)))
        add_to_evens(line, lambda left, right: -(kind(BETA) * (left + right)))
        add_to_odds(line, lambda left, right: -(kind(ALPHA) * (left + right)))
    return line[i0 - start :][: len(signal)]


def analysis_1d(signal: np.ndarray, i0: int, seen: Seen | None = None) -> np.ndarray:
    """F.4.6 (1D_SD) with F.4.8.1 for integers, F.4.8.2 for reals."""
    if len(signal) == 1:
        return signal if i0 % 2 == 0 else signal * signal.dtype.type(2)
    line, start = extended(signal, i0)
    kind = line.dtype.type
    if line.dtype.kind == "i":
        add_to_odds(line, lambda left, right: -((left + right) >> kind(1)))
        if seen is not None:
            seen.append(line[i0 - start :][: len(signal)].copy())
        add_to_evens(line, lambda left, right: (left + right + kind(2)) >> kind(2))
    else:
        add_to_odds(line, lambda left, right: kind(ALPHA) * (left + right))
        add_to_evens(line, lambda left, right: kind(BETA) * (left + right))
        add_to_odds(line, lambda left, right: kind(GAMMA) * (left + right))
        add_to_evens(line, lambda left, right: kind(DELTA) * (left + right))
        line[1::2] *= kind(K)
        line[0::2] *= kind(1 / K)
    return line[i0 - start :][: len(signal)]


def order_of_bands(i0: int, length: int) -> np.ndarray:
    """Where each sample of the bands, low ones first, lies in the interleaved line."""
    coordinates = np.arange(i0, i0 + length)
    return np.concatenate([np.flatnonzero(coordinates % 2 == 0), np.flatnonzero(coordinates % 2 == 1)])


def inverse(bands: np.ndarray, x0: int, y0: int, seen: Seen | None = None) -> np.ndarray:
    """F.3.2 (2D_SR): 2D_INTERLEAVE, HOR_SR, VER_SR."""
    if bands.size == 0:
        return bands.copy()
    samples = np.empty_like(bands)
    samples[np.ix_(order_of_bands(y0, bands.shape[0]), order_of_bands(x0, bands.shape[1]))] = bands
    rows = synthesis_1d(samples.T.copy(), x0, seen).T.copy()
    samples = synthesis_1d(rows, y0, seen)
    if seen is not None:
        seen += [rows, samples]
    return samples


def forward(samples: np.ndarray, x0: int, y0: int, seen: Seen | None = None) -> np.ndarray:
    """F.4.2 (2D_SD): VER_SD, HOR_SD, 2D_DEINTERLEAVE."""
    if samples.size == 0:
        return samples.copy()
    columns = analysis_1d(samples, y0, seen)
    lines = analysis_1d(columns.T.copy(), x0, seen).T
    if seen is not None:
        seen += [columns, lines]
    return lines[np.ix_(order_of_bands(y0, samples.shape[0]), order_of_bands(x0, samples.shape[1]))]
