"""Render the pictures of docs/explanation/gallery.md from real files.

    python tools/make_gallery.py [--data FOLDER] [--output FOLDER]

The files are public samples without patients; each picture is the work of one function, which the page shows.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import GrayscaleSoftcopyPresentationStateStorage

import pacscore as pc
from pacscore.cli.pictures import write_picture
from pacscore.pixels.overlay import Overlay

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("PACSCORE_TEST_DATA", ROOT.parent / "shared" / "data")) / "dicom"
PAGE = ROOT / "docs" / "explanation" / "gallery"
CT = "wg04/CT1_J2KR.dcm"

Picture = NDArray[np.uint8]


def windows(data: Path) -> Picture:
    """Show one frame at three windows: lung, soft tissue, bone."""
    chosen = [pc.Window(-600, 1500), pc.Window(40, 400), pc.Window(400, 1800)]
    with pc.open(data / CT) as frames:
        pipeline = frames.pipeline(0)
        return np.hstack([frames.render(0, pipeline.with_window(window), reduce=1) for window in chosen])


def _ct(data: Path) -> tuple[NDArray[np.int16], pc.Pipeline]:
    """Return the second largest resolution of a CT slice, and how it is shown."""
    with pc.open(data / CT) as frames:
        return np.asarray(frames.frame(0, reduce=1), np.int16), frames.pipeline(0)


def sigmoid(data: Path) -> Picture:
    """Show the same centre and width as LINEAR and as SIGMOID."""
    frame, pipeline = _ct(data)
    chosen = [pc.Window(40, 300), pc.Window(40, 300, "SIGMOID")]
    return np.hstack([pc.render(frame, pipeline.with_window(window)) for window in chosen])


def automatic(data: Path) -> Picture:
    """Show the whole range of a frame, then windows by percentiles and by information."""
    frame, pipeline = _ct(data)
    by_values, by_information = (
        pc.automatic_window(frame, pipeline),
        pc.automatic_window(frame, pipeline, method="entropy"),
    )
    chosen = [pipeline, pipeline.with_window(by_values), pipeline.with_window(by_information)]
    return np.hstack([pc.render(frame, one) for one in chosen])


def monochrome1(data: Path) -> Picture:
    """Show MONOCHROME1 as it should be, and as it looks where that is overlooked."""
    with pc.open(data / "wg04/RG3_J2KR.dcm") as frames:
        frame, pipeline = np.asarray(frames.frame(0, reduce=3)), frames.pipeline(0)
    return np.hstack([pc.render(frame, pipeline), pc.render(frame, pipeline.inverted())])


def palette(data: Path) -> Picture:
    """Show indices, and the colours that the palette gives them."""
    with pc.open(data / "cornerstone3d/TestPattern_Palette.dcm") as frames:
        frame, pipeline = frames[0][::2, ::2], frames.pipeline(0)
    return np.hstack([np.repeat(frame[..., None], 3, axis=-1), pc.render(frame, pipeline)])


def presentation_state(data: Path) -> Picture:
    """Show a frame, and what a presentation state wants: window, shutter, area, rotation, an overlay."""
    with pc.open(data / CT) as frames:
        state = pc.PresentationState(_state(frames.dataset.SOPInstanceUID))
        plain = pc.render(frames[0], frames.pipeline(0).with_window(pc.Window(40, 400)))
        shown = pc.render(frames[0], frames.pipeline(0, presentation_state=state))
    return np.hstack([plain[::2, ::2], shown])


def _state(instance: str) -> Dataset:
    """Return a greyscale presentation state about one image."""
    state, series, image, voi, area = (Dataset() for _ in range(5))
    image.ReferencedSOPInstanceUID = instance
    series.ReferencedImageSequence = [image]
    voi.WindowCenter, voi.WindowWidth = 300, 1500
    area.DisplayedAreaTopLeftHandCorner, area.DisplayedAreaBottomRightHandCorner = [140, 395], [395, 140]
    state.SOPClassUID, state.ReferencedSeriesSequence = GrayscaleSoftcopyPresentationStateStorage, [series]
    state.RescaleSlope, state.RescaleIntercept, state.SoftcopyVOILUTSequence = 1, -1024, [voi]
    state.PresentationLUTShape, state.ImageRotation, state.DisplayedAreaSelectionSequence = "IDENTITY", 90, [area]
    state.ShutterShape, state.ShutterPresentationValue = "CIRCULAR", 12000
    state.CenterOfCircularShutter, state.RadiusOfCircularShutter = [268, 268], 120
    rows, columns = np.mgrid[0:512, 0:512]
    ring = np.abs(np.hypot(rows - 268, columns - 268) - 110) < 2
    state.add_new((0x6000, 0x0010), "US", 512)
    state.add_new((0x6000, 0x0011), "US", 512)
    state.add_new((0x6000, 0x0050), "SS", [1, 1])
    state.add_new((0x6000, 0x1001), "CS", "RING")
    state.add_new((0x6000, 0x3000), "OB", np.packbits(ring, bitorder="little").tobytes())
    return state


def damage(data: Path) -> Picture:
    """Show a frame with three wrong bytes, and the areas that its report names."""
    frame, pipeline = _ct(data)
    options = pc.J2KOptions(decomposition_levels=3, code_block_rows=32, code_block_columns=32)
    broken = bytearray(pc.encode(frame, "1.2.840.10008.1.2.4.201", options))
    for place in (0.22, 0.41, 0.55):
        broken[int(place * len(broken))] ^= 0xFF
    partial = pc.decode(bytes(broken), on_damage="conceal")
    image, pipeline = np.asarray(partial.image), pipeline.with_window(pc.Window(40, 400))
    screen = pc.render(image, pipeline)
    edges = np.zeros(screen.shape, np.uint8)
    for found in partial.report.damages:
        if found.area is not None:
            row, column, rows, columns = found.area
            edges[row : row + rows, column : column + columns] = 1
            edges[row + 1 : row + rows - 1, column + 1 : column + columns - 1] = 0
    marked = pipeline.with_overlays(Overlay.from_plane(edges, color=(255, 80, 60)))
    return np.hstack([np.repeat(screen[..., None], 3, axis=-1), pc.render(image, marked)])


PICTURES: dict[str, Callable[[Path], Picture]] = {
    "windows": windows,
    "sigmoid": sigmoid,
    "automatic": automatic,
    "monochrome1": monochrome1,
    "palette": palette,
    "presentation-state": presentation_state,
    "damage": damage,
}


def main() -> None:
    """Write every picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="folder of DICOM files")
    parser.add_argument("--output", type=Path, default=PAGE)
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    for name, make in PICTURES.items():
        path = arguments.output / f"{name}.png"
        write_picture(path, make(arguments.data), bits=8)
        print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
