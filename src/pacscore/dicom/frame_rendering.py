"""Frames as a screen shows them: decoded and rendered in one, where a frame's own values do not decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from numpy.typing import NDArray

from pacscore.codecs.protocol import OnDamage
from pacscore.errors import OptionError
from pacscore.pixels.finishing import Finishing
from pacscore.pixels.rendering import finished, into, plan_for, shown
from pacscore.pixels.value_pass import Copied
from pacscore.region import Region
from pacscore.report import Partial

if TYPE_CHECKING:
    from pacscore.dicom.frame_sequence import FrameSequence
    from pacscore.pixels.pipeline import Pipeline

__all__ = ["Display", "render_frame"]


class Display(NamedTuple):
    """How one frame is to be shown, as ``FrameSequence.render`` takes it."""

    pipeline: Pipeline
    bits: int | None
    reduce: int
    region: Region | None
    threads: int

    @property
    def view(self) -> dict[str, Any]:
        """The choices that decoding has too."""
        return {"reduce": self.reduce, "region": self.region, "threads": self.threads}


def render_frame(
    frames: FrameSequence, index: int, display: Display, out: NDArray[Any] | None, on_damage: OnDamage
) -> NDArray[Any] | Partial:
    """Return what a screen shows of a frame; documented with ``FrameSequence.render``."""
    pipeline, bits = display.pipeline, display.bits
    if display.region is not None and pipeline.finishing != Finishing():
        raise OptionError("a region of a frame is rendered without shutter, overlays, area, rotation and flip")
    plan = plan_for(pipeline, frames.pixel_format.dtype, bits)
    target = out if plan.is_finished else None
    picture, report = None, None
    if plan.one_pass is not None and plan.is_elementwise and on_damage == "raise":
        picture = frames._converted(index, plan.one_pass, display, target)
    if picture is None:
        is_shown = plan.is_elementwise and isinstance(plan.one_pass, Copied)
        decoded: Any = frames.frame(index, on_damage=on_damage, **display.view)
        if isinstance(decoded, Partial):
            decoded, report = decoded.image, decoded.report
        picture = decoded if is_shown and target is None else shown(decoded, pipeline, plan, bits, target)
    if not plan.is_finished:
        picture = into(out, finished(picture, pipeline, bits, reduce=display.reduce))
    return picture if report is None else Partial(picture, report)
