"""Softcopy presentation states: how somebody wants images to be shown."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Literal, cast

from pydicom import dcmread
from pydicom.dataset import Dataset

from pacscore.dicom.attribute_values import items, numbers, text, whole
from pacscore.dicom.displayed_area import DisplayedArea, displayed_area_of
from pacscore.dicom.grey_stages import modality_of, presentation_of, voi_choices_of, voi_is_signed
from pacscore.dicom.image_pixel import integer, tag_of, value
from pacscore.dicom.overlays import overlay_groups, overlay_value, overlays_of
from pacscore.dicom.palettes import palette_tables
from pacscore.dicom.parser_warnings import noted_warnings
from pacscore.dicom.shutters import cielab_color, pixel_aspect, shutter_of
from pacscore.errors import DicomError, OptionError, UnsupportedError
from pacscore.limits import DEFAULT_LIMITS, Limits
from pacscore.pixels.finishing import Finishing
from pacscore.pixels.lookup import LookupTable
from pacscore.pixels.modality import IDENTITY
from pacscore.pixels.overlay import Overlay
from pacscore.pixels.pipeline import Pipeline
from pacscore.pixels.pseudo_colors import PseudoColors
from pacscore.pixels.voi import Window
from pacscore.source import as_reader

__all__ = ["PresentationState"]

_GRAYSCALE, _COLOR, _PSEUDO_COLOR = (f"1.2.840.10008.5.1.4.1.1.11.{kind}" for kind in (1, 2, 3))
_OTHERS = {
    "1.2.840.10008.5.1.4.1.1.11.4": "blending presentation states",
    "1.2.840.10008.5.1.4.1.1.11.5": "XA/XRF presentation states",
    "1.2.840.10008.5.1.4.1.1.11.8": "advanced blending presentation states",
}
_LEFT_OUT = {
    "GraphicAnnotationSequence": "graphic annotations are not drawn (PS3.3 C.10.5)",
    "MaskSubtractionSequence": "no mask is subtracted (PS3.3 C.11.13)",
}


class PresentationState:
    """A greyscale, colour or pseudo-colour softcopy presentation state.

    It replaces every transformation of the images that it refers to: what it lacks, images do not get either.
    Of an image only its pixels' precision, sign, padding and palette count, and the overlays that the state activates.

    Source: PS3.3 A.33.1 to A.33.3, C.11.10 (relationship), C.11.1, C.11.8 (VOI), C.11.6, C.7.6.11, C.7.6.15, C.10.4,
    C.10.6, C.10.7 (layers), C.11.7 (overlay activation); PS3.4 N.2.

    Parameters
    ----------
    dataset : pydicom.Dataset
        The presentation state.

    Attributes
    ----------
    dataset : pydicom.Dataset
    label, description : str
        Content Label and Content Description.
    notes : tuple of str
        What the state asks for and does not get: graphic annotations, subtraction of masks.

    Raises
    ------
    DicomError
        If the data set is no presentation state.
    UnsupportedError
        If it is one of another kind, as blending.
    """

    def __init__(self, dataset: Dataset) -> None:
        kind = text(dataset, "SOPClassUID")
        if kind in _OTHERS:
            raise UnsupportedError(f"{_OTHERS[kind]} cannot be applied", feature=_OTHERS[kind], clause="PS3.3 A.33")
        if kind not in (_GRAYSCALE, _COLOR, _PSEUDO_COLOR):
            raise DicomError(f"SOP Class {kind!r} is no softcopy presentation state", tag=tag_of("SOPClassUID"))
        self.dataset = dataset
        self.label, self.description = text(dataset, "ContentLabel"), text(dataset, "ContentDescription")
        self.notes = tuple(note for keyword, note in _LEFT_OUT.items() if value(dataset, keyword) is not None)
        self._kind = kind

    @classmethod
    def read(cls, source: Any, *, limits: Limits | None = None) -> PresentationState:
        """Read one from a path, bytes, a binary file object, a reader, or a pydicom Dataset.

        Raises
        ------
        DicomError
            If it does not parse, or is no presentation state.
        UnsupportedError
            If it is one of another kind.
        LimitError
            If it is larger than the limits' largest output.
        OSError
            What the operating system says.
        """
        if isinstance(source, Dataset):
            return cls(source)
        reader = as_reader(source)
        try:
            (limits or DEFAULT_LIMITS).check_output(reader.size, reader.size, what="the presentation state")
            data = bytes(reader.read_range(0, reader.size))
        finally:
            if reader is not source and hasattr(reader, "close"):
                reader.close()
        try:
            with noted_warnings():
                return cls(dcmread(io.BytesIO(data), force=True))
        except (DicomError, UnsupportedError):
            raise
        except Exception as error:
            raise DicomError(f"the presentation state does not parse: {error or type(error).__name__}") from error

    def refers_to(self, dataset: Dataset, frame: int = 0) -> bool:
        """Return whether the state is about a frame of an image, counted from 0.

        Source: PS3.3 C.11.10, 10.3 (Referenced Frame Number counts from 1, and is absent where it means all frames).
        """
        return any(_refers(series, dataset, frame) for series in items(self.dataset, "ReferencedSeriesSequence"))

    def displayed_area(self, dataset: Dataset, frame: int = 0) -> DisplayedArea | None:
        """Return which part of a frame is shown, and how large; None where the state does not say."""
        rows, columns = (integer(dataset, name, 1, 65535) for name in ("Rows", "Columns"))
        for item in self._about("DisplayedAreaSelectionSequence", dataset, frame):
            return displayed_area_of(item, rows, columns)
        return None

    def applied(
        self,
        pipeline: Pipeline,
        dataset: Dataset,
        frame: int = 0,
        overlays: Callable[[], Iterable[Overlay]] | None = None,
    ) -> Pipeline:
        """Return the pipeline of a frame as this state wants it; `pipeline` and `FrameSource.pipeline` call it.

        Parameters
        ----------
        pipeline : Pipeline
            What the image says.
        dataset : pydicom.Dataset
            The image.
        frame : int
            Counted from 0.
        overlays : callable, optional
            Returns the overlays of the frame; called only where the state shows some that it does not have itself.
            None: those with Overlay Data.

        Raises
        ------
        OptionError
            If the state is not about this frame, or is for grey images and this one has colour.
        DicomError
            If the state does not make sense.
        """
        if not self.refers_to(dataset, frame):
            raise OptionError(f"the presentation state {self.label!r} is not about frame {frame} of this image")
        finishing = self._finishing(dataset, frame, overlays)
        profile = value(self.dataset, "ICCProfile")
        made = replace(pipeline, finishing=finishing)
        if isinstance(profile, bytes):
            made = replace(made, icc_profile=profile)
        if self._kind == _COLOR:
            return made
        if not pipeline.photometric_interpretation.startswith("MONOCHROME"):
            raise OptionError(f"the state is for grey images, not for {pipeline.photometric_interpretation}")
        made = self._with_grey_stages(made, dataset, frame)
        if self._kind == _GRAYSCALE or made.voi is None:
            return made
        return made.with_colors(PseudoColors(made.voi, palette_tables(self.dataset, signed=False)))

    def _with_grey_stages(self, pipeline: Pipeline, dataset: Dataset, frame: int) -> Pipeline:
        """Return a pipeline with the modality, VOI and presentation stages of this state, and with no others."""
        signed = pipeline.pixel_representation == 1
        modality = modality_of(self.dataset, signed=signed) or IDENTITY
        table, shape = presentation_of(self.dataset)
        choices: tuple[Window | LookupTable, ...] = ()
        for item in self._about("SoftcopyVOILUTSequence", dataset, frame)[:1]:
            choices = voi_choices_of(item, signed=voi_is_signed(modality, signed=signed))
        stages = replace(
            pipeline,
            modality=modality,
            voi=choices[0] if choices else None,
            voi_choices=choices,
            presentation_lut=table,
            presentation_lut_shape=shape or "IDENTITY",
            palette=None,
        )
        return stages if choices else stages.with_full_range()

    def _about(self, keyword: str, dataset: Dataset, frame: int) -> list[Dataset]:
        """Return the items of a sequence that are about a frame: those that refer to nothing are about all."""
        found = items(self.dataset, keyword)
        named = [item for item in found if _refers(item, dataset, frame)]
        return named + [item for item in found if not items(item, "ReferencedImageSequence")]

    def _finishing(self, dataset: Dataset, frame: int, overlays: Callable[[], Iterable[Overlay]] | None) -> Finishing:
        state, area = self.dataset, self.displayed_area(dataset, frame)
        own = {overlay.group: overlay for overlay in overlays_of(state, frame)}
        rotation = whole(state, "ImageRotation", 0)
        if rotation not in (0, 90, 180, 270):
            raise DicomError(f"Image Rotation {rotation} is no quarter turn", tag=tag_of("ImageRotation"))
        return Finishing(
            shutter=shutter_of(state, own, aspect=area.aspect if area else pixel_aspect(dataset)),
            overlays=tuple(self._activated(own, overlays or (lambda: overlays_of(dataset, frame)))),
            area=area.region if area else None,
            rotation=cast("Literal[0, 90, 180, 270]", rotation),
            horizontal_flip=text(state, "ImageHorizontalFlip") == "Y",
        )

    def _activated(self, own: dict[int, Overlay], of_image: Callable[[], Iterable[Overlay]]) -> list[Overlay]:
        """Return the overlays that have a layer, in the order of the layers, with the layers' brightness or colour."""
        names = {group: _layer_name(self.dataset, group) for group in overlay_groups(self.dataset)}
        names = {group: name for group, name in names.items() if name}
        if names.keys() - own.keys():
            own = {**{overlay.group: overlay for overlay in of_image()}, **own}
        layers = {text(item, "GraphicLayer"): item for item in items(self.dataset, "GraphicLayerSequence")}
        drawn = []
        for group in names.keys() & own.keys():
            layer = layers.get(names[group], Dataset())
            drawn.append((whole(layer, "GraphicLayerOrder", 0), group, self._painted(own[group], layer)))
        return [overlay for _, _, overlay in sorted(drawn, key=lambda one: one[:2])]

    def _painted(self, overlay: Overlay, layer: Dataset) -> Overlay:
        """Return an overlay with the brightness, or for colour the colour, that is recommended for its layer."""
        gray = min(max(whole(layer, "GraphicLayerRecommendedDisplayGrayscaleValue", 65535), 0), 65535)
        if self._kind == _GRAYSCALE:
            return replace(overlay, gray=gray)
        return replace(overlay, gray=gray, color=cielab_color(layer, "GraphicLayerRecommendedDisplayCIELabValue"))


def _layer_name(dataset: Dataset, group: int) -> str:
    """Return Overlay Activation Layer of a group, "" where it is absent or empty (PS3.3 C.11.7)."""
    return str(overlay_value(dataset, group, 0x1001) or "").strip()


def _refers(place: Dataset, dataset: Dataset, frame: int) -> bool:
    """Return whether one of the images that a place refers to is this one, and the frame among its frames."""
    instance = text(dataset, "SOPInstanceUID")
    for image in items(place, "ReferencedImageSequence"):
        if instance and text(image, "ReferencedSOPInstanceUID") == instance:
            chosen = numbers(image, "ReferencedFrameNumber")
            if not chosen or frame + 1 in chosen:
                return True
    return False
