"""The pacscore command: one file a subcommand, and the same verbs as the library.

Exit status: 0 all went well, 1 some inputs failed and are named, 2 wrong use.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

import pacscore
from pacscore.cli.console import Console

__all__ = ["build_parser", "main"]

SUBCOMMANDS = {
    "info": "say what is inside codestreams and DICOM files",
    "decode": "write the stored values of a codestream or DICOM file",
    "encode": "write a picture as a JPEG 2000 or HTJ2K codestream",
    "recode": "carry a codestream from JPEG 2000 to HTJ2K or back, no pixel changed",
    "restore": "bring back the original of a recoded codestream, byte for byte",
    "repack": "rearrange a codestream, or drop layers or resolutions, without decoding it",
    "index": "say which bytes of a codestream hold what, and which a view needs",
    "transcode": "write DICOM files in another transfer syntax, every frame proven",
    "render": "write a frame as a PNG to look at",
    "compare": "say how far images are from their references",
    "lint": "say what is wrong with the pixels of DICOM files, and mend copies of them",
    "codecs": "list the transfer syntaxes that are read and written, and by what",
}
"""Name and summary of each subcommand; its module of the same name is loaded when it is asked for."""

_EPILOG = """\
examples:
  pacscore info scan.dcm picture.j2k          what is inside, without decoding it
  pacscore transcode ct/ --to htj2k-lossless-rpcl --output ct-htj2k/
  pacscore render scan.dcm scan.png --window 40 400

pacscore COMMAND --help says more, with examples.

exit status: 0 all went well, 1 some inputs failed and are named, 2 wrong use
"""


def build_parser(command: str | None = None) -> argparse.ArgumentParser:
    """Return the parser of the whole command.

    Parameters
    ----------
    command : str, optional
        The subcommand whose arguments are wanted; the others are only named, which keeps ``--help`` quick.
    """
    parser = argparse.ArgumentParser(
        prog="pacscore",
        description="JPEG 2000, HTJ2K and the pixels of DICOM files.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"pacscore {pacscore.__version__}")
    commands = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)
    for name, summary in SUBCOMMANDS.items():
        subparser = commands.add_parser(name, help=summary, formatter_class=argparse.RawDescriptionHelpFormatter)
        if name == command:
            module = importlib.import_module(f"pacscore.cli.{name}")
            subparser.description, subparser.epilog = module.DESCRIPTION, module.EPILOG
            module.add_arguments(subparser)
            subparser.add_argument("--json", action="store_true", help="print one JSON document, for machines")
            subparser.set_defaults(run=module.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status.

    Parameters
    ----------
    argv : sequence of str, optional
        The arguments after the command's name; None for those of the process.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    command = next((word for word in words if not word.startswith("-")), None)
    try:
        arguments = build_parser(command).parse_args(words)
    except SystemExit as ended:  # argparse has said why: 0 after --help, 2 after wrong use
        return int(ended.code or 0)
    console = Console(arguments.command, as_json=arguments.json)
    try:
        arguments.run(arguments, console)
        status = console.finish()
        sys.stdout.flush()
    except BrokenPipeError:  # who read our output has seen enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status
