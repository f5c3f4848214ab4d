"""Windows that the values of a frame ask for, where nobody chose one."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError
from pacscore.pixels.pipeline import Pipeline
from pacscore.pixels.voi import Window

__all__ = ["automatic_window"]

_BINS = 256


def automatic_window(
    array: NDArray[Any],
    pipeline: Pipeline,
    *,
    method: Literal["percentile", "entropy"] = "percentile",
    low: float = 1.0,
    high: float = 99.0,
) -> Window:
    """Return a window over the values that most of a frame has.

    Padding, what is not finite, and what a supplemental palette colours are left out.

    "percentile" counts values: from the smallest one that at least ``low`` percent of them do not exceed to the
    smallest one that at least ``high`` percent do not exceed. "entropy" counts information instead: the range of values
    is cut into 256 bins, each of which weighs ``-p * log2(p)``, where p is its share of the values. A background of a
    single value, however large, thus counts as little as it tells.

    Source: PS3.3 C.11.2.1.3.2 (LINEAR_EXACT), C.7.5.1.1.2 (padding); which window suits a frame no standard says.

    Parameters
    ----------
    array : ndarray, shape (..., rows, columns)
        Stored values.
    pipeline : Pipeline
        Of a grey frame; its modality stage and padding count.
    method : "percentile" or "entropy"
    low, high : float, in percent
        From 0 to 100, ``low`` below ``high``.

    Returns
    -------
    Window
        LINEAR_EXACT, in modality values; for `Pipeline.with_window`. Where all values are equal they are shown as the
        first output value.

    Raises
    ------
    OptionError
        If the frame has colour, or the method or a share is none.
    """
    if not pipeline.photometric_interpretation.startswith("MONOCHROME"):
        raise OptionError(f"{pipeline.photometric_interpretation} has no window")
    if method not in ("percentile", "entropy"):
        raise OptionError(f"method={method!r}: 'percentile' or 'entropy'")
    if not 0 <= low < high <= 100:
        raise OptionError(f"low={low}, high={high}: 0 <= low < high <= 100 percent")
    values, weights = _counted(array, pipeline)
    if values.size == 0:
        return Window(0, 1)
    if method == "entropy":
        values, weights = _informative(values, weights)
    shares = np.cumsum(weights) / weights.sum()
    first, last = (values[min(int(np.searchsorted(shares, share / 100)), len(values) - 1)] for share in (low, high))
    if first == last:
        return Window(float(first) + 1, 1)
    return Window((float(first) + float(last)) / 2, float(last) - float(first), "LINEAR_EXACT")


def _counted(array: NDArray[Any], pipeline: Pipeline) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the modality values that count, in rising order, and how often each is there."""
    if array.dtype.kind in "iu" and array.dtype.itemsize <= 2:
        lowest = int(np.iinfo(array.dtype).min)
        counts = np.bincount(array.reshape(-1).astype(np.int32) - lowest, minlength=1)
        stored = np.flatnonzero(counts)
        counts, stored = counts[stored], stored + lowest
    else:
        stored, counts = np.unique(array[np.isfinite(array)], return_counts=True)
    counted = np.ones(stored.shape, np.bool_)
    if pipeline.padding is not None:
        counted &= (stored < pipeline.padding[0]) | (stored > pipeline.padding[1])
    if pipeline.palette is not None:
        counted &= stored < pipeline.palette.red.first_mapped
    values = pipeline.modality.apply(stored[counted]).astype(np.float64)
    order = np.argsort(values, kind="stable")
    return values[order], counts[counted][order].astype(np.float64)


def _informative(
    values: NDArray[np.float64], counts: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the values at the lower edges of bins, and what each bin tells; of one value alone, that it is there."""
    span = values[-1] - values[0]
    if span == 0:
        return values, counts
    bins = np.minimum(((values - values[0]) / span * _BINS).astype(np.intp), _BINS - 1)
    shares = np.bincount(bins, counts, _BINS) / counts.sum()
    told = np.zeros(_BINS)
    there = shares > 0
    told[there] = -shares[there] * np.log2(shares[there])
    return values[0] + span * np.arange(_BINS) / (_BINS - 1), told
