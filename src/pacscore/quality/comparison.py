"""Peak error, MSE, PSNR and SSIM of an image against its reference."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError, UnsupportedError
from pacscore.pixels.pipeline import Pipeline
from pacscore.pixels.rendering import render
from pacscore.pixels.voi import Window
from pacscore.report import Image

__all__ = ["ComparisonReport", "Measures", "compare_images", "distance", "shown_alike"]

_SSIM_WINDOW = 11


@dataclass(frozen=True, slots=True)
class Measures:
    """How far the samples of an image are from those of its reference.

    Attributes
    ----------
    peak_error : int or float
        The largest absolute difference of two samples.
    mse : float
        The mean squared difference.
    psnr : float, in dB
        10 log10(data_range^2 / mse); infinite where the images are equal.
    ssim : float or None
        Mean structural similarity, 1 where the images are equal; None if it was not asked for, or a side is shorter
        than its window of 11 samples.
    differing : int
        Samples that differ.
    samples : int
        Samples compared.
    """

    peak_error: float
    mse: float
    psnr: float
    ssim: float | None
    differing: int
    samples: int


@dataclass(frozen=True, slots=True)
class ComparisonReport:
    """What `compare_images` measured.

    Attributes
    ----------
    data_range : float
        From the smallest to the largest value that a stored sample can have: what PSNR and SSIM relate errors to.
    stored : Measures
        Of all stored samples; ``ssim`` is the mean of the components'.
    components : tuple of Measures
        Of each component of the stored samples.
    windowed : Measures or None
        Of what a screen shows, from 0 to 255; None where no pipeline and no window was given.
    windowed_components : tuple of Measures
        Of each of its samples.
    """

    schema: ClassVar[int] = 1
    data_range: float
    stored: Measures
    components: tuple[Measures, ...]
    windowed: Measures | None = None
    windowed_components: tuple[Measures, ...] = ()

    @property
    def equal(self) -> bool:
        """Whether every stored sample is that of the reference."""
        return self.stored.differing == 0

    def to_json(self) -> str:
        """Return the report as a JSON object, with its schema number and ``equal``; an infinite PSNR is null."""
        return json.dumps({"schema": self.schema, "equal": self.equal, **_finite(dataclasses.asdict(self))})


def compare_images(  # noqa: PLR0913 - choices by name
    reference: Image,
    image: Image,
    *,
    bits_stored: int | None = None,
    data_range: float | None = None,
    pipeline: Pipeline | None = None,
    window: Window | None = None,
    ssim: bool = True,
) -> ComparisonReport:
    """Return how far an image is from its reference, in stored values and as a screen shows them.

    Source: T.803 Annex E (peak and mean squared error); Wang et al., "Image quality assessment: from error visibility
    to structural similarity", IEEE Transactions on Image Processing 13 (2004), by scikit-image, with the paper's
    Gaussian window.

    Parameters
    ----------
    reference, image : ndarray, shape (rows, columns[, components]), or list of 2-D ndarray
        Stored values, of one shape.
    bits_stored : int, optional
        Precision of the samples: the data range is ``2**bits_stored - 1``. None: that of the reference's dtype.
    data_range : float, optional
        Instead of ``bits_stored``; needed for floating-point samples.
    pipeline : Pipeline, optional
        What a screen shows: both images are rendered by it too, with 8 bits, and compared again. Without a VOI stage
        they share the range of both.
    window : Window, optional
        Instead of the pipeline's window; without a pipeline, of the stored values.
    ssim : bool
        Whether to compute SSIM, which needs scikit-image and most of the time.

    Returns
    -------
    ComparisonReport

    Raises
    ------
    OptionError
        If the shapes differ, there are no samples, or the range is not known.
    UnsupportedError
        If scikit-image is not installed and ``ssim`` is wanted, or the pipeline cannot render the images.
    """
    first, second = _components(reference), _components(image)
    if [plane.shape for plane in first] != [plane.shape for plane in second] or _is_list(reference) != _is_list(image):
        raise OptionError(f"the reference is {_shape(reference)}, the image {_shape(image)}")
    if not all(plane.size for plane in first):
        raise OptionError(f"there are no samples to compare in {_shape(reference)}")
    span = _data_range(first, bits_stored, data_range)
    components = tuple(_measure(a, b, span, ssim=ssim) for a, b in zip(first, second, strict=True))
    report = ComparisonReport(span, _together(components, span), components)
    chosen = _pipeline(pipeline, window, first[0].dtype, bits_stored)
    if chosen is None:
        return report
    screens = shown_alike(reference, image, chosen)
    shown = tuple(
        _measure(a, b, 255.0, ssim=ssim) for a, b in zip(_components(screens[0]), _components(screens[1]), strict=True)
    )
    return dataclasses.replace(report, windowed=_together(shown, 255.0), windowed_components=shown)


def shown_alike(reference: Image, image: Image, pipeline: Pipeline) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return what a screen shows of two images: where the pipeline looks for a range, of both."""
    if isinstance(reference, list) or isinstance(image, list):
        raise UnsupportedError(
            "components of different sizes cannot be rendered", feature="rendering of subsampled components"
        )
    both = render(np.stack([reference, image]), pipeline)
    return both[0], both[1]


