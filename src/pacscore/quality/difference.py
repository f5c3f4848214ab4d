"""A picture of a difference: reference, image, and where one is above or below the other."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pacscore.errors import OptionError, UnsupportedError
from pacscore.pixels.pipeline import Pipeline
from pacscore.quality.comparison import distance, shown_alike

if TYPE_CHECKING:  # annotations alone
    from PIL.Image import Image as Picture

__all__ = ["difference_picture"]

_BELOW, _EQUAL, _ABOVE = (59, 130, 246), (0, 0, 0), (245, 158, 11)
_BACKGROUND, _INK = (24, 24, 27), (228, 228, 231)
_MARGIN, _LINE, _BAR, _FONT = 12, 24, 12, 15
_LEAST_SIDE = 320


def difference_picture(
    reference: NDArray[Any], image: NDArray[Any], pipeline: Pipeline, *, full_colour: float | None = None
) -> bytes:
    """Return a PNG of reference, image and amplified difference side by side, with a scale of what the colours mean.

    Black is equal, orange above the reference, blue below it; of several components, the one that differs most counts.

    Parameters
    ----------
    reference, image : ndarray, shape (rows, columns[, components])
        Stored values, of one shape.
    pipeline : Pipeline
        How to show them.
    full_colour : float, optional
        The difference, in stored values, from which on colours are full. None: 99 of 100 differences are smaller.

    Returns
    -------
    bytes

    Raises
    ------
    OptionError
        If the shapes differ, or ``full_colour`` is not positive.
    UnsupportedError
        If Pillow is not installed, or the pipeline cannot render the images.
    """
    if np.shape(reference) != np.shape(image):
        raise OptionError(f"the reference is {np.shape(reference)}, the image {np.shape(image)}")
    if full_colour is not None and not full_colour > 0:
        raise OptionError(f"full_colour={full_colour} must be positive")
    signed = _signed_difference(reference, image)
    differences = np.abs(signed[signed != 0])
    peak = float(differences.max(initial=0))
    full = full_colour or (float(np.quantile(differences, 0.99, method="higher")) if peak else 1.0)
    panels = [_as_rgb(screen) for screen in shown_alike(reference, image, pipeline)]
    panels.append(_coloured(signed / full))
    picture = _arrange(panels, ("reference", "image", f"image - reference, largest {peak:,.6g}"), full)
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def _signed_difference(reference: NDArray[Any], image: NDArray[Any]) -> NDArray[np.float64]:
    """Return image - reference, of the component that differs most."""
    gap = distance(reference, image).astype(np.float64)
    signed = np.where(image < reference, -gap, gap)
    if signed.ndim == 2:
        return signed
    most = np.abs(signed).argmax(axis=-1)
    return np.take_along_axis(signed, most[..., None], axis=-1)[..., 0]


def _as_rgb(screen: NDArray[Any]) -> NDArray[np.uint8]:
    values: NDArray[np.uint8] = screen.astype(np.uint8, copy=False)
    return np.repeat(values[..., None], 3, axis=2) if values.ndim == 2 else values


def _coloured(share: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return the colours of differences from -1 to 1; beyond, full colour."""
    amount = np.minimum(np.abs(share), 1.0)[..., None]
    colour = np.where((share < 0)[..., None], np.array(_BELOW, float), np.array(_ABOVE, float))
    mixed = np.floor(amount * colour + (1 - amount) * np.array(_EQUAL, float) + 0.5)
    return np.asarray(mixed, np.uint8)


def _pillow() -> tuple[Any, Any, Any]:
    try:
        from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise UnsupportedError(
            "a difference picture needs Pillow: pip install 'pacscore[display]'", feature="difference picture"
        ) from error
    return Image, ImageDraw, ImageFont


def _arrange(panels: list[NDArray[np.uint8]], titles: tuple[str, ...], full: float) -> Picture:
    """Return the panels in a row below their titles, and the scale below the last one; small ones are enlarged."""
    pillow, draw_module, font_module = _pillow()
    zoom = max(-(-_LEAST_SIDE // panels[0].shape[1]), 1)
    rows, columns = (side * zoom for side in panels[0].shape[:2])
    step = columns + _MARGIN
    size = (_MARGIN + step * len(panels), 2 * _MARGIN + rows + _BAR + 2 * _LINE)
    picture: Picture = pillow.new("RGB", size, _BACKGROUND)
    draw, font = draw_module.Draw(picture), font_module.load_default(_FONT)
    for number, (panel, title) in enumerate(zip(panels, titles, strict=True)):
        left = _MARGIN + number * step
        draw.text((left, _LINE // 2), title, _INK, font, anchor="lm")
        large = pillow.fromarray(np.ascontiguousarray(panel)).resize((columns, rows), pillow.Resampling.NEAREST)
        picture.paste(large, (left, _LINE))
    top = _LINE + rows + _MARGIN
    ramp = _coloured(np.broadcast_to(np.linspace(-1, 1, columns), (_BAR, columns)))
    picture.paste(pillow.fromarray(ramp), (left, top))
    below, above = f"{-full:,.6g} or below", f"+{full:,.6g} or above"
    for share, anchor, words in ((0.0, "lm", below), (0.5, "mm", "equal"), (1.0, "rm", above)):
        draw.text((left + share * columns, top + _BAR + _LINE // 2), words, _INK, font, anchor=anchor)
    draw.text((left - _MARGIN, top + _BAR // 2), "scale of the difference, in stored values:", _INK, font, anchor="rm")
    return picture
