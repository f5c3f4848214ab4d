"""Transcode the real DICOM files that pydicom ships to HTJ2K Lossless RPCL, prove every frame, and show the pictures.

Run by ``make demo``. Exit code 0: every file was verified, or named with the reason why not; 1: a verification failed.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import imagecodecs
import pydicom.data
from pydicom import dcmread
from pydicom.uid import UID, HTJ2KLosslessRPCL
from rich.console import Console
from rich.progress import track
from rich.table import Table

import pacscore as pc

SHIPPED = Path(pydicom.data.__file__).parent
PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: a report, or the reason why there is none; or why there is no preview."""

    name: str
    report: pc.TranscodeReport | None
    error: Exception | None = None

    @property
    def failed(self) -> bool:
        """Whether something was written wrongly, as opposed to refused."""
        if self.report is None:
            return isinstance(self.error, pc.VerificationError) or not isinstance(self.error, pc.PacscoreError)
        return not self.report.lossless


def shipped_files() -> list[Path]:
    """Return the files inside the pydicom package that hold pixel data, in order."""
    return [path for path in sorted(SHIPPED.rglob("*")) if path.is_file() and _has_pixels(path)]


def _has_pixels(path: Path) -> bool:
    try:
        header = dcmread(path, specific_tags=list(PIXELS))
    except Exception:  # whatever pydicom cannot read at all is no picture
        return False
    return any(keyword in header for keyword in PIXELS)


def output_name(path: Path) -> str:
    """Return a flat name, so that all results lie in one folder."""
    try:
        parts = path.relative_to(SHIPPED).parts[1:]
    except ValueError:
        parts = (path.name,)
    return "_".join(parts).removesuffix(".dcm")


def preview(path: Path, destination: Path) -> None:
    """Write the first frame as a PNG, through the window that the file asks for."""
    with pc.open(path) as frames:
        shown = pc.render(frames[0], frames.pipeline(0))
    destination.write_bytes(imagecodecs.png_encode(shown))


def show_one(path: Path, output: Path) -> Outcome:
    """Transcode one file and write its previews."""
    name = output_name(path)
    written = output / f"{name}.dcm"
    try:
        report = pc.transcode(path, written, HTJ2KLosslessRPCL, overwrite=True)
    except Exception as error:  # it is named in the table, and decides about the exit code
        return Outcome(name, None, error)
    try:
        preview(path, output / "previews" / f"{name}.before.png")
        preview(written, output / "previews" / f"{name}.after.png")
    except pc.PacscoreError as error:
        return Outcome(name, report, error)
    return Outcome(name, report)


def rows(outcomes: list[Outcome]) -> Iterator[tuple[str, ...]]:
    """Yield the table's rows for files that were transcoded."""
    for outcome in outcomes:
        report = outcome.report
        if report is not None:
            yield (
                outcome.name,
                UID(report.transfer_syntax_before).name,
                UID(report.transfer_syntax_after).keyword,
                str(report.frames),
                f"{report.bytes_before:,}",
                f"{report.bytes_after:,}",
                f"{report.bytes_before / report.bytes_after:.2f}",
                f"{report.pixel_bytes / report.seconds / 1e6:.1f}",
                "yes" if report.lossless else "NO",
            )


def main(arguments: list[str] | None = None) -> int:
    """Run the demo, and return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, help="DICOM files; those inside pydicom if none is given")
    parser.add_argument("--output", type=Path, default=Path("demo-output"), help="folder for what is written")
    options = parser.parse_args(arguments)
    warnings.filterwarnings("ignore", module="pydicom")  # some of these files are odd on purpose
    console = Console(width=None if sys.stdout.isatty() else 170)
    (options.output / "previews").mkdir(parents=True, exist_ok=True)
    files = options.files or shipped_files()
    steps = track(files, "Transcoding", console=console, disable=not console.is_terminal, transient=True)
    outcomes = [show_one(path, options.output) for path in steps]

    table = Table(
        title=f"{len(files)} DICOM files to {HTJ2KLosslessRPCL.name} ({HTJ2KLosslessRPCL})",
        caption="ratio: file size before to after; MB/s: decode, encode, write, read back and compare, one thread",
    )
    for heading in ("file", "before", "after"):
        table.add_column(heading, overflow="fold")
    for heading in ("frames", "bytes before", "bytes after", "ratio", "MB/s", "verified"):
        table.add_column(heading, justify="right")
    for row in rows(outcomes):
        table.add_row(*row)
    console.print(table)

    refused = [outcome for outcome in outcomes if outcome.report is None]
    if refused:
        console.print("Not transcoded:")
    for outcome in refused:
        console.print(
            f"  {outcome.name}: {type(outcome.error).__name__}: {outcome.error}", markup=False, highlight=False
        )
    for outcome in outcomes:
        if outcome.report is not None and outcome.error is not None:
            console.print(f"No preview of {outcome.name}: {outcome.error}", markup=False, highlight=False)
    failed = [outcome.name for outcome in outcomes if outcome.failed]
    frames = sum(outcome.report.frames for outcome in outcomes if outcome.report is not None)
    console.print(
        f"{len(files) - len(refused)} files, {frames} frames verified bit-exact; {len(refused)} named with the reason; "
        f"{len(failed)} failed{': ' + ', '.join(failed) if failed else ''}."
    )
    console.print(f"Files: {options.output.resolve()}", highlight=False)
    console.print(f"Previews: {(options.output / 'previews').resolve()}, *.before.png and *.after.png", highlight=False)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
