"""What is compared of display: stored values to display values, by tables and by lines; frames decoded and shown."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.pixels.processing import apply_rescale, apply_windowing
from pydicom.uid import UID, CTImageStorage

import pacscore
from benchmarks.cases import Case, require_near
from benchmarks.images import Picture, load
from pacscore.pixels.modality import Rescale

__all__ = ["CODINGS", "DISPLAY_OPERATIONS", "enclosed"]

CODINGS = {"HTJ2K": "1.2.840.10008.1.2.4.201", "JPEG 2000": "1.2.840.10008.1.2.4.90"}
_WINDOWS = {"CT": (40, 400), "large": (6000, 12000)}
_INTERCEPTS = {"CT": -1024, "large": 0}


def _described(picture: Picture) -> Dataset:
    """Return a data set for a picture, with rescale and a window."""
    made = Dataset()
    made.SOPClassUID, made.SOPInstanceUID = CTImageStorage, "1.2.826.0.1.3680043.8.498.1"
    made.Rows, made.Columns = picture.array.shape
    made.SamplesPerPixel, made.PhotometricInterpretation, made.NumberOfFrames = 1, "MONOCHROME2", 1
    made.BitsAllocated = made.BitsStored = 16
    made.HighBit, made.PixelRepresentation = 15, int(picture.array.dtype.kind == "i")
    made.RescaleSlope, made.RescaleIntercept = "1", str(_INTERCEPTS[picture.name])
    made.WindowCenter, made.WindowWidth = map(str, _WINDOWS[picture.name])
    return made


def enclosed(picture: Picture, transfer_syntax: str) -> tuple[Dataset, bytes]:
    """Return a data set with the picture as its one frame, and the codestream."""
    data = pacscore.encode(picture.array, transfer_syntax)
    made = _described(picture)
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = UID(transfer_syntax)
    made.PixelData = encapsulate([data])
    made["PixelData"].VR = "OB"
    made["PixelData"].is_undefined_length = True
    return made, data


def _pictures() -> Iterator[tuple[Picture, pacscore.Pipeline]]:
    for name in _WINDOWS:
        picture = load(name)
        yield picture, pacscore.pipeline(_described(picture))


def _case(picture: Picture, operation: str, peer: str, ours: Callable[[], Any], theirs: Callable[[], Any]) -> Case:
    size = picture.array.nbytes
    return Case(picture, operation, peer, ours, theirs, size, size)


def _factors(pipeline: pacscore.Pipeline) -> tuple[float, float]:
    """Return slope and offset of y, in display values."""
    assert isinstance(pipeline.voi, pacscore.Window)
    assert isinstance(pipeline.modality, Rescale)
    slope = 255 / (pipeline.voi.width - 1)
    return slope, (pipeline.modality.intercept - (pipeline.voi.center - 0.5)) * slope + 127.5


def _by_pydicom(array: NDArray[Any], dataset: Dataset) -> NDArray[Any]:
    """Make 8 bits of what pydicom makes of a frame, whose largest value is its own."""
    shown = apply_windowing(apply_rescale(array, dataset), dataset)
    largest = float(1 << 16) - 1
    low = dataset.PixelRepresentation * -(1 << 15) * float(dataset.RescaleSlope) + float(dataset.RescaleIntercept)
    rounded: NDArray[Any] = np.floor((shown - low) * (255 / largest) + 0.5)
    return rounded


def against_pydicom() -> Iterator[Case]:
    """Rescale and window by pydicom, whose result is not rounded to 8 bits yet."""
    for picture, pipeline in _pictures():
        dataset = _described(picture)
        ours = partial(pacscore.render, picture.array, pipeline)
        require_near(_by_pydicom(picture.array, dataset), ours(), 1, f"{picture.name} by pydicom")

        def theirs(array: NDArray[Any] = picture.array, dataset: Dataset = dataset) -> NDArray[Any]:
            shown: NDArray[Any] = apply_windowing(apply_rescale(array, dataset), dataset)
            return shown

        yield _case(picture, "rescale, window", "pydicom", ours, theirs)


def against_opencv() -> Iterator[Case]:
    """Scale and cut off by OpenCV; below the window it gives absolute values."""
    import cv2

    cv2.setNumThreads(1)
    for picture, pipeline in _pictures():
        slope, offset = _factors(pipeline)
        ours = partial(pacscore.render, picture.array, pipeline)
        theirs = partial(cv2.convertScaleAbs, picture.array, alpha=slope, beta=offset)
        inside = picture.array * slope + offset >= 0
        require_near(theirs() * inside, ours(), 1, f"{picture.name} by OpenCV")
        yield _case(picture, "rescale, window", "OpenCV convertScaleAbs", ours, theirs)


def against_numba() -> Iterator[Case]:
    """Do it by a loop written for it, with both factors known, and copy the values."""
    import numba

    @numba.njit
    def loop(values: NDArray[Any], slope: np.float32, offset: np.float32) -> NDArray[np.uint8]:
        shown = np.empty(values.shape, np.uint8)
        flat, out = values.reshape(-1), shown.reshape(-1)
        for i in range(flat.size):
            y = np.float32(flat[i]) * slope + offset
            out[i] = np.uint8(min(max(y, np.float32(0)), np.float32(255)))
        return shown

    for picture, pipeline in _pictures():
        slope, offset = _factors(pipeline)
        ours = partial(pacscore.render, picture.array, pipeline)
        theirs = partial(loop, picture.array, np.float32(slope), np.float32(offset + 0.5))
        require_near(theirs(), ours(), 1, f"{picture.name} by numba")
        yield _case(picture, "rescale, window", "numba, a loop for it", ours, theirs)
        yield _case(picture, "rescale, window", "NumPy, copying the values", ours, picture.array.copy)


def by_table() -> Iterator[Case]:
    """Go through a table of all values of 8 or of 16 bits."""
    import cv2

    cv2.setNumThreads(1)
    for picture, pipeline in _pictures():
        curve = pipeline.with_window(pacscore.Window(*_WINDOWS[picture.name], "SIGMOID"))
        bytes_of_it = np.ascontiguousarray((picture.array >> 7).astype(np.uint8))
        for stored in (bytes_of_it, picture.array.view(np.uint16)):
            every = np.arange(1 << (8 * stored.itemsize)).astype(stored.dtype)
            for bits in (8, 16):
                table = pacscore.render(every, curve, bits=bits)
                ours = partial(pacscore.render, stored, curve, bits=bits)
                theirs = partial(cv2.LUT, stored, table)
                require_near(theirs(), ours(), 0, f"{picture.name} by a table")
                operation = f"table, {8 * stored.itemsize} to {bits} bits"
                yield _case(Picture(stored, 16, picture.name), operation, "OpenCV LUT", ours, theirs)


def first_calls() -> Iterator[Case]:
    """Show a frame through a window that was never asked for, which is planned first."""
    for picture, pipeline in _pictures():
        center, width = _WINDOWS[picture.name]
        places = itertools.count()
        ours = partial(_through_another, picture.array, pipeline, center, width, places)
        theirs = partial(pacscore.render, picture.array, pipeline)
        yield _case(picture, "the first call", "pacscore, a later call", ours, theirs)


def _through_another(
    array: NDArray[Any], pipeline: pacscore.Pipeline, center: float, width: float, places: Iterator[int]
) -> NDArray[Any]:
    return pacscore.render(array, pipeline.with_window(pacscore.Window(center + next(places) / 8, width)))


def while_decoding() -> Iterator[Case]:
    """Decode a frame and show it, against decoding it alone."""
    for coding, transfer_syntax in CODINGS.items():
        for picture, _ in _pictures():
            dataset, data = enclosed(picture, transfer_syntax)
            frames = pacscore.open(dataset)
            pipeline = frames.pipeline()
            ours = partial(frames.render, 0, pipeline)
            require_near(np.asarray(ours()), pacscore.render(picture.array, pipeline), 0, f"{picture.name}, {coding}")
            yield _case(picture, f"{coding} to the screen", "pacscore, frames[0]", ours, partial(frames.frame, 0))
            yield _case(picture, f"{coding} to the screen", "pacscore.decode", ours, partial(pacscore.decode, data))


DISPLAY_OPERATIONS: dict[str, Callable[[], Iterator[Case]]] = {
    "pydicom": against_pydicom,
    "opencv": against_opencv,
    "numba": against_numba,
    "table": by_table,
    "first": first_calls,
    "decoding": while_decoding,
}
"""By the name that the command line has for them."""
