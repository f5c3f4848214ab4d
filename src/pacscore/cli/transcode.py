"""``pacscore transcode``: DICOM files to another transfer syntax, every frame proven."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pacscore
from pacscore.cli.coding import add_coding_arguments, coding_options
from pacscore.cli.console import Console
from pacscore.cli.inputs import planned
from pacscore.cli.syntaxes import KEYWORDS, READ_ONLY, keyword, transfer_syntax
from pacscore.errors import OptionError

__all__ = ["add_arguments", "run"]

DESCRIPTION = (
    "Transcode DICOM files. What is written is decoded again and compared with the source,\n"
    "so that lossless is a proof and not a promise."
)
EPILOG = f"""\
examples:
  pacscore transcode scan.dcm --to htj2k-lossless-rpcl --output scan-htj2k.dcm
  pacscore transcode ct/ mr/ --to htj2k-lossless-rpcl --output archive/ --jobs 8
  pacscore transcode scan.dcm --to 1.2.840.10008.1.2.1 --output plain.dcm
  pacscore transcode scan.dcm --to jpeg-2000 --rate 2 --output small.dcm

A folder stands for the files in it, at any depth; they keep their places below the output folder.

keywords: {", ".join(name for name in KEYWORDS if name not in READ_ONLY)}
"""

_ROUTES = {
    "bytes": "carried over by their bytes",
    "recode": "recoded by their quantiser indices",
    "pixels": "by their pixels",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the subcommand takes."""
    parser.add_argument("inputs", nargs="+", type=Path, metavar="INPUT", help="DICOM file, or folder of them")
    parser.add_argument("--to", type=transfer_syntax, required=True, metavar="SYNTAX", help="UID or keyword")
    parser.add_argument(
        "--output",
        "-o",
        type=Path,
        required=True,
        metavar="PATH",
        help="folder to write into; for one input file, a name that ends in .dcm is a file",
    )
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="files at a time (default: 1)")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="threads a file (default: 1)")
    parser.add_argument("--overwrite", action="store_true", help="replace files that exist")
    parser.add_argument("--no-verify", action="store_false", dest="verify", help="do not decode what was written")
    parser.add_argument(
        "--extended-offset-table",
        action="store_true",
        default=None,
        help="write one also where offsets would fit 32 bits (default: only where they do not)",
    )
    parser.add_argument(
        "--on-damage",
        choices=("raise", "conceal"),
        default="raise",
        help="conceal: write what there is of damaged frames, as a derived object",
    )
    add_coding_arguments(parser)


def run(arguments: argparse.Namespace, console: Console) -> None:
    """Transcode every input, and go on where one fails."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - the other subcommands start quicker without

    with console.input("command line"):
        if arguments.jobs < 1 or arguments.threads < 1:
            raise OptionError("--jobs and --threads are at least 1")
        plan = planned(arguments.inputs, arguments.output)
        options = coding_options(arguments)
        with ThreadPoolExecutor(arguments.jobs) as pool, console.progress(len(plan), "transcoding") as advance:
            futures = [pool.submit(_transcode, source, target, arguments, options) for source, target in plan]
            for (source, target), future in zip(plan, futures, strict=True):
                with console.input(source):
                    _tell(source, target, future.result(), console)
                advance()


def _transcode(source: Path, target: Path, arguments: argparse.Namespace, options: pacscore.J2KOptions | None) -> Any:
    target.parent.mkdir(parents=True, exist_ok=True)
    return pacscore.transcode(
        source,
        target,
        arguments.to,
        options=options,
        threads=arguments.threads,
        verify=arguments.verify,
        overwrite=arguments.overwrite,
        on_damage=arguments.on_damage,
        extended_offset_table=arguments.extended_offset_table,
    )


def _tell(source: Path, target: Path, report: Any, console: Console) -> None:
    before, after = report.bytes_before, report.bytes_after
    text = (
        f"{source} -> {target}: {keyword(report.transfer_syntax_before)} to {keyword(report.transfer_syntax_after)}, "
        f"{before:,} to {after:,} bytes ({before / max(after, 1):.2f} : 1), "
        f"{report.frames} frame{'s' if report.frames != 1 else ''} "
        f"{'proven lossless' if report.lossless else 'not lossless'}, "
        f"{_ROUTES[report.route]}"
    )
    warnings = "".join(f"\n  warning: {warning}" for warning in report.warnings)
    console.result({"input": str(source), "output": str(target), **json.loads(report.to_json())}, text + warnings)
