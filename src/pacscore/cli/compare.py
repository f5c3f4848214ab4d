"""``pacscore compare``: how far an image is from its reference, frame by frame."""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import pacscore
from pacscore.cli.console import Console
from pacscore.cli.inputs import is_codestream, read_codestream
from pacscore.cli.pictures import read_picture
from pacscore.errors import OptionError, UnsupportedError
from pacscore.quality import ComparisonReport, Measures, compare_images, difference_picture
from pacscore.report import Image

__all__ = ["add_arguments", "run"]

DESCRIPTION = (
    "Compare an image with its reference: peak error, MSE, PSNR and SSIM of the stored values, of each component,\n"
    "and where there is a window also of what a screen shows. Frames are compared one by one."
)
EPILOG = """\
examples:
  pacscore compare scan.dcm scan-lossy.dcm
  pacscore compare picture.png picture.j2k --no-ssim --json
  pacscore compare ct.dcm ct.j2k --window 40 400 --picture difference.png

Images that differ are a result, not a failure: the exit status is 0. It is 1 if a file cannot be read or decoded, 2 if
the two cannot be compared, as where their shapes differ.
"""

_PICTURES = frozenset({".npy", ".png", ".pgm", ".ppm"})


@dataclass(frozen=True, slots=True)
class _Images:
    """The images of a file: how many, how precise, how to get one, and how to show it."""

    count: int
    bits: int | None
    get: Callable[[int], Image]
    pipeline: Callable[[int], pacscore.Pipeline | None]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the subcommand takes."""
    kinds = "codestream, JP2, JPH or DICOM file, or .npy, .png, .pgm, .ppm"
    parser.add_argument("reference", type=Path, metavar="A", help=f"the reference: {kinds}")
    parser.add_argument("image", type=Path, metavar="B", help="what is compared with it")
    parser.add_argument("--frame", type=int, metavar="N", help="counted from 0 (default: all)")
    parser.add_argument(
        "--bits", type=int, metavar="N", help="precision that PSNR and SSIM relate to (default: as the reference says)"
    )
    parser.add_argument(
        "--data-range", type=float, metavar="X", help="instead of --bits; needed where samples are floating point"
    )
    parser.add_argument(
        "--window",
        type=float,
        nargs=2,
        metavar=("CENTER", "WIDTH"),
        help="in modality values (default: the window of a DICOM reference)",
    )
    parser.add_argument("--no-ssim", action="store_false", dest="ssim", help="leave out SSIM, which takes longest")
    parser.add_argument("--picture", type=Path, metavar="PNG", help="draw reference, image and difference of one frame")


def run(arguments: argparse.Namespace, console: Console) -> None:
    """Compare the two files."""
    with console.input(f"{arguments.reference}, {arguments.image}"):
        if arguments.picture and arguments.picture.suffix.lower() != ".png":
            raise OptionError(f"{arguments.picture.name}: the name must end in .png")
        with _opened(arguments.reference) as reference, _opened(arguments.image) as image:
            reports = _compare(arguments, reference, image, console)
        facts = {"reference": str(arguments.reference), "image": str(arguments.image)}
        frames = [{"frame": number, **json.loads(report.to_json())} for number, report in reports.items()]
        console.result({**facts, "equal": all(r.equal for r in reports.values()), "frames": frames}, _table(reports))


def _compare(
    arguments: argparse.Namespace, reference: _Images, image: _Images, console: Console
) -> dict[int, ComparisonReport]:
    if reference.count != image.count:
        raise OptionError(f"{arguments.reference} has {reference.count} frames, {arguments.image} {image.count}")
    numbers = range(reference.count) if arguments.frame is None else [arguments.frame]
    if not all(0 <= number < reference.count for number in numbers):
        raise OptionError(f"--frame {arguments.frame}: there are {reference.count} frames, counted from 0")
    if arguments.picture and len(numbers) > 1:
        raise OptionError(f"--picture shows one of the {reference.count} frames: choose it with --frame")
    bits = reference.bits if arguments.bits is None and arguments.data_range is None else arguments.bits
    choices = {"bits_stored": bits, "data_range": arguments.data_range, "ssim": arguments.ssim}
    window = pacscore.Window(*arguments.window) if arguments.window else None
    reports = {}
    with console.progress(len(numbers), "comparing") as advance:
        for number in numbers:
            first, second = reference.get(number), image.get(number)
            pipeline = reference.pipeline(number)
            windowed = pipeline if window or (pipeline is not None and pipeline.voi is not None) else None
            reports[number] = compare_images(first, second, pipeline=windowed, window=window, **choices)
            if arguments.picture:
                arguments.picture.write_bytes(_picture(first, second, pipeline, window, bits))
            advance()
    return reports


def _picture(
    first: Image, second: Image, pipeline: pacscore.Pipeline | None, window: pacscore.Window | None, bits: int | None
) -> bytes:
    if isinstance(first, list) or isinstance(second, list):
        raise UnsupportedError(
            "components of different sizes cannot be drawn", feature="picture of subsampled components"
        )
    if pipeline is None:
        colour = "RGB" if first.ndim == 3 else "MONOCHROME2"
        depth = bits or first.dtype.itemsize * 8
        pipeline = pacscore.Pipeline(depth, int(first.dtype.kind == "i"), photometric_interpretation=colour)
    return difference_picture(first, second, pipeline if window is None else pipeline.with_window(window))


def _opened(path: Path) -> AbstractContextManager[_Images]:
    if path.suffix.lower() in _PICTURES:
        return _picture_file(path)
    return _codestream(path) if is_codestream(path) else _dicom(path)


@contextmanager
def _picture_file(path: Path) -> Iterator[_Images]:
    array = read_picture(path)
    stack = array if array.ndim == 4 or (array.ndim == 3 and array.shape[2] > 4) else array[np.newaxis]
    yield _Images(len(stack), None, lambda number: stack[number], lambda _: None)


@contextmanager
def _codestream(path: Path) -> Iterator[_Images]:
    data = read_codestream(path)
    bits = pacscore.inspect(data).precision
    yield _Images(1, bits, lambda _: pacscore.decode(data), lambda _: None)


@contextmanager
def _dicom(path: Path) -> Iterator[_Images]:
    with pacscore.open(path) as frames:
        bits = None if frames.pixel_format.is_float else frames.pixel_format.bits_stored
        yield _Images(len(frames), bits, lambda number: frames[number], frames.pipeline)


def _table(reports: dict[int, ComparisonReport]) -> str:
    """Return a row for each frame, each of its components where there are several, and what a screen shows."""
    from rich.console import Console as RichConsole  # noqa: PLC0415 - only readers need it
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=None, pad_edge=False, header_style="")
    for heading in ("frame", "values", "peak error", "MSE", "PSNR, dB", "SSIM", "differing"):
        table.add_column(heading, justify="left" if heading == "values" else "right", no_wrap=True)
    for number, report in reports.items():
        for values, measures in _rows(report):
            table.add_row(str(number), values, *_words(measures))
    stream = io.StringIO()
    RichConsole(file=stream, width=120, color_system=None).print(table)
    verdict = "equal" if all(report.equal for report in reports.values()) else "not equal"
    lines = [line.rstrip() for line in stream.getvalue().splitlines()]
    return "\n".join([*lines, verdict])


def _rows(report: ComparisonReport) -> Iterator[tuple[str, Measures]]:
    yield "stored", report.stored
    if len(report.components) > 1:
        for component, measures in enumerate(report.components):
            yield f"  component {component}", measures
    if report.windowed is not None:
        yield "windowed", report.windowed


def _words(measures: Measures) -> tuple[str, ...]:
    return (
        f"{measures.peak_error:,g}",
        f"{measures.mse:,.4f}",
        f"{measures.psnr:.2f}",
        "-" if measures.ssim is None else f"{measures.ssim:.5f}",
        f"{measures.differing / measures.samples:.2%}",
    )