def distance(reference: NDArray[Any], image: NDArray[Any]) -> NDArray[Any]:
    """Return the absolute differences of two arrays, exact for integers of any width."""
    common = np.result_type(reference, image)
    a, b = reference.astype(common, copy=False), image.astype(common, copy=False)
    if common.kind == "b":
        return np.asarray(a != b, np.uint8)
    gap: NDArray[Any] = np.maximum(a, b) - np.minimum(a, b)
    # the largest difference of signed values needs the sign's bit
    return gap.view(np.dtype(f"u{common.itemsize}")) if common.kind == "i" else gap


def _is_list(image: Image) -> bool:
    return isinstance(image, list)


def _shape(image: Image) -> str:
    return ", ".join(str(np.shape(plane)) for plane in image) if isinstance(image, list) else str(np.shape(image))


def _components(image: Image) -> list[NDArray[Any]]:
    if isinstance(image, list):
        return [np.asarray(plane) for plane in image]
    array = np.asarray(image)
    if array.ndim not in (2, 3) or array.dtype.kind not in "buif":
        raise OptionError(f"an image is (rows, columns[, components]) of numbers, not {array.dtype} {array.shape}")
    return [array] if array.ndim == 2 else [array[..., component] for component in range(array.shape[2])]


def _data_range(planes: list[NDArray[Any]], bits_stored: int | None, data_range: float | None) -> float:
    if bits_stored is not None and data_range is not None:
        raise OptionError("bits_stored and data_range say the same: give one of them")
    if data_range is not None:
        if not 0 < data_range < math.inf:
            raise OptionError(f"data_range={data_range} must be positive")
        return float(data_range)
    dtype = planes[0].dtype
    if bits_stored is None and dtype.kind not in "bui":
        raise OptionError(f"samples of {dtype} have no range of their own: give data_range")
    own = 1 if dtype.kind == "b" else dtype.itemsize * 8
    bits = own if bits_stored is None else bits_stored
    if bits < 1:
        raise OptionError(f"bits_stored={bits_stored} must be at least 1")
    return float((1 << bits) - 1)


def _measure(reference: NDArray[Any], image: NDArray[Any], span: float, *, ssim: bool) -> Measures:
    gap = distance(reference, image)
    peak = gap.max()
    mse = float(np.square(gap, dtype=np.float64).mean())
    similarity = _ssim(reference, image, span) if ssim else None
    exact = float(peak) if gap.dtype.kind == "f" else int(peak)
    return Measures(exact, mse, _psnr(mse, span), similarity, int(np.count_nonzero(gap)), gap.size)


def _together(parts: tuple[Measures, ...], span: float) -> Measures:
    samples = sum(part.samples for part in parts)
    mse = sum(part.mse * part.samples for part in parts) / samples
    known = [part.ssim for part in parts if part.ssim is not None]
    return Measures(
        max(part.peak_error for part in parts),
        mse,
        _psnr(mse, span),
        sum(known) / len(known) if len(known) == len(parts) else None,
        sum(part.differing for part in parts),
        samples,
    )


def _psnr(mse: float, span: float) -> float:
    return 10 * math.log10(span * span / mse) if mse else math.inf


def _ssim(reference: NDArray[Any], image: NDArray[Any], span: float) -> float | None:
    try:
        from skimage.metrics import structural_similarity  # noqa: PLC0415 - an extra, and slow to load
    except ImportError as error:
        raise UnsupportedError(
            "SSIM needs scikit-image: pip install 'pacscore[quality]', or leave it out with ssim=False", feature="SSIM"
        ) from error
    if min(reference.shape) < _SSIM_WINDOW:
        return None
    choices: dict[str, Any] = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    a, b = reference.astype(np.float64), image.astype(np.float64)
    measure: Callable[..., float] = structural_similarity
    return float(measure(a, b, data_range=span, **choices))


def _pipeline(
    pipeline: Pipeline | None, window: Window | None, dtype: np.dtype[Any], bits_stored: int | None
) -> Pipeline | None:
    if pipeline is None and window is not None:
        pipeline = Pipeline(bits_stored or dtype.itemsize * 8, int(dtype.kind == "i"))
    return pipeline if pipeline is None or window is None else pipeline.with_window(window)


def _finite(value: Any) -> Any:
    """Return plain values in which infinity, for which JSON has no word, is None."""
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
