"""``pacscore render``: what a screen shows of a frame, as a PNG."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

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
  pacscore render cine.dcm frame9.png --frame 9 --invert
  pacscore render picture.j2k picture.png
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the subcommand takes."""
    parser.add_argument("input", type=Path, metavar="INPUT", help="DICOM file, codestream, JP2 or JPH file")
    parser.add_argument("output", type=Path, metavar="OUTPUT", help="ends in .png")
    parser.add_argument("--frame", type=int, default=0, metavar="N", help="counted from 0 (default: 0)")
    parser.add_argument(
        "--window", type=float, nargs=2, metavar=("CENTER", "WIDTH"), help="in modality values, as in Hounsfield units"
    )
    parser.add_argument("--function", choices=("LINEAR", "LINEAR_EXACT", "SIGMOID"), default="LINEAR")
    parser.add_argument("--invert", action="store_true", help="exchange black and white")


def run(arguments: argparse.Namespace, console: Console) -> None:
    """Render the frame and write the picture."""
    with console.input(arguments.input):
        if arguments.output.suffix.lower() != ".png":
            raise OptionError(f"{arguments.output.name}: the name must end in .png")
        array, pipeline = (_codestream if is_codestream(arguments.input) else _dicom)(arguments)
        if arguments.window:
            center, width = arguments.window
            pipeline = pipeline.with_window(pacscore.Window(center, width, arguments.function))
        if arguments.invert:
            pipeline = pipeline.inverted()
        screen = pacscore.render(array, pipeline)
        write_picture(arguments.output, screen, bits=8)
        facts = {"input": str(arguments.input), "output": str(arguments.output), "shape": list(screen.shape)}
        console.result(facts, f"{arguments.output}: {screen.shape[0]} rows, {screen.shape[1]} columns")


def _dicom(arguments: argparse.Namespace) -> tuple[NDArray[Any], pacscore.Pipeline]:
    with pacscore.open(arguments.input) as frames:
        if not 0 <= arguments.frame < len(frames):
            raise OptionError(f"--frame {arguments.frame}: the file has {len(frames)} frames, counted from 0")
        return frames[arguments.frame], frames.pipeline(arguments.frame)


def _codestream(arguments: argparse.Namespace) -> tuple[NDArray[Any], pacscore.Pipeline]:
    if arguments.frame:
        raise OptionError(f"--frame {arguments.frame}: a codestream is one frame")
    data = read_codestream(arguments.input)
    info = pacscore.inspect(data)
    image = pacscore.decode(data, color="rendered")
    if isinstance(image, (list, pacscore.Partial)):
        raise UnsupportedError("components of different sizes cannot be rendered", feature="subsampled components")
    first = info.rendered_channels[0]
    colours = sum(channel.kind == "colour" for channel in info.rendered_channels)
    if image.ndim == 3 and colours in (1, 3):  # opacity is not shown
        image = image[:, :, 0] if colours == 1 else image[:, :, :3]
    return image, pacscore.Pipeline(
        bits_stored=first.precision,
        pixel_representation=int(first.signed),
        photometric_interpretation="RGB" if image.ndim == 3 else "MONOCHROME2",
    )
