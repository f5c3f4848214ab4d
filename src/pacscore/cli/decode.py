"""``pacscore decode``: a codestream, or frames of a DICOM file, as an array or a picture of stored values."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

import pacscore
from pacscore.cli.console import Console
from pacscore.cli.inputs import is_codestream, read_codestream
from pacscore.cli.pictures import check_picture_name, write_picture
from pacscore.errors import OptionError, UnsupportedError
from pacscore.region import Region
from pacscore.report import DecodeReport, Partial

__all__ = ["add_arguments", "run"]

DESCRIPTION = (
    "Decode a codestream, or the frames of a DICOM file, and write the values as they are stored:\n"
    "no look-up table, no window (for a picture to look at, use `pacscore render`)."
)
EPILOG = """\
examples:
  pacscore decode picture.j2k picture.npy
  pacscore decode scan.dcm frame.pgm --frame 0
  pacscore decode slide.jph corner.png --region 0 0 256 256 --reduce 1
  pacscore decode broken.j2k rescued.npy --on-damage conceal

A DICOM file of several frames gives one .npy of shape (frames, rows, columns[, samples]).
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the subcommand takes."""
    parser.add_argument("input", type=Path, metavar="INPUT", help="codestream, JP2, JPH or DICOM file")
    parser.add_argument("output", type=Path, metavar="OUTPUT", help="ends in .npy, .png, .pgm, .ppm or .pgx")
    parser.add_argument("--frame", type=int, metavar="N", help="of a DICOM file, counted from 0 (default: all)")
    parser.add_argument("--reduce", type=int, default=0, metavar="N", help="halve the size N times")
    parser.add_argument("--layers", type=int, metavar="N", help="quality layers to use (codestreams only)")
    parser.add_argument(
        "--region",
        type=int,
        nargs=4,
        metavar=("ROW", "COLUMN", "ROWS", "COLUMNS"),
        help="the part wanted, in pixels of the full resolution",
    )
    parser.add_argument(
        "--on-damage", choices=("raise", "conceal"), default="raise", help="conceal: write what can be decoded"
    )
    parser.add_argument(
        "--color",
        choices=("stored", "rendered"),
        default="stored",
        help="rendered: apply the palette, channel definitions and colour space of a JP2 or JPH file",
    )
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="default: 1")


def run(arguments: argparse.Namespace, console: Console) -> None:
    """Decode the input and write the output."""
    with console.input(arguments.input):
        check_picture_name(arguments.output)
        array, bits, report = (_from_codestream if is_codestream(arguments.input) else _from_dicom)(arguments)
        if isinstance(array, list):
            raise UnsupportedError(
                f"the {len(array)} components differ in size: use pacscore.decode, which returns a list of arrays",
                feature="one picture of components of different sizes",
            )
        write_picture(arguments.output, array, bits=bits)
        if report is not None and not report.complete:
            sys.stderr.write(f"pacscore decode: {arguments.input}: incomplete: {_summary(report)}\n")
        facts = {
            "input": str(arguments.input),
            "output": str(arguments.output),
            "shape": list(array.shape),
            "dtype": str(array.dtype),
            "complete": report is None or report.complete,
        }
        console.result(facts, f"{arguments.output}: {' x '.join(map(str, array.shape))} {array.dtype}")


def _view(arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        "reduce": arguments.reduce,
        "region": Region(*arguments.region) if arguments.region else None,
        "threads": arguments.threads,
        "on_damage": arguments.on_damage,
    }


def _from_codestream(arguments: argparse.Namespace) -> tuple[Any, int, DecodeReport | None]:
    if arguments.frame not in (None, 0):
        raise OptionError(f"--frame {arguments.frame}: a codestream is one frame")
    data = read_codestream(arguments.input)
    info = pacscore.inspect(data)
    samples = info.components if arguments.color == "stored" else info.rendered_channels
    bits = max(sample.precision for sample in samples)
    image, report = _opened(pacscore.decode(data, layers=arguments.layers, color=arguments.color, **_view(arguments)))
    return image, bits, report


def _from_dicom(arguments: argparse.Namespace) -> tuple[Any, int, DecodeReport | None]:
    if arguments.layers is not None:
        raise OptionError("--layers is for codestreams")
    if arguments.color != "stored":
        raise OptionError("--color is for JP2 and JPH files (for a picture of a DICOM file, use `pacscore render`)")
    with pacscore.open(arguments.input) as frames:
        numbers = range(len(frames)) if arguments.frame is None else [arguments.frame]
        if len(numbers) != 1 and arguments.output.suffix.lower() != ".npy":
            raise OptionError(f"{len(frames)} frames fit into one .npy only: choose one with --frame")
        if not all(0 <= number < len(frames) for number in numbers):
            raise OptionError(f"--frame {arguments.frame}: the file has {len(frames)} frames, counted from 0")
        views = [_opened(frames.frame(number, **_view(arguments))) for number in numbers]
        bits = frames.pixel_format.bits_stored
    damaged = next((report for _, report in views if report is not None and not report.complete), None)
    image = views[0][0] if len(views) == 1 else np.stack([view for view, _ in views])
    return image, bits, damaged


def _opened(image: Any) -> tuple[Any, DecodeReport | None]:
    return (image.image, image.report) if isinstance(image, Partial) else (image, None)


def _summary(report: DecodeReport) -> str:
    first = f"; {report.damages[0].what}" if report.damages else ""
    return f"{report.packets_read} of {report.packets_expected} packets, {report.blocks_damaged} bad code-blocks{first}"
