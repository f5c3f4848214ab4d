"""``pacscore render``: what a screen shows of a frame, as a PNG."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import pacscore
from pacscore.cli.console import Console
from pacscore.cli.inputs import is_codestream, read_codestream
from pacscore.cli.pictures import write_picture
from pacscore.errors import OptionError, UnsupportedError

__all__ = ["add_arguments", "run"]

DESCRIPTION = "Render a frame of a DICOM file, or a codestream, through its window and look-up tables into a PNG."
EPILOG = """\
examples:
  pacscore render scan.dcm scan.png
  pacscore render ct.dcm lung.png --window -600 1500
  pacscore render ct.dcm bone.png --voi BONE
  pacscore render ct.dcm seen.png --presentation-state state.dcm
  pacscore render cine.dcm frame9.png --frame 9 --invert --overlays
  pacscore render picture.j2k picture.png
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the subcommand takes."""
    parser.add_argument("input", type=Path, metavar="INPUT", help="DICOM file, codestream, JP2 or JPH file")
    parser.add_argument("output", type=Path, metavar="OUTPUT", help="ends in .png")
    parser.add_argument("--frame", type=int, default=0, metavar="N", help="counted from 0 (default: 0)")
    voi = parser.add_mutually_exclusive_group()
    voi.add_argument(
        "--window", type=float, nargs=2, metavar=("CENTER", "WIDTH"), help="in modality values, as in Hounsfield units"
    )
    voi.add_argument("--voi", metavar="CHOICE", help="one of the file's windows: its place, from 0, or its explanation")
    voi.add_argument(
        "--auto", choices=("percentile", "entropy"), nargs="?", const="percentile", help="find a window by the values"
    )
    parser.add_argument("--function", choices=("LINEAR", "LINEAR_EXACT", "SIGMOID"), default="LINEAR")
    parser.add_argument("--presentation-state", type=Path, metavar="FILE", help="show it as this DICOM file says")
    parser.add_argument("--overlays", action="store_true", help="draw the file's overlays")
    parser.add_argument("--color-managed", action="store_true", help="convert colours by their ICC profile to sRGB")
    parser.add_argument("--invert", action="store_true", help="exchange black and white")
    parser.add_argument("--reduce", type=int, default=0, metavar="N", help="halve the size N times (JPEG 2000)")
    parser.add_argument("--bits", type=int, choices=(8, 16), default=8, help="of a value of the picture (default: 8)")


def run(arguments: argparse.Namespace, console: Console) -> None:
    """Render the frame and write the picture."""
    with console.input(arguments.input):
        if arguments.output.suffix.lower() != ".png":
            raise OptionError(f"{arguments.output.name}: the name must end in .png")
        state = arguments.presentation_state and pacscore.PresentationState.read(arguments.presentation_state)
        screen = _codestream(arguments) if is_codestream(arguments.input) else _dicom(arguments, state)
        write_picture(arguments.output, screen, bits=arguments.bits)
        notes = state.notes if state else ()
        facts = {"input": str(arguments.input), "output": str(arguments.output), "shape": list(screen.shape)}
        text = f"{arguments.output}: {screen.shape[0]} rows, {screen.shape[1]} columns"
        console.result({**facts, "notes": list(notes)}, "\n".join((text, *(f"  {note}" for note in notes))))


def _as_asked(
    pipeline: pacscore.Pipeline, arguments: argparse.Namespace, values: Callable[[], NDArray[Any]]
) -> pacscore.Pipeline:
    """Return the pipeline with the window, polarity and colours that were asked for; ``values`` are looked at last."""
    if arguments.window:
        center, width = arguments.window
        pipeline = pipeline.with_window(pacscore.Window(center, width, arguments.function))
    elif arguments.voi is not None:
        pipeline = pipeline.with_voi(int(arguments.voi) if arguments.voi.isdecimal() else arguments.voi)
    elif arguments.auto:
        pipeline = pipeline.with_window(pacscore.automatic_window(values(), pipeline, method=arguments.auto))
    if arguments.invert:
        pipeline = pipeline.inverted()
    return pipeline.color_managed() if arguments.color_managed else pipeline


def _dicom(arguments: argparse.Namespace, state: pacscore.PresentationState | None) -> NDArray[Any]:
    number = arguments.frame
    with pacscore.open(arguments.input) as frames:
        if not 0 <= number < len(frames):
            raise OptionError(f"--frame {number}: the file has {len(frames)} frames, counted from 0")
        pipeline = frames.pipeline(number, presentation_state=state)
        if arguments.overlays:
            pipeline = pipeline.with_overlays(*frames.overlays(number))
        pipeline = _as_asked(pipeline, arguments, lambda: frames[number])
        return np.asarray(frames.render(number, pipeline, reduce=arguments.reduce, bits=arguments.bits))


def _codestream(arguments: argparse.Namespace) -> NDArray[Any]:
    if arguments.frame:
        raise OptionError(f"--frame {arguments.frame}: a codestream is one frame")
    if arguments.presentation_state is not None:
        raise OptionError("--presentation-state: a codestream is no DICOM image that one could be about")
    data = read_codestream(arguments.input)
    info = pacscore.inspect(data)
    image = pacscore.decode(data, color="rendered", reduce=arguments.reduce)
    if isinstance(image, (list, pacscore.Partial)):
        raise UnsupportedError("components of different sizes cannot be rendered", feature="subsampled components")
    first = info.rendered_channels[0]
    colours = sum(channel.kind == "colour" for channel in info.rendered_channels)
    if image.ndim == 3 and colours in (1, 3):  # opacity is not shown
        image = image[:, :, 0] if colours == 1 else image[:, :, :3]
    pipeline = pacscore.Pipeline(
        bits_stored=first.precision,
        pixel_representation=int(first.signed),
        photometric_interpretation="RGB" if image.ndim == 3 else "MONOCHROME2",
    )
    return pacscore.render(image, _as_asked(pipeline, arguments, lambda: image), bits=arguments.bits)
